//! How a question is spread over threads, and what happens when a part turns out to be damaged.
use crate::budget::Budget;
use crate::error::LakeError;
use crate::eval::{Mask, Node};
use crate::lake::{Lake, Snapshot, blocking};
use crate::part::Part;
use crate::unit::Unit;
use arrow_buffer::BooleanBuffer;
use columnar::Strings;
use model::{Severity, fieldmap};
use parking_lot::Mutex;
use search::engine::Select;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A select made ready for units.
pub struct Ready {
    pub node: Node,
    from: Option<i64>,
    to: Option<i64>,
    severity: Vec<Severity>,
}

impl Ready {
    pub fn new(select: &Select) -> Self {
        Self {
            node: Node::new(&select.query),
            from: select.from.map(|t| t.0),
            to: select.to.map(|t| t.0),
            severity: select.severity.clone(),
        }
    }

    pub fn meets(&self, unit: &Unit) -> bool {
        unit.span().meets(self.from, self.to)
    }

    /// Rows within the time range and of the severities asked for, as far as `live` goes.
    pub fn eval(&self, unit: &Unit, live: Mask, budget: &Budget) -> Result<Mask, LakeError> {
        if !self.meets(unit) || !self.node.may_match(unit)? {
            return Ok(Mask::None);
        }
        let span = unit.span();
        let inside = self.from.is_none_or(|f| span.min_time >= f)
            && self.to.is_none_or(|t| span.max_time < t);
        let mut left = live;
        if !inside {
            budget.spend(unit.rows())?;
            let array = time_array(unit)?;
            let times = crate::order::times(array.as_ref())?;
            left = left.and(Mask::of(BooleanBuffer::collect_bool(times.len(), |i| {
                self.from.is_none_or(|f| times[i] >= f) && self.to.is_none_or(|t| times[i] < t)
            })));
        }
        if !self.severity.is_empty() && left != Mask::None {
            budget.spend(unit.rows())?;
            let mut found = Mask::None;
            for col in unit.columns().of(fieldmap::SEVERITY) {
                let array = unit.array(col)?;
                if let Some(words) = Strings::of(array.as_ref()) {
                    let wanted =
                        |w: &str| Severity::parse(w).is_some_and(|s| self.severity.contains(&s));
                    found = found.or(Mask::of(words.select(None, wanted)));
                }
            }
            left = left.and(found);
        }
        if left == Mask::None {
            return Ok(Mask::None);
        }
        let found = self.node.eval(unit, &left, budget)?;
        Ok(left.and(found))
    }
}

pub fn column(unit: &Unit, name: &str) -> Result<arrow_array::ArrayRef, LakeError> {
    let col = unit.columns().of(name).first();
    unit.array(col.ok_or_else(|| LakeError::Damaged {
        id: String::new(),
        reason: format!("no column {name}"),
    })?)
}

pub fn time_array(unit: &Unit) -> Result<arrow_array::ArrayRef, LakeError> {
    column(unit, fieldmap::TIME)
}

/// Threads that one query may use.
const THREADS: usize = 4;

/// As many as the machine has and the work is worth; one at least.
pub fn threads(units: usize) -> usize {
    let own = std::thread::available_parallelism().map_or(1, usize::from);
    THREADS.min(own).min(units).max(1)
}

impl Lake {
    /// A part's row groups; a part that cannot be opened is set aside and gives none.
    pub(crate) fn units_of(&self, part: &Arc<Part>, bad: &Mutex<Vec<Arc<Part>>>) -> Vec<Unit> {
        match part.footer() {
            Ok(footer) => (0..footer.groups.len())
                .map(|group| Unit::Group { part: part.clone(), footer: footer.clone(), group })
                .collect(),
            Err(error) => {
                self.found_damaged(part, &error, bad);
                Vec::new()
            }
        }
    }

    fn found_damaged(&self, part: &Arc<Part>, error: &LakeError, bad: &Mutex<Vec<Arc<Part>>>) {
        if self.set_aside(part) {
            tracing::error!(part = part.meta.id, %error, "a part is damaged and set aside; the rest goes on");
            bad.lock().push(part.clone());
        }
    }

    /// Runs `f` on one unit. Damage in a part sets it aside and gives `None`; a query out of budget is an error.
    pub(crate) fn guarded<T>(
        &self,
        unit: &Unit,
        bad: &Mutex<Vec<Arc<Part>>>,
        f: impl FnOnce(&Unit) -> Result<T, LakeError>,
    ) -> Result<Option<T>, LakeError> {
        // a decoder that panics on a damaged page is one more way for a page to be damaged
        let done = catch_unwind(AssertUnwindSafe(|| f(unit)));
        match (done, unit.part()) {
            (Ok(Ok(t)), _) => Ok(Some(t)),
            (Ok(Err(LakeError::TooExpensive)), _) => Err(LakeError::TooExpensive),
            (Ok(Err(error)), Some(part)) => {
                self.found_damaged(part, &error, bad);
                Ok(None)
            }
            (Ok(Err(error)), None) => Err(error),
            (Err(_), Some(part)) => {
                self.found_damaged(part, &LakeError::Worker, bad);
                Ok(None)
            }
            (Err(_), None) => Err(LakeError::Worker),
        }
    }

    /// Folds all units of a snapshot, on several threads; each makes its own `T`. Parts found damaged are noted in the manifest.
    pub(crate) async fn fold<T: Default + Send + 'static>(
        self: &Arc<Self>,
        snapshot: Snapshot,
        f: impl Fn(&Unit, &mut T) -> Result<(), LakeError> + Send + Sync + 'static,
    ) -> Result<Vec<T>, LakeError> {
        let bad: Arc<Mutex<Vec<Arc<Part>>>> = Arc::default();
        let (this, noted) = (self.clone(), bad.clone());
        let units = blocking(move || {
            let mut units: Vec<Unit> = snapshot.chunks.into_iter().map(Unit::Memory).collect();
            for part in &snapshot.parts {
                units.extend(this.units_of(part, &noted));
            }
            Ok(units)
        })
        .await?;
        let threads = threads(units.len());
        let (units, next, f) = (Arc::new(units), Arc::new(AtomicUsize::new(0)), Arc::new(f));
        let tasks: Vec<_> = (0..threads)
            .map(|_| {
                let (this, units, next, f, bad) =
                    (self.clone(), units.clone(), next.clone(), f.clone(), bad.clone());
                blocking(move || {
                    let mut sum = T::default();
                    while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
                        this.guarded(unit, &bad, |u| f(u, &mut sum))?;
                    }
                    Ok(sum)
                })
            })
            .collect();
        let done = futures::future::try_join_all(tasks).await;
        self.note_bad(&bad).await;
        done
    }

    pub(crate) async fn note_bad(&self, bad: &Mutex<Vec<Arc<Part>>>) {
        let bad = std::mem::take(&mut *bad.lock());
        if !bad.is_empty() {
            self.note_quarantine(bad).await;
        }
    }
}
