//! How fast the journal takes events: blocks of 500 appended one after another, each fsynced, on SQLite (and on PostgreSQL
//! when EVENTSEC_TEST_DATABASE_URL names one). `cargo run --release -p store --example journal_bench [folder]`
#![allow(clippy::disallowed_methods, reason = "it measures")]
use model::Micros;
use rand::Rng;
use std::time::{Duration, Instant};
use store::{Append, BlockIn, Pools, Store, Target};

const EVENTS: i64 = 500;
/// What 500 real Windows events of 1.6 kB compress to with zstd 1, at 77 bytes each.
const COMPRESSED: usize = 500 * 77;
const LENGTH: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let kept = std::env::args().nth(1);
    let folder = tempfile::tempdir()?;
    let dir = kept.map_or_else(|| folder.path().to_owned(), Into::into);
    run("SQLite, WAL, synchronous=FULL", Target::Sqlite { dir }).await?;
    if let Ok(url) = std::env::var("EVENTSEC_TEST_DATABASE_URL") {
        run("PostgreSQL (its own schema's tables)", Target::Postgres(url)).await?;
    }
    Ok(())
}

async fn run(name: &str, target: Target) -> Result<(), Box<dyn std::error::Error>> {
    let store = Store::open(&target, Pools::default()).await?;
    store.migrate().await?;
    let mut bytes = vec![0u8; COMPRESSED];
    rand::rng().fill_bytes(&mut bytes);
    let mut first_id = store.next_event_id().await?;
    let (mut times, start) = (Vec::new(), Instant::now());
    while start.elapsed() < LENGTH {
        let block =
            BlockIn { first_id, count: EVENTS, bytes: bytes.clone(), raw_bytes: EVENTS * 1600 };
        let begin = Instant::now();
        store
            .journal_append(&Append { block: Some(block), ..Default::default() }, Micros(1))
            .await?;
        times.push(begin.elapsed());
        first_id += EVENTS;
    }
    let took = start.elapsed().as_secs_f64();
    times.sort_unstable();
    let blocks = times.len();
    let at = |share: f64| times[((blocks - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{name}: {blocks} blocks in {took:.1} s = {:.0} blocks/s = {:.0} events/s; commit p50 {:.2} ms, p99 {:.2} ms",
        blocks as f64 / took,
        blocks as f64 * EVENTS as f64 / took,
        at(0.5),
        at(0.99)
    );
    store.close().await;
    Ok(())
}
