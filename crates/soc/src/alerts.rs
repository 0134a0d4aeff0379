//! Working alerts. Alerts belong to the tenant's whole team: whoever may read alerts sees all of them.
use crate::{
    Soc, fault,
    record::{self, Act},
    retention::not_on_hold,
};
use backend::{AlertsBackend, Reply};
use model::{
    Caller, Micros, Origin, Page, Permission, Problem,
    alert::{
        Alert, AlertAction, AlertBulk, AlertBulkResult, AlertChange, AlertQuery, AlertState,
        AlertStatus, MAX_BULK, NewAlert,
    },
    caller::Sender,
    explore::EventRow,
    live::Note,
};
use serde_json::{Value, json};
use store::{NewAction, StoreError, Tx};

fn not_there(e: StoreError) -> Problem {
    match e {
        StoreError::NotFound => Problem::not_found("Alert not found"),
        StoreError::Conflict(_) => {
            Problem::field("assigned_to", "unknown", "is nobody of this team")
        }
        other => fault::store(other),
    }
}

fn state(a: &Alert) -> AlertState {
    AlertState {
        id: a.id,
        status: a.status,
        assigned_to: a.assigned_to,
        conclusion: a.conclusion.clone(),
    }
}

fn act<'a>(action: &'a str, id: i64, before: Option<Value>, after: Option<Value>) -> Act<'a> {
    Act { action, target_type: "alert", target_id: id.to_string(), before, after }
}

/// The audit trail's verb for a change.
fn verb(before: &AlertState, after: &AlertState) -> &'static str {
    match (before.status, after.status) {
        (b, AlertStatus::Closed) if b != AlertStatus::Closed => "alert.close",
        (AlertStatus::Closed, a) if a != AlertStatus::Closed => "alert.reopen",
        _ if before.assigned_to != after.assigned_to => "alert.assign",
        _ => "alert.update",
    }
}

/// One history line for each thing that changed.
async fn write_history(
    tx: &mut Tx,
    who: &Caller,
    before: &AlertState,
    after: &AlertState,
    now: Micros,
) -> Result<(), Problem> {
    let lines = [
        ("status", json!(before.status), json!(after.status)),
        ("assigned", json!(before.assigned_to), json!(after.assigned_to)),
        ("conclusion", json!(before.conclusion), json!(after.conclusion)),
    ];
    for (action, from, to) in lines {
        if from != to {
            let line = NewAction {
                user_id: Some(who.user_id),
                who: &who.name,
                action,
                details: json!({"from": from, "to": to}),
            };
            tx.add_alert_action(&who.tenant, after.id, &line, now).await.map_err(not_there)?;
        }
    }
    Ok(())
}

/// Writes the audit rows of a transaction, in their order.
async fn tell(
    tx: &mut Tx,
    who: &Caller,
    acts: Vec<Act<'static>>,
    now: Micros,
) -> Result<(), Problem> {
    for act in acts {
        record::by(tx, who, act, now).await?;
    }
    Ok(())
}

impl Soc {
    /// One alert inside a transaction: checks, saves, writes history. Answers the alert before and after, and what is to be told
    /// in the audit trail when all alerts of the transaction are saved: everybody writes there, so whoever waits for an alert
    /// must not hold it.
    async fn change_one(
        &self,
        tx: &mut Tx,
        who: &Caller,
        id: i64,
        change: AlertChange,
        now: Micros,
    ) -> Result<(AlertState, Alert, Option<Act<'static>>), Problem> {
        let alert = tx.alert_for_update(&who.tenant, id).await.map_err(not_there)?;
        let before = state(&alert);
        let change = change.check((before.status, before.conclusion.as_deref()))?;
        let wanted = AlertState {
            id,
            status: change.status.unwrap_or(before.status),
            assigned_to: change.assigned_to.unwrap_or(before.assigned_to),
            conclusion: change
                .conclusion
                .or_else(|| before.conclusion.clone())
                .filter(|c| !c.is_empty()),
        };
        if wanted == before {
            return Ok((before, alert, None));
        }
        let alert = tx.save_alert(&who.tenant, &wanted, now).await.map_err(not_there)?;
        write_history(tx, who, &before, &wanted, now).await?;
        let act = act(verb(&before, &wanted), id, record::value(&before), record::value(&wanted));
        Ok((before, alert, Some(act)))
    }
}

