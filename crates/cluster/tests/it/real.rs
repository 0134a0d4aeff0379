//! Real Windows events, as the normaliser makes them.
use model::Micros;
use model::event::Event;
use normalise::{Envelope, Hint};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

#[expect(clippy::disallowed_methods, reason = "a test's setting")]
fn data() -> PathBuf {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    std::env::var_os("EVENTSEC_DATA").map_or_else(|| default.into(), PathBuf::from)
}

/// Events of the tenant `acme` with ids from 1; empty when the data is not here. Every `step`th is taken.
pub fn events(step: usize) -> Vec<Event> {
    let Ok(file) = std::fs::File::open(data().join("sigma/bench20k.jsonl.gz")) else {
        return Vec::new();
    };
    let envelope = Envelope::new("acme", Micros(1_795_132_800_000_000), Hint::Api);
    let lines = BufReader::new(flate2::read::GzDecoder::new(file)).lines();
    lines
        .step_by(step)
        .zip(1..)
        .map(|(line, id)| {
            let line = line.unwrap();
            let parsed = normalise::parse(&line).unwrap();
            let mut e = normalise::normalise(&envelope, line.as_str(), &parsed).unwrap();
            e.id = id;
            e
        })
        .collect()
}
