//! GeoJSON shapes: read with Kusto's conditions, and written.
use super::vector::{Vector, crossing, triangle};
use crate::value::{Dyn, Value};
use std::{cell::RefCell, rc::Rc, sync::Arc};

pub type Line = Vec<Vector>;

/// The shell and its holes, the first point not repeated. Shells run counter-clockwise, holes clockwise.
#[derive(Clone, Debug, Default)]
pub struct Polygon {
    pub rings: Vec<Vec<Vector>>,
}

/// As many points as one shape may have.
const MOST: usize = 200_000;
/// Rings with more edges than this are not looked at for crossings of their own edges.
const CHECKED: usize = 512;

pub fn coordinates(longitude: &Value, latitude: &Value) -> Option<Vector> {
    let (lng, lat) = longitude.as_real().zip(latitude.as_real())?;
    valid(lng, lat).then(|| Vector::of(lng, lat))
}

fn valid(lng: f64, lat: f64) -> bool {
    lng.abs() <= 180.0 && lat.abs() <= 90.0
}

fn pair(point: &Dyn) -> Option<(f64, f64)> {
    let numbers = point.as_array()?;
    let number = |at: usize| number(numbers.get(at)?);
    Some((number(0)?, number(1)?))
}

fn number(value: &Dyn) -> Option<f64> {
    match value {
        Dyn::Real(n) => Some(*n),
        Dyn::Long(n) => Some(*n as f64),
        _ => None,
    }
}

fn point(value: &Dyn) -> Option<Vector> {
    pair(value).filter(|(lng, lat)| valid(*lng, *lat)).map(|(lng, lat)| Vector::of(lng, lat))
}

/// The type and what it consists of.
pub fn parts(shape: &Value) -> Option<(Arc<str>, Dyn)> {
    let Value::Dynamic(shape) = shape else { return None };
    let Some(Dyn::Str(kind)) = shape.get("type") else { return None };
    let content = shape.get("coordinates").or_else(|| shape.get("geometries"))?;
    Some((Arc::clone(kind), content.clone()))
}

/// Longitudes and latitudes of every ring or line, for what is done in the plane; in how deep arrays the type has them.
pub fn planar(content: &Dyn) -> Option<Vec<(f64, f64)>> {
    let points = content.as_array()?;
    if points.len() > MOST {
        return None;
    }
    points.iter().map(pair).collect()
}

pub fn lines(shape: &Value) -> Option<Vec<Line>> {
    let (kind, content) = parts(shape)?;
    match &*kind {
        "LineString" => Some(vec![line(&content)?]),
        "MultiLineString" => content.as_array()?.iter().map(line).collect(),
        _ => None,
    }
    .filter(|lines: &Vec<Line>| !lines.is_empty())
}

fn line(content: &Dyn) -> Option<Line> {
    let points = content.as_array()?;
    let mut line: Line = vec![];
    for value in points.get(..points.len().min(MOST))? {
        let next = point(value)?;
        if line.last() != Some(&next) {
            line.push(next);
        }
    }
    (line.len() >= 2).then_some(line)
}

/// A shape that was read, and the polygons in it.
type Known = (Arc<Dyn>, Option<Rc<[Polygon]>>);

/// The same as [`polygons`], kept for when the next call is about the same shape: a constant, mostly, and rows of points.
pub fn known_polygons(shape: &Value) -> Option<Rc<[Polygon]>> {
    thread_local! {
        static LAST: RefCell<Option<Known>> = const { RefCell::new(None) };
    }
    let Value::Dynamic(content) = shape else { return None };
    LAST.with_borrow_mut(|last| {
        if let Some((known, polygons)) = last
            && Arc::ptr_eq(known, content)
        {
            return polygons.clone();
        }
        let read: Option<Rc<[Polygon]>> = polygons(shape).map(Into::into);
        *last = Some((Arc::clone(content), read.clone()));
        read
    })
}

pub fn polygons(shape: &Value) -> Option<Vec<Polygon>> {
    let (kind, content) = parts(shape)?;
    match &*kind {
        "Polygon" => Some(vec![polygon(&content)?]),
        "MultiPolygon" => content.as_array()?.iter().map(polygon).collect(),
        _ => None,
    }
    .filter(|polygons: &Vec<Polygon>| !polygons.is_empty())
}

fn polygon(content: &Dyn) -> Option<Polygon> {
    let rings: Vec<Vec<Vector>> = content.as_array()?.iter().map(ring).collect::<Option<_>>()?;
    if rings.is_empty() {
        return None;
    }
    let turned = |(at, mut ring): (usize, Vec<Vector>)| {
        if (area(&ring) < 0.0) == (at == 0) {
            ring.reverse();
        }
        ring
    };
    Some(Polygon { rings: rings.into_iter().enumerate().map(turned).collect() })
}

