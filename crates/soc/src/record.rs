//! Audit rows, written in the transaction of the change they tell of.
use model::{Caller, Micros, Origin, Problem, caller::Sender};
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

/// What a sender is called in the audit trail and in histories: by how it proved itself, never by what it says of itself.
pub(crate) fn name(sender: &Sender) -> &str {
    match sender {
        Sender::User(who) => &who.email,
        Sender::Agent { name, .. } => name,
        Sender::SharedToken { .. } => "shared agent token",
    }
}

/// For what no request asked for: the program, a command line.
pub(crate) async fn by_system(
    tx: &mut Tx,
    tenant: &str,
    actor: &str,
    ip: &str,
    act: Act<'_>,
    now: Micros,
) -> Result<(), Problem> {
    let origin = Origin { ip: ip.into(), ..Origin::default() };
    by_nobody(tx, tenant, actor, &origin, act, now).await
}

/// For what a request asked for that nobody signed in sent: an agent, an integration.
pub(crate) async fn by_nobody(
    tx: &mut Tx,
    tenant: &str,
    actor: &str,
    origin: &Origin,
    act: Act<'_>,
    now: Micros,
) -> Result<(), Problem> {
    let row = AuditRow {
        user_id: None,
        actor: actor.into(),
        ip: origin.ip.clone(),
        request_id: origin.request_id.clone(),
        action: act.action.into(),
        target_type: act.target_type.into(),
        target_id: act.target_id,
        before: act.before,
        after: act.after,
    };
    tx.audit(tenant, &row, now).await.map_err(crate::fault::store).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_called_by_how_it_proved_itself() {
        let tenant = String::from("acme");
        assert_eq!(name(&Sender::SharedToken { tenant: tenant.clone() }), "shared agent token");
        assert_eq!(name(&Sender::Agent { tenant, agent_id: 1, name: "ws-1".into() }), "ws-1");
    }
}
