//! What a correlation counts, ready to be asked of every hit.
use crate::{
    event::{Event, Scalar},
    language::{Correlation, Expr, Kind, Order, Pack, Source, Threshold, When},
    matcher::plain,
};

/// So many events are named as the evidence of one hit; more are counted only.
pub const MOST_EVENTS: usize = 100;

/// One hit of a rule, as one correlation sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Microseconds since 1970.
    pub time: i64,
    pub(super) spec: usize,
    /// Which of the correlation's rules hit.
    pub(super) slot: usize,
    /// The values of the fields it is grouped by.
    pub(super) group: Box<[Box<str>]>,
    pub(super) value: Value,
    /// The caller's number of the event.
    pub(super) event: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    None,
    Text(Box<str>),
    Number(f64),
}

pub(super) struct Spec {
    pub kind: Kind,
    pub when: When,
    pub timespan: i64,
    pub group_by: Vec<String>,
    /// For each slot, the fields of `group_by` under the names that this rule has for them.
    pub fields: Vec<Vec<String>>,
    /// Correlations that count this one, with the slot there.
    pub parents: Vec<(usize, usize)>,
    /// Whether it can hit before its window is over.
    pub early: bool,
}

/// For each rule of the pack, the correlations that count it, with the slot; and all correlations.
pub(super) fn specs(pack: &Pack) -> (Vec<Vec<(usize, usize)>>, Vec<Spec>) {
    let mut by_rule = vec![vec![]; pack.rules.len()];
    let mut specs: Vec<Spec> = pack.correlations.iter().map(Spec::new).collect();
    for (at, sources) in pack.sources.iter().enumerate() {
        for (slot, source) in sources.iter().enumerate() {
            match source {
                Source::Rule(rule) => by_rule[*rule].push((at, slot)),
                Source::Correlation(inner) => specs[*inner].parents.push((at, slot)),
            }
        }
    }
    (by_rule, specs)
}

impl Spec {
    fn new(correlation: &Correlation) -> Self {
        let named = |rule: &String, field: &String| {
            let alias =
                correlation.aliases.iter().find(|(alias, of, _)| alias == field && of == rule);
            alias.map_or_else(|| field.clone(), |(.., field)| field.clone())
        };
        let fields = |rule| correlation.group_by.iter().map(|field| named(rule, field)).collect();
        Self {
            early: early(&correlation.kind, &correlation.when),
            fields: correlation.rules.iter().map(fields).collect(),
            kind: correlation.kind.clone(),
            when: correlation.when.clone(),
            timespan: correlation.timespan,
            group_by: correlation.group_by.clone(),
            parents: vec![],
        }
    }

    /// `None` when the event lacks a field that is grouped by or counted: it then belongs to no group.
    pub fn signal(
        &self,
        event: &Event<'_>,
        time: i64,
        at: usize,
        slot: usize,
        number: u64,
    ) -> Option<Signal> {
        let first =
            |field: &str| event.values(field).find_map(plain::text).map(|text| Box::from(&*text));
        let group: Option<Box<[Box<str>]>> =
            self.fields[slot].iter().map(|field| first(field)).collect();
        let value = match &self.kind {
            Kind::ValueCount(fields) => {
                let values: Option<Vec<Box<str>>> =
                    fields.iter().map(|field| first(field)).collect();
                // lengths keep ("a", "bc") and ("ab", "c") apart
                Value::Text(match values?.as_slice() {
                    [one] => one.clone(),
                    several => several
                        .iter()
                        .map(|v| format!("{}:{v}", v.len()))
                        .collect::<String>()
                        .into(),
                })
            }
            Kind::ValueSum(field) | Kind::ValueAvg(field) | Kind::ValuePercentile(field, _) => {
                Value::Number(event.values(field).find_map(number_of)?)
            }
            Kind::EventCount | Kind::Temporal | Kind::TemporalOrdered => Value::None,
        };
        Some(Signal { time, spec: at, slot, group: group?, value, event: number })
    }
}

fn number_of(value: &Scalar<'_>) -> Option<f64> {
    match value {
        #[allow(clippy::cast_precision_loss, reason = "sums are of doubles")]
        Scalar::Int(number) => Some(*number as f64),
        Scalar::Float(number) => Some(*number),
        Scalar::Str(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        _ => None,
    }
}

fn early(kind: &Kind, when: &When) -> bool {
    let at_least =
        |t: &Threshold| !t.not && matches!(t.order, Order::Greater | Order::GreaterEqual);
    match when {
        When::AllRules => true,
        When::Rules(expr) => !negates(expr),
        When::Compares(thresholds) => {
            !matches!(kind, Kind::ValueAvg(_) | Kind::ValuePercentile(..))
                && thresholds.iter().all(at_least)
        }
    }
}

fn negates(expr: &Expr) -> bool {
    match expr {
        Expr::Not(_) => true,
        Expr::All(items) | Expr::Any(items) | Expr::Count(_, items) => items.iter().any(negates),
        Expr::Test(_) => false,
    }
}
