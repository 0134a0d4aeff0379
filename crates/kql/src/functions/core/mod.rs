//! Functions that nearly every query uses: conversions, choices, texts, times, numbers.
mod choose;
mod convert;
mod maths;
mod parts;
mod support;
mod texts;
mod times;

use super::Function;

pub(super) static GROUPS: &[&[Function]] =
    &[choose::FUNCTIONS, convert::FUNCTIONS, maths::FUNCTIONS, parts::FUNCTIONS, texts::FUNCTIONS, times::FUNCTIONS];
