//! Writing events: bulk `create` under the event's id, so that what is there already is left as it is.
//!
//! The answer has one status for each event: 2xx it is stored, 409 it was, 429 and 5xx it may be stored later, other refusals it
//! never will be as it is, unless they are about its index. Only what may be stored later is sent again. An answer that is not
//! about exactly what was sent counts as none.
use crate::client::{Client, reason};
use crate::document;
use crate::engine::Cluster;
use crate::error::ClusterError;
use crate::names;
use crate::setup::LENIENT;
use bytes::{BufMut, Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream};
use model::event::Event;
use model::fieldmap;
use std::collections::HashSet;
use std::ops::Range;
use std::time::Duration;

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

/// Refusals with status 400 that are no judgement on the event: its index is closed, or cannot be made for want of shards.
const ABOUT_INDEX: [&str; 4] = [
    "index_closed_exception",
    "validation_exception",
    "cluster_block_exception",
    "invalid_index_name_exception",
];
/// No server refuses so little for its size: 413 to it is a gateway's fault, which passes.
const SMALL: usize = 64 << 10;

/// Whether an item was refused for what is wrong with its index. By the error's type alone: its reason may quote a sender.
pub(crate) fn is_about_index(item: &serde_json::Value) -> bool {
    item["error"]["type"].as_str().is_some_and(|kind| ABOUT_INDEX.contains(&kind))
}

