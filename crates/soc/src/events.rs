//! Searching stored events.
use crate::{Soc, fault};
use backend::{EventsBackend, Reply};
use model::{
    Caller, FieldError, Permission, Problem,
    explore::{EventPage, EventQuery, EventRow, FieldInfo, Histogram, TopValues},
    page::{DEFAULT_PAGE, MAX_PAGE},
};
use search::{
    ast::Query,
    engine::{After, Select},
    lucene,
};
use std::{ops::Range, time::Duration};

/// Slices a histogram has at most.
const MAX_BUCKETS: u32 = 500;
/// Values a list of the most frequent has at most.
const MAX_VALUES: u32 = 100;

/// The query's place in the text is in the code, so that a page can mark it: `span:START:END` in bytes.
fn bad_query(e: lucene::ParseError) -> Problem {
    let Range { start, end } = e.span.clone();
    let mut text = format!("{} (at character {})", e.message, start + 1);
    if !e.hint.is_empty() {
        text = format!("{text}. {}", e.hint);
    }
    let fault = FieldError {
        pointer: "/query".into(),
        code: format!("span:{start}:{end}"),
        message: text.clone(),
    };
    Problem { errors: vec![fault], ..Problem::bad_query(text) }
}

pub(crate) fn select(tenant: &str, q: &EventQuery) -> Result<Select, Problem> {
    if let (Some(from), Some(to)) = (q.from, q.to)
        && from > to
    {
        return Err(Problem::field("from", "order", "must not be after the end"));
    }
    let query = if q.query.trim().is_empty() {
        Query::All
    } else {
        lucene::parse(&q.query).map_err(bad_query)?
    };
    Ok(Select {
        tenant: tenant.into(),
        query,
        from: q.from,
        to: q.to,
        severity: q.severity.clone(),
        datasets: q.dataset.clone(),
    })
}

fn limit(asked: i64) -> usize {
    let n = if asked <= 0 { DEFAULT_PAGE } else { asked.min(MAX_PAGE) };
    usize::try_from(n).unwrap_or(100)
}

impl EventsBackend for Soc {
    fn events<'a>(&'a self, who: &'a Caller, query: EventQuery) -> Reply<'a, EventPage> {
        Box::pin(async move {
            who.require(Permission::SearchEvents)?;
            let after = match query.cursor.as_deref() {
                None | Some("") => None,
                Some(text) => Some(
                    After::decode(text)
                        .ok_or_else(|| Problem::field("cursor", "unknown", "is not one of ours"))?,
                ),
            };
            let begun = (self.clock)();
            let select = select(&who.tenant, &query)
                .inspect_err(|_| measure::query(Duration::ZERO, Some("SYNTAX_ERROR")))?;
            let limit = limit(query.limit);
            let found = async {
                let events = self.engine.page(&select, after, limit).await?;
                let total =
                    if after.is_none() { Some(self.engine.count(&select).await?) } else { None };
                Ok((events, total))
            };
            let found = found.await;
            let took = Duration::from_micros((self.clock)().since(begun).max(0).unsigned_abs());
            measure::query(took, found.as_ref().err().map(|_| "ENGINE_ERROR"));
            let (events, total) = found.map_err(fault::search)?;
            let full = events.len() == limit;
            let next =
                events.last().filter(|_| full).map(|e| After { time: e.time, id: e.id }.encode());
            Ok(EventPage { events, next, total, took_ms: (self.clock)().since(begun) / 1000 })
        })
    }

    fn event<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, EventRow> {
        Box::pin(async move {
            who.require(Permission::SearchEvents)?;
            let mut found = self.engine.get(&who.tenant, &[id]).await.map_err(fault::search)?;
            found.pop().ok_or_else(|| Problem::not_found("Event not found"))
        })
    }

    fn histogram<'a>(
        &'a self,
        who: &'a Caller,
        query: EventQuery,
        buckets: u32,
    ) -> Reply<'a, Histogram> {
        Box::pin(async move {
            who.require(Permission::SearchEvents)?;
            let mut select = select(&who.tenant, &query)?;
            // without bounds the newest and the oldest match give them
            let newest = self.engine.page(&select, None, 1).await.map_err(fault::search)?;
            let Some(newest) = newest.first() else { return Ok(Histogram::default()) };
            let to = select.to.unwrap_or(newest.time.plus(1));
            let from = match select.from {
                Some(t) => t,
                None => {
                    self.engine.oldest(&select).await.map_err(fault::search)?.unwrap_or(newest.time)
                }
            };
            let interval = nice(to.since(from) / i64::from(buckets.clamp(1, MAX_BUCKETS)));
            (select.from, select.to) = (Some(from), Some(to));
            self.engine.histogram(&select, interval).await.map_err(fault::search)
        })
    }

    fn top_values<'a>(
        &'a self,
        who: &'a Caller,
        query: EventQuery,
        field: String,
        size: u32,
    ) -> Reply<'a, TopValues> {
        Box::pin(async move {
            who.require(Permission::SearchEvents)?;
            let (select, field) =
                (select(&who.tenant, &query)?, model::fieldmap::canonical(&field).into_owned());
            self.engine
                .top_values(&select, &field, size.clamp(1, MAX_VALUES) as usize)
                .await
                .map_err(fault::search)
        })
    }

    fn fields<'a>(&'a self, who: &'a Caller) -> Reply<'a, Vec<FieldInfo>> {
        Box::pin(async move {
            who.require(Permission::SearchEvents)?;
            self.engine.fields(&who.tenant).await.map_err(fault::search)
        })
    }
}

/// The next width that people read easily: 1, 2, 5, 10, 15, 30 of a unit.
fn nice(micros: i64) -> i64 {
    use model::time::{DAY, HOUR, MINUTE, SECOND};
    const STEPS: [i64; 24] = [
        1_000,
        10_000,
        100_000,
        SECOND,
        2 * SECOND,
        5 * SECOND,
        10 * SECOND,
        15 * SECOND,
        30 * SECOND,
        MINUTE,
        2 * MINUTE,
        5 * MINUTE,
        10 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        HOUR,
        2 * HOUR,
        3 * HOUR,
        6 * HOUR,
        12 * HOUR,
        DAY,
        7 * DAY,
        30 * DAY,
        365 * DAY,
    ];
    STEPS.into_iter().find(|s| *s >= micros).unwrap_or(10 * 365 * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::time::{DAY, HOUR, MINUTE};

    #[test]
    fn slices_have_readable_widths_and_never_more_than_asked() {
        for (span, buckets) in [(HOUR, 60), (DAY, 48), (7 * DAY, 60), (3 * 365 * DAY, 60)] {
            let width = nice(span / buckets);
            assert!(span / width <= buckets, "{span} in {buckets}");
        }
        assert_eq!(nice(MINUTE), MINUTE);
        assert_eq!(nice(0), 1_000);
    }

    #[test]
    fn a_wrong_query_says_where() {
        let q = EventQuery { query: "host.name:(a OR".into(), ..Default::default() };
        let p = select("t", &q).unwrap_err();
        assert_eq!((p.status, p.code.as_str()), (400, "bad_query"));
        assert!(p.errors[0].code.starts_with("span:"), "{:?}", p.errors);
    }
}
