//! `eventsec kql local`: files as tables.
use super::sentence;
use crate::cli::{
    complain, say,
    sigma::events::{self, Format, Record},
};
use clap::{Args, ValueEnum};
use kql::{
    functions::Context,
    infer,
    run::{Failure, Limits, Session, Source, Wants},
    table::Table,
    value::{Type, Value},
};
use model::Problem;
use serde_json::{Map, Value as Json};
use std::{collections::HashMap, path::PathBuf};

#[derive(Debug, Args)]
pub struct Local {
    /// NAME=FILE: JSON lines, a JSON list or a Windows event log as the table of that name; may be said several times
    #[arg(long = "table", value_name = "NAME=FILE", required = true)]
    tables: Vec<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Output::Table)]
    output: Output,
    /// The query
    query: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    Table,
    Jsonl,
    Csv,
}

struct Files(HashMap<String, Table>);

impl Source for Files {
    fn table(&self, name: &str, _wants: &Wants) -> Result<Option<Table>, String> {
        Ok(self.0.get(name).cloned())
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

impl Local {
    pub fn run(&self) -> Result<bool, Problem> {
        let mut files = Files(HashMap::new());
        let mut bad = 0u64;
        for table in &self.tables {
            let Some((name, file)) = table.split_once('=') else {
                return Err(Problem::bad_request(format!("`{table}` is not NAME=FILE")));
            };
            let mut records: Vec<Map<String, Json>> = vec![];
            let mut each = |record: Record| {
                match record {
                    Record::Json(Json::Object(record)) => records.push(record),
                    Record::Line(text) => {
                        records.push(Map::from_iter([("RawData".to_owned(), Json::String(text))]))
                    }
                    Record::Json(_) => bad += 1,
                    Record::Bad(why) => {
                        bad += 1;
                        complain(&why);
                    }
                }
                true
            };
            events::read(&PathBuf::from(file), Format::Auto, &mut each)
                .map_err(|e| Problem::bad_request(format!("{file}: {e}")))?;
            files.0.insert(name.to_owned(), infer::table(&records));
        }
        let session = Session {
            context: Context { now: super::now() },
            source: &files,
            limits: Limits::default(),
            check: false,
            cancelled: &|| false,
        };
        match session.run(&self.query) {
            Ok(outcome) => {
                print(&outcome.table, self.output);
                Ok(bad == 0)
            }
            Err(failures) => {
                for failure in &failures {
                    complain(&match failure {
                        Failure::Query(d) => sentence(&self.query, 0, d),
                        other => other.to_string(),
                    });
                }
                Ok(false)
            }
        }
    }
}

fn print(table: &Table, output: Output) {
    let texts = |row: usize| {
        table.row(row).iter().map(|value| value.to_text().to_string()).collect::<Vec<_>>()
    };
    let names: Vec<String> = table.fields.iter().map(|field| field.name.to_string()).collect();
    match output {
        Output::Jsonl => (0..table.rows).for_each(|row| {
            let record: Map<String, Json> = table
                .fields
                .iter()
                .zip(table.row(row))
                .map(|(field, value)| (field.name.to_string(), json(&value, field.ty)))
                .collect();
            say(&Json::Object(record).to_string());
        }),
        Output::Csv => {
            say(&csv(&names));
            (0..table.rows).for_each(|row| say(&csv(&texts(row))));
        }
        Output::Table => {
            let rows: Vec<Vec<String>> = (0..table.rows).map(texts).collect();
            let widths: Vec<usize> = names
                .iter()
                .enumerate()
                .map(|(at, name)| {
                    rows.iter()
                        .map(|row| row[at].chars().count())
                        .chain([name.chars().count()])
                        .max()
                        .unwrap_or_default()
                        .min(WIDEST)
                })
                .collect();
            let line = |cells: &[String]| {
                let cells =
                    cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
                cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
            };
            say(&line(&names));
            rows.iter().for_each(|row| say(&line(row)));
        }
    }
}

/// Columns of a table on the terminal are padded to no more than this.
const WIDEST: usize = 60;

fn csv(cells: &[String]) -> String {
    let quoted = |cell: &String| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    cells.iter().map(quoted).collect::<Vec<_>>().join(",")
}

fn json(value: &Value, ty: Type) -> Json {
    match (value, ty) {
        (Value::Null, Type::String) => "".into(),
        (Value::Null, _) => Json::Null,
        (Value::Bool(b), _) => (*b).into(),
        (Value::Int(n), _) => (*n).into(),
        (Value::Long(n), _) => (*n).into(),
        (Value::Real(n), _) if n.is_finite() => (*n).into(),
        (Value::Dynamic(d), _) => serde_json::from_str(&d.to_json()).unwrap_or(Json::Null),
        (other, _) => Json::String(other.to_text().to_string()),
    }
}
