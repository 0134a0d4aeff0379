//! From one type to another, and questions about what a value is.
use super::support::{Outcome, boolean, dynamic, function, int, long, real, string};
use crate::{
    functions::{Context, Function},
    value::{Type, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("tostring", &[], (1, 1), string, |_, a| Ok(a[0].cast(Type::String))),
    function("toint", &[], (1, 1), int, |_, a| Ok(whole(&a[0], Type::Int))),
    function("tolong", &[], (1, 1), long, |_, a| Ok(whole(&a[0], Type::Long))),
    function("todouble", &["toreal"], (1, 1), real, |_, a| Ok(a[0].cast(Type::Real))),
    function("todecimal", &[], (1, 1), |_| Type::Decimal, |_, a| Ok(a[0].cast(Type::Decimal))),
    function("tobool", &["toboolean"], (1, 1), boolean, |_, a| Ok(a[0].cast(Type::Bool))),
    function("todatetime", &[], (1, 1), |_| Type::DateTime, |_, a| Ok(a[0].cast(Type::DateTime))),
    function("totimespan", &["totime"], (1, 1), |_| Type::TimeSpan, |_, a| Ok(a[0].cast(Type::TimeSpan))),
    function("toguid", &[], (1, 1), |_| Type::Guid, |_, a| Ok(a[0].cast(Type::Guid))),
    Function { name: "gettype", aliases: &[], least: 1, most: 1, result: string, eval: gettype },
    function("isnull", &[], (1, 1), boolean, |_, a| Ok(Value::Bool(a[0].is_null()))),
    function("isnotnull", &["notnull"], (1, 1), boolean, |_, a| Ok(Value::Bool(!a[0].is_null()))),
    function("isempty", &[], (1, 1), boolean, |_, a| Ok(Value::Bool(a[0].to_text().is_empty()))),
    function("isnotempty", &["notempty"], (1, 1), boolean, |_, a| Ok(Value::Bool(!a[0].to_text().is_empty()))),
    function("dynamic", &[], (1, 1), dynamic, |_, a| Ok(a[0].cast(Type::Dynamic))),
];

/// A text with a fraction is no whole number, a real is cut.
fn whole(value: &Value, ty: Type) -> Value {
    value.cast(ty)
}

fn gettype(_: &Context, args: &[Value]) -> Outcome {
    use crate::value::Dyn;
    let name = match &args[0] {
        Value::Null => "null",
        Value::Dynamic(d) => match d.as_ref() {
            Dyn::Array(_) => "array",
            Dyn::Bag(_) => "dictionary",
            other => other.clone().into_scalar().type_of().map_or("null", Type::as_str),
        },
        other => other.type_of().map_or("null", Type::as_str),
    };
    Ok(Value::str(name))
}
