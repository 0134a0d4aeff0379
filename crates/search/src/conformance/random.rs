//! A seeded corpus of odd events, and odd queries that hit them.
use crate::ast::{Bound, Pattern, Query, Test};
use model::event::{Event, FieldName, Scalar};
use model::{Micros, Severity};

/// SplitMix64: the same numbers on every machine. The seed's name is printed so that a failure can be repeated.
pub struct Rng(u64);

impl Rng {
    /// The seed is made from the name; `EVENTSEC_TEST_SEED` in the environment of a test may be put into the name by its caller.
    pub fn seeded(name: &str) -> Self {
        let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325, |h: u64, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        });
        tracing::info!(name, seed, "random numbers");
        Self(seed)
    }

    #[expect(clippy::should_implement_trait, reason = "it has no end")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// `0..n`; `n` is at least 1.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// 2026-11-20 00:00 UTC.
pub const BASE: i64 = 1_795_132_800_000_000;

const HOSTS: &[&str] =
    &["WS-01.corp.example", "ws-01.CORP.example", "dc1", "größe-7", "ΟΔΟΣ", "", "*", "a b"];
const ADDRESSES: &[&str] = &[
    "10.0.0.1",
    "10.1.2.3",
    "192.168.0.7",
    "fe80::1",
    "FE80:0::1",
    "::ffff:10.0.0.1",
    "not an address",
    "10.0.0.1:53",
];
const COMMANDS: &[&str] = &[
    r"C:\Windows\System32\cmd.exe /c whoami",
    r"c:\windows\system32\CMD.EXE /C dir",
    "powershell -enc SQBFAFgA",
    "/usr/bin/curl https://example.org/a?b=c*",
    "line\nbreak\ttab \"quoted\" \\ back",
    "K\u{212a} İstanbul straße",
];
const MESSAGES: &[&str] = &[
    "Network connection detected: tcp 443",
    "network CONNECTION was not detected",
    "Process created",
    "",
    "---",
    "Größe überschritten: 5.0 von 7",
    "a_b-c.d e",
];
const TEXTS: &[&str] = &[
    "5",
    "05",
    "5.0",
    "-7",
    "true",
    "FALSE",
    "x",
    "2026-11-20",
    "2026-11-20T10:00:00Z",
    "high",
    "0x10",
    "NaN",
];
const DATES: &[&str] =
    &["2026-11-20T00:00:00Z", "2026-11-21T12:30:00.5Z", "2025-01-01T00:00:00Z", "never"];
const DATASETS: &[&str] = &["windows.sysmon", "windows.security", "zeek.conn", "api"];
const NAMES: &[&str] = &[
    "host.name",
    "source.ip",
    "source.port",
    "process.command_line",
    "tags",
    "x.mixed",
    "network.initiated",
    "tls.server.not_after",
    "odd#name%",
    "nobody.has.this",
    "message",
    "@timestamp",
    "event.ingested",
    "event.id",
    "event.dataset",
    "event.severity",
    "event.type",
    "event.category",
    "labels.sample",
    "event.original",
];

fn any_scalar(rng: &mut Rng) -> Scalar {
    match rng.below(5) {
        0 => Scalar::Int(rng.below(12) as i64 - 7),
        1 => Scalar::Float([5.0, 0.5, -7.25, 1e20][rng.below(4)]),
        2 => Scalar::Bool(rng.below(2) == 0),
        _ => Scalar::from(rng.pick(TEXTS)),
    }
}

fn list(rng: &mut Rng) -> Scalar {
    let n = rng.below(4);
    let mut items: Vec<Scalar> = (0..n).map(|_| any_scalar(rng)).collect();
    if rng.below(8) == 0 {
        items.push(Scalar::List(vec![any_scalar(rng), Scalar::List(Vec::new())]));
    }
    Scalar::List(items)
}

