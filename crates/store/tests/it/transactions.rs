//! What a transaction promises, and what a crash leaves.
use crate::help::{NOW, add_person};
use model::{Role, Severity, alert::AlertStatus};
use store::StoreError;
use testkit::db_test;

db_test! {
    async fn a_dropped_transaction_changes_nothing(db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.set_meta("k", "lost").await.unwrap();
        drop(tx);
        assert_eq!(db.store.meta("k").await.unwrap(), None);
        let mut tx = db.store.begin().await.unwrap();
        tx.set_meta("k", "kept").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(db.store.meta("k").await.unwrap().as_deref(), Some("kept"));
    }

    async fn what_is_not_committed_is_seen_by_nobody_else(db) {
        let other = db.again().await;
        let mut tx = db.store.begin().await.unwrap();
        tx.set_meta("k", "v").await.unwrap();
        assert_eq!(db.store.meta("k").await.unwrap(), None);
        assert_eq!(other.meta("k").await.unwrap(), None);
        tx.commit().await.unwrap();
        assert_eq!(other.meta("k").await.unwrap().as_deref(), Some("v"));
        other.close().await;
    }

    async fn concurrent_read_modify_write_loses_nothing(db) {
        // 8 tasks read a number under the row's lock, add one and write it; the number sits in an alert's conclusion
        let mut tx = db.store.begin().await.unwrap();
        let id = tx.insert_alert("acme", &crate::help::filed("count", Severity::Low), NOW).await.unwrap().id;
        tx.commit().await.unwrap();
        let tasks: Vec<_> = (0..8).map(|_| {
            let store = db.store.clone();
            tokio::spawn(async move {
                for _ in 0..25 {
                    let mut tx = store.begin().await.unwrap();
                    let alert = tx.alert_for_update("acme", id).await.unwrap();
                    let n: i64 = alert.conclusion.map_or(0, |c| c.parse().unwrap());
                    let state = model::alert::AlertState { id, status: AlertStatus::Open, assigned_to: None, conclusion: Some((n + 1).to_string()) };
                    tx.save_alert("acme", &state, NOW).await.unwrap();
                    tx.commit().await.unwrap();
                }
            })
        }).collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(db.store.alert("acme", id).await.unwrap().conclusion.as_deref(), Some("200"));
    }

    async fn two_administrators_cannot_remove_each_other(db) {
        let a = add_person(&db.store, "acme", "a@x.org", Role::Admin).await;
        let b = add_person(&db.store, "acme", "b@x.org", Role::Admin).await;
        let demote = |id| {
            let store = db.store.clone();
            async move {
                let mut tx = store.begin().await.unwrap();
                if tx.active_admins("acme").await.unwrap() < 2 {
                    return;
                }
                let change = model::user::ValidUserChange { role: Some(Role::Analyst), ..Default::default() };
                tx.update_user("acme", id, &change, NOW).await.unwrap();
                tx.commit().await.unwrap();
            }
        };
        tokio::join!(demote(a.id), demote(b.id));
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.active_admins("acme").await.unwrap(), 1);
    }

    async fn two_first_starts_agree_on_one_secret(db) {
        let start = |value: &'static str| {
            let store = db.store.clone();
            async move {
                let mut tx = store.begin().await.unwrap();
                let kept = tx.meta_or_insert("jwt_secret", value).await.unwrap();
                tx.commit().await.unwrap();
                kept
            }
        };
        let (a, b) = tokio::join!(start("one"), start("two"));
        assert_eq!(a, b);
        assert_eq!(db.store.meta("jwt_secret").await.unwrap(), Some(a));
    }

    async fn counters_only_grow(db) {
        assert_eq!(db.store.detected_through().await.unwrap(), 0);
        for (set, expected) in [(5, 5), (3, 5), (9, 9)] {
            let mut tx = db.store.begin().await.unwrap();
            tx.set_detected_through(set).await.unwrap();
            assert_eq!(tx.detected_through().await.unwrap(), expected);
            tx.commit().await.unwrap();
            assert_eq!(db.store.detected_through().await.unwrap(), expected);
        }
    }
}

#[test]
fn readers_cannot_write() {
    // a reader that slips into writing would fight the writer for the lock
    testkit::db::on_sqlite(|db| async move {
        let mut tx = db.store.begin().await.unwrap();
        tx.set_meta("k", "v").await.unwrap();
        let reads = tokio::join!(db.store.users("acme"), db.store.meta("k"));
        assert!(
            reads.0.unwrap().is_empty() && reads.1.unwrap().is_none(),
            "readers go on beside the writer"
        );
        tx.commit().await.unwrap();
    });
}

#[test]
fn a_damaged_file_is_told_as_such() {
    testkit::db::on_sqlite(|_| async {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("eventsec.db"), vec![b'x'; 8192]).unwrap();
        let opened = store::Store::open(
            &store::Target::Sqlite { dir: folder.path().into() },
            Default::default(),
        )
        .await;
        assert!(matches!(opened, Err(StoreError::Corrupt(_))), "{opened:?}");
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let opened = store::Store::open(
            &store::Target::Sqlite { dir: file.join("sub") },
            Default::default(),
        )
        .await;
        assert!(matches!(opened, Err(StoreError::Folder { .. })), "{opened:?}");
    });
}

#[test]
fn a_silent_server_is_unavailable() {
    testkit::db::on_sqlite(|_| async {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let target = store::Target::Postgres(format!("postgres://u:p@127.0.0.1:{port}/db"));
        let opened = store::Store::open(&target, Default::default()).await;
        assert!(matches!(opened, Err(StoreError::Unavailable(_) | StoreError::Busy)), "{opened:?}");
    });
}
