//! Two series, or a series and a number, element by element.
use super::{number, whole};
use crate::functions::Function;
use crate::functions::dynamic::support::{array, dynamic, element, function};
use crate::value::{Dyn, Value};

pub(in super::super) static FUNCTIONS: &[Function] = &[
    function("series_add", 2, 2, dynamic, |_, a| Ok(exact(a, i64::wrapping_add, |a, b| a + b))),
    function("series_subtract", 2, 2, dynamic, |_, a| {
        Ok(exact(a, i64::wrapping_sub, |a, b| a - b))
    }),
    function("series_multiply", 2, 2, dynamic, |_, a| {
        Ok(exact(a, i64::wrapping_mul, |a, b| a * b))
    }),
    function("series_divide", 2, 2, dynamic, |_, a| Ok(real(a, |a, b| a / b))),
    function("series_pow", 2, 2, dynamic, |_, a| Ok(real(a, f64::powf))),
    function("series_greater", 2, 2, dynamic, |_, a| Ok(test(a, |a, b| a > b))),
    function("series_greater_equals", 2, 2, dynamic, |_, a| Ok(test(a, |a, b| a >= b))),
    function("series_less", 2, 2, dynamic, |_, a| Ok(test(a, |a, b| a < b))),
    function("series_less_equals", 2, 2, dynamic, |_, a| Ok(test(a, |a, b| a <= b))),
    function("series_equals", 2, 2, dynamic, |_, a| Ok(test(a, |a, b| a == b))),
    function("series_not_equals", 2, 2, dynamic, |_, a| Ok(test(a, |a, b| a != b))),
];

/// A series, or the same number all along.
enum Operand<'a> {
    Series(&'a [Dyn]),
    All(Dyn),
}

impl Operand<'_> {
    fn of(value: &Value) -> Operand<'_> {
        array(value).map_or_else(|| Operand::All(element(value)), Operand::Series)
    }

    fn length(&self) -> usize {
        match self {
            Self::Series(items) => items.len(),
            Self::All(_) => 0,
        }
    }

    fn at(&self, at: usize) -> &Dyn {
        match self {
            Self::Series(items) => items.get(at).unwrap_or(&Dyn::Null),
            Self::All(one) => one,
        }
    }

    fn whole(&self) -> bool {
        match self {
            Self::Series(items) => whole(items),
            Self::All(one) => whole(std::slice::from_ref(one)),
        }
    }
}

/// As long as the longer one; null where one is missing or no number.
fn pairs(a: &[Value], of: impl Fn(&Dyn, &Dyn) -> Option<Dyn>) -> Value {
    let (left, right) = (Operand::of(&a[0]), Operand::of(&a[1]));
    if matches!((&left, &right), (Operand::All(_), Operand::All(_))) {
        return Value::Null;
    }
    let items = (0..left.length().max(right.length()))
        .map(|at| of(left.at(at), right.at(at)).unwrap_or_default());
    Value::dynamic(Dyn::Array(items.collect()))
}

fn real(a: &[Value], of: fn(f64, f64) -> f64) -> Value {
    pairs(a, |a, b| Some(Dyn::Real(of(number(a)?, number(b)?))))
}

/// Longs with longs make longs.
fn exact(a: &[Value], long: fn(i64, i64) -> i64, of: fn(f64, f64) -> f64) -> Value {
    if !Operand::of(&a[0]).whole() || !Operand::of(&a[1]).whole() {
        return real(a, of);
    }
    pairs(a, |a, b| match (a, b) {
        (Dyn::Long(a), Dyn::Long(b)) => Some(Dyn::Long(long(*a, *b))),
        _ => None,
    })
}

fn test(a: &[Value], of: fn(f64, f64) -> bool) -> Value {
    pairs(a, |a, b| Some(Dyn::Bool(of(number(a)?, number(b)?))))
}
