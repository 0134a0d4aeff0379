//! The head becomes parts: written and synced, then one transaction in the manifest, then one exchange for readers.
//!
//! When the transaction's answer is an error it may still have happened. So nothing is taken back: the files stay, the events stay
//! visible in memory, and the very same change is committed again before anything else is written.
use crate::chunk::Chunk;
use crate::config::Limits;
use crate::error::LakeError;
use crate::head::{Head, Place};
use crate::lake::{Lake, Pending, blocking};
use crate::layout;
use crate::manifest::{ManifestChange, PartMeta, PartState};
use crate::order::{Key, Keys, times};
use crate::part::Part;
use crate::splice::will_be_full;
use crate::write::{PartWriter, Plan, Stay, Written};
use arrow_array::RecordBatch;
use columnar::gather::Pick;
use hashbrown::HashSet;
use measure::{Stage, Work};
use model::Micros;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::oneshot;
use xxhash_rust::xxh3::Xxh3Default;

/// A row in order, and where it is.
type Placed = (Key, Pick);

impl Lake {
    /// Writes everything that was appended, and releases journal blocks up to `through_seq` in the same transaction. The caller has
    /// appended those blocks and needs them no more. After an error the events are still searchable, and the next flush goes on.
    pub async fn flush(self: &Arc<Self>, through_seq: Option<i64>) -> Result<(), LakeError> {
        self.flush_beside(through_seq, oneshot::channel().0).await
    }

    /// The same, for a caller who appends meanwhile: `begun` is told (or dropped, after an error) when the head was exchanged, so
    /// that `should_flush` speaks of the new one.
    pub async fn flush_beside(
        self: &Arc<Self>,
        through_seq: Option<i64>,
        begun: oneshot::Sender<()>,
    ) -> Result<(), LakeError> {
        let mut pending = self.flushing.lock().await;
        if pending.is_some() {
            self.commit_flush(&mut pending).await?;
        }
        // a flush that could not write left its events here: they go first, and release nothing that came after them
        let left = self.state.lock().frozen.clone();
        if let Some(frozen) = left {
            self.write_frozen(frozen, None, &mut pending).await?;
        }
        let frozen = {
            let _one = self.appending.lock();
            let mut state = self.state.lock();
            let new = Arc::new(std::mem::take(&mut state.head));
            state.frozen = Some(new.clone());
            new
        };
        let _ = begun.send(()); // nobody waiting is no error
        self.write_frozen(frozen, through_seq, &mut pending).await
    }

    async fn write_frozen(
        self: &Arc<Self>,
        frozen: Arc<Head>,
        release_through: Option<i64>,
        pending: &mut Option<Pending>,
    ) -> Result<(), LakeError> {
        if faults::on("plant.release_early") {
            let early = ManifestChange { release_through, ..Default::default() };
            self.manifest.commit(early).await.map_err(LakeError::Manifest)?;
        }
        let this = self.clone();
        let work = move || {
            let work = Work::begin();
            let parts = this.write_head(&frozen)?;
            work.end(Stage::Flush, parts.iter().map(|p| p.meta.bytes.unsigned_abs()).sum());
            Ok(parts)
        };
        let parts = blocking(work).await?;
        let add = parts.iter().map(|p| p.meta.clone()).collect();
        *pending = Some(Pending {
            change: ManifestChange { add, remove: Vec::new(), release_through },
            parts,
        });
        self.commit_flush(pending).await
    }

    async fn commit_flush(&self, pending: &mut Option<Pending>) -> Result<(), LakeError> {
        let Some(p) = pending.as_ref() else { return Ok(()) };
        if !p.change.add.is_empty() || p.change.release_through.is_some() {
            self.manifest.commit(p.change.clone()).await.map_err(LakeError::Manifest)?;
        }
        faults::at("lake.before_exchange");
        let mut state = self.state.lock();
        let live = Arc::make_mut(&mut state.parts);
        live.extend(p.parts.iter().map(|p| (p.meta.id.clone(), p.clone())));
        state.frozen = None;
        *pending = None;
        Ok(())
    }

    fn write_head(&self, head: &Head) -> Result<Vec<Arc<Part>>, LakeError> {
        let mut parts = Vec::new();
        for (place, chunks) in head.chunks_closed()? {
            for chunks in narrow(&chunks) {
                parts.extend(self.write_place(&place, chunks)?);
            }
        }
        Ok(parts)
    }

    fn write_place(
        &self,
        (tenant, dataset): &Place,
        chunks: &[Arc<Chunk>],
    ) -> Result<Vec<Arc<Part>>, LakeError> {
        let mut days: BTreeMap<i64, Vec<Placed>> = BTreeMap::new();
        for (c, chunk) in chunks.iter().enumerate() {
            let keys = Keys::of(&chunk.batch, &chunk.columns)?;
            for (row, received) in times(keys.received.as_ref())?.iter().enumerate() {
                let key = keys.key(row);
                let day = believed_day(key.1, *received);
                days.entry(day).or_default().push((key, (c as u32, row as u32)));
            }
        }
        let batches: Vec<RecordBatch> = chunks.iter().map(|c| c.batch.clone()).collect();
        let mut plan = Plan::default();
        batches.iter().for_each(|b| plan.see(b));
        let mut parts = Vec::new();
        for (day, mut rows) in few(days, self.limits.days_per_flush) {
            rows.sort_unstable_by_key(|(key, _)| *key);
            for rows in rows.chunks(self.limits.part_rows.max(1)) {
                let id = part_id(tenant, dataset, &day, 0, rows.iter().map(|(key, _)| key.2));
                let folder = layout::folder(tenant, dataset, &day);
                let path = format!("{folder}/{id}.parquet");
                let written =
                    write_rows(&self.dir.join(&path), &plan, &batches, rows, &self.limits)?;
                let meta = meta_of(id, (tenant, dataset), day.clone(), path, &written, 0);
                parts.push(Arc::new(Part::new(&self.dir, meta, self.cache.clone())));
            }
        }
        Ok(parts)
    }
}

