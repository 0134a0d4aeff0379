//! Conversions between types, and the name of a type.
use super::support::{Outcome, aliased, boolean, function, long, string};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Type, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    function("tostring", 1, 1, string, |_, args| to(args, Type::String)),
    function("toint", 1, 1, |_| Type::Int, |_, args| to(args, Type::Int)),
    function("tolong", 1, 1, long, |_, args| to(args, Type::Long)),
    aliased(
        function("todouble", 1, 1, |_| Type::Real, |_, args| to(args, Type::Real)),
        &["toreal"],
    ),
    function("todecimal", 1, 1, |_| Type::Decimal, |_, args| to(args, Type::Decimal)),
    aliased(function("tobool", 1, 1, boolean, |_, args| to(args, Type::Bool)), &["toboolean"]),
    function("todatetime", 1, 1, |_| Type::DateTime, |_, args| to(args, Type::DateTime)),
    aliased(
        function("totimespan", 1, 1, |_| Type::TimeSpan, |_, args| to(args, Type::TimeSpan)),
        &["totime"],
    ),
    function("toguid", 1, 1, |_| Type::Guid, |_, args| to(args, Type::Guid)),
    function("gettype", 1, 1, string, type_name),
];

fn to(args: &[Value], ty: Type) -> Outcome {
    Ok(args.first().unwrap_or(&Value::Null).cast(ty))
}

/// What is known of the value alone: of a null in a typed column the caller knows the type, this does not.
fn type_name(_: &Context, args: &[Value]) -> Outcome {
    let name = match args.first() {
        Some(Value::Dynamic(d)) => match d.as_ref() {
            Dyn::Null => "null",
            Dyn::Array(_) => "array",
            Dyn::Bag(_) => "dictionary",
            Dyn::Real(_) => "double",
            scalar => scalar.clone().into_scalar().type_of().map_or("null", Type::as_str),
        },
        Some(value) => value.type_of().map_or("null", Type::as_str),
        None => "null",
    };
    Ok(Value::str(name))
}
