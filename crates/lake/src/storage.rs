//! Files: written under a temporary name, made durable, then renamed; read by position.
//!
//! A file that has its final name is whole on disk: its bytes and its name were synced before anybody heard of it.
use crate::error::LakeError;
use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use xxhash_rust::xxh3::Xxh3Default;

/// What unfinished files end in.
pub const TEMPORARY: &str = "tmp";
/// What parts end in.
pub const PART: &str = "parquet";

/// Writes a file that nobody sees until `publish`.
pub struct Draft {
    file: BufWriter<File>,
    hash: Xxh3Default,
    bytes: u64,
    temporary: PathBuf,
    path: PathBuf,
    published: bool,
}

impl Draft {
    /// Makes the folder when it is missing.
    pub fn create(path: &Path) -> Result<Self, LakeError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        create_durably(folder)?;
        faults::at("part.before_write");
        let temporary = path.with_extension(TEMPORARY);
        let file = File::create(&temporary).map_err(LakeError::io(&temporary))?;
        let file = BufWriter::with_capacity(1 << 20, file);
        Ok(Self {
            file,
            hash: Xxh3Default::new(),
            bytes: 0,
            temporary,
            path: path.into(),
            published: false,
        })
    }

    /// Syncs, renames, syncs the folder. Answers length and checksum.
    pub fn publish(mut self) -> Result<(u64, String), LakeError> {
        self.file.flush().map_err(LakeError::io(&self.temporary))?;
        faults::at("part.before_sync");
        if !faults::on("plant.no_file_sync") {
            self.file.get_ref().sync_all().map_err(LakeError::io(&self.temporary))?;
        }
        faults::at("part.before_rename");
        fs::rename(&self.temporary, &self.path).map_err(LakeError::io(&self.path))?;
        self.published = true;
        faults::at("part.after_rename");
        sync_folder(self.path.parent().unwrap_or(Path::new(".")))?;
        faults::at("part.after_folder_sync");
        Ok((self.bytes, format!("{:016x}", self.hash.digest())))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            // best effort: the sweep at the next open takes what stays
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

impl Write for Draft {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let n = self.file.write(buf)?;
        self.hash.update(&buf[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn sync_folder(folder: &Path) -> Result<(), LakeError> {
    if faults::on("plant.no_folder_sync") {
        return Ok(());
    }
    File::open(folder).and_then(|f| f.sync_all()).map_err(LakeError::io(folder))
}

/// Makes a folder and its parents so that they survive a power cut.
pub fn create_durably(folder: &Path) -> Result<(), LakeError> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent().filter(|p| !p.as_os_str().is_empty()) {
        create_durably(parent)?;
        match fs::create_dir(folder) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => {
                return Err(LakeError::io(folder)(e));
            }
            _ => return sync_folder(parent),
        }
    }
    Ok(())
}

/// Checksum and length of a whole file.
pub fn checksum(path: &Path) -> Result<(u64, String), LakeError> {
    let mut file = File::open(path).map_err(LakeError::io(path))?;
    let (mut hash, mut bytes, mut buffer) = (Xxh3Default::new(), 0, vec![0; 1 << 20]);
    loop {
        let n = file.read(&mut buffer).map_err(LakeError::io(path))?;
        if n == 0 {
            return Ok((bytes, format!("{:016x}", hash.digest())));
        }
        hash.update(&buffer[..n]);
        bytes += n as u64;
    }
}

/// An open file, read by position by any number of threads.
#[derive(Clone)]
pub struct Reader {
    file: Arc<File>,
    length: u64,
}

impl Reader {
    pub fn open(path: &Path) -> Result<Self, LakeError> {
        let file = File::open(path).map_err(LakeError::io(path))?;
        let length = file.metadata().map_err(LakeError::io(path))?.len();
        Ok(Self { file: Arc::new(file), length })
    }
}

impl Length for Reader {
    fn len(&self) -> u64 {
        self.length
    }
}

/// Reads on from a position.
pub struct From {
    reader: Reader,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.reader.file.read_at(buf, self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl ChunkReader for Reader {
    type T = io::BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(io::BufReader::new(From { reader: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        // a torn footer may ask for anything: look before allocating
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(ParquetError::EOF(format!(
                "{length} bytes at {start} of a file of {}",
                self.length
            )));
        }
        let mut buffer = vec![0; length];
        self.file.read_exact_at(&mut buffer, start)?;
        Ok(buffer.into())
    }
}

/// Every file below the lake's folders, with its path from the root.
pub fn walk(root: &Path) -> Result<Vec<(String, PathBuf)>, LakeError> {
    let (mut found, mut folders) = (Vec::new(), vec![(String::new(), root.to_path_buf())]);
    while let Some((name, folder)) = folders.pop() {
        let depth = name.split('/').filter(|p| !p.is_empty()).count();
        let entries = match fs::read_dir(&folder) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            other => other.map_err(LakeError::io(&folder))?,
        };
        for entry in entries {
            let entry = entry.map_err(LakeError::io(&folder))?;
            let Ok(own) = entry.file_name().into_string() else { continue };
            let below = if name.is_empty() { own.clone() } else { format!("{name}/{own}") };
            let kind = entry.file_type().map_err(LakeError::io(&folder))?;
            let ours =
                ["tenant=", "dataset=", "day="].get(depth).is_some_and(|p| own.starts_with(p));
            if kind.is_dir() && ours {
                folders.push((below, entry.path()));
            } else if kind.is_file() && depth == 3 {
                found.push((below, entry.path()));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_seen_when_published_and_gone_when_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tenant=a/dataset=b/day=c/x.parquet");
        let mut d = Draft::create(&path).unwrap();
        d.write_all(b"hello").unwrap();
        assert!(!path.exists());
        drop(d);
        assert!(walk(dir.path()).unwrap().is_empty());
        let mut d = Draft::create(&path).unwrap();
        d.write_all(b"hello").unwrap();
        let done = d.publish().unwrap();
        assert_eq!(done, checksum(&path).unwrap());
        assert_eq!(walk(dir.path()).unwrap()[0].0, "tenant=a/dataset=b/day=c/x.parquet");
        let r = Reader::open(&path).unwrap();
        assert_eq!(&r.get_bytes(1, 3).unwrap()[..], b"ell");
        assert!(r.get_bytes(3, usize::MAX).is_err());
    }
}
