//! Everything carried from one database into another, and back, comes out as it went in.
use crate::help::{NOW, add_person, draft, filed, rule};
use model::{
    Micros, Role, Severity,
    alert::{AlertState, AlertStatus},
    view::NewView,
};
use serde_json::json;
use store::{
    Append, AuditRow, BatchIn, BlockIn, NewDeadLetter, NewPart, NewSession, Pools, Schema,
    SessionKind, Store, StoreError, Target,
    transfer::{self, Counted, from_line, tables, to_line},
};
use testkit::db_test;

/// Text that breaks what handles text carelessly.
const ODD: &str =
    "'; DROP TABLE users; -- \"\\\t\r\n\u{1}\u{7f} ñ\u{301}\u{200d}🦀\u{202e}نص\u{ffff}$1 ?1 %s {}";

/// A store in a folder of its own, with tables and nothing else.
async fn sqlite() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let target = Target::Sqlite { dir: folder.path().into() };
    let store = Store::open(&target, Pools { read: 4, postgres: 4 }).await.unwrap();
    store.migrate().await.unwrap();
    (folder, store)
}

/// Something in every table, much of it odd.
async fn fill(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    for id in ["acme", "ñ' \"x\""] {
        tx.ensure_tenant(id, ODD, Micros(i64::MIN)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let ana = add_person(store, "acme", "ana@x.org", Role::Admin).await;
    let gone = add_person(store, "acme", "gone@x.org", Role::Analyst).await;
    let mut tx = store.begin().await.unwrap();
    let session = NewSession {
        id_hash: "h".into(),
        user_id: ana.id,
        kind: SessionKind::Token,
        expires_at: Micros(i64::MAX),
        ip: "::1".into(),
        user_agent: ODD.into(),
    };
    tx.insert_session("acme", &session, NOW).await.unwrap();
    tx.set_meta("secret", ODD).await.unwrap();
    tx.insert_rule("acme", &rule(ODD), NOW).await.unwrap();
    tx.seed_rules("acme", &[("shipped", rule("shipped"))], NOW).await.unwrap();
    let view = NewView {
        page: "alerts".into(),
        name: ODD.into(),
        query: "a=b&c=%20".into(),
        shared: true,
    };
    tx.insert_view("acme", ana.id, &view, NOW).await.unwrap();
    tx.raise("acme", &[draft(ODD, &[(1, -5), (2, i64::MAX)])], NOW).await.unwrap();
    let mut new = filed(ODD, Severity::Critical);
    new.url = Some(String::new());
    let closed = tx.insert_alert("acme", &new, NOW).await.unwrap().id;
    let state = AlertState {
        id: closed,
        status: AlertStatus::Closed,
        assigned_to: Some(ana.id),
        conclusion: Some(String::new()),
    };
    tx.save_alert("acme", &state, NOW).await.unwrap();
    // ids above what is left: they must not be given out again
    let last = tx.insert_alert("acme", &filed("deleted", Severity::Low), NOW).await.unwrap().id;
    tx.delete_alert("acme", last).await.unwrap();
    tx.set_retention("acme", &Default::default(), NOW).await.unwrap();
    for i in 0..450 {
        let row = AuditRow {
            user_id: (i % 2 == 0).then_some(gone.id),
            actor: ODD.into(),
            action: format!("row.{i}"),
            before: (i % 3 == 0).then(|| json!({"z": 1.50, "a": [null, "ñ\u{0}"], "n": i64::MAX})),
            after: (i % 5 == 0).then(|| json!(null)),
            ..Default::default()
        };
        let tenant = if i % 7 == 0 { "ñ' \"x\"" } else { "acme" };
        tx.audit(tenant, &row, NOW.plus(i)).await.unwrap();
    }
    tx.set_detected_through(2).await.unwrap();
    tx.commit().await.unwrap();

    for n in 0..20 {
        let bytes: Vec<u8> = (0..=255).cycle().take(10_000 + n as usize).collect();
        let what = Append {
            block: Some(BlockIn { first_id: 1 + n * 5, count: 5, bytes, raw_bytes: 1 << 40 }),
            batches: vec![BatchIn {
                tenant: "acme".into(),
                key: format!("{ODD}{n}"),
                response: json!({"\u{0}": [1e300, -0.0, "\u{10ffff}"]}),
            }],
            dead_letters: vec![(
                "acme".into(),
                NewDeadLetter {
                    source: ODD.into(),
                    agent: (n % 2 == 0).then(|| (n, ODD.to_owned())),
                    raw: if n == 3 { "x".repeat(200_000) } else { ODD.into() },
                    ..Default::default()
                },
            )],
            ..Append::default()
        };
        store.journal_append(&what, NOW.plus(n)).await.unwrap();
    }
    let part = NewPart {
        id: "p".into(),
        tenant: "acme".into(),
        dataset: "zeek.conn".into(),
        day: "2026-11-21".into(),
        path: ODD.into(),
        meta: json!({"rows": 5}),
    };
    store.lake_commit(&[part], &[], None, NOW).await.unwrap();
}

/// Copies all of it; answers what was read.
async fn carry(from: &Store, to: &Store) -> Result<Vec<Counted>, StoreError> {
    let mut snapshot = from.snapshot().await?;
    let mut loader = to.load(Schema::newest()).await?;
    let read = transfer::copy(&mut snapshot, &mut loader).await?;
    loader.commit().await?;
    snapshot.close().await?;
    Ok(read)
}

async fn counted(store: &Store) -> Vec<Counted> {
    let mut snapshot = store.snapshot().await.unwrap();
    let counted = transfer::count(&mut snapshot).await.unwrap();
    snapshot.close().await.unwrap();
    counted
}

/// What the program reads of it, and which ids come next.
async fn looks(store: &Store) -> String {
    let mut snapshot = store.snapshot().await.unwrap();
    let mut last = Vec::new();
    for table in tables(Schema::newest()) {
        last.push((table.name, snapshot.last_id(&table).await.unwrap()));
    }
    snapshot.close().await.unwrap();
    let verdict = store.verify_audit("acme").await.unwrap();
    assert_eq!(verdict.broken_at, None, "{verdict:?}");
    let alerts = store.alerts("acme", &Default::default()).await.unwrap();
    format!(
        "{last:?} {:?} {:?} {:?} {alerts:?} {:?} {:?} {:?}",
        store.users("acme").await.unwrap(),
        store.blocks(0, 100).await.unwrap(),
        store.lake_parts().await.unwrap(),
        store.dead_letters("acme", &Default::default()).await.unwrap(),
        (verdict.rows, verdict.head),
        (store.next_event_id().await.unwrap(), store.detected_through().await.unwrap()),
    )
}

#[test]
fn what_goes_round_comes_back_the_same() {
    testkit::db::on_postgres(|db| async move {
        db.raw("DELETE FROM tenants").await;
        let ((_a, there), (_b, back)) = (sqlite().await, sqlite().await);
        fill(&there).await;
        let read = carry(&there, &db.store).await.unwrap();
        assert_eq!(carry(&db.store, &back).await.unwrap(), read);
        for store in [&there, &db.store, &back] {
            assert_eq!(counted(store).await, read);
        }
        let seen = looks(&there).await;
        assert_eq!(looks(&db.store).await, seen);
        assert_eq!(looks(&back).await, seen);
        for store in [&db.store, &back] {
            let mut tx = store.begin().await.unwrap();
            let next =
                tx.insert_alert("acme", &filed("next", Severity::Low), NOW).await.unwrap().id;
            assert_eq!(next, 4, "the deleted alert's id is not given again");
            tx.commit().await.unwrap();
            assert_eq!(add_person(store, "acme", "next@x.org", Role::Analyst).await.id, 3);
        }
        there.close().await;
        back.close().await;
    });
}

#[test]
fn one_folder_into_another() {
    testkit::db::on_sqlite(|_| async {
        let ((_a, there), (_b, here)) = (sqlite().await, sqlite().await);
        fill(&there).await;
        let read = carry(&there, &here).await.unwrap();
        let filled = read.iter().filter(|c| c.tally.rows > 0).count();
        assert!(filled >= 17, "most tables were tried: {read:?}");
        assert_eq!(counted(&here).await, read);
        assert_eq!(looks(&here).await, looks(&there).await);
        // rows as lines of text are the same rows
        let mut snapshot = there.snapshot().await.unwrap();
        for table in tables(Schema::newest()) {
            for row in snapshot.rows(&table, None).await.unwrap() {
                assert_eq!(from_line(&table, &to_line(&row)).unwrap(), row, "{}", table.name);
            }
        }
        snapshot.close().await.unwrap();
        there.close().await;
        here.close().await;
    });
}

db_test! {
    async fn a_snapshot_is_one_moment_of_both_databases(db) {
        db.raw("DELETE FROM tenants").await;
        fill(&db.store).await;
        let before = counted(&db.store).await;
        let mut snapshot = db.store.snapshot().await.unwrap();
        // somebody writes on in both, which nobody has to wait for
        let mut tx = db.store.begin().await.unwrap();
        tx.set_meta("later", "x").await.unwrap();
        tx.set_detected_through(20).await.unwrap();
        tx.commit().await.unwrap();
        db.store.lake_commit(&[], &["p".into()], Some(20), NOW).await.unwrap();
        assert_eq!(transfer::count(&mut snapshot).await.unwrap(), before);
        assert_eq!(snapshot.parts().await.unwrap()[0].state, store::PartState::Active);
        snapshot.close().await.unwrap();
        assert_ne!(counted(&db.store).await, before);
    }

    async fn rows_are_kept_where_there_are_some(db) {
        // the tenants of the test
        assert_eq!(db.store.occupied(Schema::newest()).await.unwrap(), Some("tenants"));
        let refused = db.store.load(Schema::newest()).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))));
        drop(refused);
        db.raw("DELETE FROM tenants").await;
        assert_eq!(db.store.occupied(Schema::newest()).await.unwrap(), None);
        // a load that is given up leaves the database as it was
        let mut loader = db.store.load(Schema::newest()).await.unwrap();
        let tenants = loader.tables().into_iter().find(|t| t.name == "tenants").unwrap();
        let row = from_line(&tenants, r#"["a","A",1]"#).unwrap();
        loader.insert(&tenants, vec![row]).await.unwrap();
        drop(loader);
        assert_eq!(db.store.occupied(Schema::newest()).await.unwrap(), None);
        assert_eq!((db.store.rules_version().await.unwrap(), db.store.next_event_id().await.unwrap()), (1, 1));
    }
}

/// What a backup of an earlier version needs: its tables first, then what came later.
#[test]
fn an_older_schema_is_made_and_then_brought_up_to_date() {
    testkit::db::on_sqlite(|_| async {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Sqlite { dir: folder.path().into() };
        let store = Store::open(&target, Pools::default()).await.unwrap();
        let old = Schema { main: 1, journal: 1 };
        store.migrate_to(old).await.unwrap();
        let mut loader = store.load(old).await.unwrap();
        // what a migration puts in comes from the dump, too
        for (table, line) in [
            ("tenants", r#"["acme","Acme",1]"#),
            ("counters", r#"["rules_version",1]"#),
            ("counters", r#"["detected_through",0]"#),
            ("journal_counters", r#"["next_seq",1]"#),
            ("journal_counters", r#"["next_event_id",1]"#),
        ] {
            let table = loader.tables().into_iter().find(|t| t.name == table).unwrap();
            let row = from_line(&table, line).unwrap();
            loader.insert(&table, vec![row]).await.unwrap();
        }
        loader.commit().await.unwrap();
        store.migrate().await.unwrap();
        assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
        assert_eq!(store.tenants().await.unwrap()[0].id, "acme");
        store.close().await;
    });
}
