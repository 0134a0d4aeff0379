//! Taking telemetry: who sends, what it is, and the road it takes. Sensors are made known by their first batch.
use crate::Soc;
use measure::{Stage, Work};
use model::{
    FieldError, Micros, Permission, Problem, Severity, caller::Sender, event::Event,
    explore::EventRow, text::Checks,
};
use normalise::{Envelope, Hint};
use pipeline::{
    Batch, Item, Receipt, RoadError,
    cut::{self, MAX_NETWORK_EVENTS, NetworkBody, NetworkSource, Shape},
    intake,
};
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use store::SensorBatch;
use tokio::sync::Semaphore;

/// Batches with more records, or more bytes, than this are read off the async threads.
const SMALL: usize = 32;
const SMALL_BYTES: usize = 64 << 10;

/// Batches that are read at once. More would share the same cores, and the pages of people would wait for all of them.
static READERS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

/// How a batch came.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// Header `Idempotency-Key`.
    pub key: Option<String>,
    /// Labelled sample data.
    pub sample: bool,
}

/// What `POST /events` did.
pub enum Taken {
    /// A single event.
    One(Stored),
    /// A single event that was stored before.
    Again(Stored),
    /// A batch. Also a single event whose `Idempotency-Key` was a batch's before: the answer is that batch's.
    Many(Receipt),
}

/// A stored event, as its sender is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub id: i64,
    pub event_type: String,
    pub severity: Severity,
    pub category: String,
    /// The record as sent: JSON text.
    pub raw: String,
    pub received_at: Micros,
}

impl From<&Event> for Stored {
    fn from(e: &Event) -> Self {
        Self {
            id: e.id,
            event_type: e.event_type.to_string(),
            severity: e.severity,
            category: e.category.to_string(),
            raw: e.raw.to_string(),
            received_at: e.received_at,
        }
    }
}

impl From<EventRow> for Stored {
    fn from(e: EventRow) -> Self {
        Self {
            id: e.id,
            event_type: e.event_type,
            severity: e.severity,
            category: e.category,
            raw: e.raw,
            received_at: e.received_at,
        }
    }
}

pub(crate) fn road(e: RoadError) -> Problem {
    match e {
        RoadError::Busy => {
            Problem::unavailable("More is waiting for the disk than fits. Send the batch again")
                .retry_after(1)
        }
        RoadError::Full(why) => {
            tracing::error!(%why, "events are refused");
            Problem::insufficient_storage(format!("Events cannot be stored: {why}")).retry_after(30)
        }
        RoadError::Stopping => {
            Problem::unavailable("The server is stopping. Send the batch again").retry_after(5)
        }
        other => {
            tracing::error!(error = %other, "a batch was not taken");
            Problem::unavailable("The journal could not be written. Send the batch again")
                .retry_after(2)
        }
    }
}

fn uncut(e: cut::CutError) -> Problem {
    match e {
        cut::CutError::TooMany(..) => Problem::too_large(e.to_string()),
        cut::CutError::Text(_) => Problem::bad_request(e.to_string()),
        other => not_json(other.to_string()),
    }
}

/// A body that is text and no JSON.
pub fn not_json(why: impl Into<String>) -> Problem {
    of_body("invalid_json", why.into())
}

/// Why JSON could not be read: it is none, or it is and does not fit. Both are 422, as in the contract.
pub fn unreadable(e: &serde_json::Error) -> Problem {
    match e.classify() {
        serde_json::error::Category::Data => of_body("unfit", e.to_string()),
        _ => not_json(format!("the body is not JSON: {e}")),
    }
}

/// A fault of the whole body: where the reader gave up is in the sentence.
fn of_body(code: &str, why: String) -> Problem {
    let error = FieldError { pointer: String::new(), code: code.into(), message: why.clone() };
    Problem { errors: vec![error], ..Problem::invalid_input(why) }
}

/// Agents and the shared token are for sending; a person needs the permission.
fn may_send(sender: &Sender) -> Result<(), Problem> {
    match sender {
        Sender::User(c) => c.require(Permission::SendEvents),
        Sender::Agent { .. } | Sender::SharedToken { .. } => Ok(()),
    }
}

/// Whose repeat a repeat is.
fn identity(sender: &Sender) -> String {
    match sender {
        Sender::User(c) => format!("user:{}", c.user_id),
        Sender::Agent { agent_id, .. } => format!("agent:{agent_id}"),
        Sender::SharedToken { .. } => "shared".into(),
    }
}

