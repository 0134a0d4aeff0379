//! Small parts become large ones.
//!
//! Parts of one folder and level are merged when there are enough of them. Full ones are spliced: their row groups are copied. Small
//! ones are rewritten: every run of row groups is sorted alike, so that is a walk along the runs that holds a batch of each and some
//! rows of the result. The result is published as a flush is: written and synced, one transaction, one exchange; the old files
//! go when their last reader lets go.
use crate::columns::Columns;
use crate::error::LakeError;
use crate::flush::{meta_of, part_id};
use crate::lake::{Lake, Pending, blocking};
use crate::layout;
use crate::manifest::{ManifestChange, PartId};
use crate::open::verify;
use crate::order::{Key, Keys};
use crate::part::{Footer, Part};
use crate::splice::{Splice, will_be_full};
use crate::write::{PartWriter, Plan, Stay, Written};
use arrow_array::RecordBatch;
use columnar::gather::Pick;
use measure::{Stage, Work};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::ops::Range;
use std::sync::Arc;

/// Rows read from an input at a time, at most.
const BATCH: usize = 2048;
/// Bytes read from all inputs at a time, roughly.
const BATCH_BYTES: usize = 64 << 20;
/// A few inputs get no more room each than as many would.
const MERGE_LEAST: usize = 16;

/// Columns of all inputs together: parts that a flood of field names made stay as they are.
const MERGE_COLUMNS: usize = 16 << 10;

/// Tenant, data set, day; level, and whether parts are full.
type Tier<'a> = (&'a str, &'a str, &'a str, (i32, bool));

/// What a merge did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompactReport {
    pub merges: i64,
    pub parts_before: i64,
    pub rows: i64,
}

impl Lake {
    /// Merges until nothing is worth merging. With `all`, every folder's parts are merged as far as `part_rows` allows.
    pub async fn compact(self: &Arc<Self>, all: bool) -> Result<CompactReport, LakeError> {
        let mut report = CompactReport::default();
        while let Some((parts, rows)) = self.compact_once(all).await? {
            report.merges += 1;
            report.parts_before += parts;
            report.rows += rows;
        }
        Ok(report)
    }

    /// One merge: how many parts went in, and rows. `None` when there was nothing to do.
    pub async fn compact_once(
        self: &Arc<Self>,
        all: bool,
    ) -> Result<Option<(i64, i64)>, LakeError> {
        let mut pending = self.merging.lock().await;
        self.settle(&mut pending).await?;
        let this = self.clone();
        let Some(inputs) = blocking(move || Ok(this.choose(all))).await? else { return Ok(None) };
        let done = (inputs.len() as i64, inputs.iter().map(|p| p.meta.rows).sum());
        let this = self.clone();
        let work = move || {
            let work = Work::begin();
            let merged = this.merge(&inputs, all)?;
            work.end(Stage::Merge, merged.1.meta.bytes.unsigned_abs());
            Ok(merged)
        };
        let (change, part) = blocking(work).await?;
        *pending = Some(Pending { change, parts: vec![part] });
        self.commit_merge(&mut pending).await?;
        Ok(Some(done))
    }

    pub(crate) async fn commit_merge(
        &self,
        pending: &mut Option<Pending>,
    ) -> Result<(), LakeError> {
        let Some(p) = pending.as_ref() else { return Ok(()) };
        faults::at("merge.before_commit");
        self.manifest.commit(p.change.clone()).await.map_err(LakeError::Manifest)?;
        faults::at("merge.before_exchange");
        self.exchange(&p.change.remove, &p.parts);
        *pending = None;
        faults::at("merge.after_exchange");
        Ok(())
    }

    /// Lets readers see what the manifest says.
    pub(crate) fn exchange(&self, remove: &[PartId], add: &[Arc<Part>]) {
        let mut state = self.state.lock();
        let live = Arc::make_mut(&mut state.parts);
        for id in remove {
            // only now: before the commit was confirmed the old files were the truth
            if let Some(old) = live.remove(id) {
                old.doom();
                if faults::on("plant.delete_under_readers") {
                    old.delete_now();
                }
            }
        }
        live.extend(add.iter().map(|p| (p.meta.id.clone(), p.clone())));
    }

