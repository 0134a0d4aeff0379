//! Records read, and what must hold for whatever they become.
use model::{Micros, event::Event};
use normalise::{Envelope, Hint, Refused, normalise, parse};

pub const NOW: Micros = Micros(1_800_000_000_000_000);

pub fn envelope(sender: Hint) -> Envelope {
    Envelope::new("default", NOW, sender)
}

pub fn read(sender: Hint, raw: &str) -> Result<Event, Refused> {
    normalise(&envelope(sender), raw, &parse(raw).unwrap())
}

pub fn api(raw: &str) -> Result<Event, Refused> {
    read(Hint::Api, raw)
}

/// What must hold for every event, whatever it came from.
pub fn check(e: &Event) {
    use model::event::{MAX_FIELDS, MAX_VALUE, Scalar};
    assert!(e.fields.len() <= MAX_FIELDS);
    let mut names: Vec<_> = e.fields.iter().map(|(n, _)| &**n).collect();
    assert!(
        names.iter().all(|n| !model::fieldmap::is_core(n)),
        "a core attribute among the fields: {names:?}"
    );
    assert!(names.iter().all(|n| !n.is_empty() && !n.contains('\0')), "{names:?}");
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(count, names.len(), "a name twice");
    fn text(s: &Scalar) {
        match s {
            Scalar::Str(s) => assert!(s.len() <= MAX_VALUE && !s.contains('\0')),
            Scalar::List(l) => l.iter().for_each(text),
            _ => {}
        }
    }
    e.fields.iter().for_each(|(_, v)| text(v));
    assert!(e.dataset.len() <= 64 && !e.dataset.is_empty());
    assert!(
        e.dataset
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'.'),
        "{}",
        e.dataset
    );
    assert!(!e.message.is_empty() && !e.message.contains('\n') && !e.message.contains('\0'));
    assert!(!e.event_type.is_empty() && !e.event_type.contains('\0'));
}
