//! The lake as a search engine.
use crate::lake::Lake;
use arrow_array::RecordBatch;
use futures::StreamExt;
use futures::stream::BoxStream;
use model::Micros;
use model::event::Event;
use model::explore::{EventRow, FieldInfo, Histogram, TopValues};
use search::engine::{After, Answer, EngineStats, SearchEngine, SearchError, Select};

impl SearchEngine for Lake {
    fn page<'a>(
        &'a self,
        select: &'a Select,
        after: Option<After>,
        limit: usize,
    ) -> Answer<'a, Vec<EventRow>> {
        Box::pin(async move { Ok(self.me()?.do_page(select, after, limit).await?) })
    }

    fn oldest<'a>(&'a self, select: &'a Select) -> Answer<'a, Option<Micros>> {
        Box::pin(async move { Ok(self.me()?.do_oldest(select).await?) })
    }

    fn count<'a>(&'a self, select: &'a Select) -> Answer<'a, i64> {
        Box::pin(async move { Ok(self.me()?.do_count(select).await?) })
    }

    fn get<'a>(&'a self, tenant: &'a str, ids: &'a [i64]) -> Answer<'a, Vec<EventRow>> {
        Box::pin(async move { Ok(self.me()?.do_get(tenant, ids).await?) })
    }

    fn histogram<'a>(&'a self, select: &'a Select, interval: i64) -> Answer<'a, Histogram> {
        Box::pin(async move { self.me()?.do_histogram(select, interval).await })
    }

    fn top_values<'a>(
        &'a self,
        select: &'a Select,
        field: &'a str,
        size: usize,
    ) -> Answer<'a, TopValues> {
        Box::pin(async move { Ok(self.me()?.do_top(select, field, size).await?) })
    }

    fn fields<'a>(&'a self, tenant: &'a str) -> Answer<'a, Vec<FieldInfo>> {
        Box::pin(async move { Ok(self.me()?.do_fields(tenant).await?) })
    }

    fn scan<'a>(
        &'a self,
        select: &'a Select,
        columns: &'a [String],
    ) -> BoxStream<'a, Result<RecordBatch, SearchError>> {
        match self.me() {
            Ok(me) => me.do_scan(select, columns),
            Err(e) => futures::stream::once(async move { Err(e.into()) }).boxed(),
        }
    }

    /// Without a journal: the events are durable at the next flush.
    fn append<'a>(&'a self, events: &'a [Event]) -> Answer<'a, ()> {
        Box::pin(async move { Ok(self.append_block(self.next_seq(), events)?) })
    }

    fn stats(&self) -> EngineStats {
        self.engine_stats()
    }
}
