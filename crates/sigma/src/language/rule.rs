//! A rule: what it is about, who wrote it, which logs it is for and what it looks for.
use super::{
    Expr, Place, Problem, condition, detection,
    yaml::{self, Node, Value},
};
use crate::event::Logsource;
use serde::Serialize;

#[derive(Debug, Clone)]
pub struct Rule {
    /// As written: a UUID in most rules. Empty when the rule has none.
    pub id: String,
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
    pub logsource: Logsource,
    pub detection: Expr,
    /// Names of values it wants from outside (`%name%`). While there are any, the rule is never evaluated.
    pub needs: Vec<String>,
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

/// Each document of the file: a rule, or what is wrong with it. Text that is not YAML ends the file with a problem.
pub fn parse(text: &str) -> Vec<Result<Rule, Problem>> {
    let (documents, broken) = yaml::read(text);
    let mut rules: Vec<_> = documents.iter().map(read).collect();
    rules.extend(broken.map(Err));
    if rules.is_empty() {
        rules.push(Err(Problem::new(Place { line: 1, column: 1 }, "there is no rule in it")));
    }
    rules
}

fn read(document: &Node) -> Result<Rule, Problem> {
    let Value::Map(_) = document.value else {
        return Err(Problem::new(
            document.at,
            format!("a rule is a mapping, not {}", document.kind()),
        ));
    };
    if ["logsource", "detection", "correlation", "filter"]
        .iter()
        .all(|key| document.get(key).is_none())
    {
        let problem = Problem::new(document.at, "this is no rule")
            .help("`logsource` and `detection` make one");
        return Err(Problem { no_rule: true, ..problem });
    }
    for other in ["correlation", "filter"] {
        if let Some(node) = document.get(other) {
            return Err(Problem::new(node.at, format!("`{other}` is not supported yet"))
                .help("rules with `logsource` and `detection`"));
        }
    }
    let title = text(document, "title")?;
    if title.is_empty() {
        return Err(missing(document, "title"));
    }
    let mut needs = vec![];
    let detection = detection(document, &mut needs)?;
    needs.sort_unstable();
    needs.dedup();
    Ok(Rule {
        id: text(document, "id")?,
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
        logsource: logsource(document)?,
        detection,
        needs,
    })
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

fn missing(document: &Node, key: &str) -> Problem {
    Problem::new(document.at, format!("`{key}` is missing"))
}

/// A text, also one that YAML takes for a number or a date. Empty when it is not there.
fn text(document: &Node, key: &str) -> Result<String, Problem> {
    document.get(key).map_or(Ok(String::new()), |node| spelled(node, key))
}

fn spelled(node: &Node, key: &str) -> Result<String, Problem> {
    match &node.value {
        Value::Str(text) => Ok(text.trim().to_owned()),
        Value::Int(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        Value::Bool(yes) => Ok(yes.to_string()),
        Value::Null => Ok(String::new()),
        _ => Err(Problem::new(node.at, format!("`{key}` is a text, not {}", node.kind()))),
    }
}

fn texts(document: &Node, key: &str) -> Result<Vec<String>, Problem> {
    match document.get(key) {
        None | Some(Node { value: Value::Null, .. }) => Ok(vec![]),
        Some(Node { value: Value::Seq(items), .. }) => {
            items.iter().map(|item| spelled(item, key)).collect()
        }
        Some(node) => Ok(vec![spelled(node, key)?]),
    }
}

fn word<T: Copy>(document: &Node, key: &str, words: &[(&str, T)]) -> Result<Option<T>, Problem> {
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

fn logsource(document: &Node) -> Result<Logsource, Problem> {
    let node = document.get("logsource").ok_or_else(|| missing(document, "logsource"))?;
    let part =
        |key: &str| Ok(Some(text(node, key)?.to_lowercase()).filter(|said| !said.is_empty()));
    let source = Logsource {
        product: part("product")?,
        category: part("category")?,
        service: part("service")?,
    };
    if source == Logsource::default() {
        return Err(Problem::new(node.at, "the log source says nothing")
            .help("product, category or service"));
    }
    Ok(source)
}

fn detection(document: &Node, needs: &mut Vec<String>) -> Result<Expr, Problem> {
    let node = document.get("detection").ok_or_else(|| missing(document, "detection"))?;
    let mut searches = vec![];
    for (name, search) in node.entries() {
        let name = match &name.value {
            Value::Str(name) => name.clone(),
            Value::Int(number) => number.to_string(),
            _ => return Err(Problem::new(name.at, "the name of a search is a text")),
        };
        if name == "timeframe" {
            return Err(Problem::new(search.at, "`timeframe` is no longer part of Sigma")
                .help("write a correlation rule"));
        }
        if name != "condition" {
            searches.push((name, detection::read(search, needs)?));
        }
    }
    let condition =
        node.get("condition").ok_or_else(|| Problem::new(node.at, "`condition` is missing"))?;
    let one = |node: &Node| match &node.value {
        Value::Str(text) => condition::read(text, node.at, &searches),
        Value::Int(number) => condition::read(&number.to_string(), node.at, &searches),
        _ => Err(Problem::new(node.at, format!("a condition is a text, not {}", node.kind()))),
    };
    match &condition.value {
        Value::Seq(items) if !items.is_empty() => {
            Ok(Expr::Any(items.iter().map(one).collect::<Result<_, _>>()?))
        }
        _ => one(condition),
    }
}
