//! A batch on its way in: each record is read alone, the bad ones are set aside with their reason.
use crate::{block::Header, key};
use measure::{Stage, Work};
use model::{
    dead_letter::{MAX_KEPT, Rejection},
    event::Event,
};
use normalise::{Envelope, Hint};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One record as it was cut out of the request.
pub enum Item {
    Record(Arc<str>),
    /// Not a record at all; the text is kept.
    Unreadable {
        raw: String,
        reason: &'static str,
        pointer: String,
        hint: String,
    },
}

/// A refused record with what is kept of it.
pub struct Refusal {
    pub rejection: Rejection,
    pub raw: String,
}

/// Checked, normalised, not yet durable.
pub struct Batch {
    pub header: Header,
    pub events: Vec<Event>,
    pub refused: Vec<Refusal>,
    /// Recognises the batch when it comes again; `None` where equal content may be meant twice.
    pub key: Option<String>,
    /// Dead letters that somebody tries again: no sign of life of whoever sent them first.
    pub replayed: bool,
}

/// What the sender is told, and told again when it repeats the batch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// Id of the first stored event; the others follow without gaps. 0 when none was stored.
    pub first_id: i64,
    pub accepted: i64,
    pub rejected: i64,
    pub errors: Vec<Rejection>,
    /// The batch was known: nothing was stored again.
    #[serde(default)]
    pub repeated: bool,
}

/// Reads and normalises. `client_key` is the request's `Idempotency-Key`, `sender` whoever sent it.
pub fn prepare(
    envelope: &Envelope,
    sender: &str,
    client_key: Option<&str>,
    items: Vec<Item>,
) -> Batch {
    let work = Work::begin();
    let (mut events, mut refused) = (Vec::with_capacity(items.len()), Vec::new());
    // whether every record carries its own time decides about the key, unless the client gave one
    let mut own_time = client_key.is_none();
    for (index, item) in items.into_iter().enumerate() {
        let index = index as i64;
        match item {
            Item::Unreadable { raw, reason, pointer, hint } => {
                refused.push(refusal(index, &raw, reason, pointer, hint))
            }
            Item::Record(raw) => match normalise::parse(&raw) {
                Err(e) => {
                    refused.push(refusal(index, &raw, "invalid_json", String::new(), e.to_string()))
                }
                Ok(parsed) => match normalise::normalise(envelope, raw.clone(), &parsed) {
                    Ok(event) => {
                        own_time = own_time && normalise::has_own_time(envelope, &parsed);
                        events.push(event);
                    }
                    Err(r) => refused.push(refusal(index, &raw, r.reason, r.pointer, r.hint)),
                },
            },
        }
    }
    let sensor = envelope.sensor.as_deref().unwrap_or_default();
    let key = match client_key {
        Some(k) => Some(key::from_client(sender, k)),
        None if own_time && !events.is_empty() => Some(key::from_content(
            sender,
            sensor,
            events.iter().map(|e| &*e.raw).chain(refused.iter().map(|r| r.raw.as_str())),
        )),
        None => None,
    };
    work.end(Stage::Normalise, events.iter().map(|e| e.raw.len() as u64).sum());
    Batch { header: Header::from(envelope), events, refused, key, replayed: false }
}

fn refusal(index: i64, raw: &str, reason: &str, pointer: String, hint: String) -> Refusal {
    // PostgreSQL stores no NUL in text, and what stands for one is longer
    let mut raw = raw[..kept(raw)].replace('\0', "\u{fffd}");
    raw.truncate(kept(&raw));
    Refusal {
        rejection: Rejection {
            index,
            reason: reason.into(),
            pointer,
            hint: Some(hint).filter(|h| !h.is_empty()),
        },
        raw,
    }
}

/// Where a text is cut that is kept.
fn kept(raw: &str) -> usize {
    let mut end = raw.len().min(MAX_KEPT);
    while !raw.is_char_boundary(end) {
        end -= 1;
    }
    end
}

/// Word for the dead letter table and metrics.
pub fn source_word(hint: &Hint) -> &'static str {
    match hint {
        Hint::Suricata => "suricata",
        Hint::Zeek { .. } => "zeek",
        Hint::Api => "events",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_its_record_and_no_copy_of_it() {
        let envelope = Envelope::new("acme", model::Micros(0), Hint::Api);
        let raw: Arc<str> = r#"{"event_type":"t","severity":"low"}"#.into();
        let batch = prepare(&envelope, "s", None, vec![Item::Record(raw.clone())]);
        assert!(Arc::ptr_eq(&batch.events[0].raw, &raw));
    }

    #[test]
    fn what_is_kept_of_a_refused_record_is_bounded_and_holds_no_nul() {
        let kept =
            refusal(0, &"\0".repeat(MAX_KEPT), "too_large", String::new(), String::new()).raw;
        assert!(kept.len() <= MAX_KEPT && !kept.contains('\0'), "{}", kept.len());
        assert_eq!(refusal(0, "a\0é", "x", String::new(), String::new()).raw, "a\u{fffd}é");
    }
}
