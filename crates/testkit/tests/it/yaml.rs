//! A reader of the little YAML that docker-compose.yml is written in. The workspace has no crate for YAML and Python's standard library
//! no reader of it; one is not worth a dependency for a file of some sixty lines.
//!
//! Mappings two blanks deeper than what holds them, lists of scalars, lists of quoted texts on one line, scalars plain or in double
//! quotes, comments on lines of their own. What is anything else is an error, also where YAML would allow it: so what passes here
//! is YAML, and means what it looks like.

#[derive(Debug, PartialEq)]
pub enum Node {
    /// Also what has no value: an empty text.
    Text(String),
    List(Vec<String>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// What lies under these keys, one within the other; keys hold dots, so they stand apart.
    ///
    /// # Panics
    /// When there is none.
    pub fn at(&self, path: &[&str]) -> &Node {
        path.iter().fold(self, |node, key| {
            let Node::Map(members) = node else { panic!("{path:?}: nothing holds {key}") };
            let found = members.iter().find(|(name, _)| name == key);
            found.map(|(_, inner)| inner).unwrap_or_else(|| panic!("{path:?}: there is no {key}"))
        })
    }

    /// # Panics
    /// When it is no text.
    pub fn text(&self) -> &str {
        let Node::Text(text) = self else { panic!("{self:?} is no text") };
        text
    }

    /// # Panics
    /// When it is no list.
    pub fn list(&self) -> &[String] {
        let Node::List(items) = self else { panic!("{self:?} is no list") };
        items
    }

    /// # Panics
    /// When it is no mapping.
    pub fn keys(&self) -> Vec<&str> {
        let Node::Map(members) = self else { panic!("{self:?} is no mapping") };
        members.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// A line that says something: its number, its indent, what follows.
type Line<'a> = (usize, usize, &'a str);

pub fn read(text: &str) -> Result<Node, String> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for (n, line) in text.lines().enumerate().map(|(i, line)| (i + 1, line)) {
        let said = line.trim_start_matches(' ');
        if said.is_empty() || said.starts_with('#') {
            continue;
        }
        let indent = line.len() - said.len();
        if line.contains('\t') || line.ends_with(' ') || indent % 2 > 0 {
            return Err(format!("line {n}: a tab, a blank at the end, or an odd indent"));
        }
        lines.push((n, indent, said));
    }
    let mut rest = lines.as_slice();
    let whole = block(&mut rest, 0)?;
    match rest.first() {
        None => Ok(whole),
        Some((n, ..)) => Err(format!("line {n}: belongs to nothing")),
    }
}

/// Takes the lines of one block.
fn block(rest: &mut &[Line<'_>], indent: usize) -> Result<Node, String> {
    if rest.first().is_some_and(|(_, _, said)| said.starts_with("- ")) {
        let mut items = Vec::new();
        while let Some((n, item)) = next(rest, indent) {
            let item = item.strip_prefix("- ").ok_or(format!("line {n}: is no item"))?;
            items.push(scalar(n, item)?);
        }
        return Ok(Node::List(items));
    }
    let mut members: Vec<(String, Node)> = Vec::new();
    while let Some((n, said)) = next(rest, indent) {
        let (key, value) = said
            .split_once(": ")
            .or_else(|| said.strip_suffix(':').map(|key| (key, "")))
            .ok_or(format!("line {n}: has no key"))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if key.is_empty() || !key.chars().all(plain) || key.starts_with('-') {
            return Err(format!("line {n}: {key:?} is no key"));
        }
        if members.iter().any(|(name, _)| name == key) {
            return Err(format!("line {n}: {key} stands twice"));
        }
        let deeper = rest.first().is_some_and(|(_, more, _)| *more == indent + 2);
        let node = match value.strip_prefix('[') {
            Some(items) => Node::List(flow(n, items)?),
            None if value.is_empty() && deeper => block(rest, indent + 2)?,
            None if value.is_empty() => Node::Text(String::new()),
            None => Node::Text(scalar(n, value)?),
        };
        members.push((key.to_owned(), node));
    }
    Ok(Node::Map(members))
}

/// The next line, if it is of the block with this indent.
fn next<'a>(rest: &mut &[Line<'a>], indent: usize) -> Option<(usize, &'a str)> {
    let (&(n, at, said), more) = rest.split_first()?;
    (at == indent).then(|| {
        *rest = more;
        (n, said)
    })
}

/// Quoted texts after the opening bracket.
fn flow(n: usize, items: &str) -> Result<Vec<String>, String> {
    let bad = || format!("line {n}: a list on one line is of texts in double quotes");
    let inner = items.strip_suffix(']').ok_or_else(bad)?;
    let item = |item: &str| match item.starts_with('"') {
        true => scalar(n, item),
        false => Err(bad()),
    };
    inner.split(", ").map(item).collect()
}

fn scalar(n: usize, text: &str) -> Result<String, String> {
    if let Some(quoted) = text.strip_prefix('"') {
        let inner = quoted.strip_suffix('"').filter(|t| !t.contains(['"', '\\']));
        return inner
            .map(str::to_owned)
            .ok_or(format!("line {n}: the quotes of {text} do not fit"));
    }
    const WORDS: [&str; 8] = ["true", "false", "yes", "no", "on", "off", "null", "~"];
    let special = text.starts_with(|c: char| "!&*|>{}[]%@`'#,?=".contains(c))
        || text.starts_with("- ")
        || text.starts_with(' ')
        || [": ", " #", "\""].iter().any(|s| text.contains(s))
        || text.ends_with(':')
        || WORDS.contains(&text.to_ascii_lowercase().as_str());
    match special {
        true => {
            Err(format!("line {n}: {text} is something else to YAML: put it into double quotes"))
        }
        false => Ok(text.to_owned()),
    }
}

#[test]
fn what_is_written_is_what_is_read() {
    let text = "# about\nname: x\n\nservices:\n  a.b:\n    # why\n    run: [\"p\", \"-c\", \"n=1\"]\n    ports:\n      - \"1:2\"\n      - v:/w\n\
                volumes:\n  a:\n";
    let read = read(text).unwrap();
    assert_eq!(read.keys(), ["name", "services", "volumes"]);
    assert_eq!(read.at(&["services", "a.b", "run"]).list(), ["p", "-c", "n=1"]);
    assert_eq!(read.at(&["services", "a.b", "ports"]).list(), ["1:2", "v:/w"]);
    assert_eq!(read.at(&["volumes", "a"]).text(), "");
}

#[test]
fn what_would_surprise_is_refused() {
    for bad in [
        "a:\tb",
        "a: b ",
        " a: b",
        "a: b\na: c",
        "a",
        "a: true",
        "a: 'b'",
        "a: \"b",
        "a: \"b\\n\"",
        "a: b # c",
        "a: b: c",
        "a: {b: c}",
        "a: [b, c]",
        "a: [\"b\"",
        "a: &x b",
        "a:\n    b: c",
        "a: b\n  c: d",
        "a:\n  - b: c",
        "a:\n  - b\n  c: d",
        "a:\n  b: c\n  - d",
        "\"a\": b",
    ] {
        assert!(read(bad).is_err(), "{bad:?} was read as {:?}", read(bad));
    }
}
