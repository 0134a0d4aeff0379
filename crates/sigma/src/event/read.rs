//! From records as collectors send them to [`Event`]s.
use super::{Event, auditd, cloud, ecs, evtx, lines, linux, network, saas, web, windows};
use serde_json::Value;
use std::borrow::Cow;

/// Reads one JSON record.
pub fn read(record: &Value) -> Event<'_> {
    let mut event = Event::default();
    match record {
        Value::String(text) => return line(text),
        Value::Object(map) => {
            if let Some(root) = evtx::root(map) {
                evtx::read(root, &mut event);
                windows::finish(&mut event);
                return event;
            }
            for (key, value) in map {
                // a record's own word for its kind is not evidence
                if !key.starts_with("ls_") {
                    event.flatten(Cow::Borrowed(key), value, 0);
                }
            }
        }
        other => {
            event.flatten(Cow::Borrowed("message"), other, 0);
            return event;
        }
    }
    classify(record, &mut event);
    event
}

/// The first reader that knows the record names its fields and kinds.
fn classify<'a>(record: &'a Value, event: &mut Event<'a>) {
    let known = windows::flat(event)
        || network::zeek(event)
        || network::suricata(event)
        || cloud::read(record, event)
        || saas::read(record, event)
        || auditd::json(event);
    if known {
        return;
    }
    let endpoint = ecs::read(event);
    let served = web::read(event);
    if !(endpoint | served) && !linux::json(event) {
        lines::in_record(event);
    }
}

/// Reads one raw line of text (syslog).
pub fn line(line: &str) -> Event<'_> {
    let mut event = Event::default();
    lines::read(line, &mut event);
    event
}
