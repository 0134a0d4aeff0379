//! Functions on series, with what the real engine gives.
use crate::fn_dynamic::{call, json, long, shown};
use kql::functions::outputs;
use kql::value::{Dyn, Value};

const WEEKS: &str = "[80,139,87,110,68,54,50,51,53,133,86,141,97,156,94,149,95,140,77,61,50,54,47,133,72,152,94,148,105,162,101,160,87,63,53,55,54,151,103,189,108,183,113,175,113,178,90,71,62,62,65,165,109,181,115,182,121,178,114,170]";

fn reals(value: &Value) -> Vec<f64> {
    match value {
        Value::Dynamic(d) => d.as_array().map(|items| items.iter().filter_map(real).collect()),
        other => other.as_real().map(|n| vec![n]),
    }
    .unwrap_or_default()
}

fn real(value: &Dyn) -> Option<f64> {
    value.clone().into_scalar().as_real()
}

fn near(value: &Value, expected: &[f64]) {
    let found = reals(value);
    let close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 1e-9 * b.abs().max(1.0));
    assert!(close && found.len() == expected.len(), "{found:?} instead of {expected:?}");
}

/// The outputs of a function of several columns.
fn parts(name: &str, args: &[Value]) -> Vec<Value> {
    let value = call(name, args);
    let Value::Dynamic(d) = value else { panic!("{name}: {value:?}") };
    let parts: Vec<Value> =
        d.as_array().expect(name).iter().map(|v| v.clone().into_scalar()).collect();
    assert_eq!(outputs(name).map(<[_]>::len), Some(parts.len()), "{name}");
    parts
}

#[test]
fn element_by_element() {
    for (name, series, result) in [
        ("series_abs", "[-6.5,0,8.2]", "[6.5,0.0,8.2]"),
        ("series_abs", "[-6,null]", "[6,null]"),
        ("series_sign", "[-6,0,8]", "[-1,0,1]"),
        ("series_floor", "[-1.5,1,2.5]", "[-2.0,1.0,2.0]"),
        ("series_ceiling", "[-1.5,1,2.5]", "[-1.0,1.0,3.0]"),
        ("series_atan", "[-1,0,1]", "[-0.7853981633974483,0.0,0.7853981633974483]"),
        ("series_cos", "[-1,0,1]", "[0.5403023058681398,1.0,0.5403023058681398]"),
        ("series_sin", "[-1,0,1,\"a\"]", "[-0.8414709848078965,0.0,0.8414709848078965,null]"),
        ("series_sum", "[1,2,3,4]", "10.0"),
        ("series_product", "[1,2,3,4]", "24.0"),
        ("series_magnitude", "[1,2,3,4]", "5.477225575051661"),
    ] {
        assert_eq!(shown(name, &[json(series)]), result, "{name}");
    }
}

#[test]
fn two_by_two() {
    let (one, other) = (json("[1,2,4]"), json("[4,2,1]"));
    for (name, result) in [
        ("series_multiply", "[4,4,4]"),
        ("series_subtract", "[-3,0,3]"),
        ("series_divide", "[0.25,1.0,4.0]"),
        ("series_equals", "[false,true,false]"),
        ("series_not_equals", "[true,false,true]"),
        ("series_greater", "[false,false,true]"),
        ("series_greater_equals", "[false,true,true]"),
        ("series_less", "[true,false,false]"),
        ("series_less_equals", "[true,true,false]"),
        ("series_dot_product", "12.0"),
    ] {
        assert_eq!(shown(name, &[one.clone(), other.clone()]), result, "{name}");
    }
    assert_eq!(shown("series_dot_product", &[one.clone(), long(1)]), "7.0");
    assert_eq!(shown("series_add", &[one.clone(), json("[0.5]")]), "[1.5,null,null]");
    assert_eq!(shown("series_greater", &[one, Value::Real(1.5)]), "[false,true,true]");
    let a = json("[0.1,0.2,0.1,0.2]");
    near(&call("series_cosine_similarity", &[a.clone(), json("[1,2,3,4]")]), &[0.9237604307034012]);
    near(
        &call("series_cosine_similarity", &[a, json("[0.11,0.2,0.11,0.21]")]),
        &[0.9993534382550399],
    );
    let s = json("[0,0,5]");
    near(&call("series_pearson_correlation", &[s.clone(), s]), &[1.0]);
}

#[test]
fn filled() {
    let ends = "[null,111,null,36,41,null,null,16,61,33,null,null]";
    for (name, args, result) in [
        ("series_fill_backward", vec![json("[111,null,36,null]")], "[111,36,36,null]"),
        ("series_fill_forward", vec![json("[null,36,null,16]")], "[null,36,36,16]"),
        ("series_fill_forward", vec![json("[10,30,0,70]")], "[10,30,0,70]"),
        ("series_fill_forward", vec![json("[10,0,70]"), long(0)], "[10,10,70]"),
        ("series_fill_const", vec![json("[111,null]"), Value::Real(0.0)], "[111,0.0]"),
        ("series_fill_const", vec![json("[111,null]"), long(-1)], "[111,-1]"),
        ("series_fill_linear", vec![json(ends)], "[111,111,73,36,41,32,24,16,61,33,33,33]"),
        (
            "series_fill_linear",
            vec![json(ends), Value::Null, Value::Bool(false)],
            "[null,111,73,36,41,32,24,16,61,33,null,null]",
        ),
        ("series_fill_linear", vec![json("[null,111.0,null,36.0]")], "[111.0,111.0,73.5,36.0]"),
        ("series_fill_linear", vec![json("[null,null]")], "[0.0,0.0]"),
        (
            "series_fill_linear",
            vec![json("[null]"), Value::Null, Value::Bool(true), Value::Real(3.25)],
            "[3.25]",
        ),
    ] {
        assert_eq!(shown(name, &args), result, "{name} {args:?}");
    }
}

