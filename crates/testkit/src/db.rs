//! Databases for tests: every [`db_test!`](crate::db_test) runs on SQLite in a folder of its own and on PostgreSQL in a schema
//! of its own, both gone afterwards.
//!
//! PostgreSQL is found by `EVENTSEC_TEST_DATABASE_URL`, else `DATABASE_URL` (`scripts/services postgres start` prints one).
//! Without either the PostgreSQL half says `skipped` on a developer's machine and fails where `CI` is `true`.
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::{
    future::Future,
    hash::{BuildHasher, Hasher, RandomState},
    sync::atomic::{AtomicU64, Ordering},
};
use store::{Pools, Store, Target};

/// A migrated, empty database with the tenants `acme` and `other`.
pub struct TestDb {
    pub store: Store,
    pub target: Target,
}

impl TestDb {
    /// Runs SQL behind the store's back on the main database; for tests of what others may have done to it.
    pub async fn raw(&self, sql: &str) -> u64 {
        self.behind("eventsec.db", sql).await
    }

    /// The same on the journal's database.
    pub async fn raw_journal(&self, sql: &str) -> u64 {
        self.behind("journal.db", sql).await
    }

    async fn behind(&self, file: &str, sql: &str) -> u64 {
        let text = AssertSqlSafe(sql.to_owned());
        match &self.target {
            Target::Sqlite { dir } => {
                let url = format!("sqlite://{}", dir.join(file).display());
                let mut c =
                    SqliteConnection::connect(&url).await.expect("the test's own file opens");
                let done = sqlx::query(text)
                    .execute(&mut c)
                    .await
                    .unwrap_or_else(|e| panic!("{sql}: {e}"));
                c.close().await.expect("closes");
                done.rows_affected()
            }
            Target::Postgres(url) => {
                let mut c = PgConnection::connect(url).await.expect("the test's own schema opens");
                let done = sqlx::query(text)
                    .execute(&mut c)
                    .await
                    .unwrap_or_else(|e| panic!("{sql}: {e}"));
                c.close().await.expect("closes");
                done.rows_affected()
            }
        }
    }

    /// A second store on the same data, as another process would open it.
    pub async fn again(&self) -> Store {
        Store::open(&self.target, small()).await.expect("opens again")
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self.target, Target::Postgres(_))
    }
}

fn small() -> Pools {
    Pools { read: 4, postgres: 6 }
}

/// The PostgreSQL that tests may use.
pub fn postgres_url() -> Option<String> {
    let set = |name| std::env::var(name).ok().filter(|v: &String| v.starts_with("postgres"));
    set("EVENTSEC_TEST_DATABASE_URL").or_else(|| set("DATABASE_URL"))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime starts")
}

async fn fresh(target: Target) -> TestDb {
    let store = Store::open(&target, small()).await.expect("opens");
    store.migrate().await.expect("migrates");
    let mut tx = store.begin().await.expect("begins");
    for id in ["acme", "other"] {
        tx.ensure_tenant(id, id, model::Micros(1)).await.expect("makes a tenant");
    }
    tx.commit().await.expect("commits");
    TestDb { store, target }
}

/// Runs `test` on a fresh SQLite folder.
pub fn on_sqlite<F: Future<Output = ()> + Send + 'static>(
    test: impl FnOnce(TestDb) -> F + Send + 'static,
) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = Target::Sqlite { dir: folder.path().to_owned() };
    runtime()
        .block_on(async {
            let db = fresh(target).await;
            let store = db.store.clone();
            let outcome = tokio::spawn(test(db)).await;
            store.close().await;
            outcome
        })
        .unwrap_or_else(|e| std::panic::resume_unwind(e.into_panic()));
}

/// Runs `test` on a fresh schema of the PostgreSQL that the environment names.
///
/// # Panics
/// Without one where `CI` is `true`.
pub fn on_postgres<F: Future<Output = ()> + Send + 'static>(
    test: impl FnOnce(TestDb) -> F + Send + 'static,
) {
    let Some(url) = postgres_url() else {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "EVENTSEC_TEST_DATABASE_URL is not set: both databases are tested in CI"
        );
        println!(
            "skipped: EVENTSEC_TEST_DATABASE_URL is not set (scripts/services postgres start)"
        );
        return;
    };
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let random = RandomState::new().build_hasher().finish();
    let schema = format!("t{}_{random:016x}", COUNT.fetch_add(1, Ordering::Relaxed));
    let mark = if url.contains('?') { '&' } else { '?' };
    let target = Target::Postgres(format!("{url}{mark}options[search_path]={schema}"));
    runtime()
        .block_on(async {
            let mut admin = PgConnection::connect(&url).await.expect("PostgreSQL answers");
            sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}")))
                .execute(&mut admin)
                .await
                .expect("makes a schema");
            let db = fresh(target).await;
            let store = db.store.clone();
            let outcome = tokio::spawn(test(db)).await;
            store.close().await;
            let drop = format!("SET client_min_messages = warning; DROP SCHEMA {schema} CASCADE");
            sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut admin).await.expect("drops the schema");
            outcome
        })
        .unwrap_or_else(|e| std::panic::resume_unwind(e.into_panic()));
}

/// `db_test! { async fn name(db) { … } }`: one test per database, `name::sqlite` and `name::postgres`, with `db: TestDb`.
#[macro_export]
macro_rules! db_test {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn run($db: $crate::db::TestDb) $body

            #[test]
            fn sqlite() {
                $crate::db::on_sqlite(run);
            }

            #[test]
            fn postgres() {
                $crate::db::on_postgres(run);
            }
        }
    )+};
}
