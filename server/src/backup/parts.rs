//! The lake's parts on their way: from one folder to another, under the same names, each byte looked at.
use super::{
    files::{at, link_or_copy, make_folder, sync_folder},
    manifest::PartFile,
};
use crate::wire::broken;
use lake::PartMeta;
use model::Problem;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::ErrorKind,
    path::{Component, Path, PathBuf},
};
use store::{Part, PartState};

/// A part that an installation knows, and whether it was set aside as damaged.
pub struct Known {
    pub meta: PartMeta,
    pub aside: bool,
}

/// The parts whose files belong to the installation: removed ones are about to be deleted.
pub fn known(parts: Vec<Part>) -> Result<Vec<Known>, Problem> {
    let kept = parts.into_iter().filter(|p| p.state != PartState::Removed);
    kept.map(|p| {
        let wrong = |e: serde_json::Error| {
            broken(&format!("The list of parts holds a strange row {}", p.id))(&e)
        };
        let meta: PartMeta = serde_json::from_value(p.meta.clone()).map_err(wrong)?;
        stays_inside(&meta.path)?;
        Ok(Known { meta, aside: p.state == PartState::Quarantined })
    })
    .collect()
}

/// Refuses a path that leads out of its folder.
pub fn stays_inside(path: &str) -> Result<(), Problem> {
    let fine = Path::new(path).components().all(|c| matches!(c, Component::Normal(_)));
    if fine && !path.is_empty() {
        Ok(())
    } else {
        Err(Problem::conflict(format!("{path:?} is no path of a part")))
    }
}

/// Length and checksum of a file, as the lake takes them.
pub fn sum(path: &Path) -> Result<(u64, String), Problem> {
    lake::checksum(path).map_err(|e| broken("A part cannot be read")(&e))
}

/// Puts a file of one lake into another. Answers whether it was copied; `None` when there is no such file (any more).
pub fn put(name: &str, from: &Path, to: &Path) -> Result<Option<bool>, Problem> {
    let (source, target) = (from.join(name), to.join(name));
    let folder = target.parent().unwrap_or(to);
    make_folder(folder)?;
    let copied = match link_or_copy(&source, &target) {
        Ok(copied) => copied,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(at(&source)(e)),
    };
    sync_folder(folder)?;
    Ok(Some(copied))
}

/// Parts that are being collected in a folder.
pub struct Shelf {
    from: PathBuf,
    to: PathBuf,
    there: BTreeMap<String, PartFile>,
    /// Looked for in vain: the next time they are not there either, they are missing and not just merged away.
    gone: BTreeSet<String>,
}

/// All that was asked for.
pub struct Complete {
    pub parts: Vec<PartFile>,
    pub missing: Vec<String>,
}

impl Shelf {
    pub fn new(from: PathBuf, to: PathBuf) -> Self {
        Self { from, to, there: BTreeMap::new(), gone: BTreeSet::new() }
    }

    /// Fetches a part unless it is here already. False when its file is not there.
    pub fn fetch(&mut self, part: &Known) -> Result<bool, Problem> {
        let (name, meta) = (&part.meta.path, &part.meta);
        if self.there.contains_key(name) {
            return Ok(true);
        }
        if put(name, &self.from, &self.to)?.is_none() {
            return Ok(false);
        }
        let (bytes, xxh3) = sum(&self.to.join(name))?;
        let whole = i64::try_from(bytes) == Ok(meta.bytes) && xxh3 == meta.checksum;
        let (file, rows) = (name.clone(), meta.rows);
        self.there.insert(name.clone(), PartFile { file, rows, bytes, xxh3, damaged: !whole });
        Ok(true)
    }

    /// Fetches all of these. `None` when one of them vanished meanwhile: then the list was older than the files.
    pub fn complete(&mut self, wanted: &[Known]) -> Result<Option<Complete>, Problem> {
        let (mut parts, mut missing, mut vanished) = (Vec::new(), Vec::new(), false);
        for part in wanted {
            let name = &part.meta.path;
            if self.fetch(part)? {
                parts.extend(self.there.get(name).cloned());
            } else if part.aside || self.gone.contains(name) {
                missing.push(name.clone());
            } else {
                self.gone.insert(name.clone());
                vanished = true;
            }
        }
        Ok((!vanished).then_some(Complete { parts, missing }))
    }

    /// Removes what was fetched and is not among these.
    pub fn drop_others(&self, kept: &Complete) -> Result<(), Problem> {
        let kept: BTreeSet<&str> = kept.parts.iter().map(|p| p.file.as_str()).collect();
        for name in self.there.keys().filter(|n| !kept.contains(n.as_str())) {
            let path = self.to.join(name);
            fs::remove_file(&path).map_err(at(&path))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn part(dir: &Path, name: &str, text: &str) -> Known {
        let path = dir.join("lake").join(name);
        make_folder(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let (bytes, checksum) = sum(&path).unwrap();
        let meta = json!({
            "id": name, "tenant": "a", "dataset": "d", "day": "2026-11-21", "path": name, "rows": 1, "bytes": bytes,
            "min_time": "2026-01-01T00:00:00Z", "max_time": "2026-01-01T00:00:00Z", "min_id": 1, "max_id": 1,
            "checksum": checksum, "level": 0, "state": "live",
        });
        Known { meta: serde_json::from_value(meta).unwrap(), aside: false }
    }

    #[test]
    fn what_vanishes_is_asked_for_again_and_what_stays_away_is_missing() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (part(dir.path(), "x/a.parquet", "aa"), part(dir.path(), "x/b.parquet", "b"));
        let mut shelf = Shelf::new(dir.path().join("lake"), dir.path().join("to"));
        assert!(shelf.fetch(&a).unwrap());
        // merged away meanwhile: a copy of it is here already
        fs::remove_file(dir.path().join("lake/x/a.parquet")).unwrap();
        fs::remove_file(dir.path().join("lake/x/b.parquet")).unwrap();
        let wanted = [a, b];
        assert!(shelf.complete(&wanted).unwrap().is_none());
        let done = shelf.complete(&wanted).unwrap().unwrap();
        assert_eq!(
            (done.parts.len(), done.missing.as_slice()),
            (1, &["x/b.parquet".to_owned()][..])
        );
        let none = Complete { parts: Vec::new(), missing: Vec::new() };
        shelf.drop_others(&none).unwrap();
        assert!(!dir.path().join("to/x/a.parquet").exists());
    }

    #[test]
    fn damage_is_seen_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let a = part(dir.path(), "a.parquet", "aa");
        fs::write(dir.path().join("lake/a.parquet"), "ab").unwrap();
        let mut shelf = Shelf::new(dir.path().join("lake"), dir.path().join("to"));
        let done = shelf.complete(&[a]).unwrap().unwrap();
        assert!(done.parts[0].damaged && done.parts[0].bytes == 2);
    }

    #[test]
    fn no_path_leads_out() {
        for bad in ["", "../x", "/etc/passwd", "a/../../b", "./a"] {
            assert!(stays_inside(bad).is_err(), "{bad}");
        }
        stays_inside("tenant=a/dataset=%2E./day=x/1.parquet").unwrap();
    }
}
