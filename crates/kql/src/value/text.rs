//! How values are spelled (`tostring`).
use super::{Dyn, Value, time};
use std::sync::Arc;

/// 17 digits at most, the fewest that give the number back; always with a point or an exponent.
pub fn real(n: f64) -> String {
    if n.is_nan() {
        return "NaN".to_owned();
    }
    if n.is_infinite() {
        return if n > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let size = n.abs();
    if n == 0.0 || (1e-5..1e16).contains(&size) {
        return format!("{n:?}");
    }
    // as .NET: 1E+16, 1E-05
    let spelled = format!("{n:e}");
    let (digits, exponent) = spelled.split_once('e').unwrap_or((&spelled, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |e| ('-', e));
    format!("{digits}E{sign}{exponent:0>2}")
}

/// `tostring` takes the highest of the shortest spellings that give the number back: `0.1 + 0.2` is `0.30000000000000007`.
fn highest(n: f64, mut spelled: String) -> String {
    // with fewer digits there is but one
    if n.is_finite() && spelled.len() > 16 {
        let end = spelled.find('E').unwrap_or(spelled.len());
        while let Some(last @ b'1'..=b'8') = spelled.as_bytes().get(end - 1).copied() {
            let higher =
                format!("{}{}{}", &spelled[..end - 1], char::from(last + 1), &spelled[end..]);
            if higher.parse() != Ok(n) {
                break;
            }
            spelled = higher;
        }
    }
    spelled
}

pub(super) fn guid(g: u128) -> String {
    let hex = format!("{g:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

impl Value {
    /// As `tostring` spells it; null is the empty text.
    pub fn to_text(&self) -> Arc<str> {
        match self {
            Self::Null => "".into(),
            Self::Bool(true) => "True".into(),
            Self::Bool(false) => "False".into(),
            Self::Int(n) => n.to_string().into(),
            Self::Long(n) => n.to_string().into(),
            // the word that `tostring` has; results spell it out
            Self::Real(f64::INFINITY) => "inf".into(),
            Self::Real(f64::NEG_INFINITY) => "-inf".into(),
            Self::Real(n) => highest(*n, real(*n)).into(),
            Self::Decimal(d) => d.to_string().into(),
            Self::DateTime(t) => time::datetime_text(*t).into(),
            Self::TimeSpan(t) => time::timespan_text(*t).into(),
            Self::Guid(g) => guid(*g).into(),
            Self::Str(s) => Arc::clone(s),
            Self::Dynamic(d) => d.to_text(),
        }
    }
}

impl Dyn {
    /// A text is itself, everything else is JSON.
    pub fn to_text(&self) -> Arc<str> {
        match self {
            Self::Null => "".into(),
            Self::Str(s) => Arc::clone(s),
            Self::Bool(_) | Self::Array(_) | Self::Bag(_) => self.to_json().into(),
            scalar => scalar.clone().into_scalar().to_text(),
        }
    }
}
