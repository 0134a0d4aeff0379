//! Functions on numbers, times and places.
mod distributions;
mod elementary;
mod geo;
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
    geo::buffers::FUNCTIONS,
    geo::edges::FUNCTIONS,
    geo::geohash::FUNCTIONS,
    geo::h3::FUNCTIONS,
    geo::lines::FUNCTIONS,
    geo::points::FUNCTIONS,
    geo::polygons::FUNCTIONS,
    geo::s2::FUNCTIONS,
    geo::sets::FUNCTIONS,
    geo::wkt::FUNCTIONS,
];
