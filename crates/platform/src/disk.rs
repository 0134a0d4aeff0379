//! Room on disk.
use std::{io, path::Path};

/// Bytes of the file system that holds a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// What a program without special rights may still use.
    pub free: u64,
    pub total: u64,
}

/// # Errors
/// When the path does not exist or the system does not tell.
pub fn space(path: &Path) -> io::Result<Space> {
    let there = rustix::fs::statvfs(path)?;
    let bytes = |blocks: u64| blocks.saturating_mul(there.f_frsize);
    Ok(Space { free: bytes(there.f_bavail), total: bytes(there.f_blocks) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_some_room_and_a_missing_one_is_an_error() {
        let here = space(&std::env::temp_dir()).unwrap();
        assert!(here.total > 0 && here.free <= here.total, "{here:?}");
        assert!(space(Path::new("/no/such/folder")).is_err());
    }
}
