//! Where a value leads: the links of the menu that every `Value` has.
use crate::url::Query;

/// `field:"value"` in the explorer's query language.
pub fn term(field: &str, value: &str) -> String {
    let mut out = format!("{field}:\"");
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// The explorer, showing events that match a query.
pub fn events_href(query: &str) -> String {
    Query::new().with("query", query).href("/events")
}

/// Which of the alert list's filters a field is.
pub fn alerts_filter(field: &str) -> Option<&'static str> {
    match field {
        "host.name" | "host.hostname" | "hostname" | "agent.name" => Some("hostname"),
        "user.name" | "username" | "user.id" | "source.user.name" => Some("username"),
        _ => None,
    }
}

/// Open and closed alerts with this host or user.
pub fn alerts_href(filter: &str, value: &str) -> String {
    Query::new().with("status", "any").with(filter, value).href("/alerts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_break_out_of_their_quotes() {
        assert_eq!(
            term("process.command_line", r#"a "b" \c"#),
            r#"process.command_line:"a \"b\" \\c""#
        );
        assert_eq!(events_href(r#"a:"x&y=1 #""#), "/events?query=a%3A%22x%26y%3D1+%23%22");
    }
}
