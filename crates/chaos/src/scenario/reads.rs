//! Parts are written and merged while somebody reads: every answer holds each event once.
use super::{load, on_sqlite};
use crate::{
    outcome::Outcome,
    rig::{FAULTS, Rig, SETTLE, busy},
    tools::Tools,
    verdict::Strangers,
};
use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, Instant},
};
use testkit::{Client, TestServer};

/// Readers wait so long between their look at the list of parts and the parts themselves, so that merges fall in between.
const PAUSE_MS: u32 = 60;

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("reads");
    watch(tools, None, tools.pick(Duration::from_secs(8), Duration::from_secs(300)), &mut outcome)
        .await;
    outcome.end()
}

/// Reads for some time, or until something is wrong.
pub async fn watch(tools: &Tools, bug: Option<&str>, time: Duration, outcome: &mut Outcome) {
    let pause = format!("search.snapshot=wait:{PAUSE_MS}");
    let armed = bug.map_or(pause.clone(), |bug| format!("{bug},{pause}"));
    let server = TestServer::start(busy(on_sqlite(tools)).env(FAULTS, armed)).await;
    let mut rig = Rig::around(tools, server, &load(outcome, 200)).await;
    let admin = rig.admin().await;
    rig.driver().more(5, SETTLE).await;
    let (start, mut counted) = (Instant::now(), 0);
    let (mut most, mut merged) = (0, false);
    // a busy machine merges later, and without a merge nothing is shown
    while outcome.is_clean()
        && (start.elapsed() < time || (!merged && start.elapsed() < time + SETTLE))
    {
        outcome.tries += 1;
        counted = growing(&admin, counted, outcome).await;
        page(&admin, outcome).await;
        // parts become fewer by merging alone
        let parts = count_parts(&rig.data().join("lake"));
        merged |= parts < most;
        most = parts;
    }
    outcome.expect(merged || !outcome.is_clean(), || "no parts were merged meanwhile".into());
    if bug.is_none() {
        rig.settle(Strangers::Faults, outcome).await;
    }
}

/// Events are never deleted: a count that is smaller than the one before missed some.
async fn growing(admin: &Client, before: i64, outcome: &mut Outcome) -> i64 {
    let now = admin.count("").await;
    outcome.expect(now >= before, || format!("{before} events were counted, and then {now}"));
    now
}

/// A page of the newest holds nothing twice, and no more than there is.
async fn page(admin: &Client, outcome: &mut Outcome) {
    let page = admin.query("/events", &[("size", "500")]).await.ok().page();
    let ids: BTreeSet<i64> = page.items.iter().filter_map(|e| e["event_id"].as_i64()).collect();
    outcome.expect(ids.len() == page.items.len(), || {
        format!("{} events on a page, {} of them different", page.items.len(), ids.len())
    });
    let full = page.total.is_some_and(|t| t < 500) || page.items.len() == 500;
    outcome
        .expect(full, || format!("{} events on a page, {:?} in all", page.items.len(), page.total));
}

fn count_parts(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|e| match e.path() {
            p if p.is_dir() => count_parts(&p),
            p => usize::from(p.extension().is_some_and(|e| e == "parquet")),
        })
        .sum()
}
