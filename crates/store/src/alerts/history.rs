//! The history of an alert: one line for each thing that was done to it.
use crate::{
    Result, Store, Tx,
    base::{
        row::{Cols, json},
        sql::sql,
        val::args,
    },
};
use model::{Micros, alert::AlertAction};
use serde_json::{Value, json};

/// A line to be written.
#[derive(Clone, Debug)]
pub struct NewAction<'a> {
    pub user_id: Option<i64>,
    /// The person, the agent, `shared agent token`, or `EventSec`.
    pub who: &'a str,
    /// One of the words that `AlertAction::action` lists.
    pub action: &'a str,
    /// `{"from": …, "to": …}`
    pub details: Value,
}

macro_rules! action_columns {
    () => {
        "SELECT h.id, h.alert_id, h.at, h.user_id, h.who, h.action, h.details FROM alert_actions h"
    };
}

fn action(r: &dyn Cols) -> Result<AlertAction> {
    Ok(AlertAction {
        id: r.int("id")?,
        alert_id: r.int("alert_id")?,
        at: r.time("at")?,
        user_id: r.opt_int("user_id")?,
        who: r.text("who")?,
        action: r.text("action")?,
        details: json(r, "details")?.unwrap_or(Value::Null),
    })
}

impl Store {
    /// Newest first, the newest 1,000.
    pub async fn alert_history(&self, tenant: &str, alert_id: i64) -> Result<Vec<AlertAction>> {
        let sql = sql!(
            action_columns!(),
            " WHERE h.tenant = $1 AND h.alert_id = $2 ORDER BY h.id DESC LIMIT 1000"
        );
        self.main.read().all(sql, args![tenant, alert_id], action).await
    }
}

impl Tx {
    /// # Errors
    /// `NotFound` when the alert is not of this tenant.
    pub async fn add_alert_action(
        &mut self,
        tenant: &str,
        alert_id: i64,
        new: &NewAction<'_>,
        now: Micros,
    ) -> Result<()> {
        let sql = sql!(
            "INSERT INTO alert_actions (tenant, alert_id, at, user_id, who, action, details) \
             SELECT a.tenant, a.id, CAST($3 AS BIGINT), CAST($4 AS BIGINT), $5, $6, $7 FROM alerts a \
             WHERE a.tenant = $1 AND a.id = $2"
        );
        self.changes_one(
            sql,
            args![tenant, alert_id, now, new.user_id, new.who, new.action, &new.details],
        )
        .await
    }

    /// The newest line, whoever wrote it.
    pub async fn last_alert_action(
        &mut self,
        tenant: &str,
        alert_id: i64,
    ) -> Result<Option<AlertAction>> {
        let sql = sql!(
            action_columns!(),
            " WHERE h.tenant = $1 AND h.alert_id = $2 ORDER BY h.id DESC LIMIT 1"
        );
        self.on().opt(sql, args![tenant, alert_id], action).await
    }

    /// The newest line that a person wrote, which tells whether somebody was here meanwhile: what the program noted since (a
    /// further match) must not hide it.
    pub async fn last_person_action(
        &mut self,
        tenant: &str,
        alert_id: i64,
    ) -> Result<Option<AlertAction>> {
        let sql = sql!(
            action_columns!(),
            " WHERE h.tenant = $1 AND h.alert_id = $2 AND h.user_id IS NOT NULL ORDER BY h.id DESC LIMIT 1"
        );
        self.on().opt(sql, args![tenant, alert_id], action).await
    }

    /// Says that an alert matched again. Repeats with nothing in between share one line, or a busy rule would bury what people did.
    pub(crate) async fn matched_again(
        &mut self,
        tenant: &str,
        alert_id: i64,
        before: i64,
        count: i64,
        now: Micros,
    ) -> Result<()> {
        match self.last_alert_action(tenant, alert_id).await? {
            Some(last) if last.action == "matched_again" => {
                let from = last.details.get("from").and_then(Value::as_i64).unwrap_or(before);
                let sql = sql!(
                    "UPDATE alert_actions SET at = $3, details = $4 WHERE tenant = $1 AND id = $2"
                );
                self.changes_one(
                    sql,
                    args![tenant, last.id, now, &json!({"from": from, "to": count})],
                )
                .await
            }
            _ => {
                let details = json!({"from": before, "to": count});
                let new = NewAction {
                    user_id: None,
                    who: super::raise::PROGRAM,
                    action: "matched_again",
                    details,
                };
                self.add_alert_action(tenant, alert_id, &new, now).await
            }
        }
    }
}
