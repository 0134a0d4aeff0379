//! What kind of Windows event it is: data set, event type, category, severity.
use super::System;
use crate::text;
use model::Severity;
use std::borrow::Cow;

/// `windows.` and the channel in few characters; the channels that rules name most have short names.
pub(super) fn dataset(channel: &str) -> Cow<'static, str> {
    const KNOWN: &[(&str, &str)] = &[
        ("Microsoft-Windows-Sysmon/Operational", "windows.sysmon"),
        ("Security", "windows.security"),
        ("System", "windows.system"),
        ("Application", "windows.application"),
        ("Microsoft-Windows-PowerShell/Operational", "windows.powershell"),
        ("PowerShellCore/Operational", "windows.powershell"),
        ("Windows PowerShell", "windows.powershell_classic"),
        ("Microsoft-Windows-Windows Defender/Operational", "windows.defender"),
        ("Microsoft-Windows-Windows Firewall With Advanced Security/Firewall", "windows.firewall"),
        ("Microsoft-Windows-WMI-Activity/Operational", "windows.wmi"),
        ("Microsoft-Windows-TaskScheduler/Operational", "windows.taskscheduler"),
    ];
    if let Some((_, known)) = KNOWN.iter().find(|(name, _)| name.eq_ignore_ascii_case(channel)) {
        return Cow::Borrowed(known);
    }
    let short = strip_ignoring_case(channel, "Microsoft-Windows-");
    let short = short.strip_suffix("/Operational").unwrap_or(short);
    Cow::Owned(text::slug("windows.", short))
}

fn strip_ignoring_case<'a>(text: &'a str, prefix: &str) -> &'a str {
    match text.get(..prefix.len()) {
        Some(head) if head.eq_ignore_ascii_case(prefix) => &text[prefix.len()..],
        _ => text,
    }
}

/// Fills the channel from the provider and the provider from the channel, where one of them names the other.
pub(super) fn complete(system: &mut System) {
    if system.channel.is_empty() {
        system.channel = match &*system.provider {
            "Microsoft-Windows-Sysmon" => "Microsoft-Windows-Sysmon/Operational".into(),
            "Microsoft-Windows-Security-Auditing" => "Security".into(),
            "Service Control Manager" => "System".into(),
            "PowerShell" => "Windows PowerShell".into(),
            "Microsoft-Windows-Eventlog" if system.id == 1102 => "Security".into(),
            p => match p.strip_prefix("Microsoft-Windows-") {
                Some(_) => format!("{p}/Operational").into(),
                None => "Application".into(),
            },
        };
    }
    if system.provider.is_empty() {
        let channel: &str = &system.channel;
        system.provider = match (channel.to_ascii_lowercase().as_str(), system.id) {
            ("security", 1100..=1108) => "Microsoft-Windows-Eventlog".into(),
            ("security", _) => "Microsoft-Windows-Security-Auditing".into(),
            ("windows powershell", _) => "PowerShell".into(),
            ("system", 7000..=7045) => "Service Control Manager".into(),
            ("system", 104) => "Microsoft-Windows-Eventlog".into(),
            _ => channel.split('/').next().unwrap_or(channel).to_owned().into(),
        };
    }
}

/// The event's class by channel and id; `None` where it has no name of its own.
pub(super) fn event_type(dataset: &str, id: i64, system: &System) -> Option<Cow<'static, str>> {
    let name = match dataset {
        "windows.sysmon" => sysmon(id, system)?,
        "windows.security" => security(id)?,
        "windows.system" => match id {
            7045 => "service_installed",
            7036 => "service_state_changed",
            7040 => "service_config_changed",
            104 => "log_cleared",
            1074 | 6006 => "shutdown",
            6005 | 6009 => "startup",
            _ => return None,
        },
        "windows.powershell" => match id {
            4103 => "powershell_module",
            4104 => "powershell_script",
            4105 => "powershell_script_start",
            4106 => "powershell_script_stop",
            _ => return None,
        },
        "windows.powershell_classic" => match id {
            400 => "powershell_engine_start",
            403 => "powershell_engine_stop",
            600 => "powershell_provider_start",
            800 => "powershell_pipeline",
            _ => return None,
        },
        "windows.wmi" => match id {
            5859..=5861 => "wmi_event",
            5857 => "wmi_provider_start",
            _ => return None,
        },
        "windows.taskscheduler" => match id {
            106 => "scheduled_task_created",
            140 => "scheduled_task_updated",
            141 => "scheduled_task_deleted",
            _ => return None,
        },
        "windows.defender" => match id {
            1006 | 1015 | 1116 => "malware_detected",
            1007 | 1117 => "malware_action",
            5001 | 5010 | 5012 => "protection_disabled",
            _ => return None,
        },
        _ => return None,
    };
    Some(Cow::Borrowed(name))
}

