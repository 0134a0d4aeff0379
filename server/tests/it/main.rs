//! The finished program over HTTP, on both databases.
mod api;
mod backup;
mod check;
mod cli;
mod cluster;
mod cluster_check;
mod cluster_faults;
mod cluster_keep;
mod dead_letters;
mod ids;
mod kql;
mod ledger;
mod retention;
mod road;
mod sigma;
mod support;
mod windows;
