//! The cases. Each takes a fresh engine. Those of fields have a file of their own.
pub use super::fields::*;
use super::random::{self, BASE, Rng};
use super::{Make, Real, Subject, expect};
use crate::ast::{Pattern, Query, Test};
use crate::engine::{After, SearchEngine, Select};
use columnar::Strings;
use futures::StreamExt;
use model::event::{Event, Scalar};
use model::explore::EventRow;
use model::fieldmap;
use model::{Micros, Severity, time};
use std::collections::BTreeSet;

pub(super) const T: &str = "acme";

pub(super) async fn filled(make: Make<'_>, events: &[Event]) -> Box<dyn Subject> {
    let subject = make().await;
    // several appends, so that engines have several pieces
    for some in events.chunks(events.len().div_ceil(3).max(1)) {
        ok(subject.engine().append(some).await);
    }
    subject.settle().await;
    subject
}

pub(super) fn ok<T, E: std::fmt::Display>(r: Result<T, E>) -> T {
    match r {
        Ok(t) => t,
        Err(e) => panic!("{e}"),
    }
}

pub(super) fn field(name: &str, test: Test) -> Query {
    Query::Field { name: name.into(), test }
}

fn plain(id: i64, at: i64) -> Event {
    let mut e = random::event(&mut Rng::seeded("plain"), id, T);
    e.time = Micros(at);
    e
}

pub async fn an_empty_engine_answers(make: Make<'_>) {
    let s = make().await;
    let (e, all) = (s.engine(), Select::all(T));
    assert_eq!(ok(e.count(&all).await), 0);
    assert!(ok(e.page(&all, None, 10).await).is_empty());
    assert!(ok(e.get(T, &[1]).await).is_empty());
    assert!(ok(e.fields(T).await).is_empty());
    assert_eq!(ok(e.histogram(&all, time::HOUR).await).total, 0);
    assert_eq!(ok(e.top_values(&all, "host.name", 5).await).values, []);
    assert!(e.scan(&all, &["host.name".into()]).next().await.is_none());
    ok(e.append(&[]).await);
}

/// Walks all pages; between pages newer and older events arrive and the engine settles.
pub async fn pages_stay_while_events_arrive(make: Make<'_>) {
    // many share one time, so that the id decides
    let mut events: Vec<Event> = (1..=57).map(|id| plain(id, BASE + id / 10)).collect();
    let s = filled(make, &events).await;
    let all = Select::all(T);
    let wanted: Vec<i64> = expect::selected(&events, &all).iter().map(|e| e.id).collect();
    let (mut seen, mut after) = (Vec::new(), None);
    let mut next = 100;
    loop {
        let page = ok(s.engine().page(&all, after, 7).await);
        let Some(last) = page.last() else { break };
        after = Some(After { time: last.time, id: last.id });
        seen.extend(page.iter().map(|r| r.id));
        let newer = plain(next, BASE + time::HOUR + next);
        next += 1;
        ok(s.engine().append(std::slice::from_ref(&newer)).await);
        events.push(newer);
        s.settle().await;
    }
    assert_eq!(seen, wanted, "each event of the first moment once, newest first");
    assert_eq!(ok(s.engine().count(&all).await), events.len() as i64);
    let first = ok(s.engine().page(&all, None, 500).await);
    assert_eq!(first, expect::page(&events, &all, None, 500));
}

pub async fn ids_are_taken_once(make: Make<'_>) {
    let events = random::events(&mut Rng::seeded("dedupe"), 1, 60, T);
    let s = filled(make, &events).await;
    ok(s.engine().append(&events[10..40]).await);
    s.settle().await;
    ok(s.engine().append(&events).await);
    let twice: Vec<Event> = [&events[..5], &events[..5]].concat();
    ok(s.engine().append(&twice).await);
    s.settle().await;
    let all = Select::all(T);
    assert_eq!(ok(s.engine().count(&all).await), 60);
    assert_eq!(ok(s.engine().page(&all, None, 100).await), expect::page(&events, &all, None, 100));
}

