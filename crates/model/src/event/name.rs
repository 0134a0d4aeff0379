//! Names of fields: a few thousand of them meet millions of events on several threads.
use std::collections::HashSet;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

/// Name of a field. Copying and dropping one that many events have touches no memory that other threads write to.
#[derive(Clone)]
pub struct FieldName(Kept);

#[derive(Clone)]
enum Kept {
    /// For as long as the program runs.
    Always(&'static str),
    /// Where there are too many names for that.
    Shared(Arc<str>),
}

/// Names that are kept for ever, at most, and the longest of them in bytes: three megabytes. Real senders use some thousand names; a
/// hostile one could invent millions.
const MOST: usize = 16 * 1024;
const LONGEST: usize = 192;

static ALWAYS: LazyLock<RwLock<HashSet<&'static str>>> = LazyLock::new(RwLock::default);

impl FieldName {
    /// A name that will be met again: the same text nearly always gives the same place in memory.
    pub fn lasting(text: &str) -> Self {
        if let Some(known) = ALWAYS.read().unwrap_or_else(PoisonError::into_inner).get(text) {
            return Self(Kept::Always(known));
        }
        let mut all = ALWAYS.write().unwrap_or_else(PoisonError::into_inner);
        // another thread may have been quicker
        if let Some(known) = all.get(text) {
            return Self(Kept::Always(known));
        }
        if all.len() >= MOST || text.len() > LONGEST {
            return Self(Kept::Shared(text.into()));
        }
        let kept: &'static str = Box::leak(text.into());
        all.insert(kept);
        Self(Kept::Always(kept))
    }

    /// Whether both are the same place in memory, which says that they are equal. Equal ones may be different places.
    pub fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq::<str>(&**self, &**other)
    }
}

impl std::ops::Deref for FieldName {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Kept::Always(text) => text,
            Kept::Shared(text) => text,
        }
    }
}

impl PartialEq for FieldName {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for FieldName {}

impl std::fmt::Debug for FieldName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&**self, f)
    }
}

impl std::fmt::Display for FieldName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self)
    }
}

impl From<&str> for FieldName {
    fn from(text: &str) -> Self {
        Self(Kept::Shared(text.into()))
    }
}

impl From<String> for FieldName {
    fn from(text: String) -> Self {
        Self(Kept::Shared(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lasting_name_has_one_place_and_any_name_is_its_text() {
        let (a, b) = (FieldName::lasting("host.name"), FieldName::lasting("host.name"));
        assert!(a.is_same(&b));
        let own = FieldName::from("host.name");
        assert!(own == a && !own.is_same(&a) && own.is_same(&own.clone()));
        assert_eq!(
            (&*a, a.to_string(), format!("{a:?}")),
            ("host.name", "host.name".into(), "\"host.name\"".into())
        );
        let long = "x".repeat(LONGEST + 1);
        assert!(!FieldName::lasting(&long).is_same(&FieldName::lasting(&long)));
    }
}
