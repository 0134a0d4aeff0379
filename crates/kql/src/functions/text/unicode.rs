//! Code points.
use super::support::{Outcome, aliased, bounded, dynamic, function, string, text};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    aliased(
        function("unicode_codepoints_from_string", 1, 1, dynamic, |_, args| {
            let points = text(args, 0).chars().map(|c| Dyn::Long(u32::from(c).into())).collect();
            Ok(Value::dynamic(Dyn::Array(points)))
        }),
        &["to_utf8"],
    ),
    aliased(
        function("unicode_codepoints_to_string", 1, usize::MAX, string, to_string),
        &["make_string"],
    ),
];

/// Of numbers and arrays of numbers; what is no code point is left out.
fn to_string(_: &Context, args: &[Value]) -> Outcome {
    let mut out = String::new();
    for arg in args {
        match arg {
            Value::Dynamic(d) => match d.as_array() {
                Some(items) => {
                    out.extend(items.iter().filter_map(|item| letter(&item.clone().into_scalar())))
                }
                None => out.extend(letter(arg)),
            },
            number => out.extend(letter(number)),
        }
    }
    bounded(out)
}

fn letter(value: &Value) -> Option<char> {
    value.as_long().and_then(|n| u32::try_from(n).ok()).and_then(char::from_u32)
}
