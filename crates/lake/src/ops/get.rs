//! Events by id.
use super::work::column;
use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::order::longs;
use crate::part::Part;
use crate::rows::event_rows;
use crate::unit::Unit;
use hashbrown::HashMap;
use model::explore::EventRow;
use model::fieldmap;
use parking_lot::Mutex;
use search::engine::Select;
use std::sync::Arc;

impl Lake {
    pub(crate) async fn do_get(
        self: &Arc<Self>,
        tenant: &str,
        ids: &[i64],
    ) -> Result<Vec<EventRow>, LakeError> {
        let snapshot = self.snapshot(&Select::all(tenant))?;
        let bad: Arc<Mutex<Vec<Arc<Part>>>> = Arc::default();
        let (this, noted, asked) = (self.clone(), bad.clone(), ids.to_vec());
        let found = blocking(move || {
            let mut wanted = asked;
            wanted.sort_unstable();
            wanted.dedup();
            let mut found: HashMap<i64, EventRow> = HashMap::new();
            let mut units: Vec<Unit> = snapshot.chunks.into_iter().map(Unit::Memory).collect();
            for part in &snapshot.parts {
                if within(&wanted, part.meta.min_id, part.meta.max_id) {
                    units.extend(this.units_of(part, &noted));
                }
            }
            for unit in units {
                let span = unit.span();
                if found.len() < wanted.len() && within(&wanted, span.min_id, span.max_id) {
                    let rows = this.guarded(&unit, &noted, |u| look(u, &wanted))?;
                    found.extend(rows.into_iter().flatten().map(|r| (r.id, r)));
                }
            }
            Ok(found)
        })
        .await;
        self.note_bad(&bad).await;
        let found = found?;
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }
}

/// Whether one of the sorted ids lies between.
fn within(wanted: &[i64], min: i64, max: i64) -> bool {
    wanted.get(wanted.partition_point(|id| *id < min)).is_some_and(|id| *id <= max)
}

fn look(unit: &Unit, wanted: &[i64]) -> Result<Vec<EventRow>, LakeError> {
    let array = column(unit, fieldmap::ID)?;
    let ids = longs(array.as_ref())?;
    let rows: Vec<usize> =
        (0..ids.len()).filter(|i| wanted.binary_search(&ids[*i]).is_ok()).collect();
    if rows.is_empty() { Ok(Vec::new()) } else { event_rows(&unit.take(&rows)?) }
}
