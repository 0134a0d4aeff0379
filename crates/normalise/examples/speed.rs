//! How long one event takes: `cargo run --release -p normalise --example speed -- FILE.jsonl[.gz]`.
#![allow(clippy::disallowed_methods, reason = "it measures")]
use normalise::{Envelope, Hint, Json, normalise, parse};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a file with one JSON record on each line")?;
    let lines = testdata::lines(path.as_ref())?;
    let env = Envelope::new("default", model::Micros(0), Hint::Api);
    for round in 1..=5 {
        let begin = Instant::now();
        let parsed: Vec<Json> = lines.iter().map(|l| parse(l)).collect::<Result<_, _>>()?;
        let reading = begin.elapsed();
        let begin = Instant::now();
        let (mut fields, mut refused) = (0, 0);
        for (line, record) in lines.iter().zip(&parsed) {
            match normalise(&env, line.as_str(), record) {
                Ok(e) => fields += e.fields.len(),
                Err(_) => refused += 1,
            }
        }
        let work = begin.elapsed();
        let each = |d: std::time::Duration| d.as_secs_f64() * 1e6 / lines.len() as f64;
        println!(
            "round {round}: parse {:.2} µs, normalise {:.2} µs per event; {:.1} fields, {refused} refused of {}",
            each(reading),
            each(work),
            fields as f64 / lines.len() as f64,
            lines.len()
        );
    }
    Ok(())
}
