//! Percentiles, digests and estimates of distinct values.
use super::aggregates::{longs, one, outputs, text, with};
use kql::{
    aggregates::{digest, hll},
    value::{Dyn, Type, Value, time::DAY},
};

fn column(values: impl IntoIterator<Item = i64>) -> Vec<Vec<Value>> {
    values.into_iter().map(|n| vec![Value::Long(n)]).collect()
}

fn of(name: &str, rows: &[Vec<Value>]) -> Value {
    outputs(name, &[Type::Long], rows)
        .ok()
        .and_then(|mut values| values.pop())
        .unwrap_or(Value::Null)
}

fn percentile(of: Type, percent: f64, values: Vec<Value>) -> Value {
    let rows: Vec<_> = values.into_iter().map(|v| vec![v, Value::Real(percent)]).collect();
    outputs("percentile", &[of, Type::Real], &rows)
        .ok()
        .and_then(|mut values| values.pop())
        .unwrap_or(Value::Null)
}

#[test]
fn nearest_ranks() {
    let down: Vec<_> = (0..10).rev().map(Value::Int).collect();
    assert_eq!(percentile(Type::Int, 0.0, down.clone()), Value::Long(0));
    assert_eq!(percentile(Type::Int, 50.0, down.clone()), Value::Long(4));
    assert_eq!(percentile(Type::Int, 100.0, down), Value::Long(9));
    let hundred: Vec<_> = (1..=100).map(Value::Long).collect();
    for percent in 1..=100 {
        let found = percentile(Type::Long, f64::from(percent), hundred.clone());
        assert_eq!(found, Value::Long(percent.into()));
    }
    let spans = vec![Value::TimeSpan(DAY), Value::Null, Value::TimeSpan(2 * DAY)];
    assert_eq!(percentile(Type::TimeSpan, 90.0, spans), Value::TimeSpan(2 * DAY));
    let decimals = vec![Value::str("1.5").cast(Type::Decimal)];
    assert_eq!(percentile(Type::Decimal, 10.0, decimals), Value::Real(1.5));
}

#[test]
fn weighted() {
    let rows: Vec<_> = [(8, 10), (6, 20), (3, 30), (1, 40)]
        .map(|(count, bucket)| vec![Value::Long(bucket), Value::Long(count)])
        .to_vec();
    let percents = [50.0, 75.0, 99.9].map(|p| Some(Value::Real(p)));
    let constants: Vec<_> = [None, None].into_iter().chain(percents).collect();
    let types = [Type::Long, Type::Long, Type::Real, Type::Real, Type::Real];
    assert_eq!(with("percentilesw", &types, &constants, &rows), Ok(longs(&[20, 20, 40])));
    let array = with("percentilesw_array", &types, &constants, &rows);
    assert_eq!(array.unwrap_or_default().iter().map(text).collect::<Vec<_>>(), ["[20,20,40]"]);
    let list = Value::dynamic(Dyn::Array(vec![Dyn::Long(50), Dyn::Long(75), Dyn::Real(99.9)]));
    let types = [Type::Long, Type::Long, Type::Dynamic];
    let array = with("percentilesw_array", &types, &[None, None, Some(list)], &rows);
    assert_eq!(array.unwrap_or_default().iter().map(text).collect::<Vec<_>>(), ["[20,20,40]"]);
}

#[test]
fn percents_are_constants_within_bounds() {
    let types = [Type::Long, Type::Long];
    assert!(with("percentile", &types, &[None, None], &[]).is_err());
    assert!(with("percentile", &types, &[None, Some(Value::Long(101))], &[]).is_err());
    let types = [Type::String, Type::Long];
    assert!(with("percentile", &types, &[None, Some(Value::Long(1))], &[]).is_err());
}

#[test]
fn many_values_are_drawn_together() {
    let many: Vec<_> = (0..300_000).map(|n| Value::Long(n * 7_919 % 300_000)).collect();
    for (percent, expected) in [(1.0, 3_000), (50.0, 150_000), (99.0, 297_000), (99.99, 299_970)] {
        let Value::Long(found) = percentile(Type::Long, percent, many.clone()) else { panic!() };
        assert!((found - expected).abs() < 100, "{percent}: {found}");
    }
    assert_eq!(percentile(Type::Long, 0.0, many.clone()), Value::Long(0));
    assert_eq!(percentile(Type::Long, 100.0, many), Value::Long(299_999));
}

#[test]
fn digests() {
    let thousand = of("tdigest", &column(1..=1_000));
    assert_eq!(digest::rank_tdigest(&thousand, &Value::Long(685)), Value::Real(685.0));
    assert_eq!(digest::percentrank_tdigest(&thousand, &Value::Long(685)), Value::Real(68.5));
    let x = of("tdigest", &column(1..=10));
    let y = of("tdigest", &column(11..=20));
    let merged = digest::merge_tdigest(&[x.clone(), y.clone()]);
    assert_eq!(digest::percentile_tdigest(&merged, 100.0, Some(Type::Long)), Value::Long(20));
    assert_eq!(text(&digest::percentile_tdigest(&merged, 100.0, None)), "[20]");
    assert_eq!(text(&digest::percentiles_array_tdigest(&merged, &[0.0, 50.0])), "[1,10]");
    let rows = [vec![x], vec![Value::Null], vec![y]];
    let aggregated = outputs("merge_tdigest", &[Type::Dynamic], &rows);
    assert_eq!(aggregated, Ok(vec![merged.clone()]));
    let again = Dyn::parse(&merged.to_text()).map_or(Value::Null, Value::dynamic);
    assert_eq!(digest::tdigest_isvalid(&again), Value::Bool(true));
}

