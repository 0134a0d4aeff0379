//! Saved views of lists.
use crate::{
    api::{
        extract::{Params, Sent, Who},
        reply::{Said, said},
    },
    state::AppState,
};
use axum::{
    Json,
    extract::{Path, State},
};
use backend::PeopleBackend;
use model::{
    Permission,
    view::{NewView, SavedView},
};
use platform::{ApiResult, Entry, Ledger};

pub fn routes(l: Ledger<AppState>) -> Ledger<AppState> {
    l.route(
        Entry::get("/views", "One's own and the team's shared views of a page")
            .needs(Permission::Own)
            .query("page", "string", "alerts or events")
            .replies_list::<SavedView>(),
        list,
    )
    .route(
        Entry::post("/views", "Saves a view")
            .needs(Permission::Own)
            .takes::<NewView>()
            .replies::<SavedView>(),
        save,
    )
    .route(
        Entry::delete("/views/{id}", "Deletes one of one's own views")
            .needs(Permission::Own)
            .replies::<Said>(),
        delete,
    )
}

async fn list(
    State(s): State<AppState>,
    Who(who): Who,
    p: Params,
) -> ApiResult<Json<Vec<SavedView>>> {
    Ok(Json(s.soc.views(&who, p.text("page").unwrap_or_else(|| "alerts".into())).await?))
}

async fn save(
    State(s): State<AppState>,
    Who(who): Who,
    Sent(new): Sent<NewView>,
) -> ApiResult<Json<SavedView>> {
    Ok(Json(s.soc.save_view(&who, new).await?))
}

async fn delete(
    State(s): State<AppState>,
    Who(who): Who,
    Path(id): Path<i64>,
) -> ApiResult<Json<Said>> {
    s.soc.delete_view(&who, id).await?;
    Ok(said(format!("View {id} deleted")))
}
