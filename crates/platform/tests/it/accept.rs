//! Rude clients over real sockets. Each test waits for what must happen; none measures how long it took.
use crate::support::{Server, short};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, Request},
    response::sse::{Event, Sse},
    routing::{get, post},
};
use futures::{StreamExt, stream};
use platform::accept::Draining;
use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{sync::Notify, time::sleep};

const GET: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

fn app() -> Router {
    Router::new()
        .route(
            "/",
            get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move {
                format!("hello {}", peer.ip())
            }),
        )
        .route("/len", post(|body: Bytes| async move { body.len().to_string() }))
}

#[tokio::test]
async fn a_silent_client_is_closed() {
    let server = Server::start(app(), short(&[])).await;
    assert_eq!(server.connect().await.rest().await, "");
}

#[tokio::test]
async fn half_sent_headers_are_closed_for_http1_and_http2() {
    let server = Server::start(app(), short(&[])).await;
    for half in ["GET / HTTP/1.1\r\nhost: x\r\nx-a: ", "P", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut c = server.connect().await;
        c.send(half).await;
        let answer = c.rest().await;
        assert!(!answer.contains("200 OK"), "{half:?}: {answer}");
    }
}

#[tokio::test]
async fn headers_that_dribble_are_closed_on_a_kept_connection_too() {
    let server = Server::start(app(), short(&[])).await;
    let mut c = server.connect().await;
    c.send(GET).await;
    c.until("hello 127.0.0.1").await;
    // the second request comes one byte at a time and never ends
    let mut sent = 0;
    for byte in
        "GET / HTTP/1.1\r\nhost: x\r\nx-long: ".bytes().chain(std::iter::repeat_n(b'a', 10_000))
    {
        if !c.try_send(&[byte]).await {
            break;
        }
        sent += 1;
        sleep(Duration::from_millis(5)).await;
    }
    assert!(sent < 10_000, "the server took everything");
}

#[tokio::test]
async fn a_body_that_dribbles_is_cut_off() {
    let server = Server::start(app(), short(&[])).await;
    let mut c = server.connect().await;
    c.send("POST /len HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n").await;
    let (mut read, mut write) = c.0.into_split();
    let dribble = tokio::task::spawn(async move {
        use tokio::io::AsyncWriteExt;
        while write.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
    });
    let mut answer = String::new();
    let _ = tokio::io::AsyncReadExt::read_to_string(&mut read, &mut answer).await;
    drop(read);
    assert!(!answer.contains("200 OK"), "{answer}");
    dribble.await.unwrap();
}

#[tokio::test]
async fn a_slow_but_sufficient_upload_survives() {
    let server = Server::start(app(), short(&[])).await;
    let mut c = server.connect().await;
    let (pieces, size) = (30, 200); // 30 × 40 ms: three spans of the rate's clock, 5 kB/s
    c.send(&format!(
        "POST /len HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        pieces * size
    ))
    .await;
    for _ in 0..pieces {
        c.send(&"x".repeat(size)).await;
        sleep(Duration::from_millis(40)).await;
    }
    let answer = c.rest().await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("6000"), "{answer}");
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_one_in_use_is_not() {
    let server = Server::start(app(), short(&[])).await;
    let mut c = server.connect().await;
    for _ in 0..4 {
        c.send(GET).await;
        c.until("hello 127.0.0.1").await;
        sleep(Duration::from_millis(400)).await; // longer than the headers' limit, shorter than the idle limit
    }
    assert_eq!(c.rest().await, "");
}