pub async fn events_come_back_whole(make: Make<'_>) {
    let mut events = random::events(&mut Rng::seeded("whole"), 1, 300, T);
    let odd = |name: &str, v: Scalar| (name.into(), v);
    events[0].fields = vec![
        odd("a", Scalar::List(vec![])),
        odd(
            "b",
            Scalar::List(vec![
                Scalar::Int(1),
                Scalar::from("x"),
                Scalar::Float(0.1),
                Scalar::Bool(true),
            ]),
        ),
        odd("c", Scalar::from("")),
        odd("d", Scalar::from("\u{1}\u{0}€")),
        odd("e", Scalar::Int(i64::MIN)),
        odd("f", Scalar::Float(1e-300)),
        odd("source.port", Scalar::from("x".repeat(20_000).as_str())),
        odd("", Scalar::from("no name")),
    ];
    events[0].raw = "{\"a\": [ ] }".into();
    events[1].fields.clear();
    let s = filled(make, &events).await;
    let all = Select::all(T);
    for (have, want) in ok(s.engine().page(&all, None, 500).await)
        .iter()
        .zip(expect::page(&events, &all, None, 500))
    {
        assert_eq!(*have, want);
    }
}

pub async fn get_keeps_the_order_asked(make: Make<'_>) {
    let events = random::events(&mut Rng::seeded("get"), 1, 80, T);
    let s = filled(make, &events).await;
    let asked = [40, 3, 999, 80, 1, 3];
    let got: Vec<i64> = ok(s.engine().get(T, &asked).await).iter().map(|r| r.id).collect();
    let once: Vec<i64> = got.iter().copied().filter(|id| *id != 3).collect();
    assert_eq!(once, [40, 80, 1]);
    assert_eq!(got[1], 3);
    assert_eq!(ok(s.engine().get(T, &[7]).await), [EventRow::from(&events[6])]);
    assert!(ok(s.engine().get("other", &[7]).await).is_empty());
}

pub async fn tenants_never_meet(make: Make<'_>) {
    let mut events = random::events(&mut Rng::seeded("tenants"), 1, 50, T);
    events.extend(random::events(&mut Rng::seeded("tenants 2"), 51, 30, "../evil tenant/%2e"));
    events[60].fields.push(("only.evil".into(), Scalar::from("secret")));
    let s = filled(make, &events).await;
    for tenant in [T, "../evil tenant/%2e", "nobody", ""] {
        let all = Select::all(tenant);
        assert_eq!(
            ok(s.engine().page(&all, None, 500).await),
            expect::page(&events, &all, None, 500),
            "{tenant}"
        );
        assert_eq!(
            ok(s.engine().count(&all).await),
            expect::selected(&events, &all).len() as i64,
            "{tenant}"
        );
        let names = ok(s.engine().fields(tenant).await);
        assert_eq!(
            names.iter().any(|f| f.name == "only.evil"),
            tenant.contains("evil"),
            "{tenant}"
        );
        let ids: Vec<i64> = (1..=80).collect();
        assert!(
            ok(s.engine().get(tenant, &ids).await).len() == expect::selected(&events, &all).len(),
            "{tenant}"
        );
        let top = ok(s.engine().top_values(&all, fieldmap::DATASET, 9).await);
        assert_eq!(top, expect::top_values(&events, &all, fieldmap::DATASET, 9), "{tenant}");
    }
}

