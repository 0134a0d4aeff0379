//! Functions on dynamic values: JSON and XML, bags, arrays, sets and series.
mod arrays;
mod bags;
mod json;
mod make;
mod outputs;
pub mod path;
mod schema;
mod series;
mod sets;
mod shift;
mod sort;
mod support;
mod xml;

pub use outputs::outputs;
pub use schema::schema_of;

use super::Function;

pub(super) static GROUPS: &[&[Function]] = &[
    arrays::FUNCTIONS,
    bags::FUNCTIONS,
    json::FUNCTIONS,
    make::FUNCTIONS,
    sets::FUNCTIONS,
    shift::FUNCTIONS,
    sort::FUNCTIONS,
    xml::FUNCTIONS,
    series::binary::FUNCTIONS,
    series::decompose::FUNCTIONS,
    series::fill::FUNCTIONS,
    series::filter::FUNCTIONS,
    series::fourier::FUNCTIONS,
    series::line::FUNCTIONS,
    series::lines::FUNCTIONS,
    series::outliers::FUNCTIONS,
    series::periods::FUNCTIONS,
    series::poly::FUNCTIONS,
    series::stats::FUNCTIONS,
    series::totals::FUNCTIONS,
    series::unary::FUNCTIONS,
];
