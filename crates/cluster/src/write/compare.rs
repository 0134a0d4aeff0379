//! Whether what was there before is the same event.
use super::{Indexed, Poison, pause};
use crate::client::reason;
use crate::engine::Cluster;
use crate::error::ClusterError;
use crate::names;
use model::event::Event;
use model::fieldmap;
use serde_json::{Value, json};

/// A copy may not have what the first one has.
const PRIMARY: [(&str, &str); 1] = [("preference", "_primary")];
/// Events that are compared in one request.
const COMPARED: usize = 500;

impl Cluster {
    /// What was there before must be the same event: a database that was put back gives out ids again that OpenSearch has seen.
    pub(super) async fn compare(
        &self,
        events: &[Event],
        done: &mut Indexed,
    ) -> Result<(), ClusterError> {
        if done.again.is_empty() {
            return Ok(());
        }
        let again: Vec<&Event> = events.iter().filter(|e| done.again.contains(&e.id)).collect();
        for some in again.chunks(COMPARED) {
            let docs: Vec<Value> = some
                .iter()
                .map(|e| {
                    let index = self.client.named(&names::index(e));
                    json!({"_index": index, "_id": e.id.to_string(), "_source": [fieldmap::RAW, names::RECEIVED]})
                })
                .collect();
            let body = json!({"docs": docs});
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
    async fn stored(&self, body: &Value, wanted: usize) -> Result<Vec<Value>, ClusterError> {
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
}

/// An answer's documents. One that is missing, or whose shard is away, says nothing of its event.
fn documents(answer: &Value, wanted: usize) -> Result<Vec<Value>, ClusterError> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