pub async fn times_and_severities_select(make: Make<'_>) {
    let events = random::events(&mut Rng::seeded("select"), 1, 400, T);
    let s = filled(make, &events).await;
    let mut rng = Rng::seeded("select how");
    for _ in 0..60 {
        let mut select = Select::all(T);
        let at = |rng: &mut Rng| {
            Some(Micros(BASE + (rng.below(96) as i64 - 48) * time::HOUR + rng.below(3) as i64))
        };
        if rng.below(3) > 0 {
            select.from = at(&mut rng);
        }
        if rng.below(3) > 0 {
            select.to = at(&mut rng);
        }
        if rng.below(2) == 0 {
            select.severity = vec![Severity::ALL[rng.below(5)], Severity::ALL[rng.below(5)]];
        }
        if rng.below(2) == 0 {
            select.datasets = vec![
                rng.pick(&["windows.*", "api", "*", "none", "zeek.conn*", "windows.sysmon"]).into(),
            ];
        }
        let wanted: Vec<i64> = expect::selected(&events, &select).iter().map(|e| e.id).collect();
        let have: Vec<i64> =
            ok(s.engine().page(&select, None, 500).await).iter().map(|r| r.id).collect();
        assert_eq!(have, wanted, "{select:?}");
        assert_eq!(ok(s.engine().count(&select).await), wanted.len() as i64, "{select:?}");
        let oldest = expect::selected(&events, &select).last().map(|e| e.time);
        assert_eq!(ok(s.engine().oldest(&select).await), oldest, "{select:?}");
    }
}

pub async fn histograms_have_no_gaps(make: Make<'_>) {
    let mut events = random::events(&mut Rng::seeded("histogram"), 1, 300, T);
    events.retain(|e| (e.time.0 - BASE).abs() < 3 * time::DAY);
    let s = filled(make, &events).await;
    let mut select = Select::all(T);
    for (interval, from, to) in [
        (time::HOUR, None, None),
        (7 * time::MINUTE, Some(BASE - time::DAY), None),
        (time::DAY, None, Some(BASE + 5 * time::DAY)),
        (time::HOUR, Some(BASE), Some(BASE + 90 * time::MINUTE)),
        (time::HOUR, Some(BASE + 9 * time::DAY), Some(BASE + 10 * time::DAY)),
    ] {
        (select.from, select.to) = (from.map(Micros), to.map(Micros));
        let have = ok(s.engine().histogram(&select, interval).await);
        assert_eq!(have, expect::histogram(&events, &select, interval), "{select:?}");
    }
    assert!(s.engine().histogram(&select, 0).await.is_err(), "a width of nothing is refused");
}

pub async fn lists_count_each_value_once(make: Make<'_>) {
    let events = random::events(&mut Rng::seeded("top"), 1, 400, T);
    let s = filled(make, &events).await;
    let mut some = Select::all(T);
    some.query = field(fieldmap::TYPE, Test::Is("conn".into()));
    for select in [Select::all(T), some] {
        for name in [
            "tags",
            "x.mixed",
            "source.port",
            "host.name",
            "odd#name%",
            "none",
            "@timestamp",
            "event.severity",
            "labels.sample",
            "event.id",
        ] {
            for size in [1, 3, 1000] {
                let have = ok(s.engine().top_values(&select, name, size).await);
                assert_eq!(have, expect::top_values(&events, &select, name, size), "{name}");
            }
        }
    }
}

pub(super) async fn compare(
    engine: &dyn SearchEngine,
    events: &[Event],
    query: Query,
    salt: usize,
) {
    let mut select = Select::all(T);
    select.query = query;
    let text = crate::lucene::print(&select.query);
    let wanted = expect::page(events, &select, None, 50);
    let total = expect::selected(events, &select).len() as i64;
    assert_eq!(ok(engine.count(&select).await), total, "{text}\n{select:?}");
    if salt.is_multiple_of(3) {
        let page = ok(engine.page(&select, None, 50).await);
        let ids = |rows: &[EventRow]| rows.iter().map(|r| r.id).collect::<Vec<_>>();
        assert_eq!(ids(&page), ids(&wanted), "{text}");
        assert_eq!(page, wanted, "{text}");
    }
}

pub async fn random_queries_mean_the_same(make: Make<'_>) {
    let events = random::events(&mut Rng::seeded("corpus"), 1, 500, T);
    let s = filled(make, &events).await;
    let mut rng = Rng::seeded("queries");
    for i in 0..600 {
        compare(s.engine(), &events, random::query(&mut rng, 2), i).await;
    }
}