fn sysmon(id: i64, system: &System) -> Option<&'static str> {
    let kind = || {
        system
            .data
            .iter()
            .find(|(k, _)| *k == "EventType")
            .and_then(|(_, v)| v.as_str())
            .unwrap_or_default()
    };
    Some(match id {
        1 => "process_creation",
        2 => "file_change",
        3 => "network_connection",
        4 => "sysmon_state_changed",
        5 => "process_termination",
        6 => "driver_load",
        7 => "image_load",
        8 => "create_remote_thread",
        9 => "raw_access_thread",
        10 => "process_access",
        11 => "file_event",
        12 if kind().starts_with("Delete") => "registry_delete",
        12 => "registry_add",
        13 => "registry_set",
        14 => "registry_rename",
        15 => "create_stream_hash",
        16 => "sysmon_config_changed",
        17 => "pipe_created",
        18 => "pipe_connected",
        19..=21 => "wmi_event",
        22 => "dns_query",
        23 | 26 => "file_delete",
        24 => "clipboard_change",
        25 => "process_tampering",
        27 => "file_block_executable",
        28 => "file_block_shredding",
        29 => "file_executable_detected",
        255 => "sysmon_error",
        _ => return None,
    })
}

fn security(id: i64) -> Option<&'static str> {
    Some(match id {
        1102 => "log_cleared",
        4624 => "logon",
        4625 => "logon_failed",
        4627 => "group_membership",
        4634 | 4647 => "logoff",
        4648 => "logon_explicit",
        4656 => "handle_requested",
        4657 => "registry_set",
        4658 => "handle_closed",
        4662 => "directory_access",
        4663 => "object_access",
        4670 => "permissions_changed",
        4672 => "special_privileges",
        4673 | 4674 => "privilege_used",
        4688 => "process_creation",
        4689 => "process_termination",
        4690 => "handle_duplicated",
        4697 => "service_installed",
        4698 => "scheduled_task_created",
        4699 => "scheduled_task_deleted",
        4702 => "scheduled_task_updated",
        4703 => "token_rights_adjusted",
        4719 => "audit_policy_changed",
        4720 => "user_created",
        4722 => "user_enabled",
        4723 | 4724 => "password_reset",
        4725 => "user_disabled",
        4726 => "user_deleted",
        4728 | 4732 | 4756 => "group_member_added",
        4729 | 4733 | 4757 => "group_member_removed",
        4738 => "user_changed",
        4740 => "user_locked_out",
        4741 => "computer_created",
        4768 => "kerberos_tgt",
        4769 => "kerberos_service_ticket",
        4771 => "kerberos_preauth_failed",
        4776 => "ntlm_validation",
        4778 => "session_reconnected",
        4779 => "session_disconnected",
        5136 => "directory_changed",
        5140 => "share_access",
        5145 => "share_file_access",
        5154 => "port_listen",
        5156 => "network_connection",
        5157 => "network_blocked",
        5158 => "port_bind",
        5379 => "credentials_read",
        _ => return None,
    })
}

