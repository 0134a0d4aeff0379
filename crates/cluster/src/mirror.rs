//! Copies of alerts and dead letters, for people who read OpenSearch itself.
//!
//! The database is the truth. A copy has its row's id and its row's version, and an older version never replaces a newer one, so
//! that writing again, late or twice at once does no harm. [`Cluster::seen`] tells which copies there are: whoever keeps them
//! finds in that what lags behind and what has no row any more.
use crate::client::reason;
use crate::engine::Cluster;
use crate::error::ClusterError;
use crate::names::{self, ALERTS, ALERTS_INDEX, LETTERS};
use crate::read::whole;
use crate::setup::LENIENT;
use crate::write::{Poison, is_about_index};
use bytes::{BufMut, BytesMut};
use model::Micros;
use model::alert::Alert;
use model::dead_letter::{DeadLetter, INDEX_REFUSED};
use opensearch::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

mod template;

pub(crate) use template::{alerts as alerts_template, letters as letters_template};

/// Bytes of one request, about: a whole one is refused or taken, and copies are not urgent.
const AT_ONCE: usize = 1 << 20;

/// What is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Alerts,
    Letters,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::Alerts, Self::Letters];

    /// The id as a number, by which copies are walked.
    fn number(self) -> &'static str {
        match self {
            Self::Alerts => "alert_id.number",
            Self::Letters => "dlq_id.number",
        }
    }

    /// Where readers look.
    fn readers(self) -> String {
        match self {
            Self::Alerts => ALERTS.into(),
            Self::Letters => format!("{LETTERS}*"),
        }
    }
}

/// A row as it is to be copied.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub id: i64,
    pub version: i64,
    index: String,
    body: Value,
}

/// A copy that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub id: i64,
    pub version: i64,
    index: String,
}

impl Seen {
    /// `index` is its whole name.
    pub fn new(id: i64, version: i64, index: &str) -> Self {
        Self { id, version, index: index.into() }
    }
}

/// A time that OpenSearch can read.
fn time(at: Micros) -> Option<Micros> {
    at.of_our_era()
}

/// An alert's version is the time of its last change.
pub fn alert(tenant: &str, a: &Alert) -> Document {
    let body = json!({
        "alert_id": a.id.to_string(), "tenant_id": tenant, "title": a.title, "description": a.description,
        "severity": a.severity, "status": a.status, "category": a.category, "source": a.source,
        "timestamp": time(a.created_at), "updated_at": time(a.updated_at), "closed_at": a.closed_at.and_then(time),
        "first_seen": time(a.first_seen), "last_seen": time(a.last_seen), "url": a.url, "sender": a.sender,
        "hostname": a.hostname, "username": a.username, "assigned_to": a.assigned_to, "conclusion": a.conclusion,
        "rule_id": a.rule_id, "event_count": a.event_count, "event_ids": a.event_ids,
        "create_incident": a.create_incident, "sample": a.sample,
    });
    Document { id: a.id, version: a.updated_at.0.max(0), index: ALERTS_INDEX.into(), body }
}

/// A dead letter's version counts its replays: nothing else of it changes. The record itself stays in the database, where
/// `raw_ref` names it.
pub fn letter(tenant: &str, d: &DeadLetter) -> Document {
    let stage = if d.reason == INDEX_REFUSED { "index" } else { "intake" };
    let body = json!({
        "dlq_id": d.id.to_string(), "tenant_id": tenant, "time": time(d.received_at), "source": d.source,
        "sensor": d.sensor, "agent_id": d.agent_id, "raw_ref": format!("dead_letters/{}", d.id), "error_stage": stage,
        "error_code": d.reason, "error_detail": d.hint, "error_pointer": d.pointer, "batch_index": d.batch_index,
        "replay_count": d.replays, "sample": d.sample,
    });
    let index = format!("{LETTERS}{}", names::day(d.received_at));
    Document { id: d.id, version: d.replays.max(0) + 1, index, body }
}

impl Cluster {
    /// Writes copies; one that is there in a newer version stays. Answers those that OpenSearch refuses for ever.
    ///
    /// # Errors
    /// `Away` when not all could be written: all may be written again.
    pub async fn mirror(&self, documents: &[Document]) -> Result<Vec<Poison>, ClusterError> {
        let indexes: BTreeSet<&str> = documents.iter().map(|d| d.index.as_str()).collect();
        for index in indexes {
            self.has_index(index).await?;
        }
        let lines = documents.iter().map(|d| {
            let action = json!({"index": {
                "_index": self.client.named(&d.index), "_id": d.id.to_string(),
                "version": d.version, "version_type": "external_gte",
            }});
            (d.id, format!("{action}\n{}\n", d.body))
        });
        self.change(lines.collect()).await
    }

    /// Deletes copies; one that is gone already is no error.
    pub async fn unmirror(&self, gone: &[Seen]) -> Result<(), ClusterError> {
        let lines = gone.iter().map(|s| {
            let action = json!({"delete": {"_index": s.index, "_id": s.id.to_string()}});
            (s.id, format!("{action}\n"))
        });
        self.change(lines.collect()).await.map(|_| ())
    }

