//! Bells and locks of processes that share PostgreSQL: they are a schema's, and a lock is gone with its connection.
use crate::help::NOW;
use sqlx::postgres::PgConnectOptions;
use std::{str::FromStr, time::Duration};
use store::{Append, BLOCKS, Bells, BlockIn, Pools, Store, StoreError, Target};
use testkit::{
    ChaosProxy,
    db::{TestDb, on_postgres},
    proxy::Mode,
};

const SOON: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(2);
/// After so long without a ring the server has been asked whether it is there.
const ASKED: Duration = Duration::from_secs(6);
/// After so long a server that is silent has been given up.
const GIVEN_UP: Duration = Duration::from_secs(11);

/// A second installation in the same database, without tables, and the name of its schema.
async fn neighbour(db: &TestDb) -> (Store, String) {
    let Target::Postgres(url) = &db.target else { panic!("PostgreSQL only") };
    let schema = format!("{}_b", url.rsplit_once('=').unwrap().1);
    db.raw(&format!("CREATE SCHEMA {schema}")).await;
    let there = Target::Postgres(format!("{url}_b"));
    (Store::open(&there, Pools { read: 1, postgres: 4 }).await.unwrap(), schema)
}

/// The same store, behind a proxy.
async fn behind_proxy(db: &TestDb) -> (ChaosProxy, Store) {
    let Target::Postgres(url) = &db.target else { panic!("PostgreSQL only") };
    let server = PgConnectOptions::from_str(url).unwrap();
    let (host, port) = (server.get_host(), server.get_port());
    let mut found = tokio::net::lookup_host((host, port)).await.unwrap();
    let proxy = ChaosProxy::before(found.next().unwrap()).await;
    let there = url.replace(&format!("{host}:{port}"), &proxy.address().to_string());
    assert_ne!(&there, url, "the URL names host and port");
    let pools = Pools { read: 1, postgres: 2 };
    (proxy, Store::open(&Target::Postgres(there), pools).await.unwrap())
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

#[test]
fn a_database_that_vanished_without_a_word_is_missed_and_heard_again() {
    on_postgres(|db| async move {
        let (proxy, there) = behind_proxy(&db).await;
        let mut bells = there.listen(&["notes"]).await.unwrap();
        let (quiet, _) = tokio::join!(heard(&mut bells), async {
            tokio::time::sleep(ASKED).await;
            db.store.ring("notes", "after a silence").await.unwrap();
        });
        assert_eq!(quiet, told("notes", "after a silence"), "that it was asked harms nothing");

        proxy.strand();
        db.store.ring("notes", "nobody hears this").await.unwrap();
        let lost = tokio::time::timeout(GIVEN_UP + SOON, bells.next()).await.expect("it is told");
        assert_eq!(lost.unwrap(), None);
        db.store.ring("notes", "again").await.unwrap();
        assert_eq!(heard(&mut bells).await, told("notes", "again"));
        // what waits on the dead connection holds up nobody
        tokio::time::timeout(SOON, there.close()).await.expect("it closes");
    });
}

#[test]
fn a_database_that_stalls_is_given_up_and_heard_when_it_is_back() {
    on_postgres(|db| async move {
        let (proxy, there) = behind_proxy(&db).await;
        let mut bells = there.listen(&["notes"]).await.unwrap();
        proxy.set(Mode::Hang);
        db.store.ring("notes", "nobody hears this").await.unwrap();
        let (lost, ()) = tokio::join!(tokio::time::timeout(GIVEN_UP + SOON, bells.next()), async {
            tokio::time::sleep(GIVEN_UP).await;
            proxy.set(Mode::Pass);
        });
        assert_eq!(lost.expect("it is told").unwrap(), None);
        db.store.ring("notes", "again").await.unwrap();
        assert_eq!(heard(&mut bells).await, told("notes", "again"));

        // while nothing can be reached, whoever listens is told so
        proxy.set(Mode::Cut);
        let gone = tokio::time::timeout(GIVEN_UP + SOON, bells.next()).await.expect("it is told");
        assert!(gone.is_err(), "{gone:?}");
        proxy.set(Mode::Pass);
        assert_eq!(bells.next().await.unwrap(), None, "rings were missed");
        db.store.ring("notes", "anew").await.unwrap();
        assert_eq!(heard(&mut bells).await, told("notes", "anew"));
    });
}
