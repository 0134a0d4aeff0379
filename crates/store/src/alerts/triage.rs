//! What people do to alerts: file, change, undo, delete. History and audit rows are the caller's, in the same transaction.
use super::{Row, get, insert_alert_text};
use crate::{
    Result, Tx,
    base::{
        filter::{Filter, MAX_LIST, padded},
        sql::sql,
        val::args,
    },
};
use model::{
    Micros,
    alert::{Alert, AlertState, AlertStatus, NewAlert},
};

impl Tx {
    /// Holds those of the tenant's alerts that there are until the transaction ends. Whoever changes several calls this before
    /// anything else: the order of ids is everybody's, so no two wait for each other.
    pub async fn hold_alerts(&mut self, tenant: &str, ids: &[i64]) -> Result<()> {
        if !self.on().is_postgres() {
            return Ok(()); // the transaction holds everything
        }
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        for some in ids.chunks(MAX_LIST) {
            let mut these = Filter::tenant("a.tenant", tenant);
            these.any("a.id", padded(some));
            let rest = "ORDER BY a.id FOR UPDATE OF a";
            let (sql, values) = these.statement("SELECT a.id FROM alerts a", rest, []);
            self.on().all(sql, values, |r| r.int("id")).await?;
        }
        Ok(())
    }

    /// The alert as stored, held until the transaction ends.
    pub async fn alert_for_update(&mut self, tenant: &str, id: i64) -> Result<Alert> {
        get(&mut self.on(), tenant, id).await
    }

    /// An alert that a person or an integration sent: open, without a rule, without events.
    pub async fn insert_alert(
        &mut self,
        tenant: &str,
        new: &NewAlert,
        now: Micros,
    ) -> Result<Alert> {
        let row = Row {
            tenant,
            title: &new.title,
            description: &new.description,
            source: &new.source,
            category: &new.category,
            severity: new.severity,
            url: new.url.as_deref(),
            sender: new.sender.as_deref(),
            username: new.username.as_deref(),
            hostname: new.hostname.as_deref(),
            rule_id: None,
            dedup_key: None,
            window: None,
            first_seen: now,
            last_seen: now,
            create_incident: false,
            sample: false,
        };
        let sql = sql!(insert_alert_text!(), " RETURNING id");
        let id = self.on().one(sql, row.values(now), |r| r.int("id")).await?;
        self.alert_for_update(tenant, id).await
    }

    /// Stores status, assignee and conclusion. `closed_at` is `now` when the alert closes by this, stays while it is closed,
    /// and goes when it opens again.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for an assignee who does not exist in this tenant.
    pub async fn save_alert(
        &mut self,
        tenant: &str,
        state: &AlertState,
        now: Micros,
    ) -> Result<Alert> {
        let sql = sql!(
            "UPDATE alerts SET closed_at = CASE WHEN $3 <> 'closed' THEN NULL WHEN status = 'closed' THEN closed_at ELSE $6 END, \
             last_closed_at = COALESCE(closed_at, last_closed_at), \
             status = $3, assigned_to = $4, conclusion = $5, \
             updated_at = CASE WHEN updated_at > $6 THEN updated_at + 1 ELSE $6 END WHERE tenant = $1 AND id = $2"
        );
        self.put_state(sql, tenant, state, now).await
    }

    /// Undoes a change: like [`Tx::save_alert`], but an alert that closes by this was closed when it was closed before.
    pub async fn restore_alert(
        &mut self,
        tenant: &str,
        state: &AlertState,
        now: Micros,
    ) -> Result<Alert> {
        let sql = sql!(
            "UPDATE alerts SET closed_at = CASE WHEN $3 <> 'closed' THEN NULL ELSE COALESCE(closed_at, last_closed_at, $6) END, \
             last_closed_at = COALESCE(closed_at, last_closed_at), \
             status = $3, assigned_to = $4, conclusion = $5, \
             updated_at = CASE WHEN updated_at > $6 THEN updated_at + 1 ELSE $6 END WHERE tenant = $1 AND id = $2"
        );
        self.put_state(sql, tenant, state, now).await
    }

    async fn put_state(
        &mut self,
        sql: &'static str,
        tenant: &str,
        state: &AlertState,
        now: Micros,
    ) -> Result<Alert> {
        if let Some(user) = state.assigned_to {
            let there = sql!("SELECT COUNT(*) AS n FROM users WHERE tenant = $1 AND id = $2");
            if self.on().count(there, args![tenant, user]).await? == 0 {
                return Err(crate::StoreError::Conflict("the assignee does not exist"));
            }
        }
        let status: AlertStatus = state.status;
        self.changes_one(
            sql,
            args![tenant, state.id, status.as_str(), state.assigned_to, &state.conclusion, now],
        )
        .await?;
        self.alert_for_update(tenant, state.id).await
    }

    /// With its history and evidence ids; the events stay.
    pub async fn delete_alert(&mut self, tenant: &str, id: i64) -> Result<()> {
        self.changes_one(
            sql!("DELETE FROM alerts WHERE tenant = $1 AND id = $2"),
            args![tenant, id],
        )
        .await
    }
}
