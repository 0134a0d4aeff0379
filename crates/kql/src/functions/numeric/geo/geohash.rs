//! Geohashes: a text for a rectangle of the earth, longer ones for smaller rectangles.
use super::super::support::{Outcome, dynamic, function, string};
use super::shape::shape;
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("geo_point_to_geohash", 2, 3, string, to_geohash),
    function("geo_geohash_to_central_point", 1, 1, dynamic, central_point),
    function("geo_geohash_to_polygon", 1, 1, dynamic, polygon),
    function("geo_geohash_neighbors", 1, 1, dynamic, neighbors),
];

const DIGITS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";

/// Column and row of a rectangle, and how many bits they have.
#[derive(Clone, Copy)]
struct Cell {
    column: i64,
    row: i64,
    columns: u32,
    rows: u32,
    length: usize,
}

impl Cell {
    fn of(lng: f64, lat: f64, length: usize) -> Self {
        let bits = length as u32 * 5;
        let (columns, rows) = (bits.div_ceil(2), bits / 2);
        let place = |share: f64, bits: u32| {
            let all = (1_i64 << bits) as f64;
            ((share * all) as i64).min((1 << bits) - 1)
        };
        Self {
            column: place((lng + 180.0) / 360.0, columns),
            row: place((lat + 90.0) / 180.0, rows),
            columns,
            rows,
            length,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let length = text.len();
        if !(1..=18).contains(&length) {
            return None;
        }
        let (mut column, mut row, mut even) = (0_i64, 0_i64, true);
        for byte in text.bytes() {
            let digit = DIGITS.iter().position(|d| *d == byte.to_ascii_lowercase())?;
            for bit in (0..5).rev() {
                let place = if even { &mut column } else { &mut row };
                *place = (*place << 1) | i64::from(digit >> bit & 1 == 1);
                even = !even;
            }
        }
        let bits = length as u32 * 5;
        Some(Self { column, row, columns: bits.div_ceil(2), rows: bits / 2, length })
    }

    fn text(self) -> String {
        let (mut column, mut row) = (self.columns, self.rows);
        let mut even = true;
        let mut next = || {
            let (value, left) =
                if even { (self.column, &mut column) } else { (self.row, &mut row) };
            even = !even;
            *left -= 1;
            usize::from(value >> *left & 1 == 1)
        };
        let digit = |_| {
            let at = (0..5).fold(0, |at, _| at << 1 | next());
            char::from(DIGITS[at])
        };
        (0..self.length).map(digit).collect()
    }

    /// West, south, east, north.
    fn bounds(self) -> [f64; 4] {
        let width = 360.0 / (1_i64 << self.columns) as f64;
        let height = 180.0 / (1_i64 << self.rows) as f64;
        let (west, south) = (self.column as f64 * width - 180.0, self.row as f64 * height - 90.0);
        [west, south, west + width, south + height]
    }
}

/// Five letters unless said, 18 at most.
fn to_geohash(_: &Context, a: &[Value]) -> Outcome {
    let length = a.get(2).map_or(Some(5), Value::as_long);
    let length = length.and_then(|n| usize::try_from(n).ok()).filter(|n| (1..=18).contains(n));
    let place = a[0].as_real().zip(a[1].as_real());
    let place = place.filter(|(lng, lat)| lng.abs() <= 180.0 && lat.abs() <= 90.0);
    Ok(Value::str(match (place, length) {
        (Some((lng, lat)), Some(length)) => Cell::of(lng, lat, length).text(),
        _ => String::new(),
    }))
}

fn cell(value: &Value) -> Option<Cell> {
    Cell::parse(&value.to_text())
}

fn pair(lng: f64, lat: f64) -> Dyn {
    Dyn::Array(vec![Dyn::Real(lng), Dyn::Real(lat)])
}

fn central_point(_: &Context, a: &[Value]) -> Outcome {
    Ok(cell(&a[0]).map_or(Value::Null, |cell| {
        let [west, south, east, north] = cell.bounds();
        shape("Point", pair(f64::midpoint(west, east), f64::midpoint(south, north)))
    }))
}

fn polygon(_: &Context, a: &[Value]) -> Outcome {
    Ok(cell(&a[0]).map_or(Value::Null, |cell| {
        let [west, south, east, north] = cell.bounds();
        let corners = [(west, south), (east, south), (east, north), (west, north), (west, south)];
        let ring = corners.into_iter().map(|(lng, lat)| pair(lng, lat)).collect();
        shape("Polygon", Dyn::Array(vec![Dyn::Array(ring)]))
    }))
}

/// The eight around it; across the poles there are none.
fn neighbors(_: &Context, a: &[Value]) -> Outcome {
    let Some(cell) = cell(&a[0]) else { return Ok(Value::Null) };
    let found = NEIGHBORS.into_iter().filter_map(|(right, up)| {
        let column = (cell.column + right).rem_euclid(1 << cell.columns);
        let row = cell.row + up;
        (0..1_i64 << cell.rows)
            .contains(&row)
            .then(|| Dyn::Str(Cell { column, row, ..cell }.text().into()))
    });
    Ok(Value::dynamic(Dyn::Array(found.collect())))
}

/// Steps to the east and the north, in the order in which Kusto lists them.
const NEIGHBORS: [(i64, i64); 8] =
    [(-1, 0), (-1, -1), (0, -1), (1, -1), (1, 1), (1, 0), (0, 1), (-1, 1)];
