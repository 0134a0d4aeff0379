//! Proof that nothing acknowledged is lost or doubled: of several processes one after the other is killed at random moments while
//! clients post through the balancers, and the others go on.
//!
//! Clients post batches of real events, each event with a mark of its own. A batch without a whole answer is sent again, byte for
//! byte, until it is acknowledged: one client with an `Idempotency-Key`, the other relying on the content alone. After the last
//! kill every mark that was acknowledged must be found exactly once, under the id its receipt promised, and each event that the
//! test's rule asks for must have raised exactly one alert.
mod clients;
mod verdict;

pub use verdict::{Fault, Receipt, Verdict, judge};

use crate::{batch::FLAG, fleet::Fleet, seed};
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

/// When nothing more has become visible for so long, what is missing is lost.
const STILL: Duration = Duration::from_secs(30);

/// Kills each member in turn until the plan's kills are done; then everything acknowledged is looked for.
///
/// # Panics
/// When a batch is refused or a member does not start again.
pub async fn run(fleet: &mut Fleet, plan: Plan) -> Report {
    let start = Instant::now();
    let mut random = seed::from(plan.seed);
    let admin = fleet.admin().await;
    let rule = json!({
        "name": format!("Fleet test {:x}", plan.seed), "severity": "high", "window_minutes": 0,
        "conditions": {format!("details.{FLAG}"): "yes"},
    });
    let rule = admin.post("/rules/detections", &rule).await.ok().json()["id"].to_string();
    // every worker has heard of the rule within two seconds
    tokio::time::sleep(Duration::from_secs(2)).await;

    let sender = admin.at(&fleet.ingest.base);
    let shared = Arc::new(Shared::default());
    let tasks: Vec<_> = (0..plan.clients)
        .map(|n| tokio::spawn(clients::post(sender.clone(), n, plan.clone(), shared.clone())))
        .collect();
    let mut slowest_start = Duration::ZERO;
    for kill in 0..plan.kills {
        let more = async |n: usize| {
            let wanted = shared.acknowledged() + n;
            crate::wait_for("acknowledgements", SETTLE, async || {
                // whoever lost a connection tries the next server
                shared.back_up();
                let now = shared.acknowledged();
                if now >= wanted {
                    Ok(())
                } else {
                    Err(format!("{now} of {wanted} batches, kill {kill}"))
                }
            })
            .await;
        };
        more(random.random_range(1..6)).await;
        tokio::time::sleep(Duration::from_micros(random.random_range(0..60_000))).await;
        let next = kill as usize % fleet.members.len();
        let (role, member) = &mut fleet.members[next];
        member.kill();
        // the others go on without it
        more(2).await;
        let at = Instant::now();
        member.restart().await;
        println!(
            "kill {kill}: {role} was away while {} batches were acknowledged",
            shared.acknowledged()
        );
        slowest_start = slowest_start.max(at.elapsed());
    }
    shared.finish();
    for task in tasks {
        let settled = tokio::time::timeout(SETTLE, async {
            let mut task = task;
            loop {
                tokio::select! {
                    done = &mut task => return done,
                    () = tokio::time::sleep(Duration::from_millis(100)) => shared.back_up(),
                }
            }
        });
        settled.await.expect("the clients settle").expect("no client fails");
    }
    let receipts = shared.receipts();
    let sent = shared.acknowledged_events() as i64;
    let begun = Instant::now();
    // what is missing in the end is the judge's to name
    crate::worked_off(STILL, async || {
        u64::try_from(sent - admin.count("").await).unwrap_or_default()
    })
    .await;
    fleet.refresh().await;
    let drained = begun.elapsed();
    let events = admin.all("/events", &[]).await;
    let alerts = admin.all("/alerts", &[("rule_id", rule.as_str())]).await;
    let all_alerts = admin.all("/alerts", &[]).await;
    let mut verdict = judge(&receipts, &events, &alerts);
    let counted = admin.count("").await;
    if counted != events.len() as i64 {
        verdict.faults.push(Fault::Count { listed: events.len(), counted });
    }
    verdict.faults.extend(evidence_twice(&all_alerts));
    println!("everything was found {:.1} s after the last acknowledgement", drained.as_secs_f64());
    Report {
        kills: plan.kills,
        batches: receipts.len(),
        events: receipts.iter().map(|r| r.marks.len()).sum(),
        unanswered: shared.unanswered(),
        recognised: receipts.iter().filter(|r| r.repeated).count(),
        alerts: all_alerts.len(),
        took: start.elapsed(),
        slowest_start,
        verdict,
    }
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
