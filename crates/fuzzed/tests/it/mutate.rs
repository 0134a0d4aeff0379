//! Inputs near the seeds.
use search::conformance::random::Rng;

/// Longest input, as libFuzzer has it.
const MOST: usize = 4096;

/// Texts at which parsers have tripped, here or elsewhere.
const ODD: &[&str] = &[
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ":",
    ",",
    "/",
    "*",
    "?",
    "-",
    "+",
    "!",
    ".",
    ";",
    "=",
    "%",
    "\n",
    "\r\n",
    "\t",
    "\0",
    " ",
    "null",
    "true",
    "0",
    "-0",
    "1e999",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "0x7fffffffffffffff",
    "NaN",
    "AND",
    "OR",
    "NOT",
    "TO",
    "_exists_",
    "_shape",
    "network",
    "details",
    "event_type",
    "severity",
    "timestamp",
    "@timestamp",
    "ts",
    "EventID",
    "Channel",
    "event.type",
    "::ffff:10.0.0.1",
    "/104",
    "/0",
    "+99:99",
    "+23:59",
    "T",
    "Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:60Z",
    "\\u0000",
    "\\u0001",
    "\\ud800",
    "\u{feff}",
    "\u{307}",
    "\u{130}",
    "\u{3a3}",
    "\u{212a}",
    "\u{fb01}",
    "\u{2028}",
    "\u{10ffff}",
];

pub struct Mutations<'a> {
    seeds: &'a [Vec<u8>],
    rng: Rng,
}

impl<'a> Mutations<'a> {
    /// There is one seed at least.
    pub fn of(seeds: &'a [Vec<u8>], name: &str) -> Self {
        Self { seeds, rng: Rng::seeded(name) }
    }

    fn seed(&mut self) -> &'a [u8] {
        &self.seeds[self.rng.below(self.seeds.len())]
    }

    /// Two places of a text, in order.
    fn range(&mut self, length: usize) -> (usize, usize) {
        let (a, b) = (self.rng.below(length + 1), self.rng.below(length + 1));
        (a.min(b), a.max(b))
    }

    /// A seed with a few changes.
    pub fn draw(&mut self) -> Vec<u8> {
        let mut input = self.seed().to_vec();
        for _ in 0..=self.rng.below(5) {
            self.change(&mut input);
        }
        input.truncate(MOST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.rng.below(input.len() + 1);
        match self.rng.below(8) {
            0 if at < input.len() => input[at] ^= 1 << self.rng.below(8),
            1 if at < input.len() => input[at] = self.rng.below(256) as u8,
            2 => input.insert(at, self.rng.below(256) as u8),
            3 => {
                let end = input.len().min(at + 1 + self.rng.below(8));
                input.drain(at..end);
            }
            4 => {
                let (from, to) = self.range(input.len());
                let piece = input[from..to].to_vec();
                drop(input.splice(at..at, piece));
            }
            5 => {
                let other = self.seed();
                let (from, to) = self.range(other.len());
                drop(input.splice(at..at, other[from..to].iter().copied()));
            }
            6 => input.truncate(at),
            _ => {
                let odd = self.rng.pick(ODD);
                drop(input.splice(at..at, odd.bytes()));
            }
        }
    }
}