/// ECS category of an event type.
pub(super) fn category(event_type: &str) -> &'static str {
    match event_type {
        "process_creation"
        | "process_termination"
        | "process_access"
        | "process_tampering"
        | "create_remote_thread"
        | "raw_access_thread"
        | "powershell_script"
        | "powershell_module"
        | "powershell_pipeline"
        | "powershell_engine_start"
        | "powershell_engine_stop"
        | "powershell_provider_start"
        | "powershell_script_start"
        | "powershell_script_stop"
        | "token_rights_adjusted" => "process",
        "network_connection" | "network_blocked" | "dns_query" | "port_listen" | "port_bind" => {
            "network"
        }
        t if t.starts_with("file_") || t == "create_stream_hash" || t.starts_with("share_") => {
            "file"
        }
        "pipe_created" | "pipe_connected" | "object_access" => "file",
        t if t.starts_with("registry_") => "registry",
        "driver_load" => "driver",
        "image_load" => "library",
        t if t.starts_with("logon") || t.starts_with("kerberos_") => "authentication",
        "logoff" | "ntlm_validation" | "special_privileges" | "group_membership" => {
            "authentication"
        }
        "session_reconnected" | "session_disconnected" => "session",
        t if t.starts_with("user_") || t.starts_with("group_member_") => "iam",
        "password_reset" | "computer_created" | "directory_changed" | "directory_access"
        | "credentials_read" => "iam",
        t if t.starts_with("malware_") => "malware",
        t if t.starts_with("service_")
            || t.starts_with("scheduled_task_")
            || t.starts_with("sysmon_") =>
        {
            "configuration"
        }
        "wmi_event"
        | "audit_policy_changed"
        | "permissions_changed"
        | "protection_disabled"
        | "log_cleared" => "configuration",
        _ => "host",
    }
}

/// How bad the event is by itself, before any rule: a known kind first, then the writer's level. An error of a program is not
/// a danger by itself, so levels give no more than medium.
pub(super) fn severity(event_type: Option<&str>, system: &System) -> Severity {
    let by_type = match event_type.unwrap_or_default() {
        "malware_detected" => Severity::High,
        "log_cleared" | "protection_disabled" | "process_tampering" | "malware_action" => {
            Severity::Medium
        }
        "logon_failed"
        | "kerberos_preauth_failed"
        | "user_locked_out"
        | "service_installed"
        | "scheduled_task_created"
        | "user_created"
        | "user_deleted"
        | "group_member_added"
        | "audit_policy_changed"
        | "password_reset"
        | "create_remote_thread"
        | "computer_created" => Severity::Low,
        _ => Severity::Info,
    };
    by_type.max(level(&system.level))
}

fn level(level: &str) -> Severity {
    match level {
        "1" | "Critical" | "CRITICAL" | "critical" => Severity::Medium,
        "2" | "3" | "Error" | "ERROR" | "error" | "Warning" | "WARNING" | "warning" => {
            Severity::Low
        }
        _ => Severity::Info,
    }
}

/// Text of one datum of the event.
pub(super) fn datum<'a>(system: &System<'a>, name: &str) -> Option<&'a str> {
    system
        .data
        .iter()
        .find(|(k, _)| *k == name)
        .and_then(|(_, v)| v.as_str())
        .filter(|s| !s.is_empty() && *s != "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_become_data_sets() {
        for (channel, want) in [
            ("Microsoft-Windows-Sysmon/Operational", "windows.sysmon"),
            ("security", "windows.security"),
            ("Windows PowerShell", "windows.powershell_classic"),
            ("Microsoft-Windows-DNS-Client/Operational", "windows.dns_client"),
            ("MSExchange Management", "windows.msexchange_management"),
            ("Directory Service", "windows.directory_service"),
            ("", "windows.other"),
        ] {
            assert_eq!(dataset(channel), want);
        }
    }

    #[test]
    fn channel_and_provider_complete_each_other() {
        let full = |channel: &'static str, provider: &'static str, id| {
            let mut s = System {
                channel: channel.into(),
                provider: provider.into(),
                id,
                ..System::default()
            };
            complete(&mut s);
            (s.channel.into_owned(), s.provider.into_owned())
        };
        assert_eq!(
            full("", "Microsoft-Windows-Sysmon", 1).0,
            "Microsoft-Windows-Sysmon/Operational"
        );
        assert_eq!(full("Security", "", 4624).1, "Microsoft-Windows-Security-Auditing");
        assert_eq!(full("Security", "", 1102).1, "Microsoft-Windows-Eventlog");
        assert_eq!(
            full("Microsoft-Windows-DNS-Client/Operational", "", 3008).1,
            "Microsoft-Windows-DNS-Client"
        );
    }
}
