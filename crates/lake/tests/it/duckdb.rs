//! Another program reads the same files and must say the same.
use super::real;
use lake::{Lake, LakeConfig, MemoryManifest};
use model::fieldmap;
use search::engine::{SearchEngine, Select};
use search::lucene;
use std::process::Command;
use std::sync::Arc;

fn has_duckdb() -> bool {
    Command::new("python3").args(["-c", "import duckdb"]).output().is_ok_and(|o| o.status.success())
}

#[tokio::test]
async fn duckdb_reads_the_same_parts_and_agrees() {
    let events = real::events(7);
    if events.is_empty() || !has_duckdb() {
        println!("skipped: the events or the Python package duckdb are not here");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let lake =
        Lake::open(LakeConfig::at(dir.path()), Arc::new(MemoryManifest::default())).await.unwrap();
    for (i, block) in events.chunks(1000).enumerate() {
        lake.append_block(i as i64, block).unwrap();
        lake.flush(Some(i as i64)).await.unwrap();
    }
    lake.compact(true).await.unwrap();
    let mut questions = Vec::new();
    let all = Select::all("acme");
    for field in ["host.name", "process.executable", fieldmap::TYPE, fieldmap::DATASET] {
        let top = lake.top_values(&all, field, 1000).await.unwrap();
        questions.push(serde_json::json!({"field": field, "present": top.present, "distinct": top.distinct, "values": top.values}));
    }
    let mut counts =
        vec![serde_json::json!({"where": "true", "count": lake.count(&all).await.unwrap()})];
    for (query, condition) in [
        ("event.type:12", "\"event.type\" = '12'"),
        ("_exists_:process.executable", "\"process.executable\" is not null"),
        (
            r"process.executable:C:\\Windows\\*",
            "lower(\"process.executable\") like 'c:\\windows\\%'",
        ),
        ("@timestamp:>=2020-09-01", "\"@timestamp\" >= '2020-09-01T00:00:00Z'::timestamptz"),
        (r"message:*\ network\ connection*", "lower(message) like '% network connection%'"),
    ] {
        let mut select = all.clone();
        select.query = lucene::parse(query).unwrap();
        let count = lake.count(&select).await.unwrap();
        counts.push(serde_json::json!({"where": condition, "count": count}));
    }
    let asked = dir.path().join("questions.json");
    std::fs::write(&asked, serde_json::json!({"top": questions, "counts": counts}).to_string())
        .unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/duckdb-check.py");
    let out = Command::new("python3").arg(script).arg(dir.path()).arg(&asked).output().unwrap();
    let said =
        String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}");
    assert!(said.contains("10 of 10"), "{said}");
}
