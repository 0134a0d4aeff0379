//! The parts of the backend for people, sensors, dead letters and the audit trail, over vectors. Permissions are asked as the
//! product does.
use crate::memory::{Memory, ready, refuse};
use backend::{OperateBackend, PeopleBackend, Reply, RetentionBackend};
use model::{
    Caller, Micros, Page, Permission, Problem, Role,
    audit::{AuditEntry, AuditQuery, AuditVerdict},
    dashboard::Dashboard,
    dead_letter::{DeadLetter, DeadLetterQuery, ReplayResult},
    retention::{Retention, RetentionPolicy, RetentionReport},
    sensor::NetworkSensor,
    user::*,
    view::{NewView, SavedView},
};
use std::sync::Mutex;

#[derive(Default)]
pub struct Desk {
    pub people: Mutex<Vec<UserProfile>>,
    pub letters: Mutex<Vec<DeadLetter>>,
    pub trail: Vec<AuditEntry>,
    pub verdict: Option<AuditVerdict>,
    pub retention: Mutex<Retention>,
    /// What is past its time.
    pub due: Mutex<RetentionReport>,
    /// The last queries.
    pub asked_letters: Mutex<Option<DeadLetterQuery>>,
    pub asked_trail: Mutex<Option<AuditQuery>>,
}

pub fn person(id: i64, name: &str, role: Role) -> UserProfile {
    UserProfile {
        id,
        full_name: name.into(),
        role,
        email: format!("{}@example.org", name.split(' ').next().unwrap_or_default().to_lowercase()),
        tenant_id: "t".into(),
        avatar_url: None,
        team: Some("Tier 2".into()),
        manager: None,
        computer: None,
        mobile_phone: None,
        timezone: "Europe/Madrid".into(),
        is_active: true,
        must_change_password: false,
        last_login_at: None,
        created_at: Micros(0),
        updated_at: Micros(0),
    }
}

impl Desk {
    fn of(&self, id: i64) -> Result<UserProfile, Problem> {
        self.people
            .lock()
            .unwrap()
            .iter()
            .find(|u| u.id == id)
            .cloned()
            .ok_or_else(|| Problem::not_found("User not found"))
    }
}

impl OperateBackend for Memory {
    fn dashboard<'a>(&'a self, _: &'a Caller) -> Reply<'a, Dashboard> {
        ready(Ok(self.dashboard.clone()))
    }
    fn sensors<'a>(&'a self, _: &'a Caller) -> Reply<'a, Vec<NetworkSensor>> {
        ready(Ok(self.dashboard.sensors.clone()))
    }
    fn dead_letters<'a>(
        &'a self,
        who: &'a Caller,
        query: DeadLetterQuery,
    ) -> Reply<'a, Page<DeadLetter>> {
        let is = |asked: &Option<String>, what: &str| asked.as_deref().is_none_or(|a| a == what);
        let letters = self.desk.letters.lock().unwrap();
        let items: Vec<_> = letters
            .iter()
            .filter(|d| is(&query.reason, &d.reason) && is(&query.source, &d.source))
            .filter(|d| is(&query.sensor, d.sensor.as_deref().unwrap_or_default()))
            .cloned()
            .collect();
        *self.desk.asked_letters.lock().unwrap() = Some(query);
        ready(who.require(Permission::ReadDeadLetters).map(|()| Page {
            total: items.len() as i64,
            items,
            next: None,
        }))
    }
    fn replay_dead_letters<'a>(
        &'a self,
        who: &'a Caller,
        ids: Vec<i64>,
    ) -> Reply<'a, ReplayResult> {
        if let Err(p) = who.require(Permission::ManageDeadLetters) {
            return ready(Err(p));
        }
        let mut letters = self.desk.letters.lock().unwrap();
        let before = letters.len();
        letters.retain(|d| !ids.contains(&d.id));
        ready(Ok(ReplayResult { stored: (before - letters.len()) as i64, failed: 0 }))
    }
    fn delete_dead_letters<'a>(&'a self, _: &'a Caller, _: Vec<i64>) -> Reply<'a, i64> {
        refuse()
    }
    fn audit<'a>(&'a self, who: &'a Caller, query: AuditQuery) -> Reply<'a, Page<AuditEntry>> {
        *self.desk.asked_trail.lock().unwrap() = Some(query);
        let items = self.desk.trail.clone();
        let total = items.len() as i64 + 1;
        ready(who.require(Permission::ReadAudit).map(|()| Page {
            items,
            total,
            next: Some("t41".into()),
        }))
    }
    fn verify_audit<'a>(&'a self, who: &'a Caller) -> Reply<'a, AuditVerdict> {
        ready(
            who.require(Permission::ReadAudit).and_then(|()| {
                self.desk.verdict.clone().ok_or_else(|| Problem::not_found("No trail"))
            }),
        )
    }
}

