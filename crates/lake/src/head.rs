//! Events that are in no part yet, and which ids they have.
use crate::chunk::{Chunk, Group};
use crate::error::LakeError;
use hashbrown::{HashMap, HashSet};
use model::event::Event;
use std::sync::Arc;

/// Tenant and data set.
pub type Place = (Arc<str>, Arc<str>);

#[derive(Default)]
pub struct Head {
    groups: HashMap<Place, Group>,
    ids: HashMap<Arc<str>, HashSet<i64>>,
    pub rows: usize,
    /// Memory of the events, roughly.
    pub bytes: usize,
    /// When the oldest of them was received.
    pub oldest: Option<i64>,
}

impl Head {
    pub fn has(&self, tenant: &str, id: i64) -> bool {
        self.ids.get(tenant).is_some_and(|ids| ids.contains(&id))
    }

    /// The caller has made sure that the id is new.
    pub fn push(&mut self, e: &Event) -> Result<(), LakeError> {
        let place = (e.tenant.clone(), e.dataset.clone());
        let grown = self.groups.entry(place).or_default().push(e)?;
        self.ids.entry_ref(&e.tenant).or_default().insert(e.id);
        self.rows += 1;
        // the id, and what the buffers have to spare
        self.bytes += grown + grown / 4 + 64;
        self.oldest = Some(self.oldest.map_or(e.received_at.0, |o| o.min(e.received_at.0)));
        Ok(())
    }

    /// Everything of one tenant as it is now.
    pub fn chunks(
        &self,
        tenant: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<Arc<Chunk>>, LakeError> {
        let mut out = Vec::new();
        for ((t, d), group) in &self.groups {
            if &**t == tenant && wanted(d) {
                out.extend(group.chunks()?);
            }
        }
        Ok(out)
    }

    /// Everything, by place.
    #[expect(clippy::type_complexity, reason = "said in words above")]
    pub fn chunks_closed(&self) -> Result<Vec<(Place, Vec<Arc<Chunk>>)>, LakeError> {
        let mut out = Vec::new();
        for (place, group) in &self.groups {
            out.push((place.clone(), group.chunks()?));
        }
        // the same events make the same parts, whatever order a map has
        out.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(out)
    }
}
