//! What arrives, and how far behind all that follows is.
use super::seat;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{
    Problem,
    pipeline::{PipelineQuery, PipelineView},
};

#[server(prefix = "", input = Json)]
pub async fn fetch_pipeline(query: PipelineQuery) -> Result<PipelineView, Problem> {
    let (backend, caller) = seat()?;
    backend.pipeline(&caller, query).await
}
