//! Room on disk, as `du` counts it.
use serde::Serialize;
use std::{collections::BTreeMap, fs, io, os::unix::fs::MetadataExt, path::Path};

/// Bytes that a folder takes, in all and by what lies directly in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Room {
    pub total: u64,
    pub by_entry: BTreeMap<String, u64>,
}

pub fn room(folder: &Path) -> io::Result<Room> {
    let mut room = Room::default();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        // kept free for the time when the disk is full: it holds no event
        if name == "reserve" {
            continue;
        }
        let bytes = below(&path)?;
        room.total += bytes;
        room.by_entry.insert(name, bytes);
    }
    Ok(room)
}

/// A file that vanishes while it is counted (merged, released) counts nothing.
fn below(path: &Path) -> io::Result<u64> {
    let there = match fs::symlink_metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(0),
        other => other?,
    };
    let mut bytes = there.blocks() * 512;
    if there.is_dir() {
        for entry in fs::read_dir(path)? {
            bytes += below(&entry?.path())?;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_below_are_counted_by_entry() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("lake/day")).unwrap();
        fs::write(dir.path().join("lake/day/part"), vec![1; 100_000]).unwrap();
        fs::write(dir.path().join("journal.db"), vec![1; 10]).unwrap();
        let room = room(dir.path()).unwrap();
        assert_eq!(room.by_entry.keys().collect::<Vec<_>>(), ["journal.db", "lake"]);
        assert!(
            room.by_entry["lake"] >= 100_000 && room.by_entry["journal.db"] < 50_000,
            "{room:?}"
        );
        assert_eq!(room.total, room.by_entry.values().sum::<u64>());
    }
}
