//! The first page.
use super::seat;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{Problem, dashboard::Dashboard};

#[server(prefix = "", input = Json)]
pub async fn fetch_dashboard() -> Result<Dashboard, Problem> {
    let (backend, caller) = seat()?;
    backend.dashboard(&caller).await
}
