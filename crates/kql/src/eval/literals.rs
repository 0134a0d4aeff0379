//! Values that stand in the query itself.
use crate::{
    run::{Res, wrong},
    syntax::{
        Span,
        ast::{Json, Literal, Schema},
    },
    value::{Dyn, Type, Value, time},
};

pub(super) fn literal(literal: &Literal, at: Span) -> Res<(Value, Type)> {
    Ok(match literal {
        Literal::Null => (Value::Null, Type::Dynamic),
        Literal::Bool(b) => (Value::Bool(*b), Type::Bool),
        Literal::Long(raw) => match Value::str(raw).as_long() {
            Some(n) => (Value::Long(n), Type::Long),
            None => match raw.parse::<f64>() {
                Ok(n) => (Value::Real(n), Type::Real),
                Err(_) => return wrong(at, format!("`{raw}` is not a whole number of 64 bits")),
            },
        },
        Literal::Real(raw) => match Value::str(raw).as_real() {
            Some(n) => (Value::Real(n), Type::Real),
            None => return wrong(at, format!("`{raw}` is no number")),
        },
        Literal::Timespan(raw) => match time::parse_timespan(raw) {
            Some(t) => (Value::TimeSpan(t), Type::TimeSpan),
            None => return wrong(at, format!("`{raw}` is no time span")),
        },
        Literal::Str { value, .. } => (Value::str(value), Type::String),
        Literal::Typed { ty, raw } => return typed(ty, raw, at),
    })
}

/// `datetime(2020-01-01)`, `long(null)`, …
fn typed(ty: &str, raw: &str, at: Span) -> Res<(Value, Type)> {
    let Some(ty) = Type::parse(ty) else { return wrong(at, format!("`{ty}` is no type")) };
    let content = raw.trim();
    let bare = content.trim_matches(|c| c == '"' || c == '\'');
    let close = bare.replace(" - ", "-");
    let bare = if ty == Type::DateTime { close.as_str() } else { bare };
    if content.eq_ignore_ascii_case("null") || (content.is_empty() && ty != Type::String) {
        return Ok((if ty == Type::String { Value::str("") } else { Value::Null }, ty));
    }
    let value = match ty {
        Type::TimeSpan => time::parse_timespan(bare).map_or(Value::Null, Value::TimeSpan),
        Type::DateTime if bare.contains(',') => parts(bare),
        Type::DateTime => time::parse_datetime(bare).map_or(Value::Null, Value::DateTime),
        Type::Real if content.eq_ignore_ascii_case("+inf") => Value::Real(f64::INFINITY),
        Type::Real if content.eq_ignore_ascii_case("-inf") => Value::Real(f64::NEG_INFINITY),
        Type::Int => Value::str(bare).cast(Type::Long).cast(Type::Int),
        ty => Value::str(bare).cast(ty),
    };
    // a text in quotes that is no time is no mistake of the query's form
    let quoted = content.starts_with(['"', '\'']);
    if value.is_null() && !quoted {
        return wrong(at, format!("`{content}` is no {}", ty.as_str()));
    }
    Ok((value, ty))
}

/// `datetime(2025, 6, 14, 12, 30)`
fn parts(text: &str) -> Value {
    let numbers: Option<Vec<i64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    let Some(numbers) = numbers else { return Value::Null };
    let at = |place: usize, other: i64| numbers.get(place).copied().unwrap_or(other);
    let (hour, minute, second) = (at(3, 0), at(4, 0), at(5, 0));
    if !(0..24).contains(&hour)
        || !(0..60).contains(&minute)
        || !(0..60).contains(&second)
        || numbers.len() > 6
    {
        return Value::Null;
    }
    let of_day = hour * time::HOUR + minute * time::MINUTE + second * time::SECOND;
    time::ticks(at(0, 0), at(1, 1), at(2, 1), of_day).map_or(Value::Null, Value::DateTime)
}

/// The inside of `dynamic(…)`.
pub(crate) fn json(content: &Json, at: Span) -> Res<Dyn> {
    Ok(match content {
        Json::Literal(one) => literal(one, at)?.0.to_dyn().unwrap_or_default(),
        Json::Array(items) => {
            Dyn::Array(items.iter().map(|item| json(item, at)).collect::<Res<_>>()?)
        }
        Json::Bag(entries) => {
            let mut bag: Vec<(std::sync::Arc<str>, Dyn)> = vec![];
            for (name, value) in entries {
                let value = json(value, at)?;
                match bag.iter_mut().find(|(other, _)| **other == **name) {
                    Some(before) => before.1 = value,
                    None => bag.push((name.as_str().into(), value)),
                }
            }
            Dyn::Bag(bag)
        }
        Json::Error => return wrong(at, "this is no dynamic value"),
    })
}

pub(super) fn type_name(schema: &Schema) -> Value {
    let name = schema.columns.first().map_or_else(String::new, |column| column.ty.text.clone());
    Value::str(Type::parse(&name).map_or(name, |ty| ty.as_str().to_owned()))
}