    async fn change(&self, lines: Vec<(i64, String)>) -> Result<Vec<Poison>, ClusterError> {
        let mut refused = Vec::new();
        let mut rest = lines.as_slice();
        while !rest.is_empty() {
            let mut bytes = BytesMut::new();
            let mut ids = Vec::new();
            for (id, line) in rest {
                if !ids.is_empty() && bytes.len() + line.len() > AT_ONCE {
                    break;
                }
                bytes.put_slice(line.as_bytes());
                ids.push(*id);
            }
            let answer = self.client.bulk(bytes.freeze()).await?;
            settle(&answer, &ids, &mut refused)?;
            rest = &rest[ids.len()..];
        }
        Ok(refused)
    }

    /// Copies with ids after that one, in their order.
    pub async fn seen(
        &self,
        kind: Kind,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Seen>, ClusterError> {
        let path = format!("/{}/_search", self.client.named(&kind.readers()));
        let query = [LENIENT[0], LENIENT[1], ("allow_partial_search_results", "false")];
        let number = kind.number();
        let body = json!({
            "size": limit, "_source": false, "version": true, "track_total_hits": false,
            "query": {"range": {number: {"gt": after}}},
            "sort": [{number: {"order": "asc", "unmapped_type": "long"}}],
        });
        let answer = whole(self.client.ask(Method::Post, &path, &query, Some(&body)).await?)?;
        let hits = answer["hits"]["hits"].as_array();
        hits.into_iter().flatten().map(seen).collect()
    }

    /// Deletes indexes of dead letters that hold none any more, of days (`2026-11-21`) before that one.
    pub async fn drop_empty_letters(&self, before: &str) -> Result<(), ClusterError> {
        let all = self.client.named(&Kind::Letters.readers());
        let stats =
            self.client.ask(Method::Get, &format!("/{all}/_stats/docs"), &LENIENT, None).await?;
        for (name, index) in stats["indices"].as_object().into_iter().flatten() {
            let own = name.strip_prefix(&self.client.named(LETTERS)).and_then(names::dashed);
            let is_over = own.is_some_and(|day| day.as_str() < before);
            if is_over && index["primaries"]["docs"]["count"].as_i64() == Some(0) {
                self.drop_index(name).await?;
            }
        }
        Ok(())
    }

    /// Deletes an index by its whole name. That it is gone is no error.
    pub(crate) async fn drop_index(&self, name: &str) -> Result<(), ClusterError> {
        let own = name.strip_prefix(&self.client.config.prefix).unwrap_or(name);
        self.seen.lock().remove(own);
        match self.client.ask(Method::Delete, &format!("/{name}"), &[], None).await {
            Err(e) if e.is_no_index() => Ok(()),
            other => other.map(|_| ()),
        }
    }
}

fn seen(hit: &Value) -> Result<Seen, ClusterError> {
    let of = || {
        let id = hit["_id"].as_str()?.parse().ok()?;
        Some(Seen::new(id, hit["_version"].as_i64()?, hit["_index"].as_str()?))
    };
    of().ok_or_else(|| ClusterError::Garbled("a copy without id or version".into()))
}

/// What became of each: 409 says that a newer version is there, 404 that what is to go is gone.
fn settle(answer: &Value, ids: &[i64], refused: &mut Vec<Poison>) -> Result<(), ClusterError> {
    let items = answer["items"].as_array().map_or(&[][..], Vec::as_slice);
    if items.len() != ids.len() {
        let text = format!("{} answers for {} copies", items.len(), ids.len());
        return Err(ClusterError::Garbled(text));
    }
    let mut left = None;
    for (id, item) in ids.iter().zip(items) {
        let item = item.get("index").or_else(|| item.get("delete")).unwrap_or(&Value::Null);
        match item["status"].as_u64() {
            Some(200..=299 | 409) => {}
            Some(404) if item.get("error").is_none() => {}
            Some(400) if !is_about_index(item) => {
                refused.push(Poison { id: *id, reason: reason(Some(item), "") })
            }
            _ => left = Some(reason(Some(item), "")),
        }
    }
    left.map_or(Ok(()), |why| Err(ClusterError::Away(why)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_copy_is_judged_by_its_own_status() {
        let item = |status: u64| json!({"index": {"_id": "1", "status": status, "error": {"type": "t", "reason": "r"}}});
        let gone = json!({"delete": {"_id": "1", "status": 404}});
        let mut refused = Vec::new();
        let good = json!({"items": [item(200), item(409), gone, item(400)]});
        settle(&good, &[1, 2, 3, 4], &mut refused).unwrap();
        assert_eq!(refused, [Poison { id: 4, reason: "t: r".into() }]);
        for status in [429, 503, 404] {
            let later = settle(&json!({"items": [item(status)]}), &[1], &mut refused);
            assert!(matches!(later, Err(ClusterError::Away(_))), "{status}");
        }
        assert!(matches!(settle(&json!({}), &[1], &mut refused), Err(ClusterError::Garbled(_))));
        let closed = json!({"index": {"status": 400, "error": {"type": "index_closed_exception"}}});
        assert!(settle(&json!({"items": [closed]}), &[1], &mut refused).is_err());
    }
}
