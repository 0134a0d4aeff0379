//! The audit chain: whole when left alone, and telling where it was touched.
use crate::help::NOW;
use model::audit::AuditQuery;
use serde_json::json;
use store::{AuditRow, Store};
use testkit::{db::TestDb, db_test};

fn row(i: i64) -> AuditRow {
    AuditRow {
        user_id: (i % 2 == 0).then_some(i),
        actor: format!("Ana{i}@x.org"),
        ip: "192.0.2.1".into(),
        request_id: format!("r{i}\0"),
        action: if i % 2 == 0 { "alert.close" } else { "user.create" }.into(),
        target_type: "alert".into(),
        target_id: i.to_string(),
        before: None,
        after: Some(json!({"zz": i, "a": [1.5, null, "ñ\u{0}"]})),
    }
}

async fn add(store: &Store, tenant: &str, from: i64, to: i64) {
    let mut tx = store.begin().await.unwrap();
    for i in from..=to {
        let entry = tx.audit(tenant, &row(i), NOW.plus(i)).await.unwrap();
        assert_eq!(entry.seq, i);
    }
    tx.commit().await.unwrap();
}

/// Five rows, then `sql`; answers where the chain is broken.
async fn broken(db: &TestDb, sql: &[&str]) -> Option<(i64, String)> {
    add(&db.store, "acme", 1, 5).await;
    add(&db.store, "other", 1, 2).await;
    for s in sql {
        assert!(db.raw(s).await > 0, "{s} touched nothing");
    }
    assert_eq!(
        db.store.verify_audit("other").await.unwrap().broken_at,
        None,
        "another tenant's chain is its own"
    );
    let verdict = db.store.verify_audit("acme").await.unwrap();
    let code = verdict.code.as_deref();
    let said = [
        ("missing", "missing"),
        ("unlinked", "does not follow"),
        ("changed", "is not what was written"),
        ("head", "written last"),
        ("added", "past the end"),
    ];
    let words = said.iter().find(|(word, _)| Some(*word) == code).map_or("", |(_, words)| words);
    verdict.broken_at.map(|at| {
        let reason = verdict.reason.unwrap();
        assert!(!words.is_empty() && reason.contains(words), "{code:?}: {reason}");
        (at, reason)
    })
}

