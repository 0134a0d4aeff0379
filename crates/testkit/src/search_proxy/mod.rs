//! A proxy before OpenSearch that fails as it is told, while a test runs: what a network, a gateway and a tired cluster do.
//!
//! Invariants:
//! - A request meets one fault: the next of the script while there is one, else the one that is set.
//! - What is handed on is handed on whole, and an answer that is passed on is OpenSearch's own but for what a fault changes in it.
//! - Items of `_bulk` are counted when they come and when they are handed on: that is what reached OpenSearch.
mod bulk;
mod wire;

use bulk::Bulk;
use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};
use wire::{Answer, Connection, Request};

/// What happens to a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    Pass,
    /// The connection is closed when something is asked on it.
    Down,
    /// No answer for so long, or until the client gives up or another fault is set; then the connection is closed.
    Hang(Duration),
    Delay(Duration),
    /// A kilobyte a second.
    Slow,
    /// A status with a page that is not JSON.
    Status(u16),
    /// 413 to a body of more bytes, as OpenSearch says it: without a word.
    TooLarge(usize),
    /// 200, and text that is no JSON.
    Garbage,
    /// 200, and JSON that is no answer.
    Empty,
    /// 200, and a search answer of which a shard is missing.
    FailedShard,
    /// Closed before anything is handed on.
    CutBefore,
    /// Handed on, then closed: it is done, and the answer is lost.
    CutAfter,
    /// Handed on, then closed in the middle of the answer.
    CutWithin,
    /// Every so many items of a `_bulk` are not handed on and answered with this status.
    Partial(usize, u16),
}

/// What came through, since the start or [`SearchProxy::forget`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    pub requests: usize,
    pub bulks: usize,
    /// Items that clients sent.
    pub sent: usize,
    /// Items that were handed on.
    pub forwarded: usize,
    /// Items that came again although their client was told that they are stored or never will be.
    pub needless: usize,
}

struct State {
    real: String,
    http: reqwest::Client,
    fault: watch::Sender<Fault>,
    script: Mutex<VecDeque<Fault>>,
    poison: Mutex<Option<String>>,
    tally: Mutex<Tally>,
    /// Items whose client knows what became of them.
    settled: Mutex<HashSet<String>>,
}

/// Stops when it is dropped; connections that are open go on until their clients close them.
pub struct SearchProxy {
    url: String,
    state: Arc<State>,
    task: tokio::task::JoinHandle<()>,
}

fn held<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(|e| e.into_inner())
}

impl SearchProxy {
    /// Before the OpenSearch at this address; passes everything until it is told otherwise.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn before(real: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(State {
            real: real.trim_end_matches('/').into(),
            http: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client without TLS always builds"),
            fault: watch::Sender::new(Fault::Pass),
            script: Mutex::default(),
            poison: Mutex::default(),
            tally: Mutex::default(),
            settled: Mutex::default(),
        });
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = shared.clone();
                tokio::spawn(async move { serve(client, &state).await });
            }
        });
        Self { url, state, task }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on, once the script is through.
    pub fn set(&self, fault: Fault) {
        self.state.fault.send_replace(fault);
    }

    /// The next requests, whatever they ask, meet these in turn.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        *held(&self.state.script) = faults.into_iter().collect();
    }

    /// Faults of the script that no request has met yet.
    pub fn unmet(&self) -> usize {
        held(&self.state.script).len()
    }

    /// Documents that hold this text are refused for ever, as OpenSearch refuses what does not fit its mapping.
    pub fn poison(&self, text: Option<&str>) {
        *held(&self.state.poison) = text.map(Into::into);
    }

    pub fn tally(&self) -> Tally {
        held(&self.state.tally).clone()
    }

    /// Counts anew.
    pub fn forget(&self) {
        *held(&self.state.tally) = Tally::default();
        held(&self.state.settled).clear();
    }
}

impl Drop for SearchProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(client: TcpStream, state: &State) {
    let mut connection = Connection::new(client);
    while let Ok(Some(request)) = connection.request().await {
        let next = held(&state.script).pop_front();
        let fault = next.unwrap_or_else(|| state.fault.borrow().clone());
        if !treat(&mut connection, request, fault, state).await {
            return;
        }
    }
}

/// Answers whether the connection stays open.
async fn treat(connection: &mut Connection, request: Request, fault: Fault, state: &State) -> bool {
    let is_bulk = request.target.starts_with("/_bulk");
    let bulk = if is_bulk { Bulk::read(&request.body) } else { Bulk::default() };
    {
        let mut tally = held(&state.tally);
        tally.requests += 1;
        tally.bulks += usize::from(is_bulk);
        tally.sent += bulk.count();
        let settled = held(&state.settled);
        tally.needless += bulk.names().filter(|n| settled.contains(*n)).count();
    }
    let made = match &fault {
        Fault::Down | Fault::CutBefore => return false,
        Fault::Hang(limit) => {
            let mut other = state.fault.subscribe();
            tokio::select! {
                () = connection.closed() => {}
                _ = other.changed() => {}
                () = tokio::time::sleep(*limit) => {}
            }
            return false;
        }
        Fault::Status(status) => Answer::html(*status),
        Fault::TooLarge(limit) if request.body.len() > *limit => Answer::json(413, ""),
        Fault::Garbage => Answer::json(200, "{\"took\": 1, \"items\": [{\"create\""),
        Fault::Empty => Answer::json(200, "{}"),
        _ => return pass(connection, request, bulk, fault.clone(), state).await,
    };
    connection.send(&made).await.is_ok()
}

