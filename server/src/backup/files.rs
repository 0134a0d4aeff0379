//! Files that are there for good once a function returns: written or linked, synced, and their folder too.
use crate::wire::broken;
use model::Problem;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
};

/// What an error says about a file.
pub fn at(path: &Path) -> impl Fn(io::Error) -> Problem + '_ {
    move |e| broken(&path.display().to_string())(&e)
}

/// Names in a folder that is otherwise empty: the lock of the process itself, and what file systems put into their root.
const NO_CONTENT: [&str; 2] = ["lock", "lost+found"];

/// Makes the folder when it is not there, for its owner alone (password hashes will lie in it), and refuses one that holds something.
pub fn empty_folder(path: &Path) -> Result<(), Problem> {
    let mut maker = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(maker.recursive(true), 0o700);
    maker.create(path).map_err(at(path))?;
    for entry in fs::read_dir(path).map_err(at(path))? {
        let name = entry.map_err(at(path))?.file_name();
        if !NO_CONTENT.iter().any(|n| name == *n) {
            return Err(Problem::conflict(format!(
                "{} is not empty: it holds {}. Name an empty folder or one that does not exist",
                path.display(),
                name.to_string_lossy()
            )));
        }
    }
    Ok(())
}

pub fn sync_folder(path: &Path) -> Result<(), Problem> {
    File::open(path).and_then(|f| f.sync_all()).map_err(at(path))
}

/// Makes a folder with its parents, each of them durably.
pub fn make_folder(path: &Path) -> Result<(), Problem> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_folder(parent)?;
    }
    match fs::create_dir(path) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(at(path)(e)),
        _ => sync_folder(parent.unwrap_or(Path::new("."))),
    }
}

/// The same bytes under another name: a link where both are on one disk, else a copy. The target's folder is there. Answers whether
/// it is a copy.
///
/// # Errors
/// `NotFound` when there is no such file (any more).
pub fn link_or_copy(from: &Path, to: &Path) -> io::Result<bool> {
    match fs::hard_link(from, to) {
        Ok(()) => return Ok(false),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(e),
        // another disk, or one that knows no links
        Err(_) => {}
    }
    let unfinished = to.with_extension("copying");
    fs::copy(from, &unfinished)?;
    File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, to)?;
    Ok(true)
}

/// SHA-256 of a whole file in hexadecimal.
pub fn sha256(path: &Path) -> Result<String, Problem> {
    let mut file = File::open(path).map_err(at(path))?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        let n = file.read(&mut buffer).map_err(at(path))?;
        if n == 0 {
            return Ok(hex(hash));
        }
        hash.update(&buffer[..n]);
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// A file whose checksum is taken while it is written.
pub struct Hashed {
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl Hashed {
    pub fn create(path: &Path) -> Result<Self, Problem> {
        let file = File::create(path).map_err(at(path))?;
        Ok(Self { file, hash: Sha256::new(), bytes: 0 })
    }

    /// Syncs the file. Answers its length and SHA-256.
    pub fn finish(self) -> io::Result<(u64, String)> {
        self.file.sync_all()?;
        Ok((self.bytes, hex(self.hash)))
    }
}

impl Write for Hashed {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let mut file = Hashed::create(&path).unwrap();
        file.write_all(b"hello").unwrap();
        let (bytes, sum) = file.finish().unwrap();
        assert_eq!((bytes, sum.as_str()), (5, sha256(&path).unwrap().as_str()));
        assert!(sum.starts_with("2cf24dba5fb0a30e"), "{sum}");
    }

    #[test]
    fn only_an_empty_folder_will_do() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x/y");
        empty_folder(&path).unwrap();
        fs::write(path.join("lock"), "").unwrap();
        empty_folder(&path).unwrap();
        fs::write(path.join("eventsec.db"), "").unwrap();
        let refused = empty_folder(&path).unwrap_err();
        assert!(refused.is("conflict") && refused.detail.contains("eventsec.db"), "{refused}");
    }

    #[test]
    fn a_link_is_the_file_and_what_is_gone_is_not_found() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("a/b/to"));
        make_folder(&dir.path().join("a/b")).unwrap();
        let gone = link_or_copy(&from, &to).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
        fs::write(&from, "part").unwrap();
        link_or_copy(&from, &to).unwrap();
        fs::remove_file(&from).unwrap();
        assert_eq!(fs::read(&to).unwrap(), b"part");
    }
}
