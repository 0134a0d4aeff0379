//! What shapes have in common, whether they do, and what they are together.
use super::super::support::{Outcome, boolean, dynamic, function};
use super::overlay::{common, cuts, union};
use super::shape::{Line, Polygon, lines, lines_shape, points_shape, polygons, polygons_shape};
use super::vector::{Vector, crossing, nearest};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("geo_intersects_2lines", 2, 2, boolean, |_, a| {
        Ok(lines(&a[0]).zip(lines(&a[1])).map_or(Value::Null, |(a, b)| Value::Bool(meet(&a, &b))))
    }),
    function("geo_intersects_line_with_polygon", 2, 2, boolean, line_meets_polygon),
    function("geo_intersects_2polygons", 2, 2, boolean, polygons_meet),
    function("geo_intersection_2lines", 2, 2, dynamic, lines_common),
    function("geo_intersection_line_with_polygon", 2, 2, dynamic, line_in_polygon),
    function("geo_intersection_2polygons", 2, 2, dynamic, polygons_common),
    function("geo_union_polygons_array", 1, 1, dynamic, polygons_union),
    function("geo_union_lines_array", 1, 1, dynamic, lines_union),
];

/// More pairs of edges than this are not looked at.
const MOST: usize = 16_000_000;

type Edge = (Vector, Vector);

fn edges(lines: &[Line]) -> Vec<Edge> {
    lines.iter().flat_map(|line| line.windows(2).map(|edge| (edge[0], edge[1]))).collect()
}

fn borders(polygons: &[Polygon]) -> Vec<Edge> {
    polygons.iter().flat_map(Polygon::edges).collect()
}

fn near(p: Vector, q: Vector) -> bool {
    (p - q).length() < 1e-12
}

/// Points that edges of both have in common.
fn touching(one: &[Edge], other: &[Edge]) -> Option<Vec<Vector>> {
    if one.len().saturating_mul(other.len()) > MOST {
        return None;
    }
    let mut found: Vec<Vector> = vec![];
    for (a, b) in one {
        for p in cuts(*a, *b, other.iter().copied()) {
            if !found.iter().any(|known| near(*known, p)) {
                found.push(p);
            }
        }
        for end in [a, b] {
            let on = other.iter().any(|(c, d)| near(nearest(*end, *c, *d), *end));
            if on && !found.iter().any(|known| near(*known, *end)) {
                found.push(*end);
            }
        }
    }
    Some(found)
}

fn edges_meet(one: &[Edge], other: &[Edge]) -> bool {
    one.iter().any(|(a, b)| {
        other.iter().any(|(c, d)| {
            crossing(*a, *b, *c, *d).is_some()
                || near(nearest(*a, *c, *d), *a)
                || near(nearest(*c, *a, *b), *c)
        })
    })
}

fn meet(one: &[Line], other: &[Line]) -> bool {
    edges_meet(&edges(one), &edges(other))
}

fn line_meets_polygon(_: &Context, a: &[Value]) -> Outcome {
    let Some((lines, polygons)) = lines(&a[0]).zip(polygons(&a[1])) else { return Ok(Value::Null) };
    let inside = lines.iter().flatten().any(|v| polygons.iter().any(|p| p.contains(*v)));
    Ok(Value::Bool(inside || edges_meet(&edges(&lines), &borders(&polygons))))
}

fn polygons_meet(_: &Context, a: &[Value]) -> Outcome {
    let Some((one, other)) = polygons(&a[0]).zip(polygons(&a[1])) else { return Ok(Value::Null) };
    let within = |these: &[Polygon], those: &[Polygon]| {
        let mut corners = these.iter().filter_map(|p| p.rings.first()?.first());
        corners.any(|v| those.iter().any(|p| p.contains(*v)))
    };
    let inside = within(&one, &other) || within(&other, &one);
    Ok(Value::Bool(inside || edges_meet(&borders(&one), &borders(&other))))
}

/// Pieces of the lines, cut where they meet the edges; joined again where one follows the other.
fn cut_lines(lines: &[Line], by: &[Edge], keep: impl Fn(Vector) -> bool) -> Option<Vec<Line>> {
    let mut found: Vec<Line> = vec![];
    for line in lines {
        if line.len().saturating_mul(by.len()) > MOST {
            return None;
        }
        for edge in line.windows(2) {
            let (a, b) = (edge[0], edge[1]);
            let mut stops = cuts(a, b, by.iter().copied());
            stops.retain(|p| !near(*p, a) && !near(*p, b));
            stops.sort_by(|p, q| a.angle(*p).total_cmp(&a.angle(*q)));
            let mut from = a;
            for to in stops.into_iter().chain([b]) {
                if keep((from + to).normal()) {
                    match found.last_mut() {
                        Some(last) if last.last() == Some(&from) => last.push(to),
                        _ => found.push(vec![from, to]),
                    }
                }
                from = to;
            }
        }
    }
    Some(found)
}