impl Soc {
    fn envelope(
        &self,
        sender: &Sender,
        hint: Hint,
        sensor: Option<Arc<str>>,
        sample: bool,
    ) -> Envelope {
        let agent = match sender {
            Sender::Agent { agent_id, name, .. } => Some((*agent_id, Arc::from(name.as_str()))),
            _ => None,
        };
        Envelope {
            tenant: sender.tenant().into(),
            received_at: (self.clock)(),
            sender: hint,
            sensor,
            agent,
            sample,
        }
    }

    /// An event that is too large is refused alone, with its beginning kept.
    fn fitting(&self, item: Item) -> Item {
        let most = self.policy.event_bytes;
        match item {
            Item::Record(raw) if raw.len() > most => {
                let hint = format!("the event has {} bytes, at most {most} are taken", raw.len());
                Item::Unreadable {
                    raw: raw.to_string(),
                    reason: "too_large",
                    pointer: String::new(),
                    hint,
                }
            }
            fits => fits,
        }
    }

    async fn read(
        &self,
        envelope: Envelope,
        sender: &Sender,
        key: Option<String>,
        items: Vec<Item>,
    ) -> Result<Batch, Problem> {
        let who = identity(sender);
        let work = move || intake::prepare(&envelope, &who, key.as_deref(), items);
        // never closed
        let _turn = READERS.acquire().await.ok();
        tokio::task::spawn_blocking(work).await.map_err(|e| Problem::internal(e.to_string()))
    }

    /// `POST /events`: one object, an array, or one object a line.
    pub async fn take_events(
        &self,
        sender: &Sender,
        body: &[u8],
        delivery: Delivery,
    ) -> Result<Taken, Problem> {
        may_send(sender)?;
        check_key(delivery.key.as_deref())?;
        let work = Work::begin();
        let (shape, items) = cut::cut(body, self.policy.batch_events).map_err(uncut)?;
        work.end(Stage::Receive, body.len() as u64);
        let items: Vec<Item> = items.into_iter().map(|i| self.fitting(i)).collect();
        let envelope = self.envelope(sender, Hint::Api, None, delivery.sample);
        let batch = if items.len() <= SMALL && body.len() <= SMALL_BYTES {
            intake::prepare(&envelope, &identity(sender), delivery.key.as_deref(), items)
        } else {
            self.read(envelope, sender, delivery.key, items).await?
        };
        if shape == Shape::Many {
            let receipt = self.road.submit(batch).await.map_err(road)?;
            count("api", &receipt);
            return Ok(Taken::Many(receipt));
        }
        // a single sender is told what is wrong at once and keeps its event, so nothing goes to the dead letters
        if let Some(r) = batch.refused.first() {
            self.road.turned_away(&batch);
            let why = r.rejection.hint.clone().unwrap_or_else(|| r.rejection.reason.clone());
            let field = r.rejection.pointer.trim_start_matches('/');
            return Err(Problem::field(field, &r.rejection.reason, &why));
        }
        let read = batch.events.first().map(Stored::from);
        let receipt = self.road.submit(batch).await.map_err(road)?;
        count("api", &receipt);
        let single = receipt.accepted == 1 && receipt.rejected == 0;
        match read.map(|e| Stored { id: receipt.first_id, ..e }) {
            Some(e) if !receipt.repeated => Ok(Taken::One(e)),
            Some(e) if single => Ok(Taken::Again(self.as_stored(sender.tenant(), e).await)),
            _ => Ok(Taken::Many(receipt)),
        }
    }

    /// The event as it was stored the first time. One that searches do not find, or not yet, is told as it was read just now.
    async fn as_stored(&self, tenant: &str, read: Stored) -> Stored {
        match self.engine.get(tenant, &[read.id]).await {
            Ok(mut found) => found.pop().map_or(read, Stored::from),
            Err(e) => {
                tracing::warn!(error = %e, id = read.id, "a repeated event could not be looked up");
                read
            }
        }
    }

