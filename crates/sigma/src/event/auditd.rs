//! Linux audit records: raw lines, and the JSON of auditbeat, laurel and others.
use super::{Event, Scalar, lines::pairs};
use std::borrow::Cow;

/// x86-64 system calls that rules name, for records that were not enriched.
const CALLS: &[(i64, &str)] = &[
    (41, "socket"),
    (42, "connect"),
    (59, "execve"),
    (63, "uname"),
    (82, "rename"),
    (87, "unlink"),
    (90, "chmod"),
    (92, "chown"),
    (99, "sysinfo"),
    (101, "ptrace"),
    (133, "mknod"),
    (135, "personality"),
    (165, "mount"),
    (175, "init_module"),
    (257, "openat"),
    (259, "mknodat"),
    (263, "unlinkat"),
    (313, "finit_module"),
    (319, "memfd_create"),
    (321, "bpf"),
    (322, "execveat"),
];

/// Reads `type=EXECVE msg=audit(…): a0="ls" …`; syslog may have put something before it.
pub(super) fn raw<'a>(line: &'a str, event: &mut Event<'a>) -> bool {
    let Some(start) = line.find("type=") else { return false };
    if !line[start..].contains("msg=audit(") {
        return false;
    }
    let record = &line[start..];
    let kind = record[5..].split([' ', ',']).next().unwrap_or_default();
    for (name, value, is_quoted) in pairs(record) {
        if name == "msg" && value.starts_with("audit(") {
            continue;
        }
        if name == "msg" && value.contains('=') {
            pairs(value).for_each(|(name, value, _)| event.say(name, value));
            continue;
        }
        let argument = kind == "EXECVE" && name.starts_with('a') && name != "argc";
        let texts = matches!(name, "comm" | "exe" | "name" | "cwd" | "proctitle" | "data" | "cmd");
        // the kernel writes texts with blanks or control bytes as hex digits, without quotes
        match (!is_quoted && (argument || texts)).then(|| unhex(value)).flatten() {
            Some(text) => event.say(name, text),
            None => event.say(name, value),
        }
    }
    finish(event);
    true
}

fn unhex(value: &str) -> Option<String> {
    if value.len() < 2 || value.len() % 2 == 1 || !value.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let digit = |b: u8| (b as char).to_digit(16).unwrap_or_default() as u8;
    let bytes: Vec<u8> =
        value.as_bytes().chunks_exact(2).map(|p| (digit(p[0]) << 4) | digit(p[1])).collect();
    let text = String::from_utf8(bytes).ok()?;
    Some(text.replace('\0', " "))
}

/// Names the fields of a JSON audit record; `false` when it is none.
pub(super) fn json(event: &mut Event<'_>) -> bool {
    let beat = event.strip("auditd.data.") | event.strip("auditd.log.");
    let laurel = event.any(&["SYSCALL.exe", "SYSCALL.syscall", "EXECVE.argc", "EXECVE.ARGV"]);
    let plain = event.text("type").is_some_and(|t| {
        t.len() > 2 && t.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    }) && event.any(&[
        "a0", "auid", "syscall", "SYSCALL", "nametype", "unit", "exe", "argc", "ses", "name", "cwd",
    ]);
    if !(beat | laurel | plain) {
        return false;
    }
    if beat {
        event.aliases(&[
            ("record_type", "type"),
            ("auditd.message_type", "type"),
            ("process.executable", "exe"),
            ("process.name", "comm"),
            ("process.args", "ARGV"),
            ("tags", "key"),
            ("auditd.paths.name", "name"),
            ("file.path", "name"),
            ("auditd.paths.nametype", "nametype"),
            ("user.effective.id", "euid"),
        ]);
        upper_types(event);
    }
    if laurel {
        for part in ["SYSCALL", "EXECVE", "PATH", "CWD", "PROCTITLE", "PARENT_INFO", "SOCKADDR"] {
            // the parent's fields would stand for the process's own
            if event
                .fields
                .iter()
                .any(|(n, _)| n.starts_with(part) && n[part.len()..].starts_with('.'))
            {
                if part != "PARENT_INFO" {
                    event.strip(&format!("{part}."));
                }
                event.say("type", part);
            }
        }
        event.aliases(&[
            ("PARENT_INFO.exe", "ParentImage"),
            ("PARENT_INFO.ARGV", "ParentCommandLine"),
        ]);
    }
    let arguments: Vec<_> = event.values("ARGV").cloned().collect();
    if !event.has("a0") || beat || laurel {
        event.fields.retain(|(name, _)| arguments.is_empty() || !is_argument(name));
        let named =
            arguments.into_iter().enumerate().map(|(at, v)| (Cow::Owned(format!("a{at}")), v));
        event.fields.extend(named);
    }
    finish(event);
    true
}

fn is_argument(name: &str) -> bool {
    name.len() > 1 && name.starts_with('a') && name[1..].bytes().all(|b| b.is_ascii_digit())
}

/// Beats write record types in small letters, and join a call's records: it is an EXECVE too.
fn upper_types(event: &mut Event<'_>) {
    for (name, value) in &mut event.fields {
        if name == "type"
            && let Scalar::Str(text) = value
        {
            *text = Cow::Owned(text.to_ascii_uppercase());
        }
    }
    if event.has("argc") && event.text("type") != Some("EXECVE") {
        event.say("type", "EXECVE");
    }
}

fn finish(event: &mut Event<'_>) {
    if !event.has("SYSCALL") {
        let named = match event.first("syscall") {
            Some(Scalar::Str(text)) if text.parse::<i64>().is_err() => Some(text.to_string()),
            Some(_)
                if event
                    .text("arch")
                    .is_none_or(|a| matches!(a, "c000003e" | "x86_64" | "0xc000003e")) =>
            {
                let number = event.int("syscall");
                CALLS.iter().find(|(n, _)| Some(*n) == number).map(|(_, name)| (*name).to_owned())
            }
            _ => None,
        };
        named.into_iter().for_each(|name| event.say("SYSCALL", name));
    }
    let run = event.values("type").any(|t| matches!(t, Scalar::Str(s) if s == "EXECVE"))
        || matches!(event.text("SYSCALL"), Some("execve" | "execveat"));
    event.kind("linux", "", "auditd");
    if !run {
        return;
    }
    let words: Vec<String> = (0..4096)
        .map_while(|at| match event.first(&format!("a{at}"))? {
            Scalar::Str(text) => Some(text.to_string()),
            Scalar::Int(number) => Some(number.to_string()),
            _ => None,
        })
        .collect();
    let called = event.values("type").any(|t| matches!(t, Scalar::Str(s) if s == "EXECVE"));
    if called && let Some(program) = words.first() {
        let program = program.clone();
        if !event.has("CommandLine") {
            event.say("CommandLine", words.join(" "));
        }
        event.alias("exe", "Image");
        if !event.has("Image") && program.starts_with('/') {
            event.say("Image", program);
        }
    } else {
        event.alias("exe", "Image");
    }
    event.aliases(&[
        ("cwd", "CurrentDirectory"),
        ("pid", "ProcessId"),
        ("ppid", "ParentProcessId"),
    ]);
    if event.has("Image") {
        event.kind("linux", "process_creation", "auditd");
    }
}
