//! Plain typed domain objects: what every other part of EventSec speaks.
//!
//! Nothing here does I/O. The crate compiles to wasm, so the browser validates a form with the very constructors that the
//! JSON API and the importers run. Inputs (`New…`, `…Change`) refuse unknown fields only where a client cannot have sent them
//! by habit; outputs carry no secret.
pub mod alert;
pub mod audit;
pub mod caller;
pub mod dashboard;
pub mod dead_letter;
pub mod event;
pub mod explore;
pub mod fieldmap;
pub mod live;
pub mod page;
pub mod pipeline;
pub mod problem;
pub mod retention;
pub mod rule;
pub mod sensor;
pub mod severity;
pub mod text;
pub mod time;
pub mod user;
pub mod view;

pub use caller::{Caller, Origin, Permission, Role};
pub use page::Page;
pub use problem::{FieldError, Problem};
pub use severity::Severity;
pub use time::Micros;
