//! Failed sign-ins, by whatever key the caller counts (address, network). What follows from a count is the caller's to say.
use crate::{
    Result, Store, Tx,
    base::{row::Cols, sql::sql, val::args},
};
use model::Micros;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    pub failures: i64,
    pub last_at: Micros,
}

fn read(r: &dyn Cols) -> Result<Throttle> {
    Ok(Throttle { failures: r.int("failures")?, last_at: r.time("last_at")? })
}

impl Store {
    pub async fn throttle(&self, key: &str) -> Result<Option<Throttle>> {
        self.main
            .read()
            .opt(
                sql!("SELECT failures, last_at FROM login_throttle WHERE id = $1"),
                args![key],
                read,
            )
            .await
    }
}

impl Tx {
    /// One more failure; answers the new count.
    pub async fn bump_throttle(&mut self, key: &str, now: Micros) -> Result<Throttle> {
        let sql = sql!(
            "INSERT INTO login_throttle (id, failures, last_at) VALUES ($1, 1, $2) ON CONFLICT (id) \
             DO UPDATE SET failures = login_throttle.failures + 1, last_at = excluded.last_at RETURNING failures, last_at"
        );
        self.on().one(sql, args![key, now], read).await
    }

    pub async fn clear_throttle(&mut self, key: &str) -> Result<()> {
        self.on()
            .exec(sql!("DELETE FROM login_throttle WHERE id = $1"), args![key])
            .await
            .map(|_| ())
    }

    /// Forgets keys whose last failure is older. Answers how many.
    pub async fn purge_throttle(&mut self, before: Micros) -> Result<i64> {
        self.on().exec(sql!("DELETE FROM login_throttle WHERE last_at < $1"), args![before]).await
    }
}
