//! A caller of the API: bearer token, JSON in, whatever comes back as it came.
use crate::notes::Notes;
use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};
use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

/// The server's address; shared, since a restarted server has a new port.
#[derive(Clone, Debug, Default)]
pub struct Base(Arc<RwLock<String>>);

impl Base {
    pub fn new(url: impl Into<String>) -> Self {
        Self(Arc::new(RwLock::new(url.into().trim_end_matches('/').to_owned())))
    }

    pub fn get(&self) -> String {
        self.0.read().unwrap_or_else(|e| e.into_inner()).clone()
    }

    pub(crate) fn set(&self, url: &str) {
        *self.0.write().unwrap_or_else(|e| e.into_inner()) = url.trim_end_matches('/').to_owned();
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// # Panics
    /// When the body is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| {
            panic!("{} with a body that is not JSON ({e}): {}", self.status, self.text())
        })
    }

    /// # Panics
    /// When the status is not 2xx.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!((200..300).contains(&self.status), "status {}: {}", self.status, self.text());
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// The list and what its headers say: total, next cursor.
    ///
    /// # Panics
    /// When the body is not a list.
    pub fn page(&self) -> Listed {
        let Value::Array(items) = self.json() else { panic!("not a list: {}", self.text()) };
        Listed {
            items,
            total: self.header("x-total-count").and_then(|t| t.parse().ok()),
            next: self.header("x-next-cursor").filter(|c| !c.is_empty()).map(Into::into),
        }
    }
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    pub items: Vec<Value>,
    pub total: Option<i64>,
    pub next: Option<String>,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    pub base: Base,
    token: Option<String>,
}

impl Client {
    /// A caller without a token.
    pub fn new(base: Base) -> Self {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(120))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client without TLS and proxies always builds");
        Self { http, base, token: None }
    }

    /// The same caller with a token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The same caller asking another server.
    pub fn at(&self, base: &Base) -> Self {
        Self { base: base.clone(), ..self.clone() }
    }

    /// Signs in; the answer is the refusal otherwise.
    pub async fn login(&self, email: &str, password: &str) -> Result<Self, Reply> {
        let reply = self.post("/auth/login", &json!({"email": email, "password": password})).await;
        match reply.json().get("access_token").and_then(Value::as_str) {
            Some(token) if reply.status == 200 => Ok(self.with_token(token)),
            _ => Err(reply),
        }
    }

    /// A request to `path` with the token, to be completed and handed to [`Client::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .http
            .request(method, format!("{}{path}", self.base.get()))
            .header("accept", "application/json");
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// A request with nothing but an address: no token, no `Accept`.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base.get()))
    }

    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The status alone; the body, which may never end, is not read.
    ///
    /// # Panics
    /// When no answer came.
    pub async fn status(&self, request: RequestBuilder) -> u16 {
        request.send().await.unwrap_or_else(|e| panic!("no answer: {e:?}")).status().as_u16()
    }

    /// `Err` when no whole answer came: refused, cut off, timed out.
    pub async fn try_send(&self, request: RequestBuilder) -> Result<Reply, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Reply { status, headers, body: response.bytes().await?.to_vec() })
    }

    /// # Panics
    /// When no whole answer came.
    pub async fn send(&self, request: RequestBuilder) -> Reply {
        self.try_send(request).await.unwrap_or_else(|e| panic!("no answer: {e:?}"))
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    /// GET with query parameters, which are escaped.
    pub async fn query(&self, path: &str, parameters: &[(&str, &str)]) -> Reply {
        self.get(&format!("{path}?{}", encode(parameters))).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Posts bytes as they are, with headers.
    pub async fn post_raw(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Reply {
        let request = self.request(Method::POST, path).header("content-type", "application/json");
        self.send(headers.iter().fold(request, |r, (k, v)| r.header(*k, *v)).body(body)).await
    }

    /// All pages of a list, 500 rows each.
    ///
    /// # Panics
    /// When a page is refused or the cursor never ends.
    pub async fn all(&self, path: &str, parameters: &[(&str, &str)]) -> Vec<Value> {
        let (mut rows, mut cursor) = (Vec::new(), None::<String>);
        for _ in 0..10_000 {
            let mut with: Vec<(&str, &str)> = parameters.to_vec();
            // events call it size, all other lists limit
            with.extend([("size", "500"), ("limit", "500")]);
            if let Some(cursor) = &cursor {
                with.push(("cursor", cursor));
            }
            let page = self.query(path, &with).await.ok().page();
            rows.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                return rows;
            }
        }
        panic!("{path} never ends: {} rows so far", rows.len())
    }

    /// How many events match, by `X-Total-Count`.
    ///
    /// # Panics
    /// When the search is refused or tells no total.
    pub async fn count(&self, query: &str) -> i64 {
        let page = self.query("/events", &[("query", query), ("size", "1")]).await.ok().page();
        page.total.expect("the first page tells the total")
    }

    /// Opens the push stream.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn notes(&self) -> Notes {
        let request = self
            .request(Method::GET, "/stream")
            .header("accept", "text/event-stream")
            .timeout(Duration::from_secs(3600));
        let response = request.send().await.unwrap_or_else(|e| panic!("no stream: {e:?}"));
        assert_eq!(response.status().as_u16(), 200, "the stream is refused");
        Notes::new(response)
    }
}

/// `a=1&b=x%20y`
pub fn encode(parameters: &[(&str, &str)]) -> String {
    parameters
        .iter()
        .map(|(k, v)| format!("{}={}", escape(k), escape(v)))
        .collect::<Vec<_>>()
        .join("&")
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(b))
            }
            _ => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_escaped() {
        assert_eq!(
            encode(&[("query", "a:\"b c\" AND é"), ("size", "5")]),
            "query=a%3A%22b%20c%22%20AND%20%C3%A9&size=5"
        );
        assert_eq!(encode(&[]), "");
    }

    #[test]
    fn a_page_reads_its_headers() {
        let mut headers = HeaderMap::new();
        headers.insert("x-total-count", "7".parse().unwrap());
        headers.insert("x-next-cursor", "abc".parse().unwrap());
        let page = Reply { status: 200, headers, body: b"[1,2]".to_vec() }.page();
        assert_eq!((page.items.len(), page.total, page.next.as_deref()), (2, Some(7), Some("abc")));
        let last = Reply { status: 200, headers: HeaderMap::new(), body: b"[]".to_vec() }.page();
        assert_eq!((last.total, last.next), (None, None));
    }

    #[test]
    #[should_panic(expected = "status 422: no")]
    fn a_refusal_shows_its_text() {
        Reply { status: 422, headers: HeaderMap::new(), body: b"no".to_vec() }.ok();
    }
}
