//! Conditions as lines that a person reads: what must hold, in the rule's order.
use model::rule::OPERATORS;
use serde_json::{Map, Value};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// Of the deeper lines that follow: `all`, `any`, `none` or `not_all` hold.
    Group(&'static str),
    Test {
        key: String,
        not: bool,
        /// A word of the language, or `is` for equality.
        op: String,
        values: Vec<String>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub depth: usize,
    pub part: Part,
}

pub(super) fn lines(conditions: &Map<String, Value>) -> Vec<Line> {
    let mut out = vec![Line { depth: 0, part: Part::Group("all") }];
    group(conditions, 1, &mut out);
    out
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

fn group(map: &Map<String, Value>, depth: usize, out: &mut Vec<Line>) {
    for (key, value) in map {
        match (key.as_str(), value) {
            ("any", Value::Array(list)) => members("any", list, depth, out),
            ("all", Value::Array(list)) => members("all", list, depth, out),
            ("not", Value::Array(list)) => members("none", list, depth, out),
            ("not", Value::Object(one)) => {
                out.push(Line {
                    depth,
                    part: Part::Group(if one.len() > 1 { "not_all" } else { "none" }),
                });
                group(one, depth + 1, out);
            }
            (_, Value::Object(ops)) if ops.keys().any(|k| OPERATORS.contains(&k.as_str())) => {
                tests(key, ops, false, depth, out)
            }
            _ => out.push(Line { depth, part: equality(key, value, false) }),
        }
    }
}

fn members(word: &'static str, list: &[Value], depth: usize, out: &mut Vec<Line>) {
    out.push(Line { depth, part: Part::Group(word) });
    for member in list.iter().filter_map(Value::as_object) {
        // several conditions of one member belong together; inside `all` they are together anyway
        let apart = member.len() > 1 && word != "all";
        if apart {
            out.push(Line { depth: depth + 1, part: Part::Group("all") });
        }
        group(member, depth + 1 + usize::from(apart), out);
    }
}

fn equality(key: &str, value: &Value, not: bool) -> Part {
    // a missing value is null
    let (op, values) = if value.is_null() { ("absent", Vec::new()) } else { ("is", texts(value)) };
    Part::Test { key: key.into(), not, op: op.into(), values }
}

fn tests(key: &str, ops: &Map<String, Value>, not: bool, depth: usize, out: &mut Vec<Line>) {
    let depth = if not && ops.len() > 1 {
        out.push(Line { depth, part: Part::Group("not_all") });
        depth + 1
    } else {
        depth
    };
    // under `not_all` the tests are said as they are
    let not = not && ops.len() == 1;
    for (op, value) in ops {
        let part = match (op.as_str(), value) {
            ("not", Value::Object(inner)) => {
                tests(key, inner, !not, depth, out);
                continue;
            }
            ("not", value) => equality(key, value, !not),
            ("exists", Value::Bool(there)) => {
                let op = if *there { "exists" } else { "absent" };
                Part::Test { key: key.into(), not, op: op.into(), values: Vec::new() }
            }
            ("equals", value) => {
                Part::Test { key: key.into(), not, op: "is".into(), values: texts(value) }
            }
            (op, value) => Part::Test { key: key.into(), not, op: op.into(), values: texts(value) },
        };
        out.push(Line { depth, part });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(conditions: Value) -> Vec<String> {
        lines(conditions.as_object().unwrap())
            .into_iter()
            .map(|l| {
                let words = match l.part {
                    Part::Group(word) => format!("{word}:"),
                    Part::Test { key, not, op, values } => {
                        format!("{key} {}{op} {}", if not { "not " } else { "" }, values.join("|"))
                    }
                };
                format!("{}{}", ".".repeat(l.depth), words.trim_end())
            })
            .collect()
    }

    #[test]
    fn operators_become_lines_and_their_negation_is_kept() {
        let rule = json!({
            "dataset": "suricata.alert",
            "details.severity": [1, 2],
            "dns.question.name": {"not": {"endswith": [".arpa", ".lan"]}, "exists": true, "longer_than": 80},
            "user.name": {"not": null},
            "a": {"not": {"contains": "x", "not": {"startswith": "y"}}}
        });
        assert_eq!(
            said(rule),
            [
                "all:",
                ".dataset is suricata.alert",
                ".details.severity is 1|2",
                ".dns.question.name not endswith .arpa|.lan",
                ".dns.question.name exists",
                ".dns.question.name longer_than 80",
                ".user.name not absent",
                ".not_all:",
                "..a contains x",
                "..a not startswith y"
            ]
        );
    }

    #[test]
    fn groups_keep_together_what_belongs_together() {
        let rule = json!({"any": [{"a": 1, "b": 2}, {"c": {"cidr": "10.0.0.0/8"}}], "not": [{"d": true}], "all": [{"e": 1, "f": 2}]});
        let lines = [
            "all:",
            ".any:",
            "..all:",
            "...a is 1",
            "...b is 2",
            "..c cidr 10.0.0.0/8",
            ".none:",
            "..d is true",
            ".all:",
            "..e is 1",
            "..f is 2",
        ];
        assert_eq!(said(rule), lines);
        assert_eq!(said(json!({"not": {"a": 1, "b": 2}}))[1], ".not_all:");
        assert_eq!(
            said(json!({"x": {"own": 1}}))[1],
            r#".x is {"own":1}"#,
            "an object without an operator is a value"
        );
    }
}
