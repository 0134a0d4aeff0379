//! The JSON API: one file per domain, handlers of a few lines over the use cases. Every route is in the ledger.
mod alerts;
mod audit;
mod auth;
mod dead_letters;
pub mod events;
pub mod extract;
mod live;
mod network;
mod people;
mod pipeline;
pub mod reply;
mod retention;
mod root;
mod rules;
mod siem;
mod views;

use crate::{ingest, state::AppState};
use platform::{Ledger, config::Limits};

/// All routes of programs. Needs the identity layer outside.
pub fn routes(limits: &Limits) -> Ledger<AppState> {
    let start = Ledger::new(limits).gated();
    let parts: [fn(Ledger<AppState>) -> Ledger<AppState>; 15] = [
        root::routes,
        auth::routes,
        people::routes,
        alerts::routes,
        rules::routes,
        events::routes,
        siem::routes,
        network::routes,
        pipeline::routes,
        ingest::routes,
        dead_letters::routes,
        audit::routes,
        retention::routes,
        views::routes,
        live::routes,
    ];
    parts.into_iter().fold(start, |ledger, part| part(ledger))
}
