//! `eventsec kql parse`: a corpus of queries.
use super::sentence;
use crate::cli::{
    say,
    sigma::events::{self, Format, Record},
};
use clap::Args;
use kql::{
    functions::Context,
    run::{Failure, Limits, Session, Source, Wants},
    syntax::{Severity, parse},
    table::Table,
    value::Type,
};
use model::Problem;
use std::{
    collections::BTreeMap,
    fs, panic,
    path::{Path, PathBuf},
    sync::Arc,
};

#[derive(Debug, Args)]
pub struct Parse {
    /// JSON lines, each with the field `query`; `.gz` too, `-` is standard input
    #[arg(long)]
    jsonl: PathBuf,
    /// Also look whether names and types are right, by running each query over tables without rows
    #[arg(long, requires = "schemas")]
    plan: bool,
    /// JSON: {table: {column: type}}
    #[arg(long, requires = "plan")]
    schemas: Option<PathBuf>,
}

/// Tables that have columns and no rows.
struct Schemas(BTreeMap<String, Table>);

impl Source for Schemas {
    fn table(&self, name: &str, _wants: &Wants) -> Result<Option<Table>, String> {
        Ok(self.0.get(name).cloned())
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn knows(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

impl Schemas {
    fn read(path: &Path) -> Result<Self, Problem> {
        let failed = |e: String| Problem::bad_request(format!("{}: {e}", path.display()));
        let text = fs::read_to_string(path).map_err(|e| failed(e.to_string()))?;
        let all: BTreeMap<String, serde_json::Map<String, serde_json::Value>> =
            serde_json::from_str(&text).map_err(|e| failed(e.to_string()))?;
        let tables = all.into_iter().map(|(name, columns)| {
            let fields = columns.iter().map(|(column, ty)| {
                (Arc::from(column.as_str()), type_of(ty.as_str().unwrap_or_default()))
            });
            (name, Table::empty(fields.collect::<Vec<_>>()))
        });
        Ok(Self(tables.collect()))
    }
}

/// Types as documentation spells them; what is no type of Kusto's is a text.
fn type_of(name: &str) -> Type {
    let name = name.trim().to_ascii_lowercase();
    match name.as_str() {
        "bigint" => Type::Long,
        "integer" => Type::Int,
        "float" => Type::Real,
        "sbyte" => Type::Bool,
        "date/time" => Type::DateTime,
        other => Type::parse(other).unwrap_or(Type::String),
    }
}

impl Parse {
    pub fn run(&self) -> Result<bool, Problem> {
        let schemas = self.schemas.as_deref().map(Schemas::read).transpose()?;
        let (mut passed, mut failed) = (0u64, 0u64);
        let mut each = |record: Record| {
            let verdict = match &record {
                Record::Json(line) => line["query"]
                    .as_str()
                    .ok_or_else(|| "no field `query`".to_owned())
                    .and_then(|query| match &schemas {
                        Some(schemas) => plan(query, schemas),
                        None => first_error(query),
                    }),
                Record::Bad(why) => Err(why.clone()),
                Record::Line(_) => Err("not a JSON object".to_owned()),
            };
            let number = passed + failed + 1;
            match verdict {
                Ok(()) => {
                    passed += 1;
                    say(&format!("{number}\tok"));
                }
                Err(why) => {
                    failed += 1;
                    say(&format!("{number}\tfailed\t{why}"));
                }
            }
            true
        };
        events::read(&self.jsonl, Format::Jsonl, &mut each)
            .map_err(|e| Problem::bad_request(format!("{}: {e}", self.jsonl.display())))?;
        say(&format!("{passed} passed, {failed} failed"));
        Ok(failed == 0 && passed > 0)
    }
}

fn plan(query: &str, schemas: &Schemas) -> Result<(), String> {
    let session = Session {
        context: Context { now: super::now() },
        source: schemas,
        limits: Limits::default(),
        check: true,
        cancelled: &|| false,
    };
    let run = panic::catch_unwind(panic::AssertUnwindSafe(|| session.run(query)));
    match run {
        Err(_) => Err("the query broke the engine".to_owned()),
        Ok(Ok(_)) => Ok(()),
        Ok(Err(failures)) => {
            Err(failures.first().map_or_else(String::new, |failure| match failure {
                Failure::Query(d) => sentence(query, 0, d),
                other => other.to_string(),
            }))
        }
    }
}

fn first_error(query: &str) -> Result<(), String> {
    let parsed = parse(query);
    match parsed.diagnostics.iter().find(|d| d.severity == Severity::Error) {
        None => Ok(()),
        Some(d) => Err(sentence(query, 0, d)),
    }
}
