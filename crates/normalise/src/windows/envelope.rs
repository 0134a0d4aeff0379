//! The outer part of a Windows event in all its spellings.
use super::{System, data, utc};
use crate::fields::Fields;
use crate::json::{Json, Object};
use crate::{scalar, time};
use model::Micros;
use std::borrow::Cow;

const ID_KEYS: &[&str] = &["EventID", "event_id", "EventId", "EventCode"];
const CHANNEL_KEYS: &[&str] = &["Channel", "log_name", "LogName", "channel"];
const PROVIDER_KEYS: &[&str] =
    &["Provider_Name", "provider_name", "SourceName", "source_name", "ProviderName", "Provider"];

/// Whether an object is a Windows event, by the parts that no other record has together.
pub(crate) fn is_windows(map: &Object) -> bool {
    if let Some(system) = nested(map) {
        return id_of(system).is_some();
    }
    if let Some(winlog) = map.get("winlog").and_then(Json::as_object) {
        return id_of(winlog).is_some();
    }
    id_of(map).is_some()
        && (CHANNEL_KEYS.iter().chain(PROVIDER_KEYS))
            .any(|k| map.get(k).is_some_and(|v| !v.is_null()))
}

/// `System` of `{"Event":{"System":…}}` or of its inside.
fn nested<'a>(map: &'a Object<'a>) -> Option<&'a Object<'a>> {
    event(map).get("System").and_then(Json::as_object)
}

fn event<'a>(map: &'a Object<'a>) -> &'a Object<'a> {
    map.get("Event").and_then(Json::as_object).unwrap_or(map)
}

/// An XML attribute or a member, as converters write them.
fn attribute<'a>(value: &'a Json<'a>, name: &str) -> Option<&'a Json<'a>> {
    let map = value.as_object()?;
    ["#attributes", "$", "_attributes", "@attributes"]
        .into_iter()
        .find_map(|k| map.get(k).and_then(|a| a.get(name)))
        .or_else(|| map.get(name))
        .or_else(|| map.iter().find(|(k, _)| k.strip_prefix('@') == Some(name)).map(|(_, v)| v))
}

/// `4688`, `"4688"`, or an element with a qualifier and its text.
fn id_of(map: &Object) -> Option<i64> {
    let value = ID_KEYS.iter().find_map(|k| map.get(k))?;
    let value =
        ["#text", "Value", "_", "$t"].into_iter().find_map(|k| value.get(k)).unwrap_or(value);
    scalar::long(value).filter(|n| (0..=i64::from(u32::MAX)).contains(n))
}

fn text<'a>(map: &'a Object<'a>, keys: &[&str]) -> Cow<'a, str> {
    for key in keys {
        match map.get(key) {
            Some(Json::Str(s)) if !s.is_empty() => return Cow::Borrowed(s),
            Some(Json::Number(n)) => return Cow::Owned(n.to_string()),
            _ => {}
        }
    }
    Cow::Borrowed("")
}

/// When it happened. Times that say their zone come before those that do not.
pub(crate) fn time_of(map: &Object) -> Option<Micros> {
    if let Some(system) = nested(map) {
        let created = system.get("TimeCreated");
        return created
            .and_then(|t| attribute(t, "SystemTime").or(Some(t)))
            .and_then(time::of)
            .or_else(|| utc(event(map).get("EventData").and_then(|d| d.get("UtcTime"))));
    }
    ["TimeCreated", "SystemTime"]
        .into_iter()
        .find_map(|k| {
            map.get(k).and_then(|t| attribute(t, "SystemTime").or(Some(t))).and_then(time::of)
        })
        .or_else(|| utc(map.get("UtcTime")))
        .or_else(|| {
            ["@timestamp", "EventTime", "timestamp", "TimeGenerated"]
                .into_iter()
                .find_map(|k| map.get(k).and_then(time::of))
        })
}

