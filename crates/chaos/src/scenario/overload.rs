//! Senders bring three times what the program can take, and do not wait for answers: it refuses in good time, says when to come again,
//! and people's pages stay quick.
use super::{load, on_sqlite};
use crate::{
    drive::Load,
    outcome::Outcome,
    rig::{Rig, SETTLE},
    tools::{Tier, Tools},
};
use std::time::{Duration, Instant};
use testkit::Client;

/// Large events: what fills up is bytes, and they are cheap to make.
const PAD: usize = 100_000;
const BATCH: usize = 20;
/// How many times its capacity.
const TIMES: u32 = 3;
/// The slowest page of a hundred; generous, since debug builds share busy machines with the senders.
const PAGE: Duration = Duration::from_secs(5);

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("overload");
    let base = Load { clients: 4, pad: PAD, ..load(&outcome, BATCH) };
    let mut rig = Rig::start(tools, on_sqlite(tools), &base).await;
    rig.driver().more(3, SETTLE).await;
    let (start, before) = (Instant::now(), rig.driver().progress().batches);
    rig.driver().more(tools.pick(20, 200), SETTLE).await;
    let batches = rig.driver().progress().batches - before;
    let each = start.elapsed() / u32::try_from(batches).unwrap_or(1).max(1);
    rig.close(&mut outcome).await;
    outcome.note(format!("capacity {:.0} batches of 2 MB a second", 1.0 / each.as_secs_f64()));

    // an installation of its own: senders who never try again leave events that nobody acknowledged
    let every = u64::try_from((each / TIMES).as_micros()).unwrap_or(1).max(1);
    let storm = Load { every: Some(every), clients: 8, seed: outcome.seed ^ 1, ..base };
    let mut rig = Rig::start(tools, on_sqlite(tools), &storm).await;
    let admin = rig.admin().await;
    let (start, lasting) = (Instant::now(), tools.pick(5, 120));
    let mut pages = Vec::new();
    while start.elapsed() < Duration::from_secs(lasting) {
        pages.push(page(&admin, &mut outcome).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    outcome.tries = pages.len() as u64;
    pages.sort_unstable();
    let (median, slow) =
        (pages[pages.len() / 2], pages[(pages.len() * 95 / 100).min(pages.len() - 1)]);
    outcome.expect(slow <= PAGE, || format!("19 of 20 pages took up to {slow:?}"));
    outcome.note(format!("pages: median {median:?}, 19 of 20 within {slow:?}"));
    let progress = rig.driver().progress();
    // what waits fills up first: a few seconds of it are taken
    outcome.expect(tools.tier == Tier::Quick || progress.refusals() > 0, || {
        "nobody was refused: it was no overload".into()
    });
    outcome.note(format!(
        "{} batches taken, refused {:?}, slowest answer {} ms",
        progress.batches, progress.refused, progress.slowest_ms
    ));
    rig.close(&mut outcome).await;
    outcome.end()
}

/// What somebody looks at meanwhile.
async fn page(admin: &Client, outcome: &mut Outcome) -> Duration {
    let start = Instant::now();
    let reply = admin.get("/alerts?limit=20").await;
    outcome.expect(reply.status == 200, || format!("/alerts: {} {}", reply.status, reply.text()));
    start.elapsed()
}
