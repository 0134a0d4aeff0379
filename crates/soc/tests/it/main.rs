//! Use cases over real parts: both databases, a lake on disk, a road that runs.
#![allow(clippy::disallowed_methods, reason = "tests read the environment and spawn")]
mod ground;
mod retention;
mod silence;
mod triage;
