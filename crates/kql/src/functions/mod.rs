//! The catalogue of scalar functions: name, how many arguments, the type of the result, and the value.
//!
//! A function sees one row's values. Arguments arrive in the types they have; [`Value`]'s `as_…` and `cast` convert. What cannot be
//! computed is null (or the empty text where the result is a string), as in Kusto; an error is for what no row can mend.
mod dynamic;
mod numeric;
mod sketches;
mod text;

// what others than this catalogue need of them
pub use dynamic::{outputs, path, schema_of};
pub use text::{matches_regex, terms};

use crate::value::{Type, Value};
use std::{collections::HashMap, sync::LazyLock};

/// What a query knows of the moment it is run in.
#[derive(Clone, Debug)]
pub struct Context {
    /// The query's time, the same for all of it: ticks.
    pub now: i64,
}

/// A scalar function.
pub struct Function {
    pub name: &'static str,
    /// Older names of the same.
    pub aliases: &'static [&'static str],
    pub least: usize,
    /// `usize::MAX` for any number.
    pub most: usize,
    /// From the types of the arguments.
    pub result: fn(&[Type]) -> Type,
    /// Gets as many values as the call has arguments. The value is null or of the result's type.
    pub eval: fn(&Context, &[Value]) -> Result<Value, String>,
}

/// Every function, by name and alias.
static ALL: LazyLock<HashMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let groups = [text::GROUPS, dynamic::GROUPS, numeric::GROUPS, &[sketches::FUNCTIONS]];
    groups
        .into_iter()
        .flatten()
        .copied()
        .flatten()
        .flat_map(|f| std::iter::once(&f.name).chain(f.aliases).map(move |name| (*name, f)))
        .collect()
});

/// Names are case-sensitive, as in Kusto.
pub fn find(name: &str) -> Option<&'static Function> {
    ALL.get(name).copied()
}

pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.keys().copied()
}
