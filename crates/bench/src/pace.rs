//! Probes beside a held rate, as an open loop: each is sent when it is due, whether the one before has raised its alert or not, and its
//! time runs from when it was due. So a server that falls behind cannot hide it by slowing those who measure.
use crate::{
    probe::{self, RULE, Summary},
    stats::spread,
};
use model::live::Note;
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use testkit::{Client, notes::Notes};
use tokio::task::JoinSet;

/// Between two probes.
const EVERY: Duration = Duration::from_millis(50);
/// Longest time that one push stream is trusted to stay open: the server ends it after ten minutes.
pub const LONGEST: Duration = Duration::from_secs(540);

/// When the alerts of the probes' rule were seen, by their ids.
type Seen = Arc<Mutex<HashMap<i64, Instant>>>;

/// A probe that was acknowledged: its event, when it was due, when it was answered.
struct Sent {
    event: i64,
    due: Instant,
    answered: Duration,
}

/// Probes until `stop`. Answers what was sent besides the load, too.
///
/// # Errors
/// When the alerts cannot be told apart.
pub async fn run(
    sender: Client,
    admin: Client,
    rule: i64,
    stop: Arc<AtomicBool>,
) -> Result<(Summary, usize), String> {
    let seen = Seen::default();
    let reader = tokio::spawn(read(admin.notes().await, seen.clone()));
    let (start, mut tasks, mut sent) = (tokio::time::Instant::now(), JoinSet::new(), 0u32);
    while !stop.load(Relaxed) {
        let due = start + EVERY * sent;
        tokio::time::sleep_until(due).await;
        tasks.spawn(one(sender.clone(), sent, due.into_std()));
        sent += 1;
    }
    let mut answered = Vec::new();
    while let Some(done) = tasks.join_next().await {
        answered.extend(done.map_err(|e| e.to_string())?);
    }
    let last = Instant::now();
    let raised = || seen.lock().unwrap_or_else(|e| e.into_inner()).len();
    while raised() < answered.len() && last.elapsed() < probe::PATIENCE {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    reader.abort();
    let seen = seen.lock().unwrap_or_else(|e| e.into_inner()).clone();
    // asked only now, so that it costs the load nothing
    let alerts = admin.all("/alerts", &[("rule_id", rule.to_string().as_str())]).await;
    let alert = latencies(&answered, &by_event(&alerts), &seen);
    let summary = Summary {
        missed: sent as usize - alert.len(),
        event_to_answer: spread(answered.iter().map(|s| s.answered).collect()),
        event_to_alert: spread(alert),
        event_to_searchable: None,
    };
    Ok((summary, sent as usize))
}

/// One probe. `None`: it was refused, and counts as missed.
async fn one(sender: Client, number: u32, due: Instant) -> Option<Sent> {
    let reply = sender.post("/events", &probe::event(&format!("pace{number}"))).await;
    let event = (reply.status == 200).then(|| reply.json()["id"].as_i64()).flatten()?;
    Some(Sent { event, due, answered: due.elapsed() })
}

async fn read(mut notes: Notes, seen: Seen) {
    while let Some(note) = notes.next(LONGEST).await {
        if let Note::Alert { id, title, .. } = note
            && title == RULE
        {
            let now = Instant::now();
            seen.lock().unwrap_or_else(|e| e.into_inner()).entry(id).or_insert(now);
        }
    }
}

/// The alert of each event.
fn by_event(alerts: &[Value]) -> HashMap<i64, i64> {
    let pair = |a: &Value| Some((a["event_ids"][0].as_i64()?, a["id"].as_i64()?));
    alerts.iter().filter_map(pair).collect()
}

/// From when a probe was due to when its alert was seen; nothing for one whose alert was not.
fn latencies(
    sent: &[Sent],
    alerts: &HashMap<i64, i64>,
    seen: &HashMap<i64, Instant>,
) -> Vec<Duration> {
    let of = |s: &Sent| Some(seen.get(alerts.get(&s.event)?)?.saturating_duration_since(s.due));
    sent.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_probe_has_the_time_of_its_own_alert() {
        let now = Instant::now();
        let sent = |event| Sent { event, due: now, answered: Duration::ZERO };
        let alerts = [
            json!({"id": 1, "event_ids": [70]}),
            json!({"id": 2, "event_ids": [60, 61]}),
            json!({"id": 3, "event_ids": []}),
        ];
        let at = |ms| now + Duration::from_millis(ms);
        // the second alert was seen first, and a probe that was sent has none
        let seen = HashMap::from([(1, at(30)), (2, at(10))]);
        let found = latencies(&[sent(60), sent(65), sent(70)], &by_event(&alerts), &seen);
        assert_eq!(found, [Duration::from_millis(10), Duration::from_millis(30)]);
    }
}
