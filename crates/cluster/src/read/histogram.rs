//! Counts per slice of time and severity.
use super::{cut::Cut, of};
use crate::bracket;
use crate::dsl::Dsl;
use crate::engine::Cluster;
use crate::names::{self, ODD_TIME};
use model::explore::Histogram;
use model::{Micros, Severity, fieldmap};
use search::engine::{SearchError, Select};
use search::{naive, slices};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Slices of one request: five severities each stay below OpenSearch's bound of 65,535 buckets.
const AT_ONCE: i64 = 8_000;

type Counts = BTreeMap<i64, [i64; 5]>;

impl Cluster {
    pub(crate) async fn do_histogram(
        &self,
        select: &Select,
        interval: i64,
    ) -> Result<Histogram, SearchError> {
        if interval < 1 || interval % 1000 > 0 {
            return Err(SearchError::Refused(
                "the width of a slice must be whole milliseconds, and not nothing".into(),
            ));
        }
        let slot = |t: Micros| t.0.div_euclid(interval);
        let oldest = match select.from {
            Some(t) => Some(t),
            None => self.do_oldest(select).await?,
        };
        let newest = match select.to {
            Some(t) => Some(t.plus(-1)),
            None => self.do_page(select, None, 1).await?.first().map(|e| e.time),
        };
        let (Some(first), Some(last)) = (oldest.map(slot), newest.map(slot)) else {
            return Ok(Histogram { interval, ..Default::default() });
        };
        slices::check(first, last)?;
        let bracket = of(select);
        let mut counts = Counts::new();
        let plain = Dsl::and([bracket.certain.clone(), bracket::odd(ODD_TIME).not()]);
        let mut from = first;
        while from <= last {
            let to = (from + AT_ONCE).min(last + 1);
            self.slices(&plain, from, to, interval, &mut counts).await?;
            from = to;
        }
        let odd = Dsl::and([bracket.certain.clone(), bracket::odd(ODD_TIME)]);
        self.walk(&Dsl::or([bracket.open(), odd]), &Cut::of(select, []), |e| {
            if naive::selects(select, &e) {
                counts.entry(slot(e.time)).or_default()[e.severity as usize] += 1;
            }
        })
        .await?;
        let total = counts.values().flatten().sum();
        let buckets = slices::buckets(interval, first..=last, |s| counts.get(&s).copied());
        Ok(Histogram { interval, buckets, total })
    }

    /// Adds the slices `from..to`.
    async fn slices(
        &self,
        query: &Dsl,
        from: i64,
        to: i64,
        interval: i64,
        counts: &mut Counts,
    ) -> Result<(), SearchError> {
        if *query == Dsl::None {
            return Ok(());
        }
        let mut ends: Map<String, Value> = Map::new();
        ends.insert("gte".into(), from.saturating_mul(interval).into());
        ends.insert("lt".into(), to.saturating_mul(interval).into());
        let within = Dsl::and([query.clone(), Dsl::range(names::TIME, ends)]);
        let body = json!({
            "size": 0, "query": within.json(), "track_total_hits": false,
            "aggs": {"time": {
                "date_histogram": {"field": fieldmap::TIME, "fixed_interval": format!("{}ms", interval / 1000), "min_doc_count": 1},
                "aggs": {"severity": {"terms": {"field": fieldmap::SEVERITY, "size": 5}}},
            }},
        });
        let answer = self.search(&body).await?;
        for b in answer["aggregations"]["time"]["buckets"].as_array().into_iter().flatten() {
            let at = b["key"].as_i64().unwrap_or_default().saturating_mul(1000);
            let slice = counts.entry(at.div_euclid(interval)).or_default();
            for s in b["severity"]["buckets"].as_array().into_iter().flatten() {
                let rank = s["key"].as_str().and_then(Severity::parse).unwrap_or_default();
                slice[rank as usize] += s["doc_count"].as_i64().unwrap_or_default();
            }
        }
        Ok(())
    }
}
