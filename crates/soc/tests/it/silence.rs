//! Sources that fall silent: told once for each silence, never of samples, never for what nobody listened to.
use crate::ground::Ground;
use backend::{AlertsBackend, PipelineBackend};
use model::retention::DiskRoom;
use model::{
    Caller, Micros, Origin, Role, Severity,
    alert::{Alert, AlertChange, AlertStatus},
    live::Note,
    pipeline::{PipelineQuery, SeriesOf},
    time::{Clock, HOUR, MINUTE, SECOND},
};
use pipeline::RoadConfig;
use soc::{Disk, Soc};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use store::{Store, Tally};
use testkit::db_test;

/// A full hour.
const NOON: Micros = Micros(495_012 * HOUR);

fn at(minute: i64) -> Micros {
    NOON.plus(minute * MINUTE)
}

struct Place {
    soc: Soc,
    hand: Arc<AtomicI64>,
    /// The minute since when it listens.
    since: i64,
    ground: Ground,
}

impl Place {
    /// Listening since that minute.
    async fn open(store: &Store, minute: i64) -> Self {
        let hand = Arc::new(AtomicI64::new(at(minute).0));
        let now = hand.clone();
        let clock: Clock = Arc::new(move || Micros(now.load(Ordering::Relaxed)));
        let config = RoadConfig { tick_ms: 10, ..Default::default() };
        let disk: Disk = Arc::new(|| Some(DiskRoom { free: 40, total: 100 }));
        let (soc, _, ground) = Ground::under(store, clock, disk, config).await;
        Self { soc, hand, since: minute, ground }
    }

    /// What the watch raises at that minute, having listened until then.
    async fn watch(&self, minute: i64) -> usize {
        self.soc.store.ingest_listened(at(self.since), at(minute)).await.unwrap();
        self.look(minute).await
    }

    /// The same where others listen.
    async fn look(&self, minute: i64) -> usize {
        self.hand.store(at(minute).0, Ordering::Relaxed);
        self.soc.watch_sources().await.unwrap()
    }

    async fn alerts(&self) -> Vec<Alert> {
        self.soc.alerts(&caller("acme"), Default::default()).await.unwrap().items
    }

    async fn close(self) {
        self.ground.stop(&self.soc).await;
    }
}

fn caller(tenant: &str) -> Caller {
    Caller {
        tenant: tenant.into(),
        user_id: 1,
        email: "ana@example.org".into(),
        name: "Ana".into(),
        role: Role::Admin,
        must_change_password: false,
        session: String::new(),
        origin: Origin::default(),
    }
}

/// So many records in each of these minutes.
async fn sent(
    store: &Store,
    kind: &str,
    sample: bool,
    minutes: impl IntoIterator<Item = i64>,
    n: i64,
) {
    let tally = |m| Tally {
        tenant: "acme".into(),
        source: "edge-1".into(),
        kind: kind.into(),
        sample,
        minute: at(m),
        stored: n,
        last_seen: at(m),
        ..Default::default()
    };
    let tallies: Vec<Tally> = minutes.into_iter().map(tally).collect();
    store.ingest_note(&tallies).await.unwrap();
}

