//! The whole measurement, in order.
use crate::{
    Arguments,
    corpus::Corpus,
    disk::{self, Room},
    load::{self, Load, Posted},
    page, probe, process,
    report::{Disk, Figures, Ingest, MemoryFigures},
    searches, site,
    stats::spread,
};
use model::Micros;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use testkit::{Client, Options, PgDatabase, TestServer, data, program, wait_for};

/// Longest time anything may take that must come.
const SETTLE: Duration = Duration::from_secs(300);

pub async fn run(arguments: Arguments) -> Result<Figures, String> {
    let lines = data::data_dir()
        .ok_or("the real events are not there (EVENTSEC_DATA names their folder)")?;
    let lines = data::windows_events(&lines).map_err(|e| e.to_string())?;
    let events = arguments.events();
    let corpus = Arc::new(Corpus::new(&lines, start_time(events))?);
    drop(lines);

    let mut server = start(&arguments).await?;
    let admin = server.admin().await;
    probe::add_rule(&admin).await?;
    let rules = admin.get("/rules/detections").await.ok().json();
    let rules = rules.as_array().into_iter().flatten().filter(|r| r["enabled"] == true).count();
    let pid = server.pid().ok_or("the server is gone")?;
    let idle_memory = process::memory(pid).map(|m| m.now);

    say("probes on an idle server");
    let (times, sent) = probe::run(
        admin.clone(),
        "idleprobe",
        if arguments.quick { 30 } else { 200 },
        Arc::default(),
    )
    .await;
    let (idle, mut probes) = (times.summary(), sent);

    say(&format!("{events} events"));
    let (server_cpu, own_cpu) = (process::cpu(pid), process::cpu(std::process::id()));
    let stop = Arc::new(AtomicBool::new(false));
    let most = if arguments.no_probes { 0 } else { usize::MAX };
    let prober = tokio::spawn(probe::run(admin.clone(), "loadprobe", most, stop.clone()));
    let begun = Instant::now();
    let load = Load { clients: arguments.clients, batch: arguments.batch, events };
    let posted = load::post(&admin, corpus, &load).await?;
    stop.store(true, Relaxed);
    let (times, sent) = prober.await.map_err(|e| e.to_string())?;
    probes += sent;
    let all = (events + probes) as i64;
    wait_for("every event to be searchable", SETTLE, async || match admin.count("").await {
        n if n == all => Ok(()),
        n => Err(format!("{n} of {all}")),
    })
    .await;
    let searchable = begun.elapsed();
    let spent = |before: Option<Duration>, pid| {
        Some(process::cpu(pid)?.checked_sub(before?)?.as_secs_f64() * 1e6 / events as f64)
    };
    let (server_us, client_us) = (spent(server_cpu, pid), spent(own_cpu, std::process::id()));
    let loaded_memory = process::memory(pid).map(|m| m.highest);
    let after_load = disk::room(server.data()).map_err(|e| e.to_string())?;
    let alerts = admin.query("/alerts", &[("limit", "1")]).await.ok().page().total;
    let ingest = ingest(&arguments, &posted, rules, searchable, (server_us, client_us), alerts);
    let under_load = (!arguments.no_probes).then(|| times.summary());

    say("six searches");
    let searches = searches::run(&admin, if arguments.quick { 4 } else { 10 }).await?;
    say("settling");
    let settled_memory = process::memory(pid).map(|m| m.now);
    let settled = settle(&mut server).await?;
    let restarted = server.pid().and_then(process::memory).map(|m| m.now);
    check(&admin, all).await?;
    let stored = (events + probes) as f64;
    let disk = Disk {
        bytes_per_event: settled.total as f64 / stored,
        lake_bytes_per_event: settled.by_entry.get("lake").map(|b| *b as f64 / stored),
        after_load,
        settled,
    };

    let (page, page_reason) = match arguments.no_pages {
        true => (None, Some("not asked for".to_owned())),
        false => {
            say("pages in Chromium");
            split(page::measure(&server.url()).await)
        }
    };
    let (site, site_reason) = split(site::measure(program::site()));
    let status = server.terminate().await;
    if !status.success() {
        return Err(format!("the server ended with {status}"));
    }
    Ok(Figures {
        machine: process::machine(),
        database: if arguments.postgres { "PostgreSQL" } else { "SQLite, synchronous=FULL" },
        quick: arguments.quick,
        ingest,
        idle: Some(idle),
        under_load,
        searches,
        memory: MemoryFigures {
            idle: idle_memory,
            under_load_highest: loaded_memory,
            settled: settled_memory,
            settled_restarted: restarted,
        },
        disk,
        page,
        page_reason,
        site,
        site_reason,
    })
}

