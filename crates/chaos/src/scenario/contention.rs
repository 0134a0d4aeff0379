//! Many people and senders write on SQLite at once while somebody reads for a long time: everybody is served, nobody hears of a lock.
use super::{load, on_sqlite};
use crate::{outcome::Outcome, rig::Rig, tools::Tools, verdict::Strangers};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use std::time::{Duration, Instant};
use testkit::Client;

const WRITERS: usize = 16;
/// The slowest answer; the database itself gives up after ten seconds.
const SLOWEST: Duration = Duration::from_secs(9);

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("contention");
    let load = load(&outcome, 50);
    let mut rig = Rig::start(tools, on_sqlite(tools), &load).await;
    let admin = rig.admin().await;
    // somebody from outside keeps one state of both files in sight, so that neither log can be cut back
    let mut readers = Vec::new();
    for file in ["eventsec.db", "journal.db"] {
        readers.push(reader(&rig, file).await);
    }
    let each = tools.pick(12, 250);
    let writers: Vec<_> =
        (0..WRITERS).map(|n| tokio::spawn(write(admin.clone(), n, each))).collect();
    let mut times = Vec::new();
    for writer in writers {
        match writer.await {
            Ok((took, wrong)) => {
                times.extend(took);
                wrong.into_iter().for_each(|line| outcome.fault(line));
            }
            Err(e) => outcome.fault(format!("a writer stopped: {e}")),
        }
    }
    outcome.tries = times.len() as u64;
    times.sort_unstable();
    if let (Some(slowest), Some(median)) = (times.last(), times.get(times.len() / 2)) {
        outcome.expect(*slowest <= SLOWEST, || format!("an answer took {slowest:?}"));
        outcome.note(format!("changes: median {median:?}, slowest {slowest:?}"));
    }
    for mut reader in readers {
        let end = sqlx::raw_sql(AssertSqlSafe("ROLLBACK".to_owned())).execute(&mut reader).await;
        outcome.expect(end.is_ok(), || format!("the reader: {end:?}"));
        let _ = reader.close().await;
    }
    let log = rig.server.log();
    outcome.expect(!log.contains("is locked"), || "the log speaks of a locked database".into());
    rig.settle(Strangers::Faults, &mut outcome).await;
    outcome.end()
}

/// A connection with a read transaction that has begun.
async fn reader(rig: &Rig, file: &str) -> SqliteConnection {
    let url = format!("sqlite://{}?mode=ro", rig.data().join(file).display());
    let mut reader = SqliteConnection::connect(&url).await.expect("the file can be read");
    let begin = "BEGIN; SELECT COUNT(*) FROM sqlite_master;";
    sqlx::raw_sql(AssertSqlSafe(begin.to_owned()))
        .execute(&mut reader)
        .await
        .expect("a read begins");
    reader
}

/// One person who files alerts, and works them. Answers the times, and what was wrong.
async fn write(admin: Client, who: usize, each: usize) -> (Vec<Duration>, Vec<String>) {
    let (mut times, mut wrong) = (Vec::new(), Vec::new());
    for n in 0..each {
        let new =
            json!({"title": format!("Alert {who} {n}"), "source": "chaos", "severity": "low"});
        let start = Instant::now();
        let made = admin.post("/alerts", &new).await;
        times.push(start.elapsed());
        if !(200..300).contains(&made.status) {
            wrong.push(format!("POST /alerts: {} {}", made.status, made.text()));
            continue;
        }
        let view = json!({"page": "alerts", "name": format!("View {who} {n}"), "query": "status=open", "shared": false});
        let start = Instant::now();
        let made = admin.post("/views", &view).await;
        times.push(start.elapsed());
        if !(200..300).contains(&made.status) {
            wrong.push(format!("POST /views: {} {}", made.status, made.text()));
        }
    }
    (times, wrong)
}
