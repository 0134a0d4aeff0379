//! `parse`, `parse-where`, `parse-kv`: columns out of texts.
use super::{param, text_of};
use crate::{
    run::{Res, Runner, Scope, wrong},
    syntax::ast::{Expr, ExprKind, Literal, Operator, Parameter, ParsePart, Schema},
    table::{Column, Table},
    value::{Type, Value},
};
use regex::Regex;

/// A compiled pattern may need so many bytes.
const LARGEST: usize = 4 << 20;

impl Runner<'_> {
    pub(super) fn parse(
        &self,
        op: &Operator,
        filter: bool,
        target: &Expr,
        parts: &[ParsePart],
        table: &Table,
        scope: &Scope,
    ) -> Res<Table> {
        let kind = param(op, "kind").map_or_else(|| "simple".to_owned(), text_of);
        let flags = param(op, "flags").map_or_else(String::new, text_of);
        let texts = self.eval(target, scope, table)?;
        let mut columns: Vec<(String, Type)> = vec![];
        for part in parts {
            if let ParsePart::Column { name, ty } = part {
                let Some(parsed) =
                    ty.as_ref().map_or(Some(Type::String), |ty| Type::parse(&ty.text))
                else {
                    return wrong(name.span, "there is no such type");
                };
                columns.push((name.text.clone(), parsed));
            }
        }
        let expression = self.pattern(&kind, &flags, parts, scope)?;
        let expression = match regex::RegexBuilder::new(&expression).size_limit(LARGEST).build() {
            Ok(expression) => expression,
            Err(e) => {
                return wrong(
                    op.keyword,
                    format!("not a regular expression: {}", e.to_string().replace('\n', " ")),
                );
            }
        };
        let mut values: Vec<Vec<Value>> = vec![Vec::with_capacity(table.rows); columns.len()];
        let mut matched = vec![];
        for row in 0..table.rows {
            let found = parsed(&expression, &texts.get(row).to_text(), &columns, kind == "relaxed");
            if found.is_some() {
                matched.push(row);
            }
            let found = found
                .unwrap_or_else(|| columns.iter().map(|(_, ty)| Value::Null.cast(*ty)).collect());
            values.iter_mut().zip(found).for_each(|(column, value)| column.push(value));
        }
        let mut done = table.clone();
        for ((name, ty), values) in columns.into_iter().zip(values) {
            done.set(name, Column::new(ty, values));
        }
        Ok(if filter { done.take(&matched) } else { done })
    }

    fn pattern(&self, kind: &str, flags: &str, parts: &[ParsePart], scope: &Scope) -> Res<String> {
        let regex = kind == "regex";
        let mut text =
            if regex && !flags.is_empty() { format!("(?s{flags})^") } else { "(?s)^".to_owned() };
        let mut column = 0;
        for (at, part) in parts.iter().enumerate() {
            let last = at + 1 == parts.len();
            match part {
                ParsePart::Skip => text.push_str(if last { ".*" } else { ".*?" }),
                ParsePart::Text(expr) => {
                    let literal = self.eval(expr, scope, &Table::new(1))?.get(0).to_text();
                    if regex {
                        text.push_str(&format!("(?:{literal})"));
                    } else {
                        text.push_str(&regex::escape(&literal));
                    }
                }
                ParsePart::Column { ty, .. } => {
                    let ty =
                        ty.as_ref().and_then(|ty| Type::parse(&ty.text)).unwrap_or(Type::String);
                    // expressions of the query may have groups of their own: ours have names
                    let inner = match ty {
                        Type::Int | Type::Long if kind == "relaxed" => r"\s*[-+]?\d*\s*",
                        Type::Int | Type::Long => r"\s*[-+]?\d+\s*",
                        Type::Real | Type::Decimal if kind == "relaxed" => {
                            r"\s*[-+]?[\d.]*(?:[eE][-+]?\d+)?\s*"
                        }
                        Type::Real | Type::Decimal => {
                            r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*"
                        }
                        _ if regex || last => ".*",
                        _ => ".*?",
                    };
                    text.push_str(&format!("(?P<c{column}>{inner})"));
                    column += 1;
                }
            }
        }
        if !regex || !matches!(parts.last(), Some(ParsePart::Text(_))) {
            text.push('$');
        }
        Ok(text)
    }

    pub(super) fn parse_kv(
        &self,
        target: &Expr,
        schema: &Schema,
        with: &[Parameter],
        table: &Table,
        scope: &Scope,
    ) -> Res<Table> {
        let option = |name: &str| -> Res<Option<String>> {
            with.iter()
                .find(|p| p.name.text == name)
                .map(|p| match &p.value.kind {
                    ExprKind::Literal(Literal::Str { value, .. }) => Ok(value.clone()),
                    _ => {
                        Ok(self.eval(&p.value, scope, &Table::new(1))?.get(0).to_text().to_string())
                    }
                })
                .transpose()
        };
        let texts = self.eval(target, scope, table)?;
        let regex = match option("regex")? {
            Some(text) => match regex::RegexBuilder::new(&text).size_limit(LARGEST).build() {
                Ok(regex) => Some(regex),
                Err(e) => {
                    return wrong(
                        target.span,
                        format!("not a regular expression: {}", e.to_string().replace('\n', " ")),
                    );
                }
            },
            None => None,
        };
        let rules = Pairs {
            pair: option("pair_delimiter")?,
            value: option("kv_delimiter")?.unwrap_or_else(|| "=".to_owned()),
            quotes: option("quote")?
                .map_or_else(|| vec!['"', '\''], |quote| quote.chars().collect()),
            escape: option("escape")?.and_then(|escape| escape.chars().next()),
            greedy: option("greedy")?.is_some_and(|greedy| greedy.eq_ignore_ascii_case("true")),
        };
        let found: Vec<Vec<(String, String)>> = texts
            .values()
            .map(|text| {
                let text = text.to_text();
                match &regex {
                    Some(regex) => regex
                        .captures_iter(&text)
                        .filter_map(|c| {
                            Some((c.get(1)?.as_str().to_owned(), c.get(2)?.as_str().to_owned()))
                        })
                        .collect(),
                    None => rules.read(&text),
                }
            })
            .collect();
        let mut done = table.clone();
        for column in &schema.columns {
            let Some(ty) = Type::parse(&column.ty.text) else {
                return wrong(column.ty.span, format!("`{}` is no type", column.ty.text));
            };
            let values = found.iter().map(|pairs| {
                let pair = pairs.iter().find(|(name, _)| *name == column.name.text);
                pair.map_or(Value::Null, |(_, value)| Value::str(value)).cast(ty)
            });
            done.set(column.name.text.as_str(), Column::new(ty, values.collect::<Vec<_>>()));
        }
        Ok(done)
    }
}

