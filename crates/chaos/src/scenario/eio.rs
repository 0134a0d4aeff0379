//! A sync of the disk fails: nothing of it is acknowledged, the sender is told to come again, and the program goes on.
use super::{load, on_sqlite};
use crate::{
    outcome::Outcome,
    outside::strace::Strace,
    rig::{Rig, SETTLE},
    tools::Tools,
    verdict::Strangers,
};
use std::time::{Duration, Instant};

/// From the fault on, events must be taken again within this time.
const RECOVERED: Duration = Duration::from_secs(15);
/// Time in which the fault must show: every block is a sync.
const SHOWN: Duration = Duration::from_secs(10);

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("eio");
    let load = load(&outcome, 50);
    let mut rig = Rig::start(tools, on_sqlite(tools), &load).await;
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    rig.driver().more(5, SETTLE).await;
    for when in 1..=tools.pick(3, 50) {
        outcome.tries += 1;
        let Some(pid) = rig.server.pid() else {
            outcome.fault("the server has ended");
            break;
        };
        let log = folder.path().join("calls");
        let before = rig.driver().progress().refusals();
        // the journal has a thread of its own: its when-th sync from now on fails
        let strace = Strace::inject(pid, "fsync,fdatasync", "EIO", &when.to_string(), &log).await;
        let start = Instant::now();
        while rig.driver().progress().refusals() == before && start.elapsed() < SHOWN {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let refused = rig.driver().progress().refusals() > before;
        outcome.expect(refused, || format!("sync {when} failed and nobody was refused"));
        // calls are counted in each thread, so a connection that is opened anew would meet the fault anew: the disk is well again now
        drop(strace);
        let took = rig.driver().more(10, SETTLE).await;
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        outcome.expect(said.contains("INJECTED"), || format!("no call failed at {when}"));
        outcome.expect(took < RECOVERED, || format!("it took {took:?} to go on after sync {when}"));
        outcome.recovery.push(took);
    }
    rig.settle(Strangers::Faults, &mut outcome).await;
    outcome.end()
}
