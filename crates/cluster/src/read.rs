//! Asking: what the reads share.
use crate::bracket::{self, Bracket};
use crate::decode;
use crate::dsl::Dsl;
use crate::engine::Cluster;
use crate::error::ClusterError;
use crate::names::{EVENTS, TIME};
use model::event::Event;
use model::fieldmap;
use opensearch::http::Method;
use search::engine::Select;
use search::naive;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

mod count;
mod cut;
mod fields;
mod histogram;
mod page;
mod scan;
mod top;

use cut::Cut;

/// Events fetched in one request.
const STRIDE: usize = 1000;
/// The same where the records come too, which may be large.
const WHOLE: usize = 200;
/// Pauses before a search is tried again: the shard of an index that was just made starts within a moment, and another node may
/// answer where one is away.
const SHARD_STARTS: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(300), Duration::from_millis(800)];

/// In the order of pages: newest first, or oldest first. An index without events may lack the fields.
fn order(newest_first: bool) -> Value {
    let way = if newest_first { "desc" } else { "asc" };
    json!([
        {TIME: {"order": way, "unmapped_type": "long"}},
        {fieldmap::ID: {"order": way, "unmapped_type": "long"}},
    ])
}

/// Time and id: where a hit stands.
type Place = (i64, i64);

/// Which copies of the shards answer. One copy may know of an event before another does, so pages that follow each other ask the
/// same ones.
struct Copies(String);

impl Copies {
    /// Others than last time, where there are several.
    fn some() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(format!("eventsec-{}", NEXT.fetch_add(1, Ordering::Relaxed)))
    }
}

impl Cluster {
    /// Searches all of this installation's events. Part of an answer is no answer.
    async fn search(&self, body: &Value) -> Result<Value, ClusterError> {
        self.search_copy(body, None).await
    }

    /// The same on the copies of the shards that `copy` stands for.
    async fn search_copy(&self, body: &Value, copy: Option<&str>) -> Result<Value, ClusterError> {
        let path = format!("/{}/_search", self.client.named(EVENTS));
        let mut query = vec![
            ("ignore_unavailable", "true"),
            ("allow_no_indices", "true"),
            ("allow_partial_search_results", "false"),
        ];
        query.extend(copy.map(|c| ("preference", c)));
        let mut pauses = SHARD_STARTS.iter();
        loop {
            match self.client.ask(Method::Post, &path, &query, Some(body)).await {
                Err(ClusterError::Away(e)) if !e.contains("timed out") => match pauses.next() {
                    Some(pause) => tokio::time::sleep(*pause).await,
                    None => return Err(ClusterError::Away(e)),
                },
                answer => return whole(answer?),
            }
        }
    }

    /// Events that the query finds, in order, strictly after a place. `source` says what of them is fetched, if not all.
    async fn hits(
        &self,
        query: &Dsl,
        newest_first: bool,
        after: Option<Place>,
        size: usize,
        copy: &Copies,
        source: Option<&Value>,
    ) -> Result<Vec<Event>, ClusterError> {
        if *query == Dsl::None || size == 0 {
            return Ok(Vec::new());
        }
        let mut body = json!({
            "size": size, "query": query.json(), "sort": order(newest_first), "track_total_hits": false,
        });
        if let Some((time, id)) = after {
            body["search_after"] = json!([time, id]);
        }
        if let Some(source) = source {
            body["_source"] = source.clone();
        }
        events(&self.search_copy(&body, Some(&copy.0)).await?)
    }

    /// Calls `each` with the events of the query one by one, each once, as far as `cut` has them. No more than may be judged.
    ///
    /// Pages follow each other by place and nothing is held open meanwhile: a view of one moment would cost a context on every
    /// shard, and a node has a few hundred of them (`search.max_open_pit_context`), which two indexes a day use up in months.
    /// Events never change, so what was there at the beginning is met once; of what arrives later some may be met too.
    async fn walk(
        &self,
        query: &Dsl,
        cut: &Cut,
        mut each: impl FnMut(Event) + Send,
    ) -> Result<(), ClusterError> {
        let (mut seen, mut after, copy) = (0, None, Copies::some());
        loop {
            let found = self.hits(query, true, after, cut.stride, &copy, Some(&cut.source)).await?;
            let Some(last) = found.last() else { return Ok(()) };
            after = Some((last.time.0, last.id));
            seen += found.len();
            if seen > self.client.config.judged {
                return Err(ClusterError::TooExpensive);
            }
            let full = found.len() == cut.stride;
            found.into_iter().for_each(&mut each);
            if !full {
                return Ok(());
            }
        }
    }

    /// The events between the two sides that match.
    async fn judge(
        &self,
        bracket: &Bracket,
        select: &Select,
        mut each: impl FnMut(Event) + Send,
    ) -> Result<(), ClusterError> {
        self.walk(&bracket.open(), &Cut::of(select, []), |e| {
            if naive::selects(select, &e) {
                each(e);
            }
        })
        .await
    }
}

/// The answer, if it is one to a search and nothing is missing in it.
pub(crate) fn whole(answer: Value) -> Result<Value, ClusterError> {
    let failed = answer["_shards"]["failed"].as_i64();
    let Some(failed) = failed.filter(|_| answer["hits"]["hits"].is_array()) else {
        return Err(ClusterError::Garbled("it is no answer to a search".into()));
    };
    if failed > 0 || answer["timed_out"].as_bool() == Some(true) {
        return Err(ClusterError::Away(format!("{failed} shards did not answer")));
    }
    Ok(answer)
}

fn events(answer: &Value) -> Result<Vec<Event>, ClusterError> {
    let hits = answer["hits"]["hits"].as_array();
    hits.into_iter().flatten().map(|h| decode::event(&h["_source"])).collect()
}

pub(crate) fn total(answer: &Value) -> Result<i64, ClusterError> {
    let total = answer["hits"]["total"]["value"].as_i64();
    total.ok_or_else(|| ClusterError::Garbled("it does not say how many there are".into()))
}

fn of(select: &Select) -> Bracket {
    bracket::select(select)
}
