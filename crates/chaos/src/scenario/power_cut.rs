//! The power is cut: what the program had not synced is gone, as if it had never been written.
//!
//! Two ways, since one disk hides a mistake: on a journalling file system every sync of SQLite's files carries along the names in the
//! lake's folders. So either the whole data folder is on the disk that is cut, or the lake alone is.
use super::{load, on_sqlite};
use crate::{
    outcome::Outcome,
    outside::disk::Disk,
    rig::{FAULTS, Rig, SETTLE, busy},
    tools::Tools,
    verdict::Strangers,
};
use rand::RngExt;
use std::time::Duration;
use testkit::{TestServer, seed};

/// What is on the disk that is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Everything,
    Lake,
}

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("power-cut");
    for cut in 0..tools.pick(10, 300) {
        let what = if cut % 2 == 0 { What::Everything } else { What::Lake };
        once(tools, what, None, &mut outcome).await;
        if !outcome.is_clean() {
            outcome.fault(format!("at cut {cut}, {what:?}"));
            break;
        }
    }
    outcome.end()
}

/// One cut of a new installation. `bug` is planted in it.
pub async fn once(tools: &Tools, what: What, bug: Option<&str>, outcome: &mut Outcome) {
    let round = outcome.seed ^ outcome.tries;
    let mut random = seed::from(round);
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    // declared before the server, so that it is given back after it
    let mut disk;
    let data = match what {
        What::Everything => {
            disk = Disk::new(folder.path(), &folder.path().join("disk"));
            folder.path().join("disk/data")
        }
        What::Lake => {
            disk = Disk::new(folder.path(), &folder.path().join("data/lake"));
            folder.path().join("data")
        }
    };
    let mut options = busy(on_sqlite(tools)).data(&data);
    if let Some(bug) = bug {
        options = options.env(FAULTS, bug);
    }
    let server = TestServer::start(options).await;
    let load = super::Load { seed: round, ..load(outcome, 100) };
    let mut rig = Rig::around(tools, server, &load).await;
    // enough for a part or two, then any moment
    rig.driver().more(random.random_range(12..30), SETTLE).await;
    tokio::time::sleep(Duration::from_micros(random.random_range(0..300_000))).await;
    rig.server.freeze().await;
    let cut = disk.cut();
    rig.server.kill();
    outcome.tries += 1;
    disk.power_on(cut);
    if !rig.check(outcome).await.is_sound() {
        return;
    }
    outcome.recovery.push(rig.restart().await);
    rig.settle(Strangers::Faults, outcome).await;
}
