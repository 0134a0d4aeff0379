//! Raw lines: syslog, audit records, access logs, devices. The whole line is `message`: keywords look for it there.
use super::{Event, apps, auditd, linux, web, xml};

/// Reads a line into `event`.
pub(super) fn read<'a>(line: &'a str, event: &mut Event<'a>) {
    event.say("message", line);
    if xml::read(line, event)
        || auditd::raw(line, event)
        || device(line, event)
        || web::combined(line, event)
    {
        return;
    }
    let server = servers(line, event);
    if let Some((host, program, text)) = syslog(line) {
        event.say("hostname", host);
        event.say("program", program);
        linux::program(program, event);
        if program.starts_with("sudo") {
            linux::sudo(text, event);
        } else {
            for (name, value, _) in pairs(text).take(256) {
                event.say(name, value);
            }
        }
    } else if !server {
        for (name, value, _) in pairs(line).take(256) {
            event.say(name, value);
        }
    }
    apps::read(line, event);
}

/// A JSON record that nobody knew: its message may be a line that somebody knows.
pub(super) fn in_record(event: &mut Event<'_>) {
    const NAMES: [&str; 7] = ["message", "raw", "log", "_raw", "event.original", "MESSAGE", "msg"];
    let Some(text) = event.any_text(&NAMES).map(str::to_owned) else { return };
    let mut inner = Event::default();
    read(&text, &mut inner);
    for (name, value) in inner.fields {
        if !event.has(&name) {
            event.push(name.into_owned(), value.own());
        }
    }
    event.kinds.extend(inner.kinds);
}

/// Network devices, by the marks that their lines carry.
pub(super) fn device(line: &str, event: &mut Event<'_>) -> bool {
    if cisco(line) {
        // login and command accounting are spread over facilities that one message shares with the rest
        event.kinds_of("cisco", &[], &["aaa", "syslog"]);
        if line.contains("BGP") || line.contains("BADAUTH") || line.contains(":179") {
            event.kind("cisco", "", "bgp");
        }
        if line.contains("LDP") || line.contains("TCPMD5") {
            event.kind("cisco", "", "ldp");
        }
        return true;
    }
    if line.contains("BGP_AUTH_FAILED") || line.contains(" %%") && line.contains("BGP/") {
        event.kind("huawei", "", "bgp");
        return true;
    }
    if line.contains(" rpd[") || line.contains("missing MD5 digest") {
        event.kind("juniper", "", "bgp");
        return true;
    }
    if line.contains("devname=") && line.contains("logid=") {
        let found: Vec<_> =
            pairs(line).take(256).map(|(n, v, _)| (n.to_owned(), v.to_owned())).collect();
        found.into_iter().for_each(|(name, value)| event.say(name, value));
        event.aliases(&[("srcip", "src_ip"), ("dstip", "dst_ip"), ("dstport", "dst_port")]);
        let what = event.text("type").unwrap_or_default().to_owned();
        event.kind("fortigate", "firewall", &what);
        event.kind("fortios", "", "sslvpnd");
        return true;
    }
    let global =
        line.contains("GLOBALPROTECT") || line.contains("globalprotect") || line.contains("gpsvc");
    if global {
        event.kind("paloalto", "appliance", "globalprotect");
    }
    global
}

/// `%FACILITY-SEVERITY-MNEMONIC:`, as IOS and ASA write.
fn cisco(line: &str) -> bool {
    line.match_indices('%').any(|(at, _)| {
        let mark = line[at + 1..].split(':').next().unwrap_or_default();
        let mut parts = mark.split('-');
        let upper = |s: &str| {
            !s.is_empty()
                && s.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        };
        let facility =
            parts.next().is_some_and(|f| upper(f) && f.as_bytes()[0].is_ascii_uppercase());
        let words: Vec<_> = parts.collect();
        facility
            && words.len() >= 2
            && words.iter().any(|w| w.len() == 1 && w.as_bytes()[0].is_ascii_digit())
            && words.last().is_some_and(|w| upper(w))
    })
}

/// Error logs of web servers, whose access logs have no name of their own.
fn servers(line: &str, event: &mut Event<'_>) -> bool {
    let apache = line.starts_with('[') && (line.contains(":error]") || line.contains("[error]"))
        || line.contains("[core:notice]")
        || line.contains("exit signal Segmentation Fault")
        || line.contains("__pthread_tpp_change_priority");
    let nginx = line.as_bytes().get(4) == Some(&b'/') && line.contains("] ") && line.contains('#');
    if apache {
        event.kind("", "", "apache");
    }
    if nginx {
        event.kind("", "", "nginx");
    }
    apache | nginx
}

/// Host, program and text of RFC 3164 and RFC 5424 lines.
fn syslog(line: &str) -> Option<(&str, &str, &str)> {
    let rest = match line.strip_prefix('<') {
        Some(marked) => marked.split_once('>').filter(|(n, _)| n.len() <= 3)?.1,
        None => line,
    };
    if let Some(new) = rest.strip_prefix("1 ") {
        let mut words = new.splitn(6, ' ');
        let (_, host, program) = (words.next()?, words.next()?, words.next()?);
        return Some((host, program, words.nth(2)?));
    }
    let rest = rest.trim_start();
    let months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let after = if months.iter().any(|m| rest.starts_with(m)) {
        rest.get(16..).filter(|_| rest.as_bytes()[15] == b' ')?
    } else {
        // an ISO time stands in for it with newer daemons
        let (time, after) = rest.split_once(' ')?;
        (time.len() >= 19 && time.as_bytes()[10] == b'T').then_some(after)?
    };
    let (host, rest) = after.split_once(' ')?;
    let (tag, text) = rest.split_once(": ").or_else(|| rest.split_once(':'))?;
    (!tag.contains(' ')).then_some((host, tag, text))
}

/// `name=value` pairs; a value in quotes has what is between them, and is told apart.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = (&str, &str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let at = rest.find('=')?;
            let name = rest[..at]
                .rsplit([' ', '\t', ',', ';', '\u{1d}', '(', '\'', '"'])
                .next()
                .unwrap_or("");
            let after = &rest[at + 1..];
            let mut opening = after.chars();
            let (value, is_quoted, left) = match opening.next() {
                Some(q @ ('"' | '\'')) => match opening.as_str().split_once(q) {
                    Some((value, left)) => (value, true, left),
                    None => (opening.as_str(), true, ""),
                },
                _ => {
                    let end = after.find([' ', '\t', '\u{1d}']).unwrap_or(after.len());
                    (after[..end].trim_end_matches([',', ';']), false, &after[end..])
                }
            };
            rest = left;
            if !name.is_empty() && name.len() <= 64 {
                return Some((name, value, is_quoted));
            }
        }
    })
}
