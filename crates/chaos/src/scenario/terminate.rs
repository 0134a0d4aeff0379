//! SIGTERM under load: what runs is finished, the program ends in order and soon.
use super::{load, on_sqlite};
use crate::{
    outcome::Outcome,
    rig::{Rig, SETTLE},
    tools::Tools,
    verdict::Strangers,
};
use rand::RngExt;
use std::time::{Duration, Instant};
use testkit::seed;

/// Time in which it must have ended.
const DRAINED: Duration = Duration::from_secs(10);

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("terminate");
    let mut random = seed::from(outcome.seed);
    let load = super::Load { clients: 6, ..load(&outcome, 50) };
    let mut rig = Rig::start(tools, on_sqlite(tools), &load).await;
    for _ in 0..tools.pick(4, 100) {
        rig.driver().more(random.random_range(1..20), SETTLE).await;
        tokio::time::sleep(Duration::from_micros(random.random_range(0..60_000))).await;
        outcome.tries += 1;
        let start = Instant::now();
        let status = rig.server.terminate().await;
        let took = start.elapsed();
        outcome.recovery.push(took);
        outcome.expect(status.success(), || format!("it ended with {status}"));
        outcome.expect(took <= DRAINED, || format!("it took {took:?} to end"));
        rig.check(&mut outcome).await;
        rig.restart().await;
    }
    outcome.note("the times are those of the end");
    rig.settle(Strangers::Faults, &mut outcome).await;
    outcome.end()
}
