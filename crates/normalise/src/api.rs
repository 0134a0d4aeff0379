//! `POST /events`: the contract's `{event_type, severity, category?, details}`, a Windows event alone or as `details`, a record
//! that already speaks ECS, and EVE or Zeek records that were sent here.
use crate::fields::Fields;
use crate::json::{Json, Object};
use crate::suricata::word;
use crate::{Draft, Refused, suricata, text, time, windows, zeek};
use model::fieldmap::{self, Field};
use model::{Micros, Severity};

/// Before the path inside `details` of what has no ECS name.
pub(crate) const PREFIX: &str = "details.";

/// Names that mean the same in everybody's details. Others, such as `status` or `path`, are left as they are.
const SHARED: &[&str] = &[
    "hostname",
    "host",
    "username",
    "user",
    "user_id",
    "email",
    "process_name",
    "process",
    "binary",
    "process_path",
    "pid",
    "ppid",
    "command_line",
    "cmdline",
    "parent_process_name",
    "parent_process",
    "parent_name",
    "action",
    "url",
    "domain",
    "src_ip",
    "src_port",
    "dst_ip",
    "dst_port",
    "dest_ip",
    "dest_port",
    "proto",
    "user_agent",
    "md5",
    "sha1",
    "sha256",
    "hash",
    "file_path",
    "file_name",
    "filename",
    "signature",
    "sensor_name",
    "sensor",
    "registry_path",
    "service_name",
    "ioc_type",
    "ioc_value",
    "correlation_id",
    "tags",
    "mitre_technique_id",
    "technique_id",
    "http.host",
    "http.url",
    "http.method",
    "http.status",
    "http.user_agent",
    "dns.query",
    "dns.type",
    "dns.rcode",
    "tls.sni",
    "tls.ja3",
    "tls.version",
];

/// The field that a name inside `details` means.
pub(crate) fn canonical(name: &str) -> Option<&'static Field> {
    SHARED.contains(&name).then(|| fieldmap::field(name)).flatten()
}

pub(crate) fn read(
    record: &Json,
    received_at: Micros,
    fields: &mut Fields,
) -> Result<Draft, Refused> {
    let map = record
        .as_object()
        .ok_or_else(|| Refused::new("invalid_payload", "", "an event is a JSON object"))?;
    // the record's time wherever it stands: a reader looks in its own places only
    let received_at = own_time(record).unwrap_or(received_at);
    let sent = map.contains_key("severity") && map.contains_key("event_type");
    if !sent {
        if windows::is_windows(map) {
            return windows::read(map, received_at, fields).ok_or_else(|| no_type("/EventID"));
        }
        if let Some(draft) = other_dialects(record, map, fields) {
            return draft;
        }
    }
    contract(map, received_at, fields)
}

fn no_type(pointer: &str) -> Refused {
    Refused::new(
        "missing_event_type",
        pointer,
        "send event_type and severity, a Windows event, or a record with ECS names",
    )
}

fn other_dialects(
    record: &Json,
    map: &Object,
    fields: &mut Fields,
) -> Option<Result<Draft, Refused>> {
    if map.contains_key("event_type")
        && map.contains_key("timestamp")
        && (map.contains_key("flow_id") || map.contains_key("src_ip"))
    {
        return Some(suricata::read(record, fields));
    }
    if zeek::is_zeek(map) {
        return Some(zeek::read(record, None, fields));
    }
    let speaks_ecs = map.contains_key("@timestamp")
        && !map.contains_key("event_type")
        && (map.get("event").is_some_and(Json::is_object)
            || map.contains_key("ecs")
            || map.keys().any(|k| k.starts_with("event.")));
    speaks_ecs.then(|| ecs(map, fields))
}

