//! `eventsec restore`: a backup becomes an installation, in an empty data folder and an empty database.
//!
//! The whole backup is read and compared with its manifest before anything is written.
use super::{
    checks, files,
    manifest::{Manifest, TableFile},
    parts, table_file,
};
use crate::wire::{broken, hold, target};
use model::{Micros, Problem, audit::AuditVerdict};
use platform::Config;
use std::path::Path;
use store::{Schema, Store, StoreError, transfer::tables};

/// What was put back.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The moment that the backup shows, and the version that wrote it.
    pub at: Micros,
    pub version: String,
    /// Tables and their rows.
    pub tables: Vec<(String, i64)>,
    pub parts: usize,
    pub bytes: u64,
    /// What was damaged or missing when the backup was made.
    pub faults: Vec<String>,
    pub audit: Vec<AuditVerdict>,
}

fn written(e: StoreError) -> Problem {
    broken("The database cannot be written")(&e)
}

/// Puts the backup in the folder `from` to where the configuration says that data is.
pub async fn restore(config: &Config, from: &Path) -> Result<Restored, Problem> {
    let manifest = Manifest::read(from)?;
    verify(&manifest, from)?;
    let data = &config.serve.data;
    files::empty_folder(data)?;
    let _folder = hold::folder(data)?;
    let target = target(config);
    let store = checks::open(&target).await?;
    let _claim = hold::claim(&store, &target).await?;
    store.migrate_to(manifest.schema).await.map_err(written)?;
    checks::must_be_empty(&store, manifest.schema).await?;
    put_parts(&manifest, &from.join("lake"), &data.join("lake"))?;
    load(&store, &manifest, from).await?;
    store.migrate().await.map_err(written)?;
    let audit = checks::audit(&store).await?;
    store.close().await;
    Ok(Restored {
        at: manifest.created_at,
        version: manifest.version.clone(),
        tables: manifest.tables.iter().map(|t| (t.name.clone(), t.rows)).collect(),
        parts: manifest.parts.len(),
        bytes: manifest.parts.iter().map(|p| p.bytes).sum(),
        faults: faults(&manifest),
        audit,
    })
}

fn about<'a>(manifest: &'a Manifest, name: &str) -> Result<&'a TableFile, Problem> {
    manifest.tables.iter().find(|t| t.name == name).ok_or_else(|| {
        Problem::conflict(format!("the backup is not whole: the table {name} is not in it"))
    })
}

/// Reads every file of the backup.
fn verify(manifest: &Manifest, from: &Path) -> Result<(), Problem> {
    let differs = |file: &str| {
        Problem::conflict(format!(
            "the backup is damaged: {file} is not what its manifest says. Nothing was written"
        ))
    };
    for table in tables(manifest.schema) {
        about(manifest, table.name)?;
    }
    for table in &manifest.tables {
        parts::stays_inside(&table.file)?;
        if files::sha256(&from.join(&table.file))? != table.sha256 {
            return Err(differs(&table.file));
        }
    }
    for part in &manifest.parts {
        parts::stays_inside(&part.file)?;
        let sum = parts::sum(&from.join("lake").join(&part.file))?;
        if sum != (part.bytes, part.xxh3.clone()) {
            return Err(differs(&part.file));
        }
    }
    Ok(())
}

fn put_parts(manifest: &Manifest, from: &Path, to: &Path) -> Result<(), Problem> {
    files::make_folder(to)?;
    for part in &manifest.parts {
        let lost = || Problem::conflict(format!("{} vanished from the backup", part.file));
        let copied = parts::put(&part.file, from, to)?.ok_or_else(lost)?;
        // a link is the file that was just read
        if copied && parts::sum(&to.join(&part.file))? != (part.bytes, part.xxh3.clone()) {
            return Err(Problem::unavailable(format!("{} did not arrive whole", part.file)));
        }
    }
    Ok(())
}

async fn load(store: &Store, manifest: &Manifest, from: &Path) -> Result<(), Problem> {
    let schema: Schema = manifest.schema;
    let mut loader = store.load(schema).await.map_err(written)?;
    for table in loader.tables() {
        table_file::load(&mut loader, &table, about(manifest, table.name)?, from).await?;
    }
    loader.commit().await.map_err(written)
}

fn faults(manifest: &Manifest) -> Vec<String> {
    let damaged = manifest.parts.iter().filter(|p| p.damaged);
    let damaged = damaged.map(|p| format!("{} was damaged when the backup was made", p.file));
    let missing = manifest.missing.iter().map(|f| format!("{f} was missing when it was made"));
    damaged.chain(missing).collect()
}
