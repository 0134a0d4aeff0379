//! What polygons cover together and what they have in common.
//!
//! The edges of all are cut where they meet. Of each piece it is known which polygons lie on its left and on its right; those with
//! the result on one side only are its border, and are strung together to rings.
use super::shape::{Polygon, area};
use super::vector::{Vector, crossing};
use std::collections::HashMap;

/// Points nearer than this (radians) are one: a few micrometres.
const NEAR: f64 = 1e-12;
/// More pairs of edges than this are not looked at.
const MOST: usize = 4_000_000;

/// The points of all edges, each once.
#[derive(Default)]
struct Corners {
    points: Vec<Vector>,
    places: HashMap<[i64; 3], Vec<usize>>,
}

impl Corners {
    fn id(&mut self, p: Vector) -> usize {
        let grid = |n: f64| (n / (4.0 * NEAR)).round() as i64;
        let (x, y, z) = (grid(p.x), grid(p.y), grid(p.z));
        for near in (0..27).map(|n| [x + n % 3 - 1, y + n / 3 % 3 - 1, z + n / 9 - 1]) {
            let known = self.places.get(&near).into_iter().flatten();
            if let Some(id) = known.copied().find(|id| (self.points[*id] - p).length() < NEAR) {
                return id;
            }
        }
        self.points.push(p);
        self.places.entry([x, y, z]).or_default().push(self.points.len() - 1);
        self.points.len() - 1
    }
}

/// A piece of an edge: its polygon and where it comes in the order of all edges.
struct Piece {
    from: usize,
    to: usize,
    polygon: usize,
    order: usize,
}

pub fn union(polygons: &[Polygon]) -> Option<Vec<Polygon>> {
    overlay(polygons, |covered| covered.iter().any(|c| *c))
}

pub fn common(one: &[Polygon], other: &[Polygon]) -> Option<Vec<Polygon>> {
    let all: Vec<Polygon> = one.iter().chain(other).cloned().collect();
    let border = one.len();
    overlay(&all, |covered| {
        covered[..border].iter().any(|c| *c) && covered[border..].iter().any(|c| *c)
    })
}

/// `None` where it is too much work.
fn overlay(polygons: &[Polygon], wanted: impl Fn(&[bool]) -> bool) -> Option<Vec<Polygon>> {
    let mut corners = Corners::default();
    let pieces = pieces(polygons, &mut corners)?;
    let mut same: HashMap<(usize, usize), Vec<&Piece>> = HashMap::new();
    for piece in &pieces {
        let key = (piece.from.min(piece.to), piece.from.max(piece.to));
        same.entry(key).or_default().push(piece);
    }
    let mut border: Vec<(usize, usize, usize)> = vec![];
    for ((low, high), on) in same {
        let middle = (corners.points[low] + corners.points[high]).normal();
        let mut left: Vec<bool> = vec![];
        let mut right: Vec<bool> = vec![];
        for (at, polygon) in polygons.iter().enumerate() {
            let mut own = on.iter().filter(|piece| piece.polygon == at);
            match (own.next(), own.next()) {
                (Some(piece), None) => {
                    left.push(piece.from == low);
                    right.push(piece.from != low);
                }
                // twice along the same line: nothing between
                (Some(_), Some(_)) => {
                    left.push(true);
                    right.push(true);
                }
                (None, _) => {
                    let inside = polygon.contains(middle);
                    left.push(inside);
                    right.push(inside);
                }
            }
        }
        let order = on.iter().map(|piece| piece.order).max().unwrap_or(0);
        match (wanted(&left), wanted(&right)) {
            (true, false) => border.push((low, high, order)),
            (false, true) => border.push((high, low, order)),
            _ => {}
        }
    }
    border.sort_unstable_by_key(|(_, _, order)| *order);
    Some(assemble(rings(&border, &corners.points)))
}

