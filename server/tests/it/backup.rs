//! Backups beside a server under load, and what they are worth: restored elsewhere, nothing that was acknowledged before is missing.
#![allow(clippy::disallowed_methods, reason = "the clients are tasks of their own")]
use crate::support::{SOON, event, on_both, sqlite, started, wait_events};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Output,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use testkit::{
    Client, Options, PgDatabase, TestServer, batch,
    kill::{Fault, Receipt, judge},
    stamp, wait_for, worked_off,
};

/// Batches acknowledged before the backup begins, at least.
const BEFORE: usize = 60;

fn said(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

/// Runs the program on other data than a server's.
async fn program(data: &Path, database: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_eventsec"));
    command.args(arguments).env_clear().env("EVENTSEC_DATA_DIR", data);
    if let Some(url) = database {
        command.env("EVENTSEC_DATABASE_URL", url);
    }
    command.output().await.expect("the program can be run")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary folder has a plain name")
}

/// Parts below a folder.
fn parts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for path in entries.filter_map(|e| Some(e.ok()?.path())) {
        if path.is_dir() {
            found.extend(parts(&path));
        } else if path.extension().is_some_and(|e| e == "parquet") {
            found.push(path);
        }
    }
    found
}

type Receipts = Arc<Mutex<Vec<Receipt>>>;

