//! Why a rule hit an event, or did not: every question it asks, the values it met, yes or no.
use super::plain;
use crate::{
    event::{Event, meets},
    language::{Check, Expr, How, Order, Part, Pattern, Rule, Test},
};
use std::fmt;

/// The answer, outermost question first.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Explanation {
    /// Whether the rule hits: it is for such logs, needs no values, and its condition holds.
    pub hits: bool,
    /// Whether the event is of a kind of log that the rule is for.
    pub logsource: bool,
    /// Names of values the rule wants from outside. With any it never hits.
    pub needs: Vec<String>,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Step {
    /// How many questions this one is inside of.
    pub depth: usize,
    /// `all of`, `any of`, `not`, or the question in words.
    pub asked: String,
    /// The field's values, where a field was asked.
    pub found: Vec<String>,
    pub holds: bool,
}

/// Values shown for one question. Keywords ask all of an event's.
const SHOWN: usize = 8;

pub fn explain(rule: &Rule, event: &Event<'_>) -> Explanation {
    let mut steps = vec![];
    let holds = walk(&rule.detection, event, 0, &mut steps);
    let logsource = meets(&rule.logsource, &event.kinds);
    Explanation {
        hits: holds && logsource && rule.needs.is_empty(),
        logsource,
        needs: rule.needs.clone(),
        steps,
    }
}

fn walk(expr: &Expr, event: &Event<'_>, depth: usize, steps: &mut Vec<Step>) -> bool {
    let at = steps.len();
    let (asked, inside): (String, &[Expr]) = match expr {
        Expr::All(items) => ("all of".to_owned(), items),
        Expr::Any(items) => ("any of".to_owned(), items),
        Expr::Count(least, items) => (format!("{least} of"), items),
        Expr::Not(item) => ("not".to_owned(), std::slice::from_ref(item)),
        Expr::Test(test) => (test.to_string(), &[]),
    };
    steps.push(Step { depth, asked, found: vec![], holds: plain::holds(expr, event) });
    if let Expr::Test(Test { field: Some(field), .. }) = expr {
        let values = event.values(field).take(SHOWN);
        steps[at].found = values
            .map(|value| plain::text(value).map_or_else(|| "null".to_owned(), Into::into))
            .collect();
    }
    for item in inside {
        walk(item, event, depth + 1, steps);
    }
    steps[at].holds
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.logsource {
            writeln!(f, "  no   the rule is for other logs")?;
        }
        if !self.needs.is_empty() {
            writeln!(f, "  no   the rule needs values: {}", self.needs.join(", "))?;
        }
        for Step { depth, asked, found, holds } in &self.steps {
            let verdict = if *holds { "yes" } else { "no " };
            write!(f, "  {verdict}  {:width$}{asked}", "", width = depth * 2)?;
            writeln!(
                f,
                "{}",
                if found.is_empty() {
                    String::new()
                } else {
                    format!("  <- {}", found.join(" | "))
                }
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.field.as_deref().unwrap_or("any field"))?;
        let order = |order: Order| match order {
            Order::Equal => "=",
            Order::Less => "<",
            Order::LessEqual => "<=",
            Order::Greater => ">",
            Order::GreaterEqual => ">=",
        };
        match &self.check {
            Check::Like { pattern, cased } => {
                write!(f, "{}{pattern}", if *cased { "like (case counts) " } else { "like " })
            }
            Check::Regex(expression) => write!(f, "matches /{}/", expression.0.as_str()),
            Check::Cidr(network) => write!(f, "in {}/{}", network.base, network.prefix),
            Check::Compare(o, number) => write!(f, "{} {number}", order(*o)),
            Check::Number(crate::language::Number::Int(number)) => write!(f, "= {number}"),
            Check::Number(crate::language::Number::Float(number)) => write!(f, "= {number}"),
            Check::Time(part, o, number) => {
                write!(f, "{} {} {number}", format!("{part:?}").to_lowercase(), order(*o))
            }
            Check::Null => f.write_str("is null or absent"),
            Check::Exists(true) => f.write_str("exists"),
            Check::Exists(false) => f.write_str("is absent"),
            Check::Field { other, how, .. } => {
                let how = match how {
                    How::Equals => "equals",
                    How::Contains => "contains",
                    How::Starts => "starts with",
                    How::Ends => "ends with",
                };
                write!(f, "{how} the field {other}")
            }
        }
    }
}

impl fmt::Display for Pattern {
    /// As a rule spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                Part::Many => f.write_str("*")?,
                Part::One => f.write_str("?")?,
                Part::Text(text) => f.write_str(&text.replace('*', "\\*").replace('?', "\\?"))?,
            }
        }
        Ok(())
    }
}
