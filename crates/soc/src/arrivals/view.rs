//! Puts together what the ledger holds into what is shown. Pure.
//!
//! Sources stand in an order that new records do not change, so that rows stay where they are while somebody looks: silent ones
//! first, samples last, else by name.
use super::{
    range::Span,
    rules::{Listening, Usual, watched},
};
use model::{
    Micros,
    pipeline::{PipelineCounts, PipelineGap, PipelinePoint, PipelineSource, SeriesOf, source_id},
};
use std::collections::{HashMap, HashSet};
use store::{IngestSlice, IngestSource};

/// A source's number, a minute, and the records received in it.
pub type Active = (i64, Micros, i64);
/// A source's number, and two active minutes with quiet ones between them.
pub type Break = (i64, Micros, Micros);

/// What is usual with each source that is watched and known well enough, by its number. `history` holds each source's rows
/// together, oldest first.
pub fn learn(sources: &[IngestSource], history: &[Active]) -> HashMap<i64, Usual> {
    let due: HashSet<i64> =
        sources.iter().filter(|s| watched(&s.kind, s.sample)).map(|s| s.id).collect();
    history
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|rows| {
            let id = rows.first()?.0;
            let active: Vec<(Micros, i64)> = rows.iter().map(|(_, at, n)| (*at, *n)).collect();
            due.contains(&id).then(|| Usual::learn(&active)).flatten().map(|usual| (id, usual))
        })
        .collect()
}

fn counts(s: &IngestSlice) -> PipelineCounts {
    PipelineCounts {
        received: s.stored + s.rejected + s.refused,
        stored: s.stored,
        rejected: s.rejected,
        refused: s.refused,
        repeated: s.repeated,
        bytes: s.bytes,
    }
}

fn series(span: &Span, slices: &[&IngestSlice]) -> Vec<PipelinePoint> {
    let there: HashMap<Micros, PipelineCounts> =
        slices.iter().map(|s| (s.start, counts(s))).collect();
    span.starts()
        .map(|start| PipelinePoint {
            start,
            counts: there.get(&start).copied().unwrap_or_default(),
        })
        .collect()
}

/// When somebody listened, and what time it is.
#[derive(Clone, Copy, Debug)]
pub struct Ears<'a> {
    pub listening: &'a [Listening],
    pub now: Micros,
}

fn source(
    s: &IngestSource,
    slices: &[&IngestSlice],
    usual: Option<&Usual>,
    ears: Ears<'_>,
) -> PipelineSource {
    let mut sum = PipelineCounts::default();
    slices.iter().for_each(|slice| sum.add(&counts(slice)));
    PipelineSource {
        id: source_id(&s.kind, &s.source, s.sample),
        name: s.source.clone(),
        kind: s.kind.clone(),
        sample: s.sample,
        counts: sum,
        first_seen: s.first_seen,
        last_seen: s.last_seen,
        last_event: slices.iter().filter_map(|slice| slice.last_event).max(),
        expected_per_minute: usual.map(|u| u.per_minute),
        silent_for_minutes: usual.and_then(|u| u.silent_for(s.last_seen, ears.listening, ears.now)),
        series: Vec::new(),
    }
}

/// All sources; those wanted with their series.
pub fn sources(
    known: &[IngestSource],
    slices: &[IngestSlice],
    usual: &HashMap<i64, Usual>,
    span: &Span,
    wanted: &SeriesOf,
    ears: Ears<'_>,
) -> Vec<PipelineSource> {
    let mut of: HashMap<i64, Vec<&IngestSlice>> = HashMap::new();
    for slice in slices {
        of.entry(slice.source_id).or_default().push(slice);
    }
    let none = Vec::new();
    let mut shown: Vec<(i64, PipelineSource)> = known
        .iter()
        .map(|s| (s.id, source(s, of.get(&s.id).unwrap_or(&none), usual.get(&s.id), ears)))
        .collect();
    shown.sort_by_cached_key(|(_, s)| {
        (s.silent_for_minutes.is_none(), s.sample, s.name.to_lowercase(), s.id.clone())
    });
    let is_wanted = |place: usize, id: &str| match wanted {
        SeriesOf::All => true,
        SeriesOf::First => place == 0,
        SeriesOf::One(one) => one == id,
    };
    shown
        .into_iter()
        .enumerate()
        .map(|(place, (number, mut s))| {
            if is_wanted(place, &s.id) {
                s.series = series(span, of.get(&number).unwrap_or(&none));
            }
            s
        })
        .collect()
}

