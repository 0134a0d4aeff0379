//! Every statement is registered where it is written, so that one test can prepare all of them on both databases.

/// In which database a statement runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Main,
    Journal,
}

/// One statement of this crate.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) which: Which,
    pub(crate) text: &'static str,
    pub(crate) place: &'static str,
}

inventory::collect!(Statement);

/// Every statement that does not depend on a filter: its database, its text, and the file it stands in.
pub fn statements() -> impl Iterator<Item = (Which, &'static str, &'static str)> {
    inventory::iter::<Statement>.into_iter().map(|s| (s.which, s.text, s.place))
}

/// A statement for the main database: registers the text and is the text.
macro_rules! sql {
    ($($part:expr),+ $(,)?) => { $crate::base::sql::registered!(Main, concat!($($part),+)) };
}

/// A statement for the journal.
macro_rules! journal_sql {
    ($($part:expr),+ $(,)?) => { $crate::base::sql::registered!(Journal, concat!($($part),+)) };
}

macro_rules! registered {
    ($which:ident, $text:expr) => {{
        const TEXT: &str = $text;
        inventory::submit! { $crate::base::sql::Statement { which: $crate::base::sql::Which::$which, text: TEXT, place: file!() } }
        TEXT
    }};
}

pub(crate) use {journal_sql, registered, sql};
