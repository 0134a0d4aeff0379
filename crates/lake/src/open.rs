//! What happens at open, and the full check: files and manifest are compared, and neither is trusted alone.
use crate::chunk::Span;
use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::layout;
use crate::manifest::{ManifestChange, PartMeta, PartState};
use crate::part::Part;
use crate::storage;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Below the lake's root: files that no manifest names, kept when the manifest is empty, since then the manifest may be the wrong one.
const ORPHANS: &str = "orphans";

/// What a full check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    pub parts: i64,
    pub rows: i64,
    pub bytes: i64,
    /// Id, path and what is wrong. These parts are quarantined.
    pub damaged: Vec<(String, String, String)>,
    /// Ids of parts that were quarantined and are whole again.
    pub repaired: Vec<String>,
}

impl Lake {
    /// Answers the parts that are bad and that the manifest calls live.
    pub(crate) fn load(&self, metas: Vec<PartMeta>) -> Result<Vec<Arc<Part>>, LakeError> {
        self.sweep(&metas)?;
        let mut newly_bad = Vec::new();
        for meta in metas {
            let part = Arc::new(Part::new(&self.dir, meta, self.cache.clone()));
            let mut state = self.state.lock();
            if part.meta.state == PartState::Quarantined {
                state.quarantined.insert(part.meta.id.clone(), part);
                continue;
            }
            // a crash can only tear what was written last: those are read in full
            match verify(&part, part.meta.level == 0) {
                Ok(()) => {
                    Arc::make_mut(&mut state.parts).insert(part.meta.id.clone(), part);
                }
                Err(error) => {
                    tracing::error!(part = part.meta.id, %error, "a part is damaged and set aside");
                    state.quarantined.insert(part.meta.id.clone(), part.clone());
                    newly_bad.push(part);
                }
            }
        }
        Ok(newly_bad)
    }

    /// Removes temporary files and parts that the manifest does not name.
    fn sweep(&self, metas: &[PartMeta]) -> Result<(), LakeError> {
        let known: BTreeSet<&str> = metas.iter().map(|m| m.path.as_str()).collect();
        for (name, path) in storage::walk(&self.dir)? {
            let ending = path.extension().and_then(|e| e.to_str());
            let is_part = ending == Some(storage::PART);
            if known.contains(name.as_str()) || !(is_part || ending == Some(storage::TEMPORARY)) {
                continue;
            }
            if is_part && metas.is_empty() {
                let kept = self.dir.join(ORPHANS).join(path.file_name().unwrap_or_default());
                storage::create_durably(&self.dir.join(ORPHANS))?;
                std::fs::rename(&path, &kept).map_err(LakeError::io(&path))?;
                tracing::warn!(from = name, to = %kept.display(), "a part that no manifest names was moved away");
            } else {
                std::fs::remove_file(&path).map_err(LakeError::io(&path))?;
                tracing::info!(name, "an unfinished or unnamed file was removed");
            }
        }
        Ok(())
    }

    /// Reads every byte of every part and compares checksums. Damaged parts are quarantined, quarantined parts that are whole again
    /// come back.
    pub async fn check(self: &Arc<Self>) -> Result<CheckReport, LakeError> {
        let this = self.clone();
        let (report, bad, good) = blocking(move || this.check_files()).await?;
        if !bad.is_empty() {
            self.note_quarantine(bad).await;
        }
        if !good.is_empty() {
            let add = good
                .iter()
                .map(|p| {
                    let mut meta = p.meta.clone();
                    meta.state = PartState::Live;
                    meta
                })
                .collect();
            self.manifest
                .commit(ManifestChange { add, ..Default::default() })
                .await
                .map_err(LakeError::Manifest)?;
            let mut state = self.state.lock();
            for part in good {
                state.quarantined.remove(&part.meta.id);
                Arc::make_mut(&mut state.parts).insert(part.meta.id.clone(), part);
            }
        }
        Ok(report)
    }

    #[allow(clippy::type_complexity)]
    fn check_files(&self) -> Result<(CheckReport, Vec<Arc<Part>>, Vec<Arc<Part>>), LakeError> {
        let mut report = CheckReport::default();
        let (mut bad, mut good) = (Vec::new(), Vec::new());
        let (live, aside) = {
            let state = self.state.lock();
            (state.parts.clone(), state.quarantined.values().cloned().collect::<Vec<_>>())
        };
        for part in live.values() {
            report.parts += 1;
            report.rows += part.meta.rows;
            report.bytes += part.meta.bytes;
            if let Err(error) = verify(part, true) {
                report.damaged.push((
                    part.meta.id.clone(),
                    part.meta.path.clone(),
                    error.to_string(),
                ));
                if self.set_aside(part) {
                    bad.push(part.clone());
                }
            }
        }
        for part in aside {
            match verify(&part, true) {
                Ok(()) => {
                    report.repaired.push(part.meta.id.clone());
                    good.push(part);
                }
                Err(error) => report.damaged.push((
                    part.meta.id.clone(),
                    part.meta.path.clone(),
                    error.to_string(),
                )),
            }
        }
        Ok((report, bad, good))
    }
}

/// Length and footer; with `whole` the checksum too.
pub(crate) fn verify(part: &Part, whole: bool) -> Result<(), LakeError> {
    let damaged = |reason: String| LakeError::Damaged { id: part.meta.id.clone(), reason };
    let length = std::fs::metadata(part.path()).map_err(LakeError::io(part.path()))?.len();
    if i64::try_from(length) != Ok(part.meta.bytes) {
        return Err(damaged(format!("{length} bytes instead of {}", part.meta.bytes)));
    }
    if whole {
        let (_, checksum) = storage::checksum(part.path())?;
        if checksum != part.meta.checksum {
            return Err(damaged("the checksum is wrong".into()));
        }
    }
    let footer = part.footer()?;
    let rows = footer.rows();
    if i64::try_from(rows) != Ok(part.meta.rows) {
        return Err(damaged(format!("{rows} rows instead of {}", part.meta.rows)));
    }
    // searches leave a part out by these: a list with other ones would hide events
    let mut span = Span::EMPTY;
    for g in &footer.groups {
        span.add(g.min_time, g.min_id);
        span.add(g.max_time, g.max_id);
    }
    let m = &part.meta;
    let listed =
        Span { min_time: m.min_time.0, max_time: m.max_time.0, min_id: m.min_id, max_id: m.max_id };
    if span != listed || !m.path.starts_with(&layout::folder(&m.tenant, &m.dataset, &m.day)) {
        return Err(damaged("the list of parts says other things than the file".into()));
    }
    Ok(())
}
