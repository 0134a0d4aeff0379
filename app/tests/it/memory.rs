//! `Backend` over vectors: answers what the pages of this crate ask, refuses the rest.
use crate::desk::Desk;
use backend::{AlertsBackend, EventsBackend, PipelineBackend, Reply};
use model::{
    Caller, Micros, Page, Permission, Problem, Severity,
    alert::*,
    dashboard::Dashboard,
    explore::*,
    pipeline::{PipelineQuery, PipelineView},
    rule::DetectionRule,
};
use std::sync::Mutex;

#[derive(Default)]
pub struct Memory {
    pub alerts: Mutex<Vec<Alert>>,
    pub evidence: Vec<EventRow>,
    pub dashboard: Dashboard,
    pub pipeline: PipelineView,
    /// The last query of it.
    pub asked_pipeline: Mutex<Option<PipelineQuery>>,
    /// People, dead letters and the audit trail.
    pub desk: Desk,
    pub rules: Mutex<Vec<DetectionRule>>,
    /// The last query for alerts.
    pub asked: Mutex<Option<AlertQuery>>,
}

pub fn alert(id: i64, title: &str, severity: Severity) -> Alert {
    let at = Micros(1_795_254_000_000_000 + id * 1_000_000);
    Alert {
        id,
        title: title.into(),
        description: format!("Description of {id}"),
        source: "DetectionRule".into(),
        category: "credential_access".into(),
        severity,
        status: AlertStatus::Open,
        url: None,
        sender: None,
        username: Some("pgustavo".into()),
        hostname: Some("WORKSTATION5".into()),
        created_at: at,
        updated_at: at,
        assigned_to: None,
        assigned_name: None,
        conclusion: None,
        closed_at: None,
        rule_id: Some(12),
        event_count: 3,
        event_ids: vec![1, 2, 3],
        first_seen: at,
        last_seen: at,
        create_incident: false,
        sample: false,
    }
}

pub fn event(id: i64, message: &str) -> EventRow {
    EventRow {
        id,
        time: Micros(1_795_254_000_000_000),
        received_at: Micros(1_795_254_000_500_000),
        dataset: "windows.sysmon".into(),
        source: "windows".into(),
        event_type: "process_access".into(),
        category: "process".into(),
        severity: Severity::High,
        message: message.into(),
        fields: vec![
            ("process.name".into(), "powershell.exe".into()),
            ("process.pid".into(), 6008.into()),
        ],
        raw: r#"{"EventID":10}"#.into(),
        sample: false,
    }
}

pub fn ready<'a, T: Send + 'a>(value: Result<T, Problem>) -> Reply<'a, T> {
    Box::pin(std::future::ready(value))
}

pub fn refuse<'a, T: Send + 'a>() -> Reply<'a, T> {
    ready(Err(Problem::not_found("Not kept in memory")))
}

