//! Zeek JSON: every log, `id.orig_h` and `id_orig_h` alike, times as numbers or text, the log's name from the record, the
//! file's name, or the fields that only that log has.
use crate::fields::Fields;
use crate::json::{Json, Object};
use crate::suricata::{dns_message, ends, http_message, joined, lower_transport, timestamp, word};
use crate::{Draft, Refused, text, time};
use model::{Severity, event::Scalar};

/// Before `<log>.<field>` of what has no ECS name.
pub(crate) const PREFIX: &str = "zeek.";

/// ECS name of a field of a log.
pub(crate) fn canonical(log: &str, field: &str) -> Option<&'static str> {
    Some(match field {
        "id.orig_h" | "id_orig_h" | "src_ip" => "source.ip",
        "id.orig_p" | "id_orig_p" | "src_port" => "source.port",
        "id.resp_h" | "id_resp_h" | "dst_ip" | "dest_ip" => "destination.ip",
        "id.resp_p" | "id_resp_p" | "dst_port" | "dest_port" => "destination.port",
        "uid" => "zeek.session_id",
        "proto" => "network.transport",
        "community_id" => "network.community_id",
        "tags" => "tags",
        "@system" => "observer.name",
        "orig_l2_addr" => "source.mac",
        "resp_l2_addr" => "destination.mac",
        _ => return of_log(log, field),
    })
}

fn of_log(log: &str, field: &str) -> Option<&'static str> {
    Some(match (log, field) {
        ("conn", "service") => "network.protocol",
        ("conn", "orig_bytes") => "source.bytes",
        ("conn", "resp_bytes") => "destination.bytes",
        ("conn", "orig_pkts") => "source.packets",
        ("conn", "resp_pkts") => "destination.packets",
        ("dns", "query") => "dns.question.name",
        ("dns", "qtype_name") => "dns.question.type",
        ("dns", "rcode_name") => "dns.response_code",
        ("dns", "answers") => "dns.answers.data",
        ("dns", "trans_id") => "dns.id",
        ("http", "host") => "url.domain",
        ("http", "uri") => "url.original",
        ("http", "method") => "http.request.method",
        ("http", "status_code") => "http.response.status_code",
        ("http" | "smtp", "user_agent") => "user_agent.original",
        ("http", "referrer") => "http.request.referrer",
        ("http", "request_body_len") => "http.request.body.bytes",
        ("http", "response_body_len") => "http.response.body.bytes",
        ("http", "resp_mime_types") => "http.response.mime_type",
        ("http", "version") => "http.version",
        ("http" | "ftp", "username" | "user") => "user.name",
        ("ssl", "server_name") => "tls.client.server_name",
        ("ssl", "version") => "tls.version",
        ("ssl", "cipher") => "tls.cipher",
        ("ssl", "ja3") => "tls.client.ja3",
        ("ssl", "ja3s") => "tls.server.ja3s",
        ("ssl", "ja4") => "tls.client.ja4",
        ("ssl", "established") => "tls.established",
        ("ssl", "resumed") => "tls.resumed",
        ("ssl", "subject") | ("x509", "certificate_subject" | "certificate.subject") => {
            "tls.server.subject"
        }
        ("ssl", "issuer") | ("x509", "certificate_issuer" | "certificate.issuer") => {
            "tls.server.issuer"
        }
        ("ssl", "resp_certificate_sha1") => "tls.server.hash.sha1",
        ("x509", "certificate_not_valid_before" | "certificate.not_valid_before") => {
            "tls.server.not_before"
        }
        ("x509", "certificate_not_valid_after" | "certificate.not_valid_after") => {
            "tls.server.not_after"
        }
        ("files", "mime_type") => "file.mime_type",
        ("files", "filename") | ("smb_files", "name") => "file.path",
        ("files", "total_bytes") | ("smb_files", "size") => "file.size",
        ("files", "md5") => "file.hash.md5",
        ("files", "sha1") => "file.hash.sha1",
        ("files", "sha256") => "file.hash.sha256",
        ("files", "tx_hosts") => "source.ip",
        ("files", "rx_hosts") => "destination.ip",
        ("kerberos", "client") => "user.name",
        ("kerberos", "service") => "service.name",
        ("ntlm", "username") => "user.name",
        ("ntlm", "domainname") => "user.domain",
        ("ntlm", "hostname") => "source.domain",
        ("rdp", "cookie") => "user.name",
        ("rdp", "client_name") => "source.domain",
        ("dce_rpc", "named_pipe") => "winlog.event_data.PipeName",
        ("smb_mapping" | "smb_files", "path") => "winlog.event_data.ShareName",
        ("notice", "note") => "rule.name",
        ("notice", "src") => "source.ip",
        ("notice", "dst") => "destination.ip",
        ("notice", "p") => "destination.port",
        ("known_hosts" | "known_services" | "known_certs" | "software", "host") => "host.ip",
        ("smtp", "mailfrom" | "from") => "user.email",
        _ => return None,
    })
}

