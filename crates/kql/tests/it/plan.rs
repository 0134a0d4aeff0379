//! Public hunting queries over tables that have columns and no rows: names and types are right.
use kql::{
    functions::Context,
    run::{Limits, Session, Source, Wants},
    table::Table,
    value::Type,
};
use std::{collections::BTreeMap, sync::Arc};

/// Of a hundred queries that the real engine's own checker finds no fault with, so many are to be right here.
const PERCENT: usize = 98;

struct Schemas(BTreeMap<String, Table>);

impl Source for Schemas {
    fn table(&self, name: &str, wants: &Wants) -> Result<Option<Table>, String> {
        assert!(wants.schema_only, "a query that is only checked asks for no rows");
        Ok(self.0.get(name).cloned())
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn knows(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

fn type_of(name: &str) -> Type {
    match name.trim().to_ascii_lowercase().as_str() {
        "bigint" => Type::Long,
        "integer" => Type::Int,
        "float" => Type::Real,
        "sbyte" => Type::Bool,
        "date/time" => Type::DateTime,
        other => Type::parse(other).unwrap_or(Type::String),
    }
}

#[test]
fn public_queries_are_right() {
    let Some(data) = testdata::data_dir() else { return };
    let text = std::fs::read_to_string(data.join("kql/table-schemas.json")).expect("schemas");
    let all: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(&text).expect("schemas");
    let tables = all.into_iter().map(|(name, columns)| {
        let fields = columns.iter().map(|(column, ty)| (Arc::from(column.as_str()), type_of(ty)));
        (name, Table::empty(fields.collect::<Vec<_>>()))
    });
    let schemas = Schemas(tables.collect());
    let session = Session {
        context: Context { now: 638_000_000_000_000_000 },
        source: &schemas,
        limits: Limits::default(),
        check: true,
        cancelled: &|| false,
    };
    let mut wrong = vec![];
    let mut right = 0;
    for line in testdata::lines(&data.join("kql/kql-dev.jsonl")).expect("queries") {
        let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        if line["sem_clean"] != true {
            continue;
        }
        match session.run(line["query"].as_str().expect("a query")) {
            Ok(_) => right += 1,
            Err(failures) => wrong.push(format!("{}: {}", line["path"], failures[0])),
        }
    }
    println!("{right} passed, {} failed", wrong.len());
    assert!(right * 100 >= PERCENT * (right + wrong.len()), "{}", wrong.join("\n"));
}
