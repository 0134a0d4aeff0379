//! Suricata EVE: every event type, DNS in all three shapes (object, `queries`/`query` array, v3), JA3 as object or text.
use crate::fields::Fields;
use crate::json::Json;
use crate::{Draft, Refused, text, time};
use model::{Micros, Severity, event::Scalar};
use std::fmt::Write;

/// Before the path of what has no ECS name.
pub(crate) const PREFIX: &str = "suricata.eve.";

/// ECS name of a path inside an EVE record.
pub(crate) fn canonical(path: &str) -> Option<&'static str> {
    Some(match path {
        "src_ip" => "source.ip",
        "src_port" => "source.port",
        "dest_ip" | "dst_ip" => "destination.ip",
        "dest_port" | "dst_port" => "destination.port",
        "proto" => "network.transport",
        "app_proto" => "network.protocol",
        "direction" => "network.direction",
        "community_id" => "network.community_id",
        "vlan" => "network.vlan.id",
        "host" => "observer.name",
        "tags" => "tags",
        "ether.src_mac" => "source.mac",
        "ether.dest_mac" => "destination.mac",
        "alert.signature" => "rule.name",
        "alert.signature_id" => "rule.id",
        "alert.category" => "rule.category",
        "alert.metadata.mitre_technique_id" => "threat.technique.id",
        "alert.metadata.mitre_tactic_name" => "threat.tactic.name",
        "flow.start" => "event.start",
        "flow.end" => "event.end",
        "flow.pkts_toserver" => "source.packets",
        "flow.bytes_toserver" => "source.bytes",
        "flow.pkts_toclient" => "destination.packets",
        "flow.bytes_toclient" => "destination.bytes",
        "flow.reason" => "event.reason",
        "http.hostname" => "url.domain",
        "http.url" => "url.original",
        "http.http_method" => "http.request.method",
        "http.http_user_agent" => "user_agent.original",
        "http.http_refer" => "http.request.referrer",
        "http.http_content_type" => "http.response.mime_type",
        "http.status" => "http.response.status_code",
        "http.length" => "http.response.body.bytes",
        "http.protocol" | "http.version" => "http.version",
        "dns.rrname" | "dns.query.rrname" | "dns.queries.rrname" => "dns.question.name",
        "dns.rrtype" | "dns.query.rrtype" | "dns.queries.rrtype" => "dns.question.type",
        "dns.rcode" => "dns.response_code",
        "dns.id" | "dns.query.id" => "dns.id",
        "dns.answers.rdata" | "dns.rdata" => "dns.answers.data",
        "tls.sni" => "tls.client.server_name",
        "tls.ja3" | "tls.ja3.hash" => "tls.client.ja3",
        "tls.ja3s" | "tls.ja3s.hash" => "tls.server.ja3s",
        "tls.ja4" => "tls.client.ja4",
        "tls.version" => "tls.version",
        "tls.subject" => "tls.server.subject",
        "tls.issuerdn" => "tls.server.issuer",
        "tls.fingerprint" => "tls.server.hash.sha1",
        "tls.notbefore" => "tls.server.not_before",
        "tls.notafter" => "tls.server.not_after",
        "tls.session_resumed" => "tls.resumed",
        "fileinfo.filename" | "smb.filename" | "files.filename" => "file.path",
        "fileinfo.size" | "files.size" => "file.size",
        "fileinfo.md5" | "files.md5" => "file.hash.md5",
        "fileinfo.sha1" | "files.sha1" => "file.hash.sha1",
        "fileinfo.sha256" | "files.sha256" => "file.hash.sha256",
        "fileinfo.magic" => "file.mime_type",
        "krb5.cname" | "smb.ntlmssp.user" | "rdp.cookie" => "user.name",
        "krb5.realm" | "smb.ntlmssp.domain" => "user.domain",
        "krb5.sname" => "service.name",
        "smb.named_pipe" => "winlog.event_data.PipeName",
        "smb.share" => "winlog.event_data.ShareName",
        "email.from" => "user.email",
        "alert.severity" => "suricata.eve.alert.severity",
        "alert.action" => "suricata.eve.alert.action",
        "flow_id" => "suricata.eve.flow_id",
        _ => return None,
    })
}

pub(crate) fn read(record: &Json, fields: &mut Fields) -> Result<Draft, Refused> {
    let map = record
        .as_object()
        .ok_or_else(|| Refused::new("invalid_payload", "", "an EVE record is a JSON object"))?;
    let event_type = match map.get("event_type") {
        Some(Json::Str(s)) if !s.trim().is_empty() => s.trim(),
        _ => {
            return Err(Refused::new(
                "missing_event_type",
                "/event_type",
                "EVE records carry event_type as text",
            ));
        }
    };
    let time = timestamp(map.get("timestamp"), "/timestamp")?;
    fields.skip_zeros = event_type == "stats";
    let mut path = String::with_capacity(96);
    path.push_str(PREFIX);
    for (key, value) in map.iter() {
        if matches!(key, "timestamp" | "event_type") {
            continue;
        }
        fields.member(&mut path, key, value);
    }
    lower_transport(fields);
    fields.set("observer.type", Scalar::from("suricata"));
    let is_alert = event_type == "alert";
    let severity = if is_alert { alert_severity(fields) } else { Severity::Info };
    let category = match event_type {
        "alert" => "intrusion_detection",
        "fileinfo" => "file",
        "krb5" => "authentication",
        _ => "network",
    };
    Ok(Draft {
        time,
        dataset: fields.word(&text::slug("suricata.", event_type)),
        source: "suricata",
        message: message(event_type, fields),
        event_type: word(fields, event_type),
        category: fields.word(category),
        severity,
    })
}

