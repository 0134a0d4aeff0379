//! Which fields stored events have.
use crate::dsl::Dsl;
use crate::engine::Cluster;
use crate::error::ClusterError;
use crate::names::{NAMES, TENANT};
use model::explore::FieldInfo;
use model::fieldmap;
use serde_json::json;
use std::collections::BTreeSet;

/// Names that are listed; a tenant with more has made them from data.
const MAX_NAMES: usize = 10_000;

impl Cluster {
    pub(crate) async fn do_fields(&self, tenant: &str) -> Result<Vec<FieldInfo>, ClusterError> {
        let body = json!({
            "size": 0, "query": Dsl::term(TENANT, tenant).json(), "track_total_hits": 1,
            "aggs": {"names": {"terms": {"field": NAMES, "size": MAX_NAMES}}},
        });
        let answer = self.search(&body).await?;
        if super::total(&answer)? == 0 {
            return Ok(Vec::new());
        }
        let buckets = answer["aggregations"]["names"]["buckets"].as_array();
        let mut names: BTreeSet<String> = buckets
            .into_iter()
            .flatten()
            .filter_map(|b| b["key"].as_str().map(Into::into))
            .collect();
        // an event may lack one of these; people may still ask for it
        names.extend(fieldmap::CORE.map(Into::into));
        let info = |name: String| FieldInfo { kind: fieldmap::kind(&name).as_str().into(), name };
        Ok(names.into_iter().map(info).collect())
    }
}
