//! What a rule is evaluated on: one event as Sigma names its fields, and the kinds of log it belongs to.
mod apps;
mod auditd;
mod channels;
mod cloud;
mod ecs;
mod evtx;
mod fields;
mod kind;
mod lines;
mod linux;
mod network;
mod read;
mod saas;
mod time;
mod web;
mod windows;
mod xml;

pub use kind::{Logsource, meets};
pub use read::{line, read};

use std::borrow::Cow;

/// A value as a rule compares it. A field that is absent has none; JSON's `null` is [`Scalar::Null`].
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Cow<'a, str>),
}

impl Scalar<'_> {
    /// The same value, borrowing nothing.
    fn own(self) -> Scalar<'static> {
        match self {
            Self::Null => Scalar::Null,
            Self::Bool(b) => Scalar::Bool(b),
            Self::Int(i) => Scalar::Int(i),
            Self::Float(f) => Scalar::Float(f),
            Self::Str(text) => Scalar::Str(Cow::Owned(text.into_owned())),
        }
    }
}

/// An event under Sigma's field names. A field may have several values (arrays): a rule's item holds when it holds for one of them.
#[derive(Debug, Default)]
pub struct Event<'a> {
    pub fields: Vec<(Cow<'a, str>, Scalar<'a>)>,
    /// Every kind of log the event is of: a Sysmon 13 is a `registry_set` and a `registry_event`.
    pub kinds: Vec<Logsource>,
}

impl<'a> Event<'a> {
    /// The values of the field of exactly this name, in the order of the event; none when it is absent.
    pub fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Scalar<'a>> + 's {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value)
    }
}
