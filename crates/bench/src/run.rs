//! The whole measurement, in order.
use crate::{
    Arguments, budget,
    fleet::{Fleet, SETTLE},
    load::{self, Load, Posted},
    pace, page,
    probe::{self, Summary},
    process,
    report::{Disk, Figures, Held, Ingest, MemoryFigures},
    searches, site,
    stats::{ms, spread},
};
use model::Micros;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use testkit::{Client, corpus::Corpus, data, program, worked_off};

pub async fn run(arguments: Arguments) -> Result<Figures, String> {
    let lines = data::data_dir()
        .ok_or("the real events are not there (EVENTSEC_DATA names their folder)")?;
    let lines = data::windows_events(&lines).map_err(|e| e.to_string())?;
    let events = arguments.events();
    let corpus = Arc::new(Corpus::new(&lines, start_time(events))?);
    drop(lines);

    let mut fleet = Fleet::start(&arguments).await?;
    let admin = fleet.admin().await;
    let sender = fleet.sender(&admin);
    match admin.count("").await {
        0 => {}
        n => {
            return Err(format!(
                "{n} events are there already: the benchmark needs empty databases"
            ));
        }
    }
    let rule = probe::add_rule(&admin).await?;
    let mut probes = probe::until_it_works(&sender, &admin).await?;
    let rules = admin.get("/rules/detections").await.ok().json();
    let rules = rules.as_array().into_iter().flatten().filter(|r| r["enabled"] == true).count();
    let idle_memory = fleet.memory().map(|m| m.now);

    say("probes on an idle server");
    let n = if arguments.quick { 30 } else { 200 };
    let (times, sent) =
        probe::run(sender.clone(), admin.clone(), "idleprobe", n, Arc::default()).await;
    probes += sent;
    let idle = times.summary();

    say(&format!("{events} events"));
    let before = fleet.scrape().await;
    let (server_cpu, own_cpu) = (fleet.cpu(), process::cpu(std::process::id()));
    let stop = Arc::new(AtomicBool::new(false));
    let prober =
        tokio::spawn(beside(&arguments, sender.clone(), admin.clone(), rule, stop.clone()));
    let begun = Instant::now();
    let load = Load { clients: arguments.clients, batch: arguments.batch, events };
    let posted = match arguments.rate {
        Some(rate) => load::hold(&sender, corpus, &load, rate).await?,
        None => load::post(&sender, corpus, &load).await?,
    };
    stop.store(true, Relaxed);
    let (under_load, sent) = prober.await.map_err(|e| e.to_string())??;
    probes += sent;
    let all = (events + probes) as i64;
    let missing = worked_off(SETTLE, async || admin.count("").await.abs_diff(all)).await;
    if missing > 0 {
        return Err(format!("{missing} of {all} events are not searchable"));
    }
    let searchable = begun.elapsed();
    let spent = |before: Option<Duration>, after: Option<Duration>| {
        Some(after?.checked_sub(before?)?.as_secs_f64() * 1e6 / events as f64)
    };
    let server_us = spent(server_cpu, fleet.cpu());
    let client_us = spent(own_cpu, process::cpu(std::process::id()));
    let loaded_memory = fleet.memory().map(|m| m.highest);
    let after_load = fleet.room().await?;
    let alerts = admin.query("/alerts", &[("limit", "1")]).await.ok().page().total;
    let ingest = ingest(&arguments, &posted, rules, searchable, (server_us, client_us), alerts);

    say("six searches");
    let searches = searches::run(&admin, if arguments.quick { 4 } else { 10 }).await?;
    // parts are written and merged after the load, too
    let budget = budget::between(&before, &fleet.scrape().await, events, server_us);
    say("settling");
    let settled_memory = fleet.memory().map(|m| m.now);
    let settled = fleet.settle().await?;
    let restarted = fleet.memory().map(|m| m.now);
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
            split(page::measure(&fleet.url()).await)
        }
    };
    let (site, site_reason) = split(site::measure(program::site()));
    fleet.terminate().await?;
    Ok(Figures {
        machine: process::machine(),
        database: fleet.database,
        quick: arguments.quick,
        ingest,
        budget,
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

/// The probes beside the load: one after another, or at their own pace beside a held rate. Answers what was sent, too.
fn beside(
    arguments: &Arguments,
    sender: Client,
    admin: Client,
    rule: i64,
    stop: Arc<AtomicBool>,
) -> impl Future<Output = Result<(Option<Summary>, usize), String>> + Send + use<> {
    let (none, held) = (arguments.no_probes, arguments.rate.is_some());
    async move {
        if none {
            return Ok((None, 0));
        }
        if held {
            let (summary, sent) = pace::run(sender, admin, rule, stop).await?;
            return Ok((Some(summary), sent));
        }
        let (times, sent) = probe::run(sender, admin, "loadprobe", usize::MAX, stop).await;
        Ok((Some(times.summary()), sent))
    }
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
        held: arguments.rate.map(|rate| Held { rate, sent_late_ms: ms(posted.late) }),
        server_cpu_us_per_event: cpu.0,
        client_cpu_us_per_event: cpu.1,
        alerts,
    }
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
