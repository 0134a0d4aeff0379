//! Bodies that unpack to far more than was sent: refused at the cap, in many requests at once, and memory stays flat.
//!
//! The caps themselves are shown where they are (`crates/platform/tests/it/bodies.rs`, `server/tests/it/ledger/limits.rs`); this is
//! about what the whole program holds meanwhile.
use super::{load, on_sqlite};
use crate::{
    drive::TOKEN,
    outcome::Outcome,
    outside::process,
    rig::{Rig, SETTLE, busy},
    tools::Tools,
    verdict::Strangers,
};
use std::time::{Duration, Instant};
use testkit::{TestServer, encode::Encoding};

/// Bombs at once.
const AT_ONCE: usize = 16;
/// What the program may hold more than before: the bombs' first megabytes, the load's own caches.
const GROWN: u64 = 200 << 20;
/// A refusal must come within this time.
const REFUSED: Duration = Duration::from_secs(20);

/// A bomb: how it is encoded, and its bytes.
struct Bomb {
    encoding: &'static str,
    bytes: Vec<u8>,
    /// What the door says to it.
    status: u16,
}

fn bombs(unpacked: usize) -> Vec<Bomb> {
    let blanks = vec![b' '; unpacked];
    let mut all: Vec<Bomb> = [(Encoding::Gzip, 1), (Encoding::Zstd, 4), (Encoding::Brotli, 1)]
        .into_iter()
        .map(|(encoding, times)| {
            // zstd packs fastest: it gets the largest
            let bytes = encoding.pack(&blanks.repeat(times));
            Bomb { encoding: encoding.as_str(), bytes, status: 413 }
        })
        .collect();
    let twice = Encoding::Gzip.pack(&all[0].bytes);
    all.push(Bomb { encoding: "gzip, gzip", bytes: twice, status: 415 });
    all.push(Bomb { encoding: "deflate", bytes: vec![0x78, 0x9c, 0x03, 0x00], status: 415 });
    all.push(Bomb { encoding: "gzip", bytes: all[1].bytes.clone(), status: 400 });
    all
}

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("body-bombs");
    // debug builds pack slowly: the quick tier lowers the cap and the bombs with it
    let (cap, unpacked) = tools.pick(("4MiB", 12 << 20), ("64MiB", 80 << 20));
    let options = busy(on_sqlite(tools)).env("EVENTSEC_LIMITS_INGEST_UNPACKED", cap);
    let mut rig = Rig::around(tools, TestServer::start(options).await, &load(&outcome, 50)).await;
    rig.driver().more(5, SETTLE).await;
    let pid = rig.server.pid().expect("the server runs");
    let before = process::memory(pid).unwrap_or_default();
    let client = rig.server.anonymous();
    for bomb in bombs(unpacked) {
        for (token, status) in [(Some(TOKEN), bomb.status), (None, 401)] {
            let asked = (0..AT_ONCE).map(|_| {
                let request = client
                    .bare(reqwest::Method::POST, "/events")
                    .header("content-encoding", bomb.encoding)
                    .header("content-type", "application/json");
                let request = token.iter().fold(request, |r, t| r.header("x-agent-token", *t));
                let (client, request) = (client.clone(), request.body(bomb.bytes.clone()));
                tokio::spawn(async move { client.try_send(request).await })
            });
            let (start, asked) = (Instant::now(), asked.collect::<Vec<_>>());
            for answer in asked {
                outcome.tries += 1;
                let what = || format!("{} ({} B)", bomb.encoding, bomb.bytes.len());
                match tokio::time::timeout(REFUSED, answer).await {
                    Ok(Ok(Ok(reply))) => {
                        // an encoding that nobody knows may be refused before or after it is asked who sends
                        let fine = reply.status == status
                            || token.is_none() && reply.status == bomb.status;
                        outcome.expect(fine, || {
                            format!(
                                "{}: {} in place of {status}: {}",
                                what(),
                                reply.status,
                                reply.text()
                            )
                        });
                    }
                    // the answer may come while the body is still being sent, and the connection ends with it
                    Ok(Ok(Err(_))) => {}
                    Ok(Err(e)) => outcome.fault(format!("{}: {e}", what())),
                    Err(_) => outcome.fault(format!("{}: no answer within {REFUSED:?}", what())),
                }
            }
            outcome.recovery.push(start.elapsed());
        }
    }
    let grown = process::memory(pid).unwrap_or_default().saturating_sub(before);
    outcome.expect(grown <= GROWN, || format!("memory grew by {} MB", grown >> 20));
    outcome.note(format!("{} MB more; the times are those of {AT_ONCE} refusals", grown >> 20));
    rig.driver().more(3, SETTLE).await;
    rig.settle(Strangers::Faults, &mut outcome).await;
    outcome.end()
}
