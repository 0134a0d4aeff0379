//! One page of a list, with where the next one starts.
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// How many rows match in all.
    pub total: i64,
    /// Opaque; hand it back as `cursor` for the following page. `None` on the last page.
    pub next: Option<String>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { items: Vec::new(), total: 0, next: None }
    }
}

/// Rows a list answers at most, whatever was asked for.
pub const MAX_PAGE: i64 = 500;
/// Rows a list answers when nothing was asked for.
pub const DEFAULT_PAGE: i64 = 100;
