//! The program is killed at random moments while events arrive: nothing acknowledged is lost, nothing shows twice.
use crate::support;
use std::sync::Arc;
use testkit::{data, kill, seed};

/// Runs the kills, then looks at everything that is left, and prints the figures.
async fn killed(name: &str, options: testkit::Options, kills: u32) {
    let Some(dir) = testkit::data_dir() else { return };
    let corpus = Arc::new(data::windows_events(&dir).expect("the events can be read"));
    let plan = kill::Plan { kills, clients: 2, batch: 50, seed: seed::seed(name), corpus };
    let (mut server, report) = kill::run(options, plan).await;
    println!("{name}: {report}");
    let faults = &report.verdict.faults;
    assert!(
        faults.is_empty(),
        "{report}: {:?} … {:?}",
        &faults[..faults.len().min(10)],
        &faults[faults.len().saturating_sub(10)..]
    );
    assert_eq!((report.verdict.lost, report.verdict.doubled), (0, 0), "{report}");
    // a run in which no answer was ever cut off has proven nothing
    assert!(report.unanswered > 0, "{report}");

    server.terminate().await;
    for check in [["audit", "verify"], ["lake", "check"]] {
        let out = server.run(&check).await;
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
        assert!(out.status.success(), "{check:?}: {said}");
        println!("{name}: {}: {}", check.join(" "), said.trim());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    killed("kill::sqlite", support::sqlite(), kill::kills()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    let Some(options) = support::postgres().await else { return };
    killed("kill::postgres", options, kill::kills()).await;
}