/// One event; ids are given by the caller.
pub fn event(rng: &mut Rng, id: i64, tenant: &str) -> Event {
    let mut fields: Vec<(FieldName, Scalar)> = Vec::new();
    let mut put = |name: &str, value: Scalar| fields.push((name.into(), value));
    if rng.below(4) > 0 {
        put("host.name", rng.pick(HOSTS).into());
    }
    if rng.below(3) > 0 {
        put(
            "source.ip",
            if rng.below(6) == 0 { Scalar::Int(10) } else { rng.pick(ADDRESSES).into() },
        );
    }
    if rng.below(2) == 0 {
        let odd = any_scalar(rng);
        put("source.port", if rng.below(3) == 0 { odd } else { Scalar::Int(rng.below(9) as i64) });
    }
    if rng.below(2) == 0 {
        put("process.command_line", rng.pick(COMMANDS).into());
    }
    if rng.below(2) == 0 {
        put("tags", list(rng));
    }
    if rng.below(2) == 0 {
        let value = if rng.below(4) == 0 { list(rng) } else { any_scalar(rng) };
        put("x.mixed", value);
    }
    if rng.below(3) == 0 {
        put(
            "network.initiated",
            if rng.below(4) == 0 {
                rng.pick(TEXTS).into()
            } else {
                Scalar::Bool(rng.below(2) == 0)
            },
        );
    }
    if rng.below(4) == 0 {
        put("tls.server.not_after", rng.pick(DATES).into());
    }
    if rng.below(6) == 0 {
        put("odd#name%", any_scalar(rng));
    }
    if rng.below(2) == 0 {
        fields.reverse();
    }
    let hours = rng.below(96) as i64 - 48;
    let time = match rng.below(40) {
        0 => -62_000_000_000_000_000,
        1 => 9_000_000_000_000_000,
        2 => 0,
        _ => BASE + hours * model::time::HOUR + rng.below(3) as i64,
    };
    Event {
        id,
        tenant: tenant.into(),
        time: Micros(time),
        received_at: Micros(BASE + id),
        dataset: rng.pick(DATASETS).into(),
        source: rng.pick(&["windows", "zeek", "api", ""]).into(),
        event_type: rng.pick(&["conn", "process_creation", "5", ""]).into(),
        category: rng.pick(&["network", "", "Prozess Größe"]).into(),
        severity: Severity::ALL[rng.below(5)],
        message: rng.pick(MESSAGES).into(),
        fields,
        raw: format!("{{\"n\":{id},\"text\":\"ü\\n\"}}").into(),
        sample: rng.below(10) == 0,
    }
}

/// `n` events with ids from `first` on.
pub fn events(rng: &mut Rng, first: i64, n: i64, tenant: &str) -> Vec<Event> {
    (first..first + n).map(|id| event(rng, id, tenant)).collect()
}

/// A value, or a piece of one, that some event has.
fn value(rng: &mut Rng) -> String {
    let pool = [
        HOSTS,
        ADDRESSES,
        COMMANDS,
        MESSAGES,
        TEXTS,
        DATES,
        DATASETS,
        &["10", "3", "2026", "1795132800000", "zeek", "info", "low"],
    ];
    let which = rng.below(pool.len());
    let whole = rng.pick(pool[which]);
    match rng.below(4) {
        0 => whole.to_uppercase(),
        _ => whole.to_owned(),
    }
}

fn pattern(rng: &mut Rng) -> String {
    let text: Vec<char> = value(rng).chars().collect();
    let (a, b) = (rng.below(text.len() + 1), rng.below(text.len() + 1));
    let piece = crate::glob::escape(&text[a.min(b)..a.max(b)].iter().collect::<String>());
    match rng.below(5) {
        0 => format!("{piece}*"),
        1 => format!("*{piece}"),
        2 => format!("*{piece}*"),
        3 => format!("?{piece}*"),
        _ => format!("{piece}?*{piece}"),
    }
}

fn bound(rng: &mut Rng) -> Bound {
    match rng.below(4) {
        0 => Bound::Open,
        1 => Bound::Excluding(value(rng)),
        _ => Bound::Including(value(rng)),
    }
}

/// A random query, of every kind of node.
pub fn query(rng: &mut Rng, depth: usize) -> Query {
    if depth > 0 && rng.below(2) == 0 {
        let parts = |rng: &mut Rng| (0..rng.below(4)).map(|_| query(rng, depth - 1)).collect();
        return match rng.below(3) {
            0 => Query::And(parts(rng)),
            1 => Query::Or(parts(rng)),
            _ => Query::Not(Box::new(query(rng, depth - 1))),
        };
    }
    match rng.below(12) {
        0 => Query::All,
        1 | 2 => Query::Exists(rng.pick(NAMES).into()),
        3 | 4 => Query::Text(Pattern::Phrase(value(rng))),
        5 => Query::Text(Pattern::Glob(
            rng.pick(&["net*", "*e", "?", "1?", "größ*", "*", "s*m"]).into(),
        )),
        kind => {
            let test = match kind {
                6 => Test::Range { from: bound(rng), to: bound(rng) },
                7 => Test::Glob(pattern(rng)),
                8 => Test::Cidr(
                    rng.pick(&[
                        "10.0.0.0/8",
                        "fe80::/10",
                        "0.0.0.0/0",
                        "10.0.0.1/32",
                        "nonsense/8",
                    ])
                    .into(),
                ),
                _ => Test::Is(value(rng)),
            };
            Query::Field { name: rng.pick(NAMES).into(), test }
        }
    }
}
