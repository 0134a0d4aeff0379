//! Retention deletes what a policy says and a preview shows, of that tenant and nobody else.
use crate::ground::Ground;
use backend::{AlertsBackend, OperateBackend, RetentionBackend};
use lake::Lake;
use model::{
    Caller, Micros, Origin, Problem, Role, Severity,
    alert::{AlertState, AlertStatus, NewAlert},
    audit::AuditQuery,
    event::Event,
    retention::{DataClass, DiskRoom, RetentionPolicy, RetentionReport},
    time::DAY,
};
use pipeline::RoadConfig;
use search::engine::Select;
use soc::{Disk, Soc};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use store::{Append, AuditRow, NewDeadLetter, Store};
use testkit::db_test;

/// Noon of 2026-11-20.
const NOW: Micros = Micros(1_795_132_800_000_000 + DAY / 2);

/// The use cases over a lake and a road of their own, at `NOW`.
pub struct World {
    pub soc: Soc,
    lake: Arc<Lake>,
    /// Bytes of a disk of 100 that are free.
    free: Arc<AtomicI64>,
    next: AtomicI64,
    ground: Ground,
}

impl World {
    pub async fn new(store: &Store) -> Self {
        let free = Arc::new(AtomicI64::new(100));
        let disk = free.clone();
        let disk: Disk =
            Arc::new(move || Some(DiskRoom { free: disk.load(Ordering::Relaxed), total: 100 }));
        let (soc, lake, ground) =
            Ground::under(store, Arc::new(|| NOW), disk, RoadConfig::default()).await;
        Self { soc, lake, free, next: AtomicI64::new(1), ground }
    }

    /// Ten events of that day, in a part of their own.
    async fn events(&self, tenant: &str, dataset: &str, age: i64) {
        let first = self.next.fetch_add(10, Ordering::Relaxed);
        let events: Vec<Event> = (first..first + 10)
            .map(|id| Event {
                id,
                tenant: tenant.into(),
                time: NOW.plus(-age * DAY),
                received_at: NOW.plus(-age * DAY),
                dataset: dataset.into(),
                source: "test".into(),
                event_type: "t".into(),
                category: "c".into(),
                severity: Severity::Low,
                message: "m".into(),
                fields: Vec::new(),
                raw: "{}".into(),
                sample: false,
            })
            .collect();
        self.lake.append_block(first, &events).unwrap();
        self.lake.flush(None).await.unwrap();
    }

