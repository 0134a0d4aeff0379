//! `eventsec check`: tables, files, events, counters and the audit trail of an installation that nobody runs. Events are in parts,
//! or in OpenSearch where that holds them.
//!
//! Reads and changes nothing (SQLite takes up its own write-ahead log when a file is opened, as it always does). What cannot be read
//! is a fault, and the rest is looked at all the same.
mod acked;
mod ids;
mod report;
mod tally;

pub use report::Report;

use super::{hold, open_store, shared};
use acked::Acked;
use lake::{Manifest, PartState};
use model::{
    Problem,
    dead_letter::{DeadLetterQuery, INDEX_REFUSED},
};
use pipeline::{block, manifest::StoredManifest, shared::refused_id};
use platform::{Config, clock};
use std::path::Path;
use store::Store;
use tally::Tally;

/// Blocks read at a time.
const STRIDE: i64 = 16;

/// Looks at everything. `acked` is the list of acknowledged events.
pub async fn check(config: &Config, acked: Option<&Path>) -> Result<Report, Problem> {
    let acked = match acked {
        None => Acked::default(),
        Some(path) => {
            let name = path.display();
            let text = std::fs::read_to_string(path)
                .map_err(|e| Problem::bad_request(format!("{name} cannot be read: {e}")))?;
            Acked::read(&text).map_err(|e| Problem::bad_request(format!("{name}: {e}")))?
        }
    };
    let dir = &config.serve.data;
    if config.serve.database_url.is_none()
        && ["eventsec.db", "journal.db"].iter().any(|file| !dir.join(file).is_file())
    {
        let text = format!("there is no installation in {}", dir.display());
        return Err(Problem::not_found(text));
    }
    let mut report = Report::default();
    let Some(store) = report.seen("the database", open_store(config).await) else {
        return Ok(report);
    };
    let held = hold::nobody(config, &store).await?;
    look(config, &store, acked, &mut report).await;
    store.close().await;
    drop(held);
    Ok(report)
}

async fn look(config: &Config, store: &Store, acked: Acked, report: &mut Report) {
    for (what, done) in
        [("the tables", store.check().await), ("the files", store.integrity().await)]
    {
        let wrong = report.seen(what, done).unwrap_or_default();
        wrong.into_iter().for_each(|line| report.fault(what, line));
    }
    audit(store, report).await;
    let mut tally = Tally::new(acked);
    let last_seq = journal(store, &mut tally, report).await;
    if config.search.url.is_empty() {
        parts(config, store, &mut tally, report).await;
    } else {
        indexes(config, &mut tally, report).await;
        letters(store, &mut tally, report).await;
    }
    counters(store, last_seq, tally.max_id(), report).await;
    tally.finish(report);
}

async fn audit(store: &Store, report: &mut Report) {
    let what = "the audit trail";
    for tenant in report.seen(what, store.tenants().await).unwrap_or_default() {
        let Some(verdict) = report.seen(what, store.verify_audit(&tenant.id).await) else {
            continue;
        };
        if let Some(row) = verdict.broken_at {
            let why = verdict.reason.unwrap_or_else(|| "the hash differs".into());
            report.fault(what, format!("{}: broken at row {row}: {why}", tenant.id));
        }
    }
}

/// Shows the journal's events; answers the place of its newest block.
async fn journal(store: &Store, tally: &mut Tally, report: &mut Report) -> i64 {
    let what = "the journal";
    let (mut last_seq, mut next_id) = (0, i64::MIN);
    loop {
        let Some(blocks) = report.seen(what, store.blocks(last_seq + 1, STRIDE).await) else {
            return last_seq;
        };
        if blocks.is_empty() {
            return last_seq;
        }
        for b in blocks {
            last_seq = b.seq;
            if b.first_id < next_id {
                report.fault(what, format!("block {} begins with id {} again", b.seq, b.first_id));
            }
            next_id = next_id.max(b.first_id.saturating_add(b.count));
            let what = format!("block {} of the journal", b.seq);
            let Some((events, refused)) = report.seen(&what, block::events(&b.bytes, b.first_id))
            else {
                continue;
            };
            if refused > 0 {
                report.fault(&what, format!("{refused} records are no events any more"));
            }
            let found = events.len() + refused;
            if i64::try_from(found) != Ok(b.count) {
                report.fault(&what, format!("{found} events instead of {}", b.count));
            }
            for e in &events {
                tally.in_journal(&e.tenant, e.id, &e.raw, report);
            }
        }
    }
}

