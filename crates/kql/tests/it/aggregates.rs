//! Aggregates by the rows of a group, with the results that Kusto gives.
use kql::{
    aggregates::find,
    value::{Dyn, Type, Value},
};

/// The outputs over rows; a column that has the same value in each row is a constant too.
pub fn outputs(name: &str, types: &[Type], rows: &[Vec<Value>]) -> Result<Vec<Value>, String> {
    let constants: Vec<Option<Value>> = (0..types.len())
        .map(|at| {
            let first = rows.first()?.get(at)?;
            rows.iter().all(|row| row.get(at) == Some(first)).then(|| first.clone())
        })
        .collect();
    with(name, types, &constants, rows)
}

pub fn with(
    name: &str,
    types: &[Type],
    constants: &[Option<Value>],
    rows: &[Vec<Value>],
) -> Result<Vec<Value>, String> {
    let aggregate = find(name).ok_or_else(|| format!("{name} is missing"))?;
    let mut state = (aggregate.start)(types, constants)?;
    for row in rows {
        state.add(row);
    }
    let values = state.finish();
    let declared = (aggregate.result)(types);
    assert_eq!(values.len(), declared.len(), "{name}: outputs");
    for (value, declared) in values.iter().zip(declared) {
        assert!(value.type_of().is_none_or(|ty| ty == declared), "{name}: {value:?} {declared:?}");
    }
    Ok(values)
}

/// One column in, one value out, as text.
pub fn one(name: &str, of: Type, values: impl IntoIterator<Item = Value>) -> String {
    let rows: Vec<_> = values.into_iter().map(|value| vec![value]).collect();
    match outputs(name, &[of], &rows).as_deref() {
        Ok([value]) => text(value),
        other => format!("{other:?}"),
    }
}

pub fn text(value: &Value) -> String {
    if value.is_null() { "null".to_owned() } else { value.to_text().to_string() }
}

pub fn longs(values: &[i64]) -> Vec<Value> {
    values.iter().copied().map(Value::Long).collect()
}

fn reals(values: &[f64]) -> Vec<Value> {
    values.iter().copied().map(Value::Real).collect()
}

pub fn json(text: &str) -> Value {
    Dyn::parse(text).map_or(Value::Null, Value::dynamic)
}

#[test]
fn nothing() {
    let empty = |name, of| one(name, of, []);
    for (name, expected) in [
        ("count", "0"),
        ("dcount", "0"),
        ("count_distinct", "0"),
        ("sum", "0"),
        ("avg", "NaN"),
        ("min", "null"),
        ("max", "null"),
        ("take_any", "null"),
        ("arg_max", "null"),
        ("stdev", "0.0"),
        ("variance", "0.0"),
        ("hll", "null"),
        ("tdigest", "null"),
        ("buildschema", "null"),
        ("make_list", "[]"),
        ("make_set", "[]"),
        ("make_bag", "{}"),
    ] {
        assert_eq!(empty(name, Type::Long), expected, "{name}");
    }
    assert_eq!(empty("sum", Type::Real), "0.0");
    assert_eq!(empty("sum", Type::TimeSpan), "00:00:00");
    assert_eq!(empty("avg", Type::TimeSpan), "null");
    assert!(matches!(
        outputs("max", &[Type::String], &[]).as_deref(),
        Ok([Value::Str(s)]) if s.is_empty()
    ));
    let types = [Type::Long, Type::Long];
    let percent = [None, Some(Value::Long(55))];
    assert_eq!(with("percentile", &types, &percent, &[]), Ok(vec![Value::Null]));
}

#[test]
fn nulls_only() {
    let nulls = || [Value::Null, Value::Null, Value::Null];
    assert_eq!(one("sum", Type::Int, nulls()), "0");
    assert_eq!(one("avg", Type::Int, nulls()), "NaN");
    assert_eq!(one("min", Type::Int, nulls()), "null");
    assert_eq!(one("count", Type::Int, nulls()), "3");
    assert_eq!(one("make_list", Type::Int, nulls()), "[]");
    assert_eq!(one("make_set", Type::Int, nulls()), "[]");
    assert_eq!(one("make_list_with_nulls", Type::Int, nulls()), "[null,null,null]");
}

#[test]
fn sums_wrap() {
    let values = || longs(&[i64::MAX, 1, 2]);
    assert_eq!(one("sum", Type::Long, values()), "-9223372036854775806");
    assert_eq!(one("avg", Type::Long, values()), text(&Value::Real(-3.074_457_345_618_258_4e18)));
    let values = longs(&[i64::MAX - 1, 1, i64::MAX]);
    assert_eq!(one("avg", Type::Long, values), "-0.6666666666666666");
}

