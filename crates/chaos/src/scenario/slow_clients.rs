//! Crowds of slow clients: silent, with half a header, with headers or a body that dribble, with an answer that they do not take. All
//! are closed in time, and others are served meanwhile.
//!
//! That each kind alone is closed is shown where the accept loop is (`crates/platform/tests/it/accept.rs`); this is about many.
use super::{load, on_sqlite};
use crate::{
    drive::TOKEN,
    outcome::Outcome,
    outside::{
        process,
        raw::{Raw, address},
    },
    rig::{Rig, SETTLE, busy},
    tools::Tools,
    verdict::Strangers,
};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};
use testkit::TestServer;
use tokio::task::JoinSet;

/// Limits of the run, short so that it ends soon.
const LIMITS: [(&str, &str); 5] = [
    ("EVENTSEC_LIMITS_FIRST_BYTE", "2s"),
    ("EVENTSEC_LIMITS_HEADERS", "2s"),
    ("EVENTSEC_LIMITS_BODY_GRACE", "2s"),
    ("EVENTSEC_LIMITS_WRITE_STALL", "2s"),
    ("EVENTSEC_LIMITS_IDLE", "4s"),
];
/// By then everybody must have been closed: the limits, and a machine that is busy.
const CLOSED: Duration = Duration::from_secs(20);
/// Answers that are asked for and not taken: some ten megabytes.
const ANSWERS: usize = 30;
const HEAD: &[u8] = b"HTTP/1.1 200";
/// Longer than the server waits for somebody who takes nothing.
const STALLED: Duration = Duration::from_secs(6);
/// One in so many clients of that kind: their answers lie in the kernel's memory.
const FEW: usize = 15;
/// An answer to somebody else meanwhile; generous, since debug builds answer it on busy machines.
const SERVED: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug)]
enum Slow {
    Silent,
    HalfHeader,
    DribbledHeader,
    DribbledBody,
    TakesNothing,
}

const KINDS: [Slow; 5] =
    [Slow::Silent, Slow::HalfHeader, Slow::DribbledHeader, Slow::DribbledBody, Slow::TakesNothing];

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("slow-clients");
    let each = tools.pick(60, 400);
    assert!(
        process::open_files() > each as u64 * 5 + 500,
        "{} connections need more open files than are allowed (ulimit -n)",
        each * 5
    );
    let options =
        LIMITS.iter().fold(busy(on_sqlite(tools)), |o, (name, value)| o.env(name, *value));
    let mut rig = Rig::around(tools, TestServer::start(options).await, &load(&outcome, 100)).await;
    // an answer that does not fit into the sockets' buffers needs events
    rig.driver().more(30, SETTLE).await;
    let admin = rig.admin().await;
    let token = admin.token().unwrap_or_default().to_owned();
    let to = address(&rig.server.url());

    let mut crowd = JoinSet::new();
    for (number, kind) in KINDS.into_iter().cycle().take(each * KINDS.len()).enumerate() {
        let from = Ipv4Addr::new(127, 0, 1, u8::try_from(1 + number % 8).unwrap_or(1));
        if matches!(kind, Slow::TakesNothing) && number % (FEW * KINDS.len()) >= KINDS.len() {
            continue;
        }
        crowd.spawn(slow(kind, from, to, token.clone()));
    }
    let (mut served, start) = (Vec::new(), Instant::now());
    while !crowd.is_empty() && start.elapsed() < CLOSED + SETTLE {
        let asked = Instant::now();
        let reply = admin.get("/alerts?limit=5").await;
        served.push(asked.elapsed());
        outcome.expect(reply.status == 200, || format!("/alerts: {}", reply.status));
        while let Some(done) = crowd.try_join_next() {
            outcome.tries += 1;
            match done {
                Ok((_, Some(took))) => outcome.recovery.push(took),
                Ok((kind, None)) => {
                    outcome.fault(format!("{kind:?} is still open after {CLOSED:?}"))
                }
                Err(e) => outcome.fault(format!("a client stopped: {e}")),
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    served.sort_unstable();
    let slowest = served.last().copied().unwrap_or_default();
    outcome.expect(slowest <= SERVED, || format!("somebody else waited {slowest:?}"));
    outcome.note(format!(
        "others: slowest of {} answers {slowest:?}; the times are until closed",
        served.len()
    ));
    rig.driver().more(3, SETTLE).await;
    rig.settle(Strangers::Faults, &mut outcome).await;
    outcome.end()
}

/// Is slow until the server closes; answers how long that took.
async fn slow(
    kind: Slow,
    from: Ipv4Addr,
    to: SocketAddr,
    token: String,
) -> (Slow, Option<Duration>) {
    let start = Instant::now();
    let Ok(mut raw) = Raw::connect_from(from, to).await else { return (kind, None) };
    let closed = match kind {
        Slow::Silent => raw.rest(CLOSED).await.is_some(),
        Slow::HalfHeader => {
            raw.send(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-a: ").await;
            raw.rest(CLOSED).await.is_some()
        }
        Slow::DribbledHeader => {
            raw.send(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: ").await;
            dribbled(&mut raw, start).await
        }
        Slow::DribbledBody => {
            let head = format!(
                "POST /events HTTP/1.1\r\nhost: x\r\nx-agent-token: {TOKEN}\r\ncontent-length: 1000000\r\n\r\n["
            );
            raw.send(head.as_bytes()).await;
            dribbled(&mut raw, start).await
        }
        Slow::TakesNothing => takes_nothing(&mut raw, &token).await,
    };
    (kind, closed.then(|| start.elapsed()))
}

/// Sends a byte now and then until the other side takes no more.
async fn dribbled(raw: &mut Raw, start: Instant) -> bool {
    while start.elapsed() < CLOSED {
        let mut one = [0];
        let peeked = tokio::time::timeout(Duration::from_millis(100), raw.0.peek(&mut one)).await;
        if matches!(peeked, Ok(Ok(0) | Err(_))) || !raw.send(b" ").await {
            return true;
        }
        if peeked.is_ok() {
            // an answer has come: the end comes after it
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    false
}

/// Asks for more than the sockets' buffers hold and reads nothing for longer than the server waits. Then what lies in the buffers can
/// be read, and the end comes in place of the rest.
async fn takes_nothing(raw: &mut Raw, token: &str) -> bool {
    let request = format!(
        "GET /events?size=500 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    raw.send(request.repeat(ANSWERS).as_bytes()).await;
    tokio::time::sleep(STALLED).await;
    let Some((answers, _)) = raw.rest(CLOSED).await else { return false };
    let whole = answers.windows(HEAD.len()).filter(|w| *w == HEAD).count();
    whole < ANSWERS
}
