//! What every handler can reach.
use platform::cookie::Cookies;
use soc::Soc;
use std::sync::Arc;

#[derive(Clone)]
pub struct AppState {
    pub soc: Soc,
    pub cookies: Arc<Cookies>,
}