db_test! {
    async fn a_silence_is_one_alert(db) {
        let place = Place::open(&db.store, -120).await;
        let mut notes = place.soc.live.listen("acme");
        sent(&db.store, "suricata", false, -60..=0, 690).await;
        assert_eq!(place.watch(4).await, 0, "not yet");
        assert_eq!(place.watch(9).await, 1);
        let alert = place.alerts().await.remove(0);
        assert_eq!(alert.title, "suricata edge-1 has sent nothing for 9 min");
        assert_eq!((alert.source.as_str(), alert.category.as_str(), alert.severity), ("EventSec", "ingest", Severity::Medium));
        assert_eq!((alert.status, alert.rule_id, alert.first_seen), (AlertStatus::Open, None, at(0)));
        assert!(alert.description.contains("about 690 records a minute"), "{}", alert.description);
        let note = notes.next().await.unwrap();
        assert_eq!(note, Note::Alert { id: alert.id, severity: alert.severity, title: alert.title.clone() });

        // while it lasts it is not told again: not when it is closed, not when it is deleted, not after a restart
        assert_eq!(place.watch(10).await, 0);
        let close = AlertChange { status: Some(AlertStatus::Closed), conclusion: Some("known".into()), ..Default::default() };
        place.soc.change_alert(&caller("acme"), alert.id, close).await.unwrap();
        assert_eq!(place.watch(11).await, 0);
        place.soc.delete_alert(&caller("acme"), alert.id).await.unwrap();
        assert_eq!(place.watch(12).await, 0);
        place.close().await;
        let place = Place::open(&db.store, 15).await;
        assert_eq!(place.watch(60).await, 0);

        // it comes back and stops again: that is another silence
        sent(&db.store, "suricata", false, 61..=70, 690).await;
        assert_eq!(place.watch(72).await, 0);
        assert_eq!(place.watch(80).await, 1);
        assert_eq!(place.alerts().await[0].first_seen, at(70));
        assert_eq!(place.soc.alerts(&caller("other"), Default::default()).await.unwrap().total, 0);
        place.close().await;
    }

    async fn nobody_expects_samples_or_strangers(db) {
        let place = Place::open(&db.store, -120).await;
        sent(&db.store, "zeek", true, -60..=0, 500).await;
        sent(&db.store, "replay", false, -60..=0, 500).await;
        sent(&db.store, "suricata", false, -20..=0, 500).await; // too new to be known
        assert_eq!(place.watch(60).await, 0);
        place.close().await;
    }

    async fn what_nobody_listened_to_is_no_silence(db) {
        sent(&db.store, "suricata", false, -60..=0, 690).await;
        let place = Place::open(&db.store, 100).await;
        assert_eq!(place.watch(104).await, 0, "it had no chance to be heard");
        assert_eq!(place.watch(105).await, 1);
        place.close().await;
    }

    async fn a_restart_forgets_no_silence(db) {
        let place = Place::open(&db.store, -120).await;
        sent(&db.store, "suricata", false, -60..=0, 690).await;
        assert_eq!(place.watch(3).await, 0);
        place.close().await;
        let place = Place::open(&db.store, 50).await;
        assert_eq!(place.watch(51).await, 0, "three minutes and one");
        assert_eq!(place.watch(52).await, 1);
        place.close().await;
    }

    async fn whoever_looks_judges_by_those_who_listened(db) {
        // it leads all the time, and those who took batches were away
        let place = Place::open(&db.store, -120).await;
        sent(&db.store, "suricata", false, -60..=0, 690).await;
        db.store.ingest_listened(at(-120), at(2)).await.unwrap();
        assert_eq!(place.look(40).await, 0);
        db.store.ingest_listened(at(38), at(40)).await.unwrap();
        assert_eq!(place.look(40).await, 0);
        place.close().await;
        // the next one has led for no time at all
        let place = Place::open(&db.store, 41).await;
        db.store.ingest_listened(at(40), at(41)).await.unwrap();
        assert_eq!(place.look(41).await, 1);
        place.close().await;
    }

    async fn listening_is_noted_while_the_program_is_awake(db) {
        let place = Place::open(&db.store, 0).await;
        let note = async |since, seconds: i64| {
            place.hand.store(at(0).plus(seconds * SECOND).0, Ordering::Relaxed);
            place.soc.note_listening(since).await
        };
        let mut since = None;
        for seconds in [0, 15, 30, 5_000, 5_015, 5_010, 5_025] {
            since = note(since, seconds).await;
        }
        let second = |n: i64| at(0).plus(n * SECOND);
        let noted = db.store.ingest_listening(Micros(0)).await.unwrap();
        assert_eq!(noted, [(second(0), second(30)), (second(5_000), second(5_025))]);
        place.close().await;
    }

    async fn the_view_names_the_silent_and_the_gaps(db) {
        let place = Place::open(&db.store, -120).await;
        sent(&db.store, "suricata", false, (-100..-30).chain(-20..=0), 10).await;
        sent(&db.store, "zeek", false, -60..=8, 3).await;
        db.store.ingest_listened(at(-120), at(9)).await.unwrap();
        place.hand.store(at(9).0 + 5, Ordering::Relaxed);
        let query = PipelineQuery { series: SeriesOf::First, ..Default::default() };
        let shown = place.soc.pipeline(&caller("acme"), query).await.unwrap();
        let states: Vec<_> = shown.sources.iter().map(|s| (s.id.as_str(), s.expected_per_minute, s.silent_for_minutes)).collect();
        assert_eq!(states, [("suricata:edge-1", Some(10), Some(9)), ("zeek:edge-1", Some(3), None)]);
        assert_eq!(shown.sources.iter().map(|s| s.series.len()).collect::<Vec<_>>(), [60, 0]);
        assert_eq!((shown.range.from, shown.total.received), (at(-50), 20 * 10 + 21 * 10 + 59 * 3));
        let drawn: i64 = shown.sources[0].series.iter().map(|p| p.counts.received).sum();
        assert_eq!(drawn, shown.sources[0].counts.received);
        let gaps: Vec<_> = shown.gaps.iter().map(|g| (g.source.as_str(), g.from, g.to, g.minutes, g.expected)).collect();
        assert_eq!(gaps, [("suricata:edge-1", at(-30), at(-20), 10, 100)]);
        assert_eq!((shown.gap_count, shown.backlog.blocks, shown.journal.quota), (1, 0, RoadConfig::default().journal_quota));
        assert!(shown.disk.is_some_and(|d| d.total > 0));

        let none = place.soc.pipeline(&caller("other"), PipelineQuery::default()).await.unwrap();
        assert!(none.sources.is_empty() && none.gaps.is_empty() && none.total.received == 0);
        let wrong = PipelineQuery { from: Some(at(0)), to: Some(at(0)), ..Default::default() };
        assert_eq!(place.soc.pipeline(&caller("acme"), wrong).await.unwrap_err().status, 422);
        place.close().await;
    }
}
