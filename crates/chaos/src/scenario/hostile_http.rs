//! Requests that no client sends: refused or closed, never believed, and others are served meanwhile.
//!
//! Single cases of the accept loop and its parser are in `crates/platform/tests/it/accept.rs`; these go to the finished program, one
//! connection after another and HTTP/2 frames too.
use super::{load, on_sqlite};
use crate::{
    drive::TOKEN,
    outcome::Outcome,
    outside::{
        process,
        raw::{Raw, address, status},
    },
    rig::{Rig, SETTLE, busy},
    tools::Tools,
    verdict::Strangers,
};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use testkit::TestServer;

/// By then every such connection has its answer or is closed.
const ENDED: Duration = Duration::from_secs(20);
/// An answer to somebody else meanwhile; generous, since debug builds answer it on busy machines.
const SERVED: Duration = Duration::from_secs(2);
/// What the program may hold more than before.
const GROWN: u64 = 150 << 20;

/// Requests after which nothing may be believed: 4xx, or closed without an answer.
fn refused() -> Vec<String> {
    let post = format!("POST /events HTTP/1.1\r\nhost: x\r\nx-agent-token: {TOKEN}\r\n");
    let get = "GET /healthz HTTP/1.1\r\n";
    let many: String = (0..10_000).map(|i| format!("x-{i}: 1\r\n")).collect();
    vec![
        format!("{post}content-length: 4\r\ncontent-length: 6\r\n\r\n[{{}}]x"),
        format!("{post}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n"),
        format!("{post}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n"),
        // the rest of what a front server took for a body is no second request
        format!(
            "{post}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
        ),
        format!("{post}content-length: -1\r\n\r\n"),
        format!("{post}content-length: +5\r\n\r\nabcde"),
        format!("{post}content-length: 99999999999999999999999\r\n\r\n"),
        format!("{post}content-length: 10000000000\r\n\r\n"),
        format!("{post}transfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n"),
        format!(
            "{post}transfer-encoding: chunked\r\n\r\n1;{}\r\n{{\r\n0\r\n\r\n",
            "a".repeat(40_000)
        ),
        format!("{get}host: x\r\nhost: y\r\n\r\n"),
        format!("{get}\r\n"),
        format!("{get}host: x\r\nx-a: b\r\n c\r\n\r\n"),
        format!("{get}host : x\r\n\r\n"),
        format!("{get}host: x\r\nx-a: a\0b\r\n\r\n"),
        format!("{get}host: x\r\nx-a: a\rb\r\n\r\n"),
        format!("{get}host: x\r\n{many}\r\n"),
        format!("{get}host: x\r\nx-long: {}\r\n\r\n", "a".repeat(70_000)),
        format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(70_000)),
        "GET /%00%ff%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
            .into(),
        "GET /../../etc/passwd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".into(),
        "G@T / HTTP/1.1\r\nhost: x\r\n\r\n".into(),
        "TRACE / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".into(),
        "CONNECT a:1 HTTP/1.1\r\nhost: a:1\r\nconnection: close\r\n\r\n".into(),
        "GET / HTTP/9.9\r\nhost: x\r\n\r\n".into(),
        "GET /healthz\r\n\r\n".into(),
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}".into(),
    ]
}

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("hostile-http");
    // a connection that is kept after its answer is closed by these
    let options = busy(on_sqlite(tools))
        .env("EVENTSEC_LIMITS_IDLE", "2s")
        .env("EVENTSEC_LIMITS_HEADERS", "2s");
    let mut rig = Rig::around(tools, TestServer::start(options).await, &load(&outcome, 50)).await;
    rig.driver().more(3, SETTLE).await;
    let to = address(&rig.server.url());
    let pid = rig.server.pid().expect("the server runs");
    let before = process::memory(pid).unwrap_or_default();
    let mut served = Vec::new();
    for _ in 0..tools.pick(1, 20) {
        for request in refused() {
            outcome.tries += 1;
            let shown: String = request.chars().take(120).collect();
            let answer = ask(to, request.as_bytes()).await;
            match &answer {
                None => outcome.fault(format!("{shown:?} is neither answered nor closed")),
                Some(answer) => {
                    let first = status(answer);
                    let refused = first.is_none_or(|s| (400..500).contains(&s));
                    outcome.expect(refused, || format!("{shown:?}: {first:?}"));
                    let answers = answer.windows(9).filter(|w| w.starts_with(b"HTTP/1.1 ")).count();
                    outcome.expect(answers <= 1, || format!("{shown:?} had {answers} answers"));
                }
            }
            // somebody new each time: a kept connection might just be closed by its own clock
            let asked = Instant::now();
            let reply = rig.server.anonymous().get("/healthz").await;
            served.push(asked.elapsed());
            outcome.expect(reply.status == 200, || format!("after {shown:?}: {}", reply.status));
        }
        for (what, frames) in http2(tools.pick(2_000, 50_000)) {
            outcome.tries += 1;
            if ask(to, &frames).await.is_none() {
                outcome.note(format!("{what}: the connection stays open"));
            }
            let asked = Instant::now();
            let reply = rig.server.anonymous().get("/healthz").await;
            served.push(asked.elapsed());
            outcome.expect(reply.status == 200, || format!("after {what}: {}", reply.status));
        }
    }
    served.sort_unstable();
    let slowest = served.last().copied().unwrap_or_default();
    outcome.expect(slowest <= SERVED, || format!("somebody else waited {slowest:?}"));
    let grown = process::memory(pid).unwrap_or_default().saturating_sub(before);
    outcome.expect(grown <= GROWN, || format!("memory grew by {} MB", grown >> 20));
    outcome.note(format!("others: slowest answer {slowest:?}; {} MB more", grown >> 20));
    rig.driver().more(3, SETTLE).await;
    let log = rig.server.log();
    outcome.expect(!log.contains("panicked"), || "the log speaks of a panic".into());
    rig.settle(Strangers::Faults, &mut outcome).await;
    outcome.end()
}

