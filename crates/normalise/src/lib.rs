//! Any record becomes the canonical event: Suricata EVE, Zeek JSON, Windows event logs in every common JSON shape, the
//! contract's `POST /events`, and records that already speak ECS.
//!
//! Invariants:
//! - `parse` and `normalise` are pure. The journal keeps records as sent and runs it again after a restart: same input, same event.
//! - Only a record without type or time is refused. A field of a wrong type or size is left out of its column and stays in
//!   `Event::raw`; where its ECS column cannot hold it, it keeps a column under its own path.
//! - Names resolve through `model::fieldmap`; what has no ECS name keeps its path under a prefix that says who wrote it:
//!   `winlog.event_data.`, `suricata.eve.`, `zeek.<log>.`, `details.`.
//! - Text in columns holds no NUL. The number of fields, their length, depth and lists are bounded.
mod api;
mod fields;
mod json;
mod names;
mod scalar;
mod suricata;
mod text;
mod time;
mod windows;
mod zeek;

use fields::Fields;
pub use json::{Json, Object, parse};
use model::{Micros, Severity, event::Event};
use std::sync::Arc;

/// What the sender says it sends; decides how a record is read.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    Suricata,
    /// Name of the log file, where the collector knows it: gives the type of records without `_path`.
    Zeek {
        file: Option<Arc<str>>,
    },
    /// `POST /events`: the contract's shape, a Windows event, or an ECS record.
    Api,
}

/// What is known about a record besides its text.
#[derive(Clone, Debug)]
pub struct Envelope {
    pub tenant: Arc<str>,
    pub received_at: Micros,
    pub sender: Hint,
    /// Name of the network sensor.
    pub sensor: Option<Arc<str>>,
    pub agent: Option<(i64, Arc<str>)>,
    pub sample: bool,
}

impl Envelope {
    /// Without a sensor, without an agent, and no sample.
    pub fn new(tenant: impl Into<Arc<str>>, received_at: Micros, sender: Hint) -> Self {
        let tenant = tenant.into();
        Self { tenant, received_at, sender, sensor: None, agent: None, sample: false }
    }
}

/// Why a record is not an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at {pointer:?}: {hint}")]
pub struct Refused {
    /// `invalid_payload`, `missing_event_type`, `missing_timestamp`, `invalid_timestamp`, `missing_severity`,
    /// `invalid_severity`.
    pub reason: &'static str,
    /// JSON pointer inside the record; empty for the whole of it.
    pub pointer: String,
    /// What to do about it.
    pub hint: String,
}

impl Refused {
    pub(crate) fn new(reason: &'static str, pointer: &str, hint: &str) -> Self {
        Self { reason, pointer: pointer.into(), hint: hint.into() }
    }
}

/// What a reader of one dialect finds out; `normalise` adds what all events share.
pub(crate) struct Draft {
    pub time: Micros,
    pub dataset: Arc<str>,
    pub source: &'static str,
    pub event_type: Arc<str>,
    pub category: Arc<str>,
    pub severity: Severity,
    pub message: String,
}

/// The canonical event of a record; `parsed` is `raw` as JSON. A `raw` that is shared already stays so and is not copied.
/// `Event::id` is 0: the journal gives ids.
///
/// # Errors
/// `Refused` when the record has no type or no readable time, or is not an object.
pub fn normalise(
    env: &Envelope,
    raw: impl Into<Arc<str>>,
    parsed: &Json,
) -> Result<Event, Refused> {
    names::with(|names| {
        let mut fields = Fields::new(names);
        let draft = draft(env, parsed, &mut fields)?;
        Ok(event(env, raw.into(), draft, fields))
    })
}

fn draft(env: &Envelope, parsed: &Json, fields: &mut Fields) -> Result<Draft, Refused> {
    match &env.sender {
        Hint::Suricata => suricata::read(parsed, fields),
        Hint::Zeek { file } => zeek::read(parsed, file.as_deref(), fields),
        Hint::Api => api::read(parsed, env.received_at, fields),
    }
}

fn event(env: &Envelope, raw: Arc<str>, draft: Draft, mut fields: Fields) -> Event {
    if let Some(sensor) = env.sensor.as_deref() {
        fields.replace("observer.name", sensor);
    }
    if let Some((id, name)) = &env.agent {
        fields.replace("agent.id", &id.to_string());
        fields.replace("agent.name", name);
        fields.set_str("host.name", name);
    }
    let source = fields.word(draft.source);
    let said = text::one_line(&draft.message);
    let message = if said.is_empty() { &*draft.event_type } else { said.as_str() };
    Event {
        id: 0,
        tenant: env.tenant.clone(),
        time: draft.time,
        received_at: env.received_at,
        message: message.into(),
        dataset: draft.dataset,
        source,
        event_type: draft.event_type,
        category: draft.category,
        severity: draft.severity,
        fields: fields.finish(),
        raw,
        sample: env.sample,
    }
}

/// Whether the record carries its own time: then two equal records are the same one sent twice.
pub fn has_own_time(env: &Envelope, parsed: &Json) -> bool {
    match &env.sender {
        Hint::Suricata => parsed.get("timestamp").is_some(),
        Hint::Zeek { .. } => parsed.get("ts").is_some(),
        Hint::Api => api::own_time(parsed).is_some(),
    }
}
