//! Reading everything as it was at one moment, while others go on writing.
//!
//! On PostgreSQL both databases are one, and one transaction sees all of it. On SQLite they are two files: nobody may change the
//! main one between the two looks. Whatever the journal does meanwhile, the main file is then the same at both looks, so the pair
//! is how things stood at the second.
use super::{
    cell::{self, Row},
    tables::Table,
};
use crate::{
    Part, Result, Store,
    base::{
        db::On,
        sql::{Which, journal_sql, sql},
        tx::RawTx,
        val::args,
    },
    lake_parts,
};
use sqlx::{AssertSqlSafe, SqlSafeStr};

/// Both databases at one moment. Ends when it is dropped; [`Snapshot::close`] says when it has.
pub struct Snapshot {
    main: RawTx,
    /// On PostgreSQL the journal's tables are in the main transaction.
    journal: Option<RawTx>,
}

impl Store {
    /// The present moment. Others read and write on; on SQLite a writer may wait for some milliseconds.
    ///
    /// # Errors
    /// `Busy` when others write the main database for too long.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let held = if self.main.is_postgres() { None } else { Some(self.main.begin().await?) };
        let mut main = self.main.look().await?;
        if held.is_none() {
            // files are written between two statements, and a slow disk is no reason to lose the moment
            main.on().exec("SET LOCAL idle_in_transaction_session_timeout = 0", args![]).await?;
        }
        // what a transaction sees is settled by its first statement
        main.on().count(sql!("SELECT COUNT(*) AS n FROM counters"), args![]).await?;
        let Some(held) = held else { return Ok(Snapshot { main, journal: None }) };
        let mut journal = self.journal.look().await?;
        let first = journal_sql!("SELECT COUNT(*) AS n FROM journal_counters");
        journal.on().count(first, args![]).await?;
        held.commit().await?;
        Ok(Snapshot { main, journal: Some(journal) })
    }
}

impl Snapshot {
    fn on(&mut self, which: Which) -> On<'_> {
        match (which, &mut self.journal) {
            (Which::Journal, Some(journal)) => journal.on(),
            _ => self.main.on(),
        }
    }

    /// The next rows in the order of the key, after `last` (the last row of the call before); empty at the end.
    pub async fn rows(&mut self, table: &Table, last: Option<&Row>) -> Result<Vec<Row>> {
        let key = table.key_names();
        let mut values = Vec::new();
        let mut after = String::new();
        if let Some(last) = last {
            for i in &table.key {
                let cell = last.get(*i).cloned().unwrap_or(cell::Cell::Null);
                values.push(cell::bind(cell, &table.columns[*i])?);
            }
            let marks: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
            after = format!(" WHERE ({}) > ({})", key.join(", "), marks.join(", "));
        }
        let (columns, order, limit) = (table.names(), key.join(", "), table.stride());
        let text =
            format!("SELECT {columns} FROM {}{after} ORDER BY {order} LIMIT {limit}", table.name);
        let map = |r: &dyn crate::base::row::Cols| {
            table.columns.iter().map(|c| cell::read(r, c)).collect::<Result<Row>>()
        };
        self.on(table.which).all(AssertSqlSafe(text).into_sql_str(), values, map).await
    }

    /// The newest id that the table gave out, whether its row is still there or not; 0 for a table without such ids.
    pub async fn last_id(&mut self, table: &Table) -> Result<i64> {
        let Some(id) = table.key_names().first().filter(|_| table.serial).copied() else {
            return Ok(0);
        };
        let mut on = self.on(table.which);
        if on.is_postgres() {
            let text = "SELECT COALESCE(pg_sequence_last_value(CAST(pg_get_serial_sequence($1, $2) AS regclass)), 0) AS n";
            return on.count(text, args![table.name, id]).await;
        }
        on.count(
            "SELECT COALESCE(MAX(seq), 0) AS n FROM sqlite_sequence WHERE name = $1",
            args![table.name],
        )
        .await
    }

    /// The list of the lake's parts at this moment.
    pub async fn parts(&mut self) -> Result<Vec<Part>> {
        lake_parts::all(&mut self.on(Which::Journal)).await
    }

    /// Lets go; others' space can be used again.
    pub async fn close(self) -> Result<()> {
        self.main.commit().await?;
        match self.journal {
            Some(journal) => journal.commit().await,
            None => Ok(()),
        }
    }
}
