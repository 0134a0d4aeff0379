//! Requests to OpenSearch: one function, and what its answers mean.
use crate::config::Config;
use crate::error::ClusterError;
use bytes::Bytes;
use opensearch::auth::Credentials;
use opensearch::cert::{Certificate, CertificateValidation};
use opensearch::http::Method;
use opensearch::http::headers::{CONTENT_TYPE, HeaderMap, HeaderValue};
use opensearch::http::transport::{Connection, ConnectionPool, Transport, TransportBuilder};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use url::Url;

/// Nodes in turn: one that is away costs its share of requests a retry, and no more.
#[derive(Clone, Debug)]
struct InTurn {
    nodes: Arc<[Connection]>,
    next: Arc<AtomicUsize>,
}

impl ConnectionPool for InTurn {
    fn next(&self) -> Connection {
        self.nodes[self.next.fetch_add(1, Ordering::Relaxed) % self.nodes.len()].clone()
    }
}

/// Cheap to clone; all clones share their connections.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
    pub config: Arc<Config>,
}

/// Longest part of an answer that is put into an error.
const QUOTED: usize = 400;

impl Client {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// `Config` when an address or a certificate cannot be read.
    pub fn new(config: Config) -> Result<Self, ClusterError> {
        let bad =
            |what: &str, e: &dyn std::fmt::Display| ClusterError::Config(format!("{what}: {e}"));
        let nodes: Vec<Connection> = config
            .urls
            .iter()
            .map(|u| Url::parse(u).map(Connection::new).map_err(|e| bad(u, &e)))
            .collect::<Result<_, _>>()?;
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        if !config.prefix.chars().all(word) || config.prefix.starts_with(['-', '_', '.']) {
            return Err(ClusterError::Config(format!(
                "the prefix {:?} cannot begin a name: lower-case letters, digits, and - _ . after them",
                config.prefix
            )));
        }
        if nodes.is_empty() {
            return Err(ClusterError::Config("no address of OpenSearch is given".into()));
        }
        let pool = InTurn { nodes: nodes.into(), next: Arc::default() };
        let mut builder = TransportBuilder::new(pool).disable_proxy();
        if let Some((user, password)) = &config.login {
            builder = builder.auth(Credentials::Basic(user.clone(), password.clone()));
        }
        if let Some(pem) = &config.ca {
            let ca =
                Certificate::from_pem(pem).map_err(|e| bad("the certificate authority", &e))?;
            builder = builder.cert_validation(CertificateValidation::Full(ca));
        }
        if !config.verify {
            builder = builder.cert_validation(CertificateValidation::None);
        }
        let transport = builder.build().map_err(|e| bad("OpenSearch's client", &e))?;
        Ok(Self { transport, config: Arc::new(config) })
    }

    /// A name with the installation's prefix.
    pub fn named(&self, name: &str) -> String {
        format!("{}{name}", self.config.prefix)
    }

