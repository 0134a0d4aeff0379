//! The finished program over HTTP, on both databases.
mod ids;
mod kill;
mod road;
mod support;
