//! Functions on numbers: rounding, elementary functions, bits, units, distributions.
use kql::{
    functions::{Context, find},
    value::{Type, Value, time},
};
use std::f64::consts::PI;

pub fn call(name: &str, args: &[Value]) -> Value {
    let function = find(name).unwrap_or_else(|| panic!("no {name}"));
    let context = Context { now: 638_000_000_000_000_000 };
    let result = (function.eval)(&context, args).expect(name);
    let types: Vec<Type> = args.iter().map(|v| v.type_of().unwrap_or(Type::Dynamic)).collect();
    if let Some(ty) = result.type_of() {
        assert_eq!(ty, (function.result)(&types), "{name}");
    }
    result
}

pub fn real(n: f64) -> Value {
    Value::Real(n)
}

pub fn long(n: i64) -> Value {
    Value::Long(n)
}

pub fn text(s: &str) -> Value {
    Value::str(s)
}

fn near(name: &str, args: &[Value], wanted: f64) {
    let found = call(name, args).as_real().expect(name);
    let same = (found.is_nan() && wanted.is_nan()) || found == wanted;
    let close = (found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0);
    assert!(same || close, "{name}({args:?}) is {found}, not {wanted}");
}

#[test]
fn multiples() {
    assert_eq!(call("bin", &[long(5), long(2)]), long(4));
    assert_eq!(call("bin", &[long(-5), long(2)]), long(-6));
    assert_eq!(call("bin", &[Value::Int(9), Value::Int(10)]), long(0));
    assert_eq!(call("bin", &[real(5.5), long(2)]), real(4.0));
    assert_eq!(call("bin", &[real(-5.5), real(2.0)]), real(-6.0));
    assert_eq!(call("floor", &[real(2.5), long(1)]), real(2.0));
    assert_eq!(call("bin", &[long(5), long(0)]), Value::Null);
    assert_eq!(call("bin", &[long(5), Value::Null]), Value::Null);
    assert_eq!(call("bin", &[long(i64::MIN), long(i64::MAX)]), Value::Null);
    let week = Value::TimeSpan(7 * time::DAY);
    assert_eq!(
        call("bin", &[Value::TimeSpan(16 * time::DAY), week]),
        Value::TimeSpan(14 * time::DAY)
    );
    assert_eq!(call("bin_at", &[real(6.5), real(2.5), real(7.0)]), real(4.5));
    assert_eq!(call("bin_at", &[long(-3), long(4), long(1)]), long(-3));
}

#[test]
fn rounding() {
    for (n, places, wanted) in [
        (3.25, 1, 3.3),
        (2.15, 1, 2.2),
        (100_000.5, 1, 100_000.5),
        (-50.55, -2, -100.0),
        (21.5, -1, 20.0),
    ] {
        near("round", &[real(n), long(places)], wanted);
    }
    near("round", &[real(2.15)], 2.0);
    near("round", &[real(-2.5)], -3.0);
    near("round", &[real(1e300), long(400)], 1e300);
    assert_eq!(call("round", &[long(1_234), long(-2)]), long(1_200));
    assert_eq!(call("round", &[long(i64::MAX), long(-19)]), Value::Null);
    assert_eq!(call("ceiling", &[real(-5.5)]), real(-5.0));
    assert_eq!(call("ceiling", &[real(0.1)]), real(1.0));
}

#[test]
fn elementary() {
    near("log", &[real(5.0)], 1.609_437_912_434_100_3);
    near("log", &[real(0.0)], f64::NEG_INFINITY);
    assert_eq!(call("log", &[real(-1.0)]), Value::Null);
    near("sqrt", &[real(-1.0)], f64::NAN);
    near("pow", &[long(2), long(-1)], 0.5);
    near("pow", &[long(-8), real(1.0 / 3.0)], f64::NAN);
    near("exp10", &[long(2)], 100.0);
    near("cot", &[long(1)], 0.642_092_615_934_330_6);
    near("gamma", &[long(5)], 24.0);
    near("loggamma", &[long(5)], 3.178_053_830_347_945_8);
    near("erfc", &[long(-3)], 1.999_977_909_503_001_5);
    near("radians", &[long(90)], PI / 2.0);
    near("atan2", &[long(0), long(-1)], PI);
    near("sign", &[real(f64::NAN)], 0.0);
    assert_eq!(call("isnan", &[Value::Null]), Value::Bool(false));
    assert_eq!(call("isinf", &[real(f64::NEG_INFINITY)]), Value::Bool(true));
    assert_eq!(call("isfinite", &[real(f64::NAN)]), Value::Bool(false));
    assert_eq!(call("abs", &[Value::Int(-5)]), long(5));
    assert_eq!(call("abs", &[Value::TimeSpan(-time::DAY)]), Value::TimeSpan(time::DAY));
    let drawn = call("rand", &[long(10)]).as_real().expect("a number");
    assert!((0.0..10.0).contains(&drawn) && drawn.fract() == 0.0);
    assert_ne!(call("rand", &[]), call("rand", &[]));
}

