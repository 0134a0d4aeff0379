//! Functions over neighbouring rows.
use super::aggregates::{longs, text};
use kql::{
    aggregates::window,
    value::{Value, time::parse_datetime, time::parse_timespan},
};

fn texts(values: &[Value]) -> Vec<String> {
    values.iter().map(text).collect()
}

#[test]
fn numbers() {
    assert_eq!(window::row_number(3, 7, &[]), longs(&[7, 8, 9]));
    assert_eq!(window::row_number(4, 0, &[true, false, true, false]), longs(&[0, 1, 0, 1]));
    assert_eq!(window::row_number(2, i64::MAX, &[]), longs(&[i64::MAX, i64::MIN]));
}

#[test]
fn running_sums() {
    assert_eq!(window::row_cumsum(&longs(&[1, 2, 3, 5, 8, 9]), &[]), longs(&[1, 3, 6, 11, 19, 28]));
    let restart = [true, false, true, false, false];
    assert_eq!(window::row_cumsum(&longs(&[3, 5, 1, 8, 9]), &restart), longs(&[3, 8, 1, 9, 18]));
    let reals = [1.5, 2.5].map(Value::Real);
    assert_eq!(texts(&window::row_cumsum(&reals, &[])), ["1.5", "4.0"]);
    let gap = [Value::Int(1), Value::Null, Value::Int(2)];
    assert_eq!(texts(&window::row_cumsum(&gap, &[])), ["1", "1", "3"]);
}

#[test]
fn ranks() {
    let sorted = longs(&[8, 5, 5, 5, 3, 3]);
    assert_eq!(window::row_rank_dense(&sorted, &[]), longs(&[1, 2, 2, 2, 3, 3]));
    assert_eq!(window::row_rank_min(&sorted, &[]), longs(&[1, 2, 2, 2, 5, 5]));
    let restart = [true, false, false, true, false];
    let values = longs(&[5, 5, 8, 3, 3]);
    assert_eq!(window::row_rank_dense(&values, &restart), longs(&[1, 1, 2, 1, 1]));
    assert_eq!(window::row_rank_min(&values, &restart), longs(&[1, 1, 3, 1, 1]));
    let same = longs(&[3, 3]);
    assert_eq!(window::row_rank_dense(&same, &[true, true]), longs(&[1, 1]));
}

#[test]
fn neighbours() {
    let values = longs(&[1, 2, 5]);
    assert_eq!(texts(&window::prev(&values, 1, &Value::Null)), ["null", "1", "2"]);
    assert_eq!(texts(&window::prev(&values, 2, &Value::Long(-9))), ["-9", "-9", "1"]);
    assert_eq!(texts(&window::next(&values, 1, &Value::Null)), ["2", "5", "null"]);
    assert_eq!(texts(&window::next(&values, i64::MAX, &Value::Null)), ["null"; 3]);
    assert_eq!(texts(&window::prev(&values, i64::MIN, &Value::Null)), ["null"; 3]);
}

#[test]
fn sessions() {
    let time = |text: &str| parse_datetime(text).map_or(Value::Null, Value::DateTime);
    let span = |text: &str| parse_timespan(text).unwrap_or_default();
    // one to three belong together by what is between them
    let times = ["10:00", "11:00", "10:16", "10:18", "13:30", "11:30"]
        .map(|at| time(&format!("2024-04-11T{at}:00Z")));
    let restart = [true, false, true, false, false, true];
    let found = window::row_window_session(&times, span("1h"), span("5m"), &restart);
    let expected = [0, 1, 2, 2, 4, 5].map(|at: usize| times[at].clone());
    assert_eq!(found, expected);
    let gaps = [time("2020-01-01"), Value::Null, time("2020-01-01")];
    let found = window::row_window_session(&gaps, span("1h"), span("5m"), &[]);
    assert!(found[1].is_null());
    // what equals the distance is a new session
    let pair = [time("2020-01-01T00:00:00Z"), time("2020-01-01T00:05:00Z")];
    assert_eq!(window::row_window_session(&pair, span("1h"), span("5m"), &[]), pair);
}
