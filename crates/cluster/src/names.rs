//! Names of indexes, aliases and fields.
use model::event::Event;
use model::{Micros, fieldmap};

/// Everything that is stored, for readers.
pub const EVENTS: &str = "events-v1";
/// What network sensors send lies in indexes of its own: it is more, and kept for a shorter time.
pub const NETWORK: &str = "network-events-";
pub const HOST: &str = "host-events-";
/// An alias of each day's indexes: the records as sent are in the same documents.
pub const RAW: &str = "raw-events-";

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
