//! The figures, and their table.
use crate::{
    budget::Budget, disk::Room, probe::Summary, searches::Search, site::Site, stats::Spread,
};
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write;

/// All that was measured. Sizes in bytes, times as their names say.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    pub machine: String,
    pub database: &'static str,
    pub quick: bool,
    pub ingest: Ingest,
    pub budget: Budget,
    pub idle: Option<Summary>,
    pub under_load: Option<Summary>,
    pub searches: Vec<Search>,
    pub memory: MemoryFigures,
    pub disk: Disk,
    pub page: Option<Value>,
    pub page_reason: Option<String>,
    pub site: Option<Site>,
    pub site_reason: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Ingest {
    pub events: usize,
    pub bytes: usize,
    pub clients: usize,
    pub batch: usize,
    pub rules: usize,
    /// From the first request to the last answer: everything is on disk then.
    pub seconds_durable: f64,
    /// Until the last event could be found, too.
    pub seconds_searchable: f64,
    pub events_per_second: f64,
    pub megabytes_per_second: f64,
    pub batch_answer: Option<Spread>,
    pub asked_to_wait: usize,
    /// Set when a rate was held in place of the highest one.
    pub held: Option<Held>,
    /// CPU time of the server for one event, all stages; of the clients beside it.
    pub server_cpu_us_per_event: Option<f64>,
    pub client_cpu_us_per_event: Option<f64>,
    pub alerts: Option<i64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Held {
    /// Events a second that were asked for.
    pub rate: u32,
    /// How long after it was due a batch was sent at most.
    pub sent_late_ms: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct MemoryFigures {
    pub idle: Option<u64>,
    pub under_load_highest: Option<u64>,
    pub settled: Option<u64>,
    pub settled_restarted: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Disk {
    pub after_load: Room,
    pub settled: Room,
    pub bytes_per_event: f64,
    pub lake_bytes_per_event: Option<f64>,
}

/// One line a figure.
pub fn table(f: &Figures) -> String {
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |name: &str, value: String| rows.push((name.into(), value));
    let i = &f.ingest;
    row("machine", f.machine.clone());
    row("store", format!("{}, {} rules on", f.database, i.rules));
    row(
        "ingest, durable",
        format!(
            "{:.0} events/s, {:.1} MB/s ({} events, {} clients, batches of {})",
            i.events_per_second, i.megabytes_per_second, i.events, i.clients, i.batch
        ),
    );
    row(
        "ingest until searchable",
        format!("{:.0} events/s", i.events as f64 / i.seconds_searchable),
    );
    if let Some(held) = &i.held {
        row(
            "rate held",
            format!(
                "{} events/s, open loop; batches sent at most {:.1} ms late",
                held.rate, held.sent_late_ms
            ),
        );
    }
    row("batch to its answer", spread(i.batch_answer.as_ref()));
    row("server CPU per event", micros(i.server_cpu_us_per_event));
    row("client CPU per event", micros(i.client_cpu_us_per_event));
    let load =
        i.held.as_ref().map_or("under load".into(), |held| format!("at {} events/s", held.rate));
    for (when, summary) in [("idle", &f.idle), (load.as_str(), &f.under_load)] {
        let Some(s) = summary else { continue };
        row(&format!("event to alert, {when}"), spread(s.event_to_alert.as_ref()));
        if s.event_to_searchable.is_some() {
            row(&format!("event to searchable, {when}"), spread(s.event_to_searchable.as_ref()));
        }
        row(&format!("probes missed, {when}"), s.missed.to_string());
    }
    for s in &f.searches {
        row(
            &format!("search: {}", s.what),
            format!(
                "first {:.1} ms, median {:.1} ms, {} hits",
                s.first_ms,
                s.median_ms,
                s.hits.map_or("?".into(), |h| h.to_string())
            ),
        );
    }
    row("memory, idle", megabytes(f.memory.idle));
    row("memory, highest under load", megabytes(f.memory.under_load_highest));
    row("memory, settled", megabytes(f.memory.settled));
    row("memory, restarted with all data", megabytes(f.memory.settled_restarted));
    row(
        "disk",
        format!(
            "{:.0} B/event settled (lake {}), {:.1} MB in all",
            f.disk.bytes_per_event,
            f.disk.lake_bytes_per_event.map_or("–".into(), |b| format!("{b:.0}")),
            f.disk.settled.total as f64 / 1e6
        ),
    );
    match (&f.page, &f.page_reason) {
        (Some(page), _) => {
            for (name, times) in page["pages"].as_object().into_iter().flatten() {
                row(
                    &format!("page {name} until it acts"),
                    format!("{} ms ({} kB sent)", times["interactive_ms"], times["kilobytes"]),
                );
            }
        }
        (None, reason) => {
            row("page until it acts", format!("– ({})", reason.as_deref().unwrap_or("unknown")))
        }
    }
    match (&f.site, &f.site_reason) {
        (Some(s), _) => {
            row(
                "wasm",
                format!(
                    "{:.0} kB, {} kB as br",
                    s.wasm as f64 / 1e3,
                    s.wasm_br.map_or("–".into(), |b| format!("{:.0}", b as f64 / 1e3))
                ),
            );
            row(
                "first load",
                format!(
                    "{:.0} kB, {:.0} kB with the font",
                    s.first_load as f64 / 1e3,
                    s.first_load_with_font as f64 / 1e3
                ),
            );
        }
        (None, reason) => row("wasm", format!("– ({})", reason.as_deref().unwrap_or("unknown"))),
    }
    let width = rows.iter().map(|r| r.0.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (name, value) in rows {
        let _ = writeln!(out, "{name:width$}  {value}");
    }
    out
}

fn spread(s: Option<&Spread>) -> String {
    s.map_or("–".into(), |s| {
        format!(
            "p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms (n {})",
            s.p50_ms, s.p99_ms, s.max_ms, s.n
        )
    })
}

fn micros(us: Option<f64>) -> String {
    us.map_or("–".into(), |us| format!("{us:.1} µs"))
}

fn megabytes(bytes: Option<u64>) -> String {
    bytes.map_or("–".into(), |b| format!("{:.0} MB", b as f64 / 1e6))
}