#[test]
fn filtered() {
    let sums = [json("[5,0,50]"), json("[1]"), json("[1,-1]")];
    assert_eq!(shown("series_iir", &sums), "[5.0,5.0,55.0]");
    let fir = |rest: &[Value]| {
        shown("series_fir", &[&[json("[0,3,6,9]"), json("[1,1,1]")], rest].concat())
    };
    assert_eq!(fir(&[]), "[0.0,1.0,3.0,6.0]");
    assert_eq!(fir(&[Value::Bool(false)]), "[0.0,3.0,9.0,18.0]");
    assert_eq!(fir(&[Value::Bool(true), Value::Bool(true)]), "[1.0,3.0,6.0,5.0]");
}

#[test]
fn statistics() {
    let x = json("[23,46,23,87,4,8,3,75,2,56,13,75,32,16,29]");
    let parts = parts("series_stats", std::slice::from_ref(&x));
    assert_eq!(parts[..4], [Value::Real(2.0), long(8), Value::Real(87.0), long(3)]);
    near(&parts[4], &[32.8]);
    near(&parts[5], &[28.50363385354827]);
    near(&parts[6], &[812.4571428571429]);
    let bag = shown("series_stats_dynamic", &[x]);
    assert!(
        bag.starts_with("{\"min\":2.0,\"min_idx\":8,") && bag.ends_with("\"len\":15}"),
        "{bag}"
    );
    assert_eq!(shown("series_stats", &[json("[1,null]")]), "null");
    assert_eq!(call("series_stats", &[json("[]")]), Value::Null);
}

#[test]
fn lines() {
    near(&parts("series_fit_line", &[json("[1.0,2.0,4.0,8.0]")])[0], &[0.92]);
    let line = parts("series_fit_line", &[json("[2,5,6,8,11,15,17,18,25,26,30,30]")]);
    for (found, expected) in line.iter().zip([0.982, 2.730, 98.628, 1.686, -1.666]) {
        assert!((reals(found)[0] - expected).abs() < 0.001, "{found:?} {expected}");
    }
    let broken = parts("series_fit_2lines", &[json("[1,2,3,4,10,8,6,4]")]);
    near(&broken[0], &[1.0]);
    assert_eq!(broken[1], long(4));
    near(&broken[6], &[-2.0]);
    near(&broken[10], &[1.0]);
    let square = parts("series_fit_poly", &[json("[1,4,9,16,25]"), Value::Null, long(2)]);
    near(&square[1], &[1.0, 0.0, 0.0]);
    let over = parts("series_fit_poly", &[json("[1,4,9]"), json("[1,2,3]"), long(2)]);
    assert!(reals(&over[1])[1].abs() < 1e-9, "{over:?}");
}

#[test]
fn transforms() {
    for series in ["[1,2,3,4]", "[1,2,3,4,5]", "[7]"] {
        let there = parts("series_fft", &[json(series)]);
        let back = parts("series_ifft", &there);
        near(&back[0], &reals(&json(series)));
    }
    near(&parts("series_fft", &[json("[1,2,3]")])[0], &[6.0, -1.5, -1.5]);
    near(
        &parts("series_fft", &[json("[1,2,3]")])[1],
        &[0.0, 0.8660254037844386, -0.8660254037844386],
    );
}

#[test]
fn seasons() {
    let y = json(WEEKS);
    let found = parts("series_periods_detect", &[y.clone(), long(0), long(50), long(2)]);
    near(&found[0], &[14.0, 0.0]);
    let scores = parts("series_periods_validate", &[y.clone(), Value::Real(14.0), long(10)]);
    assert!(reals(&scores[1])[0] > 0.8 && reals(&scores[1])[1] == 0.0, "{scores:?}");
    let seasonal = |s: &str| shown("series_seasonal", &[json(s), long(3)]);
    assert_eq!(seasonal("[1,3,5,1,3,5,2,4,6]"), "[1.0,3.0,5.0,1.0,3.0,5.0,1.0,3.0,5.0]");
    assert_eq!(seasonal("[1,3,5,2,4,6]"), "[1.5,3.5,5.5,1.5,3.5,5.5]");
    let whole = parts("series_decompose", std::slice::from_ref(&y));
    let again = call("series_add", &[whole[0].clone(), whole[3].clone()]);
    near(&again, &reals(&y));
    let forecast = parts("series_decompose_forecast", &[json("[1,2,3,4,0,0]"), long(2), long(0)]);
    near(&forecast[0], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
}

#[test]
fn anomalies() {
    let flat = json("[1,2,1,2,1,2,1,2,50,1,2,1,2,1,-50,1,2,1,2,1,2,1]");
    let found = parts("series_decompose_anomalies", &[flat.clone(), Value::Real(1.5), long(0)]);
    let flags = reals(&found[0]);
    assert_eq!((flags[8], flags[14], flags.iter().sum::<f64>()), (1.0, -1.0, 0.0));
    let scores = reals(&call("series_outliers", &[flat, Value::str("tukey")]));
    assert!(scores[8] > 1.5 && scores[14] < -1.5 && scores[0] == 0.0, "{scores:?}");
    assert_eq!(shown("series_outliers", &[json("[5,5,5]")]), "[0.0,0.0,0.0]");
}

#[test]
fn nothing_in_nothing_out() {
    for function in kql::functions::names().filter(|name| name.starts_with("series_")) {
        let least = kql::functions::find(function).map_or(1, |f| f.least);
        for value in [Value::Null, json("[]"), json("{}"), json("[null]"), long(1)] {
            let _ = call(function, &vec![value; least]);
        }
    }
}
