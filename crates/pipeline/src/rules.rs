//! The compiled rules of every tenant, exchanged as a whole when one changes.
use detect::RuleSet;
use model::{Micros, event::Event, rule::DetectionRule};
use parking_lot::RwLock;
use std::{collections::HashMap, sync::Arc};
use store::{AlertDraft, Store, StoreError, window_of};

/// One tenant's rules, compiled, beside their definitions.
struct Compiled {
    rules: Vec<DetectionRule>,
    set: RuleSet,
}

/// Readers take a snapshot: a block is detected wholly with the rules from before a change, or wholly with those after it.
#[derive(Default)]
pub struct RuleHub {
    compiled: RwLock<HashMap<Arc<str>, Arc<Compiled>>>,
    /// Held from reading to exchanging: of two reloads the later one reads later, so what was read first never stays.
    reloading: tokio::sync::Mutex<()>,
}

impl RuleHub {
    /// Reads and compiles all enabled rules. A rule that does not compile is logged and left out; the rest work.
    pub async fn reload(&self, store: &Store) -> Result<(), StoreError> {
        let _one_at_a_time = self.reloading.lock().await;
        let mut tenants: HashMap<Arc<str>, Vec<DetectionRule>> = HashMap::new();
        for (tenant, rule) in store.enabled_rules().await? {
            tenants.entry(tenant.into()).or_default().push(rule);
        }
        let compiled = tenants.into_iter().map(|(tenant, rules)| {
            let (set, bad) = RuleSet::compile(&rules);
            for (id, faults) in bad {
                tracing::error!(%tenant, rule_id = id, ?faults, "a stored rule does not compile and is not applied");
            }
            (tenant, Arc::new(Compiled { rules, set }))
        });
        *self.compiled.write() = compiled.collect();
        Ok(())
    }

    /// The alerts that events raise, by tenant. Matches that are one alert are one draft.
    pub fn drafts<'a>(
        &self,
        events: impl IntoIterator<Item = &'a Event>,
    ) -> HashMap<Arc<str>, Vec<AlertDraft>> {
        let tenants = self.compiled.read().clone();
        let mut places: HashMap<(Arc<str>, i64, String, Micros), usize> = HashMap::new();
        let mut drafts: HashMap<Arc<str>, Vec<AlertDraft>> = HashMap::new();
        let mut hits = Vec::new();
        let mut ran: HashMap<Arc<str>, (u64, HashMap<usize, u64>)> = HashMap::new();
        for event in events {
            let Some(compiled) = tenants.get(&event.tenant) else { continue };
            hits.clear();
            compiled.set.matches(event, &mut hits);
            // found by reference first: the tenant's name is cloned once a block, not once an event
            if !ran.contains_key(&event.tenant) {
                ran.insert(event.tenant.clone(), Default::default());
            }
            let Some((events, matched)) = ran.get_mut(&event.tenant) else { continue };
            *events += 1;
            for &i in &hits {
                *matched.entry(i).or_default() += 1;
                let draft = draft(&compiled.rules[i], event);
                let list = drafts.entry(event.tenant.clone()).or_default();
                let place = (
                    event.tenant.clone(),
                    draft.rule_id,
                    draft.dedup_key.clone(),
                    draft.window_start,
                );
                match places.get(&place) {
                    Some(&at) => list[at].events.extend(draft.events),
                    None => {
                        places.insert(place, list.len());
                        list.push(draft);
                    }
                }
            }
        }
        for (tenant, (events, matched)) in ran {
            for (i, rule) in tenants.get(&tenant).iter().flat_map(|c| c.rules.iter().enumerate()) {
                measure::rule_ran(rule.id, events, matched.get(&i).copied().unwrap_or(0));
            }
        }
        drafts
    }
}

fn draft(rule: &DetectionRule, event: &Event) -> AlertDraft {
    let a = detect::alert_for(rule, event);
    let (window_start, window_end) = window_of(event.time, rule.window_minutes);
    let dedup_key =
        if rule.window_minutes == 0 { format!("event:{}", event.id) } else { a.dedup_key };
    AlertDraft {
        rule_id: rule.id,
        title: a.title,
        description: a.description,
        source: "DetectionRule".into(),
        category: a.category,
        severity: a.severity,
        url: a.url,
        sender: None,
        username: a.username,
        hostname: a.hostname,
        create_incident: rule.create_incident,
        sample: event.sample,
        dedup_key,
        window_start,
        window_end,
        events: vec![(event.id, event.time)],
    }
}