async fn start(arguments: &Arguments) -> Result<TestServer, String> {
    let options = match arguments.postgres {
        true => Options::postgres(PgDatabase::fresh().await.ok_or("there is no PostgreSQL")?),
        false => Options::sqlite(),
    };
    let options = options
        .program(program::find("release").map_err(|e| e.to_string())?)
        .env("EVENTSEC_LOG_FILTER", "warn");
    let options = match &arguments.data {
        Some(folder) => options.data(folder.join(format!("bench-{}", std::process::id()))),
        None => options,
    };
    TestServer::try_start(options).await.map_err(|e| e.to_string())
}

/// The posted events end about now, as if they had just happened.
fn start_time(events: usize) -> Micros {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_micros() as i64);
    Micros(now - events as i64 * 500)
}

fn ingest(
    arguments: &Arguments,
    posted: &Posted,
    rules: usize,
    searchable: Duration,
    cpu: (Option<f64>, Option<f64>),
    alerts: Option<i64>,
) -> Ingest {
    let seconds = posted.took.as_secs_f64();
    Ingest {
        events: posted.events,
        bytes: posted.bytes,
        clients: arguments.clients,
        batch: arguments.batch,
        rules,
        seconds_durable: seconds,
        seconds_searchable: searchable.as_secs_f64(),
        events_per_second: posted.events as f64 / seconds,
        megabytes_per_second: posted.bytes as f64 / 1e6 / seconds,
        batch_answer: spread(posted.answers.clone()),
        asked_to_wait: posted.refused,
        server_cpu_us_per_event: cpu.0,
        client_cpu_us_per_event: cpu.1,
        alerts,
    }
}

/// Ends the server in order, merges what is left to merge, starts it again, and waits until nothing moves on disk.
async fn settle(server: &mut TestServer) -> Result<Room, String> {
    server.terminate().await;
    let merged = server.run(&["lake", "compact"]).await;
    if !merged.status.success() {
        return Err(format!("lake compact: {}", String::from_utf8_lossy(&merged.stderr)));
    }
    server.set_env("EVENTSEC_LIMITS_HEAD_AGE", "1s");
    server.restart().await;
    let mut last = (Room::default(), Instant::now());
    Ok(wait_for("a quiet disk", SETTLE, async || {
        let now = disk::room(server.data()).map_err(|e| e.to_string())?;
        if now != last.0 {
            last = (now, Instant::now());
        }
        if last.1.elapsed() > Duration::from_secs(3) {
            Ok(last.0.clone())
        } else {
            Err(format!("{} bytes", last.0.total))
        }
    })
    .await)
}

/// The same events are there after the restart.
async fn check(admin: &Client, all: i64) -> Result<(), String> {
    match admin.count("").await {
        n if n == all => Ok(()),
        n => Err(format!("{n} events after the restart, {all} were acknowledged")),
    }
}

fn split<T>(outcome: Result<T, String>) -> (Option<T>, Option<String>) {
    match outcome {
        Ok(value) => (Some(value), None),
        Err(reason) => (None, Some(reason)),
    }
}

fn say(what: &str) {
    eprintln!("eventsec-bench: {what}");
}
