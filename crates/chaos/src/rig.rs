//! A running installation with the driver's load on it, and the looks that are taken at it after a fault.
use crate::{
    acked,
    drive::{Load, TOKEN},
    driver::Driver,
    events,
    outcome::Outcome,
    progress::Progress,
    tools::Tools,
    verdict::{Strangers, judge},
};
use serde::Deserialize;
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use testkit::{Client, Options, TestServer, worked_off};

/// Longest time anything may take that must come.
pub const SETTLE: Duration = Duration::from_secs(120);
/// When nothing more has become visible for so long, what is missing is lost.
pub const STILL: Duration = Duration::from_secs(30);
/// Sentences about one look that are kept.
const SENTENCES: usize = 5;

/// The variable that arms faults.
pub use faults::VARIABLE as FAULTS;

/// Options under which much happens while a scenario runs; and the driver's token.
pub fn busy(options: Options) -> Options {
    options.busy().env("EVENTSEC_AGENT_TOKEN", TOKEN)
}

/// What `eventsec check --json` answered.
#[derive(Clone, Debug, Deserialize)]
pub struct Checked {
    pub acknowledged: u64,
    pub stored: u64,
    pub lost: Found,
    pub doubled: Found,
    pub faults: Found,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Found {
    pub count: u64,
    pub lines: Vec<String>,
}

impl Checked {
    pub fn is_sound(&self) -> bool {
        self.lost.count + self.doubled.count + self.faults.count == 0
    }

    /// The first sentences about what is wrong.
    pub fn said(&self) -> Vec<String> {
        let kinds = [&self.lost, &self.doubled, &self.faults];
        kinds.iter().flat_map(|f| f.lines.iter().take(SENTENCES).cloned()).collect()
    }
}

pub struct Rig {
    pub server: TestServer,
    /// `None` once it has finished.
    pub driver: Option<Driver>,
    pub acked: PathBuf,
    /// The rule that asks for flagged events.
    rule: i64,
    _folder: tempfile::TempDir,
}

impl Rig {
    /// A server, and the driver sending to it.
    pub async fn start(tools: &Tools, options: Options, load: &Load) -> Self {
        let server = TestServer::start(busy(options).program(&tools.program)).await;
        Self::around(tools, server, load).await
    }

    /// The same around a server that runs already.
    pub async fn around(tools: &Tools, server: TestServer, load: &Load) -> Self {
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        let acked = folder.path().join("acked");
        let rule = json!({
            "name": format!("Chaos {:x}", load.seed), "severity": "high", "window_minutes": 0,
            "conditions": {format!("details.{}", events::FLAG): "yes"},
        });
        let admin = server.admin().await;
        let rule = admin.post("/rules/detections", &rule).await.ok().json()["id"].as_i64();
        let mut driver = Driver::start(&tools.driver, &acked, load);
        driver.url(&server.url());
        Self {
            server,
            driver: Some(driver),
            acked,
            rule: rule.expect("a rule has an id"),
            _folder: folder,
        }
    }

    /// # Panics
    /// After it has finished.
    pub fn driver(&mut self) -> &mut Driver {
        self.driver.as_mut().expect("the driver is there")
    }

    /// Starts the server again on the same data; answers how long it took until it listened. The driver follows.
    pub async fn restart(&mut self) -> Duration {
        let start = Instant::now();
        self.server.restart().await;
        let took = start.elapsed();
        let url = self.server.url();
        if let Some(driver) = &mut self.driver {
            driver.url(&url);
        }
        took
    }

    /// Runs `eventsec check` on the data of a server that does not run, and writes what it finds to the outcome.
    pub async fn check(&mut self, outcome: &mut Outcome) -> Checked {
        let checked = self.look().await;
        outcome.lost += checked.lost.count;
        outcome.doubled += checked.doubled.count;
        if checked.faults.count > 0 {
            outcome.faults += checked.faults.count - 1;
            outcome.fault(format!("check: {}", checked.faults.lines.join("; ")));
        }
        if checked.lost.count + checked.doubled.count > 0 {
            outcome.note(format!("check: {}", checked.said().join("; ")));
        }
        checked
    }

    /// The same without writing anything.
    ///
    /// # Panics
    /// When it cannot be run, or answers nothing that can be read.
    pub async fn look(&mut self) -> Checked {
        let acked = self.acked.display().to_string();
        // it must not fail on purpose itself
        let out = self.server.run_without(&[FAULTS], &["check", "--json", "--acked", &acked]).await;
        let text = String::from_utf8_lossy(&out.stdout);
        text.lines().rev().find_map(|l| serde_json::from_str(l).ok()).unwrap_or_else(|| {
            panic!("check said nothing: {text} {}", String::from_utf8_lossy(&out.stderr))
        })
    }

    /// Lets the driver finish, and notes what it saw that must not be.
    pub async fn finish(&mut self, outcome: &mut Outcome) -> Progress {
        let Some(driver) = self.driver.take() else { return Progress::default() };
        let progress = driver.finish(SETTLE).await;
        progress.wrong.iter().for_each(|line| outcome.fault(format!("driver: {line}")));
        progress
    }

    /// Looks at everything over HTTP, once the driver has finished: each acknowledged event listed once, whole and under its id,
    /// each flagged one with its alert.
    pub async fn judge(&self, strangers: Strangers, outcome: &mut Outcome) {
        let acked = acked::read(&self.acked).expect("the list can be read");
        let admin = self.server.admin().await;
        let flagged = acked.iter().filter(|(_, mark)| events::is_flagged(mark)).count();
        // what is missing in the end is the judge's to name, so standing still is no failure here
        worked_off(STILL, async || {
            u64::try_from(acked.len() as i64 - admin.count("").await).unwrap_or_default()
        })
        .await;
        let rule = self.rule.to_string();
        let of_rule = [("rule_id", rule.as_str())];
        worked_off(STILL, async || {
            flagged.saturating_sub(admin.all("/alerts", &of_rule).await.len()) as u64
        })
        .await;
        let alerts = admin.all("/alerts", &of_rule).await;
        let listed = admin.all("/events", &[]).await;
        let verdict = judge(&acked, &listed, &alerts, strangers);
        outcome.acked += acked.len() as u64;
        outcome.lost += verdict.lost;
        outcome.doubled += verdict.doubled;
        verdict.faults.into_iter().for_each(|line| outcome.fault(format!("judge: {line}")));
        let counted = admin.count("").await;
        outcome.expect(counted == listed.len() as i64, || {
            format!("judge: {counted} events are counted and {} listed", listed.len())
        });
    }

    /// The end of most scenarios: the driver finishes, everything is looked at over HTTP, the server ends in order, and its data are
    /// checked.
    pub async fn settle(&mut self, strangers: Strangers, outcome: &mut Outcome) -> Progress {
        let progress = self.finish(outcome).await;
        self.judge(strangers, outcome).await;
        let status = self.server.terminate().await;
        outcome.expect(status.success(), || format!("the server ended with {status}"));
        self.check(outcome).await;
        progress
    }

    /// The end of those whose events are too large to be listed: the driver finishes, the server ends in order, its data are checked.
    pub async fn close(&mut self, outcome: &mut Outcome) -> Progress {
        let progress = self.finish(outcome).await;
        let status = self.server.terminate().await;
        outcome.expect(status.success(), || format!("the server ended with {status}"));
        outcome.acked += self.check(outcome).await.acknowledged;
        progress
    }

    pub async fn admin(&self) -> Client {
        self.server.admin().await
    }

    pub fn data(&self) -> &Path {
        self.server.data()
    }
}
