//! One reading of names: ECS field ↔ Sigma field ↔ contract name ↔ Sentinel/Defender column ↔ OCSF attribute.
//!
//! Readers (Lucene, KQL, Sigma, JSON conditions, pivots, exports) resolve what a person or a rule typed to one canonical name;
//! the normaliser writes under the same names. Core attributes of an event are columns too and have their names here.
//! Invariant (tested): no name means two fields within one vocabulary; where vocabularies differ, `canonical` prefers the
//! everyday word, and `windows` and `contract` give the reading of their own vocabulary.
mod table;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

pub use table::WINDOWS_DATA;

/// What the values of a field are, whatever the sender wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Compared as a whole, ignoring case.
    Keyword,
    /// Compared by terms.
    Text,
    Long,
    Double,
    Bool,
    /// RFC 3339 text; `@timestamp` and `event.ingested` are microseconds in the event.
    Date,
    Ip,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Text => "text",
            Self::Long => "long",
            Self::Double => "double",
            Self::Bool => "boolean",
            Self::Date => "date",
            Self::Ip => "ip",
        }
    }
}

/// One field and all its names. Name lists are separated by blanks.
#[derive(Debug)]
pub struct Field {
    /// Canonical ECS name: column of the lake, key of `Event::fields`.
    pub name: &'static str,
    pub kind: Kind,
    /// Names in Windows event data, which are Sigma's names too.
    pub windows: &'static str,
    /// Everyday words and the contract's names, with or without `details.` before them.
    pub contract: &'static str,
    /// Columns of Microsoft Sentinel, Defender and ASIM tables.
    pub sentinel: &'static str,
    /// Attribute of OCSF; empty where none is obvious.
    pub ocsf: &'static str,
}

/// `Event.time`.
pub const TIME: &str = "@timestamp";
/// `Event.id`.
pub const ID: &str = "event.id";
/// `Event.received_at`.
pub const RECEIVED: &str = "event.ingested";
/// `Event.dataset`.
pub const DATASET: &str = "event.dataset";
/// `Event.source`.
pub const SOURCE: &str = "event.module";
/// `Event.event_type`.
pub const TYPE: &str = "event.type";
/// `Event.category`.
pub const CATEGORY: &str = "event.category";
/// `Event.severity`: the word (`info` … `critical`), not a number.
pub const SEVERITY: &str = "event.severity";
/// `Event.message`.
pub const MESSAGE: &str = "message";
/// `Event.raw`.
pub const RAW: &str = "event.original";
/// `Event.sample`.
pub const SAMPLE: &str = "labels.sample";

/// Names of the attributes that are members of `Event` and never stand in `Event::fields`.
pub const CORE: [&str; 11] =
    [TIME, ID, RECEIVED, DATASET, SOURCE, TYPE, CATEGORY, SEVERITY, MESSAGE, RAW, SAMPLE];

/// Whether the canonical name is an attribute of `Event` itself.
pub fn is_core(name: &str) -> bool {
    CORE.contains(&name)
}

/// Every known field, core attributes first.
pub fn all() -> &'static [Field] {
    table::FIELDS
}

type Index = HashMap<Box<str>, &'static Field>;

fn words(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split_ascii_whitespace()
}

impl Field {
    /// All other names of the field.
    pub fn aliases(&'static self) -> impl Iterator<Item = &'static str> {
        [self.contract, self.windows, self.sentinel, self.ocsf].into_iter().flat_map(words)
    }
}

/// Lower-cased names; the first vocabulary that claims a name keeps it.
static ANY: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index::new();
    let vocabularies: [fn(&'static Field) -> &'static str; 5] =
        [|f| f.name, |f| f.contract, |f| f.windows, |f| f.sentinel, |f| f.ocsf];
    for names in vocabularies {
        for field in table::FIELDS {
            for name in words(names(field)) {
                index.entry(name.to_ascii_lowercase().into()).or_insert(field);
            }
        }
    }
    index
});

fn of_one(names: fn(&'static Field) -> &'static str) -> Index {
    table::FIELDS
        .iter()
        .flat_map(|f| words(names(f)).map(move |n| (n.to_ascii_lowercase().into(), f)))
        .collect()
}

static WINDOWS: LazyLock<Index> = LazyLock::new(|| of_one(|f| f.windows));
static CONTRACT: LazyLock<Index> = LazyLock::new(|| of_one(|f| f.contract));

/// Longest name that is looked up; no known name is longer.
const LONGEST: usize = 96;

fn find(index: &Index, name: &str) -> Option<&'static Field> {
    let mut lower = [0u8; LONGEST];
    let lower = lower.get_mut(..name.len())?;
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    index.get(std::str::from_utf8(lower).ok()?).copied()
}

