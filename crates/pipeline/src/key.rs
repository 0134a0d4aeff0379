//! What makes a batch recognisable when it is sent again.
use xxhash_rust::xxh3::Xxh3;

/// Longest `Idempotency-Key` taken from a client, in bytes.
pub const MAX_KEY: usize = 200;

/// The client's own key, kept apart from content keys and from other senders' keys.
pub fn from_client(sender: &str, key: &str) -> String {
    format!("k:{sender}:{key}")
}

/// From the content: the same records from the same sender and sensor give the same key. Only for batches whose records all
/// carry their own time: two heartbeats without one may be equal and yet be two.
pub fn from_content<'a>(sender: &str, sensor: &str, raws: impl Iterator<Item = &'a str>) -> String {
    let mut hash = Xxh3::new();
    for part in [sender, sensor] {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    for raw in raws {
        hash.update(&(raw.len() as u64).to_le_bytes());
        hash.update(raw.as_bytes());
    }
    format!("c:{:032x}", hash.digest128())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_keys_differ_where_content_or_borders_differ() {
        let key = |raws: &[&str]| from_content("u1", "edge", raws.iter().copied());
        assert_eq!(key(&["a", "b"]), key(&["a", "b"]));
        assert_ne!(key(&["a", "b"]), key(&["ab"]));
        assert_ne!(key(&["a", "b"]), key(&["b", "a"]));
        assert_ne!(key(&["a"]), from_content("u2", "edge", ["a"].into_iter()));
    }
}
