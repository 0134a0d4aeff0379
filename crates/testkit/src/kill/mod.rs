//! Proof that nothing acknowledged is lost or doubled: the program is killed at random moments while clients post to it.
//!
//! Clients post batches of real events, each event with a mark of its own. A batch without a whole answer is sent again, byte for
//! byte, until it is acknowledged: one client with an `Idempotency-Key`, the other relying on the content alone. After the last
//! kill every mark that was acknowledged must be found exactly once, under the id its receipt promised, and each event that the
//! test's rule asks for must have raised exactly one alert.
mod batch;
mod clients;
pub mod fleet;
mod verdict;

pub use batch::{Batch, Batches};
pub use verdict::{Fault, Receipt, Verdict, judge};

use crate::{Options, TestServer, seed};
use clients::Shared;
use rand::RngExt;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// What is done.
#[derive(Clone, Debug)]
pub struct Plan {
    pub kills: u32,
    pub clients: usize,
    /// Events of one batch.
    pub batch: usize,
    pub seed: u64,
    /// Real events as JSON texts, taken in turn.
    pub corpus: Arc<Vec<String>>,
}

/// `EVENTSEC_KILLS`, else 8: enough to meet each stage of the road now and then, few enough for every run of the tests.
pub fn kills() -> u32 {
    std::env::var("EVENTSEC_KILLS").ok().and_then(|n| n.trim().parse().ok()).unwrap_or(8)
}

/// Limits so small that heads become parts and parts are merged while the test runs.
pub fn busy(options: Options) -> Options {
    options
        .env("EVENTSEC_LIMITS_HEAD", "1MiB")
        .env("EVENTSEC_LIMITS_HEAD_AGE", "1s")
        .env("EVENTSEC_LOG_FILTER", "warn")
}

/// What happened.
#[derive(Debug)]
pub struct Report {
    pub kills: u32,
    pub batches: usize,
    pub events: usize,
    /// Sends that got no whole answer.
    pub unanswered: usize,
    /// Batches that had been stored before the kill cut off their answer.
    pub recognised: usize,
    pub alerts: usize,
    pub took: Duration,
    /// From the start of the process to its address, slowest.
    pub slowest_start: Duration,
    pub verdict: Verdict,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} kills in {:.1} s: {} batches of {} events acknowledged; {} sends unanswered, {} of their batches had been stored \
             already; {} alerts; slowest start {:.2} s; lost {}, shown twice {}, faults {}",
            self.kills,
            self.took.as_secs_f64(),
            self.batches,
            self.events,
            self.unanswered,
            self.recognised,
            self.alerts,
            self.slowest_start.as_secs_f64(),
            self.verdict.lost,
            self.verdict.doubled,
            self.verdict.faults.len(),
        )
    }
}

/// Time a killed server's clients may need until everything they sent is acknowledged.
const SETTLE: Duration = Duration::from_secs(120);

/// Time after which what was acknowledged must be visible.
const VISIBLE: Duration = Duration::from_secs(30);

