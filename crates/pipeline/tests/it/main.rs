//! The road as a whole, on both databases and a lake of its own.
#![allow(clippy::disallowed_methods, reason = "tests read the clock and spawn")]
mod road;
mod tally;
mod way;
