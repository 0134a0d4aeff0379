//! Audit rows, written in the transaction of the change they tell of.
use model::{Caller, Micros, Problem};
use serde::Serialize;
use serde_json::Value;
use store::{AuditRow, Tx};

/// What was done to what.
pub(crate) struct Act<'a> {
    pub action: &'a str,
    pub target_type: &'a str,
    pub target_id: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

pub(crate) fn value<T: Serialize>(v: &T) -> Option<Value> {
    serde_json::to_value(v).ok()
}

pub(crate) async fn by(
    tx: &mut Tx,
    who: &Caller,
    act: Act<'_>,
    now: Micros,
) -> Result<(), Problem> {
    let row = AuditRow {
        user_id: Some(who.user_id),
        actor: who.email.clone(),
        ip: who.origin.ip.clone(),
        request_id: who.origin.request_id.clone(),
        action: act.action.into(),
        target_type: act.target_type.into(),
        target_id: act.target_id,
        before: act.before,
        after: act.after,
    };
    tx.audit(&who.tenant, &row, now).await.map_err(crate::fault::store).map(drop)
}

/// For what nobody signed in did: the program, a command line, an agent.
pub(crate) async fn by_system(
    tx: &mut Tx,
    tenant: &str,
    actor: &str,
    ip: &str,
    act: Act<'_>,
    now: Micros,
) -> Result<(), Problem> {
    let row = AuditRow {
        user_id: None,
        actor: actor.into(),
        ip: ip.into(),
        request_id: String::new(),
        action: act.action.into(),
        target_type: act.target_type.into(),
        target_id: act.target_id,
        before: act.before,
        after: act.after,
    };
    tx.audit(tenant, &row, now).await.map_err(crate::fault::store).map(drop)
}
