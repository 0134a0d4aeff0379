//! The program is killed at random moments while events arrive.
use super::{load, on_postgres, on_sqlite};
use crate::{
    outcome::Outcome,
    rig::{Rig, SETTLE},
    tools::Tools,
    verdict::Strangers,
};
use rand::RngExt;
use std::time::Duration;
use testkit::{Options, seed};

/// Kills of one installation: then a new one is begun, so that looking at everything after each kill stays quick.
const OF_ONE: u64 = 50;

pub async fn sqlite(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("kill");
    let mut left = kills(tools.pick(50, 1_000));
    while left > 0 && outcome.is_clean() {
        let now = left.min(OF_ONE);
        killed(tools, on_sqlite(tools), now, &mut outcome).await;
        left -= now;
    }
    outcome.end()
}

pub async fn postgres(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("kill-postgres");
    let mut left = kills(tools.pick(10, 200));
    while left > 0 && outcome.is_clean() {
        let Some(options) = on_postgres(&mut outcome).await else { break };
        let now = left.min(OF_ONE);
        killed(tools, options, now, &mut outcome).await;
        left -= now;
    }
    outcome.end()
}

/// `EVENTSEC_KILLS`, else what the tier says.
fn kills(tier: u64) -> u64 {
    std::env::var("EVENTSEC_KILLS").ok().and_then(|n| n.trim().parse().ok()).unwrap_or(tier)
}

async fn killed(tools: &Tools, options: Options, kills: u64, outcome: &mut Outcome) {
    let round = outcome.seed ^ outcome.tries;
    let mut random = seed::from(round);
    let mut rig =
        Rig::start(tools, options, &super::Load { seed: round, ..load(outcome, 50) }).await;
    let admin = rig.admin().await;
    for kill in 0..kills {
        // a moment that lies anywhere in the life of a batch: after some acknowledgements and a random time
        let wanted = random.random_range(0..6);
        if wanted > 0 {
            rig.driver().more(wanted, SETTLE).await;
        }
        tokio::time::sleep(Duration::from_micros(random.random_range(0..60_000))).await;
        let acknowledged = rig.driver().progress().events;
        rig.server.kill();
        outcome.tries += 1;
        let checked = rig.check(outcome).await;
        if !checked.is_sound() {
            outcome.fault(format!("after kill {kill} of seed {round}"));
            return;
        }
        // nobody sends before the driver is told: what a start shows is what was there
        let start = std::time::Instant::now();
        rig.server.restart().await;
        outcome.recovery.push(start.elapsed());
        let found = admin.count("").await;
        outcome.expect(found >= acknowledged as i64 && found >= checked.stored as i64, || {
            format!(
                "after kill {kill}: {found} events, {acknowledged} acknowledged, {} stored",
                checked.stored
            )
        });
        let url = rig.server.url();
        rig.driver().url(&url);
    }
    let progress = rig.settle(Strangers::Faults, outcome).await;
    // a run in which no answer was ever cut off has shown nothing
    outcome.expect(progress.unanswered > 0, || "no answer was cut off".into());
    outcome.count("batches were known when they came again", progress.repeated);
}
