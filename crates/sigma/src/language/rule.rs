//! A rule: which logs it is for and what it looks for.
use super::{
    About, Expr, Problem, Values,
    about::{missing, text},
    condition,
    detection::{self, Outside},
    yaml::{Node, Value},
};
use crate::event::Logsource;

#[derive(Debug, Clone)]
pub struct Rule {
    pub about: About,
    pub logsource: Logsource,
    pub detection: Expr,
    /// Names of values it wants from outside (`%name%`) and was not given. While there are any, the rule is never evaluated.
    pub needs: Vec<String>,
}

pub(crate) fn read(document: &Node, values: &Values) -> Result<Rule, Problem> {
    let node = document.get("detection").ok_or_else(|| missing(document, "detection"))?;
    let mut outside = Outside::new(values);
    let about = About::read(document)?;
    let detection = detection(node, &[], &mut outside)?;
    let logsource = logsource(document)?;
    Ok(Rule { about, logsource, detection, needs: outside.needs() })
}

pub(crate) fn logsource(document: &Node) -> Result<Logsource, Problem> {
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

/// The searches of a mapping, put together as its condition says. Keys that `apart` names are none.
pub(crate) fn detection(
    node: &Node,
    apart: &[&str],
    outside: &mut Outside<'_>,
) -> Result<Expr, Problem> {
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
        if name != "condition" && !apart.contains(&name.as_str()) {
            searches.push((name, detection::read(search, outside)?));
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