/// Hands the request on, and its answer back.
async fn pass(
    connection: &mut Connection,
    mut request: Request,
    mut bulk: Bulk,
    fault: Fault,
    state: &State,
) -> bool {
    let every =
        if let Fault::Partial(every, status) = fault { Some((every, status)) } else { None };
    let poison = held(&state.poison).clone();
    bulk.withhold(&request.body, every, poison.as_deref());
    held(&state.tally).forwarded += bulk.forwarded();
    let mut answer = Answer::json(200, "{}");
    if bulk.count() == 0 || bulk.forwarded() > 0 {
        if bulk.count() > 0 {
            request.body = bulk.rest(&request.body);
        }
        match ask(state, request).await {
            Ok(real) => answer = real,
            // the real one is away: so are we
            Err(_) => return false,
        }
    }
    if answer.status == 200 && bulk.count() > 0 {
        answer.body = bulk.merged(&answer.body);
    }
    let sent = match fault {
        Fault::CutAfter => return false,
        Fault::CutWithin => {
            let _ = connection.send_half(&answer).await;
            return false;
        }
        Fault::Slow => return connection.send_slowly(&answer).await.is_ok(),
        Fault::Delay(pause) => {
            tokio::time::sleep(pause).await;
            connection.send(&answer).await
        }
        Fault::FailedShard => connection.send(&without_shard(answer.clone())).await,
        _ => connection.send(&answer).await,
    };
    if sent.is_ok() && answer.status == 200 {
        held(&state.settled).extend(bulk.settled(&answer.body));
    }
    sent.is_ok()
}

async fn ask(state: &State, request: Request) -> Result<Answer, reqwest::Error> {
    let method =
        reqwest::Method::from_bytes(request.method.as_bytes()).unwrap_or(reqwest::Method::GET);
    let mut onward = state.http.request(method, format!("{}{}", state.real, request.target));
    if let Some(kind) = &request.content_type {
        onward = onward.header("content-type", kind);
    }
    let reply = onward.body(request.body).send().await?;
    let kind = reply.headers().get("content-type").and_then(|v| v.to_str().ok());
    let (status, content_type) =
        (reply.status().as_u16(), kind.unwrap_or("application/json").to_owned());
    Ok(Answer { status, content_type, body: reply.bytes().await?.to_vec() })
}

/// A search answer as a cluster gives it that may leave shards out.
fn without_shard(answer: Answer) -> Answer {
    let Ok(mut parsed) = serde_json::from_slice::<serde_json::Value>(&answer.body) else {
        return answer;
    };
    if parsed["hits"].is_object() {
        parsed["_shards"]["failed"] = 1.into();
        parsed["hits"]["hits"] = serde_json::json!([]);
        if parsed["hits"]["total"].is_object() {
            parsed["hits"]["total"]["value"] = 0.into();
        }
    }
    Answer { body: parsed.to_string().into_bytes(), ..answer }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers each request with its own body.
    async fn echo() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut connection = Connection::new(client);
                    while let Ok(Some(r)) = connection.request().await {
                        let answer = Answer::json(200, r.body);
                        if connection.send(&answer).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        url
    }

    async fn say(url: &str, text: &str) -> Result<(u16, String), reqwest::Error> {
        let http =
            reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap();
        let reply = http.post(format!("{url}/x?y=z")).body(text.to_owned()).send().await?;
        Ok((reply.status().as_u16(), reply.text().await?))
    }

    #[tokio::test]
    async fn each_fault_is_what_its_name_says() {
        let proxy = SearchProxy::before(&echo().await).await;
        let url = proxy.url().to_owned();
        assert_eq!(say(&url, "{\"a\":1}").await.unwrap(), (200, "{\"a\":1}".into()));
        proxy.script([Fault::Status(503), Fault::Garbage, Fault::TooLarge(3), Fault::Empty]);
        assert_eq!(say(&url, "x").await.unwrap().0, 503);
        assert!(say(&url, "x").await.unwrap().1.starts_with("{\"took\""));
        assert_eq!(say(&url, "long").await.unwrap(), (413, String::new()));
        assert_eq!(say(&url, "x").await.unwrap(), (200, "{}".into()));
        let cut = [Fault::Down, Fault::CutBefore, Fault::CutAfter, Fault::CutWithin];
        proxy.script(cut.into_iter().chain([Fault::Hang(Duration::from_millis(10))]));
        for left in (0..5).rev() {
            assert!(say(&url, "some text").await.is_err(), "{left}");
            assert_eq!(proxy.unmet(), left);
        }
        proxy.set(Fault::Down);
        assert!(say(&url, "x").await.is_err());
        proxy.set(Fault::Slow);
        assert_eq!(say(&url, "x").await.unwrap().1, "x");
        assert_eq!(proxy.tally().requests, 12);
    }
}
