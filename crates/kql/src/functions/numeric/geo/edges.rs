//! More points on lines and rings, or fewer.
use super::super::support::{Outcome, dynamic, function};
use super::shape::{
    Line, Polygon, area, lines, lines_shape, parts, planar, polygons, polygons_shape,
};
use super::vector::{RADIUS, Vector, nearest};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("geo_line_densify", 1, 3, dynamic, densify_lines),
    function("geo_polygon_densify", 1, 3, dynamic, densify_polygons),
    function("geo_line_simplify", 1, 2, dynamic, simplify_lines),
    function("geo_polygon_simplify", 1, 2, dynamic, simplify_polygons),
    function("geo_simplify_polygons_array", 1, 2, dynamic, simplify_array),
];

/// As many points as one call makes at most.
const MOST: usize = 50_000;

/// Radians; ten metres unless said, from 0.1 to 10,000.
fn tolerance(value: Option<&Value>) -> Option<f64> {
    let metres = value.map_or(Some(10.0), Value::as_real)?;
    (0.1..=10_000.0).contains(&metres).then_some(metres / RADIUS)
}

/// Halves the edge as long as the middle in the plane is too far from the middle on the sphere.
fn halve(a: (f64, f64), b: (f64, f64), tolerance: f64, depth: u32, out: &mut Line) {
    let middle = (f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1));
    let (from, to) = (Vector::of(a.0, a.1), Vector::of(b.0, b.1));
    let away =
        nearest(Vector::of(middle.0, middle.1), from, to).angle(Vector::of(middle.0, middle.1));
    if away > tolerance && depth > 0 && out.len() < MOST {
        halve(a, middle, tolerance, depth - 1, out);
        halve(middle, b, tolerance, depth - 1, out);
    } else {
        out.push(to);
    }
}

fn densified(content: &Dyn, tolerance: f64) -> Option<Line> {
    let points = planar(content)?;
    let first = points.first()?;
    let mut line = vec![Vector::of(first.0, first.1)];
    for edge in points.windows(2) {
        halve(edge[0], edge[1], tolerance, 20, &mut line);
    }
    Some(line)
}

fn densify_lines(_: &Context, a: &[Value]) -> Outcome {
    let made = || {
        let tolerance = tolerance(a.get(1))?;
        lines(&a[0])?;
        let (kind, content) = parts(&a[0])?;
        let one = std::slice::from_ref(&content);
        let lines = if &*kind == "LineString" { one } else { content.as_array()? };
        lines.iter().map(|line| densified(line, tolerance)).collect::<Option<Vec<Line>>>()
    };
    Ok(made().map_or(Value::Null, |lines| lines_shape(&lines)))
}

fn densify_polygons(_: &Context, a: &[Value]) -> Outcome {
    let made = || {
        let tolerance = tolerance(a.get(1))?;
        polygons(&a[0])?;
        let (kind, content) = parts(&a[0])?;
        let one = std::slice::from_ref(&content);
        let polygons = if &*kind == "Polygon" { one } else { content.as_array()? };
        polygons.iter().map(|polygon| rings(polygon, tolerance)).collect::<Option<Vec<Polygon>>>()
    };
    Ok(made().map_or(Value::Null, |polygons| polygons_shape(&polygons)))
}

fn rings(content: &Dyn, tolerance: f64) -> Option<Polygon> {
    let mut rings = vec![];
    for (at, ring) in content.as_array()?.iter().enumerate() {
        let mut ring = densified(ring, tolerance)?;
        ring.pop();
        if (area(&ring) < 0.0) == (at == 0) {
            ring.reverse();
        }
        rings.push(ring);
    }
    Some(Polygon { rings })
}

/// Leaves out what is not farther than the tolerance from the line without it.
fn simplified(line: &[Vector], tolerance: f64) -> Line {
    if line.len() < 3 {
        return line.to_vec();
    }
    let mut keep = vec![false; line.len()];
    let mut open = vec![(0, line.len() - 1)];
    while let Some((from, to)) = open.pop() {
        keep[from] = true;
        keep[to] = true;
        let away = |at: usize| line[at].angle(nearest(line[at], line[from], line[to]));
        let farthest = (from + 1..to).map(|at| (at, away(at))).max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((at, _)) = farthest.filter(|(_, away)| *away > tolerance) {
            open.extend([(from, at), (at, to)]);
        }
    }
    line.iter().zip(keep).filter(|(_, keep)| *keep).map(|(v, _)| *v).collect()
}

fn simplify_lines(_: &Context, a: &[Value]) -> Outcome {
    let made = tolerance(a.get(1)).zip(lines(&a[0])).map(|(tolerance, lines)| {
        lines.iter().map(|line| simplified(line, tolerance)).collect::<Vec<Line>>()
    });
    Ok(made.map_or(Value::Null, |lines| lines_shape(&lines)))
}

/// Rings that get too small for an area are gone, polygons with their shell.
fn simpler(polygons: &[Polygon], tolerance: f64) -> Vec<Polygon> {
    let ring = |ring: &Vec<Vector>| {
        let closed: Line = ring.iter().chain(ring.first()).copied().collect();
        // in two halves: both ends of the whole are one point
        let middle = closed.len() / 2;
        let mut simple = simplified(&closed[..=middle], tolerance);
        simple.pop();
        simple.extend(simplified(&closed[middle..], tolerance));
        simple.pop();
        simple
    };
    let polygon = |polygon: &Polygon| {
        let rings: Vec<Vec<Vector>> = polygon.rings.iter().map(ring).collect();
        let shell = rings.first().is_some_and(|shell| shell.len() > 2);
        shell.then(|| Polygon { rings: rings.into_iter().filter(|r| r.len() > 2).collect() })
    };
    polygons.iter().filter_map(polygon).collect()
}

fn simplify_polygons(_: &Context, a: &[Value]) -> Outcome {
    let made = tolerance(a.get(1)).zip(polygons(&a[0]));
    let made = made.map(|(tolerance, polygons)| simpler(&polygons, tolerance));
    Ok(made.filter(|p| !p.is_empty()).map_or(Value::Null, |polygons| polygons_shape(&polygons)))
}

fn simplify_array(_: &Context, a: &[Value]) -> Outcome {
    let made = || {
        let Value::Dynamic(list) = &a[0] else { return None };
        let tolerance = tolerance(a.get(1))?;
        let items = list.as_array()?.iter().cloned().map(Value::dynamic);
        let all: Vec<Vec<Polygon>> = items.map(|item| polygons(&item)).collect::<Option<_>>()?;
        let flat: Vec<Polygon> = all.into_iter().flatten().collect();
        Some(simpler(&flat, tolerance))
    };
    Ok(made().map_or(Value::Null, |polygons| polygons_shape(&polygons)))
}
