//! Windows events as JSON trees: `{Event: {System, EventData | UserData}}` of evtx_dump and its likes.
use super::{Event, Scalar, fields::scalar};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The object that holds `System`, if this is such a record.
pub(super) fn root(record: &Map<String, Value>) -> Option<&Map<String, Value>> {
    let inner = record.get("Event").and_then(Value::as_object).unwrap_or(record);
    let system = inner.get("System")?.as_object()?;
    (system.contains_key("EventID") || system.contains_key("Channel")).then_some(inner)
}

/// An XML attribute, in the three ways converters write them.
fn attribute<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let map = value.as_object()?;
    ["#attributes", "@attributes", "attributes"]
        .iter()
        .find_map(|key| map.get(*key)?.get(name))
        .or_else(|| {
            map.iter().find(|(k, _)| k.strip_prefix(['@', '_']) == Some(name)).map(|(_, v)| v)
        })
        .or_else(|| map.get(name))
}

fn is_attribute(key: &str) -> bool {
    matches!(key, "#attributes" | "@attributes" | "attributes" | "xmlns")
        || key.starts_with('@')
        || key.starts_with("xmlns:")
}

fn text_of(value: &Value) -> Option<&Value> {
    ["#text", "_text", "$t", "text"].iter().find_map(|key| value.get(*key))
}

const ATTRIBUTES: [(&str, &str, &str); 9] = [
    ("Provider", "Name", "Provider_Name"),
    ("Provider", "Guid", "Provider_Guid"),
    ("Provider", "EventSourceName", "Provider_EventSourceName"),
    ("TimeCreated", "SystemTime", "SystemTime"),
    ("Execution", "ProcessID", "ExecutionProcessID"),
    ("Execution", "ThreadID", "ExecutionThreadID"),
    ("Security", "UserID", "Security_UserID"),
    ("Correlation", "ActivityID", "Correlation_ActivityID"),
    ("Correlation", "RelatedActivityID", "Correlation_RelatedActivityID"),
];

pub(super) fn read<'a>(root: &'a Map<String, Value>, event: &mut Event<'a>) {
    for (key, value) in root {
        match (key.as_str(), value) {
            ("System", Value::Object(system)) => read_system(system, event),
            ("EventData", value) => read_data(value, event),
            ("UserData", Value::Object(wrappers)) => {
                for (key, inner) in wrappers {
                    match inner {
                        Value::Object(_) => read_data(inner, event),
                        _ if is_attribute(key) => {}
                        leaf => event.flatten(Cow::Borrowed(key), leaf, 0),
                    }
                }
            }
            ("RenderingInfo", value) => {
                if let Some(Value::String(message)) = value.get("Message") {
                    event.say("Message", message.as_str());
                }
            }
            (key, _) if is_attribute(key) => {}
            (key, value) => event.flatten(Cow::Borrowed(key), value, 0),
        }
    }
}

fn read_system<'a>(system: &'a Map<String, Value>, event: &mut Event<'a>) {
    for (key, value) in system {
        let mut known = false;
        for (element, name, field) in ATTRIBUTES {
            if element == key {
                known = true;
                if let Some(value) = attribute(value, name) {
                    event.push(field, scalar(value));
                }
            }
        }
        match value {
            _ if known || value.is_null() => {}
            Value::Object(_) => {
                if let Some(text) = text_of(value) {
                    event.push(key.as_str(), scalar(text));
                }
                if let Some(qualifiers) = attribute(value, "Qualifiers") {
                    event.push("Qualifiers", scalar(qualifiers));
                }
            }
            leaf => event.flatten(Cow::Borrowed(key), leaf, 0),
        }
    }
}

fn read_data<'a>(data: &'a Value, event: &mut Event<'a>) {
    match data {
        Value::Object(map) => {
            for (key, value) in map {
                match key.as_str() {
                    "Data" => read_items(value, event),
                    key if is_attribute(key) => {}
                    key => read_named(key, value, event),
                }
            }
        }
        Value::Array(_) => read_items(data, event),
        Value::Null => {}
        leaf => event.push("Data", scalar(leaf)),
    }
}

/// One named element; its text when it has attributes beside it.
fn read_named<'a>(key: &'a str, value: &'a Value, event: &mut Event<'a>) {
    match text_of(value) {
        Some(text) => event.flatten(Cow::Borrowed(key), text, 0),
        None => match value {
            Value::Object(map) if map.keys().all(|k| is_attribute(k)) => {
                event.push(key, Scalar::Null)
            }
            _ => event.flatten(Cow::Borrowed(key), value, 0),
        },
    }
}

/// `<Data>` elements: with a name they are fields, without one they are values of `Data`.
fn read_items<'a>(items: &'a Value, event: &mut Event<'a>) {
    let list = match items {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    for item in list {
        match attribute(item, "Name") {
            Some(Value::String(name)) => match text_of(item) {
                Some(text) => event.flatten(Cow::Borrowed(name), text, 0),
                None => match item.get("Value").or_else(|| item.get("value")) {
                    Some(value) => event.flatten(Cow::Borrowed(name), value, 0),
                    None => event.push(name.as_str(), Scalar::Null),
                },
            },
            _ => match text_of(item) {
                Some(text) => event.flatten(Cow::Borrowed("Data"), text, 0),
                None => event.flatten(Cow::Borrowed("Data"), item, 0),
            },
        }
    }
}
