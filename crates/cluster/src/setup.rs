//! What OpenSearch must hold before events can be stored, and whether it still does.
use crate::client::Client;
use crate::error::ClusterError;
use crate::mapping;
use crate::names::{EVENTS, HOST, NETWORK, RAW};
use opensearch::http::Method;
use serde_json::{Value, json};

/// Name of the index template.
const TEMPLATE: &str = "eventsec-events";

/// How OpenSearch feels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// `green`, `yellow` or `red`.
    pub status: String,
    pub nodes: i64,
    /// What is not as it should be, a sentence each.
    pub drift: Vec<String>,
}

impl Client {
    fn template_path(&self) -> String {
        format!("/_index_template/{}", self.named(TEMPLATE))
    }

    /// Every index of ours, as a pattern.
    pub fn pattern(&self) -> String {
        format!("{},{}", self.named(&format!("{NETWORK}*")), self.named(&format!("{HOST}*")))
    }

    /// Writes the template when it is missing or of another version. Repeating it changes nothing.
    pub async fn prepare(&self) -> Result<(), ClusterError> {
        let wanted = mapping::template(&self.config);
        if self.stored_hash().await?.as_deref() != Some(mapping::hash(&wanted)) {
            self.ask(Method::Put, &self.template_path(), &[], Some(&wanted)).await?;
            tracing::info!(template = %self.named(TEMPLATE), "OpenSearch's index template is written");
        }
        Ok(())
    }

    async fn stored_hash(&self) -> Result<Option<String>, ClusterError> {
        match self.ask(Method::Get, &self.template_path(), &[], None).await {
            Ok(answer) => {
                let meta = &answer["index_templates"][0]["index_template"]["_meta"];
                Ok(meta["hash"].as_str().map(Into::into))
            }
            Err(ClusterError::Refused { status: 404, .. }) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Makes an index of the template. That it is there already is no error: another process was quicker.
    pub async fn make_index(&self, index: &str) -> Result<(), ClusterError> {
        let day = index.rsplit('-').next().unwrap_or_default();
        let body = json!({"aliases": {self.named(&format!("{RAW}{day}")): {}}});
        let path = format!("/{}", self.named(index));
        match self.ask(Method::Put, &path, &[], Some(&body)).await {
            Err(ClusterError::Refused { reason, .. })
                if reason.contains("resource_already_exists") =>
            {
                // made by an earlier version, it may lack fields that this one sends
                let mapping = &mapping::template(&self.config)["template"]["mappings"];
                let path = format!("{path}/_mapping");
                self.ask(Method::Put, &path, &[], Some(mapping)).await.map(|_| ())
            }
            other => other.map(|_| ()),
        }
    }

    /// Asks the cluster, and compares template, mappings and aliases with what they should be.
    pub async fn health(&self) -> Result<Health, ClusterError> {
        let health = self.ask(Method::Get, "/_cluster/health", &[("timeout", "2s")], None).await?;
        let wanted = mapping::template(&self.config);
        let hash = mapping::hash(&wanted);
        let mut drift = Vec::new();
        match self.stored_hash().await? {
            None => drift.push(format!("the index template {} is missing", self.named(TEMPLATE))),
            Some(h) if h != hash => drift.push(format!(
                "the index template {} is of another version ({h}, this program writes {hash})",
                self.named(TEMPLATE)
            )),
            Some(_) => {}
        }
        let path = format!("/{}", self.pattern());
        let lenient = [("ignore_unavailable", "true"), ("allow_no_indices", "true")];
        let indexes = self.ask(Method::Get, &path, &lenient, None).await?;
        for (name, index) in indexes.as_object().into_iter().flatten() {
            drift.extend(self.drift_of(name, index, hash));
        }
        Ok(Health {
            status: health["status"].as_str().unwrap_or("unknown").into(),
            nodes: health["number_of_nodes"].as_i64().unwrap_or_default(),
            drift,
        })
    }

    fn drift_of(&self, name: &str, index: &Value, hash: &str) -> Vec<String> {
        let mut drift = Vec::new();
        match index["mappings"]["_meta"]["hash"].as_str() {
            None => drift.push(format!("index {name} was not made from the template")),
            Some(h) if h != hash => drift.push(format!("index {name} has a mapping of another version ({h})")),
            Some(_) => {}
        }
        let aliases = &index["aliases"];
        let alias = self.named(EVENTS);
        if aliases.get(&alias).is_none() {
            drift.push(format!("index {name} is not in the alias {alias}: its events are not found"));
        }
        drift
    }
}
