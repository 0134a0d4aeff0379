//! What is read from the states of aggregates: `dcount_hll`, `percentile_tdigest`, ….
use super::{Context, Function};
use crate::{
    aggregates::{digest, hll},
    value::{Dyn, Type, Value},
};

type Eval = fn(&Context, &[Value]) -> Outcome;
type Outcome = Result<Value, String>;

const fn function(
    name: &'static str,
    aliases: &'static [&'static str],
    (least, most): (usize, usize),
    result: fn(&[Type]) -> Type,
    eval: Eval,
) -> Function {
    Function { name, aliases, least, most, result, eval }
}

fn boolean(_: &[Type]) -> Type {
    Type::Bool
}

fn long(_: &[Type]) -> Type {
    Type::Long
}

fn real(_: &[Type]) -> Type {
    Type::Real
}

fn dynamic(_: &[Type]) -> Type {
    Type::Dynamic
}

pub(super) const FUNCTIONS: &[Function] = &[
    function("dcount_hll", &[], (1, 1), long, |_, a| Ok(hll::dcount_hll(&a[0]))),
    function("hll_merge", &[], (2, 64), dynamic, |_, a| Ok(hll::hll_merge(a))),
    function("hll_isvalid", &[], (1, 1), boolean, |_, a| Ok(hll::hll_isvalid(&a[0]))),
    function("percentile_tdigest", &[], (2, 3), real, percentile),
    function("percentiles_array_tdigest", &[], (2, 64), dynamic, percentiles),
    function("rank_tdigest", &[], (2, 2), real, |_, a| Ok(digest::rank_tdigest(&a[0], &a[1]))),
    function("percentrank_tdigest", &[], (2, 2), real, |_, a| {
        Ok(digest::percentrank_tdigest(&a[0], &a[1]))
    }),
    function("merge_tdigest", &["merge_tdigests", "tdigest_merge"], (2, 64), dynamic, |_, a| {
        Ok(digest::merge_tdigest(a))
    }),
    function("tdigest_isvalid", &[], (1, 1), boolean, |_, a| Ok(digest::tdigest_isvalid(&a[0]))),
];

fn percentile(_: &Context, args: &[Value]) -> Outcome {
    let ty = args.get(2).and_then(|ty| Type::parse(&ty.to_text()));
    Ok(args[1]
        .as_real()
        .map_or(Value::Null, |percent| digest::percentile_tdigest(&args[0], percent, ty)))
}

fn percentiles(_: &Context, args: &[Value]) -> Outcome {
    let numbers = args[1..].iter().flat_map(|arg| match arg {
        Value::Dynamic(d) => d
            .as_array()
            .unwrap_or_default()
            .iter()
            .filter_map(|item: &Dyn| item.clone().into_scalar().as_real())
            .collect(),
        other => other.as_real().into_iter().collect::<Vec<f64>>(),
    });
    Ok(digest::percentiles_array_tdigest(&args[0], &numbers.collect::<Vec<_>>()))
}
