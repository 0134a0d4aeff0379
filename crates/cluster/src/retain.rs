//! Deleting what is past its time. A day's index is shared by tenants: it is dropped when all that have events in it let it go,
//! else a tenant's events are deleted one by one.
//!
//! Only indexes of a name that we make are ever touched, and one that holds documents of nobody (somebody else's) is never dropped.
//! Which days may still receive events is the caller's to know.
use crate::client::Client;
use crate::dsl::Dsl;
use crate::engine::Cluster;
use crate::error::ClusterError;
use crate::names::{self, TENANT};
use crate::read::{total, whole};
use crate::setup::LENIENT;
use model::retention::DataClass;
use opensearch::http::Method;
use serde_json::json;
use std::collections::BTreeMap;

/// Tenants that an index may have; beyond, nothing of it is deleted.
const TENANTS: usize = 10_000;
/// Events that one request deletes.
const STRIDE: i64 = 10_000;
/// Requests for one tenant's events of one day; what is left then goes in the next run.
const MOST_STRIDES: usize = 1_000;

/// What one tenant has in one day's index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Without the installation's prefix.
    pub index: String,
    pub class: DataClass,
    /// The day of receipt: `2026-11-21`.
    pub day: String,
    pub tenant: String,
    pub events: i64,
    /// Of the index, in proportion to its events.
    pub bytes: i64,
}

/// Whose events an index holds.
struct Held {
    by_tenant: BTreeMap<String, i64>,
    /// Documents of nobody.
    strange: i64,
}

impl Held {
    fn total(&self) -> i64 {
        self.by_tenant.values().sum::<i64>() + self.strange
    }
}

/// A part of the bytes, as large as a part of the events.
fn portion(bytes: i64, events: i64, of: i64) -> i64 {
    let part = i128::from(bytes) * i128::from(events) / i128::from(of.max(1));
    i64::try_from(part).unwrap_or(bytes)
}

impl Client {
    /// Whose events there are; `None` when there is no such index.
    async fn held(&self, index: &str) -> Result<Option<Held>, ClusterError> {
        let path = format!("/{}/_search", self.named(index));
        let body = json!({
            "size": 0, "track_total_hits": true,
            "aggs": {"tenants": {"terms": {"field": TENANT, "size": TENANTS}}},
        });
        let query = [("allow_partial_search_results", "false")];
        let answer = match self.ask(Method::Post, &path, &query, Some(&body)).await {
            Ok(answer) => whole(answer)?,
            Err(e) if e.is_no_index() => return Ok(None),
            Err(e) => return Err(e),
        };
        let tenants = &answer["aggregations"]["tenants"];
        let unsure = ["sum_other_doc_count", "doc_count_error_upper_bound"];
        if unsure.iter().any(|n| tenants[*n].as_i64() != Some(0)) {
            let text = format!("it does not name all tenants of {index}");
            return Err(ClusterError::Garbled(text));
        }
        let buckets = tenants["buckets"].as_array();
        let by_tenant: BTreeMap<String, i64> = buckets
            .into_iter()
            .flatten()
            .filter_map(|b| Some((b["key"].as_str()?.to_owned(), b["doc_count"].as_i64()?)))
            .collect();
        let strange = total(&answer)? - by_tenant.values().sum::<i64>();
        Ok(Some(Held { by_tenant, strange }))
    }
}

