//! Events: lines of the list, one with all it holds, counts over time and by value.
use super::seat;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{
    Micros, Problem, Severity,
    explore::{EventPage, EventQuery, EventRow, FieldInfo, Histogram, TopValues},
};
use serde::{Deserialize, Serialize};

/// A field's ECS name and one value.
pub type Pair = (String, String);

/// What a row of the list shows of an event; the record itself is asked for when the row is opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventLine {
    pub id: i64,
    pub time: Micros,
    pub severity: Severity,
    pub dataset: String,
    /// First line of the message; the event's type where there is none.
    pub message: String,
    /// The machine it is about.
    pub host: Option<Pair>,
    pub user: Option<Pair>,
    /// A few fields that the message does not tell already.
    pub keys: Vec<Pair>,
}

/// One page of lines; see `EventPage`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EventLines {
    pub lines: Vec<EventLine>,
    pub next: Option<String>,
    pub total: Option<i64>,
    pub took_ms: i64,
}

/// Longest message of a line, in characters.
const MESSAGE: usize = 240;
/// Longest value among a line's key fields, in characters: longer ones are told by the panel.
const KEY: usize = 120;
/// Key fields of a line.
const KEYS: usize = 3;

const HOSTS: [&str; 3] = ["host.name", "observer.name", "agent.name"];
const USERS: [&str; 3] = ["user.name", "source.user.name", "user.email"];
/// The fields that tell most about an event, most telling first.
const TELLING: [&str; 18] = [
    "rule.name",
    "process.command_line",
    "process.executable",
    "process.name",
    "target.process.name",
    "file.path",
    "registry.path",
    "dns.question.name",
    "url.full",
    "url.original",
    "tls.client.server_name",
    "source.ip",
    "destination.ip",
    "destination.port",
    "event.code",
    "event.action",
    "process.parent.name",
    "group.name",
];

fn first_of(row: &EventRow, names: &[&str]) -> Option<Pair> {
    names.iter().find_map(|n| Some(((*n).to_owned(), row.text(n).filter(|v| !v.is_empty())?)))
}

/// At most `n` characters, with an ellipsis for the rest.
fn cut(text: &str, n: usize) -> String {
    match text.char_indices().nth(n) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

impl From<&EventRow> for EventLine {
    fn from(row: &EventRow) -> Self {
        let first = row.message.lines().map(str::trim).find(|l| !l.is_empty());
        let message =
            first.unwrap_or(if row.event_type.is_empty() { &row.dataset } else { &row.event_type });
        let keys = TELLING
            .iter()
            .filter_map(|n| Some(((*n).to_owned(), row.text(n)?)))
            .filter(|(_, v)| {
                !v.is_empty() && v.chars().count() <= KEY && !message.contains(v.as_str())
            })
            .take(KEYS)
            .collect();
        Self {
            id: row.id,
            time: row.time,
            severity: row.severity,
            dataset: row.dataset.clone(),
            message: cut(message, MESSAGE),
            host: first_of(row, &HOSTS),
            user: first_of(row, &USERS),
            keys,
        }
    }
}

#[server(prefix = "", input = Json)]
pub async fn fetch_event_lines(query: EventQuery) -> Result<EventLines, Problem> {
    let (backend, caller) = seat()?;
    let page = backend.events(&caller, query).await?;
    Ok(EventLines {
        lines: page.events.iter().map(EventLine::from).collect(),
        next: page.next,
        total: page.total,
        took_ms: page.took_ms,
    })
}

/// Whole events, for export.
#[server(prefix = "", input = Json)]
pub async fn fetch_events(query: EventQuery) -> Result<EventPage, Problem> {
    let (backend, caller) = seat()?;
    backend.events(&caller, query).await
}

#[server(prefix = "", input = Json)]
pub async fn fetch_event(id: i64) -> Result<EventRow, Problem> {
    let (backend, caller) = seat()?;
    backend.event(&caller, id).await
}

#[server(prefix = "", input = Json)]
pub async fn fetch_histogram(query: EventQuery, buckets: u32) -> Result<Histogram, Problem> {
    let (backend, caller) = seat()?;
    backend.histogram(&caller, query, buckets).await
}

#[server(prefix = "", input = Json)]
pub async fn fetch_top_values(
    query: EventQuery,
    field: String,
    size: u32,
) -> Result<TopValues, Problem> {
    let (backend, caller) = seat()?;
    backend.top_values(&caller, query, field, size).await
}

#[server(prefix = "", input = Json)]
pub async fn fetch_fields() -> Result<Vec<FieldInfo>, Problem> {
    let (backend, caller) = seat()?;
    backend.fields(&caller).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(message: &str, fields: &[(&str, serde_json::Value)]) -> EventRow {
        EventRow {
            id: 1,
            time: Micros(5),
            received_at: Micros(6),
            dataset: "windows.sysmon".into(),
            source: "windows".into(),
            event_type: "process_access".into(),
            category: "process".into(),
            severity: Severity::High,
            message: message.into(),
            fields: fields.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect(),
            raw: "{}".into(),
            sample: false,
        }
    }

    #[test]
    fn a_line_says_what_the_message_does_not() {
        let r = row(
            "\r\npowershell.exe opened lsass.exe\r\nRuleName: -",
            &[
                ("process.name", json!("powershell.exe")),
                ("process.command_line", json!("x".repeat(500))),
                ("destination.port", json!(445)),
                ("host.name", json!("WORKSTATION5")),
                ("user.name", json!("")),
            ],
        );
        let line = EventLine::from(&r);
        assert_eq!(line.message, "powershell.exe opened lsass.exe");
        assert_eq!(line.keys, [("destination.port".to_owned(), "445".to_owned())]);
        assert_eq!(line.host, Some(("host.name".into(), "WORKSTATION5".into())));
        assert_eq!(line.user, None);
    }

    #[test]
    fn an_event_without_a_message_says_its_type() {
        assert_eq!(EventLine::from(&row(" \n", &[])).message, "process_access");
        assert_eq!(EventLine::from(&row(&"é".repeat(400), &[])).message.chars().count(), 241);
    }
}
