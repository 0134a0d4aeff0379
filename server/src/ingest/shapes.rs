//! Bodies that the use cases read and write themselves, as the API's document shows them. Tests hold each to what is really read.
#![allow(dead_code, reason = "only their schemas are used")]
use utoipa::ToSchema;

/// Body of `POST /agents/enroll`.
#[derive(ToSchema)]
pub struct Enrolment {
    pub name: String,
    pub os: String,
    pub ip_address: String,
    pub version: Option<String>,
    /// The installation's key.
    pub enrollment_key: String,
}

/// The key is shown this once.
#[derive(ToSchema)]
pub struct Enrolled {
    pub agent_id: i64,
    pub api_key: String,
}

/// Body of `POST /ingest/network/bulk`.
#[derive(ToSchema)]
pub struct NetworkBatch {
    /// How the records are read.
    pub source: SensorKind,
    pub sensor: SensorName,
    /// At most 1,000 records as the sensor wrote them.
    #[schema(value_type = Vec<Object>)]
    pub events: Vec<serde_json::Value>,
    pub meta: Option<BatchMeta>,
}

/// Who saw it. A name that is new makes a sensor.
#[derive(ToSchema)]
pub struct SensorName {
    pub name: String,
    pub kind: SensorKind,
    pub location: Option<String>,
}

/// Whose records they are.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum SensorKind {
    Suricata,
    Zeek,
}

/// More about a batch; members that are not known are passed over.
#[derive(ToSchema)]
pub struct BatchMeta {
    /// The file the records come from; its name tells a Zeek log's type where the records do not.
    pub file: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipeline::cut::NetworkBody;
    use serde_json::{Value, json};

    /// The members that a schema names, and those of them that must be there.
    fn members<T: ToSchema>() -> (Vec<String>, Vec<String>) {
        let schema = serde_json::to_value(T::schema()).unwrap();
        let all = schema["properties"].as_object().unwrap().keys().cloned().collect();
        let required = schema["required"].as_array().unwrap();
        (all, required.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Holds a schema to a reader: the whole is read, also without what need not be there; without a required member, or with
    /// another kind of value in any, it is refused.
    fn agree<T: ToSchema>(whole: &Value, reads: impl Fn(&Value) -> bool) {
        let (all, required) = members::<T>();
        assert!(reads(whole), "{whole}");
        for name in &all {
            let (mut without, mut odd) = (whole.clone(), whole.clone());
            assert!(without.as_object_mut().unwrap().remove(name).is_some(), "{name} is not tried");
            assert_eq!(reads(&without), !required.contains(name), "without {name}");
            odd[name] = json!(true);
            assert!(!reads(&odd), "{name} is not read");
        }
    }

    #[test]
    fn an_enrolment_is_read_as_it_is_described() {
        let whole = json!({"name": "WS-7", "os": "windows", "ip_address": "10.0.0.7", "version": "1", "enrollment_key": "k"});
        agree::<Enrolment>(&whole, |v| {
            serde_json::from_value::<soc::auth::Enrolment>(v.clone()).is_ok()
        });
        let enrolled = soc::auth::Enrolled { agent_id: 1, api_key: "k".into() };
        let written = serde_json::to_value(enrolled).unwrap();
        let written: Vec<String> = written.as_object().unwrap().keys().cloned().collect();
        assert_eq!(written, members::<Enrolled>().0);
    }

    #[test]
    fn a_network_batch_is_read_as_it_is_described() {
        let sensor = json!({"name": "edge", "kind": "zeek", "location": "Madrid"});
        let meta = json!({"file": "dns.log"});
        let batch = |sensor: &Value, meta: &Value| json!({"source": "zeek", "sensor": sensor, "events": [{}], "meta": meta});
        let reads = |v: &Value| serde_json::from_str::<NetworkBody<'_>>(&v.to_string()).is_ok();
        agree::<NetworkBatch>(&batch(&sensor, &meta), reads);
        agree::<SensorName>(&sensor, |s| reads(&batch(s, &meta)));
        for kind in ["suricata", "zeek"] {
            assert!(reads(&batch(&json!({"name": "a", "kind": kind}), &meta)), "{kind}");
        }
        assert!(!reads(&batch(&sensor, &json!({"file": 7}))), "meta.file is read");
    }
}