#[test]
fn other_types_of_sums() {
    let decimals = || ["1.1", "2.2", "3.3"].map(|n| Value::str(n).cast(Type::Decimal));
    assert_eq!(one("sum", Type::Decimal, decimals()), "6.6");
    assert_eq!(one("avg", Type::Decimal, decimals()), "2.2");
    assert_eq!(one("max", Type::Decimal, decimals()), "3.3");
    assert_eq!(one("make_list", Type::Decimal, decimals()), r#"["1.1","2.2","3.3"]"#);
    let day = kql::value::time::DAY;
    let spans = || [Value::TimeSpan(day), Value::Null, Value::TimeSpan(2 * day)];
    assert_eq!(one("sum", Type::TimeSpan, spans()), "3.00:00:00");
    assert_eq!(one("avg", Type::TimeSpan, spans()), "1.12:00:00");
    let last = kql::value::time::LAST;
    let dates = vec![Value::DateTime(last); 5];
    assert_eq!(one("avg", Type::DateTime, dates), "9999-12-31T23:59:59.9999999Z");
    assert_eq!(one("sum", Type::Int, [Value::Int(i32::MAX), Value::Int(1)]), "2147483648");
}

#[test]
fn variances_have_ten_decimals() {
    let ten = || longs(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    let close = |name: &str, expected: f64| {
        let Ok(found) = one(name, Type::Long, ten()).parse::<f64>() else { panic!("{name}") };
        assert!((found - expected).abs() < 1e-15, "{name}: {found}");
    };
    close("stdev", 3.027_650_354_102_996);
    close("variance", 9.166_666_666_7);
    close("stdevp", 2.872_281_323_269_014_3);
    close("variancep", 8.25);
    for name in ["stdev", "variance", "stdevp", "variancep"] {
        assert_eq!(one(name, Type::Long, longs(&[5])), "0.0", "{name}");
    }
    let six = || reals(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(one("stdev", Type::Real, six()), "1.8708286933869707");
    assert_eq!(one("variancep", Type::Real, six()), "2.9166666667");
}

#[test]
fn variances_with_a_predicate() {
    let rows: Vec<_> = (1..=100)
        .map(|x: i64| {
            let y = if x % 2 == 0 { x * 2 } else { x * 3 };
            vec![Value::Long(x), Value::Long(y), Value::Bool(x % 3 == 0)]
        })
        .collect();
    let types = [Type::Long, Type::Long, Type::Bool];
    assert_eq!(outputs("covarianceif", &types, &rows), Ok(vec![Value::Real(2142.0)]));
    assert_eq!(outputs("covariancepif", &types, &rows), Ok(vec![Value::Real(2_077.090_909_090_9)]));
    let rows: Vec<_> =
        (1..=100).map(|x: i64| vec![Value::Long(x), Value::Bool(x % 2 == 0)]).collect();
    let types = [Type::Long, Type::Bool];
    assert_eq!(outputs("varianceif", &types, &rows), Ok(vec![Value::Real(850.0)]));
    assert_eq!(outputs("stdevif", &types, &rows), Ok(vec![Value::Real(29.154_759_474_226_502)]));
    let rows: Vec<_> = [(1, 14), (2, 10), (3, 17), (4, 20), (5, 50)]
        .map(|(x, y)| vec![Value::Int(x), Value::Int(y)])
        .to_vec();
    let types = [Type::Int, Type::Int];
    assert_eq!(outputs("covariance", &types, &rows), Ok(vec![Value::Real(20.5)]));
}

#[test]
fn predicates_that_are_null_are_false() {
    let rows: Vec<_> = [(None, 1), (Some(true), 2), (Some(false), 3), (None, 4)]
        .map(|(b, v)| vec![Value::Long(v), b.map_or(Value::Null, Value::Bool)])
        .to_vec();
    let types = [Type::Long, Type::Bool];
    for (name, expected) in [
        ("sumif", "2"),
        ("avgif", "2.0"),
        ("minif", "2"),
        ("maxif", "2"),
        ("make_list_if", "[2]"),
        ("make_set_if", "[2]"),
        ("dcountif", "1"),
        ("count_distinctif", "1"),
        ("take_anyif", "2"),
    ] {
        let found = outputs(name, &types, &rows).unwrap_or_default();
        assert_eq!(found.iter().map(text).collect::<Vec<_>>(), [expected], "{name}");
    }
    let predicates: Vec<_> = rows.iter().map(|row| row[1].clone()).collect();
    assert_eq!(one("countif", Type::Bool, predicates), "1");
}

#[test]
fn bits() {
    let values = longs(&[0xFFFF_FFFF, 0xFFFF_F00F, 0xCFFF_FFFD, 0xFAFE_FFFF]);
    assert_eq!(one("binary_all_and", Type::Long, values), 0xCAFE_F00D_i64.to_string());
    let values = longs(&[0x4440_4440, 0x1E1E_1E1E, 0x90AB_BA09, 0x000B_105A]);
    assert_eq!(one("binary_all_xor", Type::Long, values), 0xCAFE_F00D_i64.to_string());
    assert_eq!(one("binary_all_or", Type::Int, [Value::Int(8), Value::Int(1)]), "9");
}

#[test]
fn every_name_that_kusto_has_is_there() {
    for name in "sum sumif cnt count countif dcount dcountif tdigest tdigest_merge merge_tdigest hll hll_if hll_merge min minif max \
        maxif avg avgif makelist make_list make_list_if make_list_with_nulls makeset make_set make_set_if make_dictionary make_bag \
        make_bag_if buildschema percentile percentiles percentiles_array percentilew percentilesw percentilesw_array stdev stdevif \
        stdevp variance varianceif variancep variancepif covariance covarianceif covariancep covariancepif any take_any anyif \
        take_anyif arg_min arg_max argmin argmax binary_all_or binary_all_and binary_all_xor count_distinct count_distinctif"
        .split_whitespace()
    {
        assert!(find(name).is_some(), "{name}");
    }
}