impl Cluster {
    /// What each tenant has in the indexes of days before the one that `before` says for their class, oldest first; of a class
    /// that is not in it, nothing.
    pub async fn shares(
        &self,
        before: &BTreeMap<DataClass, String>,
    ) -> Result<Vec<Share>, ClusterError> {
        if before.is_empty() {
            return Ok(Vec::new());
        }
        let path = format!("/{}/_stats/store", self.client.pattern());
        let stats = self.client.ask(Method::Get, &path, &LENIENT, None).await?;
        let mut shares = Vec::new();
        for (name, stats) in stats["indices"].as_object().into_iter().flatten() {
            let Some(index) = name.strip_prefix(&self.client.config.prefix) else { continue };
            let Some((class, day)) = names::dated(index) else { continue };
            if before.get(&class).is_none_or(|end| day >= *end) {
                continue;
            }
            let Some(held) = self.client.held(index).await? else { continue };
            let bytes = stats["primaries"]["store"]["size_in_bytes"].as_i64().unwrap_or_default();
            let all = held.total();
            shares.extend(held.by_tenant.into_iter().map(|(tenant, events)| Share {
                index: index.into(),
                class,
                day: day.clone(),
                tenant,
                events,
                bytes: portion(bytes, events, all),
            }));
        }
        shares.sort_by(|a, b| (&a.day, &a.index, &a.tenant).cmp(&(&b.day, &b.index, &b.tenant)));
        Ok(shares)
    }

    /// Deletes for good what these tenants have in these indexes. Answers the same with the numbers of events that OpenSearch
    /// deleted; what is not there any more is left out.
    pub async fn let_go(&self, shares: &[Share]) -> Result<Vec<Share>, ClusterError> {
        let mut by_index: BTreeMap<&str, Vec<&Share>> = BTreeMap::new();
        for share in shares.iter().filter(|s| names::dated(&s.index).is_some()) {
            by_index.entry(&share.index).or_default().push(share);
        }
        let mut gone = Vec::new();
        for (index, shares) in by_index {
            // what was written in the last second counts too
            let path = format!("/{}/_refresh", self.client.named(index));
            self.client.ask(Method::Post, &path, &LENIENT, None).await?;
            let Some(held) = self.client.held(index).await? else { continue };
            let goes = |tenant: &String| shares.iter().any(|s| s.tenant == *tenant);
            let all = held.strange == 0 && held.by_tenant.keys().all(goes);
            if all {
                self.drop_index(&self.client.named(index)).await?;
                tracing::info!(
                    index,
                    events = held.total(),
                    "a day that everybody lets go is deleted"
                );
            }
            for share in shares {
                let events = match held.by_tenant.get(&share.tenant) {
                    None => continue,
                    Some(n) if all => *n,
                    Some(_) => self.delete_of(index, &share.tenant).await?,
                };
                gone.push(Share { events, ..share.clone() });
            }
        }
        Ok(gone)
    }

    /// Deletes a tenant's events in an index that stays. Answers how many.
    async fn delete_of(&self, index: &str, tenant: &str) -> Result<i64, ClusterError> {
        let path = format!("/{}/_delete_by_query", self.client.named(index));
        let most = STRIDE.to_string();
        let query = [
            ("conflicts", "proceed"),
            ("slices", "auto"),
            ("wait_for_completion", "true"),
            ("refresh", "true"),
            ("max_docs", most.as_str()),
        ];
        let body = json!({"query": Dsl::term(TENANT, tenant).json()});
        let mut deleted = 0;
        for _ in 0..MOST_STRIDES {
            let answer = match self.client.work(Method::Post, &path, &query, &body).await {
                Err(e) if e.is_no_index() => break,
                other => other?,
            };
            let Some(n) = answer["deleted"].as_i64() else {
                return Err(ClusterError::Garbled("it does not say how many it deleted".into()));
            };
            deleted += n;
            if let Some(why) = answer["failures"].as_array().and_then(|f| f.first()) {
                return Err(ClusterError::Away(format!("{index} keeps events of {tenant}: {why}")));
            }
            // nothing was left, or others delete the same
            if n == 0 {
                break;
            }
        }
        tracing::info!(index, tenant, events = deleted, "a tenant's events of a day are deleted");
        Ok(deleted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_do_not_overflow() {
        assert_eq!(portion(1_000, 1, 4), 250);
        assert_eq!(portion(i64::MAX, i64::MAX / 2, i64::MAX - 1), i64::MAX / 2);
        assert_eq!(portion(5, 0, 0), 0);
    }
}
