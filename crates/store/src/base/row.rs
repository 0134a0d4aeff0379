//! Rows on their way out: columns by name, one reader for both drivers.
use crate::{Result, StoreError};
use model::{Micros, Severity};
use sqlx::{Row, postgres::PgRow, sqlite::SqliteRow};

/// A row of either database. Times are BIGINT microseconds, severities their rank, JSON its text.
pub(crate) trait Cols {
    fn opt_int(&self, column: &str) -> Result<Option<i64>>;
    fn opt_real(&self, column: &str) -> Result<Option<f64>>;
    fn opt_text(&self, column: &str) -> Result<Option<String>>;
    fn opt_flag(&self, column: &str) -> Result<Option<bool>>;
    fn opt_bytes(&self, column: &str) -> Result<Option<Vec<u8>>>;

    fn int(&self, column: &str) -> Result<i64> {
        self.opt_int(column)?.ok_or_else(|| null(column))
    }
    fn text(&self, column: &str) -> Result<String> {
        self.opt_text(column)?.ok_or_else(|| null(column))
    }
    fn flag(&self, column: &str) -> Result<bool> {
        self.opt_flag(column)?.ok_or_else(|| null(column))
    }
    fn bytes(&self, column: &str) -> Result<Vec<u8>> {
        self.opt_bytes(column)?.ok_or_else(|| null(column))
    }
    fn time(&self, column: &str) -> Result<Micros> {
        self.int(column).map(Micros)
    }
    fn opt_time(&self, column: &str) -> Result<Option<Micros>> {
        Ok(self.opt_int(column)?.map(Micros))
    }
    fn severity(&self, column: &str) -> Result<Severity> {
        self.int(column).map(Severity::from_rank)
    }
}

/// A JSON column as a typed value; SQL null is `None`.
pub(crate) fn json<T: serde::de::DeserializeOwned>(
    row: &dyn Cols,
    column: &str,
) -> Result<Option<T>> {
    let text = row.opt_text(column)?;
    text.map(|t| {
        serde_json::from_str(&t).map_err(|e| StoreError::Corrupt(format!("{column}: {e}")))
    })
    .transpose()
}

/// A word of a closed list, as its enum reads it.
pub(crate) fn word<T>(
    row: &dyn Cols,
    column: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T> {
    let text = row.text(column)?;
    parse(&text).ok_or_else(|| StoreError::Corrupt(format!("{column} holds {text:?}")))
}

pub(crate) fn null(column: &str) -> StoreError {
    StoreError::Corrupt(format!("{column} is null"))
}

macro_rules! cols {
    ($row:ty) => {
        impl Cols for $row {
            fn opt_int(&self, column: &str) -> Result<Option<i64>> {
                Ok(self.try_get(column)?)
            }
            fn opt_real(&self, column: &str) -> Result<Option<f64>> {
                Ok(self.try_get(column)?)
            }
            fn opt_text(&self, column: &str) -> Result<Option<String>> {
                // unchecked: a JSON column is read as the text it is
                Ok(self.try_get_unchecked(column)?)
            }
            fn opt_flag(&self, column: &str) -> Result<Option<bool>> {
                Ok(self.try_get(column)?)
            }
            fn opt_bytes(&self, column: &str) -> Result<Option<Vec<u8>>> {
                Ok(self.try_get(column)?)
            }
        }
    };
}
cols!(SqliteRow);
cols!(PgRow);