    /// An alert that is in that state since so many days.
    pub async fn alert(&self, tenant: &str, status: AlertStatus, age: i64) -> i64 {
        let at = NOW.plus(-age * DAY);
        let new: NewAlert =
            serde_json::from_value(serde_json::json!({"title": "t", "source": "s"})).unwrap();
        let mut tx = self.soc.store.begin().await.unwrap();
        let id = tx.insert_alert(tenant, &new, at).await.unwrap().id;
        let state = AlertState { id, status, assigned_to: None, conclusion: Some("c".into()) };
        tx.save_alert(tenant, &state, at).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn letter(&self, tenant: &str, age: i64) {
        let new = NewDeadLetter { reason: "invalid_json".into(), ..Default::default() };
        let what = Append { dead_letters: vec![(tenant.into(), new)], ..Default::default() };
        self.soc.store.journal_append(&what, NOW.plus(-age * DAY)).await.unwrap();
    }

    async fn count(&self, tenant: &str) -> i64 {
        self.soc.engine.count(&Select::all(tenant)).await.unwrap()
    }

    /// Actions and actors of the tenant's audit rows, newest first.
    async fn trail(&self, tenant: &str) -> Vec<(String, String)> {
        let verdict = self.soc.store.verify_audit(tenant).await.unwrap();
        assert_eq!(verdict.broken_at, None, "{verdict:?}");
        let page = self.soc.store.audit(tenant, &AuditQuery::default()).await.unwrap();
        page.items.into_iter().map(|e| (e.action, e.actor)).collect()
    }

    pub async fn stop(self) {
        self.ground.stop(&self.soc).await;
    }
}

pub fn somebody(tenant: &str, role: Role) -> Caller {
    Caller {
        tenant: tenant.into(),
        user_id: 1,
        email: "ana@x.org".into(),
        name: "Ana".into(),
        role,
        must_change_password: false,
        session: "s".into(),
        origin: Origin { ip: "192.0.2.1".into(), ..Origin::default() },
    }
}

fn admin(tenant: &str) -> Caller {
    somebody(tenant, Role::Admin)
}

/// Parts and rows of each class, in the order of the classes.
fn sizes(report: &RetentionReport) -> Vec<(i64, i64)> {
    report.classes.iter().map(|c| (c.parts, c.rows)).collect()
}

fn both(days: i64) -> RetentionPolicy {
    RetentionPolicy { events: Some(days), network: Some(days), ..Default::default() }
}

fn row(action: &str, actor: &str) -> (String, String) {
    (action.into(), actor.into())
}

/// A run begins and chooses, and another process sets a hold before anything is deleted.
async fn held_within_a_run(w: &World, other: &Store, policy: RetentionPolicy) {
    // what the run waits for after it has chosen: its row in the audit trail
    let mut tx = other.begin().await.unwrap();
    let row = AuditRow {
        actor: "bea@x.org".into(),
        action: "retention.update".into(),
        ..Default::default()
    };
    tx.audit("acme", &row, NOW).await.unwrap();
    let (run, ()) = tokio::join!(w.soc.retain(), async {
        // if this is too short, the run chooses nothing, and the rest holds all the same
        tokio::time::sleep(Duration::from_millis(300)).await;
        let held = RetentionPolicy { hold: true, ..policy };
        tx.set_retention("acme", &held, NOW).await.unwrap();
        tx.commit().await.unwrap();
        other.deletions_ended().await.unwrap();
    });
    run.unwrap();
}

db_test! {
    async fn a_run_does_what_its_preview_says_to_one_tenant_alone(db) {
        let w = World::new(&db.store).await;
        let ana = admin("acme");
        for tenant in ["acme", "other"] {
            for (dataset, age) in [("windows.sysmon", 100), ("windows.sysmon", 31), ("windows.sysmon", 29), ("zeek.conn", 100)] {
                w.events(tenant, dataset, age).await;
            }
            for age in [100, 29] {
                w.letter(tenant, age).await;
            }
        }
        let old = w.alert("acme", AlertStatus::Closed, 100).await;
        let kept = [w.alert("acme", AlertStatus::Closed, 29).await, w.alert("acme", AlertStatus::Open, 100).await, w.alert("acme", AlertStatus::InProgress, 100).await];
        let theirs = w.alert("other", AlertStatus::Closed, 100).await;

        // an upgrade deletes nothing
        assert!(w.soc.preview_retention(&ana).await.unwrap().is_empty());
        w.soc.retain().await.unwrap();
        assert_eq!((w.count("acme").await, w.trail("acme").await.len()), (40, 0));

        let policy = RetentionPolicy { events: Some(30), alerts: Some(30), dead_letters: Some(30), ..Default::default() };
        let set = w.soc.set_retention(&ana, policy).await.unwrap();
        assert_eq!((set.policy, set.updated_at, set.disk.map(|d| d.total)), (policy, Some(NOW), Some(100)));
        let preview = w.soc.preview_retention(&ana).await.unwrap();
        assert_eq!(sizes(&preview), [(2, 0), (0, 0), (0, 1), (0, 1)]);
        let events = &preview.classes[0];
        assert_eq!((events.class, events.events, events.bytes > 0, events.for_room), (DataClass::Events, 20, true, 0));
        assert_eq!((events.oldest.clone(), events.newest.clone()), (Some(NOW.plus(-100 * DAY).date()), Some(NOW.plus(-31 * DAY).date())));
        assert_eq!(w.count("acme").await, 40, "looking changes nothing");

        assert_eq!(w.soc.run_retention(&ana).await.unwrap(), preview);
        assert_eq!((w.count("acme").await, w.count("other").await), (20, 40));
        assert!(w.soc.alert(&ana, old).await.is_err());
        for id in kept {
            w.soc.alert(&ana, id).await.unwrap();
        }
        w.soc.alert(&admin("other"), theirs).await.unwrap();
        assert_eq!((db.store.dead_letter_count("acme").await.unwrap(), db.store.dead_letter_count("other").await.unwrap()), (1, 2));
        assert!(w.soc.preview_retention(&ana).await.unwrap().is_empty());

        assert_eq!(w.trail("acme").await, [row("retention.run", "ana@x.org"), row("retention.update", "ana@x.org")]);
        let told = db.store.audit("acme", &AuditQuery { action: Some("retention.run".into()), ..Default::default() }).await.unwrap();
        assert_eq!(told.items[0].after, serde_json::to_value(&preview).ok());
        assert!(w.trail("other").await.is_empty());
        // the program itself leaves a row only when it deletes something
        w.soc.retain().await.unwrap();
        assert_eq!(w.trail("acme").await.len(), 2);
        w.letter("acme", 50).await;
        w.soc.retain().await.unwrap();
        assert_eq!(w.trail("acme").await[0], row("retention.run", "system"));
        w.stop().await;
    }

    async fn changes_at_once_are_told_one_after_the_other(db) {
        let w = World::new(&db.store).await;
        let ana = admin("acme");
        w.soc.set_retention(&ana, both(3)).await.unwrap();
        let (one, other) = tokio::join!(w.soc.set_retention(&ana, both(1)), w.soc.set_retention(&ana, both(2)));
        assert!(one.is_ok() && other.is_ok());
        let told = db.store.audit("acme", &AuditQuery::default()).await.unwrap().items;
        assert_eq!(told.len(), 3);
        assert!(told.windows(2).all(|two| two[0].before == two[1].after), "{told:?}");
        w.stop().await;
    }

    async fn a_hold_stops_every_deletion(db) {
        let w = World::new(&db.store).await;
        let ana = admin("acme");
        w.events("acme", "windows.sysmon", 100).await;
        w.letter("acme", 100).await;
        let alert = w.alert("acme", AlertStatus::Closed, 100).await;
        let held = RetentionPolicy { alerts: Some(1), dead_letters: Some(1), hold: true, ..both(1) };
        w.soc.set_retention(&ana, held).await.unwrap();
        w.free.store(0, Ordering::Relaxed);
        let preview = w.soc.preview_retention(&ana).await.unwrap();
        assert!(preview.hold && preview.is_empty() && preview.classes.len() == 4, "{preview:?}");
        assert_eq!(w.soc.run_retention(&ana).await.unwrap(), preview);
        w.soc.retain().await.unwrap();
        let conflict = |p: Problem| p.is("conflict");
        assert!(w.soc.delete_alert(&ana, alert).await.is_err_and(conflict));
        let letters = w.soc.dead_letters(&ana, Default::default()).await.unwrap().items;
        assert!(w.soc.delete_dead_letters(&ana, vec![letters[0].id]).await.is_err_and(conflict));
        assert_eq!((w.count("acme").await, db.store.dead_letter_count("acme").await.unwrap()), (10, 1));
        w.soc.alert(&ana, alert).await.unwrap();

        w.soc.set_retention(&ana, RetentionPolicy { hold: false, ..held }).await.unwrap();
        w.soc.retain().await.unwrap();
        assert_eq!((w.count("acme").await, db.store.dead_letter_count("acme").await.unwrap()), (0, 0));
        w.stop().await;
    }

    async fn a_hold_waits_for_a_step_and_not_for_a_run(db) {
        let w = World::new(&db.store).await;
        let ana = admin("acme");
        let held = RetentionPolicy { hold: true, ..both(1) };
        let run = w.soc.deleting.lock().await;
        w.soc.set_retention(&ana, held).await.unwrap();
        let step = db.store.begin_deleting().await.unwrap();
        let mut set = w.soc.set_retention(&ana, both(1));
        assert!(tokio::time::timeout(Duration::from_millis(200), &mut set).await.is_err());
        drop(step);
        set.await.unwrap();
        drop(run);
        w.stop().await;
    }

    async fn a_hold_that_another_process_sets_stops_a_run_that_has_begun(db) {
        let w = World::new(&db.store).await;
        w.events("acme", "windows.sysmon", 100).await;
        w.letter("acme", 100).await;
        let alert = w.alert("acme", AlertStatus::Closed, 100).await;
        let policy = RetentionPolicy { alerts: Some(1), dead_letters: Some(1), ..both(1) };
        // a run ends with the first class whose policy was changed, so each is also tried where it is the only one with an end
        let (alerts, letters) = (
            RetentionPolicy { alerts: Some(1), ..Default::default() },
            RetentionPolicy { dead_letters: Some(1), ..Default::default() },
        );
        let other = db.again().await;
        for policy in [policy, both(1), alerts, letters] {
            w.soc.set_retention(&admin("acme"), policy).await.unwrap();
            held_within_a_run(&w, &other, policy).await;
            let left = (w.count("acme").await, db.store.dead_letter_count("acme").await.unwrap());
            assert_eq!(left, (10, 1), "{policy:?}");
            w.soc.alert(&admin("acme"), alert).await.unwrap();
        }

        w.soc.set_retention(&admin("acme"), policy).await.unwrap();
        w.soc.retain().await.unwrap();
        assert_eq!((w.count("acme").await, db.store.dead_letter_count("acme").await.unwrap()), (0, 0));
        assert!(w.soc.alert(&admin("acme"), alert).await.is_err());
        other.close().await;
        w.stop().await;
    }

    async fn a_full_disk_takes_the_oldest_days_of_those_who_allow_it(db) {
        let w = World::new(&db.store).await;
        for (tenant, age) in [("acme", 5), ("other", 5), ("acme", 4), ("acme", 0)] {
            w.events(tenant, "windows.sysmon", age).await;
        }
        w.events("other", "zeek.conn", 9).await;
        w.soc.set_retention(&admin("acme"), both(9_000)).await.unwrap();
        let forever = RetentionPolicy { network: None, ..both(9_000) };
        w.soc.set_retention(&admin("other"), forever).await.unwrap();
        let before = (w.trail("acme").await.len(), w.trail("other").await.len());
        w.free.store(10, Ordering::Relaxed);
        w.soc.retain().await.unwrap();
        assert_eq!((w.count("acme").await, w.count("other").await), (30, 20), "there is room enough");

        w.free.store(9, Ordering::Relaxed);
        let preview = w.soc.preview_retention(&admin("acme")).await.unwrap();
        assert_eq!((sizes(&preview)[0], preview.classes[0].for_room), ((1, 0), 1));
        w.soc.retain().await.unwrap();
        assert_eq!((w.count("acme").await, w.count("other").await), (20, 10), "one whole day, of both");
        let after = (w.trail("acme").await, w.trail("other").await);
        assert_eq!((after.0.len(), after.1.len()), (before.0 + 1, before.1 + 1));
        assert!([&after.0[0], &after.1[0]].iter().all(|r| **r == row("retention.run", "system")));
        // the disk is as full as before: the next day goes, and then nothing that may
        for _ in 0..2 {
            w.soc.retain().await.unwrap();
        }
        assert_eq!((w.count("acme").await, w.count("other").await), (10, 10), "the present day stays, and what is kept for ever");
        w.stop().await;
    }

    async fn only_administrators_and_only_sensible_numbers(db) {
        let w = World::new(&db.store).await;
        let lead = somebody("acme", Role::TeamLead);
        assert!(w.soc.retention(&lead).await.is_err_and(|p| p.is("forbidden")));
        assert!(w.soc.run_retention(&lead).await.is_err_and(|p| p.is("forbidden")));
        let bad = w.soc.set_retention(&admin("acme"), both(0)).await.unwrap_err();
        assert_eq!(bad.errors.iter().map(|e| e.pointer.as_str()).collect::<Vec<_>>(), ["/events", "/network"]);
        assert!(w.trail("acme").await.is_empty());
        w.stop().await;
    }
}
