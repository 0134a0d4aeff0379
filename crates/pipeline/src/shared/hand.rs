//! Detected blocks between the detector and the indexers of one process: in memory as long as there is room, else whoever has time
//! reads them from the journal again.
use super::{AT_ONCE, AT_ONCE_BYTES};
use model::event::Event;
use std::{sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// Blocks, and bytes of their events as they were sent.
const ROOM: usize = 32;
const ROOM_BYTES: usize = 64 << 20;

/// A detected block with its events.
pub(super) struct Ready {
    pub seq: i64,
    pub events: Vec<Event>,
    raw_bytes: i64,
    /// Given back when an indexer drops it.
    _room: OwnedSemaphorePermit,
}

/// The detector's side.
pub(super) struct Giver {
    blocks: mpsc::Sender<Ready>,
    room: Arc<Semaphore>,
}

/// The indexers' side.
pub(super) struct Taker(mpsc::Receiver<Ready>);

pub(super) fn hand() -> (Giver, Taker) {
    let (blocks, taken) = mpsc::channel(ROOM);
    (Giver { blocks, room: Arc::new(Semaphore::new(ROOM_BYTES)) }, Taker(taken))
}

impl Giver {
    /// Whether there was room. A block that is larger than all of it never has any.
    pub fn give(&self, seq: i64, raw_bytes: i64, events: Vec<Event>) -> bool {
        let bytes = u32::try_from(raw_bytes.max(1)).unwrap_or(u32::MAX);
        let Ok(room) = self.room.clone().try_acquire_many_owned(bytes) else { return false };
        self.blocks.try_send(Ready { seq, events, raw_bytes, _room: room }).is_ok()
    }
}

impl Taker {
    /// As much as one transaction takes. Nothing when nothing came for so long.
    pub async fn take(&mut self, patience: Duration) -> Vec<Ready> {
        let (mut ready, mut bytes) = (Vec::new(), 0_i64);
        let mut next = tokio::time::timeout(patience, self.0.recv()).await.ok().flatten();
        while let Some(block) = next {
            bytes = bytes.saturating_add(block.raw_bytes);
            ready.push(block);
            let more = ready.len() < AT_ONCE && bytes < AT_ONCE_BYTES;
            next = if more { self.0.try_recv().ok() } else { None };
        }
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places of what is taken at once.
    async fn taken(taker: &mut Taker) -> Vec<i64> {
        taker.take(Duration::ZERO).await.iter().map(|r| r.seq).collect()
    }

    #[tokio::test]
    async fn large_blocks_are_few_in_hand_and_few_at_once() {
        let (giver, mut taker) = hand();
        let half = ROOM_BYTES as i64 / 2;
        assert!(giver.give(1, half, vec![]) && giver.give(2, half, vec![]));
        assert!(!giver.give(3, 1, vec![]), "there is no room");
        assert_eq!(taken(&mut taker).await, [1]);
        assert!(giver.give(4, 1, vec![]), "an indexer has taken one");
        assert_eq!(taken(&mut taker).await, [2]);
        assert_eq!(taken(&mut taker).await, [4]);
        assert!(!giver.give(5, 2 * half + 1, vec![]) && giver.give(6, 2 * half, vec![]));
        assert_eq!(taken(&mut taker).await, [6]);
        assert!(taken(&mut taker).await.is_empty());
    }

    #[tokio::test]
    async fn small_blocks_are_counted() {
        let (giver, mut taker) = hand();
        let given = (1..).take_while(|seq| giver.give(*seq, 1, vec![])).count();
        assert_eq!(given, ROOM);
        assert_eq!(taken(&mut taker).await, [1, 2, 3, 4, 5, 6, 7, 8]);
        assert!(giver.give(40, 1, vec![]));
    }
}
