//! YAML as a tree whose nodes know their places. Anchors and aliases are followed within bounds: a rule may not grow without end.
use super::problem::{Place, Problem};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};
use std::collections::HashMap;

/// A file may not have more nodes, aliases followed. Past it the file is refused.
const MOST_NODES: usize = 1_000_000;
/// Nor be deeper.
const DEEPEST: usize = 64;

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub at: Place,
    pub value: Value,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    Seq(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    pub fn entries(&self) -> impl Iterator<Item = (&Node, &Node)> {
        let entries = match &self.value {
            Value::Map(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|(name, value)| (name, value))
    }

    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a yes or no",
            Value::Int(_) | Value::Float(_) => "a number",
            Value::Str(_) => "a text",
            Value::Seq(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

pub(crate) fn read(text: &str) -> (Vec<Node>, Option<Problem>) {
    let mut reader =
        Reader { anchors: HashMap::new(), nodes: 0, events: Parser::new_from_str(text) };
    let mut documents = vec![];
    loop {
        match reader.next() {
            Ok((Event::StreamEnd, _)) => return (documents, None),
            Ok((
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing,
                _,
            )) => {}
            Ok((event, at)) => match reader.node(event, at, 0) {
                Ok(node) => documents.push(node),
                Err(problem) => return (documents, Some(problem)),
            },
            Err(problem) => return (documents, Some(problem)),
        }
    }
}

struct Reader<'t> {
    anchors: HashMap<usize, Node>,
    nodes: usize,
    events: Parser<'t, saphyr_parser::StrInput<'t>>,
}

fn place(marker: Marker) -> Place {
    Place { line: marker.line().max(1), column: marker.col() + 1 }
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Place), Problem> {
        let wrong =
            |e: ScanError| Problem::new(place(*e.marker()), format!("not YAML: {}", e.info()));
        match self.events.next() {
            Some(Ok((event, span))) => Ok((event, place(span.start))),
            Some(Err(e)) => Err(wrong(e)),
            None => Ok((Event::StreamEnd, Place { line: 1, column: 1 })),
        }
    }

    fn node(&mut self, event: Event<'t>, at: Place, depth: usize) -> Result<Node, Problem> {
        self.nodes += 1;
        if self.nodes > MOST_NODES || depth > DEEPEST {
            return Err(Problem::new(at, "too large")
                .help(format!("{MOST_NODES} values and {DEEPEST} levels at most")));
        }
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let quoted = style != ScalarStyle::Plain || tag.is_some_and(|t| t.suffix == "str");
                (if quoted { Value::Str(text.into_owned()) } else { plain(&text) }, anchor)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = vec![];
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, at) => items.push(self.node(event, at, depth + 1)?),
                    }
                }
                (Value::Seq(items), anchor)
            }
            Event::MappingStart(anchor, _) => (self.map(depth)?, anchor),
            Event::Alias(anchor) => {
                let node = self
                    .anchors
                    .get(&anchor)
                    .cloned()
                    .ok_or_else(|| Problem::new(at, "an alias of nothing"))?;
                self.nodes += size(&node);
                return Ok(Node { at, ..node });
            }
            _ => return Err(Problem::new(at, "not YAML: a value is missing")),
        };
        let node = Node { at, value };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn map(&mut self, depth: usize) -> Result<Value, Problem> {
        let mut entries: Vec<(Node, Node)> = vec![];
        loop {
            let (event, at) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Value::Map(entries));
            }
            let name = self.node(event, at, depth + 1)?;
            if let Some(text) = name.text()
                && entries.iter().any(|(other, _)| other.text() == Some(text))
            {
                return Err(Problem::new(at, format!("`{text}` is there twice"))
                    .help("each key once; several values are a list"));
            }
            let (event, at) = self.next()?;
            entries.push((name, self.node(event, at, depth + 1)?));
        }
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Seq(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|(k, v)| size(k) + size(v)).sum(),
        _ => 0,
    }
}

/// What a word without quotes means: YAML 1.2's core schema, and `yes|no` stay texts.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.bytes().all(|b| b.is_ascii_digit())
        && let Ok(number) = text.parse()
    {
        return Value::Int(number);
    }
    if let Some(hex) = digits.strip_prefix("0x")
        && let Ok(number) = i64::from_str_radix(hex, 16)
    {
        return Value::Int(if text.starts_with('-') { -number } else { number });
    }
    let spelled = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    match text.parse::<f64>() {
        Ok(number) if spelled => Value::Float(number),
        _ => Value::Str(text.to_owned()),
    }
}
