//! Reading the test data in place.
use model::{Micros, event::Event};
use normalise::{Envelope, Hint, Refused, normalise, parse};
use std::io::Read;
use std::path::{Path, PathBuf};

pub const NOW: Micros = Micros(1_800_000_000_000_000);

/// The folder of test data, or `None` with a line that says so.
pub fn data(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("EVENTSEC_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = root.join(part);
    if !path.exists() {
        println!("skipped: no {}", path.display());
        return None;
    }
    Some(path)
}

pub fn lines(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap();
    let mut text = String::new();
    if path.extension().is_some_and(|e| e == "gz") {
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    text.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect()
}

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
