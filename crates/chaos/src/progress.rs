//! What the driver says while it sends: one JSON object a line, always the whole of it.
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything since the driver began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Acknowledged, and on the list.
    pub batches: u64,
    pub events: u64,
    /// Acknowledged batches that had been stored when an earlier answer was cut off.
    pub repeated: u64,
    /// Sends that got no whole answer.
    pub unanswered: u64,
    /// Refusals that say when to try again, by status.
    pub refused: BTreeMap<u16, u64>,
    /// Everything that must not be: other answers, refusals without `Retry-After`, receipts that do not fit.
    pub wrong: Vec<String>,
    /// Slowest and total time of answers that acknowledged, in milliseconds.
    pub slowest_ms: u64,
    pub total_ms: u64,
    /// Nothing more will be sent.
    pub finished: bool,
}

impl Progress {
    pub fn refusals(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Keeps a few sentences: the first ones say what is wrong.
    pub fn note_wrong(&mut self, line: String) {
        if self.wrong.len() < 20 {
            self.wrong.push(line);
        }
    }
}

/// What the driver is told on its standard input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Where the program is now.
    Url(String),
    /// Begin no more batches; what was begun is sent until it is acknowledged.
    Finish,
}
