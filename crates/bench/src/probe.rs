//! Probes: one event at a time that a rule asks for, followed to its alert on the push stream and into search.
use crate::stats::{Spread, spread};
use model::live::Note;
use serde::Serialize;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use testkit::{Client, notes::Notes};

/// Title of the probe rule and so of its alerts.
pub const RULE: &str = "Bench probe";
/// Later than this a probe counts as missed.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks whether the event is searchable: the resolution of that figure.
const LOOK: Duration = Duration::from_millis(5);
/// A probe that raised nothing for so long is followed by another while the rule is awaited.
const AGAIN: Duration = Duration::from_secs(2);
/// The server ends a stream after ten minutes; a fresh one is taken well before.
const STREAM: Duration = Duration::from_secs(480);

/// Times from sending the event, not from its acknowledgement.
#[derive(Debug, Default)]
pub struct Times {
    answered: Vec<Duration>,
    alert: Vec<Duration>,
    searchable: Vec<Duration>,
    pub missed: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub event_to_answer: Option<Spread>,
    pub event_to_alert: Option<Spread>,
    pub event_to_searchable: Option<Spread>,
    pub missed: usize,
}

impl Times {
    pub fn summary(self) -> Summary {
        Summary {
            event_to_answer: spread(self.answered),
            event_to_alert: spread(self.alert),
            event_to_searchable: spread(self.searchable),
            missed: self.missed,
        }
    }
}

/// The event that the rule asks for.
pub fn event(token: &str) -> Value {
    json!({"event_type": "bench.probe", "severity": "low", "category": "bench", "details": {"probe": "yes", "token": token}})
}

/// Adds the rule that probes raise; answers its id.
///
/// # Errors
/// When it is refused.
pub async fn add_rule(client: &Client) -> Result<i64, String> {
    let rule = json!({
        "name": RULE, "severity": "low", "window_minutes": 0, "conditions": {"event_type": "bench.probe", "details.probe": "yes"},
    });
    let reply = client.post("/rules/detections", &rule).await;
    let id = (reply.status == 201).then(|| reply.json()["id"].as_i64()).flatten();
    id.ok_or_else(|| format!("the probe rule is refused: {}", reply.text()))
}

/// Probes until the rule is seen to work: another process takes it up a moment later. Answers how many were sent.
///
/// # Errors
/// When no alert comes in time.
pub async fn until_it_works(sender: &Client, admin: &Client) -> Result<usize, String> {
    let (mut notes, begun) = (admin.notes().await, Instant::now());
    let mut sent = 0;
    while begun.elapsed() < PATIENCE {
        sender.post("/events", &event(&format!("firstprobe{sent}"))).await.ok();
        sent += 1;
        let once = Instant::now();
        while let Some(left) = AGAIN.checked_sub(once.elapsed()) {
            if matches!(notes.next(left).await, Some(Note::Alert { title, .. }) if title == RULE) {
                return Ok(sent);
            }
        }
    }
    Err(format!("{sent} probes raised no alert within {PATIENCE:?}"))
}

/// At most `n` probes, one after another, until `stop`. `sender` posts them, `client` looks for what they raise. Answers what was sent
/// besides the load, too.
pub async fn run(
    sender: Client,
    client: Client,
    name: &'static str,
    n: usize,
    stop: Arc<AtomicBool>,
) -> (Times, usize) {
    let (mut times, mut sent) = (Times::default(), 0);
    let (mut notes, mut opened) = (client.notes().await, Instant::now());
    while sent < n && !stop.load(Relaxed) {
        if opened.elapsed() > STREAM {
            (notes, opened) = (client.notes().await, Instant::now());
        }
        let token = format!("{name}{sent}");
        let event = event(&token);
        let start = Instant::now();
        let reply = sender.post("/events", &event).await;
        sent += 1;
        if reply.status != 200 {
            times.missed += 1;
            continue;
        }
        times.answered.push(start.elapsed());
        let (alert, searchable) =
            tokio::join!(alert(&mut notes, start), searchable(&client, &token, start));
        times.missed += usize::from(alert.is_none() || searchable.is_none());
        times.alert.extend(alert);
        times.searchable.extend(searchable);
    }
    (times, sent)
}

/// One probe is under way at a time: the next alert of the rule is its alert.
async fn alert(notes: &mut Notes, start: Instant) -> Option<Duration> {
    loop {
        match notes.next(PATIENCE.checked_sub(start.elapsed())?).await? {
            Note::Alert { title, .. } if title == RULE => return Some(start.elapsed()),
            _ => {}
        }
    }
}

async fn searchable(client: &Client, token: &str, start: Instant) -> Option<Duration> {
    while start.elapsed() < PATIENCE {
        let reply =
            client.query("/events", &[("query", token), ("size", "1"), ("last", "1h")]).await;
        if reply.status == 200
            && reply.json().as_array().is_some_and(|a: &Vec<Value>| !a.is_empty())
        {
            return Some(start.elapsed());
        }
        tokio::time::sleep(LOOK).await;
    }
    None
}