/// Queries are made from the events themselves: values, their beginnings, words of their messages.
pub async fn real_events_mean_the_same(make: Make<'_>, events: Real<'_>) {
    let s = filled(make, events).await;
    let tenant = events.first().map_or(T, |e| &*e.tenant).to_owned();
    assert_eq!(tenant, T, "real events belong to {T}");
    let mut rng = Rng::seeded("real");
    for i in 0..120 {
        let e = &events[rng.below(events.len())];
        if e.fields.is_empty() {
            continue;
        }
        let (name, value) = &e.fields[rng.below(e.fields.len())];
        let text = value.text().into_owned();
        let words: Vec<String> = crate::terms::terms(&e.message).collect();
        let at = rng.below(words.len().max(1));
        let query = match rng.below(6) {
            0 => field(name, Test::Is(text)),
            1 => {
                let cut: String = text.chars().take(6).collect();
                field(name, Test::Glob(format!("{}*", crate::glob::escape(&cut))))
            }
            2 => Query::Text(Pattern::Phrase(words[at..(at + 3).min(words.len())].join(" "))),
            3 => Query::Not(Box::new(Query::Exists(name.to_string()))),
            4 => Query::Text(Pattern::Phrase(text)),
            _ => Query::And(vec![
                field(fieldmap::TYPE, Test::Is(e.event_type.to_string())),
                field(name, Test::Is(text.to_uppercase())),
            ]),
        };
        compare(s.engine(), events, query, i).await;
    }
    let all = Select::all(T);
    for name in ["host.name", "event.code", fieldmap::TYPE, "process.executable"] {
        assert_eq!(
            ok(s.engine().top_values(&all, name, 20).await),
            expect::top_values(events, &all, name, 20),
            "{name}"
        );
    }
}

pub async fn scans_hand_out_every_row(make: Make<'_>) {
    let events = random::events(&mut Rng::seeded("scan"), 1, 300, T);
    let s = filled(make, &events).await;
    let mut select = Select::all(T);
    select.query = Query::Exists("host.name".into());
    let columns: Vec<String> = ["event.id", "host.name", "none.such"].map(Into::into).into();
    let mut stream = s.engine().scan(&select, &columns);
    let mut have = BTreeSet::new();
    while let Some(batch) = stream.next().await {
        let batch = ok(batch);
        let names: Vec<String> = batch.schema().fields().iter().map(|f| f.name().clone()).collect();
        assert_eq!(names, columns);
        let ids = batch.column(0).as_any().downcast_ref::<arrow_array::Int64Array>();
        let hosts = Strings::of(batch.column(1).as_ref());
        let (Some(ids), Some(hosts)) = (ids, hosts) else { panic!("{:?}", batch.schema()) };
        assert!(matches!(hosts, Strings::Dict { .. }), "strings have a dictionary");
        assert_eq!(batch.column(2).null_count(), batch.num_rows());
        for i in 0..batch.num_rows() {
            assert!(have.insert((ids.value(i), hosts.get(i).map(str::to_owned))), "each row once");
        }
    }
    let wanted: BTreeSet<_> = expect::selected(&events, &select)
        .iter()
        .map(|e| (e.id, e.get("host.name").map(|v| v.text().into_owned())))
        .collect();
    assert_eq!(have, wanted);
}

pub async fn hostile_times_are_kept(make: Make<'_>) {
    let at =
        [0, -1, 1, BASE, BASE + 400 * time::DAY, 250_000_000_000_000_000, -60_000_000_000_000_000];
    let events: Vec<Event> = at.iter().zip(1..).map(|(t, id)| plain(id, *t)).collect();
    let s = filled(make, &events).await;
    let mut select = Select::all(T);
    assert_eq!(
        ok(s.engine().page(&select, None, 50).await),
        expect::page(&events, &select, None, 50)
    );
    // slices from the year 68 to the year 9892 would be too many to draw: refused, or answered in full
    match s.engine().histogram(&select, time::MINUTE).await {
        Err(crate::engine::SearchError::Refused(_)) => {}
        other => panic!("{:?}", other.map(|h| h.buckets.len())),
    }
    (select.from, select.to) = (Some(Micros(BASE)), Some(Micros(BASE + time::HOUR)));
    assert_eq!(ok(s.engine().count(&select).await), 1);
}
