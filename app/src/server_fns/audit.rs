//! The audit trail.
use super::seat;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{
    Page, Problem,
    audit::{AuditEntry, AuditQuery, AuditVerdict},
};

#[server(prefix = "", input = Json)]
pub async fn fetch_audit(query: AuditQuery) -> Result<Page<AuditEntry>, Problem> {
    let (backend, caller) = seat()?;
    backend.audit(&caller, query).await
}

/// Walks the whole chain.
#[server(prefix = "", input = Json)]
pub async fn verify_audit() -> Result<AuditVerdict, Problem> {
    let (backend, caller) = seat()?;
    backend.verify_audit(&caller).await
}
