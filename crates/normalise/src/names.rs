//! Interned field names: a path met before costs one lookup and no allocation.
//!
//! The cache belongs to the thread and is bounded; what does not fit is resolved each time. It changes speed, never results.
use crate::{api, suricata, zeek};
use model::event::{FieldName, Scalar};
use model::fieldmap::{self, Kind};
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Paths one thread remembers. Real senders use some thousand; a hostile one could invent millions.
const MAX_NAMES: usize = 16 * 1024;

#[derive(Default)]
pub(crate) struct Xxh(u64);

impl Hasher for Xxh {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    // the end mark of a `str` adds nothing to a map with one key type
    fn write_u8(&mut self, _: u8) {}
}

type Map<V> = HashMap<Box<str>, V, BuildHasherDefault<Xxh>>;

/// Where a path's values go.
#[derive(Clone)]
pub(crate) struct Name {
    pub name: FieldName,
    /// `None` keeps the JSON type: the field is in no map.
    pub kind: Option<Kind>,
    /// The column has another name than the path: a value that it cannot hold goes under the path instead.
    pub mapped: bool,
    /// The path is an attribute of the event itself, which the reader has taken.
    pub core: bool,
}

#[derive(Default)]
pub(crate) struct Names {
    paths: Map<Name>,
    names: Map<FieldName>,
    words: Map<Arc<str>>,
    /// Room for the fields of one event, used again and again.
    pub scratch: Vec<(FieldName, Scalar)>,
}

thread_local! {
    static NAMES: RefCell<Names> = RefCell::default();
}

/// Runs with the thread's cache.
pub(crate) fn with<T>(run: impl FnOnce(&mut Names) -> T) -> T {
    NAMES.with_borrow_mut(run)
}

impl Names {
    /// The column of a prefixed path, such as `suricata.eve.src_ip`.
    pub fn path(&mut self, path: &str) -> Name {
        if let Some(known) = self.paths.get(path) {
            return known.clone();
        }
        let name = match resolve(path) {
            Some(field) => Name {
                name: self.name(field.name),
                kind: Some(field.kind),
                mapped: field.name != path,
                core: false,
            },
            None => self.unmapped(path),
        };
        if self.paths.len() < MAX_NAMES {
            self.paths.insert(path.into(), name.clone());
        }
        name
    }

    /// The path itself as a column, when the mapped column cannot hold the value.
    pub fn unmapped(&mut self, path: &str) -> Name {
        Name {
            name: self.name(path),
            kind: own_kind(path),
            mapped: false,
            core: fieldmap::is_core(path),
        }
    }

    /// Names are no longer all known: equal ones may be different places in memory.
    pub fn is_full(&self) -> bool {
        self.names.len() >= MAX_NAMES
    }

    /// The name of a field.
    pub fn name(&mut self, text: &str) -> FieldName {
        if let Some(known) = self.names.get(text) {
            return known.clone();
        }
        let name = FieldName::lasting(text);
        if self.names.len() < MAX_NAMES {
            self.names.insert(text.into(), name.clone());
        }
        name
    }

    /// A shared text: data sets, types, categories.
    pub fn word(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.words.get(text) {
            return known.clone();
        }
        let word: Arc<str> = text.into();
        if self.words.len() < MAX_NAMES {
            self.words.insert(text.into(), word.clone());
        }
        word
    }
}

/// Windows writes one datum as text here and as a number there; one column wants one type.
fn own_kind(path: &str) -> Option<Kind> {
    path.starts_with(fieldmap::WINDOWS_DATA).then_some(Kind::Keyword)
}

fn resolve(path: &str) -> Option<&'static fieldmap::Field> {
    let field = if let Some(name) = path.strip_prefix(fieldmap::WINDOWS_DATA) {
        fieldmap::windows(name)
    } else if let Some(name) = path.strip_prefix(suricata::PREFIX) {
        suricata::canonical(name).and_then(fieldmap::field)
    } else if let Some(rest) = path.strip_prefix(zeek::PREFIX) {
        rest.split_once('.')
            .and_then(|(log, name)| zeek::canonical(log, name))
            .and_then(fieldmap::field)
    } else if let Some(name) = path.strip_prefix(api::PREFIX) {
        api::canonical(name)
    } else {
        fieldmap::field(path).filter(|f| f.name == path)
    };
    // core attributes are members of the event, never fields
    field.filter(|f| !fieldmap::is_core(f.name))
}
