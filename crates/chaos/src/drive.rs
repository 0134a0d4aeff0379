//! The driver: a program of its own, so that nothing that happens to the server, or to those who kill it, touches its list.
//!
//! Each client sends one batch after another. A batch without a whole answer, or one that was refused for now, is sent again byte
//! for byte until it is acknowledged; the others are noted as wrong. An acknowledged batch is on the list, synced, before the next
//! one is sent. With `every` batches are sent at that pace whatever becomes of them, and none is sent twice.
use crate::{
    acked::AckedFile,
    events::batches,
    progress::{Order, Progress},
};
use serde_json::Value;
use std::{
    io::{BufRead, Write},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use testkit::batch::Batch;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
};

/// How the driver says who it is: the installation's shared token, which needs no account and outlives every restart.
pub const TOKEN: &str = "chaos-agent-token-0123456789abcdef";

/// A request that takes longer counts as unanswered.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pause before a batch is sent again. `Retry-After` counts seconds; what is measured here is how soon the program takes again.
const AGAIN: Duration = Duration::from_millis(25);
/// Batches under way at once when they are sent at a pace.
const UNDER_WAY: usize = 512;

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
pub struct Load {
    /// Names the run: another seed makes other events
    #[arg(long)]
    pub seed: u64,
    /// Clients at once
    #[arg(long, default_value_t = 2)]
    pub clients: usize,
    /// Events of a batch
    #[arg(long, default_value_t = 50)]
    pub batch: usize,
    /// Bytes that each event has more
    #[arg(long, default_value_t = 0)]
    pub pad: usize,
    /// Microseconds between two batches of all clients together; without it each client waits for its answers
    #[arg(long)]
    pub every: Option<u64>,
}

/// What the driver needs to know.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// The list of acknowledged events
    #[arg(long)]
    pub acked: PathBuf,
    #[command(flatten)]
    pub load: Load,
}

/// What the orders said last.
#[derive(Clone, Debug, Default)]
struct Told {
    url: Option<String>,
    finish: bool,
}

struct Driver {
    http: reqwest::Client,
    acked: AckedFile,
    progress: Mutex<Progress>,
    told: watch::Receiver<Told>,
}

/// Sends until told to finish. Ends at once when its standard input ends: whoever started it is gone.
pub async fn run(arguments: Arguments) -> Result<(), String> {
    let (tell, told) = watch::channel(Told::default());
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            match serde_json::from_str(&line) {
                Ok(Order::Url(url)) => tell.send_modify(|t| t.url = Some(url.clone())),
                Ok(Order::Finish) => tell.send_modify(|t| t.finish = true),
                Err(e) => eprintln!("eventsec-chaos: no order: {line}: {e}"),
            }
        }
        std::process::exit(3);
    });
    let http = reqwest::Client::builder().timeout(PATIENCE).build().map_err(|e| e.to_string())?;
    let acked = AckedFile::create(&arguments.acked).map_err(|e| e.to_string())?;
    let driver = Arc::new(Driver { http, acked, progress: Mutex::default(), told });
    let load = arguments.load;
    match load.every {
        None => driver.clone().in_turn(&load).await,
        Some(micros) => driver.clone().at_a_pace(&load, Duration::from_micros(micros)).await,
    }
    driver.say(|p| p.finished = true);
    Ok(())
}

/// What became of one send.
enum Sent {
    Done,
    /// Refused for now, or unanswered.
    Again,
}

