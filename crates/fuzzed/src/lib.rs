//! What the fuzz targets do: each takes any bytes, hands them to one parser on the road of an event or a request, and panics when
//! something does not hold that should hold for every input.
//!
//! `fuzz/` drives them with libFuzzer. The test here replays what lies in `fuzz/seeds` and `fuzz/regressions`, and mutations of it.
//!
//! Invariants:
//! - The same bytes give the same verdict, whatever was tried before.
//! - The work is bounded by the length of the input; nothing waits, and nothing looks at a clock but what is under test.
mod arrival;
mod hunt;
mod query;
mod record;
mod rules;
mod settings;
mod stored;
mod wire;

pub use arrival::{block, cut, network};
pub use hunt::{kql, sigma_event, sigma_rules};
pub use query::{cursor, glob, literal, lucene, matcher};
pub use record::normalise;
pub use rules::detect;
pub use settings::config;
pub use stored::{done, engine, part};
pub use wire::{body, headers, token};

use std::borrow::Cow;

/// A function that must hold for any bytes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
    /// Mutations of the seeds that a test run tries: more where one is cheap.
    pub rounds: usize,
}

macro_rules! targets {
    ($($name:ident: $rounds:literal),* $(,)?) => {
        /// Every target, by name.
        pub const TARGETS: &[Target] =
            &[$(Target { name: stringify!($name), run: $name, rounds: $rounds }),*];
    };
}

targets! {
    block: 1_000,
    body: 500,
    config: 1_000,
    cursor: 3_000,
    cut: 1_500,
    detect: 1_000,
    engine: 150,
    glob: 3_000,
    headers: 1_500,
    kql: 1_500,
    literal: 3_000,
    lucene: 3_000,
    matcher: 800,
    network: 1_500,
    normalise: 1_500,
    part: 40,
    sigma_event: 2_000,
    sigma_rules: 800,
    token: 300,
}

/// The first line, and what follows it.
fn split(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|b| *b == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}

/// As text, whatever it is.
fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// Without clocks and sockets: what is under test needs none.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime needs nothing")
}
