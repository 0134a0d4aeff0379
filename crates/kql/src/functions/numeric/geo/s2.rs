//! Functions on S2 cells, and the cells that cover a line or a polygon.
use super::super::support::{Outcome, dynamic, function, string};
use super::cell::Cell;
use super::shape::{Polygon, coordinates, lines, point_shape, polygons, polygons_shape};
use super::vector::{Vector, crossing};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};
use std::rc::Rc;

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("geo_point_to_s2cell", 2, 3, string, to_cell),
    function("geo_s2cell_to_central_point", 1, 1, dynamic, central_point),
    function("geo_s2cell_to_polygon", 1, 1, dynamic, polygon),
    function("geo_s2cell_neighbors", 1, 1, dynamic, neighbors),
    function("geo_polygon_to_s2cells", 1, 3, dynamic, cover_polygon),
    function("geo_line_to_s2cells", 1, 3, dynamic, cover_line),
];

/// As many cells as one call gives at most.
const MOST: usize = 65_536;

/// 11 unless said.
fn level(value: Option<&Value>) -> Option<u8> {
    let level = value.map_or(Some(11), Value::as_long)?;
    u8::try_from(level).ok().filter(|level| *level <= 30)
}

fn cell(value: &Value) -> Option<Cell> {
    Cell::parse(&value.to_text())
}

fn list(cells: &[Cell]) -> Value {
    Value::dynamic(Dyn::Array(cells.iter().map(|cell| Dyn::Str(cell.token().into())).collect()))
}

fn to_cell(_: &Context, a: &[Value]) -> Outcome {
    let place = coordinates(&a[0], &a[1]).zip(level(a.get(2)));
    Ok(Value::str(place.map_or_else(String::new, |(p, level)| Cell::of(p, level).token())))
}

fn central_point(_: &Context, a: &[Value]) -> Outcome {
    Ok(cell(&a[0]).map_or(Value::Null, |cell| point_shape(cell.center())))
}

fn polygon(_: &Context, a: &[Value]) -> Outcome {
    let made = |cell: Cell| polygons_shape(&[Polygon { rings: vec![cell.corners().to_vec()] }]);
    Ok(cell(&a[0]).map_or(Value::Null, made))
}

fn neighbors(_: &Context, a: &[Value]) -> Outcome {
    Ok(cell(&a[0]).map_or(Value::Null, |cell| list(&cell.neighbors())))
}

/// What is covered: edges, and for polygons their inside.
struct Covered<'a> {
    edges: Vec<(Vector, Vector)>,
    inside: &'a [Polygon],
}

impl Covered<'_> {
    /// The edges that meet the cell, and whether anything does.
    fn meets(&self, cell: Cell, candidates: &[usize]) -> (Vec<usize>, bool) {
        let corners = cell.corners();
        let sides = [0, 1, 2, 3].map(|at| (corners[at], corners[(at + 1) % 4]));
        let within = |p: Vector| sides.iter().all(|(a, b)| a.cross(*b).dot(p) >= -1e-15);
        let met: Vec<usize> = candidates
            .iter()
            .copied()
            .filter(|at| {
                let (a, b) = self.edges[*at];
                within(a)
                    || within(b)
                    || sides.iter().any(|(c, d)| crossing(a, b, *c, *d).is_some())
            })
            .collect();
        let any = !met.is_empty() || self.inside.iter().any(|p| p.contains(corners[0]));
        (met, any)
    }

    fn cells(&self, level: u8) -> Option<Vec<Cell>> {
        let mut found = vec![];
        let all: Rc<[usize]> = (0..self.edges.len()).collect();
        let mut next: Vec<(Cell, Rc<[usize]>)> =
            (0..6).rev().map(|face| (Cell::face(face), Rc::clone(&all))).collect();
        while let Some((cell, candidates)) = next.pop() {
            let (met, any) = self.meets(cell, &candidates);
            if !any {
                continue;
            }
            if cell.level() >= level {
                found.push(cell);
            } else {
                let met: Rc<[usize]> = met.into();
                let children = cell.children().into_iter().rev();
                next.extend(children.map(|child| (child, Rc::clone(&met))));
            }
            if found.len() > MOST {
                return None;
            }
        }
        Some(found)
    }
}

fn wider(context: &Context, a: &[Value]) -> Result<Option<Value>, String> {
    Ok(match a.get(2).map(Value::as_real) {
        None | Some(Some(0.0)) => Some(a[0].clone()),
        Some(Some(radius)) if radius > 0.0 => {
            let whole = [a[0].clone(), a[2].clone()];
            let line = lines(&a[0]).is_some();
            Some(if line {
                super::buffers::line(context, &whole)?
            } else {
                super::buffers::polygon(context, &whole)?
            })
        }
        Some(_) => None,
    })
}

fn cover_polygon(context: &Context, a: &[Value]) -> Outcome {
    let shape = wider(context, a)?;
    let Some(level) = level(a.get(1)) else { return Ok(Value::Null) };
    Ok(shape.and_then(|shape| covered(&shape, level)).unwrap_or(Value::Null))
}

fn cover_line(context: &Context, a: &[Value]) -> Outcome {
    if lines(&a[0]).is_none() {
        return Ok(Value::Null);
    }
    cover_polygon(context, a)
}

fn covered(shape: &Value, level: u8) -> Option<Value> {
    let inside = polygons(shape).unwrap_or_default();
    let edges: Vec<(Vector, Vector)> = if inside.is_empty() {
        let lines = lines(shape)?;
        lines.iter().flat_map(|line| line.windows(2).map(|e| (e[0], e[1]))).collect()
    } else {
        inside.iter().flat_map(Polygon::edges).collect()
    };
    Covered { edges, inside: &inside }.cells(level).map(|cells| list(&cells))
}
