//! Times, numbers, and what is read from the states of aggregates.
mod extremes;
mod maths;
mod sketches;
mod support;
mod times;

use super::Function;

pub(super) static GROUPS: &[&[Function]] =
    &[extremes::FUNCTIONS, maths::FUNCTIONS, sketches::FUNCTIONS, times::FUNCTIONS];
