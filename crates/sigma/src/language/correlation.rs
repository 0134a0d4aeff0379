//! A correlation: rules that hit often enough, or together, within a time.
use super::{
    About, Check, Expr, Order, Problem, Test,
    about::{missing, spelled, text, texts},
    condition,
    yaml::{Node, Value},
};

#[derive(Debug, Clone)]
pub struct Correlation {
    pub about: About,
    pub kind: Kind,
    /// Ids or names of the rules (or correlations) whose hits are counted.
    pub rules: Vec<String>,
    pub group_by: Vec<String>,
    /// A name of `group_by`, the rule it is meant for, and what the field is called there.
    pub aliases: Vec<(String, String, String)>,
    /// Microseconds from the first hit to the last.
    pub timespan: i64,
    pub when: When,
    /// Whether the rules also raise alerts of their own.
    pub generate: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    EventCount,
    /// Different values of the field, or of the fields together.
    ValueCount(Vec<String>),
    ValueSum(String),
    ValueAvg(String),
    /// The field and the percentile, 0 to 100; the median is the 50th.
    ValuePercentile(String, f64),
    Temporal,
    TemporalOrdered,
}

/// When the correlation hits.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// All of these compare so.
    Compares(Vec<Threshold>),
    /// Every rule hit.
    AllRules,
    /// The rules that hit are so: a tree whose tests are places in `rules`.
    Rules(Expr),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    pub order: Order,
    pub not: bool,
    pub value: f64,
}

const KINDS: &str = "event_count, value_count, value_sum, value_avg, value_percentile, value_median, temporal, temporal_ordered";
const ORDERS: [(&str, Order, bool); 6] = [
    ("gt", Order::Greater, false),
    ("gte", Order::GreaterEqual, false),
    ("lt", Order::Less, false),
    ("lte", Order::LessEqual, false),
    ("eq", Order::Equal, false),
    ("neq", Order::Equal, true),
];

pub(crate) fn read(document: &Node) -> Result<Correlation, Problem> {
    let node = document.get("correlation").ok_or_else(|| missing(document, "correlation"))?;
    let about = About::read(document)?;
    let rules = texts(node, "rules")?;
    if rules.is_empty() {
        return Err(missing(node, "rules").help("ids or names of rules"));
    }
    let kind = kind(node)?;
    let generate =
        match node.get("generate").or_else(|| document.get("generate")).map(|n| (&n.value, n.at)) {
            None => false,
            Some((Value::Bool(yes), _)) => *yes,
            Some((_, at)) => return Err(Problem::new(at, "`generate` is true or false")),
        };
    Ok(Correlation {
        when: when(node, &kind, &rules)?,
        group_by: texts(node, "group-by")?,
        aliases: aliases(node, &rules)?,
        timespan: timespan(node)?,
        about,
        kind,
        rules,
        generate,
    })
}

fn kind(node: &Node) -> Result<Kind, Problem> {
    let place = node.get("type").ok_or_else(|| missing(node, "type").help(KINDS))?;
    let condition = node.get("condition");
    let fields = || -> Result<Vec<String>, Problem> {
        let fields = condition.map_or(Ok(vec![]), |c| texts(c, "field"))?;
        match fields.is_empty() {
            true => {
                Err(Problem::new(condition.unwrap_or(node).at, "`field` is missing: whose values?"))
            }
            false => Ok(fields),
        }
    };
    let field = || {
        fields().and_then(|mut fields| match fields.len() {
            1 => Ok(fields.remove(0)),
            _ => Err(Problem::new(condition.unwrap_or(node).at, "one field is wanted here")),
        })
    };
    Ok(match text(node, "type")?.as_str() {
        "event_count" => Kind::EventCount,
        "value_count" => Kind::ValueCount(fields()?),
        "value_sum" => Kind::ValueSum(field()?),
        "value_avg" => Kind::ValueAvg(field()?),
        "value_median" => Kind::ValuePercentile(field()?, 50.0),
        "value_percentile" => {
            let percentile = condition
                .and_then(|c| c.get("percentile"))
                .map_or(Ok("50".to_owned()), |n| spelled(n, "percentile"))?;
            match percentile.parse() {
                Ok(p) if (0.0..=100.0).contains(&p) => Kind::ValuePercentile(field()?, p),
                _ => {
                    return Err(Problem::new(
                        condition.unwrap_or(node).at,
                        "`percentile` is a number from 0 to 100",
                    ));
                }
            }
        }
        "temporal" => Kind::Temporal,
        "temporal_ordered" => Kind::TemporalOrdered,
        other => {
            return Err(
                Problem::new(place.at, format!("`{other}` is no type of correlation")).help(KINDS)
            );
        }
    })
}

