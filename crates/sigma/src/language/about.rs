//! What every document says of itself: name, author, how bad what it finds is.
use super::{
    Problem,
    yaml::{Node, Value},
};
use serde::Serialize;

#[derive(Debug, Clone, Default, Serialize)]
pub struct About {
    /// As written: a UUID in most rules. Empty when there is none.
    pub id: String,
    /// What correlations call it. Empty when there is none.
    pub name: String,
    pub title: String,
    pub status: Option<Status>,
    pub level: Option<Level>,
    pub description: String,
    /// Who wrote it; alerts must name them where the licence (DRL) says so.
    pub author: String,
    pub license: String,
    pub date: String,
    pub modified: String,
    pub references: Vec<String>,
    pub tags: Vec<String>,
    pub falsepositives: Vec<String>,
    pub fields: Vec<String>,
}

impl About {
    pub(crate) fn read(document: &Node) -> Result<Self, Problem> {
        let title = text(document, "title")?;
        if title.is_empty() {
            return Err(missing(document, "title"));
        }
        Ok(Self {
            id: text(document, "id")?,
            name: text(document, "name")?,
            title,
            status: word(document, "status", &STATUS)?,
            level: word(document, "level", &LEVELS)?,
            description: text(document, "description")?,
            author: text(document, "author")?,
            license: text(document, "license")?,
            date: text(document, "date")?,
            modified: text(document, "modified")?,
            references: texts(document, "references")?,
            tags: texts(document, "tags")?,
            falsepositives: texts(document, "falsepositives")?,
            fields: texts(document, "fields")?,
        })
    }

    /// Whether a correlation or filter that says so means this document.
    pub fn is_called(&self, name: &str) -> bool {
        !name.is_empty() && (self.id == name || self.name == name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Stable,
    Test,
    Experimental,
    Deprecated,
    Unsupported,
}

const STATUS: [(&str, Status); 5] = [
    ("stable", Status::Stable),
    ("test", Status::Test),
    ("experimental", Status::Experimental),
    ("deprecated", Status::Deprecated),
    ("unsupported", Status::Unsupported),
];
const LEVELS: [(&str, Level); 5] = [
    ("informational", Level::Informational),
    ("low", Level::Low),
    ("medium", Level::Medium),
    ("high", Level::High),
    ("critical", Level::Critical),
];

pub(crate) fn missing(document: &Node, key: &str) -> Problem {
    Problem::new(document.at, format!("`{key}` is missing"))
}

/// A text, also one that YAML takes for a number or a date. Empty when it is not there.
pub(crate) fn text(document: &Node, key: &str) -> Result<String, Problem> {
    document.get(key).map_or(Ok(String::new()), |node| spelled(node, key))
}

pub(crate) fn spelled(node: &Node, key: &str) -> Result<String, Problem> {
    match &node.value {
        Value::Str(text) => Ok(text.trim().to_owned()),
        Value::Int(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        Value::Bool(yes) => Ok(yes.to_string()),
        Value::Null => Ok(String::new()),
        _ => Err(Problem::new(node.at, format!("`{key}` is a text, not {}", node.kind()))),
    }
}

pub(crate) fn texts(document: &Node, key: &str) -> Result<Vec<String>, Problem> {
    match document.get(key) {
        None | Some(Node { value: Value::Null, .. }) => Ok(vec![]),
        Some(Node { value: Value::Seq(items), .. }) => {
            items.iter().map(|item| spelled(item, key)).collect()
        }
        Some(node) => Ok(vec![spelled(node, key)?]),
    }
}

pub(crate) fn word<T: Copy>(
    document: &Node,
    key: &str,
    words: &[(&str, T)],
) -> Result<Option<T>, Problem> {
    let Some(node) = document.get(key) else { return Ok(None) };
    let said = spelled(node, key)?;
    match words.iter().find(|(word, _)| said.eq_ignore_ascii_case(word)) {
        Some((_, value)) => Ok(Some(*value)),
        None => {
            let allowed: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            Err(Problem::new(node.at, format!("`{said}` is no {key}"))
                .help(format!("one of {}", allowed.join(", "))))
        }
    }
}
