//! Compares what was acknowledged with what the program answers over HTTP.
use crate::events;
use serde_json::Value;
use std::collections::BTreeMap;

/// What was found; `faults` holds a sentence for everything that must not be, losses and doubles among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub lost: u64,
    pub doubled: u64,
    pub faults: Vec<String>,
}

/// Whether events may be there that nobody acknowledged: senders that never try again leave some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strangers {
    Allowed,
    Faults,
}

/// `listed` are all stored events, `alerts` all alerts of the rule that asks for flagged events (one for each).
pub fn judge(
    acked: &[(i64, String)],
    listed: &[Value],
    alerts: &[Value],
    strangers: Strangers,
) -> Verdict {
    let mut verdict = Verdict::default();
    let mut found = BTreeMap::<&str, Vec<i64>>::new();
    for event in listed {
        match (events::mark_of(event), event["event_id"].as_i64()) {
            (Some(mark), Some(id)) => {
                if !events::is_intact(event) {
                    verdict.faults.push(format!("altered: {event}"));
                }
                found.entry(mark).or_default().push(id);
            }
            _ => verdict.faults.push(format!("unknown: {event}")),
        }
    }
    let mut expected = BTreeMap::<i64, &str>::new();
    for (id, mark) in acked {
        match found.remove(mark.as_str()).as_deref() {
            None => {
                verdict.lost += 1;
                verdict.faults.push(format!("lost: {mark}, acknowledged as {id}"));
            }
            Some([one]) if one == id => {}
            Some([other]) => verdict.faults.push(format!("moved: {mark} from {id} to {other}")),
            Some(many) => {
                verdict.doubled += 1;
                verdict.faults.push(format!("doubled: {mark} is {many:?}"));
            }
        }
        if events::is_flagged(mark) {
            expected.insert(*id, mark);
        }
    }
    for (mark, ids) in found {
        if ids.len() > 1 {
            verdict.doubled += 1;
            verdict.faults.push(format!("doubled: {mark} is {ids:?}"));
        } else if strangers == Strangers::Faults {
            verdict.faults.push(format!("unknown: {mark} was never acknowledged"));
        } else if events::is_flagged(mark) {
            expected.insert(ids[0], mark);
        }
    }
    let mut raised = BTreeMap::<i64, usize>::new();
    for alert in alerts {
        for id in alert["event_ids"].as_array().into_iter().flatten().filter_map(Value::as_i64) {
            *raised.entry(id).or_default() += 1;
        }
    }
    for (id, times) in &raised {
        if *times > 1 {
            verdict.faults.push(format!("event {id} stands in {times} alerts of one rule"));
        }
        if !expected.contains_key(id) {
            verdict.faults.push(format!("event {id} raised an alert that no rule asks for"));
        }
    }
    for (id, mark) in expected.iter().filter(|(id, _)| !raised.contains_key(id)) {
        verdict.faults.push(format!("no alert: {mark}, event {id}"));
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::batches;
    use serde_json::json;

    /// 30 events from id 11 on, of which the first and the 26th are flagged.
    fn world() -> (Vec<(i64, String)>, Vec<Value>, Vec<Value>) {
        let batch = batches(1, 0, 30, 0).next().unwrap();
        let acked = (11..).zip(batch.marks.clone()).collect();
        let event = |(i, line): (usize, &str)| {
            let mut event: Value = serde_json::from_str(line).unwrap();
            event["event_id"] = (11 + i as i64).into();
            event
        };
        let listed = batch.body.lines().enumerate().map(event).collect();
        (acked, listed, [11, 36].map(|id| json!({"event_ids": [id]})).to_vec())
    }

    fn faults(acked: &[(i64, String)], listed: &[Value], alerts: &[Value]) -> Vec<String> {
        judge(acked, listed, alerts, Strangers::Faults).faults
    }

    #[test]
    fn a_whole_store_has_no_fault() {
        let (acked, listed, alerts) = world();
        assert_eq!(judge(&acked, &listed, &alerts, Strangers::Faults), Verdict::default());
        assert_eq!(judge(&[], &listed, &alerts, Strangers::Allowed), Verdict::default());
        assert_eq!(faults(&[], &listed, &alerts).len(), 30 + 2);
    }

    #[test]
    fn each_fault_is_seen() {
        let (acked, listed, alerts) = world();
        let mut missing = listed.clone();
        missing.remove(3);
        let v = judge(&acked, &missing, &alerts, Strangers::Faults);
        assert_eq!((v.lost, v.faults.len()), (1, 1), "{v:?}");

        let mut again = listed[3].clone();
        again["event_id"] = 99.into();
        let twice: Vec<Value> = listed.iter().cloned().chain([again.clone()]).collect();
        let v = judge(&acked, &twice, &alerts, Strangers::Faults);
        assert_eq!((v.doubled, v.faults.len()), (1, 1), "{v:?}");

        let mut moved = listed.clone();
        moved[3] = again;
        assert!(faults(&acked, &moved, &alerts)[0].starts_with("moved"));
        let mut altered = listed.clone();
        altered[3]["details"]["es_text"] = "x".into();
        assert!(faults(&acked, &altered, &alerts)[0].starts_with("altered"));
        assert!(faults(&acked, &listed, &alerts[..1])[0].starts_with("no alert"));
        let more: Vec<Value> = alerts.iter().cloned().chain([alerts[0].clone()]).collect();
        assert_eq!(faults(&acked, &listed, &more), ["event 11 stands in 2 alerts of one rule"]);
        let wrong: Vec<Value> =
            alerts.iter().cloned().chain([json!({"event_ids": [12]})]).collect();
        assert!(faults(&acked, &listed, &wrong)[0].contains("no rule asks for"));
    }
}
