//! The cases of fields: their names, and those of words. Each takes a fresh engine.
use super::cases::{T, compare, field, filled, ok};
use super::random::{self, Rng};
use super::{Make, expect};
use crate::ast::{Bound, Pattern, Query, Test};
use crate::engine::Select;
use model::event::{FieldName, Scalar};
use model::fieldmap;
use std::collections::BTreeSet;

pub async fn fields_are_named(make: Make<'_>) {
    let mut events = random::events(&mut Rng::seeded("fields"), 1, 100, T);
    events[3].fields.push(("z.last".into(), Scalar::List(vec![Scalar::Int(1)])));
    let s = filled(make, &events).await;
    let wanted: BTreeSet<(String, String)> = events
        .iter()
        .flat_map(|e| e.fields.iter())
        .map(|(n, _)| (n.to_string(), fieldmap::kind(n).as_str().to_owned()))
        .collect();
    let have = ok(s.engine().fields(T).await);
    let extra: BTreeSet<_> = have
        .iter()
        .filter(|f| !fieldmap::is_core(&f.name))
        .map(|f| (f.name.clone(), f.kind.clone()))
        .collect();
    assert_eq!(extra, wanted);
    assert!(have.is_sorted_by(|a, b| a.name < b.name), "by name, each once");
    for core in [fieldmap::TIME, fieldmap::DATASET, fieldmap::SEVERITY, fieldmap::MESSAGE] {
        assert!(have.iter().any(|f| f.name == core), "{core}");
    }
}

/// Names that engines have for things of their own are senders' names, too.
pub async fn fields_may_have_any_name(make: Make<'_>) {
    const NAMES: [&str; 6] =
        ["_shape", "%5Fshape", "_shape#text", "_source", "eventsec", "eventsec.kv"];
    let mut events = random::events(&mut Rng::seeded("names"), 1, 40, T);
    for (i, e) in events.iter_mut().enumerate().step_by(2) {
        let value = match i % 3 {
            0 => Scalar::from("mine"),
            1 => Scalar::Int(5),
            _ => Scalar::List(vec![Scalar::from("mine"), Scalar::Int(5)]),
        };
        e.fields.extend(NAMES.map(|name| (FieldName::from(name), value.clone())));
    }
    let s = filled(make, &events).await;
    let all = Select::all(T);
    let rows = ok(s.engine().page(&all, None, 100).await);
    assert_eq!(rows, expect::page(&events, &all, None, 100), "each comes back as it was");
    let listed = ok(s.engine().fields(T).await);
    for name in NAMES {
        assert!(listed.iter().any(|f| f.name == name), "{name}");
        for text in ["mine", "5", "host.name"] {
            compare(s.engine(), &events, field(name, Test::Is(text.into())), 0).await;
        }
        compare(s.engine(), &events, Query::Exists(name.into()), 0).await;
        let top = ok(s.engine().top_values(&all, name, 9).await);
        assert_eq!(top, expect::top_values(&events, &all, name, 9), "{name}");
    }
}

/// A field of words that is no attribute of the event, whatever stands in it.
pub async fn fields_of_words_are_searched_by_words(make: Make<'_>) {
    const NAME: &str = "winlog.message";
    let list = |of: &[&str]| Scalar::List(of.iter().map(|t| Scalar::from(*t)).collect());
    let values = [
        Scalar::from("Network connection detected:"),
        Scalar::from("Detected: a connection of the network"),
        Scalar::from("no NETWORK  connection\r\ndetected 5 times"),
        Scalar::from("Größe überschritten, İstanbul"),
        Scalar::from("---"),
        Scalar::from(""),
        // longer than a term of OpenSearch's may be
        Scalar::from(format!("network connection {}", "x".repeat(40_000)).as_str()),
        Scalar::Int(5),
        Scalar::Bool(true),
        list(&["network", "connection detected"]),
        list(&["nothing", "network connection detected"]),
        Scalar::List(vec![Scalar::from("network"), Scalar::Int(5)]),
        Scalar::List(Vec::new()),
    ];
    let mut events = random::events(&mut Rng::seeded("words"), 1, 40, T);
    for (e, value) in events.iter_mut().zip(values.iter().cycle()).step_by(2) {
        e.fields.push((NAME.into(), value.clone()));
    }
    let s = filled(make, &events).await;

    let mut select = Select::all(T);
    for (query, found) in [
        ("winlog.message:\"network connection detected\"", true),
        ("winlog.message:\"connection network detected\"", false),
        ("winlog.message:\"network detected\"", false),
    ] {
        select.query = ok(crate::lucene::parse(query));
        assert_eq!(ok(s.engine().count(&select).await) > 0, found, "{query}");
    }
    for text in [
        "network connection detected",
        "connection network detected",
        "connection detected",
        "DETECTED",
        "network",
        "größe",
        "istanbul",
        "5",
        "true",
        "---",
        "",
    ] {
        let is = field(NAME, Test::Is(text.into()));
        compare(s.engine(), &events, is.clone(), 0).await;
        compare(s.engine(), &events, Query::Not(Box::new(is)), 0).await;
        let anywhere = Query::Text(Pattern::Phrase(text.into()));
        compare(s.engine(), &events, anywhere, 0).await;
    }
    let within = |from: &str, to: &str| Test::Range {
        from: Bound::Including(from.into()),
        to: Bound::Excluding(to.into()),
    };
    for test in [
        Test::Glob("network*".into()),
        Test::Glob("*connection?detected*".into()),
        Test::Glob("* connection *".into()),
        Test::Glob("?".into()),
        Test::Cidr("10.0.0.0/8".into()),
        within("d", "o"),
        within("1", "9"),
    ] {
        compare(s.engine(), &events, field(NAME, test), 0).await;
    }
    compare(s.engine(), &events, Query::Exists(NAME.into()), 0).await;
    let all = Select::all(T);
    let rows = ok(s.engine().page(&all, None, 100).await);
    assert_eq!(rows, expect::page(&events, &all, None, 100), "each comes back as it was");
    let top = ok(s.engine().top_values(&all, NAME, 50).await);
    assert_eq!(top, expect::top_values(&events, &all, NAME, 50));
}
