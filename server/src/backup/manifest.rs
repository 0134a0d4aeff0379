//! `manifest.json`: what a backup holds, so that it can be told whole from damaged.
use super::files::{at, sync_folder};
use crate::wire::broken;
use model::{Micros, Problem};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};
use store::Schema;

/// The form of a backup that this program writes and reads.
pub const FORMAT: u32 = 1;
const NAME: &str = "manifest.json";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// Of the program that wrote it.
    pub version: String,
    /// The moment that the backup shows.
    pub created_at: Micros,
    pub schema: Schema,
    pub tables: Vec<TableFile>,
    pub parts: Vec<PartFile>,
    /// Parts that the installation knows and whose files were not there.
    pub missing: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFile {
    pub name: String,
    pub file: String,
    pub rows: i64,
    pub bytes: u64,
    pub sha256: String,
    /// A sum over the rows that does not depend on their order.
    pub content: String,
    /// The newest id that the table gave out; 0 where it gives none.
    pub last_id: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartFile {
    /// Below the folder `lake`.
    pub file: String,
    pub rows: i64,
    pub bytes: u64,
    /// Of the file as it is in the backup.
    pub xxh3: String,
    /// The file was not what the installation says it is: it was damaged before.
    #[serde(default)]
    pub damaged: bool,
}

impl Manifest {
    /// Writes it under another name first: a folder has a whole manifest or none.
    pub fn write(&self, folder: &Path) -> Result<(), Problem> {
        let (unfinished, path) = (folder.join("manifest.json.unfinished"), folder.join(NAME));
        let text = serde_json::to_string_pretty(self)
            .map_err(|e| broken("The manifest cannot be written")(&e))?;
        let write = || {
            let mut file = File::create(&unfinished)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)
        };
        write().map_err(at(&path))?;
        sync_folder(folder)
    }

    pub fn read(folder: &Path) -> Result<Self, Problem> {
        let path = folder.join(NAME);
        let text = fs::read_to_string(&path).map_err(|e| {
            Problem::not_found(format!(
                "{} is no backup: {NAME} cannot be read ({e}). A backup that broke off has none",
                folder.display()
            ))
        })?;
        let manifest: Self = serde_json::from_str(&text).map_err(|e| broken(NAME)(&e))?;
        if manifest.format != FORMAT || !manifest.schema.is_known() {
            return Err(Problem::conflict(format!(
                "the backup was written by version {}, which is newer than this program: use that version",
                manifest.version
            )));
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_and_strange_ones_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Manifest::read(dir.path()).unwrap_err().detail.contains("no backup"));
        let part = PartFile {
            file: "tenant=a/x.parquet".into(),
            rows: 2,
            bytes: 3,
            xxh3: "00".into(),
            damaged: false,
        };
        let whole = Manifest {
            format: FORMAT,
            version: "9".into(),
            created_at: Micros(1_795_243_107_753_367),
            schema: Schema::newest(),
            tables: Vec::new(),
            parts: vec![part],
            missing: Vec::new(),
        };
        whole.write(dir.path()).unwrap();
        assert_eq!(Manifest::read(dir.path()).unwrap(), whole);
        let newer = Manifest { schema: Schema { main: 9999, journal: 1 }, ..whole };
        newer.write(dir.path()).unwrap();
        assert!(Manifest::read(dir.path()).unwrap_err().detail.contains("version 9"));
    }
}
