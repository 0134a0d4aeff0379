//! The finished program over HTTP, on both databases.
mod api;
mod check;
mod cli;
mod dead_letters;
mod ids;
mod ledger;
mod road;
mod support;
mod windows;