/// Posts marked events until told to stop.
async fn post(admin: Client, number: usize, receipts: Receipts, stop: Arc<AtomicBool>) {
    let corpus = Arc::new(vec![
        r#"{"event_type":"backup.a","severity":"low"}"#.to_owned(),
        r#"{"event_type":"backup.b","severity":"high","host":"WS-1"}"#.to_owned(),
    ]);
    for batch in batch::of_corpus(corpus, 7, number, 50) {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let reply = admin.post_raw("/events", &[], batch.body.clone()).await;
        // overloaded: nothing was taken
        if [503, 507].contains(&reply.status) {
            continue;
        }
        let receipt = Receipt::read(&reply.ok().json(), &batch.marks).expect("all are taken");
        let many = {
            let mut all = receipts.lock().expect("no panic");
            all.push(receipt);
            all.len() > 2 * BEFORE
        };
        if many {
            // enough to be found later; from here on it is the going on that matters
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn is_whole(server: &TestServer) {
    for check in [["audit", "verify"], ["lake", "check"], ["db", "check"]] {
        let out = server.run(&check).await;
        assert!(out.status.success(), "{check:?}: {}", said(&out));
    }
}

on_both! {
    async fn nothing_acknowledged_before_is_missing_and_nothing_is_there_twice(options) {
        let elsewhere = match options.database_url() {
            None => None,
            Some(_) => Some(PgDatabase::fresh().await.expect("there is a PostgreSQL")),
        };
        let server = TestServer::start(options.busy()).await;
        let admin = server.admin().await;
        let rule = json!({"name": "Flagged", "severity": "high", "window_minutes": 0, "conditions": {"details.es_flag": "yes"}});
        let rule = admin.post("/rules/detections", &rule).await.ok().json()["id"].clone();
        let (receipts, stop): (Receipts, _) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let posting: Vec<_> = (0..2)
            .map(|n| tokio::spawn(post(admin.clone(), n, receipts.clone(), stop.clone())))
            .collect();
        let lake = server.data().join("lake");
        let missing = worked_off(SOON, async || {
            let batches = receipts.lock().expect("no panic").len();
            (BEFORE.saturating_sub(batches) + 3_usize.saturating_sub(parts(&lake).len())) as u64
        })
        .await;
        assert_eq!(missing, 0, "some batches and some parts are there");

        let before = receipts.lock().expect("no panic").clone();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let backup = folder.path().join("backup");
        let out = server.run(&["backup", "--to", text(&backup)]).await;
        assert!(out.status.success(), "{}", said(&out));
        stop.store(true, Ordering::Relaxed);
        for task in posting {
            task.await.expect("the clients end well");
        }
        let after = receipts.lock().expect("no panic").len();
        println!("{} batches before the backup, {after} in all; {}", before.len(), said(&out).trim());
        drop(server);

        let fresh = folder.path().join("fresh");
        let url = elsewhere.as_ref().map(PgDatabase::url);
        let out = program(&fresh, url.as_deref(), &["restore", "--from", text(&backup)]).await;
        assert!(out.status.success(), "{}", said(&out));
        let again = program(&fresh, url.as_deref(), &["restore", "--from", text(&backup)]).await;
        assert_eq!(again.status.code(), Some(1), "{}", said(&again));
        assert!(said(&again).contains("not empty"), "{}", said(&again));

        let options = elsewhere.map_or_else(Options::sqlite, Options::postgres);
        let options = options.program(env!("CARGO_BIN_EXE_eventsec")).data(&fresh).busy();
        let mut server = TestServer::start(options).await;
        let admin = server.admin().await;
        let events = admin.all("/events", &[]).await;
        let alerts = admin.all("/alerts", &[]).await;
        let alerts: Vec<Value> = alerts.into_iter().filter(|a| a["rule_id"] == rule).collect();
        let verdict = judge(&before, &events, &alerts);
        // what came while the backup was taken may be in it or not
        let later = |f: &&Fault| matches!(f, Fault::Unknown { .. } | Fault::WrongAlert { .. });
        let faults: Vec<&Fault> = verdict.faults.iter().filter(|f| !later(f)).collect();
        assert!(faults.is_empty(), "{} faults: {:?}", faults.len(), &faults[..faults.len().min(10)]);
        let marks: Vec<&str> = events.iter().filter_map(stamp::mark_of).collect();
        assert_eq!(marks.iter().collect::<BTreeSet<_>>().len(), marks.len(), "an event is there twice");
        let evidence: Vec<i64> = alerts.iter().filter_map(|a| a["event_ids"][0].as_i64()).collect();
        assert_eq!(evidence.iter().collect::<BTreeSet<_>>().len(), evidence.len(), "a block was detected twice");
        // life goes on where it was
        let next = admin.post("/events", &event("after", "afterwards")).await.ok().json();
        assert!(next["id"].as_i64() > events.iter().map(|e| e["event_id"].as_i64()).max().flatten(), "{next}");
        wait_events(&admin, "afterwards", 1).await;
        server.terminate().await;
        is_whole(&server).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_not_whole_is_refused_before_anything_is_written() {
    let (mut server, admin) = started(sqlite().env("EVENTSEC_LIMITS_HEAD_AGE", "1s")).await;
    admin.post("/events", &event("kept", "keptone")).await.ok();
    let lake = server.data().join("lake");
    wait_for("a part", SOON, async || if parts(&lake).is_empty() { Err("none") } else { Ok(()) })
        .await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let backup = folder.path().join("backup");
    let out = server.run(&["backup", "--to", text(&backup)]).await;
    assert!(out.status.success(), "{}", said(&out));
    let twice = server.run(&["backup", "--to", text(&backup)]).await;
    assert_eq!(twice.status.code(), Some(1), "a backup is never written over: {}", said(&twice));
    server.terminate().await;

    let damaged = ["tables/users.ndjson.zst", "tables/journal_blocks.ndjson.zst"];
    let mut files: Vec<PathBuf> = damaged.iter().map(|f| backup.join(f)).collect();
    files.extend(parts(&backup.join("lake")));
    assert!(files.len() > 2);
    for file in files {
        let whole = std::fs::read(&file).expect("readable");
        let mut torn = whole.clone();
        let middle = torn.len() / 2;
        torn[middle] ^= 1;
        // the part may be the server's own file under another name: a new file, not the same with other bytes
        std::fs::remove_file(&file).expect("removable");
        std::fs::write(&file, torn).expect("writable");
        let fresh = folder.path().join("fresh");
        let out = program(&fresh, None, &["restore", "--from", text(&backup)]).await;
        assert_eq!(out.status.code(), Some(1), "{}: {}", file.display(), said(&out));
        assert!(said(&out).contains("damaged") && !fresh.exists(), "{}", said(&out));
        std::fs::remove_file(&file).expect("removable");
        std::fs::write(&file, whole).expect("writable");
    }
    let no_backup =
        program(&folder.path().join("x"), None, &["restore", "--from", text(folder.path())]).await;
    assert!(said(&no_backup).contains("is no backup"), "{}", said(&no_backup));
    let no_data = program(
        &folder.path().join("y"),
        None,
        &["backup", "--to", text(&folder.path().join("z"))],
    )
    .await;
    assert!(said(&no_data).contains("holds no installation"), "{}", said(&no_data));
    assert!(!folder.path().join("y").exists(), "and none is made by asking");
}
