//! The product as people see it: pages, components, and the server functions that they call.
//!
//! Knows no server crate and has no `cfg`: all it may ask for is `backend::Backend`. It renders on the server (leptos/ssr, turned
//! on by `server`) and comes alive in the browser (leptos/hydrate, turned on by `frontend`).
pub mod components;
pub mod context;
pub mod dom;
pub mod i18n;
pub mod pages;
pub mod routes;
pub mod server_fns;
pub mod shell;
pub mod url;

pub use routes::App;
pub use shell::shell;

rust_i18n::i18n!("locales", fallback = "en");
