//! Everything within a distance of a line or a polygon.
use super::super::support::{Outcome, dynamic, function};
use super::overlay::union;
use super::points::circle_size;
use super::shape::{Polygon, lines, polygons, polygons_shape};
use super::vector::Vector;
use crate::functions::{Context, Function};
use crate::value::Value;
use std::f64::consts::PI;

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("geo_line_buffer", 2, 3, dynamic, line),
    function("geo_polygon_buffer", 2, 3, dynamic, polygon),
];

/// The edge with half a circle around each end.
fn capsule(a: Vector, b: Vector, radius: f64, corners: usize) -> Polygon {
    let steps = corners.div_ceil(2).max(2);
    let mut ring = vec![];
    for (end, away) in [(a, b), (b, a)] {
        // from the left of the edge around behind the end
        let side = away.cross(end).normal();
        let back = side.cross(end);
        for step in 0..=steps {
            let turn = PI * step as f64 / steps as f64;
            let out = -side * turn.cos() + -back * turn.sin();
            ring.push((end * radius.cos() + out * radius.sin()).normal());
        }
    }
    if super::shape::area(&ring) < 0.0 {
        ring.reverse();
    }
    Polygon { rings: vec![ring] }
}

/// More corners than this are too much work.
const MOST: usize = 2_000;

fn grown(edges: Vec<(Vector, Vector)>, inside: &[Polygon], a: &[Value]) -> Value {
    let Some((radius, corners)) = circle_size(a.get(1), a.get(2)) else { return Value::Null };
    if edges.len().saturating_mul(corners) > MOST {
        return Value::Null;
    }
    let mut parts: Vec<Polygon> =
        edges.into_iter().map(|(p, q)| capsule(p, q, radius, corners)).collect();
    parts.extend(inside.iter().cloned());
    union(&parts).map_or(Value::Null, |polygons| polygons_shape(&polygons))
}

pub fn line(_: &Context, a: &[Value]) -> Outcome {
    let Some(lines) = lines(&a[0]) else { return Ok(Value::Null) };
    let edges = lines.iter().flat_map(|line| line.windows(2).map(|e| (e[0], e[1])));
    Ok(grown(edges.collect(), &[], a))
}

pub fn polygon(_: &Context, a: &[Value]) -> Outcome {
    let Some(polygons) = polygons(&a[0]) else { return Ok(Value::Null) };
    Ok(grown(polygons.iter().flat_map(Polygon::edges).collect(), &polygons, a))
}