pub(super) fn read<'a>(map: &'a Object<'a>, fields: &mut Fields) -> Option<System<'a>> {
    let mut system = if let Some(part) = nested(map) {
        from_nested(event(map), part, fields)?
    } else if let Some(winlog) = map.get("winlog").and_then(Json::as_object) {
        from_winlog(map, winlog, fields)?
    } else {
        from_flat(map, fields)?
    };
    system.time = time_of(map);
    Some(system)
}

fn from_nested<'a>(
    event: &'a Object<'a>,
    part: &'a Object<'a>,
    fields: &mut Fields,
) -> Option<System<'a>> {
    let mut system = System {
        id: id_of(part)?,
        channel: text(part, &["Channel"]),
        level: text(part, &["Level"]),
        ..System::default()
    };
    if let Some(provider) = part.get("Provider") {
        system.provider = match attribute(provider, "Name")
            .or_else(|| attribute(provider, "EventSourceName"))
            .unwrap_or(provider)
        {
            Json::Str(s) => Cow::Borrowed(s),
            _ => Cow::Borrowed(""),
        };
        if let Some(guid) = attribute(provider, "Guid") {
            fields.leaf("winlog.provider_guid", guid);
        }
    }
    for (key, path) in [
        ("Computer", "host.name"),
        ("EventRecordID", "winlog.record_id"),
        ("Task", "winlog.task"),
        ("Opcode", "winlog.opcode"),
        ("Keywords", "winlog.keywords"),
        ("Version", "winlog.version"),
    ] {
        if let Some(v) = part.get(key) {
            fields.leaf(path, v);
        }
    }
    for (key, name, path) in [
        ("Execution", "ProcessID", "winlog.process.pid"),
        ("Execution", "ThreadID", "winlog.process.thread.id"),
        ("Security", "UserID", "winlog.user.identifier"),
        ("Correlation", "ActivityID", "winlog.activity_id"),
    ] {
        if let Some(v) = part.get(key).and_then(|p| attribute(p, name)) {
            fields.leaf(path, v);
        }
    }
    if let Some(d) = event.get("EventData") {
        data::collect(d, &mut system, 0);
    }
    if let Some(Json::Object(user)) = event.get("UserData") {
        user.iter().for_each(|(_, inner)| data::collect(inner, &mut system, 0));
    }
    system.text = event
        .get("RenderingInfo")
        .and_then(|r| r.get("Message"))
        .or_else(|| event.get("Message"))
        .and_then(Json::as_str);
    Some(system)
}

/// Winlogbeat 7 and later.
fn from_winlog<'a>(
    map: &'a Object<'a>,
    winlog: &'a Object<'a>,
    fields: &mut Fields,
) -> Option<System<'a>> {
    let mut system = System {
        id: id_of(winlog)?,
        channel: text(winlog, CHANNEL_KEYS),
        provider: text(winlog, PROVIDER_KEYS),
        level: text(winlog, &["level"]),
        text: map.get("message").and_then(Json::as_str),
        ..System::default()
    };
    if system.level.is_empty()
        && let Some(Json::Str(level)) = map.get("log").and_then(|l| l.get("level"))
    {
        system.level = Cow::Borrowed(level);
    }
    for (key, value) in winlog.iter() {
        let path = match key {
            "computer_name" => "host.name",
            "record_id" => "winlog.record_id",
            "task" => "winlog.task",
            "opcode" => "winlog.opcode",
            "keywords" => "winlog.keywords",
            "version" => "winlog.version",
            "provider_guid" => "winlog.provider_guid",
            "activity_id" => "winlog.activity_id",
            "process" => "winlog.process",
            "user" => "winlog.user",
            "event_data" | "user_data" => {
                data::collect(value, &mut system, 0);
                continue;
            }
            _ => continue,
        };
        fields.walk(&mut path.to_owned(), value);
    }
    Some(system)
}

