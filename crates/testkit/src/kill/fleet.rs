//! The same proof for several processes: one after the other is killed while clients post through the balancers, and the others
//! go on.
use super::{Plan, Report, SETTLE, VISIBLE, batch, clients, evidence_twice, judge};
use crate::{fleet::Fleet, seed};
use rand::RngExt;
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

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
        "conditions": {format!("details.{}", batch::FLAG): "yes"},
    });
    let rule = admin.post("/rules/detections", &rule).await.ok().json()["id"].to_string();
    // every worker has heard of the rule within two seconds
    tokio::time::sleep(Duration::from_secs(2)).await;

    let sender = admin.at(&fleet.ingest.base);
    let shared = Arc::new(clients::Shared::default());
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
        let (role, member) = {
            let n = fleet.members.len();
            &mut fleet.members[kill as usize % n]
        };
        member.kill();
        let role = *role;
        // the others go on without it
        more(2).await;
        let at = Instant::now();
        let n = fleet.members.len();
        fleet.members[kill as usize % n].1.restart().await;
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
    while admin.count("").await < sent && begun.elapsed() < VISIBLE {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    fleet.refresh().await;
    let drained = begun.elapsed();
    let events = admin.all("/events", &[]).await;
    let alerts = admin.all("/alerts", &[("rule_id", rule.as_str())]).await;
    let all_alerts = admin.all("/alerts", &[]).await;
    let mut verdict = judge(&receipts, &events, &alerts);
    let counted = admin.count("").await;
    if counted != events.len() as i64 {
        verdict.faults.push(super::Fault::Count { listed: events.len(), counted });
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
