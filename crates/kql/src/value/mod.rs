//! Values as Kusto has them. A scalar's type is known before it is computed; [`Value::Null`] is the missing value of any type but
//! `string`, which has none: there it is the empty text.
mod cast;
mod compare;
mod dynamic;
mod text;
pub mod time;

pub use dynamic::Dyn;
pub use text::real as real_text;

use rust_decimal::Decimal;
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    Bool,
    Int,
    Long,
    Real,
    Decimal,
    DateTime,
    TimeSpan,
    Guid,
    String,
    Dynamic,
}

impl Type {
    /// As `typeof(…)`, schemas and results spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Long => "long",
            Self::Real => "real",
            Self::Decimal => "decimal",
            Self::DateTime => "datetime",
            Self::TimeSpan => "timespan",
            Self::Guid => "guid",
            Self::String => "string",
            Self::Dynamic => "dynamic",
        }
    }

    /// Every spelling that queries use.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "bool" | "boolean" => Self::Bool,
            "int" | "int32" => Self::Int,
            "long" | "int64" => Self::Long,
            "real" | "double" => Self::Real,
            "decimal" => Self::Decimal,
            "datetime" | "date" => Self::DateTime,
            "timespan" | "time" => Self::TimeSpan,
            "guid" | "uuid" | "uniqueid" => Self::Guid,
            "string" => Self::String,
            "dynamic" | "object" => Self::Dynamic,
            _ => return None,
        })
    }

    pub fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Long | Self::Real | Self::Decimal)
    }
}

#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i32),
    Long(i64),
    Real(f64),
    Decimal(Decimal),
    /// 100-nanosecond ticks since 0001-01-01, UTC.
    DateTime(i64),
    /// 100-nanosecond ticks.
    TimeSpan(i64),
    Guid(u128),
    Str(Arc<str>),
    Dynamic(Arc<Dyn>),
}

impl Value {
    pub fn str(text: impl AsRef<str>) -> Self {
        Self::Str(text.as_ref().into())
    }

    /// A dynamic value; dynamic null is [`Value::Null`].
    pub fn dynamic(value: Dyn) -> Self {
        match value {
            Dyn::Null => Self::Null,
            value => Self::Dynamic(Arc::new(value)),
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// `None` for null, which is of every type.
    pub fn type_of(&self) -> Option<Type> {
        Some(match self {
            Self::Null => return None,
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Long(_) => Type::Long,
            Self::Real(_) => Type::Real,
            Self::Decimal(_) => Type::Decimal,
            Self::DateTime(_) => Type::DateTime,
            Self::TimeSpan(_) => Type::TimeSpan,
            Self::Guid(_) => Type::Guid,
            Self::Str(_) => Type::String,
            Self::Dynamic(_) => Type::Dynamic,
        })
    }
}
