//! A set of event ids. Ids count up without gaps, so a bit each is little: 100 million of them are 12 MB.
use std::collections::HashMap;

const WORDS: usize = 1024;
const PAGE: i64 = WORDS as i64 * 64;

/// Pages of bits by number.
#[derive(Default)]
pub struct Ids {
    pages: HashMap<i64, Box<[u64; WORDS]>>,
    pub len: u64,
    /// The largest so far.
    pub max: i64,
}

impl Ids {
    /// False when it is there already.
    pub fn insert(&mut self, id: i64) -> bool {
        let (page, word, bit) = place(id);
        let word = &mut self.pages.entry(page).or_insert_with(|| Box::new([0; WORDS]))[word];
        let new = *word & bit == 0;
        *word |= bit;
        self.len += u64::from(new);
        self.max = self.max.max(id);
        new
    }

    pub fn has(&self, id: i64) -> bool {
        let (page, word, bit) = place(id);
        self.pages.get(&page).is_some_and(|p| p[word] & bit != 0)
    }
}

fn place(id: i64) -> (i64, usize, u64) {
    let within = id.rem_euclid(PAGE) as usize;
    (id.div_euclid(PAGE), within / 64, 1 << (within % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_there_once() {
        let mut ids = Ids::default();
        for id in [1, 63, 64, 65_535, 65_536, -1, i64::MAX, i64::MIN] {
            assert!(!ids.has(id));
            assert!(ids.insert(id) && ids.has(id));
            assert!(!ids.insert(id), "{id} twice");
        }
        assert_eq!((ids.len, ids.max), (8, i64::MAX));
        assert!(!ids.has(2));
    }
}