/// Gaps that reach into the span, newest first.
pub fn gaps(
    known: &[IngestSource],
    breaks: &[Break],
    usual: &HashMap<i64, Usual>,
    span: &Span,
) -> Vec<PipelineGap> {
    let names: HashMap<i64, &IngestSource> = known.iter().map(|s| (s.id, s)).collect();
    let mut found: Vec<PipelineGap> = breaks
        .iter()
        .filter_map(|(id, before, after)| {
            let gap = usual.get(id)?.gap(*before, *after)?;
            let s = names.get(id)?;
            (gap.to > span.from && gap.from < span.to).then(|| PipelineGap {
                source: source_id(&s.kind, &s.source, s.sample),
                name: s.source.clone(),
                kind: s.kind.clone(),
                from: gap.from,
                to: gap.to,
                minutes: gap.minutes,
                expected: gap.expected,
            })
        })
        .collect();
    found.sort_by(|a, b| b.from.cmp(&a.from).then_with(|| a.source.cmp(&b.source)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{pipeline::PipelineStep, time::MINUTE};

    fn at(minute: i64) -> Micros {
        Micros(minute * MINUTE)
    }

    fn known(id: i64, name: &str, sample: bool, last: i64) -> IngestSource {
        IngestSource {
            id,
            source: name.into(),
            kind: "zeek".into(),
            sample,
            first_seen: at(0),
            last_seen: at(last),
            silence_told: None,
        }
    }

    fn slice(id: i64, minute: i64, stored: i64, rejected: i64) -> IngestSlice {
        IngestSlice {
            source_id: id,
            start: at(minute),
            stored,
            rejected,
            refused: 1,
            bytes: 10,
            last_event: Some(at(minute - 1)),
            ..Default::default()
        }
    }

    const SPAN: Span =
        Span { from: Micros(100 * MINUTE), to: Micros(104 * MINUTE), step: PipelineStep::Minute };
    const EARS: Ears<'static> =
        Ears { listening: &[(Micros(0), Micros(104 * MINUTE))], now: Micros(104 * MINUTE) };

    fn three() -> [IngestSource; 3] {
        [known(1, "alpha", false, 103), known(2, "Beta", false, 60), known(3, "aa", true, 10)]
    }

    #[test]
    fn the_silent_one_stands_first_and_sums_are_those_of_the_slices() {
        let usual = HashMap::from([
            (1, Usual { per_minute: 9, distance: 1 }),
            (2, Usual { per_minute: 5, distance: 1 }),
        ]);
        let slices = [slice(1, 101, 7, 2), slice(1, 103, 1, 0)];
        let all =
            sources(&three(), &slices, &usual, &SPAN, &SeriesOf::One("zeek:alpha".into()), EARS);
        let names: Vec<_> = all.iter().map(|s| (s.name.as_str(), s.silent_for_minutes)).collect();
        assert_eq!(names, [("Beta", Some(44)), ("alpha", None), ("aa", None)]);
        let alpha = &all[1];
        let c = alpha.counts;
        assert_eq!((c.received, c.stored, c.rejected, c.refused, c.bytes), (12, 8, 2, 2, 20));
        assert_eq!(c.received, c.stored + c.rejected + c.refused);
        let received: Vec<_> = alpha.series.iter().map(|p| p.counts.received).collect();
        assert_eq!(received, [0, 10, 0, 2]);
        assert_eq!((alpha.last_event, alpha.expected_per_minute), (Some(at(102)), Some(9)));
        assert!(all[0].series.is_empty() && all[2].series.is_empty(), "nobody asked for them");
        let first = sources(&three(), &slices, &usual, &SPAN, &SeriesOf::First, EARS);
        assert_eq!(first.iter().map(|s| s.series.len()).collect::<Vec<_>>(), [4, 0, 0]);
    }

    #[test]
    fn samples_teach_nothing() {
        let history: Vec<Active> =
            [1, 3].into_iter().flat_map(|id| (0..60).map(move |m| (id, at(m), 4))).collect();
        let usual = learn(&three(), &history);
        assert_eq!(usual.get(&1).map(|u| u.per_minute), Some(4));
        assert_eq!((usual.get(&2), usual.get(&3)), (None, None));
    }

    #[test]
    fn gaps_that_reach_into_the_span_are_named() {
        let usual = HashMap::from([(1, Usual { per_minute: 2, distance: 1 })]);
        let breaks = [
            (1, at(80), at(90)),
            (1, at(96), at(101)),
            (1, at(101), at(103)),
            (1, at(103), at(110)),
            (2, at(90), at(103)),
        ];
        let found = gaps(&three(), &breaks, &usual, &SPAN);
        let named: Vec<_> = found.iter().map(|g| (g.from, g.to, g.minutes, g.expected)).collect();
        assert_eq!(named, [(at(97), at(101), 4, 8)]);
        assert_eq!((found[0].source.as_str(), found[0].kind.as_str()), ("zeek:alpha", "zeek"));
    }
}
