//! Events that were refused: list, try again, delete.
use super::seat;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{
    Page, Problem,
    dead_letter::{DeadLetter, DeadLetterQuery, ReplayResult},
};

#[server(prefix = "", input = Json)]
pub async fn fetch_dead_letters(query: DeadLetterQuery) -> Result<Page<DeadLetter>, Problem> {
    let (backend, caller) = seat()?;
    backend.dead_letters(&caller, query).await
}

/// Posted by the list's form too, whose boxes are named `ids[]`.
#[server(prefix = "")]
pub async fn replay_dead_letters(
    #[server(default)] ids: Vec<i64>,
) -> Result<ReplayResult, Problem> {
    let (backend, caller) = seat()?;
    if ids.is_empty() {
        return Err(Problem::field("ids", "required", "may not be empty"));
    }
    backend.replay_dead_letters(&caller, ids).await
}

#[server(prefix = "", input = Json)]
pub async fn delete_dead_letters(ids: Vec<i64>) -> Result<i64, Problem> {
    let (backend, caller) = seat()?;
    backend.delete_dead_letters(&caller, ids).await
}
