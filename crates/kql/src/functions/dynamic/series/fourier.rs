//! The Fourier transform of a series of any length.
use super::{count, reals, solid};
use crate::functions::dynamic::support::{MOST, Outcome, dynamic, function};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};
use std::f64::consts::PI;

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("series_fft", 1, 2, dynamic, |_: &Context, a| transform(a, false)),
    function("series_ifft", 1, 2, dynamic, |_: &Context, a| transform(a, true)),
];

/// A complex number.
pub(super) type C = (f64, f64);

fn times(a: C, b: C) -> C {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

fn turn(angle: f64) -> C {
    (angle.cos(), angle.sin())
}

/// In place; the length is a power of two. Neither direction divides.
pub(super) fn radix2(data: &mut [C], inverse: bool) {
    let n = data.len();
    if n < 2 {
        return;
    }
    let bits = n.trailing_zeros();
    for at in 0..n {
        let other = at.reverse_bits() >> (usize::BITS - bits);
        if at < other {
            data.swap(at, other);
        }
    }
    let sign = if inverse { 1.0 } else { -1.0 };
    let mut size = 2;
    while size <= n {
        let half = size / 2;
        let turns: Vec<C> =
            (0..half).map(|k| turn(sign * 2.0 * PI * count(k) / count(size))).collect();
        for chunk in data.chunks_exact_mut(size) {
            let (low, high) = chunk.split_at_mut(half);
            for ((a, b), by) in low.iter_mut().zip(high).zip(&turns) {
                let (even, odd) = (*a, times(*b, *by));
                *a = (even.0 + odd.0, even.1 + odd.1);
                *b = (even.0 - odd.0, even.1 - odd.1);
            }
        }
        size *= 2;
    }
}

/// Any length, as a convolution (Bluestein).
fn any(data: &mut [C], inverse: bool) {
    let n = data.len();
    if n.is_power_of_two() {
        radix2(data, inverse);
        return;
    }
    let sign = if inverse { 1.0 } else { -1.0 };
    let chirp: Vec<C> =
        (0..n).map(|k| turn(sign * PI * count(k * k % (2 * n)) / count(n))).collect();
    let size = (2 * n - 1).next_power_of_two();
    let mut left = vec![(0.0, 0.0); size];
    let mut right = vec![(0.0, 0.0); size];
    for (at, by) in chirp.iter().enumerate() {
        left[at] = times(data[at], *by);
        let back = (by.0, -by.1);
        right[at] = back;
        right[(size - at) % size] = back;
    }
    radix2(&mut left, false);
    radix2(&mut right, false);
    left.iter_mut().zip(&right).for_each(|(a, b)| *a = times(*a, *b));
    radix2(&mut left, true);
    for (at, by) in chirp.iter().enumerate() {
        let (re, im) = times(left[at], *by);
        data[at] = (re / count(size), im / count(size));
    }
}

fn transform(a: &[Value], inverse: bool) -> Outcome {
    let Some(real) = solid(&a[0]) else { return Ok(Value::Null) };
    let imaginary = match a.get(1).filter(|v| !v.is_null()) {
        None => vec![0.0; real.len()],
        Some(given) => match solid(given).filter(|given| given.len() == real.len()) {
            Some(given) => given,
            None => return Ok(Value::Null),
        },
    };
    if real.len() > MOST / 8 {
        return Err("the series is too long to be transformed".to_owned());
    }
    let mut data: Vec<C> = real.into_iter().zip(imaginary).collect();
    if !data.is_empty() {
        any(&mut data, inverse);
    }
    let by = if inverse { count(data.len().max(1)) } else { 1.0 };
    Ok(Value::dynamic(Dyn::Array(vec![
        reals(data.iter().map(|c| c.0 / by)),
        reals(data.iter().map(|c| c.1 / by)),
    ])))
}