/// Closed, with three different points at least, none of them twice, and no two edges that cross.
fn ring(content: &Dyn) -> Option<Vec<Vector>> {
    let points = content.as_array()?;
    if points.len() < 4 || points.len() > MOST || pair(points.first()?) != pair(points.last()?) {
        return None;
    }
    let ring: Vec<Vector> = points[1..].iter().map(point).collect::<Option<_>>()?;
    let mut ring = ring;
    ring.rotate_right(1);
    let mut sorted: Vec<[u64; 3]> =
        ring.iter().map(|v| [v.x.to_bits(), v.y.to_bits(), v.z.to_bits()]).collect();
    sorted.sort_unstable();
    sorted.dedup();
    (sorted.len() == ring.len() && !crosses_itself(&ring)).then_some(ring)
}

fn crosses_itself(ring: &[Vector]) -> bool {
    let count = ring.len();
    if count > CHECKED {
        return false;
    }
    let edge = |at: usize| (ring[at], ring[(at + 1) % count]);
    (0..count).any(|one| {
        let (a, b) = edge(one);
        // neighbours share a point
        (one + 2..count).any(|other| {
            let (c, d) = edge(other);
            (other + 1) % count != one && crossing(a, b, c, d).is_some()
        })
    })
}

/// Steradians that the ring encloses on its left, negative for what is more than half of the sphere.
pub fn area(ring: &[Vector]) -> f64 {
    let Some(first) = ring.first() else { return 0.0 };
    ring.windows(2).map(|edge| triangle(*first, edge[0], edge[1])).sum()
}

impl Polygon {
    pub fn edges(&self) -> impl Iterator<Item = (Vector, Vector)> + '_ {
        self.rings.iter().flat_map(|ring| {
            let next = ring.iter().cycle().skip(1);
            ring.iter().copied().zip(next.copied())
        })
    }

    pub fn area(&self) -> f64 {
        self.rings.iter().map(|ring| area(ring)).sum()
    }

    pub fn contains(&self, p: Vector) -> bool {
        self.rings.iter().enumerate().all(|(at, ring)| {
            // a hole runs clockwise: what it leaves over is on its left
            if at == 0 { turns(ring, p) > 0.5 } else { turns(ring, p) > -0.5 }
        })
    }
}

/// How often the ring goes around the point, counter-clockwise; less those around the point opposite.
fn turns(ring: &[Vector], p: Vector) -> f64 {
    let side = p.aside();
    let up = p.cross(side);
    let direction = |v: &Vector| v.dot(up).atan2(v.dot(side));
    let mut last = ring.last().map_or(0.0, direction);
    let mut sum = 0.0;
    for v in ring {
        let next = direction(v);
        let mut step = next - last;
        if step > std::f64::consts::PI {
            step -= std::f64::consts::TAU;
        } else if step < -std::f64::consts::PI {
            step += std::f64::consts::TAU;
        }
        sum += step;
        last = next;
    }
    sum / std::f64::consts::TAU
}

pub fn pair_dyn(v: Vector) -> Dyn {
    let (lng, lat) = v.degrees();
    Dyn::Array(vec![Dyn::Real(lng), Dyn::Real(lat)])
}

pub fn shape(kind: &str, content: Dyn) -> Value {
    let name = if kind == "GeometryCollection" { "geometries" } else { "coordinates" };
    Value::dynamic(Dyn::Bag(vec![("type".into(), Dyn::Str(kind.into())), (name.into(), content)]))
}

pub fn point_shape(v: Vector) -> Value {
    shape("Point", pair_dyn(v))
}

fn line_dyn(line: &[Vector]) -> Dyn {
    Dyn::Array(line.iter().copied().map(pair_dyn).collect())
}

fn polygon_dyn(polygon: &Polygon) -> Dyn {
    let closed = |ring: &Vec<Vector>| {
        Dyn::Array(ring.iter().chain(ring.first()).copied().map(pair_dyn).collect())
    };
    Dyn::Array(polygon.rings.iter().map(closed).collect())
}

/// One or many of a kind; nothing is an empty collection.
pub fn lines_shape(lines: &[Line]) -> Value {
    match lines {
        [] => shape("GeometryCollection", Dyn::Array(vec![])),
        [one] => shape("LineString", line_dyn(one)),
        many => shape("MultiLineString", Dyn::Array(many.iter().map(|l| line_dyn(l)).collect())),
    }
}

pub fn polygons_shape(polygons: &[Polygon]) -> Value {
    match polygons {
        [] => shape("GeometryCollection", Dyn::Array(vec![])),
        [one] => shape("Polygon", polygon_dyn(one)),
        many => shape("MultiPolygon", Dyn::Array(many.iter().map(polygon_dyn).collect())),
    }
}

pub fn points_shape(points: &[Vector]) -> Value {
    match points {
        [] => shape("GeometryCollection", Dyn::Array(vec![])),
        [one] => point_shape(*one),
        many => shape("MultiPoint", line_dyn(many)),
    }
}
