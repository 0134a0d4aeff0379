//! Writing events: bulk `create` under the event's id, so that what is there already is left as it is.
//!
//! The answer has one status for each event: 2xx it is stored, 409 it was, 429 and 5xx it may be stored later, other refusals it
//! never will be as it is, unless they are about its index. Only what may be stored later is sent again. An answer that is not
//! about exactly what was sent counts as none.
use crate::client::Client;
use crate::document;
use crate::engine::Cluster;
use crate::error::ClusterError;
use crate::names;
use crate::setup::LENIENT;
use bytes::{BufMut, Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream};
use model::event::Event;
use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

mod answer;
mod compare;

pub(crate) use answer::is_about_index;
use answer::sort_out;

/// An event that OpenSearch refuses for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poison {
    pub id: i64,
    pub reason: String,
}

/// What became of a batch; together all of its events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Indexed {
    pub created: usize,
    /// Were there before.
    pub known: usize,
    /// Ids of those, until they are compared.
    again: HashSet<i64>,
    pub poison: Vec<Poison>,
}

impl Indexed {
    fn add(mut self, other: Self) -> Self {
        self.created += other.created;
        self.known += other.known;
        self.again.extend(other.again);
        self.poison.extend(other.poison);
        self
    }
}

/// One event's two lines.
#[derive(Clone)]
struct Line {
    id: i64,
    index: String,
    at: Range<usize>,
}

/// No server refuses so little for its size: 413 to it is a gateway's fault, which passes.
const SMALL: usize = 64 << 10;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Doubles with each try; half of it follows from the ids, so that processes that failed together do not come back together.
fn pause(attempt: u32, id: i64) -> Duration {
    let whole = (FIRST_PAUSE * 2u32.saturating_pow(attempt)).min(LONGEST_PAUSE);
    let salt = xxhash_rust::xxh3::xxh3_64(&(id ^ i64::from(attempt)).to_le_bytes()) % 1000;
    whole / 2 + whole * u32::try_from(salt).unwrap_or(0) / 2000
}

impl Cluster {
    /// Stores events; they have ids. Answers when each is stored or known to be refused.
    ///
    /// # Errors
    /// `Away` when OpenSearch did not take them after several tries: some may be stored; all may be sent again.
    pub async fn index(&self, events: &[Event]) -> Result<Indexed, ClusterError> {
        let mut bytes = Vec::with_capacity(events.len() * 2048);
        let mut requests: Vec<Vec<Line>> = vec![Vec::new()];
        let mut begun = 0;
        for e in events {
            let (from, index) = (bytes.len(), names::index(e));
            // names are lower-case words (`Client::new` looks): nothing to escape
            let name = self.client.named(&index);
            let action = format!("{{\"create\":{{\"_index\":\"{name}\",\"_id\":\"{}\"}}}}\n", e.id);
            bytes.extend_from_slice(action.as_bytes());
            document::write(e, &mut bytes);
            bytes.push(b'\n');
            if bytes.len() - begun > self.client.config.bulk_bytes && from > begun {
                requests.push(Vec::new());
                begun = from;
            }
            if let Some(last) = requests.last_mut() {
                last.push(Line { id: e.id, index, at: from..bytes.len() });
            }
        }
        for line in requests.iter().flatten() {
            self.has_index(&line.index).await?;
        }
        let bytes = &bytes;
        stream::iter(requests.into_iter().filter(|r| !r.is_empty()))
            .map(|lines| async move {
                let mut done = self.store(bytes, lines).await?;
                self.compare(events, &mut done).await?;
                Ok(done)
            })
            .buffer_unordered(self.client.config.bulk_parallel.max(1))
            .try_fold(Indexed::default(), |sum, one: Indexed| async move { Ok(sum.add(one)) })
            .await
    }

    /// Makes the index unless this process has seen it.
    pub(crate) async fn has_index(&self, index: &str) -> Result<(), ClusterError> {
        if self.seen.lock().contains(index) {
            return Ok(());
        }
        let mut attempt = 0;
        loop {
            // an index that is not made from the template would take any mapping
            let made = async {
                self.client.prepare().await?;
                self.client.make_index(index).await
            };
            match made.await {
                Ok(()) => break,
                Err(e) if e.may_pass() && attempt + 1 < self.client.config.tries => {
                    tokio::time::sleep(pause(attempt, 0)).await;
                    attempt += 1;
                }
                Err(e) => return Err(e),
            }
        }
        self.seen.lock().insert(index.into());
        Ok(())
    }

    async fn store(&self, bytes: &[u8], lines: Vec<Line>) -> Result<Indexed, ClusterError> {
        let mut done = Indexed::default();
        // what is refused as a whole is halved until the one that spoils it is alone
        let mut heap = vec![lines];
        while let Some(mut lines) = heap.pop() {
            let mut attempt = 0;
            while !lines.is_empty() {
                let first = lines[0].id;
                let sent = self.client.bulk(body(bytes, &lines)).await;
                let failed = match sent.and_then(|answer| sort_out(&answer, &lines)) {
                    Ok(sorted) => {
                        done = done.add(sorted.done);
                        lines = sorted.left;
                        if lines.is_empty() {
                            break;
                        }
                        // an index that retention took away while we wrote comes back
                        if sorted.why.contains("index_not_found") {
                            self.seen.lock().clear();
                            for line in &lines {
                                self.has_index(&line.index).await?;
                            }
                        }
                        ClusterError::Away(sorted.why)
                    }
                    Err(ClusterError::Refused { status: status @ (400 | 413), reason }) => {
                        match lines.as_slice() {
                            [one] if status == 413 && one.at.len() <= SMALL => {
                                ClusterError::Away(format!("{status} to {} bytes", one.at.len()))
                            }
                            [one] => {
                                let reason =
                                    format!("{status} to {} bytes: {reason}", one.at.len());
                                done.poison.push(Poison { id: one.id, reason });
                                break;
                            }
                            many => {
                                let (a, b) = many.split_at(many.len() / 2);
                                heap.push(a.to_vec());
                                heap.push(b.to_vec());
                                break;
                            }
                        }
                    }
                    Err(e) if e.may_pass() => e,
                    Err(e) => return Err(e),
                };
                attempt += 1;
                if attempt >= self.client.config.tries {
                    return Err(failed);
                }
                tracing::warn!(error = %failed, events = lines.len(), attempt, "events are sent to OpenSearch again");
                measure::queue_retried(1);
                tokio::time::sleep(pause(attempt, first)).await;
            }
        }
        Ok(done)
    }
}

fn body(bytes: &[u8], lines: &[Line]) -> Bytes {
    let mut out = BytesMut::with_capacity(lines.iter().map(|l| l.at.len()).sum());
    lines.iter().for_each(|l| out.put_slice(&bytes[l.at.clone()]));
    out.freeze()
}

impl Client {
    /// Makes everything written so far visible to searches.
    pub async fn refresh(&self) -> Result<(), ClusterError> {
        let path = format!("/{},{}/_refresh", self.pattern(), self.copies());
        self.ask(opensearch::http::Method::Post, &path, &LENIENT, None).await.map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_differ() {
        assert!(pause(0, 1) < pause(3, 1) && pause(30, 1) <= LONGEST_PAUSE);
        assert_ne!(pause(3, 1), pause(3, 2));
    }
}
