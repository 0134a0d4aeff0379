//! Bodies that bring events, and the journal's blocks.
use crate::record::{NOW, check, envelope};
use crate::{split, text};
use model::dead_letter::MAX_KEPT;
use normalise::Hint;
use pipeline::block::{Builder, Header};
use pipeline::cut::{CutError, MAX_NETWORK_EVENTS, NetworkBody, NetworkSource, Shape};
use pipeline::{Batch, Item, intake, key};
use serde_json::value::RawValue;
use std::sync::Arc;

/// Whoever sends here.
const SENDER: &str = "user:1";

/// Any body: its records are pieces of it, in order, to the letter, and never more than are taken.
pub fn cut(data: &[u8]) {
    cut_at(data, 1);
    cut_at(data, 2);
    let most = 1_000;
    let Some(items) = cut_at(data, most) else { return };
    let (n, api) = (items.len(), envelope(Hint::Api));
    let batch = intake::prepare(&api, SENDER, None, items);
    check_batch(&batch, n);
    assert!(batch.key.is_none() || !batch.events.is_empty(), "a key for nothing");
    let again = || pipeline::cut::cut(data, most).expect("it was cut before").1;
    let repeated = intake::prepare(&api, SENDER, None, again());
    assert_eq!(repeated.key, batch.key, "the same body is not known again");
    assert_eq!(repeated.events, batch.events);
    let named = intake::prepare(&api, SENDER, Some("own"), again());
    assert_eq!(named.key, Some(key::from_client(SENDER, "own")));
}

fn cut_at(body: &[u8], most: usize) -> Option<Vec<Item>> {
    let (shape, items) = match pipeline::cut::cut(body, most) {
        Ok(found) => found,
        Err(e) => {
            match e {
                CutError::Text(at) => assert!(
                    std::str::from_utf8(body).is_err() && std::str::from_utf8(&body[..at]).is_ok()
                ),
                CutError::TooMany(n, said) => assert!(n > most && said == most),
                CutError::Empty | CutError::Json(_) => {}
            }
            return None;
        }
    };
    let body = std::str::from_utf8(body).expect("what is no text is refused");
    assert!(items.len() <= most, "{} of at most {most}", items.len());
    assert!(shape == Shape::Many || items.len() == 1, "one record is {}", items.len());
    let found: Vec<&str> = items.iter().map(piece).collect();
    in_order(body, found.iter().copied());
    let is_json = |piece: &&str| serde_json::from_str::<&RawValue>(piece).is_ok();
    let body = body.trim_start_matches('\u{feff}').trim();
    if shape == Shape::Many && !body.starts_with('[') {
        let lines: Vec<&str> = body.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        assert_eq!(found, lines, "a line is lost");
        assert!(lines.iter().any(is_json), "no line is JSON");
    } else {
        assert!(found.iter().all(is_json), "{found:?}");
    }
    Some(items)
}

fn piece(item: &Item) -> &str {
    match item {
        Item::Record(raw) => raw,
        Item::Unreadable { raw, .. } => panic!("a text was judged: {raw:?}"),
    }
}

/// Each piece stands in the body after the one before it.
fn in_order<'a>(body: &str, pieces: impl Iterator<Item = &'a str>) {
    let mut rest = body;
    for piece in pieces {
        let at = rest.find(piece).unwrap_or_else(|| panic!("{piece:?} is not in {rest:?}"));
        rest = &rest[at + piece.len()..];
    }
}

fn check_batch(batch: &Batch, n: usize) {
    assert_eq!(batch.events.len() + batch.refused.len(), n, "records are lost or invented");
    batch.events.iter().for_each(check);
    let indexes: Vec<i64> = batch.refused.iter().map(|r| r.rejection.index).collect();
    assert!(indexes.is_sorted_by(|a, b| a < b), "{indexes:?}");
    assert!(indexes.iter().all(|i| usize::try_from(*i).is_ok_and(|i| i < n)), "{indexes:?}");
    for refusal in &batch.refused {
        assert!(refusal.raw.len() <= MAX_KEPT && !refusal.raw.contains('\0'));
        assert!(!refusal.rejection.reason.is_empty());
    }
}

/// The body of a network collector: counted whole, kept in part, to the letter.
pub fn network(data: &[u8]) {
    let Ok(body) = std::str::from_utf8(data) else { return };
    let Ok(sent) = serde_json::from_str::<NetworkBody<'_>>(body) else { return };
    assert_eq!(sent.events.kept.len(), sent.events.count.min(MAX_NETWORK_EVENTS + 1));
    in_order(body, sent.events.kept.iter().map(|r| r.get()));
    let hint = match sent.source {
        NetworkSource::Suricata => Hint::Suricata,
        NetworkSource::Zeek => {
            Hint::Zeek { file: sent.meta.and_then(|m| m.file).map(|f| f.as_str().into()) }
        }
    };
    let items: Vec<Item> = sent.events.kept.iter().map(|r| pipeline::cut::record(r)).collect();
    let n = items.len();
    let mut from = envelope(hint);
    from.sensor = Some(sent.sensor.name.as_str().into());
    check_batch(&intake::prepare(&from, SENDER, None, items), n);
}

/// Any bytes as a block, any bytes as what a block unpacks to, and any lines through a block and back.
pub fn block(data: &[u8]) {
    stored(data);
    stored(&zstd::encode_all(data, 1).expect("memory takes everything"));
    let name: Arc<str> = Arc::from(&*text(split(data).0));
    let header = Header {
        tenant: "default".into(),
        received_at: NOW.0,
        hint: Hint::Zeek { file: Some(name.clone()) },
        sensor: Some(name.clone()),
        agent: data.len().is_multiple_of(2).then_some((7, name)),
        sample: true,
    };
    let raws: Vec<String> = data.split(|b| *b == b'\n').map(|l| text(l).into_owned()).collect();
    let groups = vec![(header.clone(), raws), (header, Vec::new())];
    assert_eq!(pipeline::block::read(&written(&groups)).expect("what was written"), groups);
}

fn written(groups: &[(Header, Vec<String>)]) -> Vec<u8> {
    let mut builder = Builder::default();
    for (header, raws) in groups {
        builder.group(header, raws.iter().map(String::as_str)).expect("a header is JSON");
    }
    builder.finish().expect("memory takes everything")
}

/// An error, or groups that go round.
fn stored(block: &[u8]) {
    let groups = match pipeline::block::read(block) {
        Ok(groups) => groups,
        Err(e) => {
            assert!(!e.to_string().is_empty());
            return;
        }
    };
    assert_eq!(pipeline::block::read(&written(&groups)).expect("it was read before"), groups);
    let count: usize = groups.iter().map(|(_, raws)| raws.len()).sum();
    let (events, refused) = pipeline::block::events(block, 1).expect("it was read before");
    assert_eq!(events.len() + refused, count);
    events.iter().for_each(check);
    let ids: Vec<i64> = events.iter().map(|e| e.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b) && ids.iter().all(|i| (1..=count as i64).contains(i)));
}
