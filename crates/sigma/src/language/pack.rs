//! Rules, correlations and filters together: who speaks of whom.
use super::{Correlation, Document, Expr, Filter, Rule, Whose};
use crate::event::Logsource;
use std::collections::HashMap;

/// Documents that belong together. Filters are in the rules already.
#[derive(Debug, Clone, Default)]
pub struct Pack {
    pub rules: Vec<Rule>,
    pub correlations: Vec<Correlation>,
    /// For each correlation, what each of its names means.
    pub sources: Vec<Vec<Source>>,
    /// Of each rule, whether it only counts towards correlations and raises nothing of its own.
    pub silent: Vec<bool>,
    /// Likewise of each correlation.
    pub silent_correlations: Vec<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Rule(usize),
    Correlation(usize),
}

impl Pack {
    /// Links the documents; second, one sentence for each that speaks of something that is not there, or of itself. These are left out.
    pub fn link(documents: impl IntoIterator<Item = Document>) -> (Self, Vec<String>) {
        let (mut rules, mut correlations, mut filters) = (vec![], vec![], vec![]);
        for document in documents {
            match document {
                Document::Rule(rule) => rules.push(rule),
                Document::Correlation(correlation) => correlations.push(correlation),
                Document::Filter(filter) => filters.push(filter),
            }
        }
        let mut problems = vec![];
        for filter in &filters {
            apply(filter, &mut rules, &mut problems);
        }
        let linked = settle(&rules, correlations, &mut problems);
        let mut pack = Self {
            silent: vec![false; rules.len()],
            silent_correlations: vec![false; linked.len()],
            rules,
            ..Self::default()
        };
        for (correlation, sources) in linked {
            if !correlation.generate {
                for source in &sources {
                    match source {
                        Source::Rule(at) => pack.silent[*at] = true,
                        Source::Correlation(at) => pack.silent_correlations[*at] = true,
                    }
                }
            }
            pack.correlations.push(correlation);
            pack.sources.push(sources);
        }
        (pack, problems)
    }
}

fn apply(filter: &Filter, rules: &mut [Rule], problems: &mut Vec<String>) {
    if !filter.needs.is_empty() {
        problems.push(format!(
            "filter `{}` needs values and changes nothing: {}",
            filter.about.title,
            filter.needs.join(", ")
        ));
        return;
    }
    let named = |rule: &Rule| match &filter.rules {
        Whose::Any => true,
        Whose::Named(names) => names.iter().any(|name| rule.about.is_called(name)),
    };
    let mut used = false;
    for rule in
        rules.iter_mut().filter(|rule| named(rule) && covers(&filter.logsource, &rule.logsource))
    {
        used = true;
        let before = std::mem::replace(&mut rule.detection, Expr::All(vec![]));
        rule.detection = Expr::All(vec![before, filter.also.clone()]);
    }
    if !used {
        problems.push(format!("filter `{}` is for no rule that is here", filter.about.title));
    }
}

/// Whether the filter's log source says nothing that the rule's does not say.
fn covers(filter: &Logsource, rule: &Logsource) -> bool {
    let same = |f: &Option<String>, r: &Option<String>| f.is_none() || f == r;
    same(&filter.product, &rule.product)
        && same(&filter.category, &rule.category)
        && same(&filter.service, &rule.service)
}

/// Correlations in an order in which each stands behind those it counts.
fn settle(
    rules: &[Rule],
    waiting: Vec<Correlation>,
    problems: &mut Vec<String>,
) -> Vec<(Correlation, Vec<Source>)> {
    let mut by_name: HashMap<String, Source> = HashMap::new();
    for (at, rule) in rules.iter().enumerate() {
        for name in [&rule.about.id, &rule.about.name].into_iter().filter(|name| !name.is_empty()) {
            by_name.entry(name.clone()).or_insert(Source::Rule(at));
        }
    }
    let mut linked: Vec<(Correlation, Vec<Source>)> = vec![];
    let mut waiting = waiting;
    loop {
        let before = waiting.len();
        let mut still = vec![];
        for correlation in waiting {
            let sources: Option<Vec<Source>> =
                correlation.rules.iter().map(|name| by_name.get(name).copied()).collect();
            let Some(sources) = sources else {
                still.push(correlation);
                continue;
            };
            for name in [&correlation.about.id, &correlation.about.name]
                .into_iter()
                .filter(|name| !name.is_empty())
            {
                by_name.entry(name.clone()).or_insert(Source::Correlation(linked.len()));
            }
            linked.push((correlation, sources));
        }
        waiting = still;
        if waiting.len() == before {
            break;
        }
    }
    for correlation in &waiting {
        let unknown: Vec<&str> = correlation
            .rules
            .iter()
            .filter(|name| !by_name.contains_key(*name))
            .map(String::as_str)
            .collect();
        problems.push(format!(
            "correlation `{}` counts what is not here, or itself: {}",
            correlation.about.title,
            unknown.join(", ")
        ));
    }
    linked
}