#[test]
fn digests_of_times_survive_json() {
    let rows = [vec![Value::DateTime(DAY)], vec![Value::DateTime(2 * DAY)]];
    let written = outputs("tdigest", &[Type::DateTime], &rows).unwrap_or_default().remove(0);
    let again = Dyn::parse(&written.to_text()).map_or(Value::Null, Value::dynamic);
    let found = digest::percentile_tdigest(&again, 100.0, Some(Type::DateTime));
    assert_eq!(found, Value::DateTime(2 * DAY));
}

#[test]
fn big_digests_are_small_when_written() {
    let Value::Dynamic(written) = of("tdigest", &column((0..100_000).map(|n| n * 3))) else {
        panic!()
    };
    let values = written.at(1).and_then(Dyn::as_array).map_or(0, <[Dyn]>::len);
    assert!((1..=4_096).contains(&values), "{values}");
    let written = Value::dynamic(written.as_ref().clone());
    let Value::Real(rank) = digest::rank_tdigest(&written, &Value::Long(150_000)) else { panic!() };
    assert!((rank - 50_000.0).abs() < 300.0, "{rank}");
}

#[test]
fn distinct_values() {
    let texts = || ["", "a", "b", "c", "a"].map(Value::str);
    assert_eq!(one("dcount", Type::String, texts()), "4");
    assert_eq!(one("count_distinct", Type::String, texts()), "4");
    assert_eq!(one("dcount", Type::Long, [Value::Null, Value::Long(1)]), "1");
    assert_eq!(of("dcount", &column((0..20_000).map(|n| n % 10_000))), Value::Long(10_000));
    assert_eq!(of("count_distinct", &column(0..100_000)), Value::Long(100_000));
}

#[test]
fn estimates_are_near() {
    for size in [20_000i64, 50_000, 300_000] {
        for (accuracy, percent) in [(0, 5), (1, 3), (4, 1)] {
            let constants = [None, Some(Value::Long(accuracy))];
            let types = [Type::Long, Type::Long];
            let rows: Vec<_> =
                (0..size).map(|n| vec![Value::Long(n), Value::Long(accuracy)]).collect();
            let found = with("dcount", &types, &constants, &rows).unwrap_or_default();
            let [Value::Long(found)] = found[..] else { panic!() };
            assert!((found - size).abs() * 100 < size * percent, "{size} {accuracy}: {found}");
        }
    }
    assert!(with("dcount", &[Type::Long; 2], &[None, Some(Value::Long(5))], &[]).is_err());
}

#[test]
fn sketches_merge() {
    let few = of("hll", &column(0..1_000));
    let more = of("hll", &column(500..1_500));
    let many = of("hll", &column(0..40_000));
    assert_eq!(hll::dcount_hll(&few), Value::Long(1_000));
    assert_eq!(hll::dcount_hll(&hll::hll_merge(&[few.clone(), more.clone()])), Value::Long(1_500));
    let near = |sketch: &Value, expected: i64| {
        let Value::Long(found) = hll::dcount_hll(sketch) else { panic!() };
        assert!((found - expected).abs() * 100 < expected * 3, "{found} {expected}");
    };
    near(&hll::hll_merge(&[few.clone(), many.clone()]), 40_000);
    let rows = [vec![many.clone()], vec![Value::Null], vec![few.clone()]];
    let merged = outputs("hll_merge", &[Type::Dynamic], &rows).unwrap_or_default().remove(0);
    near(&merged, 40_000);
    let fine: Vec<_> = (30_000..60_000).map(|n| vec![Value::Long(n), Value::Long(4)]).collect();
    let constants = [None, Some(Value::Long(4))];
    let fine = with("hll", &[Type::Long; 2], &constants, &fine).unwrap_or_default().remove(0);
    near(&fine, 30_000);
    // of different precision
    near(&hll::hll_merge(&[fine.clone(), many.clone()]), 60_000);
    near(&hll::hll_merge(&[few, fine]), 31_000);
    let again = Dyn::parse(&many.to_text()).map_or(Value::Null, Value::dynamic);
    assert_eq!(hll::dcount_hll(&again), hll::dcount_hll(&many));
}

#[test]
fn what_is_no_sketch() {
    for hostile in [
        "[]",
        "[[1,14]]",
        "[[1,60],[]]",
        "[[1,14],\"00\"]",
        "[[1,14],[\"x\"]]",
        "[[1],[1],[-1]]",
        "{}",
        "1",
    ] {
        let value = Dyn::parse(hostile).map_or(Value::Null, Value::dynamic);
        assert_eq!(hll::dcount_hll(&value), Value::Null, "{hostile}");
        assert_eq!(digest::rank_tdigest(&value, &Value::Long(1)), Value::Null, "{hostile}");
        assert_eq!(digest::percentile_tdigest(&value, 50.0, None), Value::Null, "{hostile}");
        assert_eq!(hll::hll_isvalid(&value), Value::Bool(false), "{hostile}");
    }
    let registers = format!("[[1,14],\"{}\"]", "~".repeat(1 << 14));
    let value = Dyn::parse(&registers).map_or(Value::Null, Value::dynamic);
    assert_eq!(hll::dcount_hll(&value), Value::Null);
}
