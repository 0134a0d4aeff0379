//! What was read and decoded lately, within a number of bytes: footers, filters, columns.
use crate::part::Footer;
use arrow_array::{Array, ArrayRef};
use bytes::Bytes;
use hashbrown::HashMap;
use parking_lot::Mutex;
use std::sync::Arc;

/// Part (a number unique in this process), row group, column. Footers and filters have columns of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub part: u64,
    pub group: u32,
    pub column: u32,
}

impl Key {
    pub const FOOTER: u32 = u32::MAX;
    pub const FILTER: u32 = u32::MAX - 1;
    pub const IDS: u32 = u32::MAX - 2;
}

#[derive(Clone)]
pub enum Value {
    Footer(Arc<Footer>),
    Filter(Bytes),
    Column(ArrayRef),
    /// Sorted ids of a part.
    Ids(Arc<Vec<i64>>),
}

struct Entry {
    value: Value,
    bytes: usize,
    used: u64,
}

#[derive(Default)]
struct Inner {
    entries: HashMap<Key, Entry>,
    bytes: usize,
    clock: u64,
}

pub struct Cache {
    inner: Mutex<Inner>,
    limit: usize,
}

impl Cache {
    pub fn new(limit: usize) -> Self {
        Self { inner: Mutex::default(), limit }
    }

    pub fn get(&self, key: Key) -> Option<Value> {
        let mut inner = self.inner.lock();
        inner.clock += 1;
        let now = inner.clock;
        inner.entries.get_mut(&key).map(|e| {
            e.used = now;
            e.value.clone()
        })
    }

    /// Whether it is there; that does not count as using it.
    pub fn has(&self, key: Key) -> bool {
        self.inner.lock().entries.contains_key(&key)
    }

    pub fn put(&self, key: Key, value: Value) {
        let bytes = 128
            + match &value {
                Value::Footer(f) => f.bytes(),
                Value::Filter(b) => b.len(),
                Value::Column(a) => a.get_array_memory_size(),
                Value::Ids(ids) => ids.len() * 8,
            };
        // one thing that would push out all others is not kept
        if bytes > self.limit / 4 {
            return;
        }
        let mut inner = self.inner.lock();
        inner.clock += 1;
        let used = inner.clock;
        if let Some(old) = inner.entries.insert(key, Entry { value, bytes, used }) {
            inner.bytes -= old.bytes;
        }
        inner.bytes += bytes;
        if inner.bytes > self.limit {
            inner.shrink(self.limit / 4 * 3);
        }
    }

    /// Everything of a part that is gone.
    pub fn forget(&self, part: u64) {
        let mut inner = self.inner.lock();
        inner.entries.retain(|k, _| k.part != part);
        inner.bytes = inner.entries.values().map(|e| e.bytes).sum();
    }
}

impl Inner {
    /// Drops what was not used for longest.
    fn shrink(&mut self, to: usize) {
        let mut by_age: Vec<(u64, Key, usize)> =
            self.entries.iter().map(|(k, e)| (e.used, *k, e.bytes)).collect();
        by_age.sort_unstable_by_key(|(used, ..)| *used);
        for (_, key, bytes) in by_age {
            if self.bytes <= to {
                break;
            }
            self.entries.remove(&key);
            self.bytes -= bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_limit_holds() {
        let cache = Cache::new(10_000);
        let key = |part| Key { part, group: 0, column: 0 };
        cache.put(key(0), Value::Filter(vec![0; 1000].into()));
        for i in 1..50 {
            assert!(cache.get(key(0)).is_some(), "kept while it is used");
            cache.put(key(i), Value::Filter(vec![0; 1000].into()));
            assert!(cache.inner.lock().bytes <= 10_000);
        }
        assert!(cache.get(key(1)).is_none());
        cache.put(key(99), Value::Filter(vec![0; 9000].into()));
        assert!(cache.get(key(99)).is_none(), "too large to keep");
        cache.forget(0);
        assert!(cache.get(key(0)).is_none());
    }
}
