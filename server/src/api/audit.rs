//! The audit trail.
use crate::{
    api::{
        extract::{Params, Who},
        reply::list as listed,
    },
    state::AppState,
};
use axum::{Json, extract::State, response::Response};
use backend::OperateBackend;
use model::{
    Permission,
    audit::{AuditEntry, AuditQuery, AuditVerdict},
    page::MAX_PAGE,
};
use platform::{ApiResult, Entry, Ledger};

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    let list_entry = Entry::get("/audit", "What was changed by whom, newest first")
        .needs(Permission::ReadAudit)
        .query("text", "string", "words in actor, action or target")
        .query("action", "string", "such as alert.close")
        .query("target_type", "string", "such as alert")
        .query("target_id", "string", "of this thing")
        .query("since", "string", "at or after this time")
        .query("limit", "integer", "rows, 1 to 500")
        .query("cursor", "string", "X-Next-Cursor of the page before")
        .replies_list::<AuditEntry>()
        .paged();
    l.route(list_entry, list).route(
        Entry::get("/audit/verify", "Walks the chain of hashes")
            .needs(Permission::ReadAudit)
            .replies::<AuditVerdict>(),
        verify,
    )
}

async fn list(State(s): State<AppState>, Who(who): Who, p: Params) -> ApiResult<Response> {
    let query = AuditQuery {
        text: p.text("text").unwrap_or_default(),
        action: p.text("action"),
        target_type: p.text("target_type"),
        target_id: p.text("target_id"),
        since: p.time("since")?,
        limit: p.number("limit", 1, MAX_PAGE)?.unwrap_or(0),
        cursor: p.text("cursor"),
    };
    let page = s.soc.audit(&who, query).await?;
    Ok(listed(&page.items, Some(page.total), page.next.as_deref()))
}

async fn verify(State(s): State<AppState>, Who(who): Who) -> ApiResult<Json<AuditVerdict>> {
    Ok(Json(s.soc.verify_audit(&who).await?))
}