impl Driver {
    /// Changes the progress and tells it.
    fn say(&self, change: impl FnOnce(&mut Progress)) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut progress);
        let line = serde_json::to_string(&*progress).unwrap_or_default();
        // whoever does not listen any more has ended this program soon
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    async fn in_turn(self: Arc<Self>, load: &Load) {
        let mut clients = JoinSet::new();
        for number in 0..load.clients {
            let (this, batches) = (self.clone(), batches(load.seed, number, load.batch, load.pad));
            clients.spawn(async move {
                for batch in batches {
                    if this.told.borrow().finish {
                        return;
                    }
                    while let Sent::Again = this.send(&batch).await {
                        tokio::time::sleep(AGAIN).await;
                    }
                }
            });
        }
        clients.join_all().await;
    }

    async fn at_a_pace(self: Arc<Self>, load: &Load, every: Duration) {
        let mut all: Vec<_> = (0..load.clients.max(1))
            .map(|number| batches(load.seed, number, load.batch, load.pad))
            .collect();
        let (room, mut sends) = (Arc::new(Semaphore::new(UNDER_WAY)), JoinSet::new());
        let mut tick = tokio::time::interval(every);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
        let mut number = 0;
        while !self.told.borrow().finish {
            tick.tick().await;
            let count = all.len();
            let Some(batch) = all[number % count].next() else { break };
            number += 1;
            // more under way than this would measure the driver
            let Ok(permit) = room.clone().acquire_owned().await else { break };
            let this = self.clone();
            sends.spawn(async move {
                this.send(&batch).await;
                drop(permit);
            });
            while sends.try_join_next().is_some() {}
        }
        sends.join_all().await;
    }

    async fn send(&self, batch: &Batch) -> Sent {
        let mut told = self.told.clone();
        let Ok(url) = told.wait_for(|t| t.url.is_some()).await.map(|t| t.url.clone()) else {
            return Sent::Done;
        };
        let request = self
            .http
            .post(format!("{}/events", url.unwrap_or_default()))
            .header("content-type", "application/x-ndjson")
            .header("x-agent-token", TOKEN);
        let request = batch.key.iter().fold(request, |r, key| r.header("idempotency-key", key));
        let begun = Instant::now();
        let answer = match request.body(batch.body.clone()).send().await {
            Ok(answer) => answer,
            Err(_) => return self.unanswered(),
        };
        let (status, waits) =
            (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
        let Ok(text) = answer.text().await else { return self.unanswered() };
        match status {
            200..300 => self.acknowledged(batch, &text, begun.elapsed()),
            429 | 503 | 507 => {
                self.say(|p| {
                    *p.refused.entry(status).or_default() += 1;
                    if !waits {
                        p.note_wrong(format!("{status} without Retry-After: {text}"));
                    }
                });
                Sent::Again
            }
            _ => {
                self.say(|p| p.note_wrong(format!("{status}: {text}")));
                Sent::Again
            }
        }
    }

    fn unanswered(&self) -> Sent {
        self.say(|p| p.unanswered += 1);
        Sent::Again
    }

    fn acknowledged(&self, batch: &Batch, text: &str, took: Duration) -> Sent {
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        match receipt(text, batch.marks.len()) {
            Ok((first_id, repeated)) => {
                if let Err(e) = self.acked.note(first_id, &batch.marks) {
                    self.say(|p| p.note_wrong(format!("the list cannot be written: {e}")));
                    return Sent::Done;
                }
                self.say(|p| {
                    p.batches += 1;
                    p.events += batch.marks.len() as u64;
                    p.repeated += u64::from(repeated);
                    p.slowest_ms = p.slowest_ms.max(millis);
                    p.total_ms += millis;
                });
            }
            Err(e) => self.say(|p| p.note_wrong(e)),
        }
        Sent::Done
    }
}

/// First id of a batch that was taken whole, and whether it had been stored before.
fn receipt(text: &str, events: usize) -> Result<(i64, bool), String> {
    let answer: Value =
        serde_json::from_str(text).map_err(|e| format!("no receipt: {e}: {text}"))?;
    let number = |name: &str| answer[name].as_i64().unwrap_or(-1);
    if number("accepted") != events as i64 || number("rejected") != 0 || number("first_id") < 1 {
        return Err(format!("not all of {events} events were taken: {text}"));
    }
    Ok((number("first_id"), answer["repeated"] == true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_acknowledgement_is_one() {
        let taken = r#"{"accepted":2,"rejected":0,"first_id":5,"repeated":true}"#;
        assert_eq!(receipt(taken, 2), Ok((5, true)));
        for bad in [
            r#"{"accepted":1,"rejected":1,"first_id":5}"#,
            r#"{"accepted":2,"rejected":0,"first_id":0}"#,
            r#"{"detail":"later"}"#,
            "no",
        ] {
            assert!(receipt(bad, 2).is_err(), "{bad}");
        }
    }
}
