//! Both databases hold the same tables, and making them twice changes nothing.
use sqlx::{Row, postgres::PgPool, sqlite::SqlitePool};
use std::collections::BTreeSet;
use store::{
    Schema, Target, Which, table_names,
    transfer::{Kind, tables},
};
use testkit::{db::TestDb, db_test};

db_test! {
    async fn migrating_again_changes_nothing(db) {
        assert_eq!(db.store.check().await.unwrap(), Vec::<String>::new());
        let before = shape(&db).await;
        db.store.migrate().await.unwrap();
        let again = db.again().await;
        again.migrate().await.unwrap();
        assert_eq!(shape(&db).await, before);
        assert_eq!(again.check().await.unwrap(), Vec::<String>::new());
        assert_eq!(again.tenants().await.unwrap().len(), 2, "data is still there");
        again.ping().await.unwrap();
        again.close().await;
    }

    async fn what_is_missing_is_named(db) {
        db.raw("DROP TABLE saved_views").await;
        db.raw_journal("DROP TABLE dead_letters").await;
        db.raw("DELETE FROM _sqlx_migrations WHERE version = 3").await;
        let wrong = db.store.check().await.unwrap();
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        for (sentence, word) in wrong.iter().zip(["0003_audit", "saved_views", "dead_letters"]) {
            assert!(sentence.contains(word), "{wrong:?}");
        }
    }

    async fn a_database_of_a_newer_program_is_told(db) {
        db.raw("UPDATE _sqlx_migrations SET version = 99 WHERE version = 3").await;
        let wrong = db.store.check().await.unwrap();
        assert!(wrong.iter().any(|w| w.contains("0099") && w.contains("newer")), "{wrong:?}");
        assert!(db.store.migrate().await.is_err(), "an older program must not touch it");
    }
}

db_test! {
    async fn every_table_and_column_can_be_carried_elsewhere(db) {
        let mut listed = BTreeSet::new();
        for table in tables(Schema::newest()) {
            for column in &table.columns {
                let kind = match column.kind {
                    Kind::Int => "BIGINT",
                    Kind::Real => "DOUBLE PRECISION",
                    Kind::Bool => "BOOLEAN",
                    Kind::Text | Kind::Json => "TEXT",
                    Kind::Bytes => "BLOB",
                };
                listed.insert(format!("{}.{} {kind}", table.name, column.name));
            }
            let key: Vec<_> = table.key.iter().map(|i| table.columns[*i].name).collect();
            listed.insert(format!("{} key {}", table.name, key.join(",")));
        }
        let there: BTreeSet<String> = shape(&db).await.into_iter().filter_map(|line| match line.split_once(" required=") {
            Some((column, _)) => Some(column.to_owned()),
            None => line.contains(" key ").then_some(line),
        }).collect();
        let (missing, gone): (Vec<_>, Vec<_>) = (there.difference(&listed).collect(), listed.difference(&there).collect());
        assert!(missing.is_empty() && gone.is_empty(), "not in the list: {missing:#?}\nonly in the list: {gone:#?}");

        let known: BTreeSet<String> = tables(Schema::newest()).iter().map(|t| t.name.to_owned()).collect();
        assert_eq!(all_tables(&db).await, known, "what the database has, whoever made it");
    }
}

/// The tables that the databases have, but for what they and the migrations keep for themselves.
async fn all_tables(db: &TestDb) -> BTreeSet<String> {
    let mut names: Vec<String> = Vec::new();
    match &db.target {
        Target::Sqlite { dir } => {
            for file in ["eventsec.db", "journal.db"] {
                let pool = SqlitePool::connect(&format!("sqlite://{}", dir.join(file).display()))
                    .await
                    .unwrap();
                let rows = sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table'")
                    .fetch_all(&pool)
                    .await
                    .unwrap();
                names.extend(rows.iter().map(|r| r.get::<String, _>(0)));
                pool.close().await;
            }
        }
        Target::Postgres(url) => {
            let pool = PgPool::connect(url).await.unwrap();
            let sql =
                "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()";
            let rows = sqlx::query(sql).fetch_all(&pool).await.unwrap();
            names.extend(rows.iter().map(|r| r.get::<String, _>(0)));
            pool.close().await;
        }
    }
    let theirs = |name: &String| name.starts_with("sqlite_") || name.starts_with("_sqlx");
    names.into_iter().filter(|n| !theirs(n)).collect()
}

#[test]
fn an_empty_database_lacks_everything() {
    testkit::db::on_sqlite(|_| async {
        let folder = tempfile::tempdir().unwrap();
        let store = store::Store::open(
            &Target::Sqlite { dir: folder.path().join("a/b") },
            Default::default(),
        )
        .await
        .unwrap();
        let wrong = store.check().await.unwrap();
        let tables = table_names(Which::Main).len() + table_names(Which::Journal).len();
        let newest = Schema::newest();
        let migrations = usize::try_from(newest.main + newest.journal).unwrap();
        assert_eq!(wrong.len(), migrations + tables, "{wrong:?}");
        store.close().await;
    });
}

/// Columns, keys and indexes as lines that read alike on both.
async fn shape(db: &TestDb) -> BTreeSet<String> {
    match &db.target {
        Target::Sqlite { dir } => {
            let mut all = BTreeSet::new();
            for (file, which) in [("eventsec.db", Which::Main), ("journal.db", Which::Journal)] {
                let pool = SqlitePool::connect(&format!("sqlite://{}", dir.join(file).display()))
                    .await
                    .unwrap();
                for table in table_names(which) {
                    sqlite_table(&pool, table, &mut all).await;
                }
                pool.close().await;
            }
            all
        }
        Target::Postgres(url) => {
            let mut all = BTreeSet::new();
            let pool = PgPool::connect(url).await.unwrap();
            for which in [Which::Main, Which::Journal] {
                for table in table_names(which) {
                    postgres_table(&pool, table, &mut all).await;
                }
            }
            pool.close().await;
            all
        }
    }
}

