//! Alerts of all tenants, for whoever keeps copies of them elsewhere: what changed, what there is, and the rows themselves.
use super::{add_evidence, alert, alert_select};
use crate::{
    Result, Store,
    base::{filter, filter::MAX_LIST, sql::sql, val::args},
};
use model::{Micros, alert::Alert};

impl Store {
    /// Times and ids of changes, oldest first, strictly after that place. One that is committed late comes before places that were
    /// read already.
    pub async fn alert_changes(
        &self,
        after: (Micros, i64),
        limit: i64,
    ) -> Result<Vec<(Micros, i64)>> {
        let sql = sql!(
            "SELECT a.updated_at, a.id FROM alerts a WHERE (a.updated_at, a.id) > ($1, $2) ORDER BY a.updated_at, a.id LIMIT $3"
        );
        let place = args![after.0, after.1, limit];
        self.main.read().all(sql, place, |r| Ok((r.time("updated_at")?, r.int("id")?))).await
    }

    /// Ids after that one, in their order, and when each alert changed last.
    pub async fn alert_versions(&self, after: i64, limit: i64) -> Result<Vec<(i64, i64)>> {
        let sql =
            sql!("SELECT a.id, a.updated_at FROM alerts a WHERE a.id > $1 ORDER BY a.id LIMIT $2");
        let mut read = self.main.read();
        read.all(sql, args![after, limit], |r| Ok((r.int("id")?, r.int("updated_at")?))).await
    }

    /// Alerts with their tenants, by id; those that are not there are left out.
    pub async fn alerts_of_all(&self, ids: &[i64]) -> Result<Vec<(String, Alert)>> {
        let mut found = Vec::new();
        for some in ids.chunks(MAX_LIST) {
            let mut on = self.main.read();
            let (sql, values) = filter::among(concat!(alert_select!(), " WHERE a.id IN "), some);
            let rows = on.all(sql, values, |r| Ok((r.text("tenant")?, alert(r)?))).await?;
            let (tenants, mut alerts): (Vec<String>, Vec<Alert>) = rows.into_iter().unzip();
            add_evidence(&mut on, &mut alerts).await?;
            found.extend(tenants.into_iter().zip(alerts));
        }
        found.sort_by_key(|(_, a)| a.id);
        Ok(found)
    }
}
