//! Room on the file system of the data folder.
use model::pipeline::PipelineDisk;
use std::path::PathBuf;

/// `None` where nobody says which folder it is, or the system does not tell.
pub async fn room(folder: Option<PathBuf>) -> Option<PipelineDisk> {
    let folder = folder?;
    // a file system over the network may take its time
    tokio::task::spawn_blocking(move || {
        let stat = rustix::fs::statvfs(&folder)
            .inspect_err(|e| tracing::warn!(error = %e, folder = %folder.display(), "room on the disk is not known"))
            .ok()?;
        let bytes = |blocks: u64| i64::try_from(blocks.saturating_mul(stat.f_frsize)).unwrap_or(i64::MAX);
        Some(PipelineDisk { free: bytes(stat.f_bavail), total: bytes(stat.f_blocks) })
    })
    .await
    .ok()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_has_room_and_one_that_is_not_there_has_none_that_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let disk = room(Some(folder.path().into())).await.unwrap();
        assert!(disk.total > 0 && (0..=disk.total).contains(&disk.free), "{disk:?}");
        assert_eq!(room(Some(folder.path().join("not there"))).await, None);
        assert_eq!(room(None).await, None);
    }
}
