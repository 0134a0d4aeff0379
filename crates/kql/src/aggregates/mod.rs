//! What `summarize` computes over the rows of a group.
//!
//! The `…if` forms are the plain ones behind a filter ([`filter`]); sketches ([`hll`], [`digest`]) have scalar functions too, which
//! live beside them; [`window`] has what looks at neighbouring rows.
mod any;
mod average;
mod bag;
mod bits;
mod canonical;
mod count;
pub mod digest;
mod extremes;
mod filter;
pub mod hll;
mod list;
mod percentiles;
mod registers;
mod schema;
mod set;
mod sum;
mod tdigest;
mod variance;
pub mod window;

use crate::value::{Type, Value};
use std::{collections::HashMap, sync::LazyLock};

/// The state of one aggregate of one group.
pub trait State: Send {
    /// One row: a value for each argument of the call.
    fn add(&mut self, row: &[Value]);
    /// A value for each output, of the type that [`Aggregate::result`] says (null allowed).
    fn finish(self: Box<Self>) -> Vec<Value>;
    /// About how many bytes it holds beyond its own size.
    fn bytes(&self) -> usize {
        0
    }
}

/// Makes the state of an empty group from the types of the arguments and the values of those that are constants.
pub type Start = fn(&[Type], &[Option<Value>]) -> Result<Box<dyn State>, String>;

/// An aggregate function.
pub struct Aggregate {
    pub name: &'static str,
    /// Older names of the same.
    pub aliases: &'static [&'static str],
    pub least: usize,
    /// `usize::MAX` for any number.
    pub most: usize,
    /// The type of each output, from the types of the arguments. All but a few have one output.
    pub result: fn(&[Type]) -> Vec<Type>,
    pub start: Start,
}

/// Every aggregate, by name and alias.
static ALL: LazyLock<HashMap<&'static str, &'static Aggregate>> = LazyLock::new(|| {
    let groups: [&'static [Aggregate]; 14] = [
        any::ALL,
        average::ALL,
        bag::ALL,
        bits::ALL,
        count::ALL,
        extremes::ALL,
        hll::ALL,
        list::ALL,
        percentiles::ALL,
        schema::ALL,
        set::ALL,
        sum::ALL,
        tdigest::ALL,
        variance::ALL,
    ];
    groups
        .into_iter()
        .flatten()
        .flat_map(|f| std::iter::once(&f.name).chain(f.aliases).map(move |name| (*name, f)))
        .collect()
});

pub fn find(name: &str) -> Option<&'static Aggregate> {
    ALL.get(name).copied()
}

pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.keys().copied()
}
