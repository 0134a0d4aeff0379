//! Sigma on the command line: `eventsec rules …` and `eventsec detect`. They work on files alone; no server, no database.
pub mod check;
pub mod detect;
pub(crate) mod events;
mod library;
pub mod test;
