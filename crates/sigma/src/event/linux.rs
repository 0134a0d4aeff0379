//! Syslog of Linux programs: which service a program is.
use super::{Event, lines};

/// The services of a program: its own, and the files it writes to.
fn services(program: &str) -> &'static [&'static str] {
    match program {
        "sshd" | "sshd-session" => &["sshd", "auth", "syslog"],
        "sudo" => &["sudo", "auth", "syslog"],
        "cron" | "crond" | "CRON" | "anacron" | "crontab" => &["cron", "syslog"],
        "clamd" | "clamav" | "freshclam" | "clamscan" | "clamav-milter" => &["clamav", "syslog"],
        "guacd" | "guacamole" => &["guacamole", "syslog"],
        "vsftpd" | "ftpd" => &["vsftpd", "syslog"],
        "su" | "login" | "polkitd" | "pkexec" | "systemd-logind" | "passwd" | "useradd"
        | "usermod" | "userdel" | "groupadd" | "chage" | "gdm-password" | "unix_chkpwd" => {
            &["auth", "syslog"]
        }
        _ => &["syslog"],
    }
}

pub(super) fn program(name: &str, event: &mut Event<'_>) {
    // "sshd[12]", "/usr/sbin/sshd", "CRON"
    let name = name.split(['[', ':']).next().unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    event.kinds_of("linux", &[], services(name));
    if matches!(name, "mysqld" | "mariadbd" | "postgres" | "oracle") {
        event.kind("linux", "database", "");
    }
}

const PROGRAM: [&str; 11] = [
    "program",
    "appname",
    "app_name",
    "app-name",
    "SYSLOG_IDENTIFIER",
    "_COMM",
    "ident",
    "tag",
    "syslog.appname",
    "log.syslog.appname",
    "syslog_program",
];

/// Syslog as JSON: a program's name beside a message.
pub(super) fn json(event: &mut Event<'_>) -> bool {
    let Some(text) = event.any_text(&["message", "MESSAGE", "msg", "Message"]).map(str::to_owned)
    else {
        return false;
    };
    if lines::device(&text, event) {
        return true;
    }
    let unix = event.any_text(&["host.os.type", "host.os.family", "host.os.platform"]);
    let foreign = unix.is_some_and(|os| matches!(os, "windows" | "macos" | "darwin"));
    let path = event
        .any_text(&["log.file.path", "path", "file", "source", "log_file"])
        .unwrap_or_default();
    let found = event.any_text(&PROGRAM).or_else(|| event.text("process.name")).map(str::to_owned);
    let file = match path.rsplit('/').next().unwrap_or_default() {
        "auth.log" | "secure" => "su",
        "syslog" | "messages" => "syslog",
        "cron" | "cron.log" => "cron",
        "vsftpd.log" => "vsftpd",
        "clamav.log" | "clamd.log" => "clamd",
        _ => match event.any_text(&["event.dataset", "fileset.name"]) {
            Some("system.auth" | "auth") => "su",
            Some("system.syslog" | "syslog") => "syslog",
            _ => "",
        },
    };
    if foreign || (found.is_none() && file.is_empty()) {
        return false;
    }
    if let Some(name) = &found {
        program(name, event);
        if name.starts_with("sudo") {
            sudo(&text, event);
        }
    }
    if !file.is_empty() {
        program(file, event);
    }
    true
}

/// `user : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls -l`: the command runs to the end.
pub(super) fn sudo(text: &str, event: &mut Event<'_>) {
    for part in text.split(" ; ") {
        let Some((name, value)) = part.split_once('=') else { continue };
        let name = name.rsplit([' ', ':']).next().unwrap_or_default();
        if !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase()) && !event.has(name) {
            event.say(name.to_owned(), value.to_owned());
        }
    }
}
