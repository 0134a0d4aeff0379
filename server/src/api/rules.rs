//! Detection rules.
use crate::{
    api::{
        extract::{Sent, Who},
        reply::{Said, said},
    },
    state::AppState,
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use backend::RulesBackend;
use http::StatusCode;
use model::{
    Permission,
    rule::{DetectionRule, NewRule, RuleChange, RuleTest},
};
use platform::{ApiResult, Entry, Ledger};

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    l.route(
        Entry::get("/rules/detections", "All rules, newest first")
            .needs(Permission::ReadRules)
            .replies_list::<DetectionRule>(),
        list,
    )
    .route(
        Entry::post("/rules/detections", "Adds a rule; it applies to the next event")
            .needs(Permission::ManageRules)
            .takes::<NewRule>()
            .replies::<DetectionRule>()
            .status(201),
        create,
    )
    .route(
        Entry::post(
            "/rules/detections/test",
            "Tries a rule on the newest 10,000 events; changes nothing",
        )
        .needs(Permission::ManageRules)
        .audited(false)
        .takes::<NewRule>()
        .replies::<RuleTest>(),
        test,
    )
    .route(
        Entry::get("/rules/detections/{id}", "One rule")
            .needs(Permission::ReadRules)
            .replies::<DetectionRule>(),
        show,
    )
    .route(
        Entry::patch("/rules/detections/{id}", "Changes a rule; only what is sent")
            .needs(Permission::ManageRules)
            .takes::<RuleChange>()
            .replies::<DetectionRule>(),
        change,
    )
    .route(
        Entry::delete("/rules/detections/{id}", "Deletes a rule; its alerts stay")
            .needs(Permission::ManageRules)
            .replies::<Said>(),
        delete,
    )
}

async fn list(State(s): State<AppState>, Who(who): Who) -> ApiResult<Json<Vec<DetectionRule>>> {
    Ok(Json(s.soc.rules(&who).await?))
}

async fn create(
    State(s): State<AppState>,
    Who(who): Who,
    Sent(new): Sent<NewRule>,
) -> ApiResult<Response> {
    Ok((StatusCode::CREATED, Json(s.soc.create_rule(&who, new).await?)).into_response())
}

async fn test(
    State(s): State<AppState>,
    Who(who): Who,
    Sent(new): Sent<NewRule>,
) -> ApiResult<Json<RuleTest>> {
    Ok(Json(s.soc.test_rule(&who, new).await?))
}

async fn show(
    State(s): State<AppState>,
    Who(who): Who,
    Path(id): Path<i64>,
) -> ApiResult<Json<DetectionRule>> {
    Ok(Json(s.soc.rule(&who, id).await?))
}

async fn change(
    State(s): State<AppState>,
    Who(who): Who,
    Path(id): Path<i64>,
    Sent(c): Sent<RuleChange>,
) -> ApiResult<Json<DetectionRule>> {
    Ok(Json(s.soc.change_rule(&who, id, c).await?))
}

async fn delete(
    State(s): State<AppState>,
    Who(who): Who,
    Path(id): Path<i64>,
) -> ApiResult<Json<Said>> {
    s.soc.delete_rule(&who, id).await?;
    Ok(said(format!("Rule {id} deleted")))
}
