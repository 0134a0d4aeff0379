//! Functions on texts, conversions between types, addresses, and the tests behind `has` and its relatives.
mod basics;
mod command_line;
mod compress;
mod convert;
mod encode;
mod hash;
mod ip_text;
mod ipv4;
mod ipv6;
mod layout;
mod logic;
mod nulls;
mod parse;
mod patterns;
mod pieces;
mod position;
mod punycode;
mod regexes;
mod replace;
mod support;
pub mod terms;
mod unicode;
mod url;
mod user_agent;

use super::Function;
pub use regexes::matches_regex;

pub(super) static GROUPS: &[&[Function]] = &[
    basics::FUNCTIONS,
    compress::FUNCTIONS,
    convert::FUNCTIONS,
    encode::FUNCTIONS,
    hash::FUNCTIONS,
    ip_text::FUNCTIONS,
    ipv4::FUNCTIONS,
    ipv6::FUNCTIONS,
    layout::FUNCTIONS,
    logic::FUNCTIONS,
    nulls::FUNCTIONS,
    parse::FUNCTIONS,
    patterns::FUNCTIONS,
    pieces::FUNCTIONS,
    position::FUNCTIONS,
    punycode::FUNCTIONS,
    replace::FUNCTIONS,
    unicode::FUNCTIONS,
    url::FUNCTIONS,
    user_agent::FUNCTIONS,
];