    /// `POST /ingest/network/bulk`. Answers the receipt, and the sensor's id when the batch made it known.
    pub async fn take_network(
        &self,
        sender: &Sender,
        body: &[u8],
        delivery: Delivery,
    ) -> Result<(Receipt, Option<i64>), Problem> {
        may_send(sender)?;
        check_key(delivery.key.as_deref())?;
        let text = std::str::from_utf8(body).map_err(|e| Problem::bad_request(e.to_string()))?;
        let sent: NetworkBody<'_> = serde_json::from_str(text).map_err(|e| unreadable(&e))?;
        if sent.events.count > MAX_NETWORK_EVENTS {
            return Err(Problem::too_large("Too many events in batch"));
        }
        let mut c = Checks::new();
        let name = c.required("sensor/name", &sent.sensor.name, 255);
        let location = c.optional("sensor/location", sent.sensor.location.as_deref(), 255);
        let (name, location) = c.finish((name, location))?;
        let hint = match sent.source {
            NetworkSource::Suricata => Hint::Suricata,
            NetworkSource::Zeek => Hint::Zeek {
                file: sent.meta.as_ref().and_then(|m| m.file.as_deref()).map(Into::into),
            },
        };
        let kind = match sent.source {
            NetworkSource::Suricata => "suricata",
            NetworkSource::Zeek => "zeek",
        };
        let items: Vec<Item> =
            sent.events.kept.iter().map(|r| self.fitting(cut::record(r))).collect();
        let envelope = self.envelope(sender, hint, Some(name.as_str().into()), delivery.sample);
        let batch = self.read(envelope, sender, delivery.key, items).await?;
        let begun = (self.clock)();
        let receipt = self.road.submit(batch).await.map_err(road)?;
        count(kind, &receipt);
        let took = Duration::from_micros((self.clock)().since(begun).max(0).unsigned_abs());
        measure::network_ingest(
            kind,
            receipt.accepted.unsigned_abs(),
            receipt.rejected.unsigned_abs(),
            took,
        );
        let seen = SensorBatch {
            name,
            kind: kind.into(),
            location,
            stored: if receipt.repeated { 0 } else { receipt.accepted },
            rejected: if receipt.repeated { 0 } else { receipt.rejected },
        };
        let now = (self.clock)();
        // the events are durable: a busy database must not make the sender repeat them
        let made = match self.sensor_seen(sender.tenant(), &seen, now).await {
            Ok(made) => made,
            Err(e) => {
                tracing::error!(error = %e, sensor = %seen.name, "a sensor's sign of life was not stored");
                None
            }
        };
        Ok((receipt, made))
    }

    async fn sensor_seen(
        &self,
        tenant: &str,
        batch: &SensorBatch,
        now: Micros,
    ) -> Result<Option<i64>, store::StoreError> {
        let before = self.store.sensors(tenant, now).await?;
        let is_it = |s: &model::sensor::NetworkSensor| s.name == batch.name && s.kind == batch.kind;
        let known = before.iter().any(is_it);
        let mut tx = self.store.begin().await?;
        tx.sensor_seen(tenant, batch, now).await?;
        tx.commit().await?;
        if known {
            return Ok(None);
        }
        Ok(self.store.sensors(tenant, now).await?.iter().find(|s| is_it(s)).map(|s| s.id))
    }
}

/// What a batch adds to the series; a repeat adds nothing.
fn count(source: &str, receipt: &Receipt) {
    if receipt.repeated {
        return;
    }
    measure::events_received(source, receipt.accepted.unsigned_abs());
    measure::parsed(source, receipt.accepted.unsigned_abs());
    for e in &receipt.errors {
        measure::parse_failed(source, &e.reason, 1);
    }
}

fn check_key(key: Option<&str>) -> Result<(), Problem> {
    match key {
        Some(k)
            if k.is_empty()
                || k.len() > pipeline::key::MAX_KEY
                || k.chars().any(char::is_control) =>
        {
            Err(Problem::bad_request(format!(
                "Idempotency-Key must have 1 to {} printable characters",
                pipeline::key::MAX_KEY
            )))
        }
        _ => Ok(()),
    }
}

/// A record from the dead letters, tried again.
pub(crate) fn again(envelope: &Envelope, raw: &str) -> Batch {
    intake::prepare(envelope, "replay", None, vec![Item::Record(raw.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_no_json_is_422_and_one_that_is_no_text_400() {
        let bodies: [(&[u8], u16); 5] = [
            (b"{\"a\":", 422),
            (b" ", 422),
            (b"[{},", 422),
            (b"{\"a\":\xff}", 400),
            (b"[1,2,3]", 413),
        ];
        for (body, status) in bodies {
            let p = uncut(cut::cut(body, 2).err().unwrap());
            assert_eq!(p.status, status, "{}", p.detail);
        }
        let p = not_json("the body is not JSON: EOF at line 1");
        let error = &p.errors[0];
        assert_eq!((error.pointer.as_str(), error.code.as_str()), ("", "invalid_json"));
        assert_eq!(p.detail, error.message);
    }
}
