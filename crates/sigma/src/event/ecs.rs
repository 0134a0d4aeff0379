//! Endpoint records that are not Windows' own: Elastic's field names, Defender's tables, and Sigma's names alone.
use super::{Event, Scalar, windows};

const NAMES: &[(&str, &str)] = &[
    ("process.executable", "Image"),
    ("process.command_line", "CommandLine"),
    ("process.working_directory", "CurrentDirectory"),
    ("process.pid", "ProcessId"),
    ("process.entity_id", "ProcessGuid"),
    ("process.parent.executable", "ParentImage"),
    ("process.parent.command_line", "ParentCommandLine"),
    ("process.parent.pid", "ParentProcessId"),
    ("process.pe.original_file_name", "OriginalFileName"),
    ("process.pe.description", "Description"),
    ("process.pe.product", "Product"),
    ("process.pe.company", "Company"),
    ("process.pe.file_version", "FileVersion"),
    ("process.Ext.token.integrity_level_name", "IntegrityLevel"),
    ("process.hash.md5", "md5"),
    ("process.hash.sha1", "sha1"),
    ("process.hash.sha256", "sha256"),
    ("process.pe.imphash", "Imphash"),
    ("dll.path", "ImageLoaded"),
    ("dll.pe.original_file_name", "OriginalFileName"),
    ("file.path", "TargetFilename"),
    ("registry.path", "TargetObject"),
    ("registry.data.strings", "Details"),
    ("dns.question.name", "QueryName"),
    ("source.ip", "SourceIp"),
    ("source.port", "SourcePort"),
    ("destination.ip", "DestinationIp"),
    ("destination.port", "DestinationPort"),
    ("destination.domain", "DestinationHostname"),
    ("network.transport", "Protocol"),
    // macOS' own endpoint events
    ("event.exec.target.executable.path", "Image"),
    ("process.executable.path", "ParentImage"),
    // Defender's tables
    ("InitiatingProcessFolderPath", "ParentImage"),
    ("InitiatingProcessCommandLine", "ParentCommandLine"),
    ("ProcessCommandLine", "CommandLine"),
    ("ProcessIntegrityLevel", "IntegrityLevel"),
    ("ProcessVersionInfoOriginalFileName", "OriginalFileName"),
    ("ProcessVersionInfoFileDescription", "Description"),
    ("ProcessVersionInfoProductName", "Product"),
    ("ProcessVersionInfoCompanyName", "Company"),
];

/// Names the fields and kinds of an endpoint's event; `false` when it is none.
pub(super) fn read(event: &mut Event<'_>) -> bool {
    let defender = defender(event);
    let own = event.any(&["Image", "TargetFilename", "TargetObject", "ImageLoaded", "SourceImage"])
        || event.has("CommandLine")
            && event.any(&["ParentImage", "ParentCommandLine", "OriginalFileName"]);
    let elastic = event.any(&[
        "process.executable",
        "process.command_line",
        "event.exec.target.executable.path",
    ]) || event.any(&["registry.path", "dll.path"])
        || event.has("file.path") && event.any(&["event.category", "process.name"]);
    if defender.is_none() && !own && !elastic {
        return false;
    }
    let categories = match defender {
        Some(category) => vec![category],
        None => categories(event),
    };
    event.aliases(NAMES);
    joined(event, "process.args", "CommandLine");
    joined(event, "event.exec.args", "CommandLine");
    joined(event, "process.parent.args", "ParentCommandLine");
    let (user, domain) = (event.text("user.name"), event.text("user.domain"));
    if let (Some(user), false) = (user, event.has("User")) {
        let full = domain.map_or_else(|| user.to_owned(), |domain| format!("{domain}\\{user}"));
        event.say("User", full);
    }
    if let Some(way) = event.text("network.direction") {
        let out = matches!(way, "egress" | "outbound" | "outgoing");
        event.say("Initiated", if out { "true" } else { "false" });
    }
    hashed(event);
    windows::hashes(event);
    event.kinds_of(product(event), &categories, &[]);
    true
}

