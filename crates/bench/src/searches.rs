//! Six searches as people make them, each the first time and then again.
use crate::stats::ms;
use serde::Serialize;
use std::time::Instant;
use testkit::Client;

/// What it is, and its query.
const SEARCHES: [(&str, &str); 6] = [
    ("newest 100 of all", ""),
    ("one value of a field", "event.code:4688"),
    ("two fields", "event.code:1 AND process.name:powershell.exe"),
    ("phrase in all text", "\"terminal class\""),
    ("wildcard in a field", "process.command_line:*mimikatz*"),
    ("range and not", "process.pid:[1000 TO 5000] AND NOT event.code:12"),
];

#[derive(Clone, Debug, Serialize)]
pub struct Search {
    pub what: &'static str,
    pub query: &'static str,
    pub hits: Option<i64>,
    pub first_ms: f64,
    pub median_ms: f64,
}

/// Each search once, then `again` times more.
///
/// # Errors
/// When one is refused.
pub async fn run(client: &Client, again: usize) -> Result<Vec<Search>, String> {
    let mut out = Vec::new();
    for (what, query) in SEARCHES {
        let (mut times, mut hits) = (Vec::new(), None);
        for _ in 0..=again {
            let start = Instant::now();
            let reply = client.query("/events", &[("query", query), ("size", "100")]).await;
            times.push(start.elapsed());
            if reply.status != 200 {
                return Err(format!("{query}: {} {}", reply.status, reply.text()));
            }
            hits = reply.page().total;
        }
        let first_ms = ms(times[0]);
        times[1..].sort_unstable();
        out.push(Search { what, query, hits, first_ms, median_ms: ms(times[1 + again / 2]) });
    }
    Ok(out)
}
