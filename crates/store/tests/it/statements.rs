//! Every statement is prepared on both databases.
use sqlx::{Executor, PgPool, SqlSafeStr, SqlitePool, sqlite::SqlitePoolOptions};
use std::{collections::BTreeSet, path::Path};
use store::{Target, Which, statements};
use testkit::db_test;

db_test! {
    async fn every_statement_prepares(db) {
        let mut failed = Vec::new();
        let mut seen = 0;
        for (which, text, place) in statements() {
            let outcome = match &db.target {
                Target::Sqlite { dir } => {
                    let file = dir.join(if which == Which::Main { "eventsec.db" } else { "journal.db" });
                    let pool: SqlitePool = SqlitePoolOptions::new().max_connections(1).connect(&format!("sqlite://{}", file.display())).await.unwrap();
                    let outcome = pool.prepare(text.into_sql_str()).await.map(|_| ());
                    pool.close().await;
                    outcome
                }
                Target::Postgres(url) => {
                    let pool = PgPool::connect(url).await.unwrap();
                    let outcome = pool.prepare(text.into_sql_str()).await.map(|_| ());
                    pool.close().await;
                    outcome
                }
            };
            seen += 1;
            if let Err(e) = outcome {
                failed.push(format!("{place}: {text}\n    {e}"));
            }
        }
        assert!(failed.is_empty(), "{} of {seen}:\n{}", failed.len(), failed.join("\n"));
    }
}

/// Counts `sql!(` in the sources: a statement that the linker lost would otherwise go untested.
fn written(folder: &Path, files: &mut BTreeSet<String>) -> usize {
    let mut n = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            n += written(&path, files);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            let here = text
                .lines()
                .filter(|l| !l.trim_start().starts_with("//"))
                .map(|l| l.matches("sql!(").count())
                .sum::<usize>();
            if here > 0 {
                files.insert(path.file_name().unwrap().to_string_lossy().into_owned());
            }
            n += here;
        }
    }
    n
}

#[test]
fn no_statement_escapes_the_registry() {
    let mut files = BTreeSet::new();
    let n = written(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(n > 80, "only {n} statements found in {files:?}");
    assert_eq!(statements().count(), n);
}

#[test]
fn no_statement_leaves_its_tenant_out_by_accident() {
    // tables that hold a tenant's rows, and the words by which a statement may do without: a key that is unique over all
    // tenants, a sweep over all of them, or rows that hang on a row whose tenant was just checked
    let tables = [
        "users",
        "agents",
        "sensors",
        "rules",
        "alerts",
        "alert_actions",
        "saved_views",
        "audit",
        "dead_letters",
        "ingest_sources",
        "retention_policies",
    ];
    let excused = [
        "u.email = $1",
        "s.id_hash = $1",
        "key_hash = $1",
        "WHERE r.enabled",
        "SELECT COUNT(*) AS n FROM users",
        "UPDATE alerts SET event_count",
        "DELETE FROM ingest_sources WHERE last_seen_at",
        "ORDER BY p.tenant, p.class",
        "WHERE (a.updated_at, a.id) > ($1, $2)",
        "WHERE a.id > $1 ORDER BY a.id",
        "WHERE d.id > $1 ORDER BY d.id",
    ];
    for (_, text, place) in statements() {
        let touches = tables.iter().any(|t| {
            ["FROM ", "UPDATE ", "INTO "].iter().any(|verb| {
                text.split(verb).skip(1).any(|rest| rest.split([' ', '(']).next() == Some(t))
            })
        });
        let bound = text.contains("tenant = $") || text.contains("(tenant,");
        assert!(!touches || bound || excused.iter().any(|e| text.contains(e)), "{place}: {text}");
    }
}
