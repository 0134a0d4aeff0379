//! `POST /agents/enroll`: an agent gets a key of its own.
use crate::{
    api::extract::{Sent, Via},
    state::AppState,
};
use axum::{Json, extract::State};
use platform::{ApiError, Entry, Ledger};
use soc::auth::{Enrolled, Enrolment};

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    l.route(
        Entry::post("/agents/enroll", "Enrols an agent with the installation's enrolment key")
            .public()
            .audited(true)
            .takes::<super::shapes::Enrolment>()
            .replies::<super::shapes::Enrolled>(),
        enroll,
    )
}

async fn enroll(
    State(s): State<AppState>,
    Via(origin): Via,
    Sent(e): Sent<Enrolment>,
) -> Result<Json<Enrolled>, ApiError> {
    s.soc.enroll(e, &origin).await.map(Json).map_err(ApiError::unchallenged)
}
