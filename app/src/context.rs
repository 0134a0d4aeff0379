//! What a page needs to know about its request: who looks, in which language and theme, and when "now" is.
//!
//! The server makes one `PageContext` for each request (`from_request`), provides it as a context and `shell` writes it into
//! `<html data-context>`; the browser reads it back from there. So both render from the same values and hydration matches.
use crate::i18n::Lang;
use leptos::prelude::*;
use model::{Caller, Micros, Permission, Role};
use serde::{Deserialize, Serialize};

/// The part of a `Caller` that pages show. Carries nothing secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: i64,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub must_change_password: bool,
}

impl From<&Caller> for Person {
    fn from(c: &Caller) -> Self {
        Self {
            id: c.user_id,
            email: c.email.clone(),
            name: c.name.clone(),
            role: c.role,
            must_change_password: c.must_change_password,
        }
    }
}

/// Light, dark, or as the system says (`None` in `PageContext`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Light, Self::Dark].into_iter().find(|t| t.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Density {
    Compact,
    #[default]
    Cozy,
    Comfortable,
}

impl Density {
    pub const ALL: [Self; 3] = [Self::Compact, Self::Cozy, Self::Comfortable];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::Cozy => "cozy",
            Self::Comfortable => "comfortable",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageContext {
    /// `None` before sign-in.
    pub person: Option<Person>,
    pub lang: Lang,
    pub theme: Option<Theme>,
    pub density: Density,
    pub side_collapsed: bool,
    /// Times are shown in the browser's zone after hydration; the server always writes UTC.
    pub local_time: bool,
    pub now: Micros,
    /// Path and query of the request.
    pub path: String,
}

impl Default for PageContext {
    fn default() -> Self {
        Self {
            person: None,
            lang: Lang::En,
            theme: None,
            density: Density::Cozy,
            side_collapsed: false,
            local_time: false,
            now: Micros(0),
            path: "/".into(),
        }
    }
}

/// Value of one cookie in a `Cookie` header.
fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, v)| v)
}

impl PageContext {
    /// From the raw `Cookie` and `Accept-Language` headers (empty when absent). Cookies: `theme`, `density`, `lang`, `side`, `clock`.
    pub fn from_request(
        cookies: &str,
        accept_language: &str,
        caller: Option<&Caller>,
        now: Micros,
        path: &str,
    ) -> Self {
        Self {
            person: caller.map(Person::from),
            lang: cookie(cookies, "lang")
                .and_then(Lang::parse)
                .unwrap_or_else(|| Lang::from_accept_language(accept_language)),
            theme: cookie(cookies, "theme").and_then(Theme::parse),
            density: cookie(cookies, "density").and_then(Density::parse).unwrap_or_default(),
            side_collapsed: cookie(cookies, "side") == Some("collapsed"),
            local_time: cookie(cookies, "clock") == Some("local"),
            now,
            path: path.into(),
        }
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.person.as_ref().is_some_and(|p| p.role.may(permission))
    }
}

/// Attribute of `<html>` that carries the context to the browser.
pub const ATTRIBUTE: &str = "data-context";

fn from_document() -> PageContext {
    document()
        .document_element()
        .and_then(|root| root.get_attribute(ATTRIBUTE))
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default()
}

/// Called once by `App`. The server has provided the context; the browser reads it from the document.
pub fn provide_page_context() -> PageContext {
    let in_browser = Owner::current_shared_context().is_some_and(|c| c.is_browser());
    let context = use_context::<PageContext>()
        .unwrap_or_else(|| if in_browser { from_document() } else { PageContext::default() });
    if in_browser {
        crate::i18n::remember(context.lang);
    }
    provide_context(context.lang);
    provide_context(context.clone());
    context
}

/// The request's context. Outside `App` (tests of single components): the default.
pub fn page_context() -> PageContext {
    use_context::<PageContext>().unwrap_or_default()
}

/// Whether the person who looks may do this. The backend checks again; this only hides what would be refused.
pub fn may(permission: Permission) -> bool {
    page_context().may(permission)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_win_over_the_browsers_language() {
        let c = PageContext::from_request(
            "a=b; lang=es;theme=dark; density=compact",
            "en-GB,en;q=0.9",
            None,
            Micros(5),
            "/alerts",
        );
        assert_eq!((c.lang, c.theme, c.density), (Lang::Es, Some(Theme::Dark), Density::Compact));
        let c = PageContext::from_request(
            "theme=purple; lang=xx",
            "fr, es-MX;q=0.8, en;q=0.4",
            None,
            Micros(5),
            "/",
        );
        assert_eq!((c.lang, c.theme), (Lang::Es, None));
    }

    #[test]
    fn it_survives_the_trip_through_an_attribute() {
        let person = Person {
            id: 7,
            email: "a@b.c".into(),
            name: "\"><script>".into(),
            role: Role::Analyst,
            must_change_password: false,
        };
        let c = PageContext {
            person: Some(person),
            now: Micros(1_795_243_107_753_367),
            ..Default::default()
        };
        let json = serde_json::to_string(&c).unwrap();
        assert_eq!(serde_json::from_str::<PageContext>(&json).unwrap(), c);
        assert!(c.may(Permission::WorkAlerts) && !c.may(Permission::ManageUsers));
    }
}
