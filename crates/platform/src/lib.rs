//! The ground the server stands on: configuration, the accept loop, the layers every request passes, the ledger of routes,
//! health and metrics.
//!
//! Knows HTTP and nothing of alerts, events or databases: what it needs of them comes in through small traits. Three things
//! have their only owner here, and clippy bans them elsewhere: the clock (`clock`), background tasks (`tasks`) and the
//! process environment (`env`).
pub mod accept;
pub mod clock;
pub mod config;
pub mod cookie;
pub mod disk;
pub mod env;
pub mod error;
pub mod faces;
pub mod health;
pub mod layers;
pub mod ledger;
pub mod logging;
pub mod metrics;
pub mod random;
pub mod site;
pub mod tasks;

pub use config::Config;
pub use error::{ApiError, ApiResult};
pub use ledger::{Entry, Identity, Ledger, Principal};
pub use tasks::Tasks;
