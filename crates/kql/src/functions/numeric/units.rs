//! Units of measurement: `convert_…`. A value is converted through its quantity's base unit; unknown units give null.
use super::support::{Outcome, function, real};
use crate::functions::Function;
use crate::value::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    function("convert_angle", 3, 3, real, |_, a| linear(a, super::quantities::ANGLE)),
    function("convert_energy", 3, 3, real, |_, a| linear(a, super::quantities::ENERGY)),
    function("convert_force", 3, 3, real, |_, a| linear(a, super::quantities::FORCE)),
    function("convert_length", 3, 3, real, |_, a| linear(a, super::quantities::LENGTH)),
    function("convert_mass", 3, 3, real, |_, a| linear(a, super::quantities::MASS)),
    function("convert_speed", 3, 3, real, |_, a| linear(a, super::quantities::SPEED)),
    function("convert_volume", 3, 3, real, |_, a| linear(a, super::quantities::VOLUME)),
    function("convert_temperature", 3, 3, real, |_, a| temperature(a)),
];

/// A unit and what one of it is in the base unit.
pub(super) type Unit = (&'static str, f64);

fn linear(a: &[Value], units: &[Unit]) -> Outcome {
    let Some(value) = a[0].as_real() else { return Ok(Value::Null) };
    let (from, to) = (a[1].to_text(), a[2].to_text());
    // a slope is an angle, but not in proportion
    let to_base = |value: f64| match &*from {
        "Tilt" if is_angle(units) => Some(value.asin().to_degrees()),
        name => factor(units, name).map(|factor| value * factor),
    };
    let from_base = |value: f64| match &*to {
        "Tilt" if is_angle(units) => Some(value.to_radians().sin()),
        name => factor(units, name).map(|factor| value / factor),
    };
    let converted =
        if from == to { to_base(value).map(|_| value) } else { to_base(value).and_then(from_base) };
    Ok(converted.map_or(Value::Null, Value::Real))
}

fn is_angle(units: &[Unit]) -> bool {
    factor(units, "Degree").is_some()
}

fn factor(units: &[Unit], name: &str) -> Option<f64> {
    units.iter().find(|(unit, _)| *unit == name).map(|(_, factor)| *factor)
}

/// Slope and zero in kelvins: kelvins are value * slope + zero.
fn scale(name: &str) -> Option<(f64, f64)> {
    Some(match name {
        "Kelvin" => (1.0, 0.0),
        "DegreeCelsius" => (1.0, 273.15),
        "MillidegreeCelsius" => (1e-3, 273.15),
        "DegreeDelisle" => (-2.0 / 3.0, 373.15),
        "DegreeFahrenheit" => (5.0 / 9.0, 459.67 * 5.0 / 9.0),
        "DegreeNewton" => (100.0 / 33.0, 273.15),
        "DegreeRankine" => (5.0 / 9.0, 0.0),
        "DegreeReaumur" => (5.0 / 4.0, 273.15),
        "DegreeRoemer" => (40.0 / 21.0, 273.15 - 7.5 * 40.0 / 21.0),
        "SolarTemperature" => (5778.0, 0.0),
        _ => return None,
    })
}

fn temperature(a: &[Value]) -> Outcome {
    let scales = scale(&a[1].to_text()).zip(scale(&a[2].to_text()));
    Ok(match (a[0].as_real(), scales) {
        (Some(value), Some((from, to))) if from == to => Value::Real(value),
        (Some(value), Some((from, to))) => Value::Real((value * from.0 + from.1 - to.1) / to.0),
        _ => Value::Null,
    })
}
