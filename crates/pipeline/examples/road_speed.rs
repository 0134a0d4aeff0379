//! The road alone in one process, without HTTP: real Windows events are cut, normalised, journalled, indexed, matched against the
//! shipped rules and written as parts, two senders at a time. Prints events a second, CPU time and each stage's share; what a
//! profiler is pointed at. `cargo run --release -p pipeline --example road_speed [events] [folder]`
#![allow(clippy::disallowed_methods, reason = "it measures")]
use lake::{Lake, LakeConfig};
use model::{Micros, time::Clock};
use normalise::{Envelope, Hint};
use pipeline::{Road, RoadConfig, RuleHub, cut, intake, manifest::StoredManifest};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};
use store::{Pools, Store, Target};
use testkit::{corpus::Corpus, data};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BATCH: usize = 500;
const SENDERS: usize = 2;
const TENANT: &str = "default";

type Failed = Box<dyn std::error::Error>;

fn now() -> Micros {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Micros(i64::try_from(now.as_micros()).unwrap_or(i64::MAX))
}

fn envelope() -> Envelope {
    Envelope {
        tenant: TENANT.into(),
        received_at: now(),
        sender: Hint::Api,
        sensor: None,
        agent: None,
        sample: false,
    }
}

async fn send(road: Road, corpus: Arc<Corpus>, next: Arc<AtomicUsize>, events: usize) {
    loop {
        let first = next.fetch_add(BATCH, Relaxed);
        if first >= events {
            return;
        }
        let body = corpus.body(first, BATCH);
        let made = tokio::task::spawn_blocking(move || {
            let work = measure::Work::begin();
            let (_, items) = cut::cut(body.as_bytes(), BATCH).expect("lines of JSON");
            work.end(measure::Stage::Receive, body.len() as u64);
            intake::prepare(&envelope(), "speed", None, items)
        });
        let receipt = road.submit(made.await.expect("no panic")).await.expect("durable");
        assert_eq!(receipt.accepted, BATCH as i64, "{:?}", receipt.errors.first());
    }
}

/// User and system time of this process, in microseconds.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = after.split(' ').skip(12).take(2).filter_map(|t| t.parse::<f64>().ok()).sum();
    ticks * 1e4 // Linux tells it in hundredths of a second
}

fn stages(text: &str) -> BTreeMap<String, f64> {
    let series = text.lines().filter_map(|l| {
        let (stage, nanos) =
            l.strip_prefix("eventsec_stage_nanoseconds_total{stage=\"")?.split_once("\"} ")?;
        Some((stage.to_owned(), nanos.parse::<f64>().ok()? / 1e3))
    });
    series.collect()
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let events: usize = arguments.next().map_or(Ok(400_000), |n| n.parse())?;
    let events = events.div_ceil(BATCH) * BATCH;
    let folder = tempfile::tempdir()?;
    let dir = arguments.next().map_or_else(|| folder.path().to_owned(), Into::into);
    let lines = data::windows_events(&data::data_dir().ok_or("no events")?)?;
    let start = Micros(now().0 - events as i64 * 500);
    let corpus = Arc::new(Corpus::new(&lines, start)?);

    let numbers = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;
    let clock: Clock = Arc::new(now);
    let store = Store::open(&Target::Sqlite { dir: dir.clone() }, Pools::default()).await?;
    store.migrate().await?;
    let rules: Vec<_> = detect::builtin();
    let named: Vec<_> = rules.iter().map(|r| (r.name.as_str(), r.clone())).collect();
    let mut tx = store.begin().await?;
    tx.ensure_tenant(TENANT, "Default", now()).await?;
    tx.seed_rules(TENANT, &named, now()).await?;
    tx.commit().await?;
    let hub = Arc::new(RuleHub::default());
    hub.reload(&store).await?;
    let manifest = Arc::new(StoredManifest { store: store.clone(), clock: clock.clone() });
    let lake = Lake::open(LakeConfig::at(dir.join("lake")), manifest).await?;
    let (live, _) = tokio::sync::broadcast::channel(16);
    let (road, running) =
        Road::start(store.clone(), lake.clone(), hub, live, clock, RoadConfig::default()).await?;

    let (begun, spent, next) = (Instant::now(), cpu(), Arc::new(AtomicUsize::new(0)));
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| tokio::spawn(send(road.clone(), corpus.clone(), next.clone(), events)))
        .collect();
    for sender in senders {
        sender.await?;
    }
    let durable = begun.elapsed().as_secs_f64();
    road.close();
    running.writer.await?;
    if let Some(worker) = running.worker {
        worker.await?; // what runs of flush and merge is waited for
    }
    let n = events as f64;
    println!("{:.0} events/s durable, {:.1} µs CPU an event", n / durable, (cpu() - spent) / n);
    for (stage, micros) in stages(&numbers.render()) {
        println!("{stage:>10} {:6.2} µs", micros / n);
    }
    let peak = std::fs::read_to_string("/proc/self/status")?;
    peak.lines().filter(|l| l.starts_with("VmHWM")).for_each(|l| println!("{l}"));
    store.close().await;
    Ok(())
}
