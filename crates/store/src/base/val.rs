//! Values on their way into a statement.
//!
//! One list serves both drivers. A NUL in text becomes U+FFFD here, because PostgreSQL refuses it: a NUL in an event must not
//! be able to stop an alert. JSON is stored as the very text that is handed in (`TEXT`, and `JSON` rather than `JSONB`), so
//! key order and numbers come back as they were and a hash over it can be checked later.
use crate::{Result, StoreError};
use model::Micros;
use sqlx::{
    Arguments, Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo},
    sqlite::SqliteArguments,
};
use std::borrow::Cow;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Val {
    Int(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Bool(Option<bool>),
    Json(Option<String>),
    Bytes(Option<Vec<u8>>),
}

/// Text that both databases take.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

/// The exact JSON text that is stored for a value.
pub(crate) fn json_text(value: &serde_json::Value) -> String {
    value.to_string()
}

impl From<&str> for Val {
    fn from(v: &str) -> Self {
        Self::Text(Some(clean(v).into_owned()))
    }
}
impl From<&String> for Val {
    fn from(v: &String) -> Self {
        v.as_str().into()
    }
}
impl From<String> for Val {
    fn from(v: String) -> Self {
        v.as_str().into()
    }
}
impl From<Option<&str>> for Val {
    fn from(v: Option<&str>) -> Self {
        Self::Text(v.map(|t| clean(t).into_owned()))
    }
}
impl From<&Option<String>> for Val {
    fn from(v: &Option<String>) -> Self {
        v.as_deref().into()
    }
}
impl From<i64> for Val {
    fn from(v: i64) -> Self {
        Self::Int(Some(v))
    }
}
impl From<Option<i64>> for Val {
    fn from(v: Option<i64>) -> Self {
        Self::Int(v)
    }
}
impl From<Micros> for Val {
    fn from(v: Micros) -> Self {
        v.0.into()
    }
}
impl From<Option<Micros>> for Val {
    fn from(v: Option<Micros>) -> Self {
        v.map(|t| t.0).into()
    }
}
impl From<bool> for Val {
    fn from(v: bool) -> Self {
        Self::Bool(Some(v))
    }
}
impl From<&serde_json::Value> for Val {
    fn from(v: &serde_json::Value) -> Self {
        Self::Json(Some(json_text(v)))
    }
}
impl From<Vec<u8>> for Val {
    fn from(v: Vec<u8>) -> Self {
        Self::Bytes(Some(v))
    }
}

/// `args![tenant, id, now]`: the values of `$1`, `$2`, `$3`.
macro_rules! args {
    ($($v:expr),* $(,)?) => { vec![$($crate::base::val::Val::from($v)),*] };
}
pub(crate) use args;

/// JSON text for a PostgreSQL `JSON` column, byte for byte.
struct JsonText(Option<String>);

impl Type<Postgres> for JsonText {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("json")
    }
}

impl Encode<'_, Postgres> for JsonText {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        match &self.0 {
            None => Ok(IsNull::Yes),
            Some(text) => {
                buf.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
        }
    }
}

fn failed(e: BoxDynError) -> StoreError {
    StoreError::Other(sqlx::Error::Encode(e))
}

pub(crate) fn sqlite(values: Vec<Val>) -> Result<SqliteArguments> {
    let mut a = SqliteArguments::default();
    for v in values {
        match v {
            Val::Int(v) => a.add(v),
            Val::Real(v) => a.add(v),
            Val::Text(v) | Val::Json(v) => a.add(v),
            Val::Bool(v) => a.add(v),
            Val::Bytes(v) => a.add(v),
        }
        .map_err(failed)?;
    }
    Ok(a)
}

pub(crate) fn postgres(values: Vec<Val>) -> Result<PgArguments> {
    let mut a = PgArguments::default();
    for v in values {
        match v {
            Val::Int(v) => a.add(v),
            Val::Real(v) => a.add(v),
            Val::Text(v) => a.add(v),
            Val::Json(v) => a.add(JsonText(v)),
            Val::Bool(v) => a.add(v),
            Val::Bytes(v) => a.add(v),
        }
        .map_err(failed)?;
    }
    Ok(a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_never_reaches_a_database() {
        assert_eq!(Val::from("a\0b"), Val::Text(Some("a\u{fffd}b".into())));
        assert_eq!(Val::from(Some("\0")), Val::Text(Some("\u{fffd}".into())));
        assert_eq!(clean("plain"), "plain");
    }

    #[test]
    fn json_keeps_its_order() {
        let v: serde_json::Value = serde_json::from_str(r#"{"zz":1,"a":[1.50,"x"]}"#).unwrap();
        assert_eq!(Val::from(&v), Val::Json(Some(r#"{"zz":1,"a":[1.5,"x"]}"#.into())));
    }
}
