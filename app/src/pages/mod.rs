//! Pages, one folder per domain.
mod alerts;
mod audit;
mod change_password;
mod cursor;
mod dashboard;
mod dead_letters;
mod events;
mod not_found;
mod profile;
mod retention;
mod rules;
mod sensors;
mod sign_in;
mod users;

pub use alerts::{AlertDetail, Alerts};
pub use audit::Audit;
pub use change_password::ChangePassword;
pub use dashboard::Dashboard;
pub use dead_letters::DeadLetters;
pub use events::{EventDetail, Events};
pub use not_found::NotFound;
pub use profile::Profile;
pub use retention::Retention;
pub use rules::{NewRule, RuleDetail, Rules};
pub use sensors::Sensors;
pub use sign_in::SignIn;
pub use users::Users;