fn lines_common(_: &Context, a: &[Value]) -> Outcome {
    let Some((one, other)) = lines(&a[0]).zip(lines(&a[1])) else { return Ok(Value::Null) };
    let by = edges(&other);
    let on = |p: Vector| by.iter().any(|(c, d)| near(nearest(p, *c, *d), p));
    let Some(shared) = cut_lines(&one, &by, on) else { return Ok(Value::Null) };
    let Some(mut points) = touching(&edges(&one), &by) else { return Ok(Value::Null) };
    let along = edges(&shared);
    points.retain(|p| !along.iter().any(|(c, d)| near(nearest(*p, *c, *d), *p)));
    Ok(mixed(points_shape(&points), points.is_empty(), lines_shape(&shared), shared.is_empty()))
}

fn line_in_polygon(_: &Context, a: &[Value]) -> Outcome {
    let Some((lines, polygons)) = lines(&a[0]).zip(polygons(&a[1])) else { return Ok(Value::Null) };
    let by = borders(&polygons);
    let inside = |p: Vector| polygons.iter().any(|polygon| polygon.contains(p));
    let Some(within) = cut_lines(&lines, &by, inside) else { return Ok(Value::Null) };
    let Some(mut points) = touching(&edges(&lines), &by) else { return Ok(Value::Null) };
    let along = edges(&within);
    points.retain(|p| !along.iter().any(|(c, d)| near(nearest(*p, *c, *d), *p)));
    Ok(mixed(points_shape(&points), points.is_empty(), lines_shape(&within), within.is_empty()))
}

fn polygons_common(_: &Context, a: &[Value]) -> Outcome {
    let Some((one, other)) = polygons(&a[0]).zip(polygons(&a[1])) else { return Ok(Value::Null) };
    let Some(both) = common(&one, &other) else { return Ok(Value::Null) };
    if !both.is_empty() {
        return Ok(polygons_shape(&both));
    }
    let points = touching(&borders(&one), &borders(&other));
    Ok(points.map_or(Value::Null, |points| points_shape(&points)))
}

/// Points and lines as one shape: the collection of both only when there are both.
fn mixed(points: Value, no_points: bool, lines: Value, no_lines: bool) -> Value {
    if no_points {
        return lines;
    }
    if no_lines {
        return points;
    }
    let all = [points, lines].iter().filter_map(Value::to_dyn).collect();
    super::shape::shape("GeometryCollection", Dyn::Array(all))
}

fn items(value: &Value) -> Option<Vec<Value>> {
    let Value::Dynamic(list) = value else { return None };
    list.as_array().map(|items| items.iter().cloned().map(Value::dynamic).collect())
}

/// Null when one of them is none.
fn polygons_union(_: &Context, a: &[Value]) -> Outcome {
    let all = items(&a[0]).and_then(|items| items.iter().map(polygons).collect::<Option<Vec<_>>>());
    let Some(all) = all.filter(|all| !all.is_empty()) else { return Ok(Value::Null) };
    // the last first: what comes out starts as in Kusto
    let flat: Vec<Polygon> = all.into_iter().rev().flatten().collect();
    Ok(union(&flat).map_or(Value::Null, |polygons| polygons_shape(&polygons)))
}

/// Every stretch once; stretches that follow each other as one line.
fn lines_union(_: &Context, a: &[Value]) -> Outcome {
    let all = items(&a[0]).and_then(|items| items.iter().map(lines).collect::<Option<Vec<_>>>());
    let Some(all) = all.filter(|all| !all.is_empty()) else { return Ok(Value::Null) };
    let all: Vec<Line> = all.into_iter().flatten().collect();
    let by = edges(&all);
    let Some(pieces) = cut_lines(&all, &by, |_| true) else { return Ok(Value::Null) };
    let mut once: Vec<Edge> = vec![];
    for (a, b) in edges(&pieces) {
        let known = |(c, d): &Edge| (near(*c, a) && near(*d, b)) || (near(*c, b) && near(*d, a));
        if once.len().saturating_mul(once.len()) < MOST && !once.iter().any(known) {
            once.push((a, b));
        }
    }
    let mut joined: Vec<Line> = vec![];
    for (a, b) in once {
        let fits = joined.iter_mut().find(|line| line.last().is_some_and(|last| near(*last, a)));
        match fits {
            Some(line) => line.push(b),
            None => joined.push(vec![a, b]),
        }
    }
    Ok(lines_shape(&joined))
}