pub(crate) fn read(
    record: &Json,
    file: Option<&str>,
    fields: &mut Fields,
) -> Result<Draft, Refused> {
    let map = record
        .as_object()
        .ok_or_else(|| Refused::new("invalid_payload", "", "a Zeek record is a JSON object"))?;
    let log = log_name(map, file).ok_or_else(|| {
        Refused::new(
            "missing_event_type",
            "/_path",
            "the record names no log and its fields fit none: send _path or the file's name",
        )
    })?;
    let time = timestamp(map.get("ts"), "/ts")?;
    let slug = text::slug(PREFIX, &log);
    let mut path = String::with_capacity(96);
    path.push_str(&slug);
    for (key, value) in map.iter() {
        if matches!(key, "ts" | "_path" | "_write_ts" | "@stream" | "@proc") {
            continue;
        }
        fields.member(&mut path, key, value);
    }
    if let Some(seconds) =
        map.get("duration").and_then(Json::as_f64).filter(|s| *s >= 0.0 && *s < 1e9)
    {
        // ECS counts in nanoseconds
        fields.set("event.duration", Scalar::Int((seconds * 1e9) as i64));
    }
    outcome(&log, map, fields);
    lower_transport(fields);
    fields.set("observer.type", Scalar::from("zeek"));
    let (category, severity) = match &*log {
        "notice" => ("intrusion_detection", Severity::Low),
        "files" | "smb_files" | "pe" => ("file", Severity::Info),
        "kerberos" | "ntlm" | "radius" => ("authentication", Severity::Info),
        _ => ("network", Severity::Info),
    };
    Ok(Draft {
        time,
        dataset: fields.word(&slug),
        source: "zeek",
        message: message(&log, map, fields),
        event_type: word(fields, &log),
        category: fields.word(category),
        severity,
    })
}

fn outcome(log: &str, map: &Object, fields: &mut Fields) {
    let success = match log {
        "ssh" => map.get("auth_success"),
        "kerberos" | "ntlm" => map.get("success"),
        _ => None,
    };
    if let Some(ok) = success.and_then(Json::as_bool) {
        fields.set_str("event.outcome", if ok { "success" } else { "failure" });
    }
}

/// The log's name: said by the record, by the file, or seen in the fields.
fn log_name(map: &Object, file: Option<&str>) -> Option<String> {
    let said =
        ["event_type", "log_type", "_path", "@stream"].into_iter().find_map(|k| text_of(map, k));
    said.map(str::to_owned)
        .or_else(|| file.and_then(of_file))
        .or_else(|| infer(map).map(str::to_owned))
        // the contract's last resort; other logs have a column of this name, so it comes after their marks
        .or_else(|| text_of(map, "type").map(str::to_owned))
}

fn text_of<'a>(map: &'a Object<'_>, key: &str) -> Option<&'a str> {
    map.get(key).and_then(Json::as_str).map(str::trim).filter(|s| !s.is_empty())
}

