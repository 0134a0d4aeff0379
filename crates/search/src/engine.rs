//! What an engine can do. The lake implements it, and so can OpenSearch.
use crate::ast::Query;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use model::{
    Micros, Severity,
    event::Event,
    explore::{EventRow, FieldInfo, Histogram, TopValues},
};

/// Which events of which tenant. Times are half-open: `from <= time < to`.
#[derive(Clone, Debug)]
pub struct Select {
    pub tenant: String,
    pub query: Query,
    pub from: Option<Micros>,
    pub to: Option<Micros>,
    pub severity: Vec<Severity>,
    /// Names, or prefixes ending in `*`; empty means all.
    pub datasets: Vec<String>,
}

impl Select {
    pub fn all(tenant: &str) -> Self {
        Self {
            tenant: tenant.into(),
            query: Query::All,
            from: None,
            to: None,
            severity: Vec::new(),
            datasets: Vec::new(),
        }
    }
}

/// Where a page ended: newest first by time, then id. The next page starts strictly after it, whatever arrived meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct After {
    pub time: Micros,
    pub id: i64,
}

impl After {
    /// Opaque text for clients.
    pub fn encode(self) -> String {
        format!("{}.{}", self.time.0, self.id)
    }

    pub fn decode(text: &str) -> Option<Self> {
        let (time, id) = text.split_once('.')?;
        Some(Self { time: Micros(time.parse().ok()?), id: id.parse().ok()? })
    }
}

/// How big the engine is, and how it feels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EngineStats {
    pub events: i64,
    pub head_events: i64,
    pub parts: i64,
    pub bytes: i64,
    pub quarantined: i64,
}

#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The query asks for something that the engine refuses, with a sentence for the person who typed it.
    #[error("{0}")]
    Refused(String),
    /// It took longer or touched more than one query may.
    #[error("the query looked at more than it may; narrow the time range or the data sets")]
    TooExpensive,
    /// The engine does not answer.
    #[error("the event store does not answer: {0}")]
    Unavailable(String),
}

pub type Answer<'a, T> = BoxFuture<'a, Result<T, SearchError>>;

/// Reads see every event whose `append` returned before, and each exactly once, while parts are written and merged.
pub trait SearchEngine: Send + Sync {
    /// Newest first; `limit` rows at most, starting after `after`.
    fn page<'a>(
        &'a self,
        select: &'a Select,
        after: Option<After>,
        limit: usize,
    ) -> Answer<'a, Vec<EventRow>>;
    /// Time of the oldest event that matches; `None` when none does.
    fn oldest<'a>(&'a self, select: &'a Select) -> Answer<'a, Option<Micros>>;
    fn count<'a>(&'a self, select: &'a Select) -> Answer<'a, i64>;
    /// In the order of the ids asked for; ids that are not there are left out.
    fn get<'a>(&'a self, tenant: &'a str, ids: &'a [i64]) -> Answer<'a, Vec<EventRow>>;
    /// Slices of `interval` microseconds aligned to it, from the first to the last that matches (or the select's bounds).
    fn histogram<'a>(&'a self, select: &'a Select, interval: i64) -> Answer<'a, Histogram>;
    /// `field` is canonical. A list counts once for each of its values.
    fn top_values<'a>(
        &'a self,
        select: &'a Select,
        field: &'a str,
        size: usize,
    ) -> Answer<'a, TopValues>;
    fn fields<'a>(&'a self, tenant: &'a str) -> Answer<'a, Vec<FieldInfo>>;
    /// Arrow batches of the columns asked for, strings dictionary-encoded, in no order.
    fn scan<'a>(
        &'a self,
        select: &'a Select,
        columns: &'a [String],
    ) -> BoxStream<'a, Result<arrow_array::RecordBatch, SearchError>>;
    /// Makes journalled events searchable. They have ids. Appending an id again changes nothing.
    fn append<'a>(&'a self, events: &'a [Event]) -> Answer<'a, ()>;
    fn stats(&self) -> EngineStats;
}
