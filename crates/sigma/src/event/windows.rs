//! Windows events once their fields are read: Sigma's names, and which service and categories they are.
use super::{Event, Scalar, channels};
use std::borrow::Cow;

/// Where collectors put the event's own fields.
const BELOW: [&str; 7] = [
    "winlog.event_data.",
    "winlog.user_data.",
    "event_data.",
    "user_data.",
    "Event.EventData.",
    "Event.System.",
    "EventData.",
];

const NAMES: &[(&str, &str)] = &[
    ("winlog.channel", "Channel"),
    ("log_name", "Channel"),
    ("LogName", "Channel"),
    ("data.win.system.channel", "Channel"),
    ("winlog.event_id", "EventID"),
    ("event_id", "EventID"),
    ("EventId", "EventID"),
    ("event.code", "EventID"),
    ("data.win.system.eventID", "EventID"),
    ("winlog.provider_name", "Provider_Name"),
    ("source_name", "Provider_Name"),
    ("SourceName", "Provider_Name"),
    ("EventSourceName", "Provider_Name"),
    ("ProviderName", "Provider_Name"),
    ("event.provider", "Provider_Name"),
    ("data.win.system.providerName", "Provider_Name"),
    ("winlog.provider_guid", "Provider_Guid"),
    ("winlog.computer_name", "Computer"),
    ("computer_name", "Computer"),
    ("MachineName", "Computer"),
    ("data.win.system.computer", "Computer"),
    ("winlog.record_id", "EventRecordID"),
    ("winlog.task", "Task"),
    ("winlog.level", "Level"),
    ("log.level", "Level"),
    ("data.win.system.message", "Message"),
    ("message", "Message"),
];

/// Renames a flat record's fields and says its kinds; `false` when it is no Windows event.
pub(super) fn flat(event: &mut Event<'_>) -> bool {
    let marked = ["winlog.channel", "winlog.event_id", "data.win.system.channel", "log_name"];
    let likely = event.any(&marked)
        || (event.any(&["EventID", "EventId", "event_id", "event.code"])
            && event.any(&[
                "Channel",
                "SourceName",
                "Provider_Name",
                "EventSourceName",
                "source_name",
            ]));
    if likely {
        BELOW.iter().for_each(|prefix| {
            event.strip(prefix);
        });
        wazuh(event);
        event.aliases(NAMES);
    } else if !guess(event) {
        return false;
    }
    finish(event);
    true
}

/// Wazuh writes `data.win.eventdata.commandLine`: its own first letter, small.
fn wazuh(event: &mut Event<'_>) {
    for at in 0..event.fields.len() {
        let (name, value) = &event.fields[at];
        if let Some(rest) = name.strip_prefix("data.win.eventdata.") {
            let mut letters = rest.chars();
            let Some(head) = letters.next() else { continue };
            let name = format!("{}{}", head.to_ascii_uppercase(), letters.as_str());
            let value = value.clone();
            event.push(name, value);
        }
    }
}

/// Records under Sigma's names that lost their channel and provider: told by fields that only they have.
fn guess(event: &mut Event<'_>) -> bool {
    let (provider, needs): (_, &[&str]) = match event.int("EventID") {
        Some(4688) => ("Microsoft-Windows-Security-Auditing", &["NewProcessName", "Image"]),
        Some(4103) => ("Microsoft-Windows-PowerShell", &["Payload", "ContextInfo"]),
        Some(4104) => ("Microsoft-Windows-PowerShell", &["ScriptBlockText"]),
        Some(4600..=5999) => {
            ("Microsoft-Windows-Security-Auditing", &["SubjectUserName", "TargetUserName"])
        }
        Some(1..=29) => (
            "Microsoft-Windows-Sysmon",
            &["UtcTime", "ProcessGuid", "Image", "ImageLoaded", "SourceImage", "TargetObject"],
        ),
        _ => return false,
    };
    if !event.any(needs) || event.text("EventLog").is_some() {
        return false;
    }
    event.say("Provider_Name", provider);
    true
}