/// What came until the server closed; a kept connection is closed by its clocks.
async fn ask(to: SocketAddr, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut raw = Raw::connect(to).await.ok()?;
    // it may close while this is being sent
    let _ = tokio::time::timeout(ENDED, raw.send(bytes)).await;
    raw.rest(ENDED).await.map(|(answer, _)| answer)
}

/// One frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(0).to_be_bytes();
    let head = [length[1], length[2], length[3], kind, flags];
    [&head[..], &stream.to_be_bytes(), payload].concat()
}

/// Floods of frames that cost the sender nothing.
fn http2(times: u32) -> Vec<(&'static str, Vec<u8>)> {
    let begin = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, &[])].concat();
    // :method GET, :scheme http, :path /, :authority x: three by number, one spelled out
    let headers: &[u8] = &[0x82, 0x86, 0x84, 0x41, 1, b'x'];
    let flood = |each: &dyn Fn(u32) -> Vec<u8>| {
        let frames: Vec<u8> = (0..times).flat_map(each).collect();
        [begin.clone(), frames].concat()
    };
    vec![
        // opened and given up at once
        (
            "rapid reset",
            flood(&|i| {
                [frame(1, 5, 2 * i + 1, headers), frame(3, 0, 2 * i + 1, &[0, 0, 0, 8])].concat()
            }),
        ),
        ("settings", flood(&|_| frame(4, 0, 0, &[0, 3, 0, 0, 0, 1]))),
        ("pings", flood(&|_| frame(6, 0, 0, &[0; 8]))),
        // headers that never end
        ("continuation", {
            let parts: Vec<u8> = (0..times).flat_map(|_| frame(9, 0, 1, &[0; 64])).collect();
            [begin.clone(), frame(1, 1, 1, headers), parts].concat()
        }),
        ("nonsense", [begin.clone(), vec![0xff; 4096]].concat()),
    ]
}
