//! The load: clients that post one batch after another and wait for each answer.
use crate::corpus::Corpus;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use testkit::Client;

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
    /// From sending a batch to the whole answer: the batch is on disk then.
    pub answers: Vec<Duration>,
    /// Times the server asked to try again.
    pub refused: usize,
    /// From the first request to the last answer.
    pub took: Duration,
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
        let body = corpus.body(first, batch);
        let (bytes, sent) = (body.len(), Instant::now());
        loop {
            // a copy is kept for the case that the server asks to try again
            let reply = client.post_raw("/events", &[], body.clone()).await;
            match reply.status {
                200 if reply.json()["accepted"].as_i64() == i64::try_from(batch).ok() => break,
                503 => {
                    // the server says how long; a second at most keeps it busy
                    posted.refused += 1;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                status => {
                    return Err(format!("a batch is not taken whole: {status} {}", reply.text()));
                }
            }
        }
        posted.answers.push(sent.elapsed());
        posted.events += batch;
        posted.bytes += bytes;
    }
}
