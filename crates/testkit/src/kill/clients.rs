//! The clients that post while the program is killed under them.
use super::{Plan, Receipt};
use crate::{Client, batch};
use reqwest::Method;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::sync::watch;

/// A request that takes longer than this counts as unanswered.
const PATIENCE: Duration = Duration::from_secs(60);

/// What clients and killer tell each other.
pub(super) struct Shared {
    receipts: Mutex<Vec<Receipt>>,
    unanswered: AtomicUsize,
    finished: AtomicBool,
    /// Counts restarts: whoever lost its server waits for the next one.
    generation: watch::Sender<u32>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            receipts: Mutex::default(),
            unanswered: AtomicUsize::new(0),
            finished: AtomicBool::new(false),
            generation: watch::Sender::new(0),
        }
    }
}

impl Shared {
    pub fn receipts(&self) -> Vec<Receipt> {
        self.receipts.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }

    pub fn acknowledged(&self) -> usize {
        self.receipts.lock().unwrap_or_else(|e| e.into_inner()).len()
    }

    pub fn acknowledged_events(&self) -> usize {
        self.receipts.lock().unwrap_or_else(|e| e.into_inner()).iter().map(|r| r.marks.len()).sum()
    }

    pub fn unanswered(&self) -> usize {
        self.unanswered.load(SeqCst)
    }

    pub fn back_up(&self) {
        self.generation.send_modify(|g| *g += 1);
    }

    pub fn finish(&self) {
        self.finished.store(true, SeqCst);
        self.back_up();
    }
}

/// Posts until told to finish; the last batch too is sent until it is acknowledged.
pub(super) async fn post(client: Client, number: usize, plan: Plan, shared: Arc<Shared>) {
    let mut generation = shared.generation.subscribe();
    for batch in batch::of_corpus(plan.corpus, plan.seed, number, plan.batch) {
        if shared.finished.load(SeqCst) {
            return;
        }
        loop {
            let before = *generation.borrow_and_update();
            let request = client
                .request(Method::POST, "/events")
                .header("content-type", "application/x-ndjson")
                .timeout(PATIENCE);
            let request = batch.key.iter().fold(request, |r, key| r.header("idempotency-key", key));
            match client.try_send(request.body(batch.body.clone())).await {
                Ok(reply) if (200..300).contains(&reply.status) => {
                    let receipt = Receipt::read(&reply.json(), &batch.marks)
                        .unwrap_or_else(|e| panic!("{e}: {}", reply.text()));
                    shared.receipts.lock().unwrap_or_else(|e| e.into_inner()).push(receipt);
                    break;
                }
                // stopping or overloaded: nothing was taken, and it says so
                Ok(reply) if [503, 507].contains(&reply.status) => {
                    shared.unanswered.fetch_add(1, SeqCst);
                    tokio::task::yield_now().await;
                }
                Ok(reply) => panic!("a batch is refused: {} {}", reply.status, reply.text()),
                Err(error) => {
                    shared.unanswered.fetch_add(1, SeqCst);
                    let back =
                        tokio::time::timeout(PATIENCE * 2, generation.wait_for(|g| *g > before))
                            .await;
                    assert!(back.is_ok(), "the server never came back after: {error:?}");
                }
            }
        }
    }
}
