//! The documents of a file.
use super::{
    About, Correlation, Filter, Place, Problem, Rule, Values,
    about::texts,
    correlation, filter, rule,
    yaml::{self, Node, Value},
};

#[derive(Debug, Clone)]
pub enum Document {
    Rule(Rule),
    Correlation(Correlation),
    Filter(Filter),
}

impl Document {
    pub fn about(&self) -> &About {
        match self {
            Self::Rule(rule) => &rule.about,
            Self::Correlation(correlation) => &correlation.about,
            Self::Filter(filter) => &filter.about,
        }
    }

    /// Names of values it wants from outside and was not given.
    pub fn needs(&self) -> &[String] {
        match self {
            Self::Rule(rule) => &rule.needs,
            Self::Correlation(_) => &[],
            Self::Filter(filter) => &filter.needs,
        }
    }
}

/// Each document of the file, or what is wrong with it. Text that is not YAML ends the file with a problem.
pub fn parse(text: &str) -> Vec<Result<Document, Problem>> {
    parse_with(text, &Values::new())
}

/// The same, `%name%` replaced by the values of that name.
pub fn parse_with(text: &str, values: &Values) -> Vec<Result<Document, Problem>> {
    let (documents, broken) = yaml::read(text);
    let mut found: Vec<_> = documents.iter().map(|document| read(document, values)).collect();
    found.extend(broken.map(Err));
    if found.is_empty() {
        found.push(Err(Problem::new(Place { line: 1, column: 1 }, "there is no rule in it")));
    }
    found
}

fn read(document: &Node, values: &Values) -> Result<Document, Problem> {
    let Value::Map(_) = document.value else {
        return Err(Problem::new(
            document.at,
            format!("a rule is a mapping, not {}", document.kind()),
        ));
    };
    if document.get("correlation").is_some() {
        return correlation::read(document).map(Document::Correlation);
    }
    if document.get("filter").is_some() {
        return filter::read(document, values).map(Document::Filter);
    }
    if document.get("logsource").is_none() && document.get("detection").is_none() {
        let problem = Problem::new(document.at, "this is no rule")
            .help("`logsource` and `detection` make one");
        return Err(Problem { no_rule: true, ..problem });
    }
    rule::read(document, values).map(Document::Rule)
}

/// Values for `%name%`: a mapping of names to a value or a list of them.
///
/// # Errors
/// When it is not that.
pub fn values(text: &str) -> Result<Values, Problem> {
    let (documents, broken) = yaml::read(text);
    if let Some(problem) = broken {
        return Err(problem);
    }
    let mut values = Values::new();
    for document in &documents {
        let Value::Map(_) = document.value else {
            return Err(Problem::new(
                document.at,
                format!("names and their values are wanted, not {}", document.kind()),
            ));
        };
        for (name, given) in document.entries() {
            let name = name.text().ok_or_else(|| Problem::new(name.at, "a name is a text"))?;
            values.insert(name.to_owned(), texts(document, name)?);
            if values[name].is_empty() {
                return Err(Problem::new(given.at, format!("`{name}` has no value")));
            }
        }
    }
    Ok(values)
}
