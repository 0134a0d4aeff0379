//! Counts per slice of time and severity.
use super::work::{Ready, column, time_array};
use crate::budget::Budget;
use crate::eval::Mask;
use crate::lake::Lake;
use columnar::Strings;
use hashbrown::HashMap;
use model::explore::Histogram;
use model::{Severity, fieldmap};
use search::engine::{SearchError, Select};
use search::slices;
use std::sync::Arc;

type Counts = HashMap<i64, [i64; 5]>;

impl Lake {
    pub(crate) async fn do_histogram(
        self: &Arc<Self>,
        select: &Select,
        interval: i64,
    ) -> Result<Histogram, SearchError> {
        if interval < 1 {
            return Err(SearchError::Refused(
                "the width of a slice must be at least one microsecond".into(),
            ));
        }
        let (budget, _guard) = Budget::new(&self.limits);
        let ready = Ready::new(select);
        let snapshot = self.snapshot(select)?;
        let sums = self
            .fold(snapshot, move |unit, sum: &mut Counts| {
                let found = ready.eval(unit, Mask::All, &budget)?;
                if found == Mask::None {
                    return Ok(());
                }
                budget.spend(unit.rows())?;
                let (time, severity) = (time_array(unit)?, column(unit, fieldmap::SEVERITY)?);
                let times = crate::order::times(time.as_ref())?;
                let rank = |word: Option<&str>| {
                    word.and_then(Severity::parse).unwrap_or_default() as usize
                };
                // rows of one slice often follow each other: the map is asked when the slice changes
                let mut last: Option<(i64, [i64; 5])> = None;
                let mut put = |row: usize, rank: usize| {
                    let slot = times[row].div_euclid(interval);
                    match &mut last {
                        Some((at, counts)) if *at == slot => counts[rank] += 1,
                        other => {
                            if let Some((at, counts)) = other.take() {
                                add(sum, at, counts);
                            }
                            let mut counts = [0; 5];
                            counts[rank] = 1;
                            *other = Some((slot, counts));
                        }
                    }
                };
                match Strings::of(severity.as_ref()) {
                    Some(Strings::Dict { array, values }) => {
                        let ranks: Vec<usize> = values.iter().map(rank).collect();
                        let keys = array.keys().values();
                        found.rows(unit.rows()).for_each(|r| {
                            put(r, ranks.get(keys[r] as usize).copied().unwrap_or_default())
                        });
                    }
                    Some(plain) => found.rows(unit.rows()).for_each(|r| put(r, rank(plain.get(r)))),
                    None => {}
                }
                if let Some((at, counts)) = last {
                    add(sum, at, counts);
                }
                Ok(())
            })
            .await?;
        let mut counts = Counts::new();
        for (slot, c) in sums.into_iter().flatten() {
            add(&mut counts, slot, c);
        }
        let first = select.from.map(|t| t.0.div_euclid(interval)).or(counts.keys().min().copied());
        let last =
            select.to.map(|t| t.plus(-1).0.div_euclid(interval)).or(counts.keys().max().copied());
        let (Some(first), Some(last)) = (first, last) else {
            return Ok(Histogram { interval, ..Default::default() });
        };
        slices::check(first, last)?;
        let total = counts.values().flatten().sum();
        let buckets = slices::buckets(interval, first..=last, |s| counts.get(&s).copied());
        Ok(Histogram { interval, buckets, total })
    }
}

fn add(counts: &mut Counts, slot: i64, more: [i64; 5]) {
    let c = counts.entry(slot).or_default();
    c.iter_mut().zip(more).for_each(|(a, b)| *a += b);
}