/// `conn` of `/nsm/zeek/current/conn.log`, of `conn.2020-05-01-00.log.gz` and of `conn_00:00:00-01:00:00.json`.
fn of_file(file: &str) -> Option<String> {
    let name = text::basename(file).split(['.', '-', ':']).next()?;
    // what follows the log's name is the time of rotation
    let words: Vec<&str> =
        name.split('_').take_while(|w| !w.starts_with(|c: char| c.is_ascii_digit())).collect();
    let log = words.join("_");
    (log.len() >= 2 && log.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
        .then(|| log.to_ascii_lowercase())
}

/// Logs by fields that no other log has together; the first that fits. Fields before those that are optional.
const MARKS: &[(&str, &[&str])] = &[
    ("conn", &["conn_state"]),
    ("conn", &["orig_pkts", "resp_pkts"]),
    ("dns", &["trans_id", "rejected"]),
    ("dns", &["query", "qclass"]),
    ("dns", &["query", "rcode"]),
    ("dns", &["query", "AA"]),
    ("http", &["trans_depth", "method"]),
    ("http", &["status_code", "response_body_len"]),
    ("http", &["trans_depth", "request_body_len"]),
    ("http", &["method", "uri"]),
    ("smtp", &["trans_depth", "last_reply"]),
    ("smtp", &["trans_depth", "helo"]),
    ("smtp", &["mailfrom"]),
    ("rdp", &["cert_count"]),
    ("rdp", &["security_protocol"]),
    ("ssl", &["established"]),
    ("ssl", &["cipher", "curve"]),
    ("ssl", &["server_name", "version"]),
    ("x509", &["certificate_serial"]),
    ("x509", &["certificate.serial"]),
    ("x509", &["certificate"]),
    ("files", &["fuid", "seen_bytes"]),
    ("files", &["fuid", "analyzers"]),
    ("notice", &["note", "actions"]),
    ("notice", &["note", "msg"]),
    ("kerberos", &["forwardable"]),
    ("kerberos", &["request_type", "service"]),
    ("dce_rpc", &["endpoint", "operation"]),
    ("dce_rpc", &["named_pipe"]),
    ("smb_mapping", &["share_type"]),
    ("smb_files", &["action", "name"]),
    ("smb_files", &["times.modified"]),
    ("ntlm", &["server_nb_computer_name"]),
    ("ntlm", &["domainname"]),
    ("dpd", &["failure_reason"]),
    ("pe", &["compile_ts"]),
    ("pe", &["section_names"]),
    ("ssh", &["auth_attempts"]),
    ("ssh", &["kex_alg"]),
    ("ftp", &["reply_code"]),
    ("ftp", &["command", "user"]),
    ("snmp", &["get_requests"]),
    ("snmp", &["community"]),
    ("ntp", &["stratum"]),
    ("modbus", &["func"]),
    ("rfb", &["client_major_version"]),
    ("rfb", &["authentication_method"]),
    ("ldap_search", &["deref_aliases"]),
    ("ldap", &["message_id", "opcode"]),
    ("dhcp", &["msg_types"]),
    ("dhcp", &["assigned_addr"]),
    ("dhcp", &["lease_time"]),
    ("software", &["software_type"]),
    ("known_services", &["port_proto"]),
    ("known_certs", &["issuer_subject"]),
    ("known_certs", &["port_num", "serial"]),
    ("capture_loss", &["percent_lost"]),
    ("stats", &["pkts_proc"]),
    ("packet_filter", &["filter", "init"]),
    ("reporter", &["level", "location"]),
    ("tunnel", &["tunnel_type"]),
    ("intel", &["seen.indicator"]),
    ("intel", &["matched"]),
    ("sip", &["call_id", "seq"]),
    ("radius", &["framed_addr"]),
    ("radius", &["connect_info"]),
    ("syslog", &["facility", "severity"]),
    ("socks", &["bound_p"]),
    ("socks", &["bound.host"]),
    ("irc", &["nick"]),
    ("mysql", &["cmd", "arg"]),
    ("dnp3", &["fc_request"]),
    ("mqtt_connect", &["proto_name", "client_id"]),
    ("mqtt_publish", &["topic", "qos"]),
    ("mqtt_subscribe", &["action", "topics"]),
    ("traceroute", &["src", "dst", "proto"]),
    ("signatures", &["sig_id"]),
    ("smb_cmd", &["command", "sub_command"]),
    // many logs have a name; these two little else
    ("weird", &["name", "notice"]),
    ("weird", &["name", "peer"]),
    ("smb_files", &["path", "name"]),
    ("smb_mapping", &["path"]),
];

fn infer(map: &Object) -> Option<&'static str> {
    let found = MARKS
        .iter()
        .find(|(_, marks)| marks.iter().all(|m| map.contains_key(m)))
        .map(|(log, _)| *log);
    found.or_else(|| {
        let has_ends = map.contains_key("id.orig_h") || map.contains_key("id_orig_h");
        match () {
            // a resource record without the fields above still asks a name
            _ if has_ends && map.contains_key("query") => Some("dns"),
            _ if has_ends && map.contains_key("request_type") => Some("kerberos"),
            _ if has_ends && map.contains_key("success") => Some("ntlm"),
            _ if map.contains_key("host") && !has_ends && map.len() <= 5 => Some("known_hosts"),
            // nothing but two ends of a connection: the contract's last resort
            _ if has_ends => Some("conn"),
            _ => None,
        }
    })
}

