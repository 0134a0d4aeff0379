//! The searches of a rule: mappings of `field|modifiers: values`, lists of them, keywords.
use super::{
    Check, Expr, Expression, How, Network, Number, Place, Problem, Test, Values,
    modifier::{self, Kind, Modifiers},
    text::Pattern,
    transform,
    yaml::{Node, Value},
};
use regex::RegexBuilder;

/// A compiled expression may need so many bytes. Past it the rule is refused.
const LARGEST_REGEX: usize = 4 << 20;
/// A text with values from outside in it may stand for so many. Past it the rule is refused.
const MOST_VALUES: usize = 10_000;

/// What a document was given from outside, and what it still wants.
pub(crate) struct Outside<'v> {
    values: &'v Values,
    needs: Vec<String>,
}

impl<'v> Outside<'v> {
    pub fn new(values: &'v Values) -> Self {
        Self { values, needs: vec![] }
    }

    /// Names of values that were asked for and not given.
    pub fn needs(mut self) -> Vec<String> {
        self.needs.sort_unstable();
        self.needs.dedup();
        self.needs
    }

    /// The text with each `%name%` replaced by each of its values.
    fn expand(&mut self, text: &str, at: Place) -> Result<Vec<String>, Problem> {
        let mut texts = vec![String::new()];
        for (piece, inside) in text.split('%').zip([false, true].into_iter().cycle()) {
            let given = match self.values.get(piece) {
                Some(given) if inside => given.clone(),
                _ if inside && !piece.is_empty() => {
                    self.needs.push(piece.to_owned());
                    return Ok(vec![text.to_owned()]);
                }
                _ => vec![piece.to_owned()],
            };
            if texts.len() * given.len() > MOST_VALUES {
                return Err(
                    Problem::new(at, "too many values").help(format!("{MOST_VALUES} at most"))
                );
            }
            texts = texts
                .iter()
                .flat_map(|text| given.iter().map(move |value| format!("{text}{value}")))
                .collect();
        }
        Ok(texts)
    }
}

/// Reads one search.
pub(crate) fn read(node: &Node, outside: &mut Outside<'_>) -> Result<Expr, Problem> {
    match &node.value {
        Value::Map(entries) if entries.is_empty() => Err(empty(node.at, "search")),
        Value::Map(entries) => {
            let items: Result<Vec<_>, _> =
                entries.iter().map(|(name, values)| item(name, values, outside)).collect();
            Ok(one_or(items?, Expr::All))
        }
        Value::Seq(items) if items.is_empty() => Err(empty(node.at, "search")),
        Value::Seq(items) => {
            let items: Result<Vec<_>, _> = items
                .iter()
                .map(|item| match item.value {
                    Value::Map(_) | Value::Seq(_) => read(item, outside),
                    _ => value(None, &Modifiers::default(), item, outside),
                })
                .collect();
            Ok(one_or(items?, Expr::Any))
        }
        _ => value(None, &Modifiers::default(), node, outside),
    }
}

fn empty(at: Place, what: &str) -> Problem {
    Problem::new(at, format!("the {what} is empty")).help("at least one value")
}

fn one_or(mut items: Vec<Expr>, many: fn(Vec<Expr>) -> Expr) -> Expr {
    if items.len() == 1 { items.remove(0) } else { many(items) }
}

