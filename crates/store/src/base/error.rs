//! What can go wrong, told in the caller's words: both databases' codes are read here and nowhere else.
use sqlx::error::DatabaseError;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such row for this tenant.
    #[error("not found")]
    NotFound,
    /// A unique value is taken. Names table and columns alike on both databases: `users_email`.
    #[error("{0} is taken")]
    Unique(String),
    /// The change does not fit what is stored: somebody was faster, or a row it points at is gone.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// A page's cursor that this list did not hand out.
    #[error("the cursor does not belong to this list")]
    BadCursor,
    /// Others hold the database for too long, or PostgreSQL asks to try again. Nothing was changed.
    #[error("the database is busy")]
    Busy,
    /// No room on the disk. Nothing was changed.
    #[error("the disk is full")]
    Full,
    /// The database does not answer.
    #[error("the database does not answer: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// What is stored cannot be read.
    #[error("stored data is damaged: {0}")]
    Corrupt(String),
    #[error("database error: {0}")]
    Other(#[source] sqlx::Error),
    #[error("migration failed: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The data folder cannot be made or used.
    #[error("{path}: {source}")]
    Folder { path: String, source: std::io::Error },
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match error {
            E::RowNotFound => Self::NotFound,
            E::PoolTimedOut => Self::Busy,
            E::ColumnDecode { .. } | E::Decode(_) | E::ColumnNotFound(_) => {
                Self::Corrupt(error.to_string())
            }
            // what a server that is going away says may not be a whole message
            E::Io(_) | E::Tls(_) | E::Protocol(_) | E::PoolClosed | E::WorkerCrashed => {
                Self::Unavailable(error)
            }
            E::Database(ref db) => match known(&**db) {
                Some(e) => e,
                None => Self::Other(error),
            },
            other => Self::Other(other),
        }
    }
}

fn known(db: &dyn DatabaseError) -> Option<StoreError> {
    if db.is_unique_violation() {
        let name = db.constraint().map_or_else(|| sqlite_constraint(db.message()), str::to_owned);
        return Some(StoreError::Unique(name));
    }
    if db.is_foreign_key_violation() {
        return Some(StoreError::Conflict("a row that this one points at does not exist"));
    }
    let code = db.code()?;
    // SQLite: primary result code in the low byte. PostgreSQL: five characters.
    if let Ok(n) = code.parse::<i64>().map(|n| n & 0xff)
        && code.len() < 5
    {
        return match n {
            5 | 6 => Some(StoreError::Busy),
            11 | 26 => Some(StoreError::Corrupt(db.message().to_owned())),
            13 => Some(StoreError::Full),
            _ => None,
        };
    }
    match &*code {
        // serialization failure, deadlock, lock timeout, too many connections, shutting down or starting
        "40001" | "40P01" | "55P03" | "53300" | "57P01" | "57P02" | "57P03" => {
            Some(StoreError::Busy)
        }
        "53100" => Some(StoreError::Full),
        "XX001" | "XX002" => Some(StoreError::Corrupt(db.message().to_owned())),
        _ => None,
    }
}

/// SQLite names columns where PostgreSQL names the constraint; ours are called after their columns.
fn sqlite_constraint(message: &str) -> String {
    let columns = message.rsplit(": ").next().unwrap_or(message);
    let mut name = String::new();
    for (i, column) in columns.split(", ").enumerate() {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        if i == 0 {
            name.push_str(table);
        }
        name.push('_');
        name.push_str(column);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlites_columns_become_the_constraints_name() {
        assert_eq!(sqlite_constraint("UNIQUE constraint failed: users.email"), "users_email");
        let three = "UNIQUE constraint failed: sensors.tenant, sensors.name, sensors.kind";
        assert_eq!(sqlite_constraint(three), "sensors_tenant_name_kind");
    }

    async fn fails(connection: &mut sqlx::SqliteConnection, sql: &'static str) -> StoreError {
        sqlx::query(sql).execute(connection).await.unwrap_err().into()
    }

    #[tokio::test]
    async fn a_full_disk_and_a_held_lock_are_told_apart() {
        use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("x.db"))
            .create_if_missing(true);
        let options = options.busy_timeout(std::time::Duration::ZERO);
        let (mut a, mut b) = (options.connect().await.unwrap(), options.connect().await.unwrap());
        let table =
            "CREATE TABLE t (x BLOB NOT NULL CHECK (length(x) > 0)); PRAGMA max_page_count = 4";
        sqlx::raw_sql(table).execute(&mut a).await.unwrap();
        assert!(matches!(
            fails(&mut a, "INSERT INTO t VALUES (zeroblob(100000))").await,
            StoreError::Full
        ));
        assert!(matches!(
            fails(&mut a, "INSERT INTO t VALUES (zeroblob(0))").await,
            StoreError::Other(_)
        ));
        sqlx::query("BEGIN IMMEDIATE").execute(&mut a).await.unwrap();
        assert!(matches!(fails(&mut b, "BEGIN IMMEDIATE").await, StoreError::Busy));
        a.close().await.unwrap();
        b.close().await.unwrap();
    }
}