#[tokio::test]
async fn too_many_connections_are_told_so_and_room_is_made_again() {
    let limits = short(&[("limits.connections", "2"), ("limits.first_byte", "10s")]);
    let server = Server::start(app(), limits).await;
    let (mut a, b) = (server.connect().await, server.connect().await);
    a.send(GET).await;
    a.until("hello").await;
    let refused = server.connect().await.rest().await;
    assert!(
        refused.starts_with("HTTP/1.1 503") && refused.contains("\"code\":\"unavailable\""),
        "{refused}"
    );
    assert!(refused.contains("retry-after: 1"), "{refused}");
    drop((a, b));
    for _ in 0..200 {
        let mut c = server.connect().await;
        c.send(&GET.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")).await;
        if c.rest().await.contains("200 OK") {
            return;
        }
    }
    panic!("no room was made");
}

#[tokio::test]
async fn one_address_cannot_take_all_connections() {
    let server = Server::start(
        app(),
        short(&[("limits.connections_per_ip", "1"), ("limits.first_byte", "10s")]),
    )
    .await;
    let mut first = server.connect().await;
    first.send(GET).await;
    first.until("hello").await;
    assert!(server.connect().await.rest().await.starts_with("HTTP/1.1 503"));
}

#[tokio::test]
async fn headers_that_are_too_large_or_too_many_are_refused() {
    let server = Server::start(
        app(),
        short(&[("limits.header_bytes", "16KiB"), ("limits.header_count", "20")]),
    )
    .await;
    let mut c = server.connect().await;
    c.try_send(
        format!("GET / HTTP/1.1\r\nhost: x\r\nx-big: {}\r\n\r\n", "a".repeat(40_000)).as_bytes(),
    )
    .await;
    let answer = c.rest().await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    let mut c = server.connect().await;
    let many: String = (0..50).map(|i| format!("x-{i}: 1\r\n")).collect();
    c.send(&format!("GET / HTTP/1.1\r\nhost: x\r\n{many}\r\n")).await;
    assert!(c.rest().await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn smuggling_attempts_are_refused() {
    let server = Server::start(app(), short(&[])).await;
    for bad in [
        "POST /len HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ncontent-length: 6\r\n\r\nabcdef",
        "POST /len HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n",
        "GET / HTTP/9.9\r\nhost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
    ] {
        let mut c = server.connect().await;
        c.send(bad).await;
        let answer = c.rest().await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{bad:?}: {answer}");
    }
}

#[tokio::test]
async fn stopping_finishes_what_runs_and_takes_nothing_new() {
    let (begun, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (b, f) = (begun.clone(), finish.clone());
    let slow = move || {
        let (b, f) = (b.clone(), f.clone());
        async move {
            b.notify_one();
            f.notified().await;
            "finished"
        }
    };
    let server = Server::start(app().route("/slow", get(slow)), short(&[])).await;
    let address = server.address;
    let mut running = server.connect().await;
    running.send("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await;
    begun.notified().await;
    let mut idle = server.connect().await;
    idle.send(GET).await;
    idle.until("hello").await;
    let mut silent = server.connect().await;

    let done = server.stop();
    assert_eq!(idle.rest().await, "");
    assert_eq!(silent.rest().await, "");
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "a new connection was taken");
    assert!(!done.is_finished(), "it did not wait for the running request");
    finish.notify_one();
    let answer = running.rest().await;
    assert!(answer.contains("200 OK") && answer.ends_with("finished"), "{answer}");
    assert_eq!(done.await.unwrap().cut_off, 0);
}

#[tokio::test]
async fn what_never_ends_is_cut_off_after_the_drain() {
    let app = Router::new().route("/", get(|| async { std::future::pending::<&str>().await }));
    let server = Server::start(app, short(&[("limits.drain", "100ms")])).await;
    let mut c = server.connect().await;
    c.send(GET).await;
    sleep(Duration::from_millis(50)).await;
    assert_eq!(server.stop().await.unwrap().cut_off, 1);
}

#[tokio::test]
async fn event_streams_live_longer_than_every_limit_and_end_when_the_server_stops() {
    let ticks = || async {
        let events = stream::iter(0..).then(|i| async move {
            sleep(Duration::from_millis(100)).await;
            Ok::<_, Infallible>(Event::default().data(i.to_string()))
        });
        Sse::new(events)
    };
    let server = Server::start(Router::new().route("/live", get(ticks)), short(&[])).await;
    let mut c = server.connect().await;
    c.send("GET /live HTTP/1.1\r\nhost: x\r\n\r\n").await;
    c.until("data: 12").await; // 1.2 s: idle is 1 s, headers 0.2 s
    let done = server.stop();
    let end = c.rest().await;
    assert!(end.ends_with("0\r\n\r\n"), "the stream was not ended properly: {end:?}");
    assert_eq!(done.await.unwrap().cut_off, 0);
}

#[tokio::test]
async fn an_upgraded_connection_is_left_alone_and_hears_of_the_stop() {
    let upgrade = |mut request: Request| async move {
        let draining = request.extensions().get::<Draining>().unwrap().0.clone();
        let upgraded = hyper::upgrade::on(&mut request);
        tokio::task::spawn(async move {
            let mut io = hyper_util::rt::TokioIo::new(upgraded.await.unwrap());
            use tokio::io::AsyncWriteExt;
            sleep(Duration::from_millis(1200)).await; // longer than idle
            io.write_all(b"still here;").await.unwrap();
            draining.cancelled().await;
            io.write_all(b"bye").await.unwrap();
        });
        http::Response::builder()
            .status(101)
            .header("connection", "upgrade")
            .header("upgrade", "test")
            .body(Body::empty())
            .unwrap()
    };
    let server = Server::start(Router::new().route("/up", get(upgrade)), short(&[])).await;
    let mut c = server.connect().await;
    c.send("GET /up HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: test\r\n\r\n").await;
    c.until("still here;").await;
    let done = server.stop();
    assert_eq!(c.rest().await, "bye");
    done.await.unwrap();
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_cut_off() {
    let endless = || async {
        Body::from_stream(stream::repeat_with(|| {
            Ok::<_, Infallible>(Bytes::from(vec![0u8; 1 << 16]))
        }))
    };
    let server = Server::start(
        Router::new().route("/", get(endless)),
        short(&[("limits.write_stall", "1s")]),
    )
    .await;
    let mut c = server.connect().await;
    c.send(GET).await;
    sleep(Duration::from_secs(3)).await; // longer than the stall
    // what lies in the buffers can be read, and then the end comes instead of more
    let mut total = 0usize;
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = tokio::io::AsyncReadExt::read(&mut c.0, &mut piece);
        match tokio::time::timeout(crate::support::PATIENCE, read)
            .await
            .expect("it still sends or hangs")
        {
            Ok(0) | Err(_) => break,
            Ok(n) => total += n,
        }
        assert!(total < 1 << 28, "it went on sending");
    }
}
