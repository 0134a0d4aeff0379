//! Chaos: shows that no acknowledged event is lost or shown twice, and that people can work on, whatever breaks.
//!
//! A *scenario* starts the finished program, lets a *driver* send to it, breaks something, and looks: `eventsec check` on the files,
//! then everything over HTTP. The quick tier of each runs with the tests (`tests/it`), the long one with `make chaos`.
//!
//! Invariants:
//! - The driver is a process of its own. What was acknowledged is on its list, synced, before it sends the next batch; nothing that
//!   happens to the server or to the scenario touches the list.
//! - A scenario that cannot break what it should (no root, no loop device, no strace) fails and says what is missing. Only where there
//!   is no PostgreSQL outside of CI does one say `skipped`, as all tests do.
//! - Each scenario is shown bugs that it must find (`scenario::planted`): a suite that never failed is no evidence.
//! - Everything random comes from a printed seed. Traffic stays on the loopback, and only processes that were started here are ended.
#![allow(clippy::disallowed_methods)] // this crate is the outside: it owns clocks, tasks and HTTP clients of its own

pub mod acked;
pub mod drive;
pub mod driver;
pub mod events;
pub mod outcome;
pub mod outside;
pub mod progress;
pub mod rig;
pub mod scenario;
pub mod tools;
pub mod verdict;

pub use outcome::Outcome;
pub use tools::{Tier, Tools};
