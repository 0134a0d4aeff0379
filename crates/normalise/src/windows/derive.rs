//! Fields that an event implies: who, short names of programs, hashes one by one, outcome, protocol.
use super::System;
use super::class::datum;
use crate::fields::Fields;
use crate::text::basename;
use model::event::Scalar;

pub(super) fn all(dataset: &str, event_type: Option<&str>, system: &System, fields: &mut Fields) {
    short_name("process.executable", "process.name", fields);
    short_name("process.parent.executable", "process.parent.name", fields);
    user(event_type, system, fields);
    if let Some(hashes) = datum(system, "Hashes").or_else(|| datum(system, "Hash")) {
        split_hashes(hashes, fields);
    }
    if dataset == "windows.security" {
        outcome(event_type, system, fields);
        protocol(fields);
    }
    if event_type == Some("scheduled_task_created") {
        fields.set_str("event.action", "created");
    }
}

fn short_name(path: &str, name: &str, fields: &mut Fields) {
    if let Some(short) = fields.str(path).map(|p| basename(p).to_owned()) {
        fields.set_str(name, &short);
    }
}

/// The account the event is about: who logged on, or else who did it.
fn user(event_type: Option<&str>, system: &System, fields: &mut Fields) {
    let account = ["User", "SourceUser"].into_iter().find_map(|k| datum(system, k));
    let (domain, name) = match account {
        Some(full) => full.rsplit_once('\\').map_or((None, full), |(d, n)| (Some(d), n)),
        None => {
            let about_target = event_type.is_some_and(|t| {
                t.starts_with("logo") && t != "logon_explicit"
                    || t.starts_with("kerberos_")
                    || t == "ntlm_validation"
                    || t == "group_membership"
            });
            let order = if about_target { ["Target", "Subject"] } else { ["Subject", "Target"] };
            let found = order.into_iter().find_map(|side| {
                let (user, domain) = match side {
                    "Target" => ("TargetUserName", "TargetDomainName"),
                    _ => ("SubjectUserName", "SubjectDomainName"),
                };
                datum(system, user).map(|u| (datum(system, domain), u))
            });
            let Some((domain, name)) =
                found.or_else(|| datum(system, "AccountName").map(|n| (None, n)))
            else {
                return;
            };
            // Kerberos writes the realm behind the name
            (domain, name.split_once('@').map_or(name, |(n, _)| n))
        }
    };
    fields.set_str("user.name", name);
    if let Some(domain) = domain {
        fields.set_str("user.domain", domain);
    }
    if let Some(sid) = datum(system, "SubjectUserSid").filter(|_| account.is_none()) {
        fields.set_str("user.id", sid);
    }
}

/// `SHA1=…,MD5=…,SHA256=…,IMPHASH=…`
fn split_hashes(hashes: &str, fields: &mut Fields) {
    for part in hashes.split(',') {
        let Some((kind, value)) = part.split_once('=') else { continue };
        let name = match kind.trim() {
            "MD5" => "file.hash.md5",
            "SHA1" => "file.hash.sha1",
            "SHA256" => "file.hash.sha256",
            "IMPHASH" => "file.pe.imphash",
            _ => continue,
        };
        let value = value.trim();
        if !value.is_empty()
            && value.bytes().all(|b| b.is_ascii_hexdigit())
            && value.bytes().any(|b| b != b'0')
        {
            fields.set_str(name, &value.to_ascii_lowercase());
        }
    }
}

/// The keywords' audit bits, or what the event itself means.
fn outcome(event_type: Option<&str>, system: &System, fields: &mut Fields) {
    let said = match event_type {
        Some("logon") => Some("success"),
        Some("logon_failed" | "kerberos_preauth_failed") => Some("failure"),
        Some("kerberos_tgt" | "kerberos_service_ticket" | "ntlm_validation") => {
            datum(system, "Status").map(|s| if s == "0x0" { "success" } else { "failure" })
        }
        _ => match fields.str("winlog.keywords") {
            Some("0x8020000000000000") => Some("success"),
            Some("0x8010000000000000") => Some("failure"),
            _ => None,
        },
    };
    if let Some(said) = said {
        fields.set_str("event.outcome", said);
    }
}

/// The filtering platform writes protocol numbers and message ids.
fn protocol(fields: &mut Fields) {
    let name = match fields.str("network.transport") {
        Some("6") => "tcp",
        Some("17") => "udp",
        Some("1") => "icmp",
        Some("58") => "ipv6-icmp",
        _ => return,
    };
    fields.replace("network.transport", name);
    let direction = match fields
        .get("network.direction")
        .or_else(|| fields.get("winlog.event_data.Direction"))
        .and_then(Scalar::as_str)
    {
        Some("%%14592") => "inbound",
        Some("%%14593") => "outbound",
        _ => return,
    };
    fields.set_str("network.direction", direction);
}
