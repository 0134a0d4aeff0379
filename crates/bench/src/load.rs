//! The load: clients that post one batch after another and wait for each answer, or batches that are posted when they are due.
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use testkit::{Client, corpus::Corpus};
use tokio::task::JoinSet;

/// Batches of a held rate that may wait for their answers: past it the server is too slow for the rate, and waiting longer tells nothing.
const MOST_OPEN: usize = 400;
/// For making the first batch before it is due.
const HEAD_START: Duration = Duration::from_millis(50);

pub struct Load {
    pub clients: usize,
    pub batch: usize,
    pub events: usize,
}

/// What the clients saw.
#[derive(Debug, Default)]
pub struct Posted {
    pub events: usize,
    pub bytes: usize,
    /// From sending a batch (at a held rate: from when it was due) to the whole answer: the batch is on disk then.
    pub answers: Vec<Duration>,
    /// Times the server asked to try again.
    pub refused: usize,
    /// From the first request to the last answer.
    pub took: Duration,
    /// At a held rate: how long after it was due a batch was sent at most. More than a little says that the client was too slow.
    pub late: Duration,
}

impl Posted {
    fn batch(&mut self, events: usize, sent: &Sent) {
        self.events += events;
        self.bytes += sent.bytes;
        self.refused += sent.refused;
        self.answers.push(sent.took);
    }
}

struct Sent {
    bytes: usize,
    refused: usize,
    took: Duration,
}

/// Posts all events.
///
/// # Errors
/// When a batch is refused for good or not taken whole.
pub async fn post(client: &Client, corpus: Arc<Corpus>, load: &Load) -> Result<Posted, String> {
    let (next, start) = (Arc::new(AtomicUsize::new(0)), Instant::now());
    let (batch, events) = (load.batch, load.events);
    let tasks: Vec<_> = (0..load.clients)
        .map(|_| tokio::spawn(one(client.clone(), corpus.clone(), next.clone(), batch, events)))
        .collect();
    let mut all = Posted::default();
    for task in tasks {
        let part = task.await.map_err(|e| e.to_string())??;
        all.events += part.events;
        all.bytes += part.bytes;
        all.refused += part.refused;
        all.answers.extend(part.answers);
    }
    all.took = start.elapsed();
    Ok(all)
}

async fn one(
    client: Client,
    corpus: Arc<Corpus>,
    next: Arc<AtomicUsize>,
    batch: usize,
    events: usize,
) -> Result<Posted, String> {
    let mut posted = Posted::default();
    loop {
        let first = next.fetch_add(batch, Relaxed);
        if first >= events {
            return Ok(posted);
        }
        let sent = send(&client, corpus.body(first, batch), batch, Instant::now()).await?;
        posted.batch(batch, &sent);
    }
}

/// Posts all events at `rate` a second, each batch when it is due, whether earlier ones are answered or not: a server that falls behind does
/// not slow down those who send.
///
/// # Errors
/// When a batch is refused for good or not taken whole, and when the server is so far behind that nothing is held.
pub async fn hold(
    client: &Client,
    corpus: Arc<Corpus>,
    load: &Load,
    rate: u32,
) -> Result<Posted, String> {
    let (batch, start) = (load.batch, tokio::time::Instant::now() + HEAD_START);
    let step = Duration::from_secs_f64(batch as f64 / f64::from(rate.max(1)));
    let (mut all, mut due) = (Posted::default(), start);
    let mut open: JoinSet<Result<Sent, String>> = JoinSet::new();
    for first in (0..load.events).step_by(batch.max(1)) {
        // made before it is due
        let body = corpus.body(first, batch);
        tokio::time::sleep_until(due).await;
        all.late = all.late.max(due.elapsed());
        while let Some(done) = open.try_join_next() {
            all.batch(batch, &done.map_err(|e| e.to_string())??);
        }
        if open.len() >= MOST_OPEN {
            return Err(format!("{rate} events/s are not held: {MOST_OPEN} batches wait"));
        }
        let (client, since) = (client.clone(), due.into_std());
        open.spawn(async move { send(&client, body, batch, since).await });
        due += step;
    }
    while let Some(done) = open.join_next().await {
        all.batch(batch, &done.map_err(|e| e.to_string())??);
    }
    all.took = start.elapsed();
    Ok(all)
}

/// One batch, until it is taken. Its time runs from `since`.
async fn send(client: &Client, body: String, batch: usize, since: Instant) -> Result<Sent, String> {
    let (bytes, mut refused) = (body.len(), 0);
    loop {
        // a copy is kept for the case that the server asks to try again
        let reply = client.post_raw("/events", &[], body.clone()).await;
        match reply.status {
            200 if reply.json()["accepted"].as_i64() == i64::try_from(batch).ok() => {
                return Ok(Sent { bytes, refused, took: since.elapsed() });
            }
            503 => {
                // the server says how long; a second at most keeps it busy
                refused += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            status => {
                return Err(format!("a batch is not taken whole: {status} {}", reply.text()));
            }
        }
    }
}
