//! The lake's manifest, kept in the journal's database: parts appear and journal blocks go in one transaction.
use futures::future::BoxFuture;
use lake::{Manifest, ManifestChange, PartMeta, PartState};
use model::time::Clock;
use std::collections::HashSet;
use store::{NewPart, Store};

pub struct StoredManifest {
    pub store: Store,
    pub clock: Clock,
}

fn row(p: &PartMeta) -> Result<NewPart, String> {
    Ok(NewPart {
        id: p.id.clone(),
        tenant: p.tenant.clone(),
        dataset: p.dataset.clone(),
        day: p.day.clone(),
        path: p.path.clone(),
        meta: serde_json::to_value(p).map_err(|e| e.to_string())?,
    })
}

fn metas(rows: Vec<store::Part>) -> Result<Vec<PartMeta>, String> {
    rows.into_iter()
        .filter(|r| r.state != store::PartState::Removed)
        .map(|r| {
            let mut meta: PartMeta = serde_json::from_value(r.meta)
                .map_err(|e| format!("manifest row {} cannot be read: {e}", r.id))?;
            if r.state == store::PartState::Quarantined {
                meta.state = PartState::Quarantined;
            }
            Ok(meta)
        })
        .collect()
}

impl Manifest for StoredManifest {
    fn parts(&self) -> BoxFuture<'_, Result<Vec<PartMeta>, String>> {
        Box::pin(async move {
            let rows = self.store.lake_parts().await;
            metas(rows.map_err(|e| e.to_string())?)
        })
    }

    fn settled(&self) -> BoxFuture<'_, Result<Vec<PartMeta>, String>> {
        Box::pin(async move {
            let rows = self.store.lake_parts_settled().await;
            metas(rows.map_err(|e| e.to_string())?)
        })
    }

    fn commit(&self, change: ManifestChange) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async move {
            let now = (self.clock)();
            // a quarantined part is one that is there already: only its state changes
            let (aside, fresh): (Vec<_>, Vec<_>) =
                change.add.iter().partition(|p| p.state == PartState::Quarantined);
            for part in aside {
                match self.store.lake_quarantine(&part.id, now).await {
                    Ok(()) | Err(store::StoreError::NotFound) => {}
                    Err(e) => return Err(e.to_string()),
                }
            }
            let add = fresh.into_iter().map(row).collect::<Result<Vec<_>, _>>()?;
            let mut remove = change.remove.clone();
            if add.is_empty() && !remove.is_empty() && change.release_through.is_none() {
                // asked again after an answer was lost: what is out already is no fault, and must not keep the rest in
                let rows = self.store.lake_parts().await.map_err(|e| e.to_string())?;
                let active = rows.iter().filter(|r| r.state == store::PartState::Active);
                let active: HashSet<&str> = active.map(|r| r.id.as_str()).collect();
                remove.retain(|id| active.contains(id.as_str()));
                if remove.is_empty() {
                    return Ok(());
                }
            }
            if add.is_empty() && remove.is_empty() && change.release_through.is_none() {
                return Ok(());
            }
            self.store
                .lake_commit(&add, &remove, change.release_through, now)
                .await
                .map_err(|e| e.to_string())?;
            // the lake deletes files once no reader holds them and sweeps the rest at its next start, so the rows are of no more use
            faults::at("manifest.before_forget");
            if let Err(e) = self.store.lake_forget(&change.remove).await {
                tracing::warn!(error = %e, "rows of removed parts stay; they name no file any more");
            }
            Ok(())
        })
    }
}
