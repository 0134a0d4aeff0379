//! From one type to another (`tolong`, `todatetime`, …): null where there is no such value.
use super::{Dyn, Type, Value, time};
use rust_decimal::{
    Decimal,
    prelude::{FromPrimitive, ToPrimitive},
};
use std::sync::Arc;

impl Value {
    /// What the explicit conversion gives.
    pub fn cast(&self, to: Type) -> Self {
        if let Self::Dynamic(d) = self
            && to != Type::Dynamic
        {
            return match (d.as_ref(), to) {
                (_, Type::String) => Self::Str(d.to_text()),
                (Dyn::Array(_) | Dyn::Bag(_), _) => Self::Null,
                // the engine keeps the low bits
                #[allow(clippy::cast_possible_truncation, reason = "that is what is wanted")]
                (Dyn::Long(n), Type::Int) => Self::Int(*n as i32),
                (scalar, _) => scalar.clone().into_scalar().cast(to),
            };
        }
        match to {
            Type::String => Self::Str(self.to_text()),
            Type::Dynamic => self.to_dyn().map_or(Self::Null, Self::dynamic),
            _ if self.is_null() => Self::Null,
            Type::Bool => self.as_bool().map_or(Self::Null, Self::Bool),
            Type::Int => self.as_int().map_or(Self::Null, Self::Int),
            Type::Long => self.as_long().map_or(Self::Null, Self::Long),
            Type::Real => self.as_real().map_or(Self::Null, Self::Real),
            Type::Decimal => self.as_decimal().map_or(Self::Null, Self::Decimal),
            Type::DateTime => match self {
                Self::DateTime(t) => Self::DateTime(*t),
                Self::Str(s) => time::parse_datetime(s).map_or(Self::Null, Self::DateTime),
                Self::Int(_) | Self::Long(_) => self
                    .as_long()
                    .filter(|t| (0..=time::LAST).contains(t))
                    .map_or(Self::Null, Self::DateTime),
                _ => Self::Null,
            },
            Type::TimeSpan => match self {
                Self::TimeSpan(t) => Self::TimeSpan(*t),
                Self::Str(s) => time::parse_timespan(s).map_or(Self::Null, Self::TimeSpan),
                Self::Int(_) | Self::Long(_) => self.as_long().map_or(Self::Null, Self::TimeSpan),
                _ => Self::Null,
            },
            Type::Guid => match self {
                Self::Guid(g) => Self::Guid(*g),
                Self::Str(s) => parse_guid(s).map_or(Self::Null, Self::Guid),
                _ => Self::Null,
            },
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(b) => Some(*b),
            Self::Str(s) => match s.to_ascii_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                number => long_text(number).map(|n| n != 0),
            },
            Self::Dynamic(d) => d.as_ref().clone().into_scalar().plain(Self::as_bool),
            number => number.as_real().map(|n| n != 0.0),
        }
    }

    /// The low 32 bits of a long, the nearest of a real; a text must fit.
    #[allow(clippy::cast_possible_truncation, reason = "as Kusto does it")]
    fn as_int(&self) -> Option<i32> {
        match self {
            Self::Real(n) => n.is_finite().then_some(*n as i32),
            Self::Long(_) | Self::DateTime(_) | Self::TimeSpan(_) => {
                self.as_long().map(|n| n as i32)
            }
            other => other.as_long().and_then(|n| i32::try_from(n).ok()),
        }
    }

    /// Cut towards zero; `None` where it does not fit.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "looked at first"
    )]
    pub fn as_long(&self) -> Option<i64> {
        match self {
            Self::Int(n) => Some((*n).into()),
            Self::Long(n) => Some(*n),
            // the ends stand for what is beyond them
            Self::Real(n) => n.is_finite().then_some(*n as i64),
            Self::Decimal(d) => d.trunc().to_i64(),
            Self::Bool(b) => Some((*b).into()),
            Self::DateTime(t) | Self::TimeSpan(t) => Some(*t),
            Self::Str(s) => long_text(s.trim()),
            Self::Dynamic(d) => d.as_ref().clone().into_scalar().plain(Self::as_long),
            Self::Null | Self::Guid(_) => None,
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "a real has 53 bits")]
    pub fn as_real(&self) -> Option<f64> {
        match self {
            Self::Int(n) => Some((*n).into()),
            Self::Long(n) => Some(*n as f64),
            Self::Real(n) => Some(*n),
            Self::Decimal(d) => d.to_f64(),
            Self::Bool(b) => Some(f64::from(u8::from(*b))),
            Self::DateTime(t) | Self::TimeSpan(t) => Some(*t as f64),
            Self::Str(s) => real_text(s.trim()),
            Self::Dynamic(d) => d.as_ref().clone().into_scalar().plain(Self::as_real),
            Self::Null | Self::Guid(_) => None,
        }
    }

    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(d) => Some(*d),
            Self::Int(_) | Self::Long(_) | Self::Bool(_) => self.as_long().map(Decimal::from),
            Self::Real(n) => Decimal::from_f64(*n),
            Self::Str(s) => {
                s.trim().parse().ok().or_else(|| Decimal::from_scientific(s.trim()).ok())
            }
            Self::Dynamic(d) => d.as_ref().clone().into_scalar().plain(Self::as_decimal),
            _ => None,
        }
    }

    /// Ticks of a datetime, also of a text that is one.
    pub fn as_datetime(&self) -> Option<i64> {
        match self.cast(Type::DateTime) {
            Self::DateTime(t) => Some(t),
            _ => None,
        }
    }

    pub fn as_timespan(&self) -> Option<i64> {
        match self.cast(Type::TimeSpan) {
            Self::TimeSpan(t) => Some(t),
            _ => None,
        }
    }

    fn plain<T>(self, of: impl Fn(&Self) -> Option<T>) -> Option<T> {
        if matches!(self, Self::Dynamic(_)) { None } else { of(&self) }
    }

    /// As an element of a dynamic value; `None` for null.
    pub fn to_dyn(&self) -> Option<Dyn> {
        Some(match self {
            Self::Null => return None,
            Self::Bool(b) => Dyn::Bool(*b),
            Self::Int(n) => Dyn::Long((*n).into()),
            Self::Long(n) => Dyn::Long(*n),
            Self::Real(n) => Dyn::Real(*n),
            Self::Decimal(d) => Dyn::Decimal(*d),
            Self::DateTime(t) => Dyn::DateTime(*t),
            Self::TimeSpan(t) => Dyn::TimeSpan(*t),
            Self::Guid(g) => Dyn::Guid(*g),
            Self::Str(s) => Dyn::Str(Arc::clone(s)),
            Self::Dynamic(d) => d.as_ref().clone(),
        })
    }
}

/// Sixteen hex digits are the bits of a number, negative ones too.
fn long_text(text: &str) -> Option<i64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) if hex.starts_with('+') => None,
        Some(hex) => u64::from_str_radix(hex, 16).ok().map(u64::cast_signed),
        None => text.parse().ok(),
    }
}

fn real_text(text: &str) -> Option<f64> {
    match text.to_ascii_lowercase().as_str() {
        "nan" => Some(f64::NAN),
        "infinity" | "+infinity" | "inf" | "+inf" | "∞" => Some(f64::INFINITY),
        "-infinity" | "-inf" | "-∞" => Some(f64::NEG_INFINITY),
        _ => text.parse().ok(),
    }
}

fn parse_guid(text: &str) -> Option<u128> {
    let text = text.trim().trim_matches(|c| matches!(c, '{' | '}' | '(' | ')'));
    let hex: String = text.chars().filter(|c| *c != '-').collect();
    let dashes = text.matches('-').count();
    ((dashes == 4 || dashes == 0) && hex.len() == 32)
        .then(|| u128::from_str_radix(&hex, 16).ok())
        .flatten()
}
