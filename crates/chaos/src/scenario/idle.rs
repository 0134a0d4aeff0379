//! Thousands of connections that were used once and are kept: others are served as if they were not there.
use super::{load, on_sqlite};
use crate::{
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
    net::Ipv4Addr,
    time::{Duration, Instant},
};
use testkit::TestServer;

/// Addresses of the loopback that the connections come from.
const ADDRESSES: usize = 16;
/// An answer while all of them are open: generous, since debug builds answer it on busy machines.
const SERVED: Duration = Duration::from_secs(1);
/// Memory that one of them may cost.
const BYTES_EACH: u64 = 40 << 10;

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("idle");
    let wanted = tools.pick(2_000, 10_000);
    let files = process::open_files();
    assert!(
        files > wanted as u64 + 500,
        "{wanted} connections need more than the {files} open files that are allowed (ulimit -n)"
    );
    let options = busy(on_sqlite(tools))
        .env("EVENTSEC_LIMITS_CONNECTIONS", (wanted + 500).to_string())
        .env("EVENTSEC_LIMITS_IDLE", "120s");
    let server = TestServer::start(options).await;
    let mut rig = Rig::around(tools, server, &load(&outcome, 50)).await;
    rig.driver().more(2, SETTLE).await;
    let to = address(&rig.server.url());
    let pid = rig.server.pid().expect("the server runs");
    let before = process::memory(pid).unwrap_or_default();

    let mut idle = Vec::with_capacity(wanted);
    for number in 0..wanted {
        let last = u8::try_from(2 + number % ADDRESSES).unwrap_or(2);
        match Raw::connect_from(Ipv4Addr::new(127, 0, 0, last), to).await {
            Ok(mut raw) => {
                raw.send(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
                let answer = raw.until("{\"ok\":true}", SETTLE).await;
                outcome
                    .expect(answer.contains("200 OK"), || format!("connection {number}: {answer}"));
                idle.push(raw);
            }
            Err(e) => outcome.fault(format!("connection {number}: {e}")),
        }
        if !outcome.is_clean() {
            break;
        }
    }
    outcome.tries = idle.len() as u64;

    let admin = rig.admin().await;
    let mut times = Vec::new();
    for i in 0..40 {
        let start = Instant::now();
        let path = if i % 2 == 0 { "/healthz" } else { "/alerts?limit=10" };
        let reply = admin.get(path).await;
        times.push(start.elapsed());
        outcome.expect(reply.status == 200, || format!("{path}: {}", reply.status));
    }
    times.sort_unstable();
    let slowest = times.last().copied().unwrap_or_default();
    outcome.expect(slowest <= SERVED, || format!("an answer took {slowest:?}"));
    outcome.note(format!(
        "answers meanwhile: median {:?}, slowest {slowest:?}",
        times[times.len() / 2]
    ));
    outcome.recovery.push(rig.driver().more(5, SETTLE).await);
    let grown = process::memory(pid).unwrap_or_default().saturating_sub(before);
    outcome.note(format!("{} MB more for {} connections", grown >> 20, idle.len()));
    // the load itself fills caches and the head meanwhile
    let allowed = BYTES_EACH * wanted as u64 + (150 << 20);
    outcome.expect(grown <= allowed, || format!("memory grew by {} MB", grown >> 20));
    drop(idle);
    rig.settle(Strangers::Faults, &mut outcome).await;
    outcome.end()
}
