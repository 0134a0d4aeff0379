//! A filter: what rules of others shall leave out here, kept apart from them so that their updates do not undo it.
use super::{
    About, Expr, Problem, Values,
    about::texts,
    detection::Outside,
    rule,
    yaml::{Node, Value},
};
use crate::event::Logsource;

#[derive(Debug, Clone)]
pub struct Filter {
    pub about: About,
    pub logsource: Logsource,
    pub rules: Whose,
    /// What must hold besides for the rules to hit.
    pub also: Expr,
    /// Values it wants and was not given: it changes nothing then.
    pub needs: Vec<String>,
}

/// Which rules a filter is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// All of its log source.
    Any,
    /// Those of these ids or names.
    Named(Vec<String>),
}

pub(crate) fn read(document: &Node, values: &Values) -> Result<Filter, Problem> {
    let node =
        document.get("filter").ok_or_else(|| Problem::new(document.at, "`filter` is missing"))?;
    let rules = match node.get("rules").map(|rules| &rules.value) {
        None => {
            return Err(
                Problem::new(node.at, "`rules` is missing").help("ids or names of rules, or `any`")
            );
        }
        Some(Value::Str(any)) if any == "any" => Whose::Any,
        Some(_) => Whose::Named(texts(node, "rules")?),
    };
    let mut outside = Outside::new(values);
    let also = rule::detection(node, &["rules"], &mut outside)?;
    Ok(Filter {
        about: About::read(document)?,
        logsource: rule::logsource(document)?,
        rules,
        also,
        needs: outside.needs(),
    })
}