/// Names and kinds of an event whose `System` fields are in place.
pub(super) fn finish(event: &mut Event<'_>) {
    numbers(event);
    let provider = event.text("Provider_Name");
    let service = channels::service(event.text("Channel"), provider);
    let linux =
        [event.text("Channel"), provider].iter().flatten().any(|n| n.starts_with("Linux-Sysmon"));
    let id = event.int("EventID").unwrap_or(-1);
    let kernel_file = provider == Some("Microsoft-Windows-Kernel-File");
    let rpc = event.text("Channel") == Some("RPCFW") || provider == Some("RPCFW");
    let action = event.text("EventType");
    let mut categories = service.map_or(&[][..], |s| channels::categories(s, id, action));
    if kernel_file {
        categories = match id {
            12 | 14..=16 => &["file_access"],
            19 | 27 => &["file_rename"],
            _ => &[],
        };
    }
    match (service, id) {
        (Some("security"), 4688) => event.aliases(&[
            ("NewProcessName", "Image"),
            ("ParentProcessName", "ParentImage"),
            ("ProcessCommandLine", "CommandLine"),
            ("Process Command Line", "CommandLine"),
        ]),
        (Some("powershell"), 4104) => script_message(event),
        (Some("powershell-classic"), _) => {
            event.aliases(&[("param3", "Data"), ("EventData", "Data")]);
        }
        _ => {}
    }
    spaces(event);
    if service == Some("windefend") {
        event.aliases(&[("ThreatName", "Signature"), ("Path", "Filename")]);
    }
    hashes(event);
    let services: &[&str] = match &service {
        // two names are in use for this one
        Some("servicebus-client") => &["servicebus-client", "microsoft-servicebus-client"],
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    event.kinds_of(if linux { "linux" } else { "windows" }, categories, services);
    if rpc {
        event.alias("Channel", "EventLog");
        event.kind("rpc_firewall", "application", "");
    }
}

/// Rules compare ids and levels with numbers; some collectors send text.
fn numbers(event: &mut Event<'_>) {
    for (name, value) in &mut event.fields {
        if let Scalar::Str(text) = value {
            let number = match name.as_ref() {
                "EventID" | "event_id" => text.trim().parse().ok(),
                "Level" => match text.as_ref() {
                    "Critical" | "critical" => Some(1),
                    "Error" | "error" => Some(2),
                    "Warning" | "warning" => Some(3),
                    "Information" | "information" => Some(4),
                    "Verbose" | "verbose" => Some(5),
                    digits => digits.parse().ok(),
                },
                _ => None,
            };
            if let Some(number) = number {
                *value = Scalar::Int(number);
            }
        }
    }
}

/// `Process Name` is `ProcessName` to most rules and `Process_Name` to some; the original stays too.
fn spaces(event: &mut Event<'_>) {
    for at in 0..event.fields.len() {
        let (name, value) = &event.fields[at];
        if name.contains(' ') {
            let (joined, underscored) = (name.replace(' ', ""), name.replace(' ', "_"));
            let value = value.clone();
            event.push(underscored, value.clone());
            event.push(joined, value);
        }
    }
}

/// `Hashes` keeps its text, and each hash of it is a field of its own.
pub(super) fn hashes(event: &mut Event<'_>) {
    let found: Vec<(&'static str, Cow<'_, str>)> = match event.first("Hashes") {
        Some(Scalar::Str(Cow::Borrowed(text))) => {
            split(text).map(|(n, v)| (n, Cow::Borrowed(v))).collect()
        }
        Some(Scalar::Str(Cow::Owned(text))) => {
            split(text).map(|(n, v)| (n, Cow::Owned(v.to_owned()))).collect()
        }
        _ => return,
    };
    found.into_iter().for_each(|(name, value)| event.say(name, value));
}

fn split(text: &str) -> impl Iterator<Item = (&'static str, &str)> {
    text.split(',').filter_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        let name = match name {
            "MD5" => "md5",
            "SHA1" => "sha1",
            "SHA256" => "sha256",
            "IMPHASH" => "Imphash",
            _ => return None,
        };
        Some((name, value))
    })
}

/// The script of a 4104 that came as a message only.
fn script_message(event: &mut Event<'_>) {
    if event.has("ScriptBlockText") {
        return;
    }
    let script = event.text("Message").and_then(|message| {
        let rest = message.strip_prefix("Creating Scriptblock text")?;
        let (_, rest) = rest.split_once('\n')?;
        Some(rest.rfind("ScriptBlock ID:").map_or(rest, |end| &rest[..end]).trim_end().to_owned())
    });
    if let Some(script) = script {
        event.say("ScriptBlockText", script);
    }
}