async fn sqlite_table(pool: &SqlitePool, table: &str, all: &mut BTreeSet<String>) {
    let rows =
        sqlx::query("SELECT name, type, \"notnull\" AS required, pk FROM pragma_table_info($1)")
            .bind(table)
            .fetch_all(pool)
            .await
            .unwrap();
    let mut key: Vec<(i64, String)> = Vec::new();
    for r in rows {
        let (name, kind, required, pk): (String, String, i64, i64) =
            (r.get(0), r.get(1), r.get(2), r.get(3));
        let kind = if kind == "INTEGER" { "BIGINT".into() } else { kind };
        all.insert(format!("{table}.{name} {kind} required={}", required == 1 || pk > 0));
        if pk > 0 {
            key.push((pk, name));
        }
    }
    key.sort();
    all.insert(format!(
        "{table} key {}",
        key.into_iter().map(|k| k.1).collect::<Vec<_>>().join(",")
    ));
    let indexes =
        sqlx::query("SELECT name, \"unique\" FROM pragma_index_list($1) WHERE origin = 'c'")
            .bind(table)
            .fetch_all(pool)
            .await
            .unwrap();
    for r in indexes {
        let (name, unique): (String, i64) = (r.get(0), r.get(1));
        let columns = sqlx::query("SELECT name FROM pragma_index_info($1) ORDER BY seqno")
            .bind(&name)
            .fetch_all(pool)
            .await
            .unwrap();
        let columns: Vec<String> = columns.iter().map(|c| c.get(0)).collect();
        all.insert(format!("{table} index {name} unique={} {}", unique == 1, columns.join(",")));
    }
    let keys =
        sqlx::query("SELECT \"from\", \"table\", on_delete FROM pragma_foreign_key_list($1)")
            .bind(table)
            .fetch_all(pool)
            .await
            .unwrap();
    for r in keys {
        let (from, to, action): (String, String, String) = (r.get(0), r.get(1), r.get(2));
        all.insert(format!("{table}.{from} -> {to} {action}"));
    }
}

async fn postgres_table(pool: &PgPool, table: &str, all: &mut BTreeSet<String>) {
    let columns = "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT), is_nullable = 'NO' FROM information_schema.columns \
                   WHERE table_schema = current_schema() AND table_name = $1";
    for r in sqlx::query(columns).bind(table).fetch_all(pool).await.unwrap() {
        let (name, kind, required): (String, String, bool) = (r.get(0), r.get(1), r.get(2));
        let kind = match kind.as_str() {
            "json" => "TEXT".to_owned(),
            "bytea" => "BLOB".to_owned(),
            other => other.to_uppercase(),
        };
        all.insert(format!("{table}.{name} {kind} required={required}"));
    }
    let indexes = "SELECT CAST(c.relname AS TEXT), i.indisunique, i.indisprimary, \
                   ARRAY(SELECT CAST(a.attname AS TEXT) FROM unnest(i.indkey) WITH ORDINALITY AS k(n, o) \
                   JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n ORDER BY k.o) \
                   FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid \
                   JOIN pg_namespace s ON s.oid = t.relnamespace WHERE s.nspname = current_schema() AND t.relname = $1";
    for r in sqlx::query(indexes).bind(table).fetch_all(pool).await.unwrap() {
        let (name, unique, primary, columns): (String, bool, bool, Vec<String>) =
            (r.get(0), r.get(1), r.get(2), r.get(3));
        let columns = columns.join(",");
        all.insert(if primary {
            format!("{table} key {columns}")
        } else {
            format!("{table} index {name} unique={unique} {columns}")
        });
    }
    let keys = "SELECT CAST(a.attname AS TEXT), CAST(f.relname AS TEXT), CAST(k.confdeltype AS TEXT) FROM pg_constraint k \
                JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid \
                JOIN pg_namespace s ON s.oid = t.relnamespace JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1] \
                WHERE k.contype = 'f' AND s.nspname = current_schema() AND t.relname = $1";
    for r in sqlx::query(keys).bind(table).fetch_all(pool).await.unwrap() {
        let (from, to, action): (String, String, String) = (r.get(0), r.get(1), r.get(2));
        let action = match action.as_str() {
            "c" => "CASCADE",
            "n" => "SET NULL",
            _ => "NO ACTION",
        };
        all.insert(format!("{table}.{from} -> {to} {action}"));
    }
}

#[test]
fn both_databases_have_the_same_shape() {
    let (send, receive) = std::sync::mpsc::channel();
    let there = send.clone();
    testkit::db::on_sqlite(move |db| async move { there.send(shape(&db).await).unwrap() });
    testkit::db::on_postgres(move |db| async move { send.send(shape(&db).await).unwrap() });
    let sqlite = receive.recv().unwrap();
    assert!(sqlite.len() > 150, "{}", sqlite.len());
    if let Ok(postgres) = receive.recv() {
        let only_sqlite: Vec<_> = sqlite.difference(&postgres).collect();
        let only_postgres: Vec<_> = postgres.difference(&sqlite).collect();
        assert!(
            only_sqlite.is_empty() && only_postgres.is_empty(),
            "SQLite: {only_sqlite:#?}\nPostgreSQL: {only_postgres:#?}"
        );
    }
}
