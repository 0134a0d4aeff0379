//! Events in order, and single ones.
use super::{Copies, STRIDE, WHOLE, of};
use crate::dsl::Dsl;
use crate::engine::Cluster;
use crate::error::ClusterError;
use crate::names::TENANT;
use model::Micros;
use model::event::Event;
use model::explore::EventRow;
use model::fieldmap;
use search::engine::{After, Select};
use search::naive;
use std::collections::HashMap;

/// Ids in one request.
const IDS: usize = 1000;

impl Cluster {
    pub(crate) async fn do_page(
        &self,
        select: &Select,
        after: Option<After>,
        limit: usize,
    ) -> Result<Vec<EventRow>, ClusterError> {
        let after = after.map(|a| (a.time.0, a.id));
        let found = self.first(select, true, after, limit).await?;
        Ok(found.iter().map(EventRow::from).collect())
    }

    pub(crate) async fn do_oldest(&self, select: &Select) -> Result<Option<Micros>, ClusterError> {
        Ok(self.first(select, false, None, 1).await?.first().map(|e| e.time))
    }

    /// The first that match. Where the bracket is open, what is possible is gone through until enough is found.
    async fn first(
        &self,
        select: &Select,
        newest_first: bool,
        mut after: Option<(i64, i64)>,
        limit: usize,
    ) -> Result<Vec<Event>, ClusterError> {
        let bracket = of(select);
        let (mut found, mut judged, copy) = (Vec::new(), 0, Copies::some());
        while found.len() < limit {
            let size = if bracket.is_closed() {
                (limit - found.len()).min(STRIDE)
            } else {
                (limit * 2).clamp(20, WHOLE)
            };
            let some = self.hits(&bracket.possible, newest_first, after, size, &copy, None).await?;
            let Some(last) = some.last() else { break };
            after = Some((last.time.0, last.id));
            let full = some.len() == size;
            if bracket.is_closed() {
                found.extend(some);
            } else {
                judged += some.len();
                found.extend(some.into_iter().filter(|e| naive::selects(select, e)));
            }
            if !full {
                break;
            }
            if judged > self.client.config.judged {
                return Err(ClusterError::TooExpensive);
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    pub(crate) async fn do_get(
        &self,
        tenant: &str,
        ids: &[i64],
    ) -> Result<Vec<EventRow>, ClusterError> {
        let (mut found, copy) = (HashMap::new(), Copies::some());
        for some in ids.chunks(IDS) {
            let query = Dsl::and([
                Dsl::term(TENANT, tenant),
                Dsl::terms(fieldmap::ID, some.iter().map(|i| (*i).into()).collect()),
            ]);
            let hits = self.hits(&query, true, None, some.len(), &copy, None).await?;
            found.extend(hits.iter().map(|e| (e.id, EventRow::from(e))));
        }
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }
}
