//! What OpenSearch must hold before anything can be stored, and whether it still does.
use crate::client::Client;
use crate::config::Config;
use crate::error::ClusterError;
use crate::mapping::{self, Beside};
use crate::mirror;
use crate::names::{self, ALERTS, ALERTS_INDEX, EVENTS, HOST, LETTERS, NETWORK, RAW};
use opensearch::http::Method;
use serde_json::{Value, json};

/// How OpenSearch feels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// `green`, `yellow` or `red`.
    pub status: String,
    pub nodes: i64,
    /// What is not as it should be, a sentence each.
    pub drift: Vec<String>,
}

/// An index template of ours.
struct Wanted {
    name: &'static str,
    template: Value,
    /// Beginnings of its indexes' names.
    heads: &'static [&'static str],
    /// Where its indexes are found by readers.
    alias: Option<&'static str>,
}

fn wanted(config: &Config) -> [Wanted; 3] {
    [
        Wanted {
            name: "eventsec-events",
            template: mapping::template(config),
            heads: &[NETWORK, HOST],
            alias: Some(EVENTS),
        },
        Wanted {
            name: "eventsec-alerts",
            template: mirror::alerts_template(config),
            heads: &[ALERTS_INDEX],
            alias: Some(ALERTS),
        },
        Wanted {
            name: "eventsec-dlq",
            template: mirror::letters_template(config),
            heads: &[LETTERS],
            alias: None,
        },
    ]
}

/// What is looked at of an index: its mapping alone is a hundred times as long. Every index has the last of these, so that none
/// is left out because it has nothing else.
const LISTED: &str = "*.aliases,*.mappings._meta,*.settings.index.uuid";

/// Indexes that are not there are no error.
pub const LENIENT: [(&str, &str); 2] =
    [("ignore_unavailable", "true"), ("allow_no_indices", "true")];

impl Client {
    fn template_path(&self, name: &str) -> String {
        format!("/_index_template/{}", self.named(name))
    }

    /// Every index of events, as a pattern.
    pub fn pattern(&self) -> String {
        format!("{},{}", self.named(&format!("{NETWORK}*")), self.named(&format!("{HOST}*")))
    }

    /// Every index of copies, as a pattern.
    pub fn copies(&self) -> String {
        format!("{}*,{}", self.named(ALERTS_INDEX), self.named(&format!("{LETTERS}*")))
    }

    /// Writes the templates that are missing or differ, but those of a newer program: while an installation is upgraded, its
    /// processes would else undo each other's. Repeating it changes nothing.
    pub async fn prepare(&self) -> Result<(), ClusterError> {
        for w in wanted(&self.config) {
            let name = self.named(w.name);
            let meta = self.stored_meta(w.name).await?.unwrap_or_default();
            match mapping::compare(&meta, &w.template) {
                Beside::Same => {}
                Beside::Newer => {
                    tracing::info!(template = %name, "an index template of a newer program stays as it is");
                }
                Beside::Other => {
                    let path = self.template_path(w.name);
                    self.ask(Method::Put, &path, &[], Some(&w.template)).await?;
                    tracing::info!(template = %name, "an index template of OpenSearch is written");
                }
            }
        }
        Ok(())
    }