/// A copy may not have what the first one has.
const PRIMARY: [(&str, &str); 1] = [("preference", "_primary")];
/// Events that are compared in one request.
const COMPARED: usize = 500;
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

    /// What was there before must be the same event: a database that was put back gives out ids again that OpenSearch has seen.
    async fn compare(&self, events: &[Event], done: &mut Indexed) -> Result<(), ClusterError> {
        if done.again.is_empty() {
            return Ok(());
        }
        let again: Vec<&Event> = events.iter().filter(|e| done.again.contains(&e.id)).collect();
        for some in again.chunks(COMPARED) {
            let docs: Vec<serde_json::Value> = some
                .iter()
                .map(|e| {
                    let index = self.client.named(&names::index(e));
                    serde_json::json!({"_index": index, "_id": e.id.to_string(), "_source": [fieldmap::RAW, names::RECEIVED]})
                })
                .collect();
            let body = serde_json::json!({"docs": docs});
            for (e, doc) in some.iter().zip(&self.stored(&body, some.len()).await?) {
                let (raw, received) = (
                    doc["_source"][fieldmap::RAW].as_str(),
                    doc["_source"]["eventsec"]["received"].as_i64(),
                );
                if raw.unwrap_or_default() != &*e.raw || received != Some(e.received_at.0) {
                    done.known -= 1;
                    done.poison.push(Poison {
                        id: e.id,
                        reason: "another event has this id: the database is older than what OpenSearch holds".into(),
                    });
                }
            }
        }
        Ok(())
    }

    /// The documents that are asked for, all of them: several tries, as writing has.
    async fn stored(
        &self,
        body: &serde_json::Value,
        wanted: usize,
    ) -> Result<Vec<serde_json::Value>, ClusterError> {
        let mut attempt = 0;
        loop {
            let method = opensearch::http::Method::Post;
            let answer = self.client.ask(method, "/_mget", &PRIMARY, Some(body)).await;
            match answer.and_then(|answer| documents(&answer, wanted)) {
                Err(e) if e.may_pass() && attempt + 1 < self.client.config.tries => {
                    tokio::time::sleep(pause(attempt, 0)).await;
                    attempt += 1;
                }
                other => return other,
            }
        }
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

/// An answer's documents. One that is missing, or whose shard is away, says nothing of its event.
fn documents(
    answer: &serde_json::Value,
    wanted: usize,
) -> Result<Vec<serde_json::Value>, ClusterError> {
    let docs = answer["docs"].as_array().cloned().unwrap_or_default();
    if docs.len() != wanted {
        return Err(ClusterError::Garbled(format!("{} documents of {wanted}", docs.len())));
    }
    match docs.iter().find(|d| d["found"].as_bool() != Some(true)) {
        None => Ok(docs),
        Some(doc) => Err(ClusterError::Away(format!(
            "a stored event cannot be read: {}",
            reason(Some(doc), "")
        ))),
    }
}

/// What an answer says.
#[derive(Default)]
struct Sorted {
    done: Indexed,
    /// May be stored later, and one reason.
    left: Vec<Line>,
    why: String,
}

fn sort_out(answer: &serde_json::Value, lines: &[Line]) -> Result<Sorted, ClusterError> {
    let items = answer["items"].as_array().map_or(&[][..], Vec::as_slice);
    if items.len() != lines.len() {
        return Err(ClusterError::Garbled(format!(
            "{} answers for {} events",
            items.len(),
            lines.len()
        )));
    }
    let mut sorted = Sorted::default();
    for (line, item) in lines.iter().zip(items) {
        let item = &item["create"];
        if item["_id"].as_str() != Some(line.id.to_string().as_str()) {
            return Err(ClusterError::Garbled(format!("an answer is not about event {}", line.id)));
        }
        let said = || reason(Some(item), "");
        match item["status"].as_u64() {
            Some(200..=299) => sorted.done.created += 1,
            Some(409) => {
                sorted.done.known += 1;
                sorted.done.again.insert(line.id);
            }
            // 401 and 403: rights, or an index that is read-only while the disk is full; 404: it was deleted
            Some(401 | 403 | 404 | 408 | 429 | 500..=599) => sorted.keep(line, said()),
            Some(400) if is_about_index(item) => sorted.keep(line, said()),
            Some(400..=499) => sorted.done.poison.push(Poison { id: line.id, reason: said() }),
            _ => {
                return Err(ClusterError::Garbled(format!("event {} has no status", line.id)));
            }
        }
    }
    Ok(sorted)
}

impl Sorted {
    fn keep(&mut self, line: &Line, why: String) {
        self.why = why;
        self.left.push(line.clone());
    }
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
    use serde_json::json;

    fn lines(ids: &[i64]) -> Vec<Line> {
        ids.iter().map(|id| Line { id: *id, index: "i".into(), at: 0..0 }).collect()
    }

    #[test]
    fn each_item_is_judged_by_its_own_status() {
        let item = |id: &str, status: u64| json!({"create": {"_id": id, "status": status, "error": {"type": "t", "reason": "r"}}});
        let answer = json!({"errors": true, "items": [item("1", 201), item("2", 409), item("3", 429), item("4", 400)]});
        let sorted = sort_out(&answer, &lines(&[1, 2, 3, 4])).unwrap();
        assert_eq!((sorted.done.created, sorted.done.known), (1, 1));
        assert_eq!(sorted.left.iter().map(|l| l.id).collect::<Vec<_>>(), [3]);
        assert_eq!(sorted.done.poison, [Poison { id: 4, reason: "t: r".into() }]);
        assert_eq!(sorted.why, "t: r");
    }

    #[test]
    fn what_is_wrong_with_an_index_is_no_judgement_on_the_event() {
        for kind in ["index_closed_exception", "validation_exception"] {
            let item = json!({"create": {"_id": "1", "status": 400, "error": {"type": kind, "reason": "r"}}});
            let sorted = sort_out(&json!({"items": [item]}), &lines(&[1])).unwrap();
            assert_eq!((sorted.left.len(), sorted.done.poison.len()), (1, 0), "{kind}");
        }
    }

    #[test]
    fn an_answer_about_other_events_is_no_answer() {
        let answer = json!({"items": [{"create": {"_id": "7", "status": 201}}]});
        assert!(sort_out(&answer, &lines(&[1])).is_err());
        assert!(sort_out(&answer, &lines(&[7, 8])).is_err());
        assert!(sort_out(&json!({}), &lines(&[7])).is_err());
        assert!(sort_out(&json!({"items": [{"create": {"_id": "7"}}]}), &lines(&[7])).is_err());
    }

    #[test]
    fn what_cannot_be_compared_is_asked_for_again() {
        let found = json!({"_id": "1", "found": true, "_source": {}});
        let away = json!({"_id": "2", "error": {"type": "no_shard_available_action_exception", "reason": "r"}});
        let gone = json!({"_id": "2", "found": false});
        assert_eq!(documents(&json!({"docs": [found]}), 1).unwrap().len(), 1);
        for bad in [
            json!({}),
            json!({"docs": []}),
            json!({"docs": [found, away]}),
            json!({"docs": [found, gone]}),
        ] {
            assert!(documents(&bad, 2).is_err_and(|e| e.may_pass()), "{bad}");
        }
    }

    #[test]
    fn pauses_grow_and_differ() {
        assert!(pause(0, 1) < pause(3, 1) && pause(30, 1) <= LONGEST_PAUSE);
        assert_ne!(pause(3, 1), pause(3, 2));
    }
}