fn from_flat<'a>(map: &'a Object<'a>, fields: &mut Fields) -> Option<System<'a>> {
    let mut system = System {
        id: id_of(map)?,
        channel: text(map, CHANNEL_KEYS),
        provider: text(map, PROVIDER_KEYS),
        level: text(map, &["Level", "level"]),
        data: Vec::with_capacity(32),
        ..System::default()
    };
    // NXLog names the severity apart; the event's own account is that of the writing process
    let nxlog = map.contains_key("SeverityValue") || map.contains_key("EventReceivedTime");
    let sysmon = system.channel.contains("Sysmon");
    for (key, value) in map.iter() {
        let path = match key {
            "EventID" | "event_id" | "EventId" | "EventCode" | "Channel" | "log_name"
            | "LogName" | "Provider_Name" | "source_name" | "provider_name" | "Level" | "level"
            | "@timestamp" | "@version" | "TimeCreated" | "EventTime" | "SystemTime" => {
                continue;
            }
            "SeverityValue" | "OpcodeValue" | "EventReceivedTime" | "EventTypeOrignal"
            | "SourceModuleName" | "SourceModuleType" => continue,
            "Severity" if nxlog => {
                if system.level.is_empty() {
                    system.level = text(map, &["Severity"]);
                }
                continue;
            }
            "EventType" if !sysmon || is_nxlog_type(value) => {
                match value.as_str() {
                    Some("AUDIT_SUCCESS") => fields.set_str("event.outcome", "success"),
                    Some("AUDIT_FAILURE") => fields.set_str("event.outcome", "failure"),
                    _ if is_nxlog_type(value) => {}
                    _ => system.data.push((key, value)),
                }
                continue;
            }
            "SourceName" if value.as_str() != Some(&*system.provider) => {
                system.data.push((key, value));
                continue;
            }
            // a provider's own name is what some events report about others
            "SourceName" => continue,
            "ProviderName"
                if map.contains_key("SourceName") || map.contains_key("Provider_Name") =>
            {
                system.data.push((key, value));
                continue;
            }
            "ProviderName" | "Provider" => continue,
            "Message" | "message" => {
                system.text = system.text.or(value.as_str());
                continue;
            }
            "Computer" | "computer_name" | "ComputerName" => "host.name",
            "Hostname" if map.contains_key("Computer") => continue,
            "Hostname" => "host.name",
            "EventRecordID" | "RecordNumber" | "record_number" => "winlog.record_id",
            "Category" if nxlog => "winlog.task",
            "Task" if nxlog && map.contains_key("Category") => continue,
            "Task" | "task" => "winlog.task",
            "Opcode" | "opcode" => "winlog.opcode",
            "Keywords" | "keywords" => "winlog.keywords",
            "Version" | "version" => "winlog.version",
            "ProviderGuid" | "Provider_Guid" | "provider_guid" => "winlog.provider_guid",
            "ActivityID" | "activity_id" | "Correlation_ActivityID" => "winlog.activity_id",
            "ExecutionProcessID" | "process_id" => "winlog.process.pid",
            "ThreadID" | "thread_id" | "ExecutionThreadID" => "winlog.process.thread.id",
            "ProcessID" if nxlog => "winlog.process.pid",
            "UserID" | "Security_UserID" => "winlog.user.identifier",
            "AccountName" if nxlog => "winlog.user.name",
            "AccountType" if nxlog => "winlog.user.type",
            "Domain" if nxlog => "winlog.user.domain",
            "type" if value.as_str() == Some("wineventlog") => continue,
            "EventData" | "event_data" | "UserData" | "user_data" if value.is_object() => {
                data::collect(value, &mut system, 0);
                continue;
            }
            _ => {
                system.data.push((key, value));
                continue;
            }
        };
        fields.leaf(path, value);
    }
    Some(system)
}

fn is_nxlog_type(value: &Json) -> bool {
    matches!(
        value.as_str(),
        Some(
            "INFO"
                | "WARNING"
                | "ERROR"
                | "CRITICAL"
                | "VERBOSE"
                | "DEBUG"
                | "AUDIT_SUCCESS"
                | "AUDIT_FAILURE"
        )
    )
}