/// `None` when the text is not as the pattern says.
fn parsed(
    expression: &Regex,
    text: &str,
    columns: &[(String, Type)],
    relaxed: bool,
) -> Option<Vec<Value>> {
    let found = expression.captures(text)?;
    columns
        .iter()
        .enumerate()
        .map(|(at, (_, ty))| {
            let value = Value::str(found.name(&format!("c{at}"))?.as_str()).cast(*ty);
            (relaxed || !value.is_null()).then_some(value)
        })
        .collect()
}

/// How pairs of names and values are written.
struct Pairs {
    /// White space, `,` and `;` when none is said.
    pair: Option<String>,
    value: String,
    quotes: Vec<char>,
    escape: Option<char>,
    /// A value goes on to the next `name=`.
    greedy: bool,
}

impl Pairs {
    fn read(&self, text: &str) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = vec![];
        let mut rest = self.skip(text);
        while !rest.is_empty() {
            let Some((name, after)) = self.token(rest, true) else { break };
            let behind = after.trim_start();
            match behind.strip_prefix(self.value.as_str()) {
                Some(value) => {
                    let value = value.trim_start_matches(' ');
                    let (value, after) = self.token(value, false).unwrap_or_default();
                    pairs.push((name, value));
                    rest = self.skip(after);
                }
                None => {
                    if self.greedy
                        && let Some((_, value)) = pairs.last_mut()
                    {
                        value.push_str(self.pair.as_deref().unwrap_or(" "));
                        value.push_str(&name);
                    }
                    let next = self.skip(after);
                    if next.len() == rest.len() {
                        break;
                    }
                    rest = next;
                }
            }
        }
        pairs
    }

    fn ends<'t>(&self, text: &'t str) -> Option<&'t str> {
        match &self.pair {
            Some(pair) if !pair.is_empty() => text.strip_prefix(pair.as_str()),
            _ => text.strip_prefix([' ', ',', ';', '\t', '\n']),
        }
    }

    fn skip<'t>(&self, mut text: &'t str) -> &'t str {
        while let Some(rest) = self.ends(text) {
            text = rest;
        }
        text
    }

    /// Up to what ends it; without quotes.
    fn token<'t>(&self, text: &'t str, name: bool) -> Option<(String, &'t str)> {
        let mut letters = text.chars();
        if let Some(quote) = text.chars().next().filter(|c| self.quotes.contains(c)) {
            letters.next();
            let mut found = String::new();
            while let Some(c) = letters.next() {
                if Some(c) == self.escape {
                    found.extend(letters.next());
                } else if c == quote {
                    return Some((found, letters.as_str()));
                } else {
                    found.push(c);
                }
            }
            return Some((found, ""));
        }
        let mut end = text.len();
        for (at, _) in text.char_indices() {
            let rest = &text[at..];
            if self.ends(rest).is_some() || (name && rest.starts_with(self.value.as_str())) {
                end = at;
                break;
            }
        }
        (end > 0 || !name).then(|| (text[..end].trim().to_owned(), &text[end..]))
    }
}
