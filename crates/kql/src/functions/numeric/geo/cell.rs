//! S2 cells: squares on the six faces of a cube around the earth, halved up to 30 times, numbered along a Hilbert curve.
use super::vector::Vector;

/// The number of the smallest squares along a side.
const SIDE: i64 = 1 << 30;
/// From the place on the curve to the two bits of column and row, by orientation: bit 0 swaps, bit 1 inverts.
const PLACES: [[u64; 4]; 4] = [[0, 1, 3, 2], [0, 2, 3, 1], [3, 2, 0, 1], [3, 1, 0, 2]];
/// How the orientation changes at a place.
const TURNS: [usize; 4] = [1, 0, 0, 3];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell(pub u64);

/// A square of a face: the face, column and row in smallest squares.
#[derive(Clone, Copy)]
pub struct Square {
    pub face: u8,
    pub column: i64,
    pub row: i64,
}

impl Cell {
    pub fn of(p: Vector, level: u8) -> Self {
        let (face, u, v) = project(p);
        let place =
            |along: f64| ((SIDE as f64 * to_share(along)).floor() as i64).clamp(0, SIDE - 1);
        Self::at(Square { face, column: place(u), row: place(v) }).parent(level)
    }

    /// The smallest one at the place.
    pub fn at(square: Square) -> Self {
        let mut turn = usize::from(square.face & 1);
        let mut id = u64::from(square.face);
        for bit in (0..30).rev() {
            let bits = ((square.column >> bit & 1) << 1 | (square.row >> bit & 1)).cast_unsigned();
            let place = PLACES[turn].iter().position(|b| *b == bits).unwrap_or(0);
            id = id << 2 | place as u64;
            turn ^= TURNS[place];
        }
        Self(id << 1 | 1)
    }

    pub fn face(face: u8) -> Self {
        Self(u64::from(face) << 61 | 1 << 60)
    }

    pub fn level(self) -> u8 {
        30 - (self.0.trailing_zeros() / 2) as u8
    }

    pub fn parent(self, level: u8) -> Self {
        let last = 1_u64 << (2 * (30 - u32::from(level.min(30))));
        Self(self.0 & last.wrapping_neg() | last)
    }

    pub fn children(self) -> [Self; 4] {
        let last = self.0 & self.0.wrapping_neg();
        let quarter = last >> 2;
        let first = self.0 - last + quarter;
        [0, 1, 2, 3].map(|at| Self(first.wrapping_add(2 * at * quarter)))
    }

    pub fn token(self) -> String {
        format!("{:016x}", self.0).trim_end_matches('0').to_owned()
    }

