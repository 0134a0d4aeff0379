//! An event as OpenSearch's document, and what of it can be searched where.
//!
//! Values of known fields stand under their own names when they are what the mapping says (`fits`). Everything else is kept in
//! `eventsec.x` as `[position, name, value]`, so that the event can be read back exactly as it was.
use crate::names::{self, MAX_KEYWORD, MAX_TERM, NUMBER, ODD_TIME, ODD_WORDS, STRING};
use model::Micros;
use model::event::{Event, Scalar};
use model::fieldmap::{self, Kind};
use search::terms::{any_term, fold};
use serde_json::{Value, json};
use std::net::IpAddr;

/// Whole numbers up to here are the same as text, as i64 and as f64.
pub const EXACT: i64 = 1 << 53;

/// The member of `x` that holds an attribute which is no field.
const CORE: i64 = -1;

/// Whether OpenSearch's lower case of the text is ours: all characters but `İ`, whose lower case is two.
fn folds_alike(text: &str) -> bool {
    text.is_ascii() || !text.chars().any(|c| c.to_lowercase().count() > 1)
}

fn has_long_term(text: &str) -> bool {
    text.len() > MAX_TERM && any_term(text, &mut String::new(), |t| t.len() > MAX_TERM)
}

/// Whether a field of words can hold all terms of the text.
fn has_plain_terms(text: &str) -> bool {
    folds_alike(text) && !has_long_term(text)
}

/// Whether one element (no list) can stand in the field as mapped.
fn fits(kind: Kind, element: &Scalar) -> bool {
    match (kind, element) {
        (Kind::Keyword, Scalar::Str(s)) => s.len() <= MAX_KEYWORD && folds_alike(s),
        (Kind::Text, Scalar::Str(s)) => has_plain_terms(s),
        (Kind::Long, Scalar::Int(_)) | (Kind::Bool, Scalar::Bool(_)) => true,
        (Kind::Ip, Scalar::Str(s)) => s.parse::<IpAddr>().is_ok_and(|a| {
            a.to_canonical() == a && a.to_string() == **s && !(a.is_ipv6() && s.contains('.'))
        }),
        (Kind::Date, Scalar::Str(s)) => {
            Micros::parse(s).is_some_and(|t| t.0 % 1000 == 0 && t.rfc3339() == **s)
        }
        _ => false,
    }
}

/// Whether a value can stand in the field: one that fits, or a plain list of such.
fn value_fits(kind: Kind, value: &Scalar) -> bool {
    match value {
        Scalar::List(l) => l.iter().all(|e| fits(kind, e)),
        one => fits(kind, one),
    }
}

/// Text of a number that is the same for all spellings of it; `None` where whole numbers and floats differ.
pub fn number(element: &Scalar) -> Option<String> {
    match element {
        Scalar::Int(i) if i.unsigned_abs() < EXACT.unsigned_abs() => Some(i.to_string()),
        // minus nought reads otherwise than nought and is the same number
        Scalar::Float(f) if f.abs() < EXACT as f64 && !(*f == 0.0 && f.is_sign_negative()) => {
            Some(f.to_string())
        }
        _ => None,
    }
}

/// Calls `f` with each element.
fn each(value: &Scalar, f: &mut impl FnMut(&Scalar)) {
    match value {
        Scalar::List(l) => l.iter().for_each(|e| each(e, f)),
        one => f(one),
    }
}

/// What is collected while the document is written.
#[derive(Default)]
struct Aside {
    names: Vec<String>,
    kv: Vec<String>,
    values: Vec<String>,
    odd: Vec<String>,
    words: Vec<String>,
    x: Vec<Value>,
}

impl Aside {
    fn mark(&mut self, name: &str) {
        if !self.odd.iter().any(|o| o == name) {
            self.odd.push(name.into());
        }
    }

    /// A value that its field cannot hold.
    fn put(&mut self, at: i64, name: &str, value: &Scalar) {
        let token = names::token(name).into_owned();
        // names outside the map are keywords unless they are another word for a field of the map
        let plain =
            names::mapped(name).is_none() && fieldmap::kind(name) == Kind::Keyword && at != CORE;
        each(value, &mut |e| {
            let text = e.text();
            if has_plain_terms(&text) {
                self.words.push(text.clone().into_owned());
            } else {
                self.mark(ODD_WORDS);
            }
            let found = match e {
                Scalar::Str(_) | Scalar::Bool(_) if text.len() <= MAX_KEYWORD => {
                    Some((STRING, fold(&text), text.into_owned()))
                        .filter(|(_, f, _)| f.len() <= MAX_KEYWORD)
                }
                _ => number(e).map(|n| (NUMBER, n.clone(), n)),
            };
            match found.filter(|_| plain) {
                Some((kind, folded, own)) => {
                    let head = names::kv(name, kind);
                    self.kv.push(format!("{head}{folded}"));
                    self.values.push(format!("{head}{own}"));
                }
                None => self.mark(&token),
            }
        });
        self.x.push(json!([at, name, keep(value)]));
    }
}

