//! The disk is full, and has room again: events are refused and told when to come again, people go on working, and the intake resumes
//! by itself.
use super::{load, on_sqlite};
use crate::{
    outcome::Outcome,
    outside::disk::Tmpfs,
    rig::{Rig, SETTLE, busy},
    tools::Tools,
    verdict::Strangers,
};
use std::time::Duration;
use testkit::{Client, TestServer, server::ADMIN};

/// With room again, events must be taken within this time.
const RESUMED: Duration = Duration::from_secs(5);
/// What people do must be answered within this time.
const ANSWERED: Duration = Duration::from_secs(10);

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("disk-full");
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    // declared before the server, so that it is given back after it
    let disk = Tmpfs::new(&folder.path().join("disk"), tools.pick(64, 256));
    let data = folder.path().join("disk/data");
    let server = TestServer::start(busy(on_sqlite(tools)).data(data)).await;
    let mut rig = Rig::around(tools, server, &load(&outcome, 50)).await;
    let admin = rig.admin().await;
    for _ in 0..tools.pick(2, 20) {
        outcome.tries += 1;
        rig.driver().more(10, SETTLE).await;
        let before = rig.driver().progress().refusals();
        disk.fill().expect("the disk can be filled");
        rig.driver().until("a refusal", SETTLE, |p| p.refusals() > before).await;
        people(&rig, &admin, &mut outcome).await;
        disk.free().expect("the disk can be freed");
        let took = rig.driver().more(3, SETTLE).await;
        outcome.expect(took <= RESUMED, || format!("it took {took:?} until events were taken"));
        outcome.recovery.push(took);
    }
    let refused = rig.driver().progress().refused;
    outcome.expect(refused.contains_key(&507), || format!("nobody was told 507: {refused:?}"));
    outcome.note(format!("refusals {refused:?}"));
    rig.settle(Strangers::Faults, &mut outcome).await;
    outcome.end()
}

/// What people do meanwhile: sign in, search, look at alerts and pages.
async fn people(rig: &Rig, admin: &Client, outcome: &mut Outcome) {
    let somebody = rig.server.anonymous();
    match tokio::time::timeout(ANSWERED, somebody.login(ADMIN.0, ADMIN.1)).await {
        Ok(Ok(_)) => {}
        Ok(Err(refusal)) => {
            outcome.fault(format!("sign-in: {} {}", refusal.status, refusal.text()));
        }
        Err(_) => outcome.fault("sign-in is not answered"),
    }
    for path in ["/events?size=10", "/alerts", "/me", "/healthz"] {
        match tokio::time::timeout(ANSWERED, admin.get(path)).await {
            Ok(reply) => outcome.expect(reply.status == 200, || {
                format!("{path} with a full disk: {} {}", reply.status, reply.text())
            }),
            Err(_) => outcome.fault(format!("{path} is not answered with a full disk")),
        }
    }
}
