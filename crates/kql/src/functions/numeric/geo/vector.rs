//! Points of the sphere as unit vectors, and the great circles between them.
use std::ops::{Add, Mul, Neg, Sub};

/// Metres, as Kusto has the earth.
pub const RADIUS: f64 = 6_371_010.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vector {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}

impl Add for Vector {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self { x: self.x + o.x, y: self.y + o.y, z: self.z + o.z }
    }
}

impl Sub for Vector {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self { x: self.x - o.x, y: self.y - o.y, z: self.z - o.z }
    }
}

impl Neg for Vector {
    type Output = Self;
    fn neg(self) -> Self {
        Self { x: -self.x, y: -self.y, z: -self.z }
    }
}

impl Mul<f64> for Vector {
    type Output = Self;
    fn mul(self, by: f64) -> Self {
        Self { x: self.x * by, y: self.y * by, z: self.z * by }
    }
}

impl Vector {
    pub const ZERO: Self = Self { x: 0.0, y: 0.0, z: 0.0 };

    /// Of degrees.
    pub fn of(longitude: f64, latitude: f64) -> Self {
        let (lng, lat) = (longitude.to_radians(), latitude.to_radians());
        Self { x: lat.cos() * lng.cos(), y: lat.cos() * lng.sin(), z: lat.sin() }
    }

    /// Longitude and latitude in degrees.
    pub fn degrees(self) -> (f64, f64) {
        let lat = self.z.atan2((self.x * self.x + self.y * self.y).sqrt());
        (self.y.atan2(self.x).to_degrees(), lat.to_degrees())
    }

    pub fn dot(self, o: Self) -> f64 {
        self.x * o.x + self.y * o.y + self.z * o.z
    }

    pub fn cross(self, o: Self) -> Self {
        Self {
            x: self.y * o.z - self.z * o.y,
            y: self.z * o.x - self.x * o.z,
            z: self.x * o.y - self.y * o.x,
        }
    }

    pub fn length(self) -> f64 {
        self.dot(self).sqrt()
    }

    pub fn normal(self) -> Self {
        let length = self.length();
        if length > 0.0 { self * (1.0 / length) } else { self }
    }

    /// Radians between the two, precise also for small ones.
    pub fn angle(self, o: Self) -> f64 {
        self.cross(o).length().atan2(self.dot(o))
    }

    /// The point at a share of the way to the other.
    pub fn towards(self, o: Self, share: f64) -> Self {
        let angle = self.angle(o);
        if angle == 0.0 {
            return self;
        }
        let (from, to) = (((1.0 - share) * angle).sin(), (share * angle).sin());
        (self * from + o * to).normal()
    }

    /// Some direction at a right angle, always the same.
    pub fn aside(self) -> Self {
        let (x, y, z) = (self.x.abs(), self.y.abs(), self.z.abs());
        let other = if x > y && x > z {
            Self { x: 0.012, y: 0.0053, z: 1.0 }
        } else if y > z {
            Self { x: 1.0, y: 0.0053, z: 0.004_57 }
        } else {
            Self { x: 0.012, y: 1.0, z: 0.004_57 }
        };
        self.cross(other).normal()
    }
}

/// Clockwise from north at the first to the second, in radians from 0 to 2π.
pub fn azimuth(from: Vector, to: Vector) -> f64 {
    let north = Vector { x: 0.0, y: 0.0, z: 1.0 };
    let east = north.cross(from);
    let up = from.cross(east);
    to.dot(east).atan2(to.dot(up)).rem_euclid(std::f64::consts::TAU)
}

/// At right angles to the edge; precise also when its ends are near to each other.
fn normal(a: Vector, b: Vector) -> Vector {
    (a + b).cross(b - a) * 0.5
}

/// The point of the edge that is nearest.
pub fn nearest(p: Vector, a: Vector, b: Vector) -> Vector {
    let normal = normal(a, b);
    let size = normal.length();
    if size > 0.0 {
        let n = normal * (1.0 / size);
        let on = (p - n * p.dot(n)).normal();
        if n.cross(a).dot(on) >= 0.0 && on.cross(b).dot(n) >= 0.0 {
            return on;
        }
    }
    if p.dot(a) >= p.dot(b) { a } else { b }
}

/// Where two edges cross or touch; none for edges of one great circle.
pub fn crossing(a: Vector, b: Vector, c: Vector, d: Vector) -> Option<Vector> {
    /// Radians that count as nothing.
    const NEAR: f64 = 1e-15;
    let (first, second) = (normal(a, b), normal(c, d));
    let line = first.cross(second);
    if line.length() <= 1e-14 * first.length() * second.length() {
        return None;
    }
    let line = line.normal();
    let point = if line.dot(a + b + c + d) >= 0.0 { line } else { -line };
    let on = |from: Vector, to: Vector, normal: Vector| {
        let n = normal.normal();
        n.cross(from).dot(point) >= -NEAR && to.cross(n).dot(point) >= -NEAR
    };
    (on(a, b, first) && on(c, d, second)).then_some(point)
}

/// Steradians of the triangle, negative when it runs clockwise.
pub fn triangle(a: Vector, b: Vector, c: Vector) -> f64 {
    // near to each other, the differences are more precise
    let volume = (b - a).cross(c - a).dot(a);
    2.0 * volume.atan2(1.0 + a.dot(b) + b.dot(c) + c.dot(a))
}

/// The centre of mass of an edge, times its length.
pub fn edge_mass(a: Vector, b: Vector) -> Vector {
    let (sum, difference) = (a + b, a - b);
    if sum.dot(sum) == 0.0 {
        return Vector::ZERO;
    }
    sum * (difference.dot(difference) / sum.dot(sum)).sqrt()
}

/// The centre of mass of a triangle, times its signed area.
pub fn triangle_mass(a: Vector, b: Vector, c: Vector) -> Vector {
    let ratio = |p: Vector, q: Vector| {
        let (angle, sine) = (p.angle(q), p.cross(q).length());
        if sine == 0.0 { 1.0 } else { angle / sine }
    };
    let (ra, rb, rc) = (ratio(b, c), ratio(c, a), ratio(a, b));
    let x = Vector { x: a.x, y: b.x - a.x, z: c.x - a.x };
    let y = Vector { x: a.y, y: b.y - a.y, z: c.y - a.y };
    let z = Vector { x: a.z, y: b.z - a.z, z: c.z - a.z };
    let r = Vector { x: ra, y: rb - ra, z: rc - ra };
    Vector { x: y.cross(z).dot(r), y: z.cross(x).dot(r), z: x.cross(y).dot(r) } * 0.5
}
