//! Keeps the copies of alerts and dead letters in OpenSearch, for people who read it themselves.
//!
//! Invariants
//! - One process does it, the one that leads; that two do it for a moment does no harm, since copies carry their rows' versions.
//! - What changed is copied within about a second. A transaction that took long is seen late, so the last minutes are read again.
//! - A slow walk over all ids compares both sides: what lags behind is copied again, and a copy without a row is deleted. So
//!   deletions are followed, and so is whatever else was missed. It needs no memory and goes from the beginning when the lead changes.
use super::lead::Lead;
use cluster::{
    Cluster, ClusterError,
    mirror::{self, Document, Kind, Seen},
};
use model::{
    Micros,
    time::{Clock, DAY, MINUTE},
};
use platform::Tasks;
use std::{collections::HashMap, sync::Arc, time::Duration};
use store::Store;
use tokio::sync::Mutex;

/// How often changes are looked for.
const EVERY: Duration = Duration::from_secs(1);
/// The walk takes a stride each so many looks.
const WALK: u64 = 3;
/// Rows of one stride.
const STRIDE: usize = 500;
/// Rows that are read and sent together.
const TOGETHER: usize = 200;
/// Strides of one look: what is more waits for the next.
const MOST_STRIDES: usize = 20;
/// A change may become visible so much later than its time says: transactions end within a minute, and clocks differ.
const LATE: i64 = 2 * MINUTE;
/// The same for ids, which are given out before their transactions end.
const LATE_IDS: i64 = 1_000;

/// Where the places are kept in the database.
const ALERTS: &str = "copied_alerts";
const LETTERS: &str = "copied_letters";

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Cluster(#[from] ClusterError),
}

/// Up to where changes are copied, and what this process remembers.
struct Keeper {
    store: Store,
    cluster: Arc<Cluster>,
    clock: Clock,
    looks: u64,
    /// Versions that were copied or refused not long ago: reading them again is enough.
    known: HashMap<(Kind, i64), i64>,
    refused: HashMap<(Kind, i64), i64>,
    /// Where the walks are.
    walked: HashMap<Kind, i64>,
    failing: bool,
}

pub fn start(store: &Store, cluster: &Arc<Cluster>, clock: &Clock, lead: Lead, tasks: &Tasks) {
    let keeper = Keeper {
        store: store.clone(),
        cluster: cluster.clone(),
        clock: clock.clone(),
        looks: 0,
        known: HashMap::new(),
        refused: HashMap::new(),
        walked: HashMap::new(),
        failing: false,
    };
    let keeper = Arc::new(Mutex::new(keeper));
    tasks.repeat("copies", EVERY, move || {
        let (keeper, lead) = (keeper.clone(), lead.clone());
        async move {
            let mut keeper = keeper.lock().await;
            if lead.is_here().await {
                keeper.look_after().await;
            } else {
                // who leads next begins anew
                keeper.known.clear();
                keeper.refused.clear();
                keeper.walked.clear();
            }
        }
    });
}

impl Keeper {
    async fn look_after(&mut self) {
        match self.look().await {
            Ok(()) if self.failing => {
                self.failing = false;
                tracing::info!("alerts and dead letters are copied to OpenSearch again");
            }
            Ok(()) => {}
            Err(e) if self.failing => tracing::debug!(error = %e, "copies wait"),
            Err(e) => {
                self.failing = true;
                tracing::warn!(error = %e, "alerts and dead letters are not copied to OpenSearch");
            }
        }
    }

    async fn look(&mut self) -> Result<(), Fault> {
        self.alerts().await?;
        self.letters().await?;
        self.looks = self.looks.wrapping_add(1);
        if self.looks.is_multiple_of(WALK) {
            for kind in Kind::ALL {
                self.walk(kind).await?;
            }
        }
        Ok(())
    }

