//! Parts whose time is over: whole files, never rows, and only what is in the manifest; the head and the journal stay.
//!
//! Dropping is a merge without a result: one transaction takes the parts out of the manifest, one exchange takes them from readers,
//! and a file goes when its last reader lets go. What a crash leaves of files is swept at the next open, since no row names it.
//!
//! A drop whose transaction was not confirmed is never carried out later: what allowed it may no longer do so. One that was begun
//! goes to its end though whoever asked for it goes away meanwhile, since the database does not take back a commit that is on its
//! way: readers would go on seeing what the manifest no longer lists.
use crate::error::LakeError;
use crate::lake::{Lake, Pending, blocking, to_the_end};
use crate::layout;
use crate::manifest::{ManifestChange, PartId, PartMeta};
use model::Micros;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;
use tokio::sync::OwnedMutexGuard;

/// A part, and the day by which it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedPart {
    /// Its folder's day. Events whose times no folder is made for count from the day on which their file was written.
    pub day: String,
    /// Whether deleting it gives room back: not while a backup on the same disk links to the same file.
    pub frees: bool,
    pub meta: PartMeta,
}

/// When the file was written last, and how many names it has.
fn written(path: &Path) -> Option<(Micros, u64)> {
    use std::os::unix::fs::MetadataExt;
    let there = std::fs::metadata(path).ok()?;
    let since = there.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((Micros(i64::try_from(since.as_micros()).ok()?), there.nlink()))
}

/// The right to drop parts: no merge runs while it is held.
pub struct Dropping {
    lake: Arc<Lake>,
    pending: OwnedMutexGuard<Option<Pending>>,
}

impl Dropping {
    /// Takes these parts out for good. Those that are not there (any more) are left out of the answer. After an error they are gone
    /// or not, as the manifest says; nothing goes later.
    ///
    /// `forbidden` ends when they may no longer go, which breaks it off. It lives until the parts are gone, so it may hold what allows
    /// that.
    pub async fn parts(
        self,
        ids: &[PartId],
        forbidden: impl Future<Output = ()> + Send + 'static,
    ) -> Result<Vec<PartMeta>, LakeError> {
        let Self { lake, mut pending } = self;
        let gone: Vec<PartMeta> = {
            let state = lake.state.lock();
            ids.iter().filter_map(|id| state.parts.get(id)).map(|p| p.meta.clone()).collect()
        };
        if gone.is_empty() {
            return Ok(gone);
        }
        let remove = gone.iter().map(|m| m.id.clone()).collect();
        let change = ManifestChange { remove, ..Default::default() };
        *pending = Some(Pending { change, parts: Vec::new() });
        to_the_end(async move {
            tokio::select! {
                biased;
                done = lake.commit_merge(&mut pending) => done.map(|()| gone),
                () = forbidden => Err(LakeError::Forbidden),
            }
        })
        .await
    }
}

impl Lake {
    /// All parts that readers see. What is set aside as damaged is not among them: it stays until somebody has looked at it.
    pub async fn dated_parts(self: &Arc<Self>) -> Result<Vec<DatedPart>, LakeError> {
        let this = self.clone();
        blocking(move || {
            let parts = this.state.lock().parts.clone();
            let dated = parts.values().map(|part| {
                let file = written(part.path());
                let day = match (part.meta.day.as_str(), file) {
                    (layout::OTHER, Some((at, _))) => at.date(),
                    (day, _) => day.to_owned(),
                };
                let frees = file.is_some_and(|(_, names)| names < 2);
                DatedPart { day, frees, meta: part.meta.clone() }
            });
            Ok(dated.collect())
        })
        .await
    }

    /// Waits for a merge that is running, since that may be reading the parts, and keeps the next one off.
    pub async fn begin_drop(&self) -> Result<Dropping, LakeError> {
        let lake = self.me()?;
        let mut pending = self.merging.clone().lock_owned().await;
        to_the_end(async move {
            let settled = lake.settle(&mut pending).await;
            settled.map(|()| Dropping { lake, pending })
        })
        .await
    }

    /// [`Dropping::parts`] at once, and whatever happens.
    pub async fn drop_parts(&self, ids: &[PartId]) -> Result<Vec<PartMeta>, LakeError> {
        self.begin_drop().await?.parts(ids, std::future::pending()).await
    }

    /// Ends what was left unconfirmed, before anything else is written. A merge is committed again, as it changes no event; of a drop
    /// only what has already left the manifest goes.
    pub(crate) async fn settle(&self, pending: &mut Option<Pending>) -> Result<(), LakeError> {
        let Some(p) = pending.as_ref() else { return Ok(()) };
        if !p.parts.is_empty() {
            return self.commit_merge(pending).await;
        }
        let listed = self.manifest.settled().await.map_err(LakeError::Manifest)?;
        let listed: BTreeSet<PartId> = listed.into_iter().map(|m| m.id).collect();
        let mut gone = p.change.remove.clone();
        gone.retain(|id| !listed.contains(id));
        self.exchange(&gone, &[]);
        *pending = None;
        Ok(())
    }
}
