//! What arrives, and how far behind all that follows is.
use crate::{
    api::extract::{Params, Who},
    state::AppState,
};
use axum::{Json, extract::State};
use backend::PipelineBackend;
use model::{
    Permission, Problem,
    pipeline::{PipelineQuery, PipelineStep, PipelineView, SeriesOf},
};
use platform::{ApiResult, Entry, Ledger};

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    let entry = Entry::get(
        "/pipeline",
        "Records received, stored, rejected and refused by source and minute; gaps, lag, backlog and room",
    )
    .needs(Permission::ReadSensors)
    .query("from", "string", "at or after this time; the last hour if not given")
    .query("to", "string", "before this time; now if not given")
    .query("last", "string", "instead of from: a span such as 15m, 24h, 7d")
    .query("step", "string", "1m, 5m or 1h; by the length of the time if not given")
    .query("source", "string", "id of the one source whose slices come with it; if not given, all")
    .replies::<PipelineView>();
    l.route(entry, show)
}

fn query(p: &Params) -> Result<PipelineQuery, Problem> {
    Ok(PipelineQuery {
        from: p.time("from")?,
        to: p.time("to")?,
        last: p.span("last")?,
        step: p.one("step", "unknown", "1m, 5m or 1h", PipelineStep::parse)?,
        series: p.text("source").map_or(SeriesOf::All, SeriesOf::One),
    })
}

async fn show(
    State(s): State<AppState>,
    Who(who): Who,
    p: Params,
) -> ApiResult<Json<PipelineView>> {
    Ok(Json(s.soc.pipeline(&who, query(&p)?).await?))
}
