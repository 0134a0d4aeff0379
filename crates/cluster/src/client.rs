//! Requests to OpenSearch: one function, and what its answers mean.
//!
//! A node whose machine has vanished neither answers nor refuses. While a request to a node is silent it is therefore looked
//! whether the node takes connections at all; where it does not, the next node is asked, and it is spared for a while.
use crate::config::Config;
use crate::error::ClusterError;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use opensearch::auth::Credentials;
use opensearch::cert::{Certificate, CertificateValidation};
use opensearch::http::Method;
use opensearch::http::headers::{CONTENT_TYPE, HeaderMap, HeaderValue};
use opensearch::http::transport::{SingleNodeConnectionPool, Transport, TransportBuilder};
use parking_lot::Mutex;
use serde_json::Value;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, sleep, timeout};
use url::{Host, Url};

/// A node that takes no connection for so long is away. A packet that was lost is sent again within it, and whoever asks how the
/// cluster feels waits for longer than it.
const CONNECT: Duration = Duration::from_millis(1500);
/// How long a node that gave no answer is asked only where no other answers.
const SPARED: Duration = Duration::from_secs(10);

/// What is known of a node.
#[derive(Clone, Copy)]
enum Known {
    /// It answered its last request.
    Sound,
    /// Nothing, or its last request was given up before an answer came.
    Little,
    /// It gave no answer, and is spared until then.
    Away(Instant),
}

struct Node {
    transport: Transport,
    /// Host and port.
    at: (String, u16),
    known: Mutex<Known>,
}

/// A request under way: says what is known of its node when it ends, also when its caller gives it up.
struct Asking<'a> {
    node: &'a Node,
    known: Known,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        *self.node.known.lock() = self.known;
    }
}

impl Node {
    fn new(address: &str, config: &Config) -> Result<Self, ClusterError> {
        let url = Url::parse(address).map_err(|e| unusable(address, &e))?;
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(ip)) => ip.to_string(),
            Some(Host::Ipv6(ip)) => ip.to_string(),
            None => return Err(unusable(address, &"it names no host")),
        };
        let at = (host, url.port_or_known_default().unwrap_or(9200));
        let mut builder = TransportBuilder::new(SingleNodeConnectionPool::new(url)).disable_proxy();
        if let Some((user, password)) = &config.login {
            builder = builder.auth(Credentials::Basic(user.clone(), password.clone()));
        }
        if let Some(pem) = &config.ca {
            let ca = Certificate::from_pem(pem)
                .map_err(|e| unusable("the certificate authority", &e))?;
            builder = builder.cert_validation(CertificateValidation::Full(ca));
        }
        if !config.verify {
            builder = builder.cert_validation(CertificateValidation::None);
        }
        let transport = builder.build().map_err(|e| unusable("OpenSearch's client", &e))?;
        Ok(Self { transport, at, known: Mutex::new(Known::Little) })
    }

    fn is_spared(&self) -> bool {
        matches!(*self.known.lock(), Known::Away(until) if Instant::now() < until)
    }

    /// Status and text of the answer, or why there is none.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        headers: HeaderMap,
        body: Option<Bytes>,
        limit: Duration,
    ) -> Result<(u16, String), String> {
        let before = {
            let mut known = self.known.lock();
            let before = *known;
            // one request finds out whether it is back; those that come meanwhile need not wait for it
            if let Known::Away(_) = before {
                *known = Known::Away(Instant::now() + SPARED);
            }
            before
        };
        let mut asking = Asking { node: self, known: Known::Little };
        let answer = async {
            let (query, limit) = (Some(query), Some(limit));
            let sent = self.transport.send(method, path, headers, query, body, limit).await?;
            let status = sent.status_code().as_u16();
            Ok::<_, opensearch::Error>((status, sent.text().await?))
        };
        let first = if matches!(before, Known::Sound) { CONNECT } else { Duration::ZERO };
        let done = tokio::select! {
            done = answer => done.map_err(|e| sentence(&e)),
            why = self.gone(first) => Err(format!("{}:{}: {why}", self.at.0, self.at.1)),
        };
        asking.known = match &done {
            Ok(_) => Known::Sound,
            Err(_) => Known::Away(Instant::now() + SPARED),
        };
        done
    }

    /// Ends when the node takes no connection; looks again and again.
    async fn gone(&self, first: Duration) -> String {
        let mut pause = first;
        loop {
            sleep(pause).await;
            pause = CONNECT * 2;
            // what goes wrong here (no name server, no port left) says nothing of the node
            let Ok(found) = lookup_host((self.at.0.as_str(), self.at.1)).await else { continue };
            let mut all: FuturesUnordered<_> = found.map(reach).collect();
            let mut why = None;
            let gone = loop {
                match all.next().await {
                    Some(Some(said)) => why = Some(said),
                    Some(None) => break None,
                    None => break why,
                }
            };
            if let Some(why) = gone {
                return why;
            }
        }
    }
}

