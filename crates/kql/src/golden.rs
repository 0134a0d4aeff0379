//! Answers compared with those of the real engine: typed, in order or not, numbers within a tolerance.
use crate::{
    table::Table,
    value::{Type, Value, time},
};
use serde::Deserialize;
use serde_json::Value as Json;

/// A query and its answer.
#[derive(Debug, Deserialize)]
pub struct Case {
    pub name: String,
    pub query: String,
    pub columns: Vec<Named>,
    pub rows: Vec<Vec<Json>>,
    #[serde(default)]
    pub ordered: bool,
    /// Arrays in dynamic values are sets: their order says nothing.
    #[serde(default)]
    pub set_semantics: bool,
    /// Numbers are estimates.
    #[serde(default)]
    pub approx: bool,
}

#[derive(Debug, Deserialize)]
pub struct Named {
    pub name: String,
    #[serde(rename = "type")]
    pub ty: String,
}

/// Relative difference that numbers may have.
const EXACT: f64 = 1e-9;
const ESTIMATE: f64 = 0.05;

impl Case {
    /// # Errors
    /// The first difference, in words.
    pub fn compare(&self, found: &Table) -> Result<(), String> {
        let names = |fields: Vec<(String, String)>| {
            fields.iter().map(|(name, ty)| format!("{name}: {ty}")).collect::<Vec<_>>().join(", ")
        };
        let wanted: Vec<(String, String)> =
            self.columns.iter().map(|column| (column.name.clone(), column.ty.clone())).collect();
        let have: Vec<(String, String)> = found
            .fields
            .iter()
            .map(|field| (field.name.to_string(), field.ty.as_str().to_owned()))
            .collect();
        // some answers say long where the engine says int
        let alike = |a: &str, b: &str| a == b || (a == "long" && b == "int");
        let same = wanted.len() == have.len()
            && wanted.iter().zip(&have).all(|(w, h)| w.0 == h.0 && alike(&w.1, &h.1));
        if !same {
            return Err(format!("columns ({}) instead of ({})", names(have), names(wanted)));
        }
        if found.rows != self.rows.len() {
            return Err(format!(
                "{} rows instead of {}: {}",
                found.rows,
                self.rows.len(),
                shown(found)
            ));
        }
        let types: Vec<Type> = found.fields.iter().map(|field| field.ty).collect();
        let tolerance = if self.approx { ESTIMATE } else { EXACT };
        let same = |row: &[Value], wanted: &[Json]| {
            row.iter().zip(wanted).zip(&types).all(|((value, wanted), ty)| {
                equal(value, wanted, *ty, tolerance, self.set_semantics)
            })
        };
        let mut left: Vec<usize> = (0..self.rows.len()).collect();
        for row in 0..found.rows {
            let values = found.row(row);
            let at = if self.ordered {
                same(&values, &self.rows[row]).then_some(row)
            } else {
                left.iter().copied().find(|at| same(&values, &self.rows[*at]))
            };
            match at {
                Some(at) => left.retain(|other| *other != at),
                None => {
                    let row: Vec<String> =
                        values.iter().map(|value| value.to_text().to_string()).collect();
                    let wanted = left
                        .first()
                        .map(|at| Json::from(self.rows[*at].clone()).to_string())
                        .unwrap_or_default();
                    return Err(format!("row [{}], where {wanted} is wanted", row.join(", ")));
                }
            }
        }
        Ok(())
    }
}

fn shown(table: &Table) -> String {
    let rows: Vec<String> = (0..table.rows.min(5))
        .map(|row| {
            table
                .row(row)
                .iter()
                .map(|value| value.to_text().to_string())
                .collect::<Vec<_>>()
                .join(", ")
        })
        .collect();
    format!("[{}]", rows.join("] ["))
}

fn equal(value: &Value, wanted: &Json, ty: Type, tolerance: f64, sets: bool) -> bool {
    // some answers were printed: null is a word there
    if wanted.is_null() || (!matches!(ty, Type::String | Type::Dynamic) && wanted == "null") {
        return value.is_null() || (ty == Type::String && value.to_text().is_empty());
    }
    match ty {
        Type::String => wanted.as_str().map_or_else(
            || value.to_text().as_ref() == wanted.to_string().as_str(),
            |wanted| wanted == &*value.to_text(),
        ),
        Type::Int | Type::Long => {
            integer(wanted).is_some_and(|wanted| value.as_long() == Some(wanted))
        }
        Type::Real | Type::Decimal => match (value.as_real(), real(wanted)) {
            (Some(a), Some(b)) => near(a, b, tolerance),
            _ => false,
        },
        Type::Bool => match wanted {
            Json::Bool(wanted) => value.as_bool() == Some(*wanted),
            Json::Number(n) => value.as_bool() == n.as_i64().map(|n| n != 0),
            Json::String(text) => value.as_bool() == Value::str(text).as_bool(),
            _ => false,
        },
        Type::DateTime => wanted
            .as_str()
            .and_then(time::parse_datetime)
            .is_some_and(|wanted| value.as_datetime() == Some(wanted)),
        Type::TimeSpan => match wanted {
            Json::String(text) => {
                time::parse_timespan(text).is_some_and(|wanted| value.as_timespan() == Some(wanted))
            }
            other => other.as_i64().is_some_and(|wanted| value.as_timespan() == Some(wanted)),
        },
        Type::Guid => {
            wanted.as_str().is_some_and(|wanted| wanted.eq_ignore_ascii_case(&value.to_text()))
        }
        Type::Dynamic => {
            let value: Json = match value {
                Value::Dynamic(d) => serde_json::from_str(&d.to_json()).unwrap_or(Json::Null),
                other => other
                    .to_dyn()
                    .and_then(|d| serde_json::from_str(&d.to_json()).ok())
                    .unwrap_or(Json::Null),
            };
            json_equal(&unwrapped(&value), &unwrapped(wanted), tolerance, sets)
        }
    }
}

/// A text that is JSON stands for what it says.
fn unwrapped(value: &Json) -> Json {
    match value {
        Json::String(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        other => other.clone(),
    }
}

fn integer(wanted: &Json) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation, reason = "whole numbers that were written as reals")]
    wanted
        .as_i64()
        .or_else(|| wanted.as_f64().map(|n| n as i64))
        .or_else(|| wanted.as_str().and_then(|text| text.parse().ok()))
}

fn real(wanted: &Json) -> Option<f64> {
    wanted
        .as_f64()
        .or_else(|| wanted.as_str().and_then(|text| Value::str(text.replace(',', "")).as_real()))
}

fn near(a: f64, b: f64, tolerance: f64) -> bool {
    (a.is_nan() && b.is_nan())
        || a == b
        || (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0)
}

fn json_equal(a: &Json, b: &Json, tolerance: f64, sets: bool) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => {
            near(a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN), tolerance)
        }
        (Json::Array(a), Json::Array(b)) if sets => {
            let mut left: Vec<&Json> = b.iter().collect();
            a.len() == b.len()
                && a.iter().all(|item| {
                    match left.iter().position(|other| json_equal(item, other, tolerance, sets)) {
                        Some(at) => {
                            left.swap_remove(at);
                            true
                        }
                        None => false,
                    }
                })
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| json_equal(a, b, tolerance, sets))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, value)| {
                    b.get(name).is_some_and(|other| json_equal(value, other, tolerance, sets))
                })
        }
        (a, b) => a == b,
    }
}
