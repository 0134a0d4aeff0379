//! Alerts: list, work, undo.
use crate::{
    api::{
        extract::{By, Params, Sent, Via, Who},
        reply::{Said, list as listed, said},
    },
    state::AppState,
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use backend::AlertsBackend;
use model::{
    Permission, Problem, Severity,
    alert::{
        Alert, AlertAction, AlertBulk, AlertBulkResult, AlertChange, AlertQuery, AlertSort,
        AlertState, AlertStatus, NewAlert,
    },
    caller::Sender,
    explore::EventRow,
    page::MAX_PAGE,
};
use platform::{ApiResult, Entry, Ledger, Principal};

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    let list_entry = Entry::get("/alerts", "Alerts of the team, newest first")
        .needs(Permission::ReadAlerts)
        .query("status", "string", "open, in_progress, closed; several by comma")
        .query("severity", "string", "low, medium, high, critical; several by comma")
        .query("text", "string", "words in title, description, host, user or source")
        .query("assigned", "string", "me, none, or a person's id")
        .query("rule_id", "integer", "raised by this rule")
        .query("hostname", "string", "of this host")
        .query("username", "string", "of this user")
        .query("since", "string", "created at or after this time")
        .query("until", "string", "created before this time")
        .query("closed_since", "string", "closed at or after this time")
        .query("sort", "string", "newest, oldest, severity, updated")
        .query("limit", "integer", "rows, 1 to 500")
        .query("cursor", "string", "X-Next-Cursor of the page before")
        .replies_list::<Alert>()
        .paged();
    l.route(list_entry, list)
        .route(
            Entry::post("/alerts", "Files an alert by hand or from an integration")
                .needs(Permission::WorkAlerts)
                .also(&[Principal::SharedToken])
                .takes::<NewAlert>()
                .replies::<Alert>(),
            create,
        )
        .route(
            Entry::post("/alerts/bulk", "Changes up to 1,000 alerts at once, all or none")
                .needs(Permission::WorkAlerts)
                .takes::<AlertBulk>()
                .replies::<AlertBulkResult>(),
            bulk,
        )
        .route(
            Entry::post("/alerts/restore", "Undoes a change: takes the `before` of its answer")
                .needs(Permission::WorkAlerts)
                .takes_list::<AlertState>()
                .replies::<AlertBulkResult>(),
            restore,
        )
        .route(
            Entry::get("/alerts/{id}", "One alert")
                .needs(Permission::ReadAlerts)
                .replies::<Alert>(),
            show,
        )
        .route(
            Entry::patch(
                "/alerts/{id}",
                "Changes status, assignee or conclusion; only what is sent",
            )
            .needs(Permission::WorkAlerts)
            .takes::<AlertChange>()
            .replies::<Alert>(),
            change,
        )
        .route(
            Entry::delete("/alerts/{id}", "Deletes an alert; its events stay")
                .needs(Permission::DeleteAlerts)
                .replies::<Said>(),
            delete,
        )
        .route(
            Entry::get("/alerts/{id}/history", "What was done, newest first")
                .needs(Permission::ReadAlerts)
                .replies_list::<AlertAction>(),
            history,
        )
        .route(
            Entry::get("/alerts/{id}/events", "The events behind the alert, oldest first")
                .needs(Permission::ReadAlerts)
                .replies_list::<EventRow>(),
            evidence,
        )
}

fn query(p: &Params, me: i64) -> Result<AlertQuery, Problem> {
    let assigned = p.text("assigned");
    let assigned_to = match assigned.as_deref() {
        None | Some("none") => None,
        Some("me") => Some(me),
        Some(id) => Some(id.parse().map_err(|_| {
            Problem::field("assigned", "unknown", "must be me, none or a person's id")
        })?),
    };
    let sort = p.one("sort", "unknown", "newest, oldest, severity or updated", AlertSort::parse)?;
    Ok(AlertQuery {
        status: p.words("status", "open, in_progress or closed", AlertStatus::parse)?,
        severity: p.words("severity", "low, medium, high or critical", Severity::parse)?,
        text: p.text("text").unwrap_or_default(),
        assigned_to,
        unassigned: assigned.as_deref() == Some("none"),
        rule_id: p.number("rule_id", 1, i64::MAX)?,
        hostname: p.text("hostname"),
        username: p.text("username"),
        since: p.time("since")?,
        until: p.time("until")?,
        closed_since: p.time("closed_since")?,
        sort: sort.unwrap_or_default(),
        limit: p.number("limit", 1, MAX_PAGE)?.unwrap_or(0),
        cursor: p.text("cursor"),
    })
}

async fn list(State(s): State<AppState>, Who(who): Who, p: Params) -> ApiResult<Response> {
    let page = s.soc.alerts(&who, query(&p, who.user_id)?).await?;
    Ok(listed(&page.items, Some(page.total), page.next.as_deref()))
}

async fn create(
    State(s): State<AppState>,
    By(sender): By,
    Via(origin): Via,
    Sent(new): Sent<NewAlert>,
) -> ApiResult<Json<Alert>> {
    match sender {
        Sender::User(who) => Ok(Json(s.soc.create_alert(&who, new).await?)),
        other => Ok(Json(s.soc.file_alert(&other, &origin, new).await?)),
    }
}

async fn bulk(
    State(s): State<AppState>,
    Who(who): Who,
    Sent(b): Sent<AlertBulk>,
) -> ApiResult<Json<AlertBulkResult>> {
    Ok(Json(s.soc.change_alerts(&who, b).await?))
}

async fn restore(
    State(s): State<AppState>,
    Who(who): Who,
    Sent(b): Sent<Vec<AlertState>>,
) -> ApiResult<Json<AlertBulkResult>> {
    Ok(Json(s.soc.restore_alerts(&who, b).await?))
}

async fn show(
    State(s): State<AppState>,
    Who(who): Who,
    Path(id): Path<i64>,
) -> ApiResult<Json<Alert>> {
    Ok(Json(s.soc.alert(&who, id).await?))
}

async fn change(
    State(s): State<AppState>,
    Who(who): Who,
    Path(id): Path<i64>,
    Sent(c): Sent<AlertChange>,
) -> ApiResult<Json<Alert>> {
    Ok(Json(s.soc.change_alert(&who, id, c).await?))
}

async fn delete(
    State(s): State<AppState>,
    Who(who): Who,
    Path(id): Path<i64>,
) -> ApiResult<Json<Said>> {
    s.soc.delete_alert(&who, id).await?;
    Ok(said(format!("Alert {id} deleted successfully")))
}

async fn history(
    State(s): State<AppState>,
    Who(who): Who,
    Path(id): Path<i64>,
) -> ApiResult<Json<Vec<AlertAction>>> {
    Ok(Json(s.soc.alert_history(&who, id).await?))
}

async fn evidence(
    State(s): State<AppState>,
    Who(who): Who,
    Path(id): Path<i64>,
) -> ApiResult<Json<Vec<EventRow>>> {
    Ok(Json(s.soc.alert_evidence(&who, id).await?))
}
