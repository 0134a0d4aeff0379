//! The program's own settings (`meta`: text by name) and its counters.
use crate::{
    Result, Store, Tx,
    base::{sql::sql, val::args},
};

const RULES_VERSION: &str = "rules_version";
const DETECTED_THROUGH: &str = "detected_through";

impl Store {
    /// A setting that the program keeps for itself, such as a key made at the first start.
    pub async fn meta(&self, key: &str) -> Result<Option<String>> {
        self.main
            .read()
            .opt(sql!("SELECT value FROM meta WHERE id = $1"), args![key], |r| r.text("value"))
            .await
    }

    /// Grows with every change of any rule: whoever holds compiled rules compares it.
    pub async fn rules_version(&self) -> Result<i64> {
        self.counter(RULES_VERSION).await
    }

    /// The newest journal block whose alerts are stored; 0 before the first.
    pub async fn detected_through(&self) -> Result<i64> {
        self.counter(DETECTED_THROUGH).await
    }

    async fn counter(&self, name: &str) -> Result<i64> {
        self.main
            .read()
            .count(sql!("SELECT value AS n FROM counters WHERE id = $1"), args![name])
            .await
    }
}

impl Tx {
    pub async fn set_meta(&mut self, key: &str, value: &str) -> Result<()> {
        let sql = sql!(
            "INSERT INTO meta (id, value) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET value = excluded.value"
        );
        self.on().exec(sql, args![key, value]).await.map(|_| ())
    }

    /// Keeps `value` when there is none yet, and answers the one that is kept: two first starts agree on one.
    pub async fn meta_or_insert(&mut self, key: &str, value: &str) -> Result<String> {
        let insert =
            sql!("INSERT INTO meta (id, value) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING");
        self.on().exec(insert, args![key, value]).await?;
        self.on()
            .one(sql!("SELECT value FROM meta WHERE id = $1"), args![key], |r| r.text("value"))
            .await
    }

    /// Called in the same transaction as the alerts of the blocks up to `seq`: a block counts as detected with its alerts or
    /// not at all. Never goes back.
    pub async fn set_detected_through(&mut self, seq: i64) -> Result<()> {
        let sql = sql!("UPDATE counters SET value = $2 WHERE id = $1 AND value < $2");
        self.on().exec(sql, args![DETECTED_THROUGH, seq]).await.map(|_| ())
    }

    /// Like [`Store::detected_through`], holding the counter until the transaction ends.
    pub async fn detected_through(&mut self) -> Result<i64> {
        let mut on = self.on();
        let sql = on.locking(sql!("SELECT c.value AS n FROM counters c WHERE c.id = $1"), "c");
        on.count(sql, args![DETECTED_THROUGH]).await
    }

    pub(crate) async fn bump_rules_version(&mut self) -> Result<()> {
        let sql = sql!("UPDATE counters SET value = value + 1 WHERE id = $1");
        self.on().exec(sql, args![RULES_VERSION]).await.map(|_| ())
    }
}
