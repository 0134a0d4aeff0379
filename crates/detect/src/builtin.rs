//! The rules that EventSec brings along.
use model::rule::NewRule;

/// The shipped rules, in the order they are shown. They compile; a test keeps it so.
pub fn builtin() -> Vec<NewRule> {
    // the text is part of the program and a test parses it: it cannot fail at run time
    serde_json::from_str(include_str!("../rules/builtin.json")).unwrap_or_default()
}