/// Runs the plan. The server is left running, for further looks at it.
///
/// # Panics
/// When a batch is refused, the server does not start again, or a start shows fewer events than were acknowledged.
pub async fn run(options: Options, plan: Plan) -> (TestServer, Report) {
    let start = Instant::now();
    let mut random = seed::from(plan.seed);
    let mut server = TestServer::start(busy(options)).await;
    let admin = server.admin().await;
    let rule = json!({
        "name": format!("Kill test {:x}", plan.seed), "severity": "high", "window_minutes": 0,
        "conditions": {format!("details.{}", batch::FLAG): "yes"},
    });
    let rule = admin.post("/rules/detections", &rule).await.ok().json()["id"]
        .as_i64()
        .expect("a rule has an id");

    let shared = Arc::new(Shared::default());
    let tasks: Vec<_> = (0..plan.clients)
        .map(|n| tokio::spawn(clients::post(admin.clone(), n, plan.clone(), shared.clone())))
        .collect();
    let mut slowest_start = Duration::ZERO;
    for kill in 0..plan.kills {
        // a moment that lies anywhere in the life of a batch: after some acknowledgements and a random time
        let wanted = shared.acknowledged() + random.random_range(0..6);
        crate::wait_for("acknowledgements", SETTLE, async || {
            assert!(!tasks.iter().any(|t| t.is_finished()), "a client stopped");
            let now = shared.acknowledged();
            if now >= wanted {
                Ok(())
            } else {
                Err(format!("{now} of {wanted} batches before kill {kill}"))
            }
        })
        .await;
        tokio::time::sleep(Duration::from_micros(random.random_range(0..60_000))).await;
        server.kill();
        let acknowledged = shared.acknowledged_events();
        let at = Instant::now();
        server.restart().await;
        slowest_start = slowest_start.max(at.elapsed());
        // nobody posts before the generation is told
        let found = admin.count("").await;
        let possible = acknowledged + plan.clients * plan.batch;
        assert!(
            (acknowledged..=possible).contains(&(found as usize)),
            "after kill {kill}: {found} events, {acknowledged} were acknowledged, at most {possible} were sent"
        );
        shared.back_up();
    }
    shared.finish();
    for task in tasks {
        tokio::time::timeout(SETTLE, task)
            .await
            .expect("the clients settle")
            .expect("no client fails");
    }

    let receipts = shared.receipts();
    // the last batches are durable, and visible within a moment: a list that began before that would miss them. What never
    // comes is the judge's to name, so running out of time is no failure here
    let sent = shared.acknowledged_events() as i64;
    let begun = Instant::now();
    while admin.count("").await < sent && begun.elapsed() < VISIBLE {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let events = admin.all("/events", &[]).await;
    let flagged = receipts.iter().map(|r| batch::flagged(&r.marks).count()).sum::<usize>();
    let rule_text = rule.to_string();
    let parameters = [("rule_id", rule_text.as_str())];
    let alerts = loop {
        let alerts = admin.all("/alerts", &parameters).await;
        if alerts.len() >= flagged || begun.elapsed() >= VISIBLE {
            break alerts;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let all_alerts = admin.all("/alerts", &[]).await;
    let mut verdict = judge(&receipts, &events, &alerts);
    // a list and a count read different ways through the same store
    let counted = admin.count("").await;
    if counted != events.len() as i64 {
        verdict.faults.push(Fault::Count { listed: events.len(), counted });
    }
    for fault in &verdict.faults.clone() {
        if let Fault::Lost { mark } = fault {
            let found = admin.count(&format!("\"{mark}\"")).await;
            if found > 0 {
                verdict.faults.push(Fault::Unlisted { mark: mark.clone(), found });
            }
        }
    }
    verdict.faults.extend(evidence_twice(&all_alerts));
    let report = Report {
        kills: plan.kills,
        batches: receipts.len(),
        events: receipts.iter().map(|r| r.marks.len()).sum(),
        unanswered: shared.unanswered(),
        recognised: receipts.iter().filter(|r| r.repeated).count(),
        alerts: all_alerts.len(),
        took: start.elapsed(),
        slowest_start,
        verdict,
    };
    (server, report)
}

/// Events that stand in two alerts of one rule.
fn evidence_twice(alerts: &[Value]) -> Vec<Fault> {
    let mut seen = BTreeMap::<(i64, i64), usize>::new();
    for alert in alerts {
        let Some(rule) = alert["rule_id"].as_i64() else { continue };
        for event in alert["event_ids"].as_array().into_iter().flatten().filter_map(Value::as_i64) {
            *seen.entry((rule, event)).or_default() += 1;
        }
    }
    seen.into_iter()
        .filter(|(_, n)| *n > 1)
        .map(|((rule, event), times)| Fault::AlertTwice { rule, event, times })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_event_in_two_alerts_of_a_rule_is_a_fault() {
        let alert = |rule: i64, events: &[i64]| json!({"rule_id": rule, "event_ids": events});
        assert!(
            evidence_twice(&[
                alert(1, &[5, 6]),
                alert(2, &[5]),
                json!({"rule_id": null, "event_ids": [5]})
            ])
            .is_empty()
        );
        assert_eq!(
            evidence_twice(&[alert(1, &[5]), alert(1, &[6, 5])]),
            [Fault::AlertTwice { rule: 1, event: 5, times: 2 }]
        );
    }
}
