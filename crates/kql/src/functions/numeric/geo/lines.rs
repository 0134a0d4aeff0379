//! Lengths, middles and places of lines.
use super::super::support::{dynamic, function, real};
use super::points::real_of;
use super::shape::{Line, coordinates, lines, point_shape};
use super::vector::{RADIUS, Vector, edge_mass, nearest};
use crate::functions::Function;
use crate::value::Value;

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("geo_line_length", 1, 2, real, |_, a| Ok(real_of(length(a)))),
    function("geo_line_centroid", 1, 1, dynamic, |_, a| Ok(place(centroid(a)))),
    function("geo_line_interpolate_point", 2, 3, dynamic, |_, a| Ok(place(interpolate(a)))),
    function("geo_line_locate_point", 3, 4, real, |_, a| Ok(real_of(locate(a)))),
    function("geo_distance_point_to_line", 3, 4, real, |_, a| Ok(real_of(distance(a)))),
    function("geo_closest_point_on_line", 3, 4, dynamic, |_, a| Ok(place(closest(a).map(|c| c.0)))),
];

pub(super) fn place(point: Option<Vector>) -> Value {
    point.map_or(Value::Null, point_shape)
}

fn edges(lines: &[Line]) -> impl Iterator<Item = (Vector, Vector)> + '_ {
    lines.iter().flat_map(|line| line.windows(2).map(|edge| (edge[0], edge[1])))
}

pub(super) fn total(lines: &[Line]) -> f64 {
    edges(lines).map(|(a, b)| a.angle(b)).sum()
}

fn length(a: &[Value]) -> Option<f64> {
    Some(total(&lines(&a[0])?) * RADIUS)
}

fn centroid(a: &[Value]) -> Option<Vector> {
    let lines = lines(&a[0])?;
    Some(edges(&lines).map(|(a, b)| edge_mass(a, b)).fold(Vector::ZERO, |sum, m| sum + m).normal())
}

fn single(shape: &Value) -> Option<Line> {
    lines(shape).filter(|lines| lines.len() == 1)?.pop()
}

fn interpolate(a: &[Value]) -> Option<Vector> {
    let line = single(&a[0])?;
    let share = a[1].as_real().filter(|share| (0.0..=1.0).contains(share))?;
    let mut left = total(std::slice::from_ref(&line)) * share;
    for edge in line.windows(2) {
        let size = edge[0].angle(edge[1]);
        if left <= size {
            return Some(edge[0].towards(edge[1], left / size));
        }
        left -= size;
    }
    line.last().copied()
}

/// The share of the line up to its point that is nearest.
fn locate(a: &[Value]) -> Option<f64> {
    let line = single(&a[0])?;
    let p = coordinates(&a[1], &a[2])?;
    let (mut before, mut best) = (0.0, (f64::INFINITY, 0.0));
    for edge in line.windows(2) {
        let on = nearest(p, edge[0], edge[1]);
        let away = p.angle(on);
        if away < best.0 {
            best = (away, before + edge[0].angle(on));
        }
        before += edge[0].angle(edge[1]);
    }
    (before > 0.0).then(|| (best.1 / before).clamp(0.0, 1.0))
}

/// The nearest point of the edges and how far it is in radians.
pub(super) fn nearest_of(
    p: Vector,
    edges: impl Iterator<Item = (Vector, Vector)>,
) -> Option<(Vector, f64)> {
    edges
        .map(|(a, b)| nearest(p, a, b))
        .map(|on| (on, p.angle(on)))
        .min_by(|one, other| one.1.total_cmp(&other.1))
}

fn closest(a: &[Value]) -> Option<(Vector, f64)> {
    let p = coordinates(&a[0], &a[1])?;
    nearest_of(p, edges(&lines(&a[2])?))
}

fn distance(a: &[Value]) -> Option<f64> {
    closest(a).map(|(_, away)| away * RADIUS)
}
