//! H3: hexagonal cells of 16 sizes.
use super::super::support::{Outcome, dynamic, function, int, string};
use super::shape::{Polygon, coordinates, polygons, shape};
use super::vector::Vector;
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};
use h3o::{CellIndex, LatLng, Resolution};
use std::collections::HashSet;

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("geo_point_to_h3cell", 2, 3, string, to_cell),
    function("geo_h3cell_to_central_point", 1, 1, dynamic, central_point),
    function("geo_h3cell_to_polygon", 1, 1, dynamic, polygon),
    function("geo_h3cell_neighbors", 1, 1, dynamic, neighbors),
    function("geo_h3cell_rings", 2, 2, dynamic, rings),
    function("geo_h3cell_children", 1, 2, dynamic, children),
    function("geo_h3cell_parent", 1, 2, string, parent),
    function("geo_h3cell_level", 1, 1, int, level),
    function("geo_polygon_to_h3cells", 1, 3, dynamic, cover),
];

/// As many cells as one call gives at most.
const MOST: usize = 61_680;

fn resolution(value: Option<&Value>, missing: u8) -> Option<Resolution> {
    let level = value.map_or(Some(missing.into()), Value::as_long)?;
    Resolution::try_from(u8::try_from(level).ok()?).ok()
}

fn cell(value: &Value) -> Option<CellIndex> {
    let text = value.to_text();
    text.bytes().all(|b| b.is_ascii_hexdigit()).then(|| text.parse().ok()).flatten()
}

fn list(cells: impl IntoIterator<Item = CellIndex>) -> Dyn {
    Dyn::Array(cells.into_iter().map(|cell| Dyn::Str(cell.to_string().into())).collect())
}

fn at(p: Vector, level: Resolution) -> Option<CellIndex> {
    let (lng, lat) = p.degrees();
    LatLng::new(lat, lng).ok().map(|place| place.to_cell(level))
}

/// Level 6 unless said.
fn to_cell(_: &Context, a: &[Value]) -> Outcome {
    let place = coordinates(&a[0], &a[1]).zip(resolution(a.get(2), 6));
    let cell = place.and_then(|(p, level)| at(p, level));
    Ok(Value::str(cell.map_or_else(String::new, |cell| cell.to_string())))
}

fn central_point(_: &Context, a: &[Value]) -> Outcome {
    Ok(cell(&a[0]).map_or(Value::Null, |cell| {
        let center = LatLng::from(cell);
        let pair = Dyn::Array(vec![Dyn::Real(center.lng()), Dyn::Real(center.lat())]);
        shape("Point", pair)
    }))
}

fn polygon(_: &Context, a: &[Value]) -> Outcome {
    Ok(cell(&a[0]).map_or(Value::Null, |cell| {
        let boundary = cell.boundary();
        let corner = |c: &LatLng| Dyn::Array(vec![Dyn::Real(c.lng()), Dyn::Real(c.lat())]);
        let ring = boundary.iter().chain(boundary.first()).map(corner).collect();
        shape("Polygon", Dyn::Array(vec![Dyn::Array(ring)]))
    }))
}

/// The cells at a distance of so many steps.
fn ring(cell: CellIndex, distance: u32) -> Vec<CellIndex> {
    let disk = cell.grid_disk_distances::<Vec<(CellIndex, u32)>>(distance);
    disk.into_iter().filter(|(_, d)| *d == distance).map(|(cell, _)| cell).collect()
}

/// By direction, in the order of Kusto.
fn neighbors(_: &Context, a: &[Value]) -> Outcome {
    let Some(cell) = cell(&a[0]) else { return Ok(Value::Null) };
    let around: Vec<CellIndex> = cell.edges().map(|edge| edge.destination()).collect();
    Ok(Value::dynamic(match around.as_slice() {
        [k, j, jk, i, ik, ij] => list([*k, *jk, *j, *ij, *ik, *i]),
        pentagon => list(pentagon.iter().copied()),
    }))
}

fn rings(_: &Context, a: &[Value]) -> Outcome {
    let distance = a[1].as_long().and_then(|n| u32::try_from(n).ok());
    // a ring has six cells more than the one inside of it
    let distance = distance.filter(|n| 3 * u64::from(*n) * (u64::from(*n) + 1) < MOST as u64);
    Ok(match (cell(&a[0]), distance) {
        (Some(cell), Some(distance)) => {
            Value::dynamic(Dyn::Array((0..=distance).map(|at| list(ring(cell, at))).collect()))
        }
        _ => Value::Null,
    })
}

/// Of the next level unless said; five levels deeper at most.
fn children(_: &Context, a: &[Value]) -> Outcome {
    let found = || {
        let cell = cell(&a[0])?;
        let level = u8::from(cell.resolution());
        let wanted = resolution(a.get(1), level + 1)?;
        let deeper = u8::from(wanted).checked_sub(level)?;
        (1..=5).contains(&deeper).then(|| list(cell.children(wanted)))
    };
    Ok(found().map_or(Value::Null, Value::dynamic))
}

fn parent(_: &Context, a: &[Value]) -> Outcome {
    let found = || {
        let cell = cell(&a[0])?;
        let above = u8::from(cell.resolution()).checked_sub(1)?;
        cell.parent(resolution(a.get(1), above)?)
    };
    Ok(Value::str(found().map_or_else(String::new, |cell| cell.to_string())))
}

fn level(_: &Context, a: &[Value]) -> Outcome {
    Ok(cell(&a[0]).map_or(Value::Null, |cell| Value::Int(u8::from(cell.resolution()).into())))
}

/// The cells with their centre in the polygon, level 6 unless said; with a radius the polygon is made greater before.
fn cover(context: &Context, a: &[Value]) -> Outcome {
    let Some(level) = resolution(a.get(1), 6) else { return Ok(Value::Null) };
    let wider = match a.get(2).map(Value::as_real) {
        None | Some(Some(0.0)) => a[0].clone(),
        Some(Some(radius)) if radius > 0.0 => {
            super::buffers::polygon(context, &[a[0].clone(), a[2].clone()])?
        }
        Some(_) => return Ok(Value::Null),
    };
    let Some(polygons) = polygons(&wider) else { return Ok(Value::Null) };
    let mut found = vec![];
    let mut seen = HashSet::new();
    for polygon in &polygons {
        if !flood(polygon, level, &mut seen, &mut found) {
            return Ok(Value::Null);
        }
    }
    Ok(Value::dynamic(list(found)))
}

/// From the cells of its edges to all inside; false where there are too many.
fn flood(
    polygon: &Polygon,
    level: Resolution,
    seen: &mut HashSet<CellIndex>,
    found: &mut Vec<CellIndex>,
) -> bool {
    let step = level.edge_length_rads();
    let mut next: Vec<CellIndex> = vec![];
    for (a, b) in polygon.edges() {
        let steps = (a.angle(b) / step).ceil().max(1.0);
        if next.len() as f64 + steps * 7.0 > MOST as f64 * 20.0 {
            return false;
        }
        for at in 0..steps as u32 {
            let on = a.towards(b, f64::from(at) / steps);
            let Some(cell) = self::at(on, level) else { return false };
            next.extend(cell.grid_disk::<Vec<CellIndex>>(1));
        }
    }
    while let Some(cell) = next.pop() {
        if !seen.insert(cell) {
            continue;
        }
        let center = LatLng::from(cell);
        if polygon.contains(Vector::of(center.lng(), center.lat())) {
            found.push(cell);
            next.extend(cell.grid_disk::<Vec<CellIndex>>(1));
        }
        if found.len() > MOST {
            return false;
        }
    }
    true
}
