//! Distances and directions between points, and circles around them.
use super::super::support::{Outcome, boolean, dynamic, function, real};
use super::shape::{Polygon, coordinates, polygons_shape};
use super::vector::{RADIUS, Vector, azimuth};
use crate::functions::{Context, Function};
use crate::value::Value;
use std::f64::consts::{PI, TAU};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("geo_distance_2points", 4, 5, real, distance),
    function("geo_azimuth", 4, 4, real, |_, a| Ok(real_of(direction(a)))),
    function("geo_angle", 6, 6, real, |_, a| Ok(real_of(angle(a)))),
    function("geo_point_in_circle", 5, 5, boolean, in_circle),
    function("geo_point_buffer", 3, 4, dynamic, buffer),
];

pub(super) fn real_of(value: Option<f64>) -> Value {
    value.map_or(Value::Null, Value::Real)
}

fn two(a: &[Value]) -> Option<(Vector, Vector)> {
    coordinates(&a[0], &a[1]).zip(coordinates(&a[2], &a[3]))
}

/// On a sphere, or with a true at the end on the WGS-84 spheroid.
fn distance(_: &Context, a: &[Value]) -> Outcome {
    let Some((p, q)) = two(a) else { return Ok(Value::Null) };
    let spheroid = a.get(4).and_then(Value::as_bool) == Some(true);
    Ok(Value::Real(if spheroid { on_spheroid(p, q) } else { p.angle(q) * RADIUS }))
}

/// By Vincenty's formulas; the sphere's distance where they do not converge (nearly opposite points).
fn on_spheroid(p: Vector, q: Vector) -> f64 {
    const MAJOR: f64 = 6_378_137.0;
    const FLATTENING: f64 = 1.0 / 298.257_223_563;
    const MINOR: f64 = MAJOR * (1.0 - FLATTENING);
    let ((lng1, lat1), (lng2, lat2)) = (p.degrees(), q.degrees());
    let l = (lng2 - lng1).to_radians();
    let reduced = |lat: f64| ((1.0 - FLATTENING) * lat.to_radians().tan()).atan().sin_cos();
    let ((sin1, cos1), (sin2, cos2)) = (reduced(lat1), reduced(lat2));
    let mut lambda = l;
    for _ in 0..200 {
        let (sin_l, cos_l) = lambda.sin_cos();
        let sine = (cos2 * sin_l).hypot(cos1 * sin2 - sin1 * cos2 * cos_l);
        if sine == 0.0 {
            return 0.0;
        }
        let cosine = sin1 * sin2 + cos1 * cos2 * cos_l;
        let sigma = sine.atan2(cosine);
        let sin_alpha = cos1 * cos2 * sin_l / sine;
        let square = 1.0 - sin_alpha * sin_alpha;
        let middle = if square > 0.0 { cosine - 2.0 * sin1 * sin2 / square } else { 0.0 };
        let c = FLATTENING / 16.0 * square * (4.0 + FLATTENING * (4.0 - 3.0 * square));
        let twice = 2.0 * middle * middle - 1.0;
        let next = l
            + (1.0 - c)
                * FLATTENING
                * sin_alpha
                * (sigma + c * sine * (middle + c * cosine * twice));
        if (next - lambda).abs() < 1e-13 {
            let u = square * (MAJOR * MAJOR - MINOR * MINOR) / (MINOR * MINOR);
            let big = 1.0 + u / 16384.0 * (4096.0 + u * (-768.0 + u * (320.0 - 175.0 * u)));
            let small = u / 1024.0 * (256.0 + u * (-128.0 + u * (74.0 - 47.0 * u)));
            let last =
                small / 6.0 * middle * (4.0 * sine * sine - 3.0) * (4.0 * middle * middle - 3.0);
            let step = small * sine * (middle + small / 4.0 * (cosine * twice - last));
            return MINOR * big * (sigma - step);
        }
        lambda = next;
    }
    p.angle(q) * RADIUS
}

/// Neither the same nor opposite.
fn distinct(p: Vector, q: Vector) -> bool {
    let angle = p.angle(q);
    angle > 0.0 && angle < PI - 1e-15
}

fn direction(a: &[Value]) -> Option<f64> {
    let (p, q) = two(a)?;
    distinct(p, q).then(|| azimuth(p, q))
}

/// Clockwise from the line to the first point to the line to the third, seen from the second.
fn angle(a: &[Value]) -> Option<f64> {
    let (p, q) = two(a)?;
    let r = coordinates(&a[4], &a[5])?;
    let both = distinct(p, q) && distinct(q, r);
    both.then(|| (azimuth(q, r) - azimuth(q, p)).rem_euclid(TAU))
}

fn in_circle(_: &Context, a: &[Value]) -> Outcome {
    let radius = a[4].as_real().filter(|radius| *radius >= 0.0);
    Ok(match (two(a), radius) {
        (Some((p, center)), Some(radius)) => Value::Bool(p.angle(center) * RADIUS <= radius),
        _ => Value::Null,
    })
}

fn buffer(_: &Context, a: &[Value]) -> Outcome {
    let Some(center) = coordinates(&a[0], &a[1]) else { return Ok(Value::Null) };
    let Some((radius, corners)) = circle_size(a.get(2), a.get(3)) else { return Ok(Value::Null) };
    let ring = around(center, radius, corners);
    Ok(polygons_shape(&[Polygon { rings: vec![ring] }]))
}

/// The radius in radians, and how many corners keep the tolerance (10 m unless said).
pub(super) fn circle_size(
    radius: Option<&Value>,
    tolerance: Option<&Value>,
) -> Option<(f64, usize)> {
    let radius = radius?.as_real().filter(|r| *r > 0.0 && *r < RADIUS * PI / 2.0)?;
    let tolerance = tolerance.map_or(Some(10.0), Value::as_real).filter(|t| *t > 0.0)?;
    let share = (tolerance / radius).clamp(1e-6, 0.9);
    let corners = PI / (1.0 - share).acos();
    Some((radius / RADIUS, (corners.ceil() as usize).clamp(3, 4_000)))
}

/// A regular ring around the point.
pub(super) fn around(center: Vector, radius: f64, corners: usize) -> Vec<Vector> {
    // starts aside and goes counter-clockwise, as Kusto's
    let first = center.aside();
    let second = center.cross(first);
    let corner = |at: usize| {
        let turn = TAU * at as f64 / corners as f64;
        let out = first * turn.cos() + second * turn.sin();
        (center * radius.cos() + out * radius.sin()).normal()
    };
    (0..corners).map(corner).collect()
}