    /// Parts of one folder that are worth merging: the most numerous tier first.
    fn choose(&self, all: bool) -> Option<Vec<Arc<Part>>> {
        let parts = self.state.lock().parts.clone();
        let mut tiers: BTreeMap<Tier<'_>, Vec<&Arc<Part>>> = BTreeMap::new();
        for part in parts.values() {
            let m = &part.meta;
            let full = will_be_full(usize::try_from(m.rows).unwrap_or(0), &self.limits);
            let tier = if all { (0, false) } else { (m.level, full) };
            tiers.entry((&m.tenant, &m.dataset, &m.day, tier)).or_default().push(part);
        }
        let least = if all { 2 } else { self.limits.merge_at.max(2) };
        let mut best: Option<Vec<Arc<Part>>> = None;
        for mut tier in tiers.into_values().filter(|t| t.len() >= least) {
            // the smallest first, so that as many as possible fit
            tier.sort_by_key(|p| (p.meta.rows, p.meta.min_id));
            let (mut rows, mut columns) = (0, 0);
            let fit: Vec<Arc<Part>> = tier
                .into_iter()
                .take_while(|p| {
                    rows += p.meta.rows;
                    columns += p.columns();
                    rows <= self.limits.part_rows as i64 && columns <= MERGE_COLUMNS
                })
                // more inputs at once would hold more memory; the next round takes the rest
                .take(self.limits.merge_at.max(2) * 2)
                .cloned()
                .collect();
            if fit.len() >= least && best.as_ref().is_none_or(|b| b.len() < fit.len()) {
                best = Some(fit);
            }
        }
        best
    }

    /// With `rewrite`, rows are put in order over all of the result, full row groups or not.
    fn merge(
        &self,
        inputs: &[Arc<Part>],
        rewrite: bool,
    ) -> Result<(ManifestChange, Arc<Part>), LakeError> {
        // a part that cannot be read is set aside at once, so that the next round goes on without it
        let guard = |part: &Arc<Part>, error: LakeError| {
            if self.set_aside(part) {
                tracing::error!(part = part.meta.id, %error, "a part is damaged and set aside");
            }
            error
        };
        let mut plan = Plan::default();
        let mut footers = Vec::with_capacity(inputs.len());
        for part in inputs {
            let footer = part.footer().map_err(|e| guard(part, e))?;
            note(&mut plan, part, &footer);
            footers.push((&**part, footer));
        }
        let first = &inputs[0].meta;
        let level = inputs.iter().map(|p| p.meta.level).max().unwrap_or(0) + 1;
        let mut ids: Vec<&PartId> = inputs.iter().map(|p| &p.meta.id).collect();
        ids.sort();
        // named by what went in: the same merge has the same name
        let numbers = ids
            .iter()
            .flat_map(|id| id.as_bytes().chunks(8))
            .map(|c| c.iter().fold(0, |n, b| n << 8 | i64::from(*b)));
        let id = part_id(&first.tenant, &first.dataset, &first.day, level, numbers);
        let path =
            format!("{}/{id}.parquet", layout::folder(&first.tenant, &first.dataset, &first.day));
        let file = self.dir.join(&path);
        let splice = match rewrite {
            true => None,
            false => Splice::of(footers.clone(), &plan, &self.limits)?,
        };
        let written = match splice {
            Some(splice) => {
                // nothing is unpacked on the way: what is damaged would be copied, and be sound by its new checksum
                inputs.iter().try_for_each(|p| verify(p, true).map_err(|e| guard(p, e)))?;
                splice.write(&file)?
            }
            None => {
                let writer = PartWriter::create(&file, &plan, Stay::Long, &self.limits)?;
                walk(writer, &footers, |input, e| guard(&inputs[input], e))?
            }
        };
        let rows: i64 = inputs.iter().map(|p| p.meta.rows).sum();
        if written.rows as i64 != rows {
            let reason = format!("merged {} rows of {rows}", written.rows);
            return Err(LakeError::Damaged { id, reason });
        }
        let meta =
            meta_of(id, (&first.tenant, &first.dataset), first.day.clone(), path, &written, level);
        let change = ManifestChange {
            add: vec![meta.clone()],
            remove: inputs.iter().map(|p| p.meta.id.clone()).collect(),
            release_through: None,
        };
        Ok((change, Arc::new(Part::new(&self.dir, meta, self.cache.clone()))))
    }
}