    /// What the template that is there is known by; `None` when there is none.
    async fn stored_meta(&self, name: &str) -> Result<Option<Value>, ClusterError> {
        match self.ask(Method::Get, &self.template_path(name), &[], None).await {
            Ok(answer) => Ok(Some(answer["index_templates"][0]["index_template"]["_meta"].clone())),
            Err(ClusterError::Refused { status: 404, .. }) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Makes an index of its template. That it is there already is no error: another process was quicker.
    pub async fn make_index(&self, index: &str) -> Result<(), ClusterError> {
        let mut aliases = json!({});
        if names::dated(index).is_some() {
            let day = index.rsplit('-').next().unwrap_or_default();
            aliases[self.named(&format!("{RAW}{day}"))] = json!({});
        }
        let (path, body) = (format!("/{}", self.named(index)), json!({"aliases": aliases}));
        match self.ask(Method::Put, &path, &[], Some(&body)).await {
            Err(ClusterError::Refused { reason, .. })
                if reason.contains("resource_already_exists") =>
            {
                let of = |w: &Wanted| w.heads.iter().any(|head| index.starts_with(head));
                let Some(w) = wanted(&self.config).into_iter().find(of) else { return Ok(()) };
                let path = format!("{path}/_mapping");
                let query = [("filter_path", "*.mappings._meta")];
                let there = self.ask(Method::Get, &path, &query, None).await?;
                let meta = &there[self.named(index)]["mappings"]["_meta"];
                if mapping::compare(meta, &w.template) != Beside::Other {
                    return Ok(());
                }
                // made by an earlier version, it may lack fields that this one sends
                let mapping = &w.template["template"]["mappings"];
                match self.ask(Method::Put, &path, &[], Some(mapping)).await {
                    // copies can be made again: that they do not fit is told as drift, and holds nothing up
                    Err(ClusterError::Refused { reason, .. }) if w.alias != Some(EVENTS) => {
                        tracing::warn!(
                            index,
                            reason,
                            "an index has another mapping than it should"
                        );
                        Ok(())
                    }
                    other => other.map(|_| ()),
                }
            }
            other => other.map(|_| ()),
        }
    }

    /// Asks the cluster, and compares templates, mappings and aliases with what they should be.
    pub async fn health(&self) -> Result<Health, ClusterError> {
        let (status, nodes) = self.status().await?;
        Ok(Health { status, nodes, drift: self.drift().await? })
    }

    /// Status (`green`, `yellow`, `red`) and number of nodes.
    pub async fn status(&self) -> Result<(String, i64), ClusterError> {
        let health = self.ask(Method::Get, "/_cluster/health", &[("timeout", "2s")], None).await?;
        let Some(status) = health["status"].as_str() else {
            return Err(ClusterError::Garbled("it does not say how the cluster feels".into()));
        };
        Ok((status.into(), health["number_of_nodes"].as_i64().unwrap_or_default()))
    }

    /// What is not as it should be of templates, mappings and aliases, a sentence each. It looks at every index: not to be asked
    /// at each glance.
    pub async fn drift(&self) -> Result<Vec<String>, ClusterError> {
        let path = format!("/{},{}", self.pattern(), self.copies());
        let query = [LENIENT[0], LENIENT[1], ("filter_path", LISTED)];
        let indexes = self.ask(Method::Get, &path, &query, None).await?;
        let mut drift = Vec::new();
        for w in wanted(&self.config) {
            let name = self.named(w.name);
            match self.stored_meta(w.name).await? {
                None => drift.push(format!("the index template {name} is missing")),
                Some(meta) => match mapping::compare(&meta, &w.template) {
                    Beside::Same => {}
                    Beside::Newer => drift.push(format!(
                        "the index template {name} is a newer program's ({}) and stays as it is",
                        mapping::told(&meta)
                    )),
                    Beside::Other => drift.push(format!(
                        "the index template {name} is of another version ({}, this program writes {})",
                        mapping::told(&meta),
                        mapping::told(&w.template["_meta"])
                    )),
                },
            }
            for (name, index) in indexes.as_object().into_iter().flatten() {
                let own = name.strip_prefix(&self.config.prefix).unwrap_or(name);
                if w.heads.iter().any(|head| own.starts_with(head)) {
                    drift.extend(self.drift_of(name, index, &w));
                }
            }
        }
        Ok(drift)
    }

    fn drift_of(&self, name: &str, index: &Value, wanted: &Wanted) -> Vec<String> {
        let mut drift = Vec::new();
        let meta = &index["mappings"]["_meta"];
        match mapping::compare(meta, &wanted.template) {
            // it has what this program needs, and the template says that there is a newer one
            Beside::Same | Beside::Newer => {}
            Beside::Other if meta["hash"].is_null() => {
                drift.push(format!("index {name} was not made from the template"));
            }
            Beside::Other => {
                let told = mapping::told(meta);
                drift.push(format!("index {name} has a mapping of another version ({told})"));
            }
        }
        let alias = wanted.alias.map(|alias| self.named(alias));
        if let Some(alias) = alias.filter(|a| index["aliases"].get(a).is_none()) {
            drift.push(format!(
                "index {name} is not in the alias {alias}: what it holds is not found"
            ));
        }
        drift
    }
}
