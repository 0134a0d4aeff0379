//! Bugs that others have had, planted one by one: each must be found within a minute, or the scenario that should find it shows
//! nothing when it passes.
use super::{
    load, on_sqlite,
    power_cut::{self, What},
    reads,
};
use crate::{
    outcome::Outcome,
    rig::{FAULTS, Rig, SETTLE},
    tools::Tools,
    verdict::Strangers,
};
use futures::FutureExt;
use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};
use testkit::TestServer;

/// Time in which a bug must be found.
const FOUND: Duration = Duration::from_secs(60);

/// By what a bug is found.
#[derive(Clone, Copy, Debug)]
enum By {
    Cut(What),
    /// Dying at this place.
    Death(&'static str),
    /// A kill after parts were made.
    Kill,
    Readers,
}

const BUGS: [(&str, By); 8] = [
    ("plant.ack_before_sync", By::Cut(What::Everything)),
    ("plant.no_file_sync", By::Cut(What::Lake)),
    ("plant.no_folder_sync", By::Cut(What::Lake)),
    ("plant.release_early", By::Death("part.before_sync")),
    ("plant.cursor_first", By::Death("alerts.before_commit")),
    ("plant.forget_key", By::Death("writer.before_ack")),
    ("plant.reuse_ids", By::Kill),
    ("plant.delete_under_readers", By::Readers),
];

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("planted");
    outcome.expect(faults::PLANTS.iter().all(|p| BUGS.iter().any(|(bug, _)| bug == p)), || {
        "a bug that can be planted is not tried".into()
    });
    for (bug, by) in BUGS {
        let start = Instant::now();
        outcome.tries += 1;
        let mut seen = None;
        while seen.is_none() && start.elapsed() < FOUND {
            seen = hunt(tools, bug, by, outcome.seed ^ outcome.tries).await;
        }
        let took = start.elapsed();
        match seen {
            Some(what) => {
                outcome.recovery.push(took);
                outcome.note(format!("{bug} by {by:?} in {:.1} s: {what}", took.as_secs_f64()));
            }
            None => outcome.fault(format!("{bug} was not found by {by:?}")),
        }
    }
    outcome.end()
}

/// What the scenario said about the bug; `None` when it saw nothing wrong.
async fn hunt(tools: &Tools, bug: &'static str, by: By, seed: u64) -> Option<String> {
    let mut found = Outcome::begin(&format!("planted {bug}"));
    found.seed = seed;
    let outcome = &mut found;
    let hunting = async move {
        match by {
            By::Cut(what) => power_cut::once(tools, what, Some(bug), outcome).await,
            By::Death(point) => death(tools, bug, point, outcome).await,
            By::Kill => kill(tools, bug, outcome).await,
            By::Readers => reads::watch(tools, Some(bug), Duration::from_secs(20), outcome).await,
        }
    };
    // a bug may also show in a program that does not start again, or in an answer that cannot be
    let ended = AssertUnwindSafe(hunting).catch_unwind().await;
    let said = found.said.into_iter().chain(found.notes).next().unwrap_or_default();
    match ended {
        Ok(()) if found.lost + found.doubled + found.faults == 0 => None,
        Ok(()) => Some(short(&format!("{} lost, {} doubled; {said}", found.lost, found.doubled))),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            Some(short(&format!("stopped: {text}")))
        }
    }
}

fn short(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(160).collect()
}

/// The program with the bug dies at a place; what is left is looked at, and it goes on.
async fn death(tools: &Tools, bug: &str, point: &'static str, outcome: &mut Outcome) {
    let server = TestServer::start(
        crate::rig::busy(on_sqlite(tools)).env(FAULTS, format!("{bug},{point}=abort@3")),
    )
    .await;
    let mut rig = Rig::around(tools, server, &load(outcome, 200)).await;
    if rig.server.ended(FOUND).await.is_none() {
        return;
    }
    rig.server.set_env(FAULTS, bug);
    if rig.check(outcome).await.is_sound() {
        rig.restart().await;
        rig.settle(Strangers::Faults, outcome).await;
    }
}

/// Killed and started again after the first part was made.
async fn kill(tools: &Tools, bug: &str, outcome: &mut Outcome) {
    let options = crate::rig::busy(on_sqlite(tools)).env(FAULTS, bug);
    let mut rig = Rig::around(tools, TestServer::start(options).await, &load(outcome, 200)).await;
    for _ in 0..3 {
        rig.driver().more(12, SETTLE).await;
        rig.server.kill();
        if !rig.check(outcome).await.is_sound() {
            return;
        }
        rig.restart().await;
    }
    rig.settle(Strangers::Faults, outcome).await;
}