db_test! {
    async fn a_chain_left_alone_is_whole(db) {
        assert_eq!(broken(&db, &[]).await, None);
        let verdict = db.store.verify_audit("acme").await.unwrap();
        assert_eq!((verdict.rows, verdict.head.len()), (5, 64));
        let none = db.store.verify_audit("nobody").await.unwrap();
        assert_eq!((none.rows, none.head.as_str(), none.broken_at), (0, "", None));
    }

    async fn a_long_chain_is_walked_to_its_end(db) {
        add(&db.store, "acme", 1, 1201).await;
        assert_eq!(db.store.verify_audit("acme").await.unwrap().rows, 1201);
        db.raw("UPDATE audit SET actor = 'x' WHERE tenant = 'acme' AND seq = 1100").await;
        assert_eq!(db.store.verify_audit("acme").await.unwrap().broken_at, Some(1100));
    }

    async fn an_altered_row_shows(db) {
        assert_eq!(broken(&db, &["UPDATE audit SET actor = 'eve' WHERE tenant = 'acme' AND seq = 3"]).await.unwrap().0, 3);
    }

    async fn altered_json_shows(db) {
        let (at, reason) = broken(&db, &["UPDATE audit SET state_after = '{\"zz\": 2}' WHERE tenant = 'acme' AND seq = 2"]).await.unwrap();
        assert_eq!((at, reason.as_str()), (2, "row 2 is not what was written"));
    }

    async fn json_that_is_only_spelled_otherwise_shows(db) {
        let same = "UPDATE audit SET state_after = ' {\"zz\":1,\"a\":[1.5,null,\"ñ\\u0000\"]}' WHERE tenant = 'acme' AND seq = 1";
        assert_eq!(broken(&db, &[same]).await.unwrap().0, 1);
    }

    async fn a_removed_row_shows(db) {
        let (at, reason) = broken(&db, &["DELETE FROM audit WHERE tenant = 'acme' AND seq = 2"]).await.unwrap();
        assert_eq!((at, reason.as_str()), (2, "row 2 is missing"));
    }

    async fn a_chain_cut_at_its_end_shows(db) {
        let (at, reason) = broken(&db, &["DELETE FROM audit WHERE tenant = 'acme' AND seq > 3"]).await.unwrap();
        assert_eq!((at, reason.as_str()), (4, "rows 4 to 5 are missing"));
    }

    async fn a_chain_cut_at_its_start_shows(db) {
        assert_eq!(broken(&db, &["DELETE FROM audit WHERE tenant = 'acme' AND seq = 1"]).await.unwrap().0, 1);
    }

    async fn rows_that_change_places_show(db) {
        let swap = [
            "UPDATE audit SET seq = -2 WHERE tenant = 'acme' AND seq = 2",
            "UPDATE audit SET seq = 2 WHERE tenant = 'acme' AND seq = 3",
            "UPDATE audit SET seq = 3 WHERE tenant = 'acme' AND seq = -2",
        ];
        assert_eq!(broken(&db, &swap).await.unwrap(), (2, "row 2 does not follow row 1".into()));
    }

    async fn a_row_slipped_in_at_the_end_shows(db) {
        let copy = "INSERT INTO audit SELECT tenant, 6, at, user_id, actor, ip, request_id, action, target_type, target_id, state_before, \
                    state_after, hash, hash, words FROM audit WHERE tenant = 'acme' AND seq = 5";
        assert_eq!(broken(&db, &[copy]).await.unwrap().0, 6);
    }

    async fn a_changed_head_shows(db) {
        assert_eq!(broken(&db, &["UPDATE audit_heads SET hash = 'x' WHERE tenant = 'acme'"]).await.unwrap().0, 5);
    }

    async fn a_rollback_leaves_no_gap(db) {
        add(&db.store, "acme", 1, 2).await;
        let mut tx = db.store.begin().await.unwrap();
        tx.audit("acme", &row(3), NOW).await.unwrap();
        drop(tx);
        add(&db.store, "acme", 3, 4).await;
        assert_eq!(db.store.verify_audit("acme").await.unwrap().rows, 4);
    }

    async fn writers_at_once_make_one_chain(db) {
        let tasks: Vec<_> = (0..6).map(|_| {
            let store = db.store.clone();
            tokio::spawn(async move {
                for i in 0..10 {
                    let mut tx = store.begin().await.unwrap();
                    tx.audit("acme", &row(i), NOW).await.unwrap();
                    tx.commit().await.unwrap();
                }
            })
        }).collect();
        for task in tasks {
            task.await.unwrap();
        }
        let verdict = db.store.verify_audit("acme").await.unwrap();
        assert_eq!((verdict.rows, verdict.broken_at), (60, None));
    }

    async fn the_trail_is_paged_and_searched(db) {
        add(&db.store, "acme", 1, 5).await;
        let page = db.store.audit("acme", &AuditQuery { limit: 2, ..Default::default() }).await.unwrap();
        assert_eq!((page.total, page.items.iter().map(|e| e.seq).collect::<Vec<_>>()), (5, vec![5, 4]));
        let rest = db.store.audit("acme", &AuditQuery { cursor: page.next, ..Default::default() }).await.unwrap();
        assert_eq!((rest.items.iter().map(|e| e.seq).collect::<Vec<_>>(), rest.next), (vec![3, 2, 1], None));
        assert_eq!(rest.items[2].after, Some(json!({"zz": 1, "a": [1.5, null, "ñ\u{0}"]})), "a NUL in JSON survives");
        let seqs = async |q: AuditQuery| db.store.audit("acme", &q).await.unwrap().items.iter().map(|e| e.seq).collect::<Vec<_>>();
        assert_eq!(seqs(AuditQuery { text: "ANA3 create".into(), ..Default::default() }).await, [3]);
        assert_eq!(seqs(AuditQuery { action: Some("alert.close".into()), ..Default::default() }).await, [4, 2]);
        assert_eq!(seqs(AuditQuery { target_type: Some("alert".into()), target_id: Some("2".into()), ..Default::default() }).await, [2]);
        assert_eq!(seqs(AuditQuery { since: Some(NOW.plus(5)), ..Default::default() }).await, [5]);
        assert_eq!(db.store.audit("other", &AuditQuery::default()).await.unwrap().total, 0);
    }
}
