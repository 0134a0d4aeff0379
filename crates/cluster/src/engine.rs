//! OpenSearch as a search engine.
use crate::client::Client;
use crate::config::Config;
use crate::error::ClusterError;
use crate::setup::LENIENT;
use arrow_array::RecordBatch;
use futures::stream::BoxStream;
use model::Micros;
use model::event::Event;
use model::explore::{EventRow, FieldInfo, Histogram, TopValues};
use opensearch::http::Method;
use parking_lot::Mutex;
use search::engine::{After, Answer, EngineStats, SearchEngine, SearchError, Select};
use std::collections::HashSet;

/// What is read of the sizes of all indexes. Where there is none, there are shards all the same: none of them.
const SIZES: &str = "_shards.total,_all.primaries,indices.*.primaries.docs.count";

/// Cheap to share; holds no state but caches.
pub struct Cluster {
    pub(crate) client: Client,
    /// Indexes that exist, as far as this process knows.
    pub(crate) seen: Mutex<HashSet<String>>,
    stats: Mutex<EngineStats>,
}

impl Cluster {
    /// Connects to nothing yet: [`Client::prepare`] does.
    pub fn new(config: Config) -> Result<Self, ClusterError> {
        Ok(Self { client: Client::new(config)?, seen: Mutex::default(), stats: Mutex::default() })
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Asks OpenSearch how big it is; [`SearchEngine::stats`] answers what was seen last.
    pub async fn look(&self) -> Result<(), ClusterError> {
        let path = format!("/{}/_stats/docs,store", self.client.pattern());
        let query = [LENIENT[0], LENIENT[1], ("filter_path", SIZES)];
        let answer = self.client.ask(Method::Get, &path, &query, None).await?;
        if answer["_shards"]["total"].as_i64().is_none() {
            return Err(ClusterError::Garbled("it says nothing of sizes".into()));
        }
        let all = &answer["_all"]["primaries"];
        *self.stats.lock() = EngineStats {
            events: all["docs"]["count"].as_i64().unwrap_or_default(),
            head_events: 0,
            parts: answer["indices"].as_object().map_or(0, |i| i.len() as i64),
            bytes: all["store"]["size_in_bytes"].as_i64().unwrap_or_default(),
            quarantined: 0,
        };
        Ok(())
    }
}

impl SearchEngine for Cluster {
    fn page<'a>(
        &'a self,
        select: &'a Select,
        after: Option<After>,
        limit: usize,
    ) -> Answer<'a, Vec<EventRow>> {
        Box::pin(async move { Ok(self.do_page(select, after, limit).await?) })
    }

    fn oldest<'a>(&'a self, select: &'a Select) -> Answer<'a, Option<Micros>> {
        Box::pin(async move { Ok(self.do_oldest(select).await?) })
    }

    fn count<'a>(&'a self, select: &'a Select) -> Answer<'a, i64> {
        Box::pin(async move { Ok(self.do_count(select).await?) })
    }

    fn get<'a>(&'a self, tenant: &'a str, ids: &'a [i64]) -> Answer<'a, Vec<EventRow>> {
        Box::pin(async move { Ok(self.do_get(tenant, ids).await?) })
    }

    fn histogram<'a>(&'a self, select: &'a Select, interval: i64) -> Answer<'a, Histogram> {
        Box::pin(self.do_histogram(select, interval))
    }

    fn top_values<'a>(
        &'a self,
        select: &'a Select,
        field: &'a str,
        size: usize,
    ) -> Answer<'a, TopValues> {
        Box::pin(async move { Ok(self.do_top(select, field, size).await?) })
    }

    fn fields<'a>(&'a self, tenant: &'a str) -> Answer<'a, Vec<FieldInfo>> {
        Box::pin(async move { Ok(self.do_fields(tenant).await?) })
    }

    fn scan<'a>(
        &'a self,
        select: &'a Select,
        columns: &'a [String],
    ) -> BoxStream<'a, Result<RecordBatch, SearchError>> {
        self.do_scan(select, columns)
    }

    /// Searchable after the next refresh, within about a second.
    fn append<'a>(&'a self, events: &'a [Event]) -> Answer<'a, ()> {
        Box::pin(async move {
            let done = self.index(events).await?;
            match done.poison.first() {
                None => Ok(()),
                Some(p) => Err(SearchError::Refused(format!("event {}: {}", p.id, p.reason))),
            }
        })
    }

    fn stats(&self) -> EngineStats {
        self.stats.lock().clone()
    }
}
