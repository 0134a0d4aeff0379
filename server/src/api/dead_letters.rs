//! Events that could not be taken.
use crate::{
    api::{
        extract::{Params, Sent, Who},
        reply::list as listed,
    },
    state::AppState,
};
use axum::{Json, extract::State, response::Response};
use backend::OperateBackend;
use model::{
    Permission,
    dead_letter::{DeadLetter, DeadLetterQuery, ReplayResult},
    page::MAX_PAGE,
};
use platform::{ApiResult, Entry, Ledger};
use serde::{Deserialize, Serialize};

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    let list_entry = Entry::get("/dead-letters", "Refused events, newest first")
        .needs(Permission::ReadDeadLetters)
        .query("reason", "string", "refused for this reason")
        .query("source", "string", "events, suricata or zeek")
        .query("sensor", "string", "sent by this network sensor")
        .query("limit", "integer", "rows, 1 to 500")
        .query("cursor", "string", "X-Next-Cursor of the page before")
        .replies_list::<DeadLetter>()
        .paged();
    l.route(list_entry, list)
        .route(
            Entry::post(
                "/dead-letters/replay",
                "Tries refused events again; those that are stored now leave the list",
            )
            .needs(Permission::ManageDeadLetters)
            .takes::<Ids>()
            .replies::<ReplayResult>(),
            replay,
        )
        .route(
            Entry::post("/dead-letters/delete", "Deletes refused events")
                .needs(Permission::ManageDeadLetters)
                .takes::<Ids>()
                .replies::<Deleted>(),
            delete,
        )
}

/// Which ones, at most 500.
#[derive(Deserialize, utoipa::ToSchema)]
struct Ids {
    ids: Vec<i64>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct Deleted {
    deleted: i64,
}

async fn list(State(s): State<AppState>, Who(who): Who, p: Params) -> ApiResult<Response> {
    let query = DeadLetterQuery {
        reason: p.text("reason"),
        source: p.text("source"),
        sensor: p.text("sensor"),
        limit: p.number("limit", 1, MAX_PAGE)?.unwrap_or(0),
        cursor: p.text("cursor"),
    };
    let page = s.soc.dead_letters(&who, query).await?;
    Ok(listed(&page.items, Some(page.total), page.next.as_deref()))
}

async fn replay(
    State(s): State<AppState>,
    Who(who): Who,
    Sent(i): Sent<Ids>,
) -> ApiResult<Json<ReplayResult>> {
    Ok(Json(s.soc.replay_dead_letters(&who, i.ids).await?))
}

async fn delete(
    State(s): State<AppState>,
    Who(who): Who,
    Sent(i): Sent<Ids>,
) -> ApiResult<Json<Deleted>> {
    Ok(Json(Deleted { deleted: s.soc.delete_dead_letters(&who, i.ids).await? }))
}