/// Writes the rows of all inputs in their order. `guard` is told which input cannot be read.
fn walk(
    mut writer: PartWriter,
    inputs: &[(&Part, Arc<Footer>)],
    guard: impl Fn(usize, LakeError) -> LakeError,
) -> Result<Written, LakeError> {
    let runs: usize = inputs.iter().map(|(_, footer)| footer.runs.len()).sum();
    let mut cursors = Vec::with_capacity(runs);
    for (input, (part, footer)) in inputs.iter().enumerate() {
        let own = footer.runs.iter().map(|run| Cursor::new(part, footer, run, runs));
        cursors.extend(own.map(|cursor| (input, cursor)));
    }
    let mut heap: BinaryHeap<Reverse<(Key, usize)>> = BinaryHeap::new();
    for (at, (input, cursor)) in cursors.iter_mut().enumerate() {
        if let Some(key) = cursor.peek().map_err(|e| guard(*input, e))? {
            heap.push(Reverse((key, at)));
        }
    }
    let mut slice = Slice::default();
    while let Some(Reverse((_, at))) = heap.pop() {
        let (input, cursor) = &mut cursors[at];
        slice.take(at, cursor);
        if slice.picks.len() >= writer.wants() {
            slice.write(&mut writer)?;
        }
        if let Some(key) = cursor.peek().map_err(|e| guard(*input, e))? {
            heap.push(Reverse((key, at)));
        }
    }
    slice.write(&mut writer)?;
    writer.finish()
}

/// The columns of an input, as far as its footer knows.
fn note(plan: &mut Plan, part: &Part, footer: &Footer) {
    let rows = footer.rows();
    for (column, field) in part.schema(footer).fields().iter().enumerate() {
        let plain = matches!(field.data_type(), arrow_schema::DataType::Utf8);
        let distinct = if plain { rows } else { 0 };
        plan.note(field.name(), field.data_type(), rows, distinct, footer.unpacked(column));
    }
}

/// One run of an input, row by row.
struct Cursor<'a> {
    part: &'a Part,
    footer: &'a Footer,
    /// Those that come.
    groups: Range<usize>,
    /// Of a batch.
    rows: usize,
    reader: Option<ParquetRecordBatchReader>,
    batch: Option<(RecordBatch, Keys)>,
    row: usize,
    /// Counts batches, so that a group knows whether it holds the current one.
    number: usize,
}

impl<'a> Cursor<'a> {
    /// One of so many that are read side by side.
    fn new(part: &'a Part, footer: &'a Footer, run: &Range<usize>, beside: usize) -> Self {
        let columns = part.schema(footer).fields().len();
        let bytes: usize = (0..columns).map(|c| footer.unpacked(c)).sum();
        let room = BATCH_BYTES / beside.max(MERGE_LEAST);
        let rows = (room / (bytes / footer.rows().max(1)).max(1)).clamp(1, BATCH);
        let groups = run.clone();
        Self { part, footer, groups, rows, reader: None, batch: None, row: 0, number: 0 }
    }

    /// The key of the next row; reads on where needed.
    fn peek(&mut self) -> Result<Option<Key>, LakeError> {
        loop {
            if let Some((batch, keys)) = &self.batch
                && self.row < batch.num_rows()
            {
                return Ok(Some(keys.key(self.row)));
            }
            self.batch = None;
            if self.reader.is_none() {
                let Some(group) = self.groups.next() else { return Ok(None) };
                self.reader = Some(self.part.batches(self.footer, group, self.rows)?);
            }
            match self.reader.as_mut().and_then(Iterator::next) {
                Some(batch) => {
                    let batch = batch?;
                    let keys = Keys::of(&batch, &Columns::new(&batch.schema()))?;
                    self.batch = Some((batch, keys));
                    self.row = 0;
                    self.number += 1;
                }
                None => self.reader = None,
            }
        }
    }
}

/// The next rows of the result.
#[derive(Default)]
struct Slice {
    sources: Vec<RecordBatch>,
    picks: Vec<Pick>,
    /// Cursor and batch number to source.
    known: BTreeMap<(usize, usize), u32>,
}

impl Slice {
    fn take(&mut self, at: usize, cursor: &mut Cursor<'_>) {
        if let Some((batch, _)) = &cursor.batch {
            let sources = &mut self.sources;
            let source = *self.known.entry((at, cursor.number)).or_insert_with(|| {
                sources.push(batch.clone());
                sources.len() as u32 - 1
            });
            self.picks.push((source, cursor.row as u32));
            cursor.row += 1;
        }
    }

    fn write(&mut self, writer: &mut PartWriter) -> Result<(), LakeError> {
        writer.write(&self.sources, &self.picks)?;
        *self = Self::default();
        Ok(())
    }
}
