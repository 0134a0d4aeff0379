//! Functions on numbers, times and places.
mod distributions;
mod elementary;
mod quantities;
mod rounding;
mod support;
mod times;
mod units;
mod whole;

use super::Function;

pub(super) static GROUPS: &[&[Function]] = &[
    distributions::FUNCTIONS,
    elementary::FUNCTIONS,
    rounding::FUNCTIONS,
    units::FUNCTIONS,
    whole::FUNCTIONS,
    times::calendar::FUNCTIONS,
    times::format::FUNCTIONS,
    times::make::FUNCTIONS,
    times::parts::FUNCTIONS,
    times::zones::FUNCTIONS,
];