    /// One request. `body` is JSON.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value, ClusterError> {
        let body = body.map(|b| Bytes::from(b.to_string()));
        self.send(method, path, query, HeaderMap::new(), body, self.config.search_timeout).await
    }

    /// One request that changes much and takes as long as a bulk request may.
    pub async fn work(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: &Value,
    ) -> Result<Value, ClusterError> {
        let body = Some(Bytes::from(body.to_string()));
        self.send(method, path, query, HeaderMap::new(), body, self.config.bulk_timeout).await
    }

    /// A bulk request: lines of JSON, each ended.
    pub async fn bulk(&self, lines: Bytes) -> Result<Value, ClusterError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
        // an answer without the good items would not say which those are
        let query = [("filter_path", "errors,items.*._id,items.*.status,items.*.error")];
        self.send(Method::Post, "/_bulk", &query, headers, Some(lines), self.config.bulk_timeout)
            .await
    }

    /// Asks a node; where one gives no answer at all, the next one. All that is asked may be asked twice.
    async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        headers: HeaderMap,
        body: Option<Bytes>,
        timeout: Duration,
    ) -> Result<Value, ClusterError> {
        let away = |e: &dyn std::error::Error| ClusterError::Away(sentence(e));
        let mut others = self.config.urls.len().saturating_sub(1);
        let answer = loop {
            let (headers, body) = (headers.clone(), body.clone());
            let sent = self.transport.send(method, path, headers, Some(query), body, Some(timeout));
            match sent.await {
                Ok(answer) => break answer,
                // one that is slow has had its time: the caller has no more of it
                Err(e) if others > 0 && !e.is_timeout() => others -= 1,
                Err(e) => return Err(away(&e)),
            }
        };
        let status = answer.status_code().as_u16();
        let text = answer.text().await.map_err(|e| away(&e))?;
        let value = serde_json::from_str::<Value>(&text);
        match (status, value) {
            (200..=299, Ok(value)) => Ok(value),
            (200..=299, Err(_)) if text.is_empty() => Ok(Value::Null),
            (200..=299, Err(e)) => Err(ClusterError::Garbled(e.to_string())),
            (429 | 500..=599, answer) => {
                let reason = reason(answer.ok().as_ref(), &text);
                // a query that asks for too much comes back as a fault of the server, too
                if crate::error::is_too_much(&reason) {
                    return Err(ClusterError::Refused { status, reason });
                }
                Err(ClusterError::Away(format!("{status}: {reason}")))
            }
            // OpenSearch says in JSON what is wrong or missing; this is a word of something that stands before it
            (400 | 404, answer)
                if !answer
                    .as_ref()
                    .is_ok_and(|a| a.get("error").is_some() || status == 404 && a.is_object()) =>
            {
                Err(ClusterError::Garbled(format!("{status}: {}", reason(None, &text))))
            }
            (_, answer) => {
                Err(ClusterError::Refused { status, reason: reason(answer.ok().as_ref(), &text) })
            }
        }
    }
}

/// An error and what is behind it.
fn sentence(e: &dyn std::error::Error) -> String {
    let mut text = e.to_string();
    let mut inner = e.source();
    while let Some(e) = inner {
        let more = e.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        inner = e.source();
    }
    text
}

/// OpenSearch's own words, with the cause at the bottom.
pub fn reason(answer: Option<&Value>, text: &str) -> String {
    let Some(error) = answer.map(|a| a.get("error").unwrap_or(a)) else {
        return text.chars().take(QUOTED).collect();
    };
    let said = |e: &Value| {
        let kind = e["type"].as_str()?;
        Some(format!("{kind}: {}", e["reason"].as_str().unwrap_or_default()))
    };
    let mut out = said(error).unwrap_or_else(|| error.to_string());
    for cause in [&error["root_cause"][0], &error["caused_by"], &error["caused_by"]["caused_by"]] {
        if let Some(more) = said(cause).filter(|m| !out.contains(m.as_str())) {
            out = format!("{out} ({more})");
        }
    }
    out.chars().take(QUOTED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_said_at_once() {
        let new = |change: fn(&mut Config)| {
            let mut config = Config::at("http://127.0.0.1:9200");
            change(&mut config);
            Client::new(config).err().map(|e| e.to_string())
        };
        assert_eq!(new(|_| {}), None);
        assert_eq!(new(|c| c.prefix = "soc-1.".into()), None);
        for bad in ["A", "a\"b", "_x", "ü", "a/b", "a*"] {
            let mut config = Config::at("http://127.0.0.1:9200");
            config.prefix = bad.into();
            assert!(Client::new(config).is_err(), "{bad}");
        }
        assert!(new(|c| c.urls.clear()).is_some_and(|e| e.contains("no address")));
        assert!(new(|c| c.urls = vec!["nonsense".into()]).is_some_and(|e| e.contains("nonsense")));
        assert!(new(|c| c.ca = Some(b"no certificate".to_vec())).is_some());
    }

    #[test]
    fn the_cause_of_a_refusal_is_told() {
        let answer = serde_json::json!({"error": {"type": "a", "reason": "b", "caused_by": {"type": "c", "reason": "d"}}});
        assert_eq!(reason(Some(&answer), ""), "a: b (c: d)");
        assert_eq!(reason(None, "plain"), "plain");
    }
}
