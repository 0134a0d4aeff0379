//! Bells and locks of processes that share PostgreSQL: they are a schema's, and a lock is gone with its connection.
use crate::help::NOW;
use std::time::Duration;
use store::{Append, BLOCKS, Bells, BlockIn, Pools, Store, StoreError, Target};
use testkit::db::{TestDb, on_postgres};

const SOON: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(2);

/// A second installation in the same database, without tables, and the name of its schema.
async fn neighbour(db: &TestDb) -> (Store, String) {
    let Target::Postgres(url) = &db.target else { panic!("PostgreSQL only") };
    let schema = format!("{}_b", url.rsplit_once('=').unwrap().1);
    db.raw(&format!("CREATE SCHEMA {schema}")).await;
    let there = Target::Postgres(format!("{url}_b"));
    (Store::open(&there, Pools { read: 1, postgres: 4 }).await.unwrap(), schema)
}

async fn heard(bells: &mut Bells) -> (String, String) {
    let next = tokio::time::timeout(SOON, bells.next()).await.expect("it rings");
    next.unwrap().expect("the connection is there")
}

fn told(bell: &str, text: &str) -> (String, String) {
    (bell.into(), text.into())
}

#[test]
fn installations_in_two_schemas_do_not_meet() {
    on_postgres(|db| async move {
        let (there, schema) = neighbour(&db).await;
        let again = db.again().await;
        let alone = (db.store.claim().await.unwrap(), there.claim().await.unwrap());
        assert!(alone.0.is_some() && alone.1.is_some());
        let leads = (db.store.lead().await.unwrap(), there.lead().await.unwrap());
        assert!(leads.0.is_some() && leads.1.is_some());
        assert!(again.lead().await.unwrap().is_none(), "one leads in each");

        let mut here_heard = again.listen(&["notes", BLOCKS]).await.unwrap();
        let mut there_heard = there.listen(&["notes", BLOCKS]).await.unwrap();
        there.ring("notes", "there").await.unwrap();
        db.store.ring("notes", "here").await.unwrap();
        let block = BlockIn { first_id: 1, count: 1, bytes: vec![0], raw_bytes: 1 };
        let what = Append { block: Some(block), ring: true, ..Default::default() };
        db.store.journal_append(&what, NOW).await.unwrap();
        there.ring("notes", "over").await.unwrap();
        assert_eq!(heard(&mut here_heard).await, told("notes", "here"));
        assert_eq!(heard(&mut here_heard).await, told(BLOCKS, ""));
        assert_eq!(heard(&mut there_heard).await, told("notes", "there"));
        assert_eq!(heard(&mut there_heard).await, told("notes", "over"));

        drop((alone, leads, here_heard, there_heard));
        again.close().await;
        there.close().await;
        db.raw(&format!("DROP SCHEMA {schema} CASCADE")).await;
    });
}

#[test]
fn a_lock_is_gone_with_its_connection_and_can_be_taken_again() {
    on_postgres(|db| async move {
        let again = db.again().await;
        let mut claim = db.store.claim().await.unwrap().unwrap();
        let lost = claim.lock();
        assert!(claim.holds(PATIENCE).await);
        // the server still believes in the connection
        assert!(db.store.claim_again(lost).await.unwrap().is_none());
        let cut = tokio::time::timeout(SOON, async { while claim.holds(PATIENCE).await {} });
        cut.await.expect("the connection ends");
        let taken = tokio::time::timeout(SOON, async {
            loop {
                if let Some(taken) = db.store.claim_again(lost).await.unwrap() {
                    break taken;
                }
            }
        });
        let taken = taken.await.expect("the server lets go of it");
        assert_ne!(taken.lock().pid(), lost.pid());
        assert!(matches!(again.claim_again(lost).await, Err(StoreError::Conflict(_))));
        drop(taken);

        // those that share it do not stand in each other's way
        let (one, other) = (db.store.join().await.unwrap().unwrap(), again.join().await.unwrap());
        assert!(other.is_some() && db.store.claim_again(one.lock()).await.unwrap().is_some());
        again.close().await;
    });
}
