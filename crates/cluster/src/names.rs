//! Names of indexes, aliases and fields.
use model::event::Event;
use model::retention::DataClass;
use model::{Micros, fieldmap};

/// Everything that is stored, for readers.
pub const EVENTS: &str = "events-v1";
/// What network sensors send lies in indexes of its own: it is more, and kept for a shorter time.
pub const NETWORK: &str = "network-events-";
pub const HOST: &str = "host-events-";
/// An alias of each day's indexes: the records as sent are in the same documents.
pub const RAW: &str = "raw-events-";

/// Copies of all alerts, for readers; they lie in the index below it.
pub const ALERTS: &str = "alerts-v1";
pub const ALERTS_INDEX: &str = "alerts-000001";
/// Copies of the dead letters, a day's in an index.
pub const LETTERS: &str = "dlq-events-";

pub const TENANT: &str = "eventsec.tenant";
/// Microseconds: a `date` keeps milliseconds.
pub const TIME: &str = "eventsec.time";
pub const RECEIVED: &str = "eventsec.received";
/// Names of all fields that have a value.
pub const NAMES: &str = "eventsec.names";
/// `name NUL-like kind value` of values outside the field map, in lower case.
pub const KV: &str = "eventsec.kv";
/// The same with the value's own case, for counting.
pub const VALUES: &str = "eventsec.values";
/// Fields of which a value is searched nowhere else: events to be looked at.
pub const ODD: &str = "eventsec.odd";
/// Terms of everything.
pub const WORDS: &str = "eventsec.words";

/// In `eventsec.odd` of an event of which not every term stands in `eventsec.words`.
pub const ODD_WORDS: &str = "\u{1}words";
/// In `eventsec.odd` of an event whose `@timestamp` is not its time.
pub const ODD_TIME: &str = "@timestamp";

/// Kind of a value in `eventsec.kv`.
pub const STRING: char = 's';
pub const NUMBER: char = 'n';

/// Longest value that is a keyword, in bytes.
pub const MAX_KEYWORD: usize = 8191;
/// Longest term, in bytes; OpenSearch takes four times as much.
pub const MAX_TERM: usize = 8191;
/// Longest name that is searched as it is.
const MAX_NAME: usize = 256;

/// A field's name as it stands in `eventsec.names`, `.odd` and `.kv`. A very long one is cut and given a hash.
pub fn token(name: &str) -> std::borrow::Cow<'_, str> {
    if name.contains(['\u{1}', '\u{2}']) {
        return token(&name.replace(['\u{1}', '\u{2}'], "\u{fffd}")).into_owned().into();
    }
    if name.len() <= MAX_NAME {
        return name.into();
    }
    let mut end = MAX_NAME;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}\u{2}{:016x}", &name[..end], xxhash_rust::xxh3::xxh3_64(name.as_bytes())).into()
}

/// Beginning of a value in `eventsec.kv` and `.values`.
pub fn kv(name: &str, kind: char) -> String {
    format!("{}\u{1}{kind}", token(name))
}

/// The field of the map with exactly this name, other than a core attribute.
pub fn mapped(name: &str) -> Option<fieldmap::Kind> {
    fieldmap::field(name).filter(|f| f.name == name && !fieldmap::is_core(name)).map(|f| f.kind)
}

/// The index of an event, without prefix: it follows from the event alone.
pub fn index(e: &Event) -> String {
    let class = match &*e.source {
        "suricata" | "zeek" => NETWORK,
        _ => HOST,
    };
    format!("{class}{}", day(e.received_at))
}

/// `2026.11.21`
pub fn day(at: Micros) -> String {
    at.format("%Y.%m.%d")
}

/// What an index of events (without prefix) is: of which class, and of which day (`2026-11-21`). `None`: not one that we make.
pub fn dated(index: &str) -> Option<(DataClass, String)> {
    let (class, day) = match (index.strip_prefix(NETWORK), index.strip_prefix(HOST)) {
        (Some(day), _) => (DataClass::Network, day),
        (None, Some(day)) => (DataClass::Events, day),
        (None, None) => return None,
    };
    dashed(day).map(|day| (class, day))
}

/// `2026.11.21` as `2026-11-21`.
pub fn dashed(day: &str) -> Option<String> {
    let fits = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'.',
        _ => byte.is_ascii_digit(),
    };
    let is_day = day.len() == 10 && day.bytes().enumerate().all(fits);
    is_day.then(|| day.replace('.', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_indexes_of_ours_have_a_day() {
        let day = || "2026-11-21".to_owned();
        assert_eq!(dated("network-events-2026.11.21"), Some((DataClass::Network, day())));
        assert_eq!(dated("host-events-2026.11.21"), Some((DataClass::Events, day())));
        for other in [
            "host-events-2026.11.21-old",
            "host-events-all",
            "raw-events-2026.11.21",
            "host-events-2026-11-21",
        ] {
            assert_eq!(dated(other), None, "{other}");
        }
    }
}