/// Why the address cannot be reached; `None` where it can be, or that was not found out.
async fn reach(at: SocketAddr) -> Option<String> {
    match timeout(CONNECT, TcpStream::connect(at)).await {
        Ok(Ok(_)) => None,
        Ok(Err(e)) => match e.kind() {
            ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable => Some(e.to_string()),
            _ => None,
        },
        // as other errors say that time ran out: asking again at once is of no use
        Err(_) => Some("connecting timed out".into()),
    }
}

fn unusable(what: &str, why: &dyn std::fmt::Display) -> ClusterError {
    ClusterError::Config(format!("{what}: {why}"))
}

/// Cheap to clone; all clones share their connections.
#[derive(Clone)]
pub struct Client {
    nodes: Arc<[Node]>,
    next: Arc<AtomicUsize>,
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
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        if !config.prefix.chars().all(word) || config.prefix.starts_with(['-', '_', '.']) {
            return Err(ClusterError::Config(format!(
                "the prefix {:?} cannot begin a name: lower-case letters, digits, and - _ . after them",
                config.prefix
            )));
        }
        if config.urls.is_empty() {
            return Err(ClusterError::Config("no address of OpenSearch is given".into()));
        }
        let nodes: Vec<Node> =
            config.urls.iter().map(|u| Node::new(u, &config)).collect::<Result<_, _>>()?;
        Ok(Self { nodes: nodes.into(), next: Arc::default(), config: Arc::new(config) })
    }

    /// Each request begins with another node; those that gave no answer a moment ago come last.
    fn in_turn(&self) -> Vec<&Node> {
        let (first, n) = (self.next.fetch_add(1, Ordering::Relaxed), self.nodes.len());
        let mut nodes: Vec<&Node> =
            (0..n).map(|i| &self.nodes[first.wrapping_add(i) % n]).collect();
        nodes.sort_by_cached_key(|node| node.is_spared());
        nodes
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

    /// Asks a node; where one gives no answer at all, the next one, all of them within `limit`. All that is asked may be asked
    /// twice.
    async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        headers: HeaderMap,
        body: Option<Bytes>,
        limit: Duration,
    ) -> Result<Value, ClusterError> {
        let deadline = Instant::now() + limit;
        let mut failed = String::new();
        for node in self.in_turn() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let (headers, body) = (headers.clone(), body.clone());
            match node.ask(method, path, query, headers, body, left).await {
                Ok((status, text)) => return meaning(status, &text),
                Err(why) => failed = why,
            }
        }
        Err(ClusterError::Away(failed))
    }
}

/// What an answer says.
fn meaning(status: u16, text: &str) -> Result<Value, ClusterError> {
    let value = serde_json::from_str::<Value>(text);
    match (status, value) {
        (200..=299, Ok(value)) => Ok(value),
        (200..=299, Err(_)) if text.is_empty() => Ok(Value::Null),
        (200..=299, Err(e)) => Err(ClusterError::Garbled(e.to_string())),
        (429 | 500..=599, answer) => {
            let reason = reason(answer.ok().as_ref(), text);
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
            Err(ClusterError::Garbled(format!("{status}: {}", reason(None, text))))
        }
        (_, answer) => {
            Err(ClusterError::Refused { status, reason: reason(answer.ok().as_ref(), text) })
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