#[test]
fn least_and_greatest() {
    assert_eq!(call("max_of", &[long(10), long(1), long(-3), long(17)]), long(17));
    assert_eq!(call("max_of", &[long(1), Value::Null, long(3)]), long(3));
    assert_eq!(call("min_of", &[Value::Null, Value::Null]), Value::Null);
    near("min_of", &[long(4), long(3), real(1.0)], 1.0);
    near("min_of", &[real(f64::NAN), real(1.0)], f64::NAN);
    near("max_of", &[real(f64::NAN), real(1.0)], f64::NAN);
    assert_eq!(call("min_of", &[text("b"), text("a")]), text("a"));
}

#[test]
fn bits() {
    assert_eq!(call("binary_and", &[long(6), long(3)]), long(2));
    assert_eq!(call("binary_or", &[long(5), long(3)]), long(7));
    assert_eq!(call("binary_xor", &[long(5), long(3)]), long(6));
    assert_eq!(call("binary_not", &[long(100)]), long(-101));
    assert_eq!(call("binary_shift_left", &[long(1), long(65)]), long(2));
    assert_eq!(call("binary_shift_right", &[long(1), long(-1)]), Value::Null);
    assert_eq!(call("bitset_count_ones", &[long(42)]), long(3));
    assert_eq!(call("bitset_count_ones", &[long(-1)]), long(64));
}

#[test]
fn units() {
    for (name, value, from, to, wanted) in [
        ("convert_angle", 1.2, "Degree", "Arcminute", 72.0),
        ("convert_energy", 1.2, "Joule", "BritishThermalUnit", 0.001_137_380_544_375_980_6),
        ("convert_force", 1.2, "Newton", "Decanewton", 0.12),
        ("convert_length", 1.2, "Meter", "Foot", 3.937_007_874_015_747_7),
        ("convert_mass", 1.2, "Kilogram", "Pound", 2.645_547_146_218_530_7),
        ("convert_speed", 1.2, "MeterPerSecond", "CentimeterPerHour", 432_000.0),
        ("convert_temperature", 1.2, "Kelvin", "DegreeCelsius", -271.95),
        ("convert_temperature", 100.0, "DegreeCelsius", "DegreeFahrenheit", 212.0),
        ("convert_volume", 1.2, "CubicMeter", "AcreFoot", 0.000_972_856_8),
    ] {
        near(name, &[real(value), text(from), text(to)], wanted);
    }
    assert_eq!(call("convert_mass", &[real(1.0), text("Kilogram"), text("Joule")]), Value::Null);
}

#[test]
fn distributions() {
    near("beta_cdf", &[real(0.9), real(10.0), real(20.0)], 0.999_999_999_999_959_3);
    near("beta_cdf", &[real(1.5), real(10.0), real(20.0)], f64::NAN);
    near("beta_cdf", &[real(0.1), real(-1.0), real(20.0)], 1.0);
    near("beta_inv", &[real(0.1), real(10.0), real(20.0)], 0.226_415_022_388_748_97);
    assert_eq!(call("beta_inv", &[real(1.5), real(10.0), real(20.0)]), Value::Null);
    near("beta_inv", &[real(0.1), real(-1.0), real(20.0)], f64::NAN);
    near("beta_pdf", &[real(0.5), real(10.0), real(20.0)], 0.746_176_019_310_951);
    let sides = [20.82, 7.867_428_571_4, 15.0, 22.986_666_666_666_668, 3.812_666_666_7, 15.0];
    near("welch_test", &sides.map(real), 0.021_378_001_462_864_41);
}
