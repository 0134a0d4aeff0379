//! Names of columns: the field's own name for values of the type that the field should have, and a suffix for others:
//! `source.port` holds whole numbers, `source.port#text` what came as text, `source.port#list` lists as JSON arrays.
//!
//! A table may have a column that is no field's ([`SHAPE`]): a field of that name has another column.
use arrow_schema::{DataType, TimeUnit};
use std::borrow::Cow;

/// The column in which the lake keeps which fields a row has, and in what order.
pub const SHAPE: &str = "_shape";

/// How the values of one column are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    Text,
    Long,
    Double,
    Bool,
    /// A JSON array as text.
    List,
    /// Microseconds since 1970, UTC.
    Time,
    /// Text of which every value is its own: no dictionary.
    LongText,
}

impl Form {
    pub const ALL: [Self; 5] = [Self::Text, Self::Long, Self::Double, Self::Bool, Self::List];

    /// What a column of this form is named when it is not the field's own.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Text | Self::LongText => "#text",
            Self::Long | Self::Time => "#long",
            Self::Double => "#double",
            Self::Bool => "#bool",
            Self::List => "#list",
        }
    }

    pub fn data_type(self) -> DataType {
        match self {
            Self::Text | Self::List => dictionary(),
            Self::LongText => DataType::Utf8,
            Self::Long => DataType::Int64,
            Self::Double => DataType::Float64,
            Self::Bool => DataType::Boolean,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        }
    }
}

/// Dictionary-encoded UTF-8 with 32-bit codes.
pub fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// The column's name. `%` and `#` inside a field name are written `%25` and `%23`; the field `_shape` is written `%5Fshape`.
pub fn column(field: &str, form: Form, own: bool) -> String {
    let plain = if field == SHAPE {
        Cow::Owned(field.replace('_', "%5F"))
    } else if field.contains(['%', '#']) {
        Cow::Owned(field.replace('%', "%25").replace('#', "%23"))
    } else {
        Cow::Borrowed(field)
    };
    if own { plain.into_owned() } else { format!("{plain}{}", form.suffix()) }
}

/// The field that a column belongs to, and the form that its suffix says (`None`: the field's own).
pub fn field(column: &str) -> (Cow<'_, str>, Option<Form>) {
    let (name, form) = match column.split_once('#') {
        None => (column, None),
        Some((name, suffix)) => {
            (name, Form::ALL.into_iter().find(|f| f.suffix().strip_prefix('#') == Some(suffix)))
        }
    };
    let name = if name.contains('%') {
        Cow::Owned(name.replace("%5F", "_").replace("%23", "#").replace("%25", "%"))
    } else {
        Cow::Borrowed(name)
    };
    (name, form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for name in ["source.ip", "a#b", "100%", "%23", "x#text", "ü ä", SHAPE, "%5Fshape", "_a"]
        {
            for form in Form::ALL {
                assert_eq!(field(&column(name, form, false)), (name.into(), Some(form)));
            }
            assert_eq!(field(&column(name, Form::Text, true)), (name.into(), None));
        }
        assert!(Form::ALL.into_iter().all(|f| column(SHAPE, f, true) != SHAPE));
    }
}
