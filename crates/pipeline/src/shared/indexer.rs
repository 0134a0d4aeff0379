//! Detected blocks go to OpenSearch and leave the journal.
use super::{
    AT_ONCE, POLL, Parts, ROUNDS, after, detector,
    hand::{Ready, Taker},
    pause,
};
use crate::road::RoadError;
use cluster::{ClusterError, Indexed};
use model::{
    dead_letter::{DeadLetter, INDEX_REFUSED, MAX_KEPT},
    event::{Event, Scalar},
};
use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use store::{Claimed, NewDeadLetter, Tx};
use tokio::sync::Mutex;

/// How often the database is asked whether it still holds the blocks for us; it would end a transaction that is silent for a minute.
const ALIVE: Duration = Duration::from_secs(15);

pub(super) async fn run(mut parts: Parts, hand: Arc<Mutex<Taker>>) {
    let (mut failures, mut rounds) = (0, 0_u32);
    while !*parts.stop.borrow() {
        rounds = rounds.wrapping_add(1);
        let mut ready = Vec::new();
        // taken back by whoever finds or makes more of it
        let behind = parts.behind.swap(false, Ordering::Relaxed);
        // while blocks arrive all the time, something is always in hand: the journal would have to wait until they do not
        if !behind && !rounds.is_multiple_of(ROUNDS) {
            // nothing in hand for a while: something may be left in the journal
            ready = hand.lock().await.take(POLL).await;
        }
        let done = if ready.is_empty() { sweep(&parts).await } else { store(&parts, ready).await };
        match done {
            Ok(()) => failures = 0,
            Err(e) => {
                tracing::error!(error = %e, "blocks could not be indexed; they stay in the journal");
                measure::queue_retried(1);
                parts.fell_behind();
                pause(&mut parts.stop, after(failures)).await;
                failures += 1;
            }
        }
    }
}

/// Blocks in hand, unless another process was quicker.
async fn store(parts: &Parts, ready: Vec<Ready>) -> Result<(), RoadError> {
    let mut tx = parts.store.begin().await?;
    let mut mine = Vec::with_capacity(ready.len());
    for r in ready {
        if tx.claim_block(r.seq).await? {
            mine.push((r.seq, r.events));
        }
    }
    finish(parts, tx, mine).await
}

/// Blocks that were detected and never indexed: by a process that ended, or while OpenSearch was away. Oldest first, until few
/// enough are left that they are those of this moment.
async fn sweep(parts: &Parts) -> Result<(), RoadError> {
    let (mut more, mut at_once) = (true, AT_ONCE);
    while more && !*parts.stop.borrow() {
        let Claimed { tx, blocks, full } = parts.claim(true, at_once).await?;
        let Some(first) = blocks.first().map(|b| b.seq) else { break };
        more = full;
        let blocks = detector::read(parts, blocks).await?;
        let blocks = blocks.into_iter().map(|(b, events)| (b.seq, events)).collect();
        match finish(parts, tx, blocks).await {
            // one block that OpenSearch refuses as a whole must not stand before the others: they go each on its own
            Err(RoadError::Cluster(ClusterError::Refused { .. })) if at_once > 1 => {
                (more, at_once) = (true, 1);
            }
            Err(e @ RoadError::Cluster(ClusterError::Refused { .. })) => {
                parts.set_aside(first, &e);
                more = true;
            }
            done => done?,
        }
    }
    Ok(())
}

/// Writes the events, then deletes their blocks.
async fn finish(
    parts: &Parts,
    mut tx: Tx,
    blocks: Vec<(i64, Vec<Event>)>,
) -> Result<(), RoadError> {
    if blocks.is_empty() {
        return Ok(());
    }
    let (seqs, events): (Vec<i64>, Vec<Vec<Event>>) = blocks.into_iter().unzip();
    let events: Vec<Event> = events.into_iter().flatten().collect();
    let done = {
        let index = parts.engine.index(&events);
        tokio::pin!(index);
        loop {
            tokio::select! {
                done = &mut index => break done,
                () = tokio::time::sleep(ALIVE) => tx.still_there().await?,
            }
        }
    };
    let done = done.inspect_err(|_| {
        events.iter().for_each(|e| measure::index_failed(&e.source, 1));
    })?;
    let now = (parts.clock)();
    letters(parts, &mut tx, &done, &events).await?;
    for seq in seqs {
        tx.release(seq).await?;
    }
    tx.commit().await?;
    if let Some(oldest) = events.iter().map(|e| e.received_at).min() {
        let lag = now.since(oldest).max(0);
        parts.counters.index_lag_us.store(lag, Ordering::Relaxed);
        measure::ingest_to_index(Duration::from_micros(lag.unsigned_abs()));
    }
    parts.counters.indexed.fetch_add(events.len() as i64, Ordering::Relaxed);
    for e in &events {
        parts.told.count(&e.tenant);
    }
    Ok(())
}