impl RetentionBackend for Memory {
    fn retention<'a>(&'a self, who: &'a Caller) -> Reply<'a, Retention> {
        let now = self.desk.retention.lock().unwrap().clone();
        ready(who.require(Permission::ManageRetention).map(|()| now))
    }
    fn set_retention<'a>(
        &'a self,
        who: &'a Caller,
        policy: RetentionPolicy,
    ) -> Reply<'a, Retention> {
        let mut now = self.desk.retention.lock().unwrap();
        ready(who.require(Permission::ManageRetention).and_then(|()| policy.check()).map(
            |policy| {
                now.policy = policy;
                now.clone()
            },
        ))
    }
    fn preview_retention<'a>(&'a self, who: &'a Caller) -> Reply<'a, RetentionReport> {
        let due = self.desk.due.lock().unwrap().clone();
        ready(who.require(Permission::ManageRetention).map(|()| due))
    }
    fn run_retention<'a>(&'a self, who: &'a Caller) -> Reply<'a, RetentionReport> {
        let mut due = self.desk.due.lock().unwrap();
        ready(who.require(Permission::ManageRetention).map(|()| std::mem::take(&mut *due)))
    }
}

impl PeopleBackend for Memory {
    fn me<'a>(&'a self, who: &'a Caller) -> Reply<'a, UserProfile> {
        ready(self.desk.of(who.user_id))
    }
    fn users<'a>(&'a self, who: &'a Caller) -> Reply<'a, Vec<UserProfile>> {
        let people = self.desk.people.lock().unwrap().clone();
        let alone = || {
            vec![UserProfile {
                email: who.email.clone(),
                ..person(who.user_id, &who.name, Role::Analyst)
            }]
        };
        ready(Ok(if people.is_empty() { alone() } else { people }))
    }
    fn user<'a>(&'a self, _: &'a Caller, id: i64) -> Reply<'a, UserProfile> {
        ready(self.desk.of(id))
    }
    fn create_user<'a>(&'a self, who: &'a Caller, new: NewUser) -> Reply<'a, UserProfile> {
        Box::pin(async move {
            who.require(Permission::ManageUsers)?;
            let new = new.check()?;
            let mut people = self.desk.people.lock().unwrap();
            if people.iter().any(|u| u.email == new.email) {
                return Err(Problem::bad_request("Email already registered"));
            }
            let id = people.len() as i64 + 1;
            let user = UserProfile {
                email: new.email,
                team: new.team,
                ..person(id, &new.full_name, new.role)
            };
            people.push(user.clone());
            Ok(user)
        })
    }
    fn change_user<'a>(
        &'a self,
        who: &'a Caller,
        id: i64,
        change: UserChange,
    ) -> Reply<'a, UserProfile> {
        Box::pin(async move {
            // as the product does: one's own time zone, and nothing else
            let own = id == who.user_id && change.timezone.is_some() && change.role.is_none();
            who.require(if own { Permission::Own } else { Permission::ManageUsers })?;
            let change = change.check()?;
            let mut people = self.desk.people.lock().unwrap();
            let admins = people.iter().filter(|u| u.role == Role::Admin && u.is_active).count();
            let user = people
                .iter_mut()
                .find(|u| u.id == id)
                .ok_or_else(|| Problem::not_found("User not found"))?;
            let stays = change.role.unwrap_or(user.role) == Role::Admin
                && change.is_active.unwrap_or(user.is_active);
            if user.role == Role::Admin && user.is_active && !stays && admins == 1 {
                return Err(Problem::conflict(
                    "This is the last administrator. Make somebody else administrator first",
                ));
            }
            user.is_active = change.is_active.unwrap_or(user.is_active);
            user.role = change.role.unwrap_or(user.role);
            user.full_name = change.full_name.unwrap_or_else(|| user.full_name.clone());
            user.team = change.team.or(user.team.take());
            user.timezone = change.timezone.unwrap_or_else(|| user.timezone.clone());
            Ok(user.clone())
        })
    }
    fn reset_password<'a>(&'a self, _: &'a Caller, _: i64) -> Reply<'a, OneTimePassword> {
        refuse()
    }
    fn change_password<'a>(&'a self, _: &'a Caller, change: PasswordChange) -> Reply<'a, ()> {
        ready(check_password("new_password", &change.new_password, ""))
    }
    fn views<'a>(&'a self, _: &'a Caller, _: String) -> Reply<'a, Vec<SavedView>> {
        ready(Ok(Vec::new()))
    }
    fn save_view<'a>(&'a self, _: &'a Caller, _: NewView) -> Reply<'a, SavedView> {
        refuse()
    }
    fn delete_view<'a>(&'a self, _: &'a Caller, _: i64) -> Reply<'a, ()> {
        refuse()
    }
}