    /// Numbers that were kept under a name; noughts at first.
    async fn place<const N: usize>(&self, name: &str) -> Result<[i64; N], Fault> {
        let text = self.store.meta(name).await?.unwrap_or_default();
        let numbers: Vec<i64> = text.split('.').filter_map(|n| n.parse().ok()).collect();
        Ok(numbers.try_into().unwrap_or([0; N]))
    }

    async fn keep(&self, name: &str, numbers: &[i64]) -> Result<(), Fault> {
        let text: Vec<String> = numbers.iter().map(i64::to_string).collect();
        let mut tx = self.store.begin().await?;
        tx.set_meta(name, &text.join(".")).await?;
        Ok(tx.commit().await?)
    }

    /// Alerts by the times of their changes.
    async fn alerts(&mut self) -> Result<(), Fault> {
        let [time, id] = self.place::<2>(ALERTS).await?;
        let kept = (Micros(time), id);
        let recent = (self.clock)().plus(-LATE);
        let (mut from, mut newest) = (kept.min((recent, 0)), kept);
        for _ in 0..MOST_STRIDES {
            let changes = self.store.alert_changes(from, STRIDE as i64).await?;
            let Some(last) = changes.last().copied() else { break };
            let rows: Vec<(i64, i64)> = changes.iter().map(|(at, id)| (*id, at.0)).collect();
            self.copy(Kind::Alerts, &rows, true).await?;
            (from, newest) = (last, newest.max(last));
            if changes.len() < STRIDE {
                break;
            }
        }
        if newest > kept {
            self.keep(ALERTS, &[newest.0.0, newest.1]).await?;
        }
        self.known.retain(|(kind, _), version| *kind != Kind::Alerts || *version >= recent.0);
        Ok(())
    }

    /// Dead letters by their ids.
    async fn letters(&mut self) -> Result<(), Fault> {
        let [kept] = self.place::<1>(LETTERS).await?;
        let recent = (kept - LATE_IDS).max(0);
        let (mut from, mut newest) = (recent, kept);
        for _ in 0..MOST_STRIDES {
            let rows = self.rows(Kind::Letters, from).await?;
            let Some((last, _)) = rows.last().copied() else { break };
            self.copy(Kind::Letters, &rows, true).await?;
            (from, newest) = (last, newest.max(last));
            if rows.len() < STRIDE {
                break;
            }
        }
        if newest > kept {
            self.keep(LETTERS, &[newest]).await?;
        }
        self.known.retain(|(kind, id), _| *kind != Kind::Letters || *id >= recent);
        Ok(())
    }

    /// Ids after that one and the versions of their copies.
    async fn rows(&self, kind: Kind, after: i64) -> Result<Vec<(i64, i64)>, Fault> {
        let limit = STRIDE as i64;
        Ok(match kind {
            Kind::Alerts => self.store.alert_versions(after, limit).await?,
            Kind::Letters => {
                let rows = self.store.letter_versions(after, limit).await?;
                rows.into_iter().map(|(id, replays)| (id, replays + 1)).collect()
            }
        })
    }

    async fn documents(&self, kind: Kind, ids: &[i64]) -> Result<Vec<Document>, Fault> {
        Ok(match kind {
            Kind::Alerts => {
                let rows = self.store.alerts_of_all(ids).await?;
                rows.iter().map(|(tenant, alert)| mirror::alert(tenant, alert)).collect()
            }
            Kind::Letters => {
                let rows = self.store.letters_of_all(ids).await?;
                rows.iter().map(|(tenant, letter)| mirror::letter(tenant, letter)).collect()
            }
        })
    }

