//! Compares what was acknowledged with what is found.
use crate::{batch::is_flagged, stamp};
use serde_json::Value;
use std::collections::BTreeMap;

/// An acknowledged batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Id of the first event; the others follow.
    pub first_id: i64,
    /// It had been stored when an earlier try was cut off.
    pub repeated: bool,
    pub marks: Vec<String>,
}

impl Receipt {
    /// # Errors
    /// A sentence when the answer is not that all events of the batch were taken.
    pub fn read(answer: &Value, marks: &[String]) -> Result<Self, String> {
        let number = |name: &str| answer[name].as_i64().ok_or(format!("the receipt has no {name}"));
        let (accepted, rejected, first_id) =
            (number("accepted")?, number("rejected")?, number("first_id")?);
        if accepted != marks.len() as i64 || rejected != 0 || first_id <= 0 {
            return Err(format!(
                "{} events sent, {accepted} accepted, {rejected} rejected, first id {first_id}",
                marks.len()
            ));
        }
        Ok(Self {
            first_id,
            repeated: answer["repeated"].as_bool().unwrap_or(false),
            marks: marks.to_vec(),
        })
    }
}

/// Something that must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Acknowledged and not found.
    Lost { mark: String },
    /// The store counts another number of events than it lists.
    Count { listed: usize, counted: i64 },
    /// Found more than once.
    Doubled { mark: String, times: usize },
    /// Found, and never sent.
    Unknown { event: String },
    /// Found under another id than the receipt says.
    Id { mark: String, promised: i64, found: i64 },
    /// An event that the rule asks for has no alert.
    NoAlert { mark: String },
    /// An event stands in more than one alert of a rule.
    AlertTwice { rule: i64, event: i64, times: usize },
    /// An alert whose event the rule does not ask for.
    WrongAlert { event: i64 },
}

/// All faults; `lost` and `doubled` count the two that matter most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub lost: usize,
    pub doubled: usize,
    pub faults: Vec<Fault>,
}

/// `events` are all stored events, `alerts` all alerts of the test's rule (one for each flagged event).
pub fn judge(receipts: &[Receipt], events: &[Value], alerts: &[Value]) -> Verdict {
    let mut found = BTreeMap::<&str, Vec<i64>>::new();
    let mut faults = Vec::new();
    for event in events {
        match (stamp::mark_of(event), event["event_id"].as_i64()) {
            (Some(mark), Some(id)) => found.entry(mark).or_default().push(id),
            _ => faults.push(Fault::Unknown { event: event.to_string() }),
        }
    }
    let (mut lost, mut doubled) = (0, 0);
    let mut expected_alerts = BTreeMap::<i64, &String>::new();
    for receipt in receipts {
        for (place, mark) in receipt.marks.iter().enumerate() {
            let promised = receipt.first_id + place as i64;
            match found.remove(mark.as_str()).as_deref() {
                None => {
                    lost += 1;
                    faults.push(Fault::Lost { mark: mark.clone() });
                }
                Some([id]) if *id == promised => {}
                Some([id]) => faults.push(Fault::Id { mark: mark.clone(), promised, found: *id }),
                Some(many) => {
                    doubled += 1;
                    faults.push(Fault::Doubled { mark: mark.clone(), times: many.len() });
                }
            }
        }
        let ids = (receipt.first_id..).zip(&receipt.marks);
        expected_alerts.extend(ids.filter(|(_, mark)| is_flagged(mark)));
    }
    faults.extend(found.into_keys().map(|mark| Fault::Unknown { event: mark.to_owned() }));

    for alert in alerts {
        for event in alert["event_ids"].as_array().into_iter().flatten().filter_map(Value::as_i64) {
            if expected_alerts.remove(&event).is_none() {
                faults.push(Fault::WrongAlert { event });
            }
        }
    }
    faults.extend(expected_alerts.into_values().map(|mark| Fault::NoAlert { mark: mark.clone() }));
    Verdict { lost, doubled, faults }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn marks(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("e{i}")).collect()
    }

    fn event(id: i64, mark: &str) -> Value {
        json!({"event_id": id, "details": {"es_mark": mark}})
    }

    /// 30 events from id 11 on, of which the first and the 26th are flagged.
    fn world() -> (Vec<Receipt>, Vec<Value>, Vec<Value>) {
        let marks = marks(30);
        let events = marks.iter().enumerate().map(|(i, m)| event(11 + i as i64, m)).collect();
        let alerts = [11, 36].map(|id| json!({"event_ids": [id]})).to_vec();
        (vec![Receipt { first_id: 11, repeated: false, marks }], events, alerts)
    }

    #[test]
    fn a_whole_store_has_no_fault() {
        let (receipts, events, alerts) = world();
        assert_eq!(judge(&receipts, &events, &alerts), Verdict::default());
    }

    #[test]
    fn each_fault_is_seen() {
        let (receipts, events, alerts) = world();
        let mut missing = events.clone();
        missing.remove(3);
        let v = judge(&receipts, &missing, &alerts);
        assert_eq!((v.lost, v.faults), (1, vec![Fault::Lost { mark: "e3".into() }]));

        let twice: Vec<Value> = events.iter().cloned().chain([event(99, "e3")]).collect();
        let v = judge(&receipts, &twice, &alerts);
        assert_eq!(
            (v.doubled, v.faults),
            (1, vec![Fault::Doubled { mark: "e3".into(), times: 2 }])
        );

        let mut moved = events.clone();
        moved[3] = event(99, "e3");
        assert_eq!(
            judge(&receipts, &moved, &alerts).faults,
            [Fault::Id { mark: "e3".into(), promised: 14, found: 99 }]
        );

        let strange: Vec<Value> = events.iter().cloned().chain([event(99, "x")]).collect();
        assert_eq!(
            judge(&receipts, &strange, &alerts).faults,
            [Fault::Unknown { event: "x".into() }]
        );

        assert_eq!(
            judge(&receipts, &events, &alerts[..1]).faults,
            [Fault::NoAlert { mark: "e25".into() }]
        );
        let more: Vec<Value> = alerts.iter().cloned().chain([alerts[0].clone()]).collect();
        assert_eq!(judge(&receipts, &events, &more).faults, [Fault::WrongAlert { event: 11 }]);
    }

    #[test]
    fn only_a_whole_acknowledgement_is_a_receipt() {
        let read = |answer: Value| Receipt::read(&answer, &marks(2));
        assert!(
            read(json!({"accepted": 2, "rejected": 0, "first_id": 5, "repeated": true}))
                .is_ok_and(|r| r.repeated)
        );
        assert!(read(json!({"accepted": 1, "rejected": 1, "first_id": 5})).is_err());
        assert!(read(json!({"detail": "later"})).is_err());
    }
}
