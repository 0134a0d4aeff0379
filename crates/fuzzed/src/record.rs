//! Records that become events.
use crate::text;
use model::Micros;
use model::event::{Event, MAX_FIELDS, MAX_VALUE, Scalar};
use model::fieldmap::{self, Kind};
use model::time::HOUR;
use normalise::{Envelope, Hint, Json, Refused, parse};
use search::conformance::random::{self, Rng};
use serde_json::Value;
use std::collections::HashSet;
use std::net::IpAddr;

/// When everything arrives here.
pub const NOW: Micros = Micros(1_800_000_000_000_000);

pub fn envelope(sender: Hint) -> Envelope {
    Envelope::new("default", NOW, sender)
}

/// Everybody who might have meant a record.
pub fn hints() -> [Hint; 4] {
    [
        Hint::Suricata,
        Hint::Zeek { file: None },
        Hint::Zeek { file: Some("dns.2026-11-21-06.log".into()) },
        Hint::Api,
    ]
}

/// Two odd events that follow from the bytes, and those that the bytes are as a record.
pub fn events(data: &[u8]) -> Vec<Event> {
    let mut events = random::events(&mut Rng::seeded(&text(data)), 1, 2, "default");
    if let Ok(raw) = std::str::from_utf8(data)
        && let Ok(parsed) = parse(raw)
    {
        let read = |hint| normalise::normalise(&envelope(hint), raw, &parsed).ok();
        events.extend(hints().into_iter().filter_map(read));
    }
    events
}

/// A record as text: read alike however often and after whatever, within the limits, under the names and kinds of the field map.
pub fn normalise(data: &[u8]) {
    let Ok(raw) = std::str::from_utf8(data) else { return };
    same_json(raw);
    let Ok(parsed) = parse(raw) else { return };
    for hint in hints() {
        record(&envelope(hint), raw, &parsed);
    }
}

/// Our tree is the general one: what one takes the other takes, and both refuse in the same words.
fn same_json(raw: &str) {
    // what the general one does with this name is its own affair
    if raw.contains("::RawValue") {
        return;
    }
    match (parse(raw), serde_json::from_str::<Value>(raw)) {
        (Ok(ours), Ok(general)) => {
            let again = serde_json::to_string(&ours).expect("a tree is JSON");
            assert_eq!(again, general.to_string(), "{raw:?}");
            let names = general.as_object().into_iter().flatten().map(|(name, _)| name);
            for name in names {
                assert!(ours.get(name).is_some(), "{name:?} is not found in {raw:?}");
            }
        }
        (Err(ours), Err(general)) => assert_eq!(ours.to_string(), general.to_string(), "{raw:?}"),
        (ours, general) => panic!("{raw:?}: ours {ours:?}, the general one {general:?}"),
    }
}

fn record(env: &Envelope, raw: &str, parsed: &Json) {
    let read = |env: &Envelope| normalise::normalise(env, raw, parsed);
    let first = read(env);
    assert_eq!(read(env), first, "the same record was read in two ways: {raw}");
    // names are remembered by the thread, and a new one has met none
    let fresh = std::thread::scope(|s| s.spawn(|| read(env)).join()).expect("a reader panicked");
    assert_eq!(fresh, first, "names that were met before change what is read: {raw}");
    let event = match first {
        Ok(event) => event,
        Err(refused) => return refusal(env, parsed, &refused),
    };
    check(&event);
    assert_eq!(&*event.raw, raw, "the record is not as sent");
    assert_eq!((event.id, event.received_at), (0, env.received_at));
    assert_eq!(Micros::parse(&event.time.rfc3339()), Some(event.time), "no time of ours: {raw}");
    if let Some(said) = said(env, parsed) {
        assert_eq!(Some(event.time), instant(said), "another time than {said:?}");
    }
    let later = Envelope { received_at: env.received_at.plus(HOUR), ..env.clone() };
    let moved = read(&later).expect("when it arrives decides whether a record is an event");
    assert_eq!(moved.fields, event.fields, "when it arrives changes fields: {raw}");
    if normalise::has_own_time(env, parsed) {
        assert_eq!(moved.time, event.time, "known again by a time that it does not have: {raw}");
    } else {
        assert_eq!(event.time, env.received_at, "has a time and is not known again by it: {raw}");
    }
}

