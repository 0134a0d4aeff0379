//! Rules as text. [`parse`] reads a file of one or more YAML documents and says of each what it is or what is wrong with it;
//! [`Pack::link`] finds who speaks of whom.
mod about;
mod condition;
mod correlation;
mod detection;
mod document;
mod filter;
mod modifier;
mod pack;
mod problem;
mod rule;
mod text;
mod transform;
mod yaml;

pub use about::{About, Level, Status};
pub use correlation::{Correlation, Kind, Threshold, When};
pub use document::{Document, parse, parse_with, values};
pub use filter::{Filter, Whose};
pub use pack::{Pack, Source};
pub use problem::{Place, Problem};
pub use rule::Rule;
pub(crate) use text::lower;
pub use text::{Part, Pattern};

/// Values for `%name%` in rules, by name.
pub type Values = std::collections::BTreeMap<String, Vec<String>>;

/// What a rule asks of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    All(Vec<Expr>),
    Any(Vec<Expr>),
    /// At least so many of them hold.
    Count(usize, Vec<Expr>),
    Not(Box<Expr>),
    Test(Test),
}

/// One question to one field. `field: None` asks every value of the event (keywords).
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    pub field: Option<String>,
    pub check: Check,
}

/// What is asked of a field's values: holds when it holds for one of them. [`Check::Null`] and [`Check::Exists`] also hold for none.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// The whole value is as the pattern says; letter case counts when `cased`.
    Like {
        pattern: Pattern,
        cased: bool,
    },
    /// The expression is found somewhere in the value.
    Regex(Expression),
    Cidr(Network),
    /// The value, a number or a text that is one, compares so.
    Compare(Order, f64),
    /// The value is this number, or a text that spells it.
    Number(Number),
    /// That part of the value, a time, compares so.
    Time(TimePart, Order, i64),
    /// Absent, or JSON's null.
    Null,
    Exists(bool),
    /// The value equals (or contains, begins or ends with) a value of that field.
    Field {
        other: String,
        how: How,
        cased: bool,
    },
}

/// A number as the rule has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    Int(i64),
    Float(f64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    Equal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    Equals,
    Contains,
    Starts,
    Ends,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimePart {
    Minute,
    Hour,
    /// Of the month.
    Day,
    /// Of the year, as ISO 8601 counts.
    Week,
    Month,
    Year,
}

/// A regular expression; equal when spelled equally.
#[derive(Debug, Clone)]
pub struct Expression(pub regex::Regex);

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

/// A network of either family; an address of the other family is never in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    pub base: std::net::IpAddr,
    pub prefix: u8,
}

impl Network {
    pub fn contains(&self, address: std::net::IpAddr) -> bool {
        use std::net::IpAddr::{V4, V6};
        let shifted =
            |bits: u128, width: u8| bits.checked_shr(u32::from(width - self.prefix)).unwrap_or(0);
        match (self.base, address) {
            (V4(a), V4(b)) => shifted(u32::from(a).into(), 32) == shifted(u32::from(b).into(), 32),
            (V6(a), V6(b)) => shifted(a.into(), 128) == shifted(b.into(), 128),
            _ => false,
        }
    }
}
