//! Panics. In a handler: that request is answered 500 as a problem, and nothing else notices. In the writer or the worker of the road,
//! without which no event can be taken: the program ends with status 1, and the next start reads back what was acknowledged. Beside
//! the road, where parts are written and merged: it is tried again.
use super::{load, on_sqlite};
use crate::{
    outcome::Outcome,
    rig::{FAULTS, Rig, SETTLE},
    tools::Tools,
    verdict::Strangers,
};
use std::time::{Duration, Instant};

/// Time in which a program that cannot work must have ended.
const ENDED: Duration = Duration::from_secs(30);

/// Where the road itself breaks.
const ROAD: [&str; 3] = ["writer.before_ack", "worker.before_index", "alerts.before_commit"];
/// Work beside the road.
const BESIDE: [&str; 3] = ["part.before_sync", "part.after_rename", "merge.before_commit"];

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("panics");
    let load = load(&outcome, 200);
    let mut rig = Rig::start(tools, on_sqlite(tools), &load).await;
    for _ in 0..tools.pick(1, 20) {
        handler(&mut rig, &mut outcome).await;
        for point in ROAD {
            road(&mut rig, point, &mut outcome).await;
        }
        for point in BESIDE {
            beside(&mut rig, point, &mut outcome).await;
        }
    }
    armed(&mut rig, None).await;
    outcome.note("handler: 500, the program lives; writer and worker: it ends with 1 and is started again; parts and merges: tried again");
    rig.settle(Strangers::Faults, &mut outcome).await;
    outcome.end()
}

/// Starts the server again with this fault, or none.
async fn armed(rig: &mut Rig, fault: Option<String>) {
    rig.server.kill();
    match fault {
        Some(fault) => rig.server.set_env(FAULTS, &fault),
        None => rig.server.remove_env(FAULTS),
    }
    rig.restart().await;
}

async fn handler(rig: &mut Rig, outcome: &mut Outcome) {
    armed(rig, Some("request.search=panic@1".into())).await;
    outcome.tries += 1;
    let admin = rig.admin().await;
    let reply = admin.get("/events").await;
    let problem = reply.header("content-type").is_some_and(|t| t.contains("problem+json"));
    outcome.expect(reply.status == 500 && problem, || {
        format!("a handler panicked: {} {}", reply.status, reply.text())
    });
    outcome.expect(!reply.text().contains("fault"), || format!("it told why: {}", reply.text()));
    let next = admin.get("/events?size=1").await;
    outcome.expect(next.status == 200, || format!("the request after it: {}", next.status));
    rig.driver().more(2, SETTLE).await;
}

async fn road(rig: &mut Rig, point: &str, outcome: &mut Outcome) {
    rig.server.kill();
    rig.server.set_env(FAULTS, &format!("{point}=panic@2"));
    outcome.tries += 1;
    let start = Instant::now();
    // a start that takes up what was left may meet the place, too, and then there is nothing to wait for
    if rig.server.try_restart().await.is_ok() {
        let url = rig.server.url();
        rig.driver().url(&url);
        match rig.server.ended(ENDED).await {
            None => outcome
                .fault(format!("a panic at {point}, and the program goes on without its road")),
            Some(status) => {
                outcome.recovery.push(start.elapsed());
                outcome
                    .expect(status.code() == Some(1), || format!("a panic at {point}: {status}"));
            }
        }
    }
    rig.server.kill();
    rig.check(outcome).await;
    armed(rig, None).await;
    rig.driver().more(2, SETTLE).await;
}

async fn beside(rig: &mut Rig, point: &str, outcome: &mut Outcome) {
    armed(rig, Some(format!("{point}=panic@1"))).await;
    outcome.tries += 1;
    let start = Instant::now();
    let words = format!("fault: panic at {point}");
    while !rig.server.log().contains(&words) && start.elapsed() < SETTLE {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    outcome.expect(rig.server.log().contains(&words), || format!("{point} was never met"));
    rig.driver().more(5, SETTLE).await;
    outcome.expect(rig.server.pid().is_some(), || format!("{point}: the program has ended"));
}