    /// Copies rows (ids and versions), but those that OpenSearch refused in this version and, if it is to be trusted, those that are
    /// known to be there.
    async fn copy(&mut self, kind: Kind, rows: &[(i64, i64)], trust: bool) -> Result<(), Fault> {
        let is_in = |of: &HashMap<(Kind, i64), i64>, id: i64, version: i64| {
            of.get(&(kind, id)).is_some_and(|known| *known == version)
        };
        let ids: Vec<i64> = rows
            .iter()
            .filter(|(id, v)| {
                !(is_in(&self.refused, *id, *v) || trust && is_in(&self.known, *id, *v))
            })
            .map(|(id, _)| *id)
            .collect();
        for some in ids.chunks(TOGETHER) {
            let documents = self.documents(kind, some).await?;
            let refused = self.cluster.mirror(&documents).await?;
            self.known.extend(documents.iter().map(|d| ((kind, d.id), d.version)));
            for poison in refused {
                tracing::error!(?kind, id = poison.id, reason = %poison.reason, "OpenSearch refuses a copy");
                if let Some(d) = documents.iter().find(|d| d.id == poison.id) {
                    self.refused.insert((kind, d.id), d.version);
                }
            }
        }
        Ok(())
    }

    /// A stride of the walk: what both sides have between two ids.
    async fn walk(&mut self, kind: Kind) -> Result<(), Fault> {
        let after = self.walked.get(&kind).copied().unwrap_or(0);
        // OpenSearch first: a row that is not there afterwards is gone, and one that is newer is only newer
        let seen = self.cluster.seen(kind, after, STRIDE).await?;
        let rows = self.rows(kind, after).await?;
        let ends = [
            seen.last().filter(|_| seen.len() == STRIDE).map(|s| s.id),
            rows.last().filter(|_| rows.len() == STRIDE).map(|(id, _)| *id),
        ];
        let end = ends.into_iter().flatten().min();
        let (behind, gone) = compare(&rows, &seen, end.unwrap_or(i64::MAX));
        self.cluster.unmirror(&gone).await?;
        self.copy(kind, &behind, false).await?;
        if end.is_none() && kind == Kind::Letters {
            let yesterday = (self.clock)().plus(-DAY).date();
            self.cluster.drop_empty_letters(&yesterday).await?;
        }
        self.walked.insert(kind, end.unwrap_or(0));
        Ok(())
    }
}

/// Of the ids up to `end`: rows whose copies are missing or older, and copies that have no row, or a newer version than it (the
/// database was put back to an earlier day).
fn compare(rows: &[(i64, i64)], seen: &[Seen], end: i64) -> (Vec<(i64, i64)>, Vec<Seen>) {
    let versions: HashMap<i64, i64> = seen.iter().map(|s| (s.id, s.version)).collect();
    let is_behind = |(id, version): &&(i64, i64)| versions.get(id).is_none_or(|v| v < version);
    let behind = rows.iter().filter(|(id, _)| *id <= end).filter(is_behind).copied().collect();
    let there: HashMap<i64, i64> = rows.iter().copied().collect();
    let is_gone = |s: &&Seen| there.get(&s.id).is_none_or(|version| s.version > *version);
    let gone = seen.iter().filter(|s| s.id <= end).filter(is_gone).cloned().collect();
    (behind, gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(of: &[Seen]) -> Vec<i64> {
        of.iter().map(|s| s.id).collect()
    }

    fn seen(of: &[(i64, i64)]) -> Vec<Seen> {
        of.iter().map(|(id, version)| Seen::new(*id, *version, "i")).collect()
    }

    #[test]
    fn both_sides_are_compared_up_to_where_both_were_read() {
        let rows = [(1, 10), (2, 10), (3, 10), (7, 10)];
        let copies = seen(&[(1, 10), (2, 9), (4, 5), (7, 11), (9, 1)]);
        let (behind, gone) = compare(&rows, &copies, i64::MAX);
        assert_eq!(behind, [(2, 10), (3, 10)]);
        assert_eq!(ids(&gone), [4, 7, 9]);
        let (behind, gone) = compare(&rows, &copies, 3);
        assert_eq!((behind.len(), gone.len()), (2, 0));
        let (behind, gone) = compare(&[], &copies, 2);
        assert_eq!((behind.len(), ids(&gone)), (0, vec![1, 2]));
    }
}
