//! Nodes that are away without a word: the others answer in time. No OpenSearch is needed to see that.
use cluster::{Client, Cluster, Config};
use opensearch::http::Method;
use search::engine::{SearchEngine, SearchError, Select};
use std::time::Duration;
use testkit::search_proxy::{Fault, SearchProxy};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};

/// Takes no connection and refuses none, as a machine without power: its queue is full.
struct Silent {
    url: String,
    _listener: TcpListener,
    _queue: Vec<TcpStream>,
}

impl Silent {
    /// `None`, and a printed line, where the system's queues do not fill.
    async fn new() -> Option<Self> {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let at = listener.local_addr().unwrap();
        let mut queue = Vec::new();
        while queue.len() < 100 {
            match timeout(Duration::from_millis(400), TcpStream::connect(at)).await {
                Ok(stream) => queue.push(stream.unwrap()),
                Err(_) => {
                    let url = format!("http://{at}");
                    return Some(Self { url, _listener: listener, _queue: queue });
                }
            }
        }
        println!("skipped: connections do not wait for their turn on this system");
        None
    }
}

/// Answers everything with `{}`.
async fn answers() -> SearchProxy {
    let proxy = SearchProxy::before("http://127.0.0.1:1").await;
    proxy.set(Fault::Empty);
    proxy
}

async fn ask(client: &Client, times: usize) {
    for _ in 0..times {
        client.ask(Method::Get, "/", &[], None).await.unwrap();
    }
}

#[tokio::test]
async fn a_silent_node_is_passed_over() {
    let Some(silent) = Silent::new().await else { return };
    let proxy = answers().await;
    let mut config = Config::at(&silent.url);
    config.urls.push(proxy.url().into());
    let client = Client::new(config).unwrap();
    let begun = Instant::now();
    ask(&client, 20).await;
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    assert_eq!(proxy.tally().requests, 20);
}

#[tokio::test]
async fn where_all_are_silent_that_is_said_soon() {
    let Some(silent) = Silent::new().await else { return };
    let cluster = Cluster::new(Config::at(&silent.url)).unwrap();
    let all = Select::all("acme");
    for _ in 0..2 {
        let told = timeout(Duration::from_secs(6), cluster.count(&all)).await.expect("in time");
        assert!(matches!(told, Err(SearchError::Unavailable(_))), "{told:?}");
    }
}

#[tokio::test]
async fn a_request_to_a_node_that_vanishes_goes_to_another() {
    let (a, b) = (answers().await, answers().await);
    let mut config = Config::at(a.url());
    config.urls.push(b.url().into());
    let client = Client::new(config).unwrap();
    ask(&client, 2).await;
    // its connections stay open and silent, and it takes no more
    a.set(Fault::Hang(Duration::from_secs(3600)));
    drop(a);
    timeout(Duration::from_secs(10), ask(&client, 4)).await.expect("in time");
    assert_eq!(b.tally().requests, 5);
}
