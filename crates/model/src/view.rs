//! Saved views: a named filter of a page, one's own or shared with the team.
use crate::{Micros, Problem, text::Checks};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SavedView {
    pub id: i64,
    /// `alerts` or `events`.
    pub page: String,
    pub name: String,
    /// The page's query string, without the question mark.
    pub query: String,
    pub shared: bool,
    pub owner_id: i64,
    pub owner: String,
    pub created_at: Micros,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewView {
    pub page: String,
    pub name: String,
    pub query: String,
    #[serde(default)]
    pub shared: bool,
}

impl NewView {
    pub fn check(self) -> Result<Self, Problem> {
        let mut c = Checks::new();
        if !matches!(self.page.as_str(), "alerts" | "events") {
            c.add("page", "unknown", "must be alerts or events");
        }
        let valid = Self {
            name: c.required("name", &self.name, 80),
            query: c.bounded("query", &self.query, 4096),
            ..self
        };
        c.finish(valid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_names_its_page() {
        let v =
            NewView { page: "sky".into(), name: " ".into(), query: String::new(), shared: false };
        assert_eq!(v.check().unwrap_err().errors.len(), 2);
    }
}
