//! The page's query: how far back it looks, and whose minutes it draws.
use crate::{i18n::t_of, url::Query};
use model::{
    pipeline::{AGENT, API, OTHER, PipelineQuery, PipelineSource, REPLAY, SeriesOf},
    time::{HOUR, MINUTE},
};

pub(super) const PATH: &str = "/pipeline";

/// Times that the page offers, as they stand in the address, and their length.
pub(super) const RANGES: [(&str, i64); 4] =
    [("15m", 15 * MINUTE), ("1h", HOUR), ("6h", 6 * HOUR), ("24h", 24 * HOUR)];

/// Shown when the address says none, or one that is not offered.
const USUAL: (&str, i64) = RANGES[1];

fn range(query: &Query) -> (&'static str, i64) {
    let wanted = query.get("last").unwrap_or_default();
    RANGES.into_iter().find(|(name, _)| *name == wanted).unwrap_or(USUAL)
}

pub(super) fn range_name(query: &Query) -> &'static str {
    range(query).0
}

/// Without a choice the first source of the list is drawn, which is a silent one if there is any.
pub(super) fn asked(query: &Query) -> PipelineQuery {
    let series = match query.get("source").map(str::trim).filter(|s| !s.is_empty()) {
        Some(id) => SeriesOf::One(id.to_owned()),
        None => SeriesOf::First,
    };
    PipelineQuery { last: Some(range(query).1), series, ..PipelineQuery::default() }
}

/// What a source is called here.
pub(super) fn name_of(kind: &str, name: &str) -> String {
    match kind {
        API | REPLAY | OTHER => t_of("pipeline.own", kind),
        AGENT => name.strip_prefix("agent:").unwrap_or(name).to_owned(),
        _ => name.to_owned(),
    }
}

/// A word of `pipeline.state`, and the glyph that goes with it.
pub(super) fn state_of(s: &PipelineSource) -> (&'static str, &'static str) {
    match (s.silent_for_minutes, s.expected_per_minute) {
        (Some(_), _) => ("silent", "bad"),
        _ if s.sample => ("sample", "off"),
        _ if s.kind == REPLAY || s.kind == OTHER => ("unwatched", "off"),
        (None, None) => ("unknown", "off"),
        (None, Some(_)) => ("ok", "ok"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_known_time_asks_for_an_hour() {
        for (query, span) in [
            (Query::new(), HOUR),
            (Query::new().with("last", "7y"), HOUR),
            (Query::new().with("last", "24h"), 24 * HOUR),
        ] {
            assert_eq!(asked(&query).last, Some(span), "{query:?}");
        }
        assert_eq!(asked(&Query::new().with("source", " ")).series, SeriesOf::First);
        let one = asked(&Query::new().with("source", "zeek:edge 1")).series;
        assert_eq!(one, SeriesOf::One("zeek:edge 1".into()));
    }

    #[test]
    fn silence_is_told_before_anything_else() {
        let s = PipelineSource { kind: "zeek".into(), ..Default::default() };
        assert_eq!(state_of(&s).0, "unknown");
        let known = PipelineSource { expected_per_minute: Some(4), ..s.clone() };
        assert_eq!(state_of(&known).0, "ok");
        let silent = PipelineSource { silent_for_minutes: Some(9), ..known };
        assert_eq!(state_of(&silent), ("silent", "bad"));
        let sample = PipelineSource { sample: true, ..s.clone() };
        let replay = PipelineSource { kind: REPLAY.into(), ..s };
        assert_eq!((state_of(&sample).0, state_of(&replay).0), ("sample", "unwatched"));
    }
}
