//! Writing everything into empty databases: rows as they are, then the ids that come next.
use super::{
    cell::{self, Row},
    tables::{Table, tables},
};
use crate::{
    Result, Store, StoreError,
    base::{
        db::On,
        migrate::Schema,
        sql::Which,
        tx::RawTx,
        val::{Val, args},
    },
};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

/// Values that one statement takes: SQLite knows 32,766.
const MOST_VALUES: usize = 30_000;

/// A load in progress: one transaction on PostgreSQL, one for each file on SQLite. Dropped without [`Loader::commit`] it changes
/// nothing.
pub struct Loader {
    main: RawTx,
    /// On PostgreSQL the journal's tables are in the main transaction.
    journal: Option<RawTx>,
    tables: Vec<Table>,
}

fn sql(text: String) -> SqlStr {
    AssertSqlSafe(text).into_sql_str()
}

async fn count(on: &mut On<'_>, table: &Table) -> Result<i64> {
    on.count(sql(format!("SELECT COUNT(*) AS n FROM {}", table.name)), args![]).await
}

impl Store {
    /// The first table that holds rows which no migration has made; `None`: the databases are as new.
    pub async fn occupied(&self, schema: Schema) -> Result<Option<&'static str>> {
        for table in tables(schema).iter().filter(|t| !t.seeded) {
            let db = if table.which == Which::Main { &self.main } else { &self.journal };
            if count(&mut db.read(), table).await? > 0 {
                return Ok(Some(table.name));
            }
        }
        Ok(None)
    }

    /// Begins to load rows of tables as they are at `schema`, which is how they must be made here.
    ///
    /// # Errors
    /// `Conflict` when a table holds rows already, apart from those that a migration made: they are replaced.
    pub async fn load(&self, schema: Schema) -> Result<Loader> {
        let main = self.main.begin().await?;
        let journal =
            if self.main.is_postgres() { None } else { Some(self.journal.begin().await?) };
        let mut loader = Loader { main, journal, tables: tables(schema) };
        for table in loader.tables.clone() {
            let mut on = loader.on(table.which);
            if table.seeded {
                on.exec(sql(format!("DELETE FROM {}", table.name)), args![]).await?;
            } else if count(&mut on, &table).await? > 0 {
                return Err(StoreError::Conflict("the database is not empty"));
            }
        }
        Ok(loader)
    }
}

impl Loader {
    fn on(&mut self, which: Which) -> On<'_> {
        match (which, &mut self.journal) {
            (Which::Journal, Some(journal)) => journal.on(),
            _ => self.main.on(),
        }
    }

    /// What is to be loaded, in the order in which it can be.
    pub fn tables(&self) -> Vec<Table> {
        self.tables.clone()
    }

    /// Adds rows. Rows that others point at come first.
    ///
    /// # Errors
    /// `Corrupt` for a value that is not of its column's kind; `Conflict` or `Unique` for rows that cannot be together.
    pub async fn insert(&mut self, table: &Table, rows: Vec<Row>) -> Result<()> {
        let width = table.columns.len().max(1);
        let most = (MOST_VALUES / width).max(1);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut values: Vec<Val> = Vec::new();
            let mut marks: Vec<String> = Vec::new();
            for row in rows.by_ref().take(most) {
                if row.len() != width {
                    let text = format!("a row of {} has another number of columns", table.name);
                    return Err(StoreError::Corrupt(text));
                }
                let first = values.len() + 1;
                let numbers: Vec<String> =
                    (first..first + width).map(|n| format!("${n}")).collect();
                marks.push(format!("({})", numbers.join(", ")));
                for (cell, column) in row.into_iter().zip(&table.columns) {
                    values.push(cell::bind(cell, column)?);
                }
            }
            let (columns, marks) = (table.names(), marks.join(", "));
            let text = format!("INSERT INTO {} ({columns}) VALUES {marks}", table.name);
            self.on(table.which).exec(sql(text), values).await?;
        }
        Ok(())
    }

    /// Says which id the table gave out last, so that none is given twice. Call it after the table's rows.
    pub async fn set_last_id(&mut self, table: &Table, last: i64) -> Result<()> {
        let Some(id) = table.key_names().first().filter(|_| table.serial).copied() else {
            return Ok(());
        };
        let mut on = self.on(table.which);
        let highest = format!("SELECT COALESCE(MAX({id}), 0) AS n FROM {}", table.name);
        let last = last.max(on.count(sql(highest), args![]).await?);
        if last <= 0 {
            return Ok(());
        }
        if on.is_postgres() {
            let text = "SELECT setval(CAST(pg_get_serial_sequence($1, $2) AS regclass), $3) AS n";
            on.count(text, args![table.name, id, last]).await?;
            return Ok(());
        }
        let update = "UPDATE sqlite_sequence SET seq = $2 WHERE name = $1";
        if on.exec(update, args![table.name, last]).await? == 0 {
            let insert = "INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)";
            on.exec(insert, args![table.name, last]).await?;
        }
        Ok(())
    }

    /// Durable once it returns. On SQLite the journal comes first: a main database without it would look whole.
    pub async fn commit(self) -> Result<()> {
        if let Some(journal) = self.journal {
            journal.commit().await?;
        }
        self.main.commit().await
    }
}