fn contract(map: &Object, received_at: Micros, fields: &mut Fields) -> Result<Draft, Refused> {
    let event_type = match map.get("event_type") {
        Some(Json::Str(s)) if !s.trim().is_empty() => s.trim(),
        Some(Json::Null | Json::Str(_)) | None => return Err(no_type("/event_type")),
        Some(_) => {
            return Err(Refused::new("invalid_payload", "/event_type", "event_type must be text"));
        }
    };
    let severity = match map.get("severity") {
        Some(Json::Str(s)) => Severity::parse(s),
        Some(Json::Null) | None => {
            return Err(Refused::new(
                "missing_severity",
                "/severity",
                "send info, low, medium, high or critical",
            ));
        }
        Some(_) => None,
    };
    let severity = severity.ok_or_else(|| {
        Refused::new("invalid_severity", "/severity", "must be info, low, medium, high or critical")
    })?;
    let empty = Object::default();
    let details = match map.get("details") {
        Some(Json::Object(d)) => d,
        Some(Json::Null) | None => &empty,
        Some(_) => {
            return Err(Refused::new("invalid_payload", "/details", "details must be an object"));
        }
    };
    let category =
        map.get("category").and_then(Json::as_str).map(str::trim).filter(|c| !c.is_empty());
    if windows::is_windows(details)
        && let Some(draft) = windows::read(details, received_at, fields)
    {
        let category = category.map_or(draft.category, |c| word(fields, c));
        return Ok(Draft { severity, category, ..draft });
    }
    let mut path = String::from(PREFIX);
    for (key, value) in details.iter() {
        fields.member(&mut path, key, value);
    }
    let said = details
        .get("message")
        .and_then(Json::as_str)
        .map(text::first_line)
        .filter(|m| !m.is_empty());
    let category = category.unwrap_or_else(|| family(event_type).unwrap_or("event"));
    Ok(Draft {
        time: own_time_of(map, details).unwrap_or(received_at),
        dataset: fields.word(match family(event_type) {
            Some("edr") => "edr.events",
            _ => "api.events",
        }),
        source: "api",
        event_type: word(fields, event_type),
        category: word(fields, category),
        severity,
        message: said.map_or_else(|| message(event_type, fields), str::to_owned),
    })
}

/// `edr` of `edr.url_visit`.
fn family(event_type: &str) -> Option<&str> {
    event_type.split_once('.').map(|(head, _)| head).filter(|h| !h.is_empty())
}

fn message(event_type: &str, fields: &Fields) -> String {
    let about: Vec<&str> = [
        "host.name",
        "user.name",
        "process.name",
        "url.original",
        "file.path",
        "source.ip",
        "destination.ip",
    ]
    .into_iter()
    .filter_map(|n| fields.str(n))
    .collect();
    if about.is_empty() {
        format!("{event_type} detected")
    } else {
        format!("{event_type} · {}", about.join(" · "))
    }
}

/// A record under ECS names, nested or dotted: names stay, the core attributes are taken out.
fn ecs(map: &Object, fields: &mut Fields) -> Result<Draft, Refused> {
    let said = |name: &str| -> Option<&str> {
        ecs_value(map, name).and_then(first_text).map(str::trim).filter(|s| !s.is_empty())
    };
    let time = suricata::timestamp(map.get("@timestamp"), "/@timestamp")?;
    let severity = ["event.severity", "log.level"]
        .into_iter()
        .find_map(|n| said(n).and_then(Severity::parse))
        .unwrap_or(Severity::Info);
    let event_type = said("event.action")
        .or_else(|| said("event.type"))
        .or_else(|| said("event.category"))
        .unwrap_or("event");
    let category = said("event.category").unwrap_or("event");
    let dataset =
        said("event.dataset").map_or_else(|| "ecs.events".to_owned(), |d| text::slug("", d));
    let mut path = String::new();
    for (key, value) in map.iter() {
        if matches!(key, "@timestamp" | "message" | "ecs") {
            continue;
        }
        fields.member(&mut path, key, value);
    }
    let message = said("message")
        .map_or_else(|| format!("{event_type} event"), |m| text::first_line(m).to_owned());
    Ok(Draft {
        time,
        dataset: fields.word(&dataset),
        source: "api",
        event_type: word(fields, event_type),
        category: word(fields, category),
        severity,
        message,
    })
}

/// `event.action` as one key or as a path.
fn ecs_value<'a>(map: &'a Object<'a>, name: &str) -> Option<&'a Json<'a>> {
    if let Some(v) = map.get(name) {
        return Some(v);
    }
    let (head, rest) = name.split_once('.')?;
    rest.split('.').try_fold(map.get(head)?, |v, part| v.get(part))
}

fn first_text<'a>(value: &'a Json<'_>) -> Option<&'a str> {
    match value {
        Json::Str(s) => Some(s),
        Json::Array(list) => list.first().and_then(Json::as_str),
        _ => None,
    }
}

fn own_time_of(map: &Object, details: &Object) -> Option<Micros> {
    [map, details].into_iter().find_map(|m| {
        ["@timestamp", "timestamp"].into_iter().find_map(|k| m.get(k).and_then(time::of))
    })
}

/// The time the record itself carries.
pub(crate) fn own_time(record: &Json) -> Option<Micros> {
    let map = record.as_object()?;
    let empty = Object::default();
    let details = map.get("details").and_then(Json::as_object).unwrap_or(&empty);
    own_time_of(map, details).or_else(|| map.get("ts").and_then(time::of)).or_else(|| {
        [map, details].into_iter().filter(|m| windows::is_windows(m)).find_map(windows::own_time)
    })
}
