//! Real Windows events, flattened: what the normaliser will do better.
use model::event::{Event, FieldName, Scalar};
use model::{Micros, Severity, fieldmap};
use serde_json::Value;

/// Events of the tenant `acme` with ids from 1; empty when the data is not here. Every `step`th is taken.
pub fn events(step: usize) -> Vec<Event> {
    let Some(data) = testdata::data_dir() else { return Vec::new() };
    let lines = testdata::windows_events(&data).unwrap();
    lines.iter().step_by(step).zip(1..).map(|(line, id)| event(line, id)).collect()
}

pub fn event(line: &str, id: i64) -> Event {
    let json: Value = serde_json::from_str(line).unwrap();
    let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default();
    let channel = text("Channel").to_lowercase();
    let dataset = match channel.rsplit_once("windows-") {
        Some((_, rest)) => format!("windows.{}", rest.split('/').next().unwrap_or("other")),
        None => format!("windows.{channel}"),
    };
    let clean = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' };
    let time = Micros::parse(text("@timestamp")).unwrap_or(Micros(1_600_000_000_000_000 + id));
    let message = if text("Message").is_empty() { text("message") } else { text("Message") };
    let mut fields = Vec::new();
    for (name, value) in json.as_object().unwrap() {
        let name = fieldmap::windows_name(name);
        if !fieldmap::is_core(&name)
            && ![
                "winlog.event_data.Message",
                "winlog.event_data.message",
                "winlog.event_data.@timestamp",
            ]
            .contains(&&*name)
        {
            flatten(&name, value, &mut fields);
        }
    }
    Event {
        id,
        tenant: "acme".into(),
        time,
        received_at: Micros(1_700_000_000_000_000 + id),
        dataset: dataset.chars().map(clean).take(64).collect::<String>().into(),
        source: "windows".into(),
        event_type: format!("{}", json["EventID"]).into(),
        category: text("ls_category").into(),
        severity: Severity::ALL[(id % 3) as usize],
        message: message.into(),
        fields,
        raw: line.into(),
        sample: false,
    }
}

fn flatten(name: &str, value: &Value, out: &mut Vec<(FieldName, Scalar)>) {
    let value = match value {
        Value::Object(o) => {
            return o.iter().for_each(|(k, v)| flatten(&format!("{name}.{k}"), v, out));
        }
        Value::Null => return,
        other => scalar(other),
    };
    if !out.iter().any(|(n, _)| &**n == name) {
        out.push((name.into(), value));
    }
}

fn scalar(value: &Value) -> Scalar {
    match value {
        Value::Bool(b) => Scalar::Bool(*b),
        Value::Number(n) => {
            n.as_i64().map_or_else(|| Scalar::Float(n.as_f64().unwrap_or(0.0)), Scalar::Int)
        }
        Value::String(s) => Scalar::from(s.as_str()),
        Value::Array(a) => Scalar::List(a.iter().map(scalar).collect()),
        other => Scalar::from(other.to_string().as_str()),
    }
}