impl Soc {
    /// An alert from an integration that knows the shared token. Its `source` is its own word: history and audit name the
    /// token, or anybody who knows it could write rows in a colleague's name.
    pub async fn file_alert(
        &self,
        sender: &Sender,
        origin: &Origin,
        new: NewAlert,
    ) -> Result<Alert, Problem> {
        let (new, now, tenant) = (new.check()?, (self.clock)(), sender.tenant());
        let who = record::name(sender);
        let mut tx = self.store.begin().await.map_err(fault::store)?;
        let alert = tx.insert_alert(tenant, &new, now).await.map_err(not_there)?;
        let line = NewAction { user_id: None, who, action: "created", details: json!({}) };
        tx.add_alert_action(tenant, alert.id, &line, now).await.map_err(not_there)?;
        let act = act("alert.create", alert.id, None, record::value(&new));
        record::by_nobody(&mut tx, tenant, who, origin, act, now).await?;
        tx.commit().await.map_err(fault::store)?;
        self.live.tell(
            tenant,
            Note::Alert { id: alert.id, severity: alert.severity, title: alert.title.clone() },
        );
        Ok(alert)
    }
}

impl AlertsBackend for Soc {
    fn alerts<'a>(&'a self, who: &'a Caller, query: AlertQuery) -> Reply<'a, Page<Alert>> {
        Box::pin(async move {
            who.require(Permission::ReadAlerts)?;
            self.store.alerts(&who.tenant, &query).await.map_err(|e| match e {
                StoreError::BadCursor => Problem::field("cursor", "unknown", "is not one of ours"),
                other => fault::store(other),
            })
        })
    }

    fn alert<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, Alert> {
        Box::pin(async move {
            who.require(Permission::ReadAlerts)?;
            self.store.alert(&who.tenant, id).await.map_err(not_there)
        })
    }

    fn alert_history<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, Vec<AlertAction>> {
        Box::pin(async move {
            who.require(Permission::ReadAlerts)?;
            self.store.alert(&who.tenant, id).await.map_err(not_there)?;
            self.store.alert_history(&who.tenant, id).await.map_err(not_there)
        })
    }

    fn alert_evidence<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, Vec<EventRow>> {
        Box::pin(async move {
            who.require(Permission::ReadAlerts)?;
            let alert = self.store.alert(&who.tenant, id).await.map_err(not_there)?;
            self.engine.get(&who.tenant, &alert.event_ids).await.map_err(fault::search)
        })
    }

    fn create_alert<'a>(&'a self, who: &'a Caller, new: NewAlert) -> Reply<'a, Alert> {
        Box::pin(async move {
            who.require(Permission::WorkAlerts)?;
            let (new, now) = (new.check()?, (self.clock)());
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            let alert = tx.insert_alert(&who.tenant, &new, now).await.map_err(not_there)?;
            let line = NewAction {
                user_id: Some(who.user_id),
                who: &who.name,
                action: "created",
                details: json!({}),
            };
            tx.add_alert_action(&who.tenant, alert.id, &line, now).await.map_err(not_there)?;
            record::by(&mut tx, who, act("alert.create", alert.id, None, record::value(&new)), now)
                .await?;
            tx.commit().await.map_err(fault::store)?;
            self.live.tell(
                &who.tenant,
                Note::Alert { id: alert.id, severity: alert.severity, title: alert.title.clone() },
            );
            Ok(alert)
        })
    }

