//! A document read back as the event it was made from.
use crate::error::ClusterError;
use model::event::{Event, FieldName, Scalar};
use model::{Micros, Severity, fieldmap};
use serde_json::{Map, Value};

fn garbled(what: &str) -> ClusterError {
    ClusterError::Garbled(format!("a stored event has no readable {what}"))
}

fn scalar(value: &Value) -> Scalar {
    match value {
        Value::String(s) => Scalar::from(s.as_str()),
        Value::Bool(b) => Scalar::Bool(*b),
        Value::Array(l) => Scalar::List(l.iter().map(scalar).collect()),
        Value::Object(o) => Scalar::Float(
            o.get("f").and_then(Value::as_str).and_then(|t| t.parse().ok()).unwrap_or(f64::NAN),
        ),
        Value::Number(n) => n
            .as_i64()
            .map(Scalar::Int)
            .unwrap_or_else(|| Scalar::Float(n.as_f64().unwrap_or(f64::NAN))),
        Value::Null => Scalar::List(Vec::new()),
    }
}

fn int(of: &Value, name: &str) -> Result<i64, ClusterError> {
    of.get(name).and_then(Value::as_i64).ok_or_else(|| garbled(name))
}

/// `source` is a hit's `_source`.
pub fn event(source: &Value) -> Result<Event, ClusterError> {
    let own = &source["eventsec"];
    let members: &Map<String, Value> = source.as_object().ok_or_else(|| garbled("members"))?;
    let mut fields: Vec<(FieldName, Scalar)> = members
        .iter()
        .filter(|(name, _)| *name != "eventsec" && !fieldmap::is_core(name))
        .map(|(name, value)| (name.as_str().into(), scalar(value)))
        .collect();
    let mut core: Vec<(&str, &str)> = Vec::new();
    // ascending by position: each is put where it was
    for entry in own["x"].as_array().into_iter().flatten() {
        let (Some(at), Some(name)) = (entry[0].as_i64(), entry[1].as_str()) else {
            return Err(garbled("eventsec.x"));
        };
        match usize::try_from(at) {
            Ok(at) => fields.insert(at.min(fields.len()), (name.into(), scalar(&entry[2]))),
            Err(_) => core.push((name, entry[2].as_str().unwrap_or_default())),
        }
    }
    let text = |name: &str| {
        let aside = || core.iter().find(|(n, _)| *n == name).map(|(_, t)| *t);
        source[name].as_str().or_else(aside).unwrap_or_default()
    };
    Ok(Event {
        id: int(source, fieldmap::ID)?,
        tenant: own["tenant"].as_str().ok_or_else(|| garbled("tenant"))?.into(),
        time: Micros(int(own, "time")?),
        received_at: Micros(int(own, "received")?),
        dataset: text(fieldmap::DATASET).into(),
        source: text(fieldmap::SOURCE).into(),
        event_type: text(fieldmap::TYPE).into(),
        category: text(fieldmap::CATEGORY).into(),
        severity: Severity::parse(text(fieldmap::SEVERITY)).ok_or_else(|| garbled("severity"))?,
        message: text(fieldmap::MESSAGE).into(),
        fields,
        raw: text(fieldmap::RAW).into(),
        sample: source[fieldmap::SAMPLE].as_bool().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use search::conformance::random::{self, Rng};

    #[test]
    fn every_event_comes_back_as_it_was() {
        for e in random::events(&mut Rng::seeded("documents"), 1, 2000, "acme") {
            let mut bytes = Vec::new();
            crate::document::write(&e, &mut bytes);
            let source: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(event(&source).unwrap(), e, "{source}");
        }
    }
}
