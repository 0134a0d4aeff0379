//! Several processes on PostgreSQL and OpenSearch are one installation.
use model::live::Note;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use testkit::{Client, data, fleet::Fleet, kill, seed, wait_for};

const SIX: [&str; 6] = ["web", "web", "ingest", "ingest", "worker", "worker"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_are_killed_in_turn_and_nothing_is_lost() {
    let Some(dir) = testkit::data_dir() else { return };
    let Some(mut fleet) = Fleet::start(&SIX, None).await else { return };
    let corpus = Arc::new(data::windows_events(&dir).expect("the events can be read"));
    let kills = kill::kills().max(SIX.len() as u32);
    let plan = kill::Plan { kills, clients: 3, batch: 50, seed: seed::seed("cluster"), corpus };
    let report = kill::run(&mut fleet, plan).await;
    println!("cluster: {report}");
    let faults = &report.verdict.faults;
    assert!(faults.is_empty(), "{report}: {:?}", &faults[..faults.len().min(10)]);
    assert_eq!((report.verdict.lost, report.verdict.doubled), (0, 0), "{report}");
    assert!(report.unanswered > 0, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_process_does_the_others_know() {
    let Some(fleet) = Fleet::start(&["web", "web", "ingest", "worker"], None).await else { return };
    let member = |i: usize| fleet.members[i].1.anonymous();
    let admin = fleet.admin().await;
    // a token of one web process opens the other
    let token = admin.token().expect("signed in").to_owned();
    let (first, second) = (member(0).with_token(&token), member(1).with_token(&token));
    assert_eq!(
        second.get("/me").await.ok().json()["email"],
        first.get("/me").await.json()["email"]
    );
    // ingest and worker serve what they are for, and nothing else
    let (ingest, worker) = (member(2).with_token(&token), member(3).with_token(&token));
    for (who, path, status) in [
        (&ingest, "/alerts", 404),
        (&worker, "/alerts", 404),
        (&worker, "/healthz", 200),
        (&ingest, "/readyz", 200),
    ] {
        assert_eq!(who.get(path).await.status, status, "{path}");
    }
    assert_eq!(
        worker.post("/events", &json!({"event_type": "x", "severity": "low"})).await.status,
        404
    );
    let health = second.get("/health/opensearch").await.ok().json();
    assert_eq!(
        (&health["enabled"], &health["connected"]),
        (&json!(true), &json!(true)),
        "{health}"
    );

    // a rule that one web process saves is followed by the worker, and its alert reaches browsers of the other
    let mut notes = second.notes().await;
    let rule = json!({
        "name": "Crosses processes", "severity": "high", "window_minutes": 0,
        "conditions": {"details.crossing": "yes"},
    });
    first.post("/rules/detections", &rule).await.ok();
    let wait = Duration::from_secs(20);
    let mut n = 0;
    wait_for("an alert in another process's push stream", wait, async || {
        n += 1;
        let event = json!({"event_type": "crossing", "severity": "low", "details": {"crossing": "yes", "n": n}});
        ingest.post("/events", &event).await.ok();
        while let Some(note) = notes.next(Duration::from_millis(500)).await {
            if matches!(&note, Note::Alert { title, .. } if title.contains("Crosses processes")) {
                return Ok(());
            }
        }
        Err("no note yet".to_owned())
    })
    .await;
    // what was posted is found through either web process
    for web in [&first, &second] {
        wait_for("the event", wait, async || match web.count("crossing").await {
            0 => Err("not found".to_owned()),
            _ => Ok(()),
        })
        .await;
    }
    let seen = Client::new(fleet.web.base.clone()).with_token(&token);
    let pipeline = seen.get("/pipeline").await.ok().json();
    assert!(pipeline["journal"]["quota"].as_i64().is_some_and(|q| q > 0), "{pipeline}");
}
