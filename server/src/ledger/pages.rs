//! The pages: one line each. A test compares them with what the application's router knows.
use model::Permission as P;
use platform::Entry;

/// Path as axum writes it, what it is, and the permission that shows it; `None`: everybody.
const PAGES: &[(&str, &str, Option<P>)] = &[
    ("/login", "Sign in", None),
    ("/change-password", "Change one's password", Some(P::Own)),
    ("/", "Dashboard", Some(P::ReadAlerts)),
    ("/alerts", "Alerts, with the chosen one beside", Some(P::ReadAlerts)),
    ("/alerts/{id}", "One alert", Some(P::ReadAlerts)),
    ("/events", "Events explorer", Some(P::SearchEvents)),
    ("/events/{id}", "One event", Some(P::SearchEvents)),
    ("/rules", "Detection rules", Some(P::ReadRules)),
    ("/rules/new", "A new rule", Some(P::ManageRules)),
    ("/rules/{id}", "One rule", Some(P::ReadRules)),
    ("/dead-letters", "Events that were refused", Some(P::ReadDeadLetters)),
    ("/sensors", "Sensors", Some(P::ReadSensors)),
    ("/pipeline", "What arrives, and how far behind all that follows is", Some(P::ReadSensors)),
    ("/users", "People", Some(P::ManageUsers)),
    ("/users/{id}", "People, with the chosen one beside", Some(P::ManageUsers)),
    ("/audit", "Audit trail", Some(P::ReadAudit)),
    ("/admin/retention", "How long data is kept", Some(P::ManageRetention)),
    ("/profile", "One's own profile", Some(P::Own)),
];

pub fn entries() -> Vec<Entry> {
    let entry = |(path, summary, permission): &(&'static str, &'static str, Option<P>)| {
        let page = Entry::page(path, summary);
        match permission {
            Some(p) => page.needs(*p),
            None => page.public(),
        }
    };
    PAGES.iter().map(entry).collect()
}

/// What a caller needs to be shown the page at this path; `None` where everybody is, or where there is no page.
pub fn permission(path: &str) -> Option<P> {
    let pieces = |p: &str| p.trim_matches('/').split('/').map(str::to_owned).collect::<Vec<_>>();
    let asked = pieces(path);
    let is_it = |pattern: &str| {
        let pattern = pieces(pattern);
        pattern.len() == asked.len()
            && pattern
                .iter()
                .zip(&asked)
                .all(|(p, a)| p == a || (p.starts_with('{') && !a.is_empty()))
    };
    PAGES.iter().find(|(pattern, ..)| is_it(pattern)).and_then(|(_, _, permission)| *permission)
}

/// A path as leptos lists it, as axum writes it.
pub fn axum_path(leptos: &str) -> String {
    let pieces =
        leptos.trim_end_matches('/').split('/').map(|piece| match piece.strip_prefix(':') {
            Some(name) => format!("{{{name}}}"),
            None => piece.to_owned(),
        });
    let path = pieces.collect::<Vec<_>>().join("/");
    if path.is_empty() { "/".into() } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::ledger::{Kind, differences};
    use std::sync::Arc;

    #[test]
    fn a_path_s_permission_is_that_of_its_most_exact_page() {
        assert_eq!(permission("/rules/new"), Some(P::ManageRules));
        assert_eq!(permission("/rules/7"), Some(P::ReadRules));
        assert_eq!(
            (permission("/"), permission("/login"), permission("/none/of/these")),
            (Some(P::ReadAlerts), None, None)
        );
    }

    #[test]
    fn the_ledger_and_the_application_know_the_same_pages() {
        let routes = leptos_axum::generate_route_list(app::App);
        let there = routes.iter().map(|r| ("GET".to_owned(), axum_path(r.path())));
        let noted: Vec<_> = entries().into_iter().map(Arc::new).collect();
        assert_eq!(
            differences(there, &noted, Kind::Page),
            (vec![], vec![]),
            "not in PAGES, and only in PAGES"
        );
    }
}
