//! One table as a file: zstd over lines, the names of the columns first.
use super::{
    files::{Hashed, at},
    manifest::TableFile,
};
use crate::wire::broken;
use model::Problem;
use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    path::Path,
};
use store::{
    StoreError,
    transfer::{Loader, Snapshot, Table, Tally, from_line, to_line},
};

const LEVEL: i32 = 3;

fn names(table: &Table) -> String {
    let names: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
    serde_json::json!(names).to_string()
}

/// Writes every row that the snapshot has.
pub async fn write(
    snapshot: &mut Snapshot,
    table: &Table,
    folder: &Path,
) -> Result<TableFile, Problem> {
    let file = format!("tables/{}.ndjson.zst", table.name);
    let path = folder.join(&file);
    let read = |e: StoreError| broken("The database cannot be read")(&e);
    let mut out = zstd::Encoder::new(Hashed::create(&path)?, LEVEL).map_err(at(&path))?;
    writeln!(out, "{}", names(table)).map_err(at(&path))?;
    let (mut tally, mut last) = (Tally::default(), None);
    loop {
        let mut rows = snapshot.rows(table, last.as_ref()).await.map_err(read)?;
        for row in &rows {
            tally.add(row);
            writeln!(out, "{}", to_line(row)).map_err(at(&path))?;
        }
        last = rows.pop();
        if last.is_none() {
            break;
        }
    }
    let last_id = snapshot.last_id(table).await.map_err(read)?;
    let (bytes, sha256) = out.finish().and_then(Hashed::finish).map_err(at(&path))?;
    let (rows, content) = (tally.rows, tally.content());
    Ok(TableFile { name: table.name.into(), file, rows, bytes, sha256, content, last_id })
}

/// Loads every row of the file, and compares them with what the manifest says of them.
pub async fn load(
    loader: &mut Loader,
    table: &Table,
    about: &TableFile,
    folder: &Path,
) -> Result<(), Problem> {
    let path = folder.join(&about.file);
    let damaged = |what: &str| Problem::conflict(format!("{}: {what}", path.display()));
    let file = File::open(&path).map_err(at(&path))?;
    let mut lines = BufReader::new(zstd::Decoder::new(file).map_err(at(&path))?).lines();
    let head = lines.next().transpose().map_err(at(&path))?.unwrap_or_default();
    if head != names(table) {
        return Err(damaged("it has other columns than this version's table"));
    }
    let write = |e: StoreError| broken("The database cannot be written")(&e);
    let (mut tally, mut rows) = (Tally::default(), Vec::new());
    for line in lines {
        let row = from_line(table, &line.map_err(at(&path))?);
        let row = row.map_err(|e| damaged(&e.to_string()))?;
        tally.add(&row);
        rows.push(row);
        if rows.len() >= table.stride() {
            loader.insert(table, std::mem::take(&mut rows)).await.map_err(write)?;
        }
    }
    loader.insert(table, rows).await.map_err(write)?;
    if (tally.rows, tally.content()) != (about.rows, about.content.clone()) {
        return Err(damaged("its rows are not those that the manifest tells of"));
    }
    loader.set_last_id(table, about.last_id).await.map_err(write)
}
