//! The functions that look at neighbouring rows: of the values of a column in the order of its rows, one result for each row.
//!
//! `restart` says for each row whether counting begins anew with it; what it lacks is false.
use crate::value::Value;
use rust_decimal::Decimal;

fn restarts(restart: &[bool], at: usize) -> bool {
    restart.get(at).copied().unwrap_or(false)
}

/// `row_number(start, restart)` of `rows` rows.
pub fn row_number(rows: usize, start: i64, restart: &[bool]) -> Vec<Value> {
    let mut next = start;
    (0..rows)
        .map(|at| {
            if restarts(restart, at) {
                next = start;
            }
            let number = next;
            next = next.wrapping_add(1);
            Value::Long(number)
        })
        .collect()
}

/// `row_cumsum(values, restart)`, in the type of the values. A null adds nothing.
pub fn row_cumsum(values: &[Value], restart: &[bool]) -> Vec<Value> {
    let zero = values.iter().find_map(|value| {
        Some(match value {
            Value::Null => return None,
            Value::Int(_) => Value::Int(0),
            Value::Real(_) => Value::Real(0.0),
            Value::Decimal(_) => Value::Decimal(Decimal::ZERO),
            Value::TimeSpan(_) => Value::TimeSpan(0),
            _ => Value::Long(0),
        })
    });
    let Some(zero) = zero else { return vec![Value::Null; values.len()] };
    let mut sum = zero.clone();
    values
        .iter()
        .enumerate()
        .map(|(at, value)| {
            if restarts(restart, at) {
                sum = zero.clone();
            }
            sum = plus(&sum, value);
            sum.clone()
        })
        .collect()
}

fn plus(sum: &Value, value: &Value) -> Value {
    match (sum, value) {
        (Value::Int(sum), Value::Int(n)) => Value::Int(sum.wrapping_add(*n)),
        (Value::TimeSpan(sum), Value::TimeSpan(n)) => Value::TimeSpan(sum.wrapping_add(*n)),
        (Value::Long(sum), n) => Value::Long(sum.wrapping_add(n.as_long().unwrap_or(0))),
        (Value::Real(sum), n) => Value::Real(sum + n.as_real().unwrap_or(0.0)),
        (Value::Decimal(sum), n) => n
            .as_decimal()
            .map_or(Some(*sum), |n| sum.checked_add(n))
            .map_or(Value::Null, Value::Decimal),
        (other, _) => other.clone(),
    }
}

/// `row_rank_dense(values, restart)`: one more whenever the value changes.
pub fn row_rank_dense(values: &[Value], restart: &[bool]) -> Vec<Value> {
    ranks(values, restart).into_iter().map(|(dense, _)| Value::Long(dense)).collect()
}

/// `row_rank_min(values, restart)`: the number of the first row that has the value.
pub fn row_rank_min(values: &[Value], restart: &[bool]) -> Vec<Value> {
    ranks(values, restart).into_iter().map(|(_, least)| Value::Long(least)).collect()
}

fn ranks(values: &[Value], restart: &[bool]) -> Vec<(i64, i64)> {
    let (mut row, mut dense, mut least) = (0, 0, 0);
    values
        .iter()
        .enumerate()
        .map(|(at, value)| {
            if at == 0 || restarts(restart, at) {
                (row, dense, least) = (1, 1, 1);
            } else {
                row += 1;
                if values.get(at - 1) != Some(value) {
                    dense += 1;
                    least = row;
                }
            }
            (dense, least)
        })
        .collect()
}

/// `row_window_session(values, from_first, between, restart)`: when the session of each row began. Distances are ticks.
pub fn row_window_session(
    values: &[Value],
    from_first: i64,
    between: i64,
    restart: &[bool],
) -> Vec<Value> {
    let mut session: Option<(i64, i64)> = None;
    values
        .iter()
        .enumerate()
        .map(|(at, value)| {
            let Value::DateTime(now) = value else {
                session = None;
                return Value::Null;
            };
            let first = match session {
                Some((first, last))
                    if !restarts(restart, at)
                        && *now < first.saturating_add(from_first)
                        && *now < last.saturating_add(between) =>
                {
                    first
                }
                _ => *now,
            };
            session = Some((first, *now));
            Value::DateTime(first)
        })
        .collect()
}

/// `prev(values, offset, missing)`: the value `offset` rows before; `missing` where there is no such row.
pub fn prev(values: &[Value], offset: i64, missing: &Value) -> Vec<Value> {
    next(values, offset.saturating_neg(), missing)
}

/// `next(values, offset, missing)`: the value `offset` rows behind.
pub fn next(values: &[Value], offset: i64, missing: &Value) -> Vec<Value> {
    (0..values.len())
        .map(|at| {
            i64::try_from(at)
                .ok()
                .and_then(|at| at.checked_add(offset))
                .and_then(|at| usize::try_from(at).ok())
                .and_then(|at| values.get(at))
                .unwrap_or(missing)
                .clone()
        })
        .collect()
}
