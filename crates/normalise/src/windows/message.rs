//! One line that says what happened. Sysmon's own texts begin with the class's name and nothing else, so for well-known
//! classes the line is made from the fields; otherwise it is the first line of the rendered text.
use super::System;
use super::class::datum;
use crate::fields::Fields;
use crate::suricata::ends;
use crate::text::{basename, first_line};

pub(super) fn of(event_type: Option<&str>, system: &System, fields: &Fields) -> String {
    event_type.and_then(|t| composed(t, system, fields)).unwrap_or_else(|| fallback(system))
}

fn composed(event_type: &str, system: &System, fields: &Fields) -> Option<String> {
    let who = fields.str("process.name");
    let get = |name: &str| datum(system, name);
    let by = |verb: &str, what: &str| who.map(|w| format!("{w} {verb} {what}"));
    match event_type {
        "process_creation" => {
            let line = fields.str("process.command_line").or(who)?;
            Some(match fields.str("process.parent.name") {
                Some(parent) => format!("{parent} started {}: {line}", who.unwrap_or("a program")),
                None => format!("{} started: {line}", who.unwrap_or("A program")),
            })
        }
        "process_termination" => who.map(|w| format!("{w} ended")),
        "network_connection" | "network_blocked" => {
            let ends = ends(fields);
            if ends.is_empty() {
                None
            } else {
                by(
                    if event_type == "network_blocked" { "was kept from" } else { "connected" },
                    &ends,
                )
            }
        }
        "image_load" | "driver_load" => {
            let image = fields.str("dll.path")?;
            Some(who.map_or_else(
                || format!("Driver loaded: {image}"),
                |w| format!("{w} loaded {image}"),
            ))
        }
        "process_access" => {
            by("opened", basename(get("TargetImage")?)).map(|m| match get("GrantedAccess") {
                Some(access) => format!("{m} with access {access}"),
                None => m,
            })
        }
        "create_remote_thread" => by("started a thread in", basename(get("TargetImage")?)),
        "raw_access_thread" => by("read the disk directly:", get("Device")?),
        "file_event" | "file_executable_detected" => by("created", fields.str("file.path")?),
        "file_change" => by("changed the creation time of", fields.str("file.path")?),
        "file_delete" => by("deleted", fields.str("file.path")?),
        "file_block_executable" | "file_block_shredding" => {
            by("was kept from writing", fields.str("file.path")?)
        }
        "create_stream_hash" => by("wrote the stream", fields.str("file.path")?),
        "registry_add" => by("added", fields.str("registry.path")?),
        "registry_delete" => by("deleted", fields.str("registry.path")?),
        "registry_rename" => by("renamed", fields.str("registry.path")?),
        "registry_set" => {
            let key = fields.str("registry.path").or_else(|| get("ObjectName"))?;
            by("set", key).map(|m| match fields.str("registry.data.strings") {
                Some(data) => format!("{m} = {data}"),
                None => m,
            })
        }
        "pipe_created" => by("created the pipe", get("PipeName")?),
        "pipe_connected" => by("connected to the pipe", get("PipeName")?),
        "dns_query" => by("looked up", fields.str("dns.question.name")?),
        "logon" => Some(logon("logged on", get("TargetUserName")?, system, fields)),
        "logon_failed" => Some(logon("failed to log on", get("TargetUserName")?, system, fields)),
        "powershell_script" => {
            fields.str("powershell.file.script_block_text").map(|s| format!("PowerShell ran: {s}"))
        }
        "service_installed" => {
            let path =
                get("ImagePath").or_else(|| get("ServiceFileName")).unwrap_or("an unknown program");
            Some(format!("Service {} was installed: {path}", fields.str("service.name")?))
        }
        "object_access" | "handle_requested" => {
            by("asked for", get("ObjectName")?).map(|m| match get("AccessMask") {
                Some(mask) => format!("{m} with access {mask}"),
                None => m,
            })
        }
        "kerberos_service_ticket" => Some(format!(
            "{} got a ticket for {}",
            fields.str("user.name")?,
            fields.str("service.name")?
        )),
        "share_file_access" | "share_access" => Some(format!(
            "{} opened {} {} from {}",
            fields.str("user.name")?,
            get("ShareName")?,
            get("RelativeTargetName").unwrap_or_default(),
            fields.str("source.ip").unwrap_or("an unknown address")
        )),
        _ => None,
    }
}

fn logon(verb: &str, who: &str, system: &System, fields: &Fields) -> String {
    let mut m = format!("{who} {verb}");
    if let Some(host) = fields.str("host.name") {
        m.push_str(if verb.starts_with("failed") { " to " } else { " at " });
        m.push_str(host);
    }
    if let Some(kind) = datum(system, "LogonType") {
        m.push_str(&format!(" (type {kind})"));
    }
    if let Some(ip) = fields.str("source.ip") {
        m.push_str(&format!(" from {ip}"));
    }
    m
}

fn fallback(system: &System) -> String {
    match system.text.map(first_line).filter(|l| !l.is_empty()) {
        Some(line) => line.to_owned(),
        None => format!("{} event {}", system.provider, system.id),
    }
}