async fn parts(config: &Config, store: &Store, tally: &mut Tally, report: &mut Report) {
    let manifest = StoredManifest { store: store.clone(), clock: clock::system() };
    let root = config.serve.data.join("lake");
    for meta in report.seen("the list of parts", manifest.parts().await).unwrap_or_default() {
        let what = format!("part {} ({})", meta.id, meta.path);
        if meta.state == PartState::Quarantined {
            report.fault(&what, "it was damaged and is set aside");
            continue;
        }
        let place = format!("part {}", meta.id);
        let read = lake::read_part(&root, &meta, |id, record| {
            tally.in_part(&place, &meta.tenant, id, record, report);
        });
        report.seen(&what, read);
    }
}

/// Shows the events of all of OpenSearch's indexes.
async fn indexes(config: &Config, tally: &mut Tally, report: &mut Report) {
    let what = "OpenSearch";
    let Some(cluster) = report.seen(what, shared::engine(config)) else { return };
    let found = report.seen(what, cluster.event_indexes().await).unwrap_or_default();
    for index in found {
        let place = format!("index {}", index.name);
        if !index.is_searched {
            report
                .fault(&place, "it is not in the alias of all events: what it holds is not found");
        }
        let shown = cluster.each_stored(&index.name, |e| {
            tally.in_part(&place, &e.tenant, e.id, &e.raw, report);
        });
        let shown = shown.await;
        if let Some(strange) = report.seen(&place, shown).filter(|n| *n != 0) {
            report.fault(&place, format!("{strange} documents are no events of ours"));
        }
    }
}

/// Shows the events that OpenSearch refused for ever: they were acknowledged, and are kept as dead letters.
async fn letters(store: &Store, tally: &mut Tally, report: &mut Report) {
    let what = "the dead letters";
    for tenant in report.seen(what, store.tenants().await).unwrap_or_default() {
        let reason = Some(INDEX_REFUSED.to_owned());
        let mut query = DeadLetterQuery { reason, limit: i64::MAX, ..Default::default() };
        while let Some(page) = report.seen(what, store.dead_letters(&tenant.id, &query).await) {
            for letter in &page.items {
                if let Some(id) = refused_id(letter) {
                    tally.in_letter(id, &letter.raw);
                }
            }
            query.cursor = page.next;
            if query.cursor.is_none() {
                break;
            }
        }
    }
}

/// They only grow, and nothing is beyond them.
async fn counters(store: &Store, last_seq: i64, max_id: i64, report: &mut Report) {
    let what = "the counters";
    let next_id = report.seen(what, store.next_event_id().await);
    let next_seq = report.seen(what, store.next_seq().await);
    let detected = report.seen(what, store.detected_through().await);
    if next_id.is_some_and(|next| next <= max_id) {
        report.fault(what, format!("the next event gets an id up to {max_id}, which is taken"));
    }
    if next_seq.is_some_and(|next| next <= last_seq) {
        report.fault(what, format!("the next block gets a place up to {last_seq}, which is taken"));
    }
    if let (Some(detected), Some(next)) = (detected, next_seq)
        && detected >= next
    {
        // rules saw what the journal does not know of: it lost its end, or is another one
        let text = format!("the rules saw block {detected}, and the journal ends before {next}");
        report.fault(what, text);
    }
}
