//! What is served by others than plain routes, for the ledger: pages, server functions, the API's documentation.
pub mod docs;
pub mod pages;
pub mod server_fns;