impl AlertsBackend for Memory {
    fn alerts<'a>(&'a self, who: &'a Caller, query: AlertQuery) -> Reply<'a, Page<Alert>> {
        if let Err(p) = who.require(Permission::ReadAlerts) {
            return ready(Err(p));
        }
        let items: Vec<Alert> = self
            .alerts
            .lock()
            .unwrap()
            .iter()
            .filter(|a| query.status.is_empty() || query.status.contains(&a.status))
            .filter(|a| query.severity.is_empty() || query.severity.contains(&a.severity))
            .cloned()
            .collect();
        *self.asked.lock().unwrap() = Some(query);
        let total = items.len() as i64;
        ready(Ok(Page { items, total, next: (total > 2).then(|| "after".into()) }))
    }
    fn alert<'a>(&'a self, _: &'a Caller, id: i64) -> Reply<'a, Alert> {
        ready(
            self.alerts
                .lock()
                .unwrap()
                .iter()
                .find(|a| a.id == id)
                .cloned()
                .ok_or_else(|| Problem::not_found("Alert not found")),
        )
    }
    fn alert_history<'a>(&'a self, _: &'a Caller, id: i64) -> Reply<'a, Vec<AlertAction>> {
        let line = |id, action: &str, details| AlertAction {
            id,
            alert_id: id,
            at: Micros(id),
            user_id: None,
            who: "EventSec".into(),
            action: action.into(),
            details,
        };
        let assigned = serde_json::json!({"from": null, "to": 1});
        ready(Ok(vec![
            line(id, "created", serde_json::json!({})),
            line(id + 1, "assigned", assigned),
        ]))
    }
    fn alert_evidence<'a>(&'a self, _: &'a Caller, _: i64) -> Reply<'a, Vec<EventRow>> {
        ready(Ok(self.evidence.clone()))
    }
    fn create_alert<'a>(&'a self, _: &'a Caller, _: NewAlert) -> Reply<'a, Alert> {
        refuse()
    }
    fn change_alert<'a>(
        &'a self,
        who: &'a Caller,
        id: i64,
        change: AlertChange,
    ) -> Reply<'a, Alert> {
        let mut alerts = self.alerts.lock().unwrap();
        let Some(alert) = alerts.iter_mut().find(|a| a.id == id) else {
            return ready(Err(Problem::not_found("Alert not found")));
        };
        let result = who
            .require(Permission::WorkAlerts)
            .and_then(|()| change.check((alert.status, alert.conclusion.as_deref())))
            .map(|c| {
                alert.status = c.status.unwrap_or(alert.status);
                alert.assigned_to = c.assigned_to.unwrap_or(alert.assigned_to);
                alert.assigned_name = alert.assigned_to.map(|_| who.name.clone());
                alert.conclusion = c.conclusion.or(alert.conclusion.take());
                alert.clone()
            });
        ready(result)
    }
    fn change_alerts<'a>(&'a self, who: &'a Caller, bulk: AlertBulk) -> Reply<'a, AlertBulkResult> {
        Box::pin(async move {
            let state = |a: &Alert| AlertState {
                id: a.id,
                status: a.status,
                assigned_to: a.assigned_to,
                conclusion: a.conclusion.clone(),
            };
            let before = self
                .alerts
                .lock()
                .unwrap()
                .iter()
                .filter(|a| bulk.ids.contains(&a.id))
                .map(state)
                .collect();
            for id in &bulk.ids {
                self.change_alert(who, *id, bulk.change.clone()).await?;
            }
            Ok(AlertBulkResult { changed: bulk.ids, before })
        })
    }
    fn restore_alerts<'a>(
        &'a self,
        _: &'a Caller,
        before: Vec<AlertState>,
    ) -> Reply<'a, AlertBulkResult> {
        let mut alerts = self.alerts.lock().unwrap();
        for was in &before {
            if let Some(a) = alerts.iter_mut().find(|a| a.id == was.id) {
                (a.status, a.assigned_to, a.conclusion) =
                    (was.status, was.assigned_to, was.conclusion.clone());
            }
        }
        ready(Ok(AlertBulkResult {
            changed: before.iter().map(|s| s.id).collect(),
            before: Vec::new(),
        }))
    }
    fn delete_alert<'a>(&'a self, _: &'a Caller, id: i64) -> Reply<'a, ()> {
        self.alerts.lock().unwrap().retain(|a| a.id != id);
        ready(Ok(()))
    }
}

impl PipelineBackend for Memory {
    fn pipeline<'a>(&'a self, who: &'a Caller, query: PipelineQuery) -> Reply<'a, PipelineView> {
        *self.asked_pipeline.lock().unwrap() = Some(query);
        ready(who.require(Permission::ReadSensors).map(|()| self.pipeline.clone()))
    }
}

impl EventsBackend for Memory {
    fn events<'a>(&'a self, _: &'a Caller, _: EventQuery) -> Reply<'a, EventPage> {
        ready(Ok(EventPage {
            total: Some(self.evidence.len() as i64),
            events: self.evidence.clone(),
            next: None,
            took_ms: 1,
        }))
    }
    fn event<'a>(&'a self, _: &'a Caller, id: i64) -> Reply<'a, EventRow> {
        ready(
            self.evidence
                .iter()
                .find(|e| e.id == id)
                .cloned()
                .ok_or_else(|| Problem::not_found("Event not found")),
        )
    }
    fn histogram<'a>(&'a self, _: &'a Caller, _: EventQuery, _: u32) -> Reply<'a, Histogram> {
        refuse()
    }
    fn top_values<'a>(
        &'a self,
        _: &'a Caller,
        _: EventQuery,
        _: String,
        _: u32,
    ) -> Reply<'a, TopValues> {
        refuse()
    }
    fn fields<'a>(&'a self, _: &'a Caller) -> Reply<'a, Vec<FieldInfo>> {
        ready(Ok(Vec::new()))
    }
}
