//! What columns are called that the query does not name.
use crate::syntax::ast::{Expr, ExprKind, Literal};

/// Functions whose result has the name of their first argument.
const TRANSPARENT: [&str; 34] = [
    "tostring",
    "toint",
    "tolong",
    "todouble",
    "toreal",
    "todecimal",
    "tobool",
    "toboolean",
    "todatetime",
    "totimespan",
    "totime",
    "toguid",
    "todynamic",
    "bin",
    "floor",
    "bin_at",
    "bin_auto",
    "tolower",
    "toupper",
    "startofday",
    "startofweek",
    "startofmonth",
    "startofyear",
    "endofday",
    "endofweek",
    "endofmonth",
    "endofyear",
    "parse_json",
    "parsejson",
    "row_cumsum",
    "series_fill_const",
    "round",
    "format_datetime",
    "format_timespan",
];

/// The name that the expression itself says; `None` where it says none.
pub(crate) fn of(expr: &Expr) -> Option<String> {
    match &expr.kind {
        // `tostring(make_set(x))` is called as the set is
        ExprKind::Call { name, args }
            if crate::aggregates::find(&name.text).is_some()
                && crate::functions::find(&name.text).is_none() =>
        {
            Some(of_aggregate(&name.text, args))
        }
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Named { names, .. } => names.first().map(|name| name.text.clone()),
        ExprKind::Member { base, member } => {
            let inner = of(base)?;
            if inner.starts_with('$') {
                return of(member);
            }
            Some(format!("{inner}_{}", of(member)?))
        }
        ExprKind::Index { base, index } => {
            let index = match &index.kind {
                ExprKind::Literal(Literal::Str { value, .. }) => value.clone(),
                ExprKind::Literal(Literal::Long(number)) => number.clone(),
                _ => return None,
            };
            Some(format!("{}_{}", of(base)?, index.replace(|c: char| !c.is_alphanumeric(), "_")))
        }
        ExprKind::Call { name, args } if name.text == "percentile_tdigest" => {
            Some(format!("{}_{}", name.text, of(args.first()?)?))
        }
        ExprKind::Call { name, args } if TRANSPARENT.contains(&name.text.as_str()) => {
            of(args.first()?)
        }
        _ => None,
    }
}

/// What an aggregate's column is called: `sum_v`, `count_`, `list_x`.
pub(crate) fn of_aggregate(function: &str, args: &[Expr]) -> String {
    let first = args.first().and_then(of).unwrap_or_default();
    match function {
        "take_any" | "take_anyif" => {
            if first.is_empty() {
                "take_any_".to_owned()
            } else {
                first
            }
        }
        "any" | "anyif" => format!("any_{first}"),
        "make_list" | "makelist" | "make_list_if" | "make_list_with_nulls" => {
            format!("list_{first}")
        }
        "make_set" | "makeset" | "make_set_if" => format!("set_{first}"),
        "make_bag" | "make_bag_if" | "make_dictionary" => format!("bag_{first}"),
        "buildschema" => format!("schema_{first}"),
        "percentiles_array" | "percentilesw_array" => format!("percentiles_{first}"),
        "percentile" | "percentiles" | "percentilew" | "percentilesw" => {
            format!("percentile_{first}")
        }
        "covariance" | "covarianceif" | "covariancep" | "covariancepif" => {
            format!("{function}_{first}_{}", args.get(1).and_then(of).unwrap_or_default())
        }
        _ => format!("{function}_{first}"),
    }
}
