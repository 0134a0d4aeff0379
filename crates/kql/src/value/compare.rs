//! Equality and order of values.
use super::{Dyn, Value};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use std::{
    cmp::Ordering,
    hash::{DefaultHasher, Hash, Hasher},
};

/// A number among numbers: as they are compared with each other.
pub(crate) enum Number {
    Long(i64),
    Real(f64),
    Decimal(Decimal),
}

impl Value {
    pub(crate) fn number(&self) -> Option<Number> {
        Some(match self {
            Self::Int(n) => Number::Long((*n).into()),
            Self::Long(n) => Number::Long(*n),
            Self::Real(n) => Number::Real(*n),
            Self::Decimal(d) => Number::Decimal(*d),
            Self::Dynamic(d) => return d.as_ref().clone().into_scalar().simple_number(),
            _ => return None,
        })
    }

    fn simple_number(&self) -> Option<Number> {
        if matches!(self, Self::Dynamic(_)) { None } else { self.number() }
    }

    /// `<`, `==` and so on. `None` where one is null or they cannot be compared.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) => None,
            (Self::Dynamic(a), Self::Dynamic(b)) => a.compare(b),
            (Self::Dynamic(a), b) => match a.as_ref() {
                Dyn::Array(_) | Dyn::Bag(_) => None,
                scalar => scalar.clone().into_scalar().compare(b),
            },
            (a, Self::Dynamic(_)) => other.compare(a).map(Ordering::reverse),
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Str(a), Self::Str(b)) => Some(a.cmp(b)),
            (Self::DateTime(a), Self::DateTime(b)) | (Self::TimeSpan(a), Self::TimeSpan(b)) => {
                Some(a.cmp(b))
            }
            (Self::Guid(a), Self::Guid(b)) => Some(a.cmp(b)),
            (Self::Bool(a), b) => Self::Long((*a).into()).compare(b),
            (a, Self::Bool(b)) => a.compare(&Self::Long((*b).into())),
            (a, b) => numbers(&a.number()?, &b.number()?),
        }
    }

    /// The order of `sort`: like [`Value::compare`], NaN below all numbers; nulls are the caller's. Never inconsistent.
    pub fn order(&self, other: &Self) -> Ordering {
        if let (Self::Real(a), Self::Real(b)) = (self, other) {
            return a.partial_cmp(b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()));
        }
        self.compare(other).unwrap_or_else(|| match (self.is_null(), other.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            _ => self.to_text().cmp(&other.to_text()),
        })
    }
}

#[allow(clippy::cast_precision_loss, reason = "as Kusto compares a long with a real")]
fn numbers(a: &Number, b: &Number) -> Option<Ordering> {
    match (a, b) {
        (Number::Long(a), Number::Long(b)) => Some(a.cmp(b)),
        (Number::Real(a), Number::Real(b)) => a.partial_cmp(b),
        (Number::Long(a), Number::Real(b)) => (*a as f64).partial_cmp(b),
        (Number::Real(a), Number::Long(b)) => a.partial_cmp(&(*b as f64)),
        (Number::Decimal(a), Number::Decimal(b)) => Some(a.cmp(b)),
        (Number::Decimal(a), Number::Long(b)) => Some(a.cmp(&Decimal::from(*b))),
        (Number::Long(a), Number::Decimal(b)) => Some(Decimal::from(*a).cmp(b)),
        (Number::Decimal(a), Number::Real(b)) => a.to_f64()?.partial_cmp(b),
        (Number::Real(a), Number::Decimal(b)) => a.partial_cmp(&b.to_f64()?),
    }
}

impl Dyn {
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Array(_) | Self::Bag(_), _) | (_, Self::Array(_) | Self::Bag(_)) => (self
                == other)
                .then_some(Ordering::Equal)
                .or_else(|| Some(self.to_json().cmp(&other.to_json()))),
            (a, b) => a.clone().into_scalar().compare(&b.clone().into_scalar()),
        }
    }
}

/// Whether they are the same, as groups, joins and sets mean it: null is the same as null, NaN as NaN, 1 as 1.0.
impl PartialEq for Dyn {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Bag(a), Self::Bag(b)) => {
                a.len() == b.len() && a.iter().all(|(name, value)| other.get(name) == Some(value))
            }
            (Self::Array(_) | Self::Bag(_) | Self::Null, _)
            | (_, Self::Array(_) | Self::Bag(_) | Self::Null) => false,
            (a, b) => a.clone().into_scalar() == b.clone().into_scalar(),
        }
    }
}

impl Eq for Dyn {}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Real(a), Self::Real(b)) => a == b || (a.is_nan() && b.is_nan()),
            (Self::Dynamic(a), Self::Dynamic(b)) => a == b,
            _ => self.compare(other) == Some(Ordering::Equal),
        }
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Null => 0u8.hash(state),
            Self::Str(s) => s.hash(state),
            Self::DateTime(t) => t.hash(state),
            Self::TimeSpan(t) => t.hash(state),
            Self::Guid(g) => g.hash(state),
            Self::Bool(b) => hash_number(f64::from(u8::from(*b)), state),
            Self::Dynamic(d) => match d.as_ref() {
                // bags are the same in any order of their names
                Dyn::Bag(entries) => {
                    let sum = entries.iter().fold(0_u64, |sum, (name, value)| {
                        let mut entry = DefaultHasher::new();
                        name.hash(&mut entry);
                        Self::dynamic(value.clone()).hash(&mut entry);
                        sum.wrapping_add(entry.finish())
                    });
                    sum.hash(state);
                }
                Dyn::Array(items) => {
                    items.iter().for_each(|item| Self::dynamic(item.clone()).hash(state))
                }
                scalar => scalar.clone().into_scalar().hash(state),
            },
            #[allow(clippy::cast_precision_loss, reason = "equal numbers stay equal")]
            number => match number.number() {
                Some(Number::Long(n)) => hash_number(n as f64, state),
                Some(Number::Real(n)) => hash_number(n, state),
                Some(Number::Decimal(d)) => hash_number(d.to_f64().unwrap_or_default(), state),
                None => {}
            },
        }
    }
}

fn hash_number<H: Hasher>(n: f64, state: &mut H) {
    // 0.0 and -0.0 are equal
    (if n == 0.0 { 0 } else { n.to_bits() }).hash(state);
}
