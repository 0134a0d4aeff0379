//! Who is it? Sessions of browsers, tokens of the API, keys of agents.
pub mod agent;
pub mod password;
mod session;
mod sign_in;
mod throttle;
pub mod token;

pub use agent::{AgentCredentials, Enrolled, Enrolment};
pub use session::Credential;
pub use sign_in::SessionKind;
