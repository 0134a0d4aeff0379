//! How many events match.
use super::{of, total};
use crate::dsl::Dsl;
use crate::engine::Cluster;
use crate::error::ClusterError;
use search::engine::Select;
use serde_json::json;

impl Cluster {
    pub(crate) async fn do_count(&self, select: &Select) -> Result<i64, ClusterError> {
        let bracket = of(select);
        let mut n = self.number(&bracket.certain).await?;
        self.judge(&bracket, select, |_| n += 1).await?;
        Ok(n)
    }

    pub(super) async fn number(&self, query: &Dsl) -> Result<i64, ClusterError> {
        if *query == Dsl::None {
            return Ok(0);
        }
        let body = json!({"size": 0, "query": query.json(), "track_total_hits": true});
        total(&self.search(&body).await?)
    }
}