fn message(log: &str, map: &Object, fields: &Fields) -> String {
    let said = |k: &str| text_of(map, k).unwrap_or_default();
    let mut m = match log {
        "dns" => dns_message(fields),
        "http" => http_message(fields),
        "conn" => format!(
            "Connection {} {} {}",
            joined(fields, "network.transport").unwrap_or_default(),
            joined(fields, "network.protocol").unwrap_or_default(),
            said("conn_state")
        ),
        "ssl" => format!(
            "TLS to {}",
            joined(fields, "tls.client.server_name").unwrap_or_else(|| "an unnamed server".into())
        ),
        "x509" => {
            format!("Certificate of {}", joined(fields, "tls.server.subject").unwrap_or_default())
        }
        "files" => {
            format!("File {} {} over {}", said("filename"), said("mime_type"), said("source"))
        }
        "notice" => format!("{}: {}", said("note"), said("msg")),
        "weird" => format!("Odd traffic: {}", said("name")),
        "kerberos" => {
            format!("Kerberos {} {} for {}", said("request_type"), said("client"), said("service"))
        }
        "dce_rpc" => format!("RPC {} {}", said("endpoint"), said("operation")),
        "smb_files" => format!("{} {}", said("action"), said("name")),
        "smb_mapping" => format!("Share {}", said("path")),
        "dpd" => format!("{}: {}", said("analyzer"), said("failure_reason")),
        "ntlm" => format!("NTLM logon {}\\{}", said("domainname"), said("username")),
        "software" => format!("Software {}", said("unparsed_version")),
        other => other.to_owned(),
    };
    let ends = ends(fields);
    if !ends.is_empty() {
        m.push_str(" · ");
        m.push_str(&ends);
    }
    m
}

/// Whether a value is a time; for records that were posted without saying what they are.
pub(crate) fn is_zeek(map: &Object) -> bool {
    map.get("ts").is_some_and(|t| time::of(t).is_some())
        && (map.contains_key("_path")
            || map.contains_key("id.orig_h")
            || map.contains_key("id_orig_h"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_file_gives_the_log() {
        for (file, log) in [
            ("/nsm/zeek/current/conn.log", Some("conn")),
            ("smb_files.log", Some("smb_files")),
            ("conn.2020-05-01-00.log.gz", Some("conn")),
            ("conn_00:00:00-01:00:00.json", Some("conn")),
            (r"C:\zeek\dns.json", Some("dns")),
            ("x509.log", Some("x509")),
            ("x509_20180324_17:00:00-18:00:00.log", Some("x509")),
            ("", None),
            ("../../?", None),
        ] {
            assert_eq!(of_file(file).as_deref(), log, "{file}");
        }
    }

    #[test]
    fn no_mark_is_hidden_behind_an_earlier_one() {
        for (i, (log, marks)) in MARKS.iter().enumerate() {
            for (earlier, before) in &MARKS[..i] {
                let hidden = before.iter().all(|m| marks.contains(m));
                assert!(
                    !hidden || earlier == log,
                    "{log} {marks:?} can never win over {earlier} {before:?}"
                );
            }
        }
    }
}
