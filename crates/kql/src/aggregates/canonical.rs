//! Values as bytes in one form, so that what is equal has equal hashes: 1 and 1.0, bags in any order.
use crate::value::{Dyn, Value};
use std::{
    hash::{Hash, Hasher},
    mem::size_of,
};

pub(super) fn feed(value: &Value, to: &mut impl Hasher) {
    match value {
        Value::Dynamic(d) => feed_dyn(d, to),
        Value::Str(s) => feed_text(s, to),
        scalar => feed_dyn(&scalar.to_dyn().unwrap_or_default(), to),
    }
}

fn feed_text(text: &str, to: &mut impl Hasher) {
    to.write_u8(b's');
    length(text.len(), to);
    to.write(text.as_bytes());
}

fn length(length: usize, to: &mut impl Hasher) {
    to.write(&(length as u64).to_le_bytes());
}

fn tagged(tag: u8, n: i64, to: &mut impl Hasher) {
    to.write_u8(tag);
    to.write(&n.to_le_bytes());
}

fn feed_dyn(value: &Dyn, to: &mut impl Hasher) {
    match value {
        Dyn::Null => to.write_u8(b'0'),
        Dyn::Bool(b) => tagged(b'n', (*b).into(), to),
        Dyn::Long(n) => tagged(b'n', *n, to),
        Dyn::Real(n) => feed_real(*n, to),
        Dyn::Decimal(d) => {
            use rust_decimal::prelude::ToPrimitive;
            let d = d.normalize();
            if d.scale() == 0
                && let Some(n) = d.to_i64()
            {
                tagged(b'n', n, to);
            } else {
                to.write_u8(b'd');
                to.write(&d.serialize());
            }
        }
        Dyn::Str(s) => feed_text(s, to),
        Dyn::DateTime(t) => tagged(b't', *t, to),
        Dyn::TimeSpan(t) => tagged(b'p', *t, to),
        Dyn::Guid(g) => {
            to.write_u8(b'g');
            to.write(&g.to_le_bytes());
        }
        Dyn::Array(items) => {
            to.write_u8(b'[');
            length(items.len(), to);
            for item in items {
                feed_dyn(item, to);
            }
        }
        Dyn::Bag(entries) => {
            to.write_u8(b'{');
            length(entries.len(), to);
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            for (name, value) in entries {
                feed_text(name, to);
                feed_dyn(value, to);
            }
        }
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "whole numbers that fit are looked for"
)]
fn feed_real(n: f64, to: &mut impl Hasher) {
    if n.is_nan() {
        to.write_u8(b'N');
    } else if n.trunc() == n && n.abs() < i64::MAX as f64 {
        tagged(b'n', n as i64, to);
    } else {
        to.write_u8(b'r');
        to.write(&n.to_bits().to_le_bytes());
    }
}

/// A member of a set; true is not the same as 1 here.
#[derive(Eq)]
pub(super) struct Member(pub Dyn);

impl PartialEq for Member {
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(&self.0) == std::mem::discriminant(&other.0) && self.0 == other.0
    }
}

impl Hash for Member {
    fn hash<H: Hasher>(&self, state: &mut H) {
        feed_dyn(&self.0, state);
    }
}

/// About how much memory a value holds.
pub(super) fn weight(value: &Dyn) -> usize {
    size_of::<Dyn>()
        + match value {
            Dyn::Str(s) => s.len(),
            Dyn::Array(items) => items.iter().map(weight).sum(),
            Dyn::Bag(entries) => {
                entries.iter().map(|(name, value)| name.len() + 16 + weight(value)).sum()
            }
            _ => 0,
        }
}

/// The same of a value outside of dynamic ones.
pub(super) fn weight_of(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::Str(s) => s.len(),
            Value::Dynamic(d) => weight(d),
            _ => 0,
        }
}
