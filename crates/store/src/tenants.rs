//! Tenants: whose data it is. Nobody sees across.
use crate::{
    Result, Store, Tx,
    base::{sql::sql, val::args},
};
use model::Micros;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    pub id: String,
    pub name: String,
    pub created_at: Micros,
}

impl Store {
    /// All of them, by id.
    pub async fn tenants(&self) -> Result<Vec<Tenant>> {
        let sql = sql!("SELECT id, name, created_at FROM tenants ORDER BY id");
        let map = |r: &dyn crate::base::row::Cols| {
            Ok(Tenant {
                id: r.text("id")?,
                name: r.text("name")?,
                created_at: r.time("created_at")?,
            })
        };
        self.main.read().all(sql, args![], map).await
    }
}

impl Tx {
    /// Makes the tenant unless it is there. Rules, people and agents need it.
    pub async fn ensure_tenant(&mut self, id: &str, name: &str, now: Micros) -> Result<()> {
        let sql = sql!(
            "INSERT INTO tenants (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING"
        );
        self.on().exec(sql, args![id, name, now]).await.map(|_| ())
    }
}
