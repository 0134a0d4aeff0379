//! Looking for damage below the tables.
use crate::{
    Result, Store,
    base::{db::Db, val::args},
};

impl Store {
    /// What the database finds wrong with its own files, a sentence each; empty when all is well. Reads all of them. A PostgreSQL
    /// server looks after its files itself: it is only asked whether it answers.
    pub async fn integrity(&self) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        for (file, db) in [("eventsec.db", &self.main), ("journal.db", &self.journal)] {
            if let Db::Sqlite { .. } = db {
                // no statement of ours: only SQLite knows it
                let said = db
                    .read()
                    .all("PRAGMA integrity_check", args![], |r| r.text("integrity_check"))
                    .await?;
                wrong
                    .extend(said.into_iter().filter(|s| s != "ok").map(|s| format!("{file}: {s}")));
            }
        }
        self.ping().await?;
        Ok(wrong)
    }
}