    fn change_alert<'a>(
        &'a self,
        who: &'a Caller,
        id: i64,
        change: AlertChange,
    ) -> Reply<'a, Alert> {
        Box::pin(async move {
            who.require(Permission::WorkAlerts)?;
            let now = (self.clock)();
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            let (before, alert, act) = self.change_one(&mut tx, who, id, change, now).await?;
            tell(&mut tx, who, act.into_iter().collect(), now).await?;
            tx.commit().await.map_err(fault::store)?;
            if before != state(&alert) {
                self.live.tell(&who.tenant, Note::AlertChanged { ids: vec![id] });
            }
            Ok(alert)
        })
    }

    fn change_alerts<'a>(&'a self, who: &'a Caller, bulk: AlertBulk) -> Reply<'a, AlertBulkResult> {
        Box::pin(async move {
            who.require(Permission::WorkAlerts)?;
            fault::unless_some("ids", bulk.ids.len(), MAX_BULK, "alerts")?;
            let now = (self.clock)();
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            tx.hold_alerts(&who.tenant, &bulk.ids).await.map_err(fault::store)?;
            let (mut changed, mut old, mut acts) = (Vec::new(), Vec::new(), Vec::new());
            for id in bulk.ids {
                let (before, alert, act) =
                    self.change_one(&mut tx, who, id, bulk.change.clone(), now).await?;
                acts.extend(act);
                if before != state(&alert) {
                    changed.push(id);
                    old.push(before);
                }
            }
            tell(&mut tx, who, acts, now).await?;
            tx.commit().await.map_err(fault::store)?;
            self.live.tell(&who.tenant, Note::AlertChanged { ids: changed.clone() });
            Ok(AlertBulkResult { changed, before: old })
        })
    }

    fn restore_alerts<'a>(
        &'a self,
        who: &'a Caller,
        before: Vec<AlertState>,
    ) -> Reply<'a, AlertBulkResult> {
        Box::pin(async move {
            who.require(Permission::WorkAlerts)?;
            fault::unless_some("before", before.len(), MAX_BULK, "alerts")?;
            let before: Vec<AlertState> =
                before.into_iter().map(AlertState::check).collect::<Result<_, _>>()?;
            let now = (self.clock)();
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            let ids: Vec<i64> = before.iter().map(|b| b.id).collect();
            tx.hold_alerts(&who.tenant, &ids).await.map_err(fault::store)?;
            let (mut changed, mut old, mut acts) = (Vec::new(), Vec::new(), Vec::new());
            for wanted in before {
                let present =
                    state(&tx.alert_for_update(&who.tenant, wanted.id).await.map_err(not_there)?);
                // what the program added since (a further match) is no reason to refuse, nor does it hide one
                let last =
                    tx.last_person_action(&who.tenant, wanted.id).await.map_err(not_there)?;
                if last.is_some_and(|l| l.user_id != Some(who.user_id)) {
                    let text = format!(
                        "Somebody changed alert {} meanwhile. Nothing was undone",
                        wanted.id
                    );
                    return Err(Problem::conflict(text));
                }
                if present == wanted {
                    continue;
                }
                tx.restore_alert(&who.tenant, &wanted, now).await.map_err(not_there)?;
                let details = json!({"from": present, "to": wanted});
                let line = NewAction {
                    user_id: Some(who.user_id),
                    who: &who.name,
                    action: "restored",
                    details,
                };
                tx.add_alert_action(&who.tenant, wanted.id, &line, now).await.map_err(not_there)?;
                acts.push(act(
                    "alert.restore",
                    wanted.id,
                    record::value(&present),
                    record::value(&wanted),
                ));
                changed.push(wanted.id);
                old.push(present);
            }
            tell(&mut tx, who, acts, now).await?;
            tx.commit().await.map_err(fault::store)?;
            self.live.tell(&who.tenant, Note::AlertChanged { ids: changed.clone() });
            Ok(AlertBulkResult { changed, before: old })
        })
    }

    fn delete_alert<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, ()> {
        Box::pin(async move {
            who.require(Permission::DeleteAlerts)?;
            let now = (self.clock)();
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            not_on_hold(&mut tx, &who.tenant).await?;
            let alert = tx.alert_for_update(&who.tenant, id).await.map_err(not_there)?;
            tx.delete_alert(&who.tenant, id).await.map_err(not_there)?;
            record::by(&mut tx, who, act("alert.delete", id, record::value(&alert), None), now)
                .await?;
            tx.commit().await.map_err(fault::store)?;
            self.live.tell(&who.tenant, Note::AlertChanged { ids: vec![id] });
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_verb_says_what_mattered() {
        let at = |status, assigned_to| AlertState { id: 1, status, assigned_to, conclusion: None };
        use AlertStatus::{Closed, InProgress, Open};
        assert_eq!(verb(&at(Open, None), &at(Closed, Some(2))), "alert.close");
        assert_eq!(verb(&at(Closed, None), &at(Open, None)), "alert.reopen");
        assert_eq!(verb(&at(Open, None), &at(Open, Some(2))), "alert.assign");
        assert_eq!(verb(&at(Open, None), &at(InProgress, None)), "alert.update");
    }
}