/// What OpenSearch refuses for ever is kept where people see it.
async fn letters(
    parts: &Parts,
    tx: &mut Tx,
    done: &Indexed,
    events: &[Event],
) -> Result<(), RoadError> {
    if done.poison.is_empty() {
        return Ok(());
    }
    let by_id: HashMap<i64, &Event> = events.iter().map(|e| (e.id, e)).collect();
    for p in &done.poison {
        let Some(e) = by_id.get(&p.id) else { continue };
        tracing::error!(event = p.id, reason = %p.reason, "OpenSearch refuses an event; it is a dead letter now");
        let letter = letter(e, &p.reason);
        tx.add_dead_letter(&e.tenant, &letter, (parts.clock)()).await?;
    }
    Ok(())
}

/// A letter as the intake would have made it, since a replay goes by that: of network records, sensor and agent are
/// where the normaliser has put them.
fn letter(e: &Event, reason: &str) -> NewDeadLetter {
    let text = |name: &str| e.get(name).and_then(Scalar::as_str);
    let network = Some(&*e.source).filter(|s| ["suricata", "zeek"].contains(s));
    let agent = || text("agent.id")?.parse().ok().zip(text("agent.name"));
    NewDeadLetter {
        source: network.unwrap_or("events").to_owned(),
        // elsewhere these are words of the record
        sensor: network.and_then(|_| text("observer.name")).map(Into::into),
        file: network.and_then(|_| e.dataset.strip_prefix("zeek.")).map(|log| format!("{log}.log")),
        agent: network.and_then(|_| agent()).map(|(id, name)| (id, name.to_owned())),
        reason: INDEX_REFUSED.into(),
        hint: format!("event {}: {reason}", e.id),
        raw: e.raw[..e.raw.floor_char_boundary(MAX_KEPT)].to_owned(),
        sample: e.sample,
        ..Default::default()
    }
}

/// The id under which the event of such a letter was acknowledged; `None` of any other letter.
pub fn refused_id(letter: &DeadLetter) -> Option<i64> {
    let (id, _) = letter.hint.strip_prefix("event ")?.split_once(':')?;
    id.parse().ok().filter(|_| letter.reason == INDEX_REFUSED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Micros;
    use normalise::{Envelope, Hint};
    use serde_json::json;

    fn refused(
        sender: Hint,
        sensor: Option<&str>,
        agent: Option<(i64, &str)>,
        raw: &str,
    ) -> NewDeadLetter {
        let envelope = Envelope {
            tenant: "acme".into(),
            received_at: Micros(0),
            sender,
            sensor: sensor.map(Into::into),
            agent: agent.map(|(id, name)| (id, Arc::from(name))),
            sample: true,
        };
        let parsed = normalise::parse(raw).unwrap();
        let mut event = normalise::normalise(&envelope, raw, &parsed).unwrap();
        event.id = 9;
        letter(&event, "no")
    }

    #[test]
    fn a_letter_says_who_sent_the_event() {
        let zeek = Hint::Zeek { file: Some("dns.log".into()) };
        let line = r#"{"ts":1700000000.5,"uid":"C1","id.orig_h":"192.0.2.7","proto":"udp","query":"a.example","qtype_name":"A"}"#;
        let of_zeek = refused(zeek, Some("edge"), Some((7, "collector")), line);
        let wanted = NewDeadLetter {
            source: "zeek".into(),
            sensor: Some("edge".into()),
            file: Some("dns.log".into()),
            agent: Some((7, "collector".into())),
            sample: true,
            reason: INDEX_REFUSED.into(),
            hint: "event 9: no".into(),
            raw: line.into(),
            ..Default::default()
        };
        assert_eq!(of_zeek, wanted);

        let event = r#"{"event_type":"t","severity":"low","observer":{"name":"not a sensor"},"agent":{"id":"7","name":"beat"}}"#;
        let of_person = refused(Hint::Api, None, None, event);
        assert_eq!(
            (of_person.source.as_str(), of_person.sensor, of_person.agent),
            ("events", None, None)
        );
        let kept = |reason: &str, hint: &str| {
            let letter = json!({
                "id": 1, "received_at": "2026-01-01T00:00:00Z", "source": "zeek", "sensor": null, "batch_index": 0,
                "reason": reason, "pointer": "", "hint": hint, "raw": "", "replays": 0,
            });
            refused_id(&serde_json::from_value(letter).unwrap())
        };
        assert_eq!(kept(INDEX_REFUSED, &of_zeek.hint), Some(9));
        assert_eq!(
            (kept("invalid_json", &of_zeek.hint), kept(INDEX_REFUSED, "else: no")),
            (None, None)
        );
    }
}
