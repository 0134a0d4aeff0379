//! Areas, borders and middles of polygons, and points in them.
use super::super::support::{Outcome, boolean, dynamic, function, real};
use super::lines::{nearest_of, place};
use super::overlay::union;
use super::points::real_of;
use super::shape::{Polygon, coordinates, known_polygons, polygons};
use super::vector::{RADIUS, Vector, triangle_mass};
use crate::functions::{Context, Function};
use crate::value::Value;

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("geo_polygon_area", 1, 2, real, |_, a| Ok(real_of(area(a)))),
    function("geo_polygon_perimeter", 1, 2, real, |_, a| Ok(real_of(perimeter(a)))),
    function("geo_polygon_centroid", 1, 1, dynamic, |_, a| Ok(place(centroid(a)))),
    function("geo_point_in_polygon", 3, 3, boolean, in_polygon),
    function("geo_distance_point_to_polygon", 3, 4, real, |_, a| Ok(real_of(distance(a)))),
    function("geo_closest_point_on_polygon", 3, 3, dynamic, |_, a| Ok(place(closest(a)))),
];

/// What several polygons cover together.
fn together(shape: &Value) -> Option<Vec<Polygon>> {
    let polygons = polygons(shape)?;
    if polygons.len() == 1 { Some(polygons) } else { union(&polygons) }
}

fn area(a: &[Value]) -> Option<f64> {
    Some(together(&a[0])?.iter().map(Polygon::area).sum::<f64>() * RADIUS * RADIUS)
}

fn perimeter(a: &[Value]) -> Option<f64> {
    let polygons = together(&a[0])?;
    let edges = polygons.iter().flat_map(Polygon::edges);
    Some(edges.map(|(a, b)| a.angle(b)).sum::<f64>() * RADIUS)
}

fn centroid(a: &[Value]) -> Option<Vector> {
    let polygons = together(&a[0])?;
    let mut sum = Vector::ZERO;
    for ring in polygons.iter().flat_map(|polygon| &polygon.rings) {
        if let Some(first) = ring.first() {
            for edge in ring.windows(2) {
                sum = sum + triangle_mass(*first, edge[0], edge[1]);
            }
        }
    }
    Some(sum.normal())
}

fn inside(polygons: &[Polygon], p: Vector) -> bool {
    polygons.iter().any(|polygon| polygon.contains(p))
}

fn in_polygon(_: &Context, a: &[Value]) -> Outcome {
    Ok(match coordinates(&a[0], &a[1]).zip(known_polygons(&a[2])) {
        Some((p, polygons)) => Value::Bool(inside(&polygons, p)),
        None => Value::Null,
    })
}

fn distance(a: &[Value]) -> Option<f64> {
    let (p, polygons) = coordinates(&a[0], &a[1]).zip(known_polygons(&a[2]))?;
    if inside(&polygons, p) {
        return Some(0.0);
    }
    nearest_of(p, polygons.iter().flat_map(Polygon::edges)).map(|(_, away)| away * RADIUS)
}

/// The point itself when it is inside.
fn closest(a: &[Value]) -> Option<Vector> {
    let (p, polygons) = coordinates(&a[0], &a[1]).zip(known_polygons(&a[2]))?;
    if inside(&polygons, p) {
        return Some(p);
    }
    nearest_of(p, polygons.iter().flat_map(Polygon::edges)).map(|(on, _)| on)
}
