//! What pages ask of the server: one file per domain, each function a few lines over `Backend`.
//!
//! The server provides two contexts for every request: `backend::SharedBackend` and `Option<model::Caller>`. Read both with
//! `seat()` in the first line (before any `await`). Copy this:
//!
//! ```ignore
//! #[server(prefix = "", input = Json)]
//! pub async fn fetch_things(query: ThingQuery) -> Result<Page<Thing>, Problem> {
//!     let (backend, caller) = seat()?;
//!     backend.things(&caller, query).await
//! }
//! ```
//!
//! Its address is `/app/server_fns/<domain>/<name>`. Names are verbs (`#[server] fn things` would make a struct `Things`).
//! `input = Json` for everything but functions that plain forms post to. Fixed-width integers only.
#![allow(
    unused_imports,
    dead_code,
    reason = "in the browser a server function is a call: what its body uses is not there"
)]

pub mod alerts;
pub mod audit;
pub mod dashboard;
pub mod dead_letters;
pub mod events;
pub mod password;
pub mod pipeline;
pub mod profile;
pub mod retention;
pub mod rules;
pub mod sensors;
pub mod users;

use backend::SharedBackend;
use leptos::prelude::use_context;
use model::{Caller, Problem};

/// The backend and who asks. A request without a session is refused here.
pub fn seat() -> Result<(SharedBackend, Caller), Problem> {
    let backend = use_context::<SharedBackend>()
        .ok_or_else(|| Problem::internal("No backend was provided"))?;
    let caller = use_context::<Option<Caller>>()
        .flatten()
        .ok_or_else(|| Problem::unauthenticated("Not authenticated"))?;
    Ok((backend, caller))
}
