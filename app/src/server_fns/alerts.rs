//! Alerts: list, one with its history and evidence, changes and their undoing.
use super::seat;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{
    Page, Problem,
    alert::{
        Alert, AlertAction, AlertBulk, AlertBulkResult, AlertChange, AlertQuery, AlertState,
        AlertStatus,
    },
    explore::EventRow,
};
use serde::{Deserialize, Serialize};

/// All that the detail shows, in one answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlertFile {
    pub alert: Alert,
    pub history: Vec<AlertAction>,
    pub evidence: Vec<EventRow>,
    /// Who it can be assigned to.
    pub people: Vec<Candidate>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub id: i64,
    pub name: String,
}

#[server(prefix = "", input = Json)]
pub async fn fetch_alerts(query: AlertQuery) -> Result<Page<Alert>, Problem> {
    let (backend, caller) = seat()?;
    backend.alerts(&caller, query).await
}

#[server(prefix = "", input = Json)]
pub async fn fetch_alert(id: i64) -> Result<Alert, Problem> {
    let (backend, caller) = seat()?;
    backend.alert(&caller, id).await
}

#[server(prefix = "", input = Json)]
pub async fn fetch_alert_file(id: i64) -> Result<AlertFile, Problem> {
    let (backend, caller) = seat()?;
    let alert = backend.alert(&caller, id).await?;
    let history = backend.alert_history(&caller, id).await?;
    // who may read alerts and not search events still gets the alert
    let evidence = match backend.alert_evidence(&caller, id).await {
        Err(p) if p.is("forbidden") => Vec::new(),
        other => other?,
    };
    let people = backend.users(&caller).await?;
    let mut people: Vec<Candidate> = people
        .into_iter()
        .filter(|p| p.is_active)
        .map(|p| Candidate { id: p.id, name: p.full_name })
        .collect();
    // whoever is looked for among many is looked for by name
    people.sort_by_key(|p| p.name.to_lowercase());
    Ok(AlertFile { alert, history, evidence, people })
}

#[server(prefix = "", input = Json)]
pub async fn change_alerts(bulk: AlertBulk) -> Result<AlertBulkResult, Problem> {
    let (backend, caller) = seat()?;
    backend.change_alerts(&caller, bulk).await
}

#[server(prefix = "", input = Json)]
pub async fn restore_alerts(before: Vec<AlertState>) -> Result<AlertBulkResult, Problem> {
    let (backend, caller) = seat()?;
    backend.restore_alerts(&caller, before).await
}

#[server(prefix = "", input = Json)]
pub async fn delete_alert(id: i64) -> Result<(), Problem> {
    let (backend, caller) = seat()?;
    backend.delete_alert(&caller, id).await
}

/// What the plain forms of the detail post, before the page is alive: `verb` is `take`, `release`, `assign`, `close` or `reopen`.
#[server(prefix = "")]
pub async fn work_alert(
    id: i64,
    verb: String,
    #[server(default)] conclusion: String,
    #[server(default)] assignee: String,
) -> Result<(), Problem> {
    let (backend, caller) = seat()?;
    let change = change_of(&verb, &conclusion, &assignee, caller.user_id)?;
    backend.change_alert(&caller, id, change).await.map(|_| ())
}

/// The change that a form's verb means.
pub fn change_of(
    verb: &str,
    conclusion: &str,
    assignee: &str,
    me: i64,
) -> Result<AlertChange, Problem> {
    Ok(match verb {
        "take" => AlertChange {
            status: Some(AlertStatus::InProgress),
            assigned_to: Some(Some(me)),
            ..Default::default()
        },
        "assign" => {
            let to =
                match assignee.trim() {
                    "" => None,
                    id => Some(id.parse().map_err(|_| {
                        Problem::field("assignee", "unknown", "is not a person's id")
                    })?),
                };
            AlertChange { assigned_to: Some(to), ..Default::default() }
        }
        "close" => AlertChange {
            status: Some(AlertStatus::Closed),
            conclusion: Some(conclusion.trim().into()),
            ..Default::default()
        },
        "reopen" => AlertChange { status: Some(AlertStatus::Open), ..Default::default() },
        _ => {
            return Err(Problem::bad_request(format!(
                "{verb:?} is not something that can be done to an alert"
            )));
        }
    })
}