fn refusal(env: &Envelope, parsed: &Json, refused: &Refused) {
    assert!(!refused.reason.is_empty() && !refused.hint.is_empty(), "{refused:?}");
    assert!(refused.pointer.is_empty() || refused.pointer.starts_with('/'), "{refused:?}");
    if refused.reason == "invalid_timestamp"
        && let Some(said) = said(env, parsed)
    {
        assert_eq!(instant(said), None, "a time that can be read is refused");
    }
}

/// The one place where a sensor's record has its time.
fn said<'a>(env: &Envelope, parsed: &'a Json<'a>) -> Option<&'a Json<'a>> {
    match env.sender {
        Hint::Suricata => parsed.get("timestamp"),
        Hint::Zeek { .. } => parsed.get("ts"),
        Hint::Api => None,
    }
}

/// The meaning of a time, by the general parser alone.
fn instant(value: &Json) -> Option<Micros> {
    let epoch = |n: f64| {
        Micros::from_epoch_seconds(match n.abs() {
            a if a >= 1e14 => n / 1e6,
            a if a >= 1e11 => n / 1e3,
            _ => n,
        })
    };
    match value {
        Json::Str(s) => Micros::parse(s).or_else(|| s.trim().parse().ok().and_then(epoch)),
        Json::Number(n) => n.as_f64().and_then(epoch),
        _ => None,
    }
}

/// What holds for every event, whoever sent it and whenever it arrived.
pub fn check(e: &Event) {
    let names: HashSet<&str> = e.fields.iter().map(|(n, _)| &**n).collect();
    assert_eq!(names.len(), e.fields.len(), "a name twice: {e:?}");
    assert!(e.fields.len() <= MAX_FIELDS, "{} fields", e.fields.len());
    for (name, value) in &e.fields {
        assert!(!name.is_empty() && !name.chars().any(char::is_control), "{name:?}");
        assert!(!fieldmap::is_core(name), "{name} is an attribute of the event itself");
        assert!(kind(name).is_none_or(|k| fits(k, value)), "{name} holds {value:?}");
        bounded(value);
    }
    let slug = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.');
    assert!((1..=64).contains(&e.dataset.len()) && e.dataset.bytes().all(slug), "{}", e.dataset);
    assert!(["suricata", "zeek", "windows", "api"].contains(&&*e.source), "{}", e.source);
    for (word, most) in [(&*e.event_type, 64), (&*e.category, 64), (&*e.message, 301)] {
        let length = word.chars().count();
        assert!((1..=most).contains(&length), "{length} characters: {word:?}");
        assert!(!word.chars().any(char::is_control), "{word:?}");
    }
}

/// What values of the field are; `None` where the field is in no map.
fn kind(name: &str) -> Option<Kind> {
    let known = fieldmap::field(name).filter(|f| f.name == name).map(|f| f.kind);
    known.or_else(|| name.starts_with(fieldmap::WINDOWS_DATA).then_some(Kind::Keyword))
}

fn fits(kind: Kind, value: &Scalar) -> bool {
    match (kind, value) {
        (_, Scalar::List(list)) => list.iter().all(|v| fits(kind, v)),
        (Kind::Keyword | Kind::Text, Scalar::Str(_))
        | (Kind::Long, Scalar::Int(_))
        | (Kind::Double, Scalar::Float(_))
        | (Kind::Bool, Scalar::Bool(_)) => true,
        (Kind::Date, Scalar::Str(s)) => Micros::parse(s).is_some_and(|t| t.rfc3339() == **s),
        (Kind::Ip, Scalar::Str(s)) => {
            s.parse::<IpAddr>().is_ok_and(|a| a.to_canonical().to_string() == **s)
        }
        _ => false,
    }
}

fn bounded(value: &Scalar) {
    match value {
        Scalar::Str(s) => assert!(s.len() <= MAX_VALUE && !s.contains('\0'), "{s:?}"),
        Scalar::Float(f) => assert!(f.is_finite(), "JSON has no word for {f}"),
        Scalar::List(list) => {
            assert!(!list.is_empty() && !list.iter().any(|v| matches!(v, Scalar::List(_))));
            list.iter().for_each(bounded);
        }
        Scalar::Int(_) | Scalar::Bool(_) => {}
    }
}
