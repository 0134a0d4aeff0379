//! The program dies at each step of an event's road, and the answer of each commit is lost once.
use super::{load, on_postgres, on_sqlite};
use crate::{
    outcome::Outcome,
    rig::{FAULTS, Rig},
    tools::Tools,
    verdict::Strangers,
};
use rand::{RngExt, rngs::StdRng};
use std::{os::unix::process::ExitStatusExt, time::Duration};
use testkit::{Options, seed};

/// Places that nothing on the road passes, or that are told to fail in place of dying.
const NOT_DEADLY: [&str; 4] =
    ["journal.answer", "manifest.answer", "search.snapshot", "request.search"];
/// Places whose commit happens and whose answer is lost.
const ANSWERS: [&str; 2] = ["journal.answer", "manifest.answer"];
/// SIGABRT.
const ABORTED: i32 = 6;
/// Time until a place must have been met: merges need several parts.
const MET: Duration = Duration::from_secs(60);

pub async fn sqlite(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("failpoints");
    for round in 0..tools.pick(1, 20) {
        all(tools, on_sqlite(tools), round, &mut outcome).await;
    }
    outcome.end()
}

pub async fn postgres(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("failpoints-postgres");
    // the quick tier meets the places with SQLite: the road above the databases is the same
    for round in 0..tools.pick(0, 20) {
        let Some(options) = on_postgres(&mut outcome).await else { break };
        all(tools, options, round, &mut outcome).await;
    }
    if tools.pick(true, false) {
        outcome.note("in the long tier only");
    }
    outcome.end()
}

/// Every place once, one after the other on one installation.
async fn all(tools: &Tools, options: Options, round: u64, outcome: &mut Outcome) {
    let round = outcome.seed ^ round;
    let mut random = seed::from(round);
    let mut rig =
        Rig::start(tools, options, &super::Load { seed: round, ..load(outcome, 60) }).await;
    for point in faults::POINTS.iter().filter(|p| !NOT_DEADLY.contains(*p)) {
        die_at(&mut rig, point, &mut random, outcome).await;
        if !outcome.is_clean() {
            outcome.fault(format!("at {point}, seed {round}"));
            return;
        }
    }
    for point in ANSWERS {
        rig.server.kill();
        rig.server.set_env(FAULTS, &format!("{point}=fail@{}", random.random_range(1..=3)));
        rig.restart().await;
        outcome.tries += 1;
        // commits go on after the one whose answer was lost
        rig.driver().more(30, MET).await;
    }
    rig.server.kill();
    rig.server.remove_env(FAULTS);
    rig.check(outcome).await;
    rig.restart().await;
    rig.settle(Strangers::Faults, outcome).await;
}

/// The server runs until it dies at this place; then everything is looked at, and it runs again without the fault.
async fn die_at(rig: &mut Rig, point: &str, random: &mut StdRng, outcome: &mut Outcome) {
    // a merge comes after many parts: the first one will do
    let times = if point.starts_with("merge.") { 1 } else { random.random_range(1..=3) };
    let (before, words) = (rig.server.log(), format!("fault: abort at {point}"));
    rig.server.kill();
    rig.server.set_env(FAULTS, &format!("{point}=abort@{times}"));
    outcome.tries += 1;
    let started = rig.server.try_restart().await;
    if started.is_ok() {
        let url = rig.server.url();
        rig.driver().url(&url);
        match rig.server.ended(MET).await {
            Some(status) => outcome.expect(status.signal() == Some(ABORTED), || {
                format!("{point}: it ended with {status} instead")
            }),
            None => outcome.fault(format!("{point} was never met")),
        }
    }
    // a start that takes up what was left may meet the place, too
    let died = rig.server.log().matches(&words).count() > before.matches(&words).count();
    outcome.expect(died, || format!("{point}: it did not die there: {:?}", started.err()));
    rig.server.kill();
    rig.server.remove_env(FAULTS);
    rig.check(outcome).await;
    outcome.recovery.push(rig.restart().await);
    rig.driver().more(1, MET).await;
}