    pub fn parse(token: &str) -> Option<Self> {
        let right = (1..=16).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_hexdigit());
        let id = u64::from_str_radix(&format!("{token:0<16}"), 16).ok().filter(|_| right)?;
        (id >> 61 < 6 && id != 0 && id.trailing_zeros() % 2 == 0).then_some(Self(id))
    }

    /// The south-western corner of its square.
    pub fn square(self) -> Square {
        let face = (self.0 >> 61) as u8;
        let mut turn = usize::from(face & 1);
        let (mut column, mut row) = (0, 0);
        for level in 0..u32::from(self.level()) {
            let place = (self.0 >> (59 - 2 * level) & 3) as usize;
            let bits = PLACES[turn][place].cast_signed();
            column = column << 1 | bits >> 1;
            row = row << 1 | bits & 1;
            turn ^= TURNS[place];
        }
        let shift = 30 - u32::from(self.level());
        Square { face, column: column << shift, row: row << shift }
    }

    /// How many smallest squares a side of it has.
    pub fn size(self) -> i64 {
        1 << (30 - u32::from(self.level()))
    }

    /// Counter-clockwise from the south-west.
    pub fn corners(self) -> [Vector; 4] {
        let (square, size) = (self.square(), self.size());
        [(0, 0), (size, 0), (size, size), (0, size)].map(|(right, up)| {
            let share = |n: i64| n as f64 / SIDE as f64;
            let (u, v) =
                (from_share(share(square.column + right)), from_share(share(square.row + up)));
            unproject(square.face, u, v).normal()
        })
    }

    pub fn center(self) -> Vector {
        let (square, half) = (self.square(), self.size() as f64 / 2.0);
        let share = |n: i64| (n as f64 + half) / SIDE as f64;
        unproject(square.face, from_share(share(square.column)), from_share(share(square.row)))
            .normal()
    }

    /// All cells of its size that touch it, also around the edges of the cube.
    pub fn neighbors(self) -> Vec<Self> {
        let (Square { face, column, row }, size) = (self.square(), self.size());
        // in the order of Kusto
        let steps = [(1, 1), (1, 0), (-1, 0), (0, -1), (-1, 1), (1, -1), (0, 1), (-1, -1)]
            .map(|(right, up)| (right * size, up * size));
        let mut found = vec![];
        for (right, up) in steps {
            let next = Self::beyond(Square { face, column: column + right, row: row + up }, size)
                .parent(self.level());
            if next != self && !found.contains(&next) {
                found.push(next);
            }
        }
        found
    }

    /// Of a square that may lie beyond its face.
    fn beyond(square: Square, size: i64) -> Self {
        let inside = 0..SIDE;
        if inside.contains(&square.column) && inside.contains(&square.row) {
            return Self::at(square);
        }
        let along = |n: i64| {
            let center = (n as f64 + size as f64 / 2.0) / SIDE as f64;
            // linear out there, as far as it stays near to the edge
            (2.0 * center - 1.0).clamp(-1.0 - 1e-9, 1.0 + 1e-9)
        };
        let edge = |n: i64| {
            if (0..SIDE).contains(&n) {
                from_share((n as f64 + size as f64 / 2.0) / SIDE as f64)
            } else {
                along(n)
            }
        };
        let (face, u, v) = project(unproject(square.face, edge(square.column), edge(square.row)));
        let place =
            |along: f64| ((SIDE as f64 * to_share(along)).floor() as i64).clamp(0, SIDE - 1);
        Self::at(Square { face, column: place(u), row: place(v) })
    }
}

fn to_share(along: f64) -> f64 {
    if along >= 0.0 {
        0.5 * (1.0 + 3.0 * along).sqrt()
    } else {
        1.0 - 0.5 * (1.0 - 3.0 * along).sqrt()
    }
}

fn from_share(share: f64) -> f64 {
    if share >= 0.5 {
        (4.0 * share * share - 1.0) / 3.0
    } else {
        (1.0 - 4.0 * (1.0 - share) * (1.0 - share)) / 3.0
    }
}

fn project(p: Vector) -> (u8, f64, f64) {
    let (x, y, z) = (p.x.abs(), p.y.abs(), p.z.abs());
    let face = if x > y && x > z {
        if p.x < 0.0 { 3 } else { 0 }
    } else if y > z || (x > z && x == y) {
        if p.y < 0.0 { 4 } else { 1 }
    } else if p.z < 0.0 {
        5
    } else {
        2
    };
    let (u, v) = match face {
        0 => (p.y / p.x, p.z / p.x),
        1 => (-p.x / p.y, p.z / p.y),
        2 => (-p.x / p.z, -p.y / p.z),
        3 => (p.z / p.x, p.y / p.x),
        4 => (p.z / p.y, -p.x / p.y),
        _ => (-p.y / p.z, -p.x / p.z),
    };
    (face, u, v)
}

fn unproject(face: u8, u: f64, v: f64) -> Vector {
    let (x, y, z) = match face {
        0 => (1.0, u, v),
        1 => (-u, 1.0, v),
        2 => (-u, -v, 1.0),
        3 => (-1.0, -v, -u),
        4 => (v, -1.0, -u),
        _ => (v, u, -1.0),
    };
    Vector { x, y, z }
}
