//! The finished program over HTTP, on both databases.
mod api;
mod ids;
mod kill;
mod ledger;
mod road;
mod support;
mod windows;