fn pieces(polygons: &[Polygon], corners: &mut Corners) -> Option<Vec<Piece>> {
    let edges: Vec<(usize, Vector, Vector)> = polygons
        .iter()
        .enumerate()
        .flat_map(|(at, polygon)| polygon.edges().map(move |(a, b)| (at, a, b)))
        .collect();
    if edges.len().saturating_mul(edges.len()) > MOST {
        return None;
    }
    let mut pieces = vec![];
    for (polygon, a, b) in &edges {
        let mut cuts = cuts(*a, *b, edges.iter().filter(|e| e.0 != *polygon).map(|e| (e.1, e.2)));
        cuts.retain(|cut| (*cut - *a).length() >= NEAR && (*cut - *b).length() >= NEAR);
        cuts.sort_by(|p, q| a.angle(*p).total_cmp(&a.angle(*q)));
        let mut from = corners.id(*a);
        for cut in cuts.into_iter().chain([*b]) {
            let to = corners.id(cut);
            if to != from {
                pieces.push(Piece { from, to, polygon: *polygon, order: pieces.len() });
            }
            from = to;
        }
    }
    Some(pieces)
}

/// Where other edges cross the edge or end on it.
pub fn cuts(a: Vector, b: Vector, others: impl Iterator<Item = (Vector, Vector)>) -> Vec<Vector> {
    let mut found = vec![];
    let reach = (b - a).length();
    for (c, d) in others {
        // a look at the distance first: most edges are far from each other
        if (c - a).length() > reach + (d - c).length() + NEAR {
            continue;
        }
        let ends =
            [c, d].into_iter().filter(|p| (super::vector::nearest(*p, a, b) - *p).length() < NEAR);
        let before = found.len();
        found.extend(ends);
        if found.len() == before {
            found.extend(crossing(a, b, c, d));
        }
    }
    found
}

/// Follows the border, at every corner the sharpest turn to the left.
fn rings(border: &[(usize, usize, usize)], points: &[Vector]) -> Vec<Vec<Vector>> {
    let mut leaving: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, edge) in border.iter().enumerate() {
        leaving.entry(edge.0).or_default().push(at);
    }
    let mut used = vec![false; border.len()];
    let mut rings = vec![];
    for start in 0..border.len() {
        if used[start] {
            continue;
        }
        let mut ring: Vec<usize> = vec![start];
        used[start] = true;
        let mut at = start;
        while border[at].1 != border[start].0 {
            let here = points[border[at].1];
            let turn = |next: usize| {
                let back = direction(here, points[border[at].0]);
                let out = direction(here, points[border[next].1]);
                (back - out).rem_euclid(std::f64::consts::TAU)
            };
            let open = leaving.get(&border[at].1).into_iter().flatten().copied();
            let next = open
                .filter(|next| !used[*next])
                .max_by(|one, other| turn(*one).total_cmp(&turn(*other)));
            let Some(next) = next else { break };
            used[next] = true;
            ring.push(next);
            at = next;
        }
        // starts behind the edge that comes last in the order
        let last = (0..ring.len()).max_by_key(|i| border[ring[*i]].2).unwrap_or(0);
        let start = (last + 1) % ring.len();
        ring.rotate_left(start);
        if ring.len() > 2 {
            rings.push(ring.into_iter().map(|edge| points[border[edge].0]).collect());
        }
    }
    rings
}

fn direction(from: Vector, to: Vector) -> f64 {
    let side = from.aside();
    to.dot(from.cross(side)).atan2(to.dot(side))
}

/// Holes to the shells that they lie in.
fn assemble(rings: Vec<Vec<Vector>>) -> Vec<Polygon> {
    let (shells, holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(|ring| area(ring) > 0.0);
    let mut polygons: Vec<Polygon> =
        shells.into_iter().map(|shell| Polygon { rings: vec![shell] }).collect();
    for hole in holes {
        let middle = (hole[0] + hole[1]).normal();
        let around = polygons
            .iter_mut()
            .filter(|p| Polygon { rings: vec![p.rings[0].clone()] }.contains(middle))
            .min_by(|p, q| area(&p.rings[0]).total_cmp(&area(&q.rings[0])));
        if let Some(polygon) = around {
            polygon.rings.push(hole);
        }
    }
    polygons
}