/// The batches that rows are picked from; the picks are changed to mean them.
fn only_used(batches: &[RecordBatch], picks: &mut [Pick]) -> Vec<RecordBatch> {
    let mut places = vec![None; batches.len()];
    let mut used = Vec::new();
    for (source, _) in picks {
        let batch = *source as usize;
        *source = *places[batch].get_or_insert_with(|| {
            used.push(batches[batch].clone());
            used.len() as u32 - 1
        });
    }
    used
}

/// Columns that a part should have at most: each costs a writer memory of its own, and every reader a look.
const PART_COLUMNS: usize = 8192;

/// Runs of chunks that have few columns together.
fn narrow(chunks: &[Arc<Chunk>]) -> impl Iterator<Item = &[Arc<Chunk>]> {
    let mut rest = chunks;
    std::iter::from_fn(move || {
        let mut names: HashSet<String> = HashSet::new();
        let fits = |chunk: &&Arc<Chunk>| {
            let schema = chunk.batch.schema();
            let is_first = names.is_empty();
            names.extend(schema.fields().iter().map(|f| f.name().clone()));
            is_first || names.len() <= PART_COLUMNS
        };
        let n = rest.iter().take_while(fits).count();
        let (run, more) = rest.split_at(n);
        rest = more;
        (n > 0).then_some(run)
    })
}

fn write_rows(
    path: &Path,
    plan: &Plan,
    batches: &[RecordBatch],
    rows: &[Placed],
    limits: &Limits,
) -> Result<Written, LakeError> {
    let stay = if will_be_full(rows.len(), limits) { Stay::Long } else { Stay::Short };
    let mut writer = PartWriter::create(path, plan, stay, limits)?;
    let mut rest = rows;
    while !rest.is_empty() {
        let (slice, more) = rest.split_at(writer.wants().min(rest.len()));
        let mut slice: Vec<Pick> = slice.iter().map(|(_, pick)| *pick).collect();
        let used = only_used(batches, &mut slice);
        writer.write(&used, &slice)?;
        rest = more;
    }
    writer.finish()
}

/// What the manifest keeps of a written file.
pub fn meta_of(
    id: String,
    (tenant, dataset): (&str, &str),
    day: String,
    path: String,
    written: &Written,
    level: i32,
) -> PartMeta {
    PartMeta {
        id,
        tenant: tenant.into(),
        dataset: dataset.into(),
        day,
        path,
        rows: written.rows as i64,
        bytes: written.bytes as i64,
        min_time: Micros(written.span.min_time),
        max_time: Micros(written.span.max_time),
        min_id: written.span.min_id,
        max_id: written.span.max_id,
        checksum: written.checksum.clone(),
        level,
        state: PartState::Live,
    }
}

/// The same events make the same name, so a repeated write replaces its own file and nothing else.
pub fn part_id(
    tenant: &str,
    dataset: &str,
    day: &str,
    level: i32,
    ids: impl Iterator<Item = i64>,
) -> String {
    let mut hash = Xxh3Default::new();
    for text in [tenant, dataset, day] {
        hash.update(text.as_bytes());
        hash.update(&[0xff]);
    }
    hash.update(&level.to_le_bytes());
    for id in ids {
        hash.update(&id.to_le_bytes());
    }
    format!("{:032x}", hash.digest128())
}

/// Days since 1970, or -1 for times that no folder is made for.
fn believed_day(time: i64, received: i64) -> i64 {
    if layout::is_believed(Micros(time), Micros(received)) {
        time.div_euclid(model::time::DAY)
    } else {
        -1
    }
}

/// At most `most` folders: the days with the fewest rows go to the folder for others.
fn few(days: BTreeMap<i64, Vec<Placed>>, most: usize) -> Vec<(String, Vec<Placed>)> {
    let mut days: Vec<(i64, Vec<Placed>)> = days.into_iter().collect();
    days.sort_by_key(|(day, rows)| (std::cmp::Reverse(rows.len()), *day));
    let mut other = Vec::new();
    let mut out = Vec::new();
    for (day, rows) in days {
        if day < 0 || out.len() >= most.max(1) {
            other.extend(rows);
        } else {
            out.push((Micros(day * model::time::DAY).date(), rows));
        }
    }
    if !other.is_empty() {
        out.push((layout::OTHER.into(), other));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_folders_are_made_and_no_row_is_lost() {
        let days: BTreeMap<i64, Vec<Placed>> =
            (-1..100).map(|d| (d, vec![((0, d, d), (0, 0)); 1 + (d == 7) as usize * 5])).collect();
        let total: usize = days.values().map(Vec::len).sum();
        let out = few(days, 4);
        assert_eq!(out.len(), 5);
        assert_eq!(out[0].0, "1970-01-08");
        assert_eq!(out[4].0, layout::OTHER);
        assert_eq!(out.iter().map(|(_, r)| r.len()).sum::<usize>(), total);
    }

    #[test]
    fn names_come_from_the_content() {
        let id = |ids: &[i64]| part_id("a", "b", "c", 0, ids.iter().copied());
        assert_eq!(id(&[1, 2]), id(&[1, 2]));
        assert_ne!(id(&[1, 2]), id(&[2, 1]));
        assert_ne!(
            part_id("ab", "", "c", 0, [1].into_iter()),
            part_id("a", "b", "c", 0, [1].into_iter())
        );
        assert_eq!(id(&[]).len(), 32);
    }
}