fn when(node: &Node, kind: &Kind, rules: &[String]) -> Result<When, Problem> {
    let temporal = matches!(kind, Kind::Temporal | Kind::TemporalOrdered);
    let Some(condition) = node.get("condition") else {
        return if temporal {
            Ok(When::AllRules)
        } else {
            Err(missing(node, "condition").help("for example `gte: 10`"))
        };
    };
    if let Value::Str(text) = &condition.value {
        if *kind != Kind::Temporal {
            return Err(Problem::new(condition.at, "a text is a condition of `temporal` only")
                .help("gt, gte, lt, lte, eq or neq with a number"));
        }
        // a rule is a search that asks for its own place
        let searches: Vec<(String, Expr)> = rules
            .iter()
            .enumerate()
            .map(|(at, name)| {
                (
                    name.clone(),
                    Expr::Test(Test { field: Some(at.to_string()), check: Check::Exists(true) }),
                )
            })
            .collect();
        return condition::read(text, condition.at, &searches).map(When::Rules);
    }
    let mut thresholds = vec![];
    for (name, value) in condition.entries() {
        let name = name.text().unwrap_or_default();
        if matches!(name, "field" | "percentile") {
            continue;
        }
        let Some((_, order, not)) = ORDERS.iter().find(|(word, ..)| *word == name) else {
            return Err(Problem::new(value.at, format!("`{name}` is no condition"))
                .help("gt, gte, lt, lte, eq, neq, field, percentile"));
        };
        let number = match value.value {
            #[allow(clippy::cast_precision_loss, reason = "counts of a rule are small")]
            Value::Int(number) => number as f64,
            Value::Float(number) => number,
            _ => {
                return Err(Problem::new(
                    value.at,
                    format!("a number is wanted here, not {}", value.kind()),
                ));
            }
        };
        thresholds.push(Threshold { order: *order, not: *not, value: number });
    }
    match (thresholds.is_empty(), temporal) {
        (true, true) => Ok(When::AllRules),
        (true, false) => Err(Problem::new(condition.at, "the condition says no number")
            .help("for example `gte: 10`")),
        (false, _) => Ok(When::Compares(thresholds)),
    }
}

fn timespan(node: &Node) -> Result<i64, Problem> {
    let place = node
        .get("timespan")
        .or_else(|| node.get("timeframe"))
        .ok_or_else(|| missing(node, "timespan").help("for example 5m"))?;
    let said = spelled(place, "timespan")?;
    let wrong = || {
        Problem::new(place.at, format!("`{said}` is no time span"))
            .help("a number and s, m, h, d, w, M (30 days) or y (365 days)")
    };
    let unit = said.chars().next_back().ok_or_else(wrong)?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        'M' => 30 * 86_400,
        'y' => 365 * 86_400,
        _ => return Err(wrong()),
    };
    let number: i64 = said[..said.len() - unit.len_utf8()].trim().parse().map_err(|_| wrong())?;
    let micros = seconds.checked_mul(1_000_000).and_then(|unit| unit.checked_mul(number));
    micros.filter(|span| *span > 0).ok_or_else(wrong)
}

fn aliases(node: &Node, rules: &[String]) -> Result<Vec<(String, String, String)>, Problem> {
    let mut aliases = vec![];
    let Some(all) = node.get("aliases") else { return Ok(aliases) };
    for (alias, fields) in all.entries() {
        for (rule, field) in fields.entries() {
            let name = spelled(rule, "aliases")?;
            if !rules.contains(&name) {
                return Err(Problem::new(rule.at, format!("`{name}` is not one of the rules"))
                    .help(rules.join(", ")));
            }
            aliases.push((spelled(alias, "aliases")?, name, spelled(field, "aliases")?));
        }
    }
    Ok(aliases)
}
