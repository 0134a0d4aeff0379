//! XML as dynamic values: elements are bags of attributes (`@name`), text (`#text`) and elements.
use super::support::{Outcome, dynamic, function};
use crate::functions::{Context, Function};
use crate::value::{Dyn, Value};
use std::sync::Arc;

pub(super) static FUNCTIONS: &[Function] = &[function("parse_xml", 1, 1, dynamic, parse_xml)];

/// Longer texts are null, as in Kusto.
const MOST_BYTES: usize = 1 << 20;
/// Deeper documents are taken for invalid.
const DEEPEST: usize = 128;

fn parse_xml(_: &Context, a: &[Value]) -> Outcome {
    let text = a[0].to_text();
    let document = (text.len() <= MOST_BYTES).then(|| document(&text)).flatten();
    Ok(document.map_or(Value::Null, Value::dynamic))
}

fn document(text: &str) -> Option<Dyn> {
    let mut reader = Reader { rest: text.trim_start_matches('\u{feff}') };
    reader.skip_others()?;
    let (name, value) = reader.element(0)?;
    reader.skip_others()?;
    reader.rest.is_empty().then(|| Dyn::Bag(vec![(name, value)]))
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn eat(&mut self, start: &str) -> bool {
        self.rest.strip_prefix(start).map(|rest| self.rest = rest).is_some()
    }

    fn until(&mut self, end: &str) -> Option<&'a str> {
        let (before, after) = self.rest.split_once(end)?;
        self.rest = after;
        Some(before)
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Passes over what is no element: declarations, comments, doctypes.
    fn skip_others(&mut self) -> Option<()> {
        loop {
            self.space();
            if self.eat("<?") {
                self.until("?>")?;
            } else if self.eat("<!--") {
                self.until("-->")?;
            } else if self.eat("<!DOCTYPE") {
                let head = self.rest.find(['[', '>'])?;
                if self.rest[head..].starts_with('[') {
                    self.until("]")?;
                }
                self.until(">")?;
            } else {
                return Some(());
            }
        }
    }

    fn name(&mut self) -> Option<&'a str> {
        let end = self.rest.find(|c: char| {
            c.is_whitespace() || matches!(c, '/' | '>' | '<' | '=' | '"' | '\'' | '&')
        })?;
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        let first = name.chars().next()?;
        (first.is_alphabetic() || matches!(first, '_' | ':')).then_some(name)
    }

    fn element(&mut self, depth: usize) -> Option<(Arc<str>, Dyn)> {
        if depth > DEEPEST || !self.eat("<") {
            return None;
        }
        let name = self.name()?;
        let mut node = Node::default();
        loop {
            self.space();
            if self.eat("/>") {
                return Some((name.into(), node.into_dyn()));
            }
            if self.eat(">") {
                break;
            }
            let attribute = self.name()?;
            self.space();
            if !self.eat("=") {
                return None;
            }
            self.space();
            let quote = if self.eat("\"") { "\"" } else { self.eat("'").then_some("'")? };
            let value = unescaped(self.until(quote)?)?;
            node.entries.push((format!("@{attribute}").into(), vec![Dyn::str(value)]));
        }
        self.content(&mut node, depth)?;
        (self.name()? == name).then_some(())?;
        self.space();
        self.eat(">").then(|| (name.into(), node.into_dyn()))
    }

    /// Up to and with the `</` of the element's end.
    fn content(&mut self, node: &mut Node, depth: usize) -> Option<()> {
        loop {
            let text = self.until_tag()?;
            node.text.push_str(&unescaped(text)?);
            if self.eat("</") {
                return Some(());
            } else if self.eat("<![CDATA[") {
                node.text.push_str(self.until("]]>")?);
            } else if self.eat("<!--") {
                self.until("-->")?;
            } else if self.eat("<?") {
                self.until("?>")?;
            } else {
                let (name, value) = self.element(depth + 1)?;
                match node.places.get(&name) {
                    Some(at) => node.entries[*at].1.push(value),
                    None => {
                        node.places.insert(name.clone(), node.entries.len());
                        node.entries.push((name, vec![value]));
                    }
                }
            }
        }
    }

    fn until_tag(&mut self) -> Option<&'a str> {
        let (text, rest) = self.rest.split_at(self.rest.find('<')?);
        self.rest = rest;
        Some(text)
    }
}

#[derive(Default)]
struct Node {
    text: String,
    /// Attributes and elements; of an element's name all values.
    entries: Vec<(Arc<str>, Vec<Dyn>)>,
    places: std::collections::HashMap<Arc<str>, usize>,
}

impl Node {
    fn into_dyn(self) -> Dyn {
        let text = self.text.trim();
        if self.entries.is_empty() {
            return if text.is_empty() { Dyn::Null } else { Dyn::str(text) };
        }
        let attributes = self.entries.iter().take_while(|(name, _)| name.starts_with('@')).count();
        let mut entries: Vec<(Arc<str>, Dyn)> = Vec::with_capacity(self.entries.len() + 1);
        for (name, mut values) in self.entries {
            let one = if values.len() == 1 { values.pop() } else { None };
            entries.push((name, one.unwrap_or(Dyn::Array(values))));
        }
        if !text.is_empty() {
            entries.insert(attributes, ("#text".into(), Dyn::str(text)));
        }
        Dyn::Bag(entries)
    }
}

/// `None` for an entity that XML does not have by itself.
fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (entity, after) = after.split_once(';')?;
        out.push(match entity {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            number => {
                let digits = number.strip_prefix('#')?;
                let code = match digits.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => digits.parse().ok()?,
                };
                char::from_u32(code)?
            }
        });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}
