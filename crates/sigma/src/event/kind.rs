//! Kinds of log, as rules name them.
/// Product, category and service; `None`: not said. Lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Logsource {
    pub product: Option<String>,
    pub category: Option<String>,
    pub service: Option<String>,
}

/// Whether a rule for `rule` may meet an event of `kinds`: one of them says everything that the rule asks for.
pub fn meets(rule: &Logsource, kinds: &[Logsource]) -> bool {
    let says = |asked: &Option<String>, said: &Option<String>| asked.is_none() || asked == said;
    kinds.iter().any(|k| {
        says(&rule.product, &k.product)
            && says(&rule.category, &k.category)
            && says(&rule.service, &k.service)
    })
}
