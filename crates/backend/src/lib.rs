//! All that pages and the JSON API may ask for, as traits by domain.
//!
//! `soc` implements them; the console's server functions and the JSON routes both call them, so the two cannot differ in what
//! they allow. Every method takes the caller first and checks its permission in its first line. The crate compiles to wasm and
//! depends on nothing but `model`.
use model::{
    Caller, Page, Problem,
    alert::{
        Alert, AlertAction, AlertBulk, AlertBulkResult, AlertChange, AlertQuery, AlertState,
        NewAlert,
    },
    audit::{AuditEntry, AuditQuery, AuditVerdict},
    dashboard::Dashboard,
    dead_letter::{DeadLetter, DeadLetterQuery, ReplayResult},
    explore::{EventPage, EventQuery, EventRow, FieldInfo, Histogram, TopValues},
    pipeline::{PipelineQuery, PipelineView},
    retention::{Retention, RetentionPolicy, RetentionReport},
    rule::{DetectionRule, NewRule, RuleChange, RuleTest},
    sensor::NetworkSensor,
    user::{NewUser, OneTimePassword, PasswordChange, UserChange, UserProfile},
    view::{NewView, SavedView},
};
use std::{future::Future, pin::Pin, sync::Arc};

/// What every method answers.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + Send + 'a>>;

pub trait AlertsBackend: Send + Sync {
    fn alerts<'a>(&'a self, who: &'a Caller, query: AlertQuery) -> Reply<'a, Page<Alert>>;
    fn alert<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, Alert>;
    fn alert_history<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, Vec<AlertAction>>;
    /// The stored events behind an alert, oldest first. Events that retention removed are left out.
    fn alert_evidence<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, Vec<EventRow>>;
    fn create_alert<'a>(&'a self, who: &'a Caller, new: NewAlert) -> Reply<'a, Alert>;
    fn change_alert<'a>(
        &'a self,
        who: &'a Caller,
        id: i64,
        change: AlertChange,
    ) -> Reply<'a, Alert>;
    /// All or nothing; ids that do not exist are an error.
    fn change_alerts<'a>(&'a self, who: &'a Caller, bulk: AlertBulk) -> Reply<'a, AlertBulkResult>;
    /// Undo: puts the alerts back as they were. Refused for an alert that somebody changed meanwhile.
    fn restore_alerts<'a>(
        &'a self,
        who: &'a Caller,
        before: Vec<AlertState>,
    ) -> Reply<'a, AlertBulkResult>;
    fn delete_alert<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, ()>;
}

pub trait EventsBackend: Send + Sync {
    /// `total` is counted when the query has no cursor.
    fn events<'a>(&'a self, who: &'a Caller, query: EventQuery) -> Reply<'a, EventPage>;
    fn event<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, EventRow>;
    /// About `buckets` slices over the query's range.
    fn histogram<'a>(
        &'a self,
        who: &'a Caller,
        query: EventQuery,
        buckets: u32,
    ) -> Reply<'a, Histogram>;
    fn top_values<'a>(
        &'a self,
        who: &'a Caller,
        query: EventQuery,
        field: String,
        size: u32,
    ) -> Reply<'a, TopValues>;
    fn fields<'a>(&'a self, who: &'a Caller) -> Reply<'a, Vec<FieldInfo>>;
}

pub trait RulesBackend: Send + Sync {
    fn rules<'a>(&'a self, who: &'a Caller) -> Reply<'a, Vec<DetectionRule>>;
    fn rule<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, DetectionRule>;
    fn create_rule<'a>(&'a self, who: &'a Caller, new: NewRule) -> Reply<'a, DetectionRule>;
    fn change_rule<'a>(
        &'a self,
        who: &'a Caller,
        id: i64,
        change: RuleChange,
    ) -> Reply<'a, DetectionRule>;
    fn delete_rule<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, ()>;
    /// Tries a rule, saved or not, on the newest stored events. Changes nothing.
    fn test_rule<'a>(&'a self, who: &'a Caller, rule: NewRule) -> Reply<'a, RuleTest>;
}

pub trait OperateBackend: Send + Sync {
    fn dashboard<'a>(&'a self, who: &'a Caller) -> Reply<'a, Dashboard>;
    fn sensors<'a>(&'a self, who: &'a Caller) -> Reply<'a, Vec<NetworkSensor>>;
    fn dead_letters<'a>(
        &'a self,
        who: &'a Caller,
        query: DeadLetterQuery,
    ) -> Reply<'a, Page<DeadLetter>>;
    fn replay_dead_letters<'a>(&'a self, who: &'a Caller, ids: Vec<i64>)
    -> Reply<'a, ReplayResult>;
    /// Answers how many were deleted.
    fn delete_dead_letters<'a>(&'a self, who: &'a Caller, ids: Vec<i64>) -> Reply<'a, i64>;
    fn audit<'a>(&'a self, who: &'a Caller, query: AuditQuery) -> Reply<'a, Page<AuditEntry>>;
    fn verify_audit<'a>(&'a self, who: &'a Caller) -> Reply<'a, AuditVerdict>;
}

pub trait PipelineBackend: Send + Sync {
    /// What arrived from whom, minute by minute, and how far behind everything that follows is.
    fn pipeline<'a>(&'a self, who: &'a Caller, query: PipelineQuery) -> Reply<'a, PipelineView>;
}

pub trait PeopleBackend: Send + Sync {
    fn me<'a>(&'a self, who: &'a Caller) -> Reply<'a, UserProfile>;
    fn users<'a>(&'a self, who: &'a Caller) -> Reply<'a, Vec<UserProfile>>;
    fn user<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, UserProfile>;
    fn create_user<'a>(&'a self, who: &'a Caller, new: NewUser) -> Reply<'a, UserProfile>;
    fn change_user<'a>(
        &'a self,
        who: &'a Caller,
        id: i64,
        change: UserChange,
    ) -> Reply<'a, UserProfile>;
    /// A new one-time password; ends the person's sessions.
    fn reset_password<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, OneTimePassword>;
    /// Ends all other sessions of the caller.
    fn change_password<'a>(&'a self, who: &'a Caller, change: PasswordChange) -> Reply<'a, ()>;
    fn views<'a>(&'a self, who: &'a Caller, page: String) -> Reply<'a, Vec<SavedView>>;
    fn save_view<'a>(&'a self, who: &'a Caller, new: NewView) -> Reply<'a, SavedView>;
    fn delete_view<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, ()>;
}

/// How long data is kept. The audit trail is no part of it.
pub trait RetentionBackend: Send + Sync {
    fn retention<'a>(&'a self, who: &'a Caller) -> Reply<'a, Retention>;
    /// Replaces the policy. What it lets go is deleted at the next run.
    fn set_retention<'a>(
        &'a self,
        who: &'a Caller,
        policy: RetentionPolicy,
    ) -> Reply<'a, Retention>;
    /// What a run would delete now.
    fn preview_retention<'a>(&'a self, who: &'a Caller) -> Reply<'a, RetentionReport>;
    /// Deletes it. Answers what.
    fn run_retention<'a>(&'a self, who: &'a Caller) -> Reply<'a, RetentionReport>;
}

/// Everything together.
pub trait Backend:
    AlertsBackend
    + EventsBackend
    + RulesBackend
    + OperateBackend
    + PipelineBackend
    + PeopleBackend
    + RetentionBackend
{
}

impl<
    T: AlertsBackend
        + EventsBackend
        + RulesBackend
        + OperateBackend
        + PipelineBackend
        + PeopleBackend
        + RetentionBackend,
> Backend for T
{
}

pub type SharedBackend = Arc<dyn Backend>;
