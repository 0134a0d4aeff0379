//! How long data is kept, and deleting what is past its time.
use crate::{
    api::extract::{Sent, Who},
    state::AppState,
};
use axum::{Json, extract::State};
use backend::RetentionBackend;
use model::{
    Permission,
    retention::{Retention, RetentionPolicy, RetentionReport},
};
use platform::{ApiResult, Entry, Ledger};

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    let at = |entry: Entry| entry.needs(Permission::ManageRetention).tag("retention");
    l.route(
        at(Entry::get("/admin/retention", "How long each class of data is kept"))
            .replies::<Retention>(),
        show,
    )
    .route(
        at(Entry::put(
            "/admin/retention",
            "Sets how long each class of data is kept; all of it is sent",
        ))
        .takes::<RetentionPolicy>()
        .replies::<Retention>(),
        set,
    )
    .route(
        at(Entry::get("/admin/retention/preview", "What is past its time; changes nothing"))
            .replies::<RetentionReport>(),
        preview,
    )
    .route(
        at(Entry::post(
            "/admin/retention/run",
            "Deletes what is past its time, as the program does once an hour",
        ))
        .replies::<RetentionReport>(),
        run,
    )
}

async fn show(State(s): State<AppState>, Who(who): Who) -> ApiResult<Json<Retention>> {
    Ok(Json(s.soc.retention(&who).await?))
}

async fn set(
    State(s): State<AppState>,
    Who(who): Who,
    Sent(policy): Sent<RetentionPolicy>,
) -> ApiResult<Json<Retention>> {
    Ok(Json(s.soc.set_retention(&who, policy).await?))
}

async fn preview(State(s): State<AppState>, Who(who): Who) -> ApiResult<Json<RetentionReport>> {
    Ok(Json(s.soc.preview_retention(&who).await?))
}

async fn run(State(s): State<AppState>, Who(who): Who) -> ApiResult<Json<RetentionReport>> {
    Ok(Json(s.soc.run_retention(&who).await?))
}
