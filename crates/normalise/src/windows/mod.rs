//! Windows event logs as JSON: the nested form of `.evtx` files (attributes under `#attributes`, `@Name` or plain), and the flat
//! forms of NXLog, Winlogbeat and the many exports between them.
//!
//! Event data has Sigma's names; `model::fieldmap::windows` gives their ECS names, the rest stays under `winlog.event_data.`.
mod class;
mod data;
mod derive;
mod envelope;
mod message;

use crate::fields::Fields;
use crate::json::{Json, Object};
use crate::{Draft, text, time};
use model::fieldmap::WINDOWS_DATA;
use model::{Micros, event::Scalar};
use std::borrow::Cow;

pub(crate) use envelope::is_windows;

/// What every Windows event says about itself.
#[derive(Default)]
pub(crate) struct System<'a> {
    pub channel: Cow<'a, str>,
    pub provider: Cow<'a, str>,
    pub id: i64,
    pub time: Option<Micros>,
    pub level: Cow<'a, str>,
    /// The rendered text, when the sender sends it.
    pub text: Option<&'a str>,
    /// Event data under Sigma's names.
    pub data: Vec<(&'a str, &'a Json<'a>)>,
    /// `Data` without names: the classic logs' insertion strings.
    pub unnamed: Vec<&'a Json<'a>>,
}

/// `None` when the record only looked like a Windows event: it has no event id.
pub(crate) fn read(map: &Object, received_at: Micros, fields: &mut Fields) -> Option<Draft> {
    let mut system = envelope::read(map, fields)?;
    class::complete(&mut system);
    let dataset = class::dataset(&system.channel);
    fields.set_str("event.code", &system.id.to_string());
    fields.set("winlog.event_id", Scalar::Int(system.id));
    fields.set_str("event.provider", &system.provider);
    fields.set_str("winlog.channel", &system.channel);
    if !system.level.is_empty() {
        fields.set_str("winlog.level", &system.level);
    }
    put_data(&dataset, &system, fields);
    let event_type = class::event_type(&dataset, system.id, &system);
    derive::all(&dataset, event_type.as_deref(), &system, fields);
    let severity = class::severity(event_type.as_deref(), &system);
    let message = message::of(event_type.as_deref(), &system, fields);
    if let Some(text) = system.text {
        // its first line says what happened, and is what people look for; the others repeat the data where there are some
        let alone = system.data.is_empty() && system.unnamed.is_empty();
        fields.set_str("winlog.message", if alone { text } else { text::title(text) });
    }
    let event_type = event_type.unwrap_or_else(|| Cow::Owned(format!("event_{}", system.id)));
    Some(Draft {
        time: system.time.unwrap_or(received_at),
        dataset: fields.word(&dataset),
        source: "windows",
        category: fields.word(class::category(&event_type)),
        event_type: fields.word(&event_type),
        severity,
        message,
    })
}

fn put_data(dataset: &str, system: &System, fields: &mut Fields) {
    let mut path = String::with_capacity(96);
    path.push_str(WINDOWS_DATA);
    let creation = dataset == "windows.security" && system.id == 4688;
    let filtering = dataset == "windows.security" && matches!(system.id, 5150..=5159 | 5031);
    for (name, value) in &system.data {
        if let Some(fixed) = scoped(name, creation, filtering) {
            fields.leaf(fixed, value);
            continue;
        }
        if name.contains(' ') {
            // some exports keep the blanks of a template's names, others do not
            fields.member(&mut path, &name.replace(' ', ""), value);
        } else {
            fields.member(&mut path, name, value);
        }
    }
    for value in &system.unnamed {
        fields.add("winlog.event_data.Data", value);
    }
}

/// Names that mean something else in one event than in all others.
fn scoped(name: &str, creation: bool, filtering: bool) -> Option<&'static str> {
    match name {
        // a process creation names its creator first
        "ProcessId" if creation => Some("process.parent.pid"),
        // the filtering platform writes the program's device path here
        "Application" if filtering => Some("process.executable"),
        _ => None,
    }
}

/// The time a Windows record carries, without reading the rest.
pub(crate) fn own_time(map: &Object) -> Option<Micros> {
    envelope::time_of(map)
}

/// `2020-06-10 02:51:00.328` of Sysmon is UTC by definition.
fn utc(value: Option<&Json>) -> Option<Micros> {
    value.and_then(Json::as_str).and_then(time::parse)
}