/// The field that a name in any vocabulary means, ignoring case. `details.x` means what the contract's `x` means.
pub fn field(name: &str) -> Option<&'static Field> {
    find(&ANY, name).or_else(|| name.strip_prefix("details.").and_then(contract))
}

/// The canonical name; a name that is not known stays as typed.
pub fn canonical(name: &str) -> Cow<'_, str> {
    field(name).map_or(Cow::Borrowed(name), |f| Cow::Borrowed(f.name))
}

/// What a Windows event data name (and so a Sigma field of a Windows rule) means.
pub fn windows(name: &str) -> Option<&'static Field> {
    find(&WINDOWS, name)
}

/// Canonical name of a Windows event data name: known, or under `winlog.event_data.`. Sigma's fields of Windows rules
/// resolve by the very function that the normaliser writes by.
pub fn windows_name(name: &str) -> Cow<'static, str> {
    match windows(name) {
        Some(f) => Cow::Borrowed(f.name),
        None => Cow::Owned(format!("{WINDOWS_DATA}{name}")),
    }
}

/// What a name inside the contract's `details` means.
pub fn contract(name: &str) -> Option<&'static Field> {
    find(&CONTRACT, name)
}

/// Kind of a field by any of its names; an unknown field holds keywords.
pub fn kind(name: &str) -> Kind {
    field(name).map_or(Kind::Keyword, |f| f.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clashes(names: fn(&'static Field) -> &'static str) -> Vec<String> {
        let mut seen = HashMap::new();
        let mut found = Vec::new();
        for f in all() {
            for n in words(names(f)) {
                if let Some(other) = seen.insert(n.to_ascii_lowercase(), f.name) {
                    found.push(format!("{n}: {other} and {}", f.name));
                }
            }
        }
        found
    }

    #[test]
    fn no_name_means_two_fields_within_a_vocabulary() {
        assert_eq!(clashes(|f| f.name), [""; 0]);
        assert_eq!(clashes(|f| f.contract), [""; 0]);
        assert_eq!(clashes(|f| f.windows), [""; 0]);
        assert_eq!(clashes(|f| f.sentinel), [""; 0]);
        assert_eq!(clashes(|f| f.ocsf), [""; 0]);
    }

    #[test]
    fn names_with_two_readings_are_few_and_known() {
        let mut two: Vec<String> = Vec::new();
        for f in all() {
            for n in f.aliases() {
                if field(n).map(|g| g.name) != Some(f.name) {
                    two.push(n.to_ascii_lowercase());
                }
            }
        }
        two.sort();
        two.dedup();
        assert_eq!(two, table::TWO_READINGS, "a new name with two readings must be wanted");
    }

    #[test]
    fn every_vocabulary_reaches_the_same_field() {
        for n in [
            "CommandLine",
            "commandline",
            "ProcessCommandLine",
            "process.command_line",
            "command_line",
            "details.command_line",
        ] {
            assert_eq!(canonical(n), "process.command_line", "{n}");
        }
        for n in [
            "src_ip",
            "details.src_ip",
            "SourceIp",
            "SrcIpAddr",
            "id.orig_h",
            "source.ip",
            "IpAddress",
        ] {
            assert_eq!((&*canonical(n), kind(n)), ("source.ip", Kind::Ip), "{n}");
        }
        assert_eq!(canonical("details.signature"), "rule.name");
        assert_eq!(canonical("Nobody.Knows"), "Nobody.Knows");
        assert_eq!(kind("Nobody.Knows"), Kind::Keyword);
        assert_eq!(canonical(&"x".repeat(500)).len(), 500);
    }

    #[test]
    fn core_attributes_answer_to_their_everyday_words() {
        for (word, name) in [
            ("severity", SEVERITY),
            ("dataset", DATASET),
            ("type", TYPE),
            ("event_type", TYPE),
            ("host", "host.name"),
            ("user", "user.name"),
            ("Message", MESSAGE),
            ("TimeGenerated", TIME),
        ] {
            assert_eq!(canonical(word), name, "{word}");
        }
        assert!(CORE.iter().all(|c| field(c).is_some_and(|f| f.name == *c)));
    }

    #[test]
    fn sigma_fields_of_windows_keep_their_own_reading() {
        assert_eq!(windows_name("User"), "winlog.event_data.User");
        assert_eq!(canonical("User"), "user.name");
        assert_eq!(windows_name("Image"), windows_name("NewProcessName"));
        assert_eq!(windows_name("NoSuchField"), "winlog.event_data.NoSuchField");
    }
}
