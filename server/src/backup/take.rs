//! `eventsec backup`: everything as it is at one moment, beside a server that goes on.
//!
//! Most parts are fetched before the moment is chosen, since that takes longest; then the tables and the few parts that are new. A part
//! that a merge takes away in between means that the moment is over: another one is chosen, and what is here already is used again.
use super::{
    checks, files,
    manifest::{FORMAT, Manifest},
    parts::{self, Shelf},
    table_file,
};
use crate::wire::{broken, target};
use model::{Micros, Problem};
use platform::{Config, clock};
use std::path::Path;
use store::{Schema, StoreError, transfer};

/// Moments that are tried.
const TRIES: usize = 5;

/// What a backup holds.
#[derive(Clone, Debug)]
pub struct Taken {
    pub at: Micros,
    pub tables: usize,
    pub rows: i64,
    pub parts: usize,
    pub bytes: u64,
    /// Parts that were damaged or not there before the backup: it holds them as they are.
    pub faults: Vec<String>,
}

/// Writes a backup into `to`, which is empty or not there.
pub async fn take(config: &Config, to: &Path) -> Result<Taken, Problem> {
    let read = |e: StoreError| broken("The database cannot be read")(&e);
    let store = checks::open_existing(&target(config)).await?;
    files::empty_folder(to)?;
    for name in ["tables", "lake"] {
        files::make_folder(&to.join(name))?;
    }
    let mut shelf = Shelf::new(config.serve.data.join("lake"), to.join("lake"));
    for part in parts::known(store.lake_parts().await.map_err(read)?)? {
        shelf.fetch(&part)?;
    }
    for _ in 0..TRIES {
        let mut snapshot = store.snapshot().await.map_err(read)?;
        let created_at = clock::now();
        let wanted = parts::known(snapshot.parts().await.map_err(read)?)?;
        let Some(complete) = shelf.complete(&wanted)? else {
            snapshot.close().await.map_err(read)?;
            continue;
        };
        let mut tables = Vec::new();
        for table in transfer::tables(Schema::newest()) {
            tables.push(table_file::write(&mut snapshot, &table, to).await?);
        }
        snapshot.close().await.map_err(read)?;
        files::sync_folder(&to.join("tables"))?;
        shelf.drop_others(&complete)?;
        let manifest = Manifest {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").into(),
            created_at,
            schema: Schema::newest(),
            tables,
            parts: complete.parts,
            missing: complete.missing,
        };
        manifest.write(to)?;
        store.close().await;
        return Ok(told(&manifest));
    }
    Err(Problem::unavailable(format!(
        "parts were merged away {TRIES} times while the backup fetched them. Try again when less is going on; {} holds no backup",
        to.display()
    )))
}

fn told(m: &Manifest) -> Taken {
    let damaged = m.parts.iter().filter(|p| p.damaged);
    let faults = damaged.map(|p| format!("{} is damaged: it is kept as it is", p.file));
    let missing = m.missing.iter().map(|f| format!("{f} is not there"));
    let bytes = m.tables.iter().map(|t| t.bytes).chain(m.parts.iter().map(|p| p.bytes)).sum();
    Taken {
        at: m.created_at,
        tables: m.tables.len(),
        rows: m.tables.iter().map(|t| t.rows).sum(),
        parts: m.parts.len(),
        bytes,
        faults: faults.chain(missing).collect(),
    }
}
