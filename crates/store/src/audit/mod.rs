//! The audit trail: rows are added in the transaction of what they tell, chained per tenant, and never touched again.
pub(crate) mod chain;
mod list;
mod verify;

use crate::{
    Result, Tx,
    base::{
        sql::sql,
        val::{Val, args, clean, json_text},
    },
};
use chain::{Link, seal};
use model::{Micros, audit::AuditEntry};
use serde_json::Value;

/// One thing that somebody did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditRow {
    pub user_id: Option<i64>,
    /// E-mail address, agent name, or `system`.
    pub actor: String,
    pub ip: String,
    pub request_id: String,
    /// Verb and object, such as `alert.close`.
    pub action: String,
    /// Kind of thing, such as `alert`.
    pub target_type: String,
    pub target_id: String,
    /// Must hold no secret: it is shown and never deleted.
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Tx {
    /// Adds a row at the end of the tenant's chain, which is held until the transaction ends.
    pub async fn audit(&mut self, tenant: &str, row: &AuditRow, now: Micros) -> Result<AuditEntry> {
        let step = sql!(
            "INSERT INTO audit_heads (tenant, seq, hash) VALUES ($1, 1, '') \
             ON CONFLICT (tenant) DO UPDATE SET seq = audit_heads.seq + 1 RETURNING seq, hash"
        );
        let (seq, prev) =
            self.on().one(step, args![tenant], |r| Ok((r.int("seq")?, r.text("hash")?))).await?;
        let text = |v: &Option<Value>| v.as_ref().map(json_text);
        let link = Link {
            tenant: clean(tenant).into_owned(),
            prev,
            entry: AuditEntry {
                seq,
                at: now,
                user_id: row.user_id,
                actor: clean(&row.actor).into_owned(),
                ip: clean(&row.ip).into_owned(),
                request_id: clean(&row.request_id).into_owned(),
                action: clean(&row.action).into_owned(),
                target_type: clean(&row.target_type).into_owned(),
                target_id: clean(&row.target_id).into_owned(),
                before: row.before.clone(),
                after: row.after.clone(),
                hash: String::new(),
            },
            before: text(&row.before),
            after: text(&row.after),
        };
        let hash = seal(&link);
        let e = link.entry;
        let words =
            format!("{}\n{}\n{}\n{}", e.actor, e.action, e.target_type, e.target_id).to_lowercase();
        let insert = sql!(
            "INSERT INTO audit (tenant, seq, at, user_id, actor, ip, request_id, action, target_type, target_id, state_before, \
             state_after, prev_hash, hash, words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        );
        let values = args![
            tenant,
            seq,
            now,
            e.user_id,
            &e.actor,
            &e.ip,
            &e.request_id,
            &e.action,
            &e.target_type,
            &e.target_id,
            Val::Json(link.before),
            Val::Json(link.after),
            &link.prev,
            &hash,
            words
        ];
        self.on().exec(insert, values).await?;
        self.on()
            .exec(sql!("UPDATE audit_heads SET hash = $2 WHERE tenant = $1"), args![tenant, &hash])
            .await?;
        Ok(AuditEntry { hash, ..e })
    }
}