/// Longest word in characters.
const MAX_WORD: usize = 64;

/// The sender's word for the type, bounded, without NUL and never empty.
pub(crate) fn word(fields: &mut Fields, text: &str) -> std::sync::Arc<str> {
    // nearly every one is as it should be
    if (1..=MAX_WORD).contains(&text.len()) && !text.chars().any(char::is_control) {
        return fields.word(text);
    }
    let clean: String = text.chars().filter(|c| !c.is_control()).take(MAX_WORD).collect();
    fields.word(if clean.is_empty() { "other" } else { &clean })
}

/// `missing_timestamp` or `invalid_timestamp` where there is no readable time.
pub(crate) fn timestamp(value: Option<&Json>, pointer: &str) -> Result<Micros, Refused> {
    match value {
        None | Some(Json::Null) => Err(Refused::new(
            "missing_timestamp",
            pointer,
            "send the time of the event, ISO 8601 or seconds since 1970",
        )),
        Some(v) => time::of(v).ok_or_else(|| {
            Refused::new(
                "invalid_timestamp",
                pointer,
                "the time must be ISO 8601 or seconds since 1970",
            )
        }),
    }
}

/// `TCP` and `tcp` are one protocol.
pub(crate) fn lower_transport(fields: &mut Fields) {
    if let Some(t) =
        fields.str("network.transport").filter(|t| t.bytes().any(|b| b.is_ascii_uppercase()))
    {
        let lower = t.to_ascii_lowercase();
        fields.replace("network.transport", &lower);
    }
}

/// Suricata counts from 1, the worst; without a number an alert is medium.
fn alert_severity(fields: &Fields) -> Severity {
    match fields.get("suricata.eve.alert.severity").and_then(Scalar::as_i64) {
        None => Severity::Medium,
        Some(n) if n <= 1 => Severity::Critical,
        Some(2) => Severity::High,
        Some(3) => Severity::Medium,
        Some(_) => Severity::Low,
    }
}

/// `10.0.0.1:443 → 10.0.0.2:80`, as much of it as is known; empty when nothing is.
pub(crate) fn ends(fields: &Fields) -> String {
    let end = |ip: &str, port: &str| -> Option<String> {
        let ip = fields.str(ip)?;
        Some(match fields.get(port).and_then(Scalar::as_i64) {
            Some(p) if ip.contains(':') => format!("[{ip}]:{p}"),
            Some(p) => format!("{ip}:{p}"),
            None => ip.to_owned(),
        })
    };
    match (end("source.ip", "source.port"), end("destination.ip", "destination.port")) {
        (Some(s), Some(d)) => format!("{s} → {d}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => String::new(),
    }
}

pub(crate) fn joined(fields: &Fields, name: &str) -> Option<String> {
    fields.get(name).map(|v| v.text().into_owned()).filter(|t| !t.is_empty())
}

fn message(event_type: &str, fields: &Fields) -> String {
    let mut m = match event_type {
        "alert" => joined(fields, "rule.name").unwrap_or_else(|| "Alert".into()),
        "dns" => dns_message(fields),
        "http" => http_message(fields),
        "tls" => match joined(fields, "tls.client.server_name")
            .or_else(|| joined(fields, "tls.server.subject"))
        {
            Some(name) => format!("TLS to {name}"),
            None => "TLS".into(),
        },
        "fileinfo" => format!("File {}", joined(fields, "file.path").unwrap_or_default()),
        "flow" => format!(
            "Flow {} {}",
            joined(fields, "network.transport").unwrap_or_default(),
            joined(fields, "network.protocol").unwrap_or_default()
        ),
        "smb" => format!("SMB {}", joined(fields, "suricata.eve.smb.command").unwrap_or_default()),
        "krb5" => format!(
            "Kerberos {} {}",
            joined(fields, "suricata.eve.krb5.msg_type").unwrap_or_default(),
            joined(fields, "user.name").unwrap_or_default()
        ),
        "anomaly" => {
            format!("Anomaly {}", joined(fields, "suricata.eve.anomaly.event").unwrap_or_default())
        }
        "stats" => "Suricata's own counters".into(),
        other => other.to_owned(),
    };
    let ends = ends(fields);
    if !ends.is_empty() {
        // writing to a String cannot fail
        let _ = write!(m, " · {ends}");
    }
    m
}

/// `DNS A example.org: NXDOMAIN`
pub(crate) fn dns_message(fields: &Fields) -> String {
    let mut m = format!(
        "DNS {} {}",
        joined(fields, "dns.question.type").unwrap_or_default(),
        joined(fields, "dns.question.name").unwrap_or_default()
    );
    match (joined(fields, "dns.response_code"), joined(fields, "dns.answers.data")) {
        (Some(code), _) if code != "NOERROR" => m.push_str(&format!(": {code}")),
        (_, Some(answer)) => m.push_str(&format!(": {answer}")),
        _ => {}
    }
    m
}

/// `GET example.org/index.html → 200`
pub(crate) fn http_message(fields: &Fields) -> String {
    let mut m = joined(fields, "http.request.method").unwrap_or_else(|| "HTTP".into());
    let url = joined(fields, "url.original").unwrap_or_default();
    m.push(' ');
    if !url.contains("://") {
        m.push_str(&joined(fields, "url.domain").unwrap_or_default());
    }
    m.push_str(&url);
    if let Some(status) = joined(fields, "http.response.status_code") {
        m.push_str(&format!(" → {status}"));
    }
    m
}
