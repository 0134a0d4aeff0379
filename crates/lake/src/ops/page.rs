//! Pages, newest first: parts and row groups are visited by their newest event, and the walk ends when no older one can be on the page.
use super::work::{Ready, column, threads, time_array};
use crate::budget::Budget;
use crate::error::LakeError;
use crate::eval::Mask;
use crate::lake::{Lake, Snapshot, blocking};
use crate::order::longs;
use crate::part::Part;
use crate::rows::event_rows;
use crate::unit::Unit;
use arrow_buffer::BooleanBuffer;
use model::explore::EventRow;
use model::fieldmap;
use parking_lot::Mutex;
use search::engine::{After, Select};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Time and id, newest largest; unit and row.
type Found = ((i64, i64), u32, u32);

/// The newest rows so far.
struct Best {
    heap: BinaryHeap<Reverse<Found>>,
    limit: usize,
    after: Option<(i64, i64)>,
}

impl Best {
    /// Only rows newer than this can still come onto the page.
    fn floor(&self) -> Option<(i64, i64)> {
        (self.heap.len() >= self.limit).then(|| self.heap.peek().map(|Reverse(f)| f.0)).flatten()
    }

    fn wants(&self, at: (i64, i64)) -> bool {
        self.after.is_none_or(|a| at < a) && self.floor().is_none_or(|f| at > f)
    }

    fn put(&mut self, found: Found) {
        self.heap.push(Reverse(found));
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }
}

impl Lake {
    pub(crate) async fn do_page(
        self: &Arc<Self>,
        select: &Select,
        after: Option<After>,
        limit: usize,
    ) -> Result<Vec<EventRow>, LakeError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let (budget, _guard) = Budget::new(&self.limits);
        let (ready, snapshot) = (Ready::new(select), self.snapshot(select)?);
        let bad: Arc<Mutex<Vec<Arc<Part>>>> = Arc::default();
        let (this, noted) = (self.clone(), bad.clone());
        let after = after.map(|a| (a.time.0, a.id));
        let best = Best { heap: BinaryHeap::new(), limit, after };
        let rows = blocking(move || this.find_page(snapshot, &ready, best, &budget, &noted)).await;
        self.note_bad(&bad).await;
        rows
    }

    fn find_page(
        &self,
        snapshot: Snapshot,
        ready: &Ready,
        mut best: Best,
        budget: &Budget,
        bad: &Mutex<Vec<Arc<Part>>>,
    ) -> Result<Vec<EventRow>, LakeError> {
        let mut units: Vec<Unit> = snapshot.chunks.into_iter().map(Unit::Memory).collect();
        units.sort_by_key(|u| Reverse(u.span().max_time));
        let mut parts = snapshot.parts;
        parts.sort_by_key(|p| Reverse(p.meta.max_time));
        for (i, unit) in units.iter().enumerate() {
            self.guarded(unit, bad, |u| look(u, i, ready, &mut best, budget))?;
        }
        for part in &parts {
            if !may_hold(&best, part.meta.min_time.0, part.meta.max_time.0) {
                continue;
            }
            let mut groups = self.units_of(part, bad);
            groups.sort_by_key(|u| Reverse(u.span().max_time));
            for unit in groups {
                let i = units.len();
                self.guarded(&unit, bad, |u| look(u, i, ready, &mut best, budget))?;
                units.push(unit);
            }
        }
        self.fetch(&units, best, bad)
    }

    /// The rows themselves, newest first.
    fn fetch(
        &self,
        units: &[Unit],
        best: Best,
        bad: &Mutex<Vec<Arc<Part>>>,
    ) -> Result<Vec<EventRow>, LakeError> {
        let mut by_unit: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for Reverse((_, unit, row)) in &best.heap {
            by_unit.entry(*unit).or_default().push(*row as usize);
        }
        let wanted: Vec<(&Unit, Vec<usize>)> = by_unit
            .into_iter()
            .filter_map(|(unit, mut rows)| {
                rows.sort_unstable();
                Some((units.get(unit as usize)?, rows))
            })
            .collect();
        let next = AtomicUsize::new(0);
        // unpacking is most of it, and a page often lies in many row groups
        let some = || -> Result<Vec<EventRow>, LakeError> {
            let mut out = Vec::new();
            while let Some((unit, rows)) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                let found = self.guarded(unit, bad, |u| event_rows(&u.take(rows)?))?;
                out.extend(found.unwrap_or_default());
            }
            Ok(out)
        };
        let mut out = std::thread::scope(|scope| {
            let beside: Vec<_> = (1..threads(wanted.len())).map(|_| scope.spawn(some)).collect();
            let mut out = some()?;
            for thread in beside {
                out.extend(thread.join().map_err(|_| LakeError::Worker)??);
            }
            Ok::<_, LakeError>(out)
        })?;
        out.sort_by_key(|r| Reverse((r.time, r.id)));
        Ok(out)
    }
}

fn may_hold(best: &Best, min_time: i64, max_time: i64) -> bool {
    best.floor().is_none_or(|f| max_time >= f.0) && best.after.is_none_or(|a| min_time <= a.0)
}

fn look(
    unit: &Unit,
    number: usize,
    ready: &Ready,
    best: &mut Best,
    budget: &Budget,
) -> Result<(), LakeError> {
    let span = unit.span();
    if !may_hold(best, span.min_time, span.max_time)
        || !ready.meets(unit)
        || !ready.node.may_match(unit)?
    {
        return Ok(());
    }
    budget.spend(unit.rows())?;
    let time = time_array(unit)?;
    let times = crate::order::times(time.as_ref())?;
    // the page's bounds by time alone come first: they often leave few rows to test
    let (floor, after) = (best.floor(), best.after);
    let live = Mask::of(BooleanBuffer::collect_bool(times.len(), |i| {
        floor.is_none_or(|f| times[i] >= f.0) && after.is_none_or(|a| times[i] <= a.0)
    }));
    if live == Mask::None {
        return Ok(());
    }
    let found = ready.eval(unit, live, budget)?;
    if found == Mask::None {
        return Ok(());
    }
    let id = column(unit, fieldmap::ID)?;
    let ids = longs(id.as_ref())?;
    for row in found.rows(unit.rows()) {
        let at = (times[row], ids[row]);
        if best.wants(at) {
            best.put((at, number as u32, row as u32));
        }
    }
    Ok(())
}
