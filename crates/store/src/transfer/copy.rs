//! From one pair of databases into another, and counting what is in one.
use super::{
    load::Loader,
    snapshot::Snapshot,
    tables::{Table, tables},
    tally::Tally,
};
use crate::{Result, base::migrate::Schema};

/// What a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub table: &'static str,
    pub tally: Tally,
}

/// Copies every table of this program's schema. Answers what was read; nothing is there before the loader's `commit`.
pub async fn copy(from: &mut Snapshot, into: &mut Loader) -> Result<Vec<Counted>> {
    let mut all = Vec::new();
    for table in into.tables() {
        let mut tally = Tally::default();
        let mut rows = from.rows(&table, None).await?;
        while let Some(last) = rows.last().cloned() {
            rows.iter().for_each(|r| tally.add(r));
            into.insert(&table, rows).await?;
            rows = from.rows(&table, Some(&last)).await?;
        }
        let last = from.last_id(&table).await?;
        into.set_last_id(&table, last).await?;
        all.push(Counted { table: table.name, tally });
    }
    Ok(all)
}

/// What every table of this program's schema holds.
pub async fn count(of: &mut Snapshot) -> Result<Vec<Counted>> {
    let mut all = Vec::new();
    for table in tables(Schema::newest()) {
        all.push(Counted { table: table.name, tally: counted(of, &table).await? });
    }
    Ok(all)
}

async fn counted(of: &mut Snapshot, table: &Table) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut last = None;
    loop {
        let mut rows = of.rows(table, last.as_ref()).await?;
        rows.iter().for_each(|r| tally.add(r));
        last = rows.pop();
        if last.is_none() {
            return Ok(tally);
        }
    }
}