/// A value as JSON that comes back as it was: floats by their shortest text.
fn keep(value: &Scalar) -> Value {
    match value {
        Scalar::Float(f) => json!({"f": f.to_string()}),
        Scalar::List(l) => l.iter().map(keep).collect(),
        other => Value::from(other),
    }
}

/// Writes JSON into bytes.
struct Out<'a> {
    bytes: &'a mut Vec<u8>,
    first: bool,
}

impl Out<'_> {
    fn text(&mut self, text: &str) {
        // writing into memory does not fail
        let _ = serde_json::to_writer(&mut *self.bytes, text);
    }

    fn key(&mut self, name: &str) {
        self.bytes.push(if self.first { b'{' } else { b',' });
        self.first = false;
        self.text(name);
        self.bytes.push(b':');
    }

    fn json(&mut self, name: &str, value: &Value) {
        self.key(name);
        let _ = serde_json::to_writer(&mut *self.bytes, value);
    }

    fn int(&mut self, name: &str, n: i64) {
        self.key(name);
        self.bytes.extend_from_slice(n.to_string().as_bytes());
    }

    fn string(&mut self, name: &str, text: &str) {
        self.key(name);
        self.text(text);
    }

    fn list(&mut self, name: &str, texts: &[String]) {
        if texts.is_empty() {
            return;
        }
        self.key(name);
        for (i, t) in texts.iter().enumerate() {
            self.bytes.push(if i == 0 { b'[' } else { b',' });
            self.text(t);
        }
        self.bytes.push(b']');
    }

    fn value(&mut self, value: &Scalar) {
        match value {
            Scalar::Str(s) => self.text(s),
            other => {
                let _ = serde_json::to_writer(&mut *self.bytes, &Value::from(other));
            }
        }
    }
}

/// Appends the event's document, one line without its end.
pub fn write(e: &Event, bytes: &mut Vec<u8>) {
    let mut aside = Aside::default();
    let mut out = Out { bytes, first: true };
    match Micros::parse(&e.time.rfc3339()) {
        Some(t) if t == e.time => out.string(fieldmap::TIME, &e.time.rfc3339()),
        _ => aside.mark(ODD_TIME),
    }
    out.int(fieldmap::ID, e.id);
    out.string(fieldmap::RECEIVED, &e.received_at.rfc3339());
    out.string(fieldmap::SEVERITY, e.severity.as_str());
    out.key(fieldmap::SAMPLE);
    out.value(&Scalar::Bool(e.sample));
    let texts = [
        (fieldmap::DATASET, &*e.dataset),
        (fieldmap::SOURCE, &*e.source),
        (fieldmap::TYPE, &*e.event_type),
        (fieldmap::CATEGORY, &*e.category),
        (fieldmap::MESSAGE, &*e.message),
        (fieldmap::RAW, &*e.raw),
    ];
    for (name, text) in texts.into_iter().filter(|(_, t)| !t.is_empty()) {
        aside.names.push(name.into());
        let fits = match name {
            fieldmap::RAW => true,
            fieldmap::MESSAGE => has_plain_terms(text),
            _ => text.len() <= MAX_KEYWORD && folds_alike(text),
        };
        if fits {
            out.string(name, text);
        } else {
            aside.put(CORE, name, &Scalar::from(text));
        }
    }
    let own = e.fields.iter().filter(|(n, _)| !fieldmap::is_core(n));
    for (at, (name, value)) in own.enumerate() {
        let mut some = false;
        each(value, &mut |_| some = true);
        if some {
            aside.names.push(names::token(name).into_owned());
        }
        match names::mapped(name) {
            Some(kind) if value_fits(kind, value) => {
                out.key(name);
                out.value(value);
            }
            _ => aside.put(at as i64, name, value),
        }
    }
    out.key("eventsec");
    let mut inner = Out { bytes: out.bytes, first: true };
    inner.string("tenant", &e.tenant);
    inner.int("time", e.time.0);
    inner.int("received", e.received_at.0);
    inner.list("names", &aside.names);
    inner.list("kv", &aside.kv);
    inner.list("values", &aside.values);
    inner.list("odd", &aside.odd);
    inner.list("words", &aside.words);
    if !aside.x.is_empty() {
        inner.json("x", &Value::Array(aside.x));
    }
    bytes.extend_from_slice(b"}}");
}