fn product(event: &Event<'_>) -> &'static str {
    const SYSTEM: [&str; 5] =
        ["host.os.type", "host.os.family", "host.os.platform", "OSPlatform", "os"];
    match event.any_text(&SYSTEM).unwrap_or_default().to_ascii_lowercase().as_str() {
        "windows" => return "windows",
        "macos" | "darwin" => return "macos",
        "linux" | "debian" | "ubuntu" | "redhat" | "rhel" | "centos" | "fedora" | "suse" => {
            return "linux";
        }
        _ => {}
    }
    if event.has("event.exec.target.executable.path") {
        return "macos";
    }
    const PATHS: [&str; 7] = [
        "Image",
        "ParentImage",
        "TargetFilename",
        "ImageLoaded",
        "SourceImage",
        "TargetObject",
        "FolderPath",
    ];
    match event.any_text(&PATHS) {
        Some(path) if path.starts_with("/Applications/") || path.starts_with("/Library/") => {
            "macos"
        }
        Some(path) if path.starts_with("/System/") || path.starts_with("/Users/") => "macos",
        Some(path) if path.starts_with('/') => "linux",
        _ => "windows",
    }
}

/// What happened, by the event's own words, else by the fields that only such an event has.
fn categories(event: &Event<'_>) -> Vec<&'static str> {
    let says = |name: &str, word: &str| {
        event.values(name).any(|v| matches!(v, Scalar::Str(s) if s.eq_ignore_ascii_case(word)))
    };
    let is = |word: &str| says("event.category", word);
    let did = |word: &str| says("event.type", word) || says("event.action", word);
    if event.has("event.category") {
        let ended = did("end") && !did("start");
        return match () {
            () if is("process") && ended => vec!["process_termination"],
            () if is("library") || did("load") => vec!["image_load"],
            () if is("registry") && did("deletion") => vec!["registry_event", "registry_delete"],
            () if is("registry") => vec!["registry_event", "registry_set"],
            () if is("file") && (did("deletion") || did("delete")) => vec!["file_delete"],
            () if is("file") && did("rename") => vec!["file_rename", "file_event"],
            () if is("file") && (did("creation") || did("change") || did("overwrite")) => {
                vec!["file_event"]
            }
            () if is("driver") => vec!["driver_load"],
            () if event.has("dns.question.name") => vec!["dns_query"],
            () if is("network") => vec!["network_connection"],
            () if is("process") => vec!["process_creation"],
            () => vec![],
        };
    }
    let has = |name: &str| event.has(name);
    match () {
        () if has("event.exec.target.executable.path") => vec!["process_creation"],
        () if has("ImageLoaded") && has("Image") => vec!["image_load"],
        () if has("ImageLoaded") => vec!["driver_load"],
        () if has("TargetObject") && has("Details") => vec!["registry_event", "registry_set"],
        () if has("TargetObject") => vec!["registry_event"],
        () if has("TargetFilename") => vec!["file_event"],
        () if has("CallTrace") || has("GrantedAccess") => vec!["process_access"],
        () if has("StartAddress") || has("StartModule") => vec!["create_remote_thread"],
        () if has("QueryName") => vec!["dns_query"],
        () if has("PipeName") => vec!["pipe_created"],
        () if has("DestinationIp") || has("DestinationHostname") => vec!["network_connection"],
        () if has("CommandLine") || has("process.command_line") || has("process.args") => {
            vec!["process_creation"]
        }
        () => vec![],
    }
}

/// Defender's hunting tables; their process is the actor in all but the first.
fn defender(event: &mut Event<'_>) -> Option<&'static str> {
    event.text("ActionType")?;
    if !event.has("InitiatingProcessFileName") {
        event.strip("properties.");
    }
    let table = event.any_text(&["category", "Type", "TableName"]).unwrap_or_default();
    let action = event.text("ActionType").unwrap_or_default().to_owned();
    let category = match action.as_str() {
        "ProcessCreated" => "process_creation",
        "FileCreated" | "FileModified" => "file_event",
        "FileRenamed" => "file_rename",
        "FileDeleted" => "file_delete",
        "RegistryValueSet" => "registry_set",
        "RegistryKeyCreated" => "registry_add",
        "RegistryKeyDeleted" | "RegistryValueDeleted" => "registry_delete",
        "ImageLoaded" => "image_load",
        "DriverLoad" => "driver_load",
        "NamedPipeEvent" => "pipe_created",
        _ if action.starts_with("Connection") || table.ends_with("DeviceNetworkEvents") => {
            "network_connection"
        }
        _ => return None,
    };
    match category {
        "process_creation" => event.aliases(&[("FolderPath", "Image")]),
        "image_load" | "driver_load" => event.aliases(&[("FolderPath", "ImageLoaded")]),
        _ => event.aliases(&[("FolderPath", "TargetFilename")]),
    }
    if category != "process_creation" {
        event.aliases(&[
            ("InitiatingProcessFolderPath", "Image"),
            ("InitiatingProcessCommandLine", "CommandLine"),
            ("InitiatingProcessParentFileName", "ParentImage"),
            ("RegistryKey", "TargetObject"),
            ("RegistryValueData", "Details"),
            ("RemoteIP", "DestinationIp"),
            ("RemotePort", "DestinationPort"),
            ("RemoteUrl", "DestinationHostname"),
        ]);
    }
    Some(category)
}

/// A list of arguments as one command line.
fn joined(event: &mut Event<'_>, from: &str, to: &'static str) {
    if event.has(to) {
        return;
    }
    let words: Vec<&str> = event
        .values(from)
        .filter_map(|v| if let Scalar::Str(s) = v { Some(s.as_ref()) } else { None })
        .collect();
    if !words.is_empty() {
        let line = words.join(" ");
        event.say(to, line);
    }
}

/// `Hashes` as Sysmon writes them, which is how rules look for one.
fn hashed(event: &mut Event<'_>) {
    if event.has("Hashes") {
        return;
    }
    let parts: Vec<String> =
        [("md5", "MD5"), ("sha1", "SHA1"), ("sha256", "SHA256"), ("Imphash", "IMPHASH")]
            .iter()
            .filter_map(|(field, name)| {
                Some(format!("{name}={}", event.text(field)?.to_ascii_uppercase()))
            })
            .collect();
    if !parts.is_empty() {
        event.say("Hashes", parts.join(","));
    }
}
