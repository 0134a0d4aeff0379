//! The platform from outside: real sockets, real requests.
mod accept;
mod bodies;
mod config;
mod layers;
mod ledger;
mod support;