fn item(name: &Node, values: &Node, outside: &mut Outside<'_>) -> Result<Expr, Problem> {
    let spelled = match &name.value {
        Value::Str(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        _ => {
            return Err(Problem::new(
                name.at,
                format!("a field's name is a text, not {}", name.kind()),
            ));
        }
    };
    let (field, chain) = match spelled.split_once('|') {
        Some((field, chain)) => (field, Some(chain)),
        None => (spelled.as_str(), None),
    };
    let modifiers = modifier::read(chain, name.at)?;
    let field = (!field.is_empty()).then_some(field);
    if field.is_none() && matches!(modifiers.kind, Kind::Exists | Kind::Field) {
        return Err(Problem::new(name.at, "`exists` and `fieldref` want a field before them"));
    }
    let tests = match &values.value {
        Value::Seq(list) if list.is_empty() => return Err(empty(values.at, "list of values")),
        Value::Seq(list) => list
            .iter()
            .map(|v| value(field, &modifiers, v, outside))
            .collect::<Result<Vec<_>, _>>()?,
        _ => vec![value(field, &modifiers, values, outside)?],
    };
    let together = one_or(tests, if modifiers.all { Expr::All } else { Expr::Any });
    Ok(if modifiers.not { Expr::Not(Box::new(together)) } else { together })
}

/// One value under its modifiers.
fn value(
    field: Option<&str>,
    m: &Modifiers,
    node: &Node,
    outside: &mut Outside<'_>,
) -> Result<Expr, Problem> {
    let test = |check| Expr::Test(Test { field: field.map(str::to_owned), check });
    let wrong = |wanted: &str| {
        Problem::new(node.at, format!("{wanted} is wanted here, not {}", node.kind()))
    };
    let text = match &node.value {
        Value::Map(_) | Value::Seq(_) => {
            return Err(
                wrong("a value").help("fields that are inside others are spelled `outer.inner`")
            );
        }
        Value::Null if m.kind == Kind::Text => match field {
            Some(_) => return Ok(test(Check::Null)),
            None => return Err(wrong("a keyword")),
        },
        Value::Null => return Err(wrong("a value")),
        Value::Bool(b) => b.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Str(text) => text.clone(),
    };
    Ok(match m.kind {
        Kind::Text => return texts(field, m, node, &text, outside),
        Kind::Regex { insensitive, multiline, dot_all } => {
            let expression = RegexBuilder::new(&text)
                .case_insensitive(insensitive)
                .multi_line(multiline)
                .dot_matches_new_line(dot_all)
                .size_limit(LARGEST_REGEX)
                .build();
            let why = "no look-around and no back-references: an expression must take time in proportion to the text";
            test(Check::Regex(Expression(expression.map_err(|e| {
                Problem::new(
                    node.at,
                    format!("not a regular expression: {}", e.to_string().replace('\n', " ")),
                )
                .help(why)
            })?)))
        }
        Kind::Cidr => test(Check::Cidr(network(&text).ok_or_else(|| {
            Problem::new(node.at, format!("`{text}` is not a network"))
                .help("for example 10.0.0.0/8 or fe80::/10")
        })?)),
        Kind::Exists => match &node.value {
            Value::Bool(yes) => test(Check::Exists(*yes)),
            _ => return Err(wrong("true or false")),
        },
        Kind::Field => {
            test(Check::Field { other: text, how: m.how.unwrap_or(How::Equals), cased: m.cased })
        }
        Kind::Compare(order) => {
            test(Check::Compare(order, text.parse().map_err(|_| wrong("a number"))?))
        }
        Kind::Time(part, order) => {
            test(Check::Time(part, order, text.parse().map_err(|_| wrong("a whole number"))?))
        }
    })
}

fn network(text: &str) -> Option<Network> {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
    let base: std::net::IpAddr = address.parse().ok()?;
    let widest = if base.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.map_or(Some(widest), |p| p.parse().ok())?;
    (prefix <= widest).then_some(Network { base, prefix })
}

fn texts(
    field: Option<&str>,
    m: &Modifiers,
    node: &Node,
    text: &str,
    outside: &mut Outside<'_>,
) -> Result<Expr, Problem> {
    let test = |check| Expr::Test(Test { field: field.map(str::to_owned), check });
    let plain = m.how.is_none() && m.encode.is_empty() && field.is_some();
    match node.value {
        Value::Int(number) if plain => return Ok(test(Check::Number(Number::Int(number)))),
        Value::Float(number) if plain => return Ok(test(Check::Number(Number::Float(number)))),
        _ => {}
    }
    let spelled = if m.expand { outside.expand(text, node.at)? } else { vec![text.to_owned()] };
    let mut patterns = vec![];
    for text in spelled {
        let clear = Pattern::parse(&text);
        if m.encode.is_empty() {
            patterns.push(clear);
            continue;
        }
        let clear = clear.as_literal().ok_or_else(|| {
            Problem::new(node.at, "a text that is encoded has no wildcards")
                .help("spell them `\\*` and `\\?`")
        })?;
        patterns.extend(transform::encode(clear, &m.encode).iter().map(|t| Pattern::literal(t)));
    }
    if m.windash {
        patterns = patterns.iter().flat_map(transform::windash).collect();
    }
    // encoded letters differ by case; a keyword is found anywhere
    let cased = m.cased || !m.encode.is_empty();
    let offset = m.encode.contains(&modifier::Encoding::Base64Offset);
    let how = m.how.or((field.is_none() || offset).then_some(How::Contains));
    let tests = patterns
        .into_iter()
        .map(|pattern| {
            let (before, after) = match how {
                None | Some(How::Equals) => (false, false),
                Some(How::Contains) => (true, true),
                Some(How::Starts) => (false, true),
                Some(How::Ends) => (true, false),
            };
            test(Check::Like { pattern: pattern.within(before, after), cased })
        })
        .collect();
    Ok(one_or(tests, Expr::Any))
}
