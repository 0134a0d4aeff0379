//! Who asks, and what they may do: four roles as presets over one permission table.
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Admin,
    TeamLead,
    SeniorAnalyst,
    Analyst,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Admin, Self::TeamLead, Self::SeniorAnalyst, Self::Analyst];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::TeamLead => "team_lead",
            Self::SeniorAnalyst => "senior_analyst",
            Self::Analyst => "analyst",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == text.trim())
    }

    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Admin => true,
            Self::TeamLead => {
                !matches!(permission, P::ManageUsers | P::ReadAudit | P::ManageRetention)
            }
            Self::SeniorAnalyst => !matches!(
                permission,
                P::ManageUsers
                    | P::ReadAudit
                    | P::ManageRetention
                    | P::ManageSensors
                    | P::DeleteAlerts
            ),
            Self::Analyst => matches!(
                permission,
                P::ReadAlerts
                    | P::WorkAlerts
                    | P::SearchEvents
                    | P::ReadRules
                    | P::ReadSensors
                    | P::ReadUsers
                    | P::Own
                    | P::SendEvents
            ),
        }
    }
}

/// One thing that can be allowed. Every use case names its permission first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// What belongs to oneself: profile, password, saved views.
    Own,
    ReadAlerts,
    /// Create, assign, close, reopen alerts.
    WorkAlerts,
    DeleteAlerts,
    SearchEvents,
    SendEvents,
    ReadRules,
    ManageRules,
    ReadSensors,
    ManageSensors,
    ReadDeadLetters,
    ManageDeadLetters,
    /// Names and addresses of one's team, for assigning.
    ReadUsers,
    ManageUsers,
    ReadAudit,
    /// Say how long data is kept, and have what is past its time deleted.
    ManageRetention,
}

impl Permission {
    pub const ALL: [Self; 16] = [
        Self::Own,
        Self::ReadAlerts,
        Self::WorkAlerts,
        Self::DeleteAlerts,
        Self::SearchEvents,
        Self::SendEvents,
        Self::ReadRules,
        Self::ManageRules,
        Self::ReadSensors,
        Self::ManageSensors,
        Self::ReadDeadLetters,
        Self::ManageDeadLetters,
        Self::ReadUsers,
        Self::ManageUsers,
        Self::ReadAudit,
        Self::ManageRetention,
    ];
}

/// From where a request came: written into the audit trail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Origin {
    pub ip: String,
    pub user_agent: String,
    pub request_id: String,
}

/// A signed-in person. The tenant comes from here and never from the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub tenant: String,
    pub user_id: i64,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// Only the password may be changed, and signing out is allowed.
    pub must_change_password: bool,
    /// Hash of the session or token that carried the request; what logout ends.
    pub session: String,
    pub origin: Origin,
}

impl Caller {
    /// The first line of every use case.
    pub fn require(&self, permission: Permission) -> Result<(), crate::Problem> {
        if self.must_change_password && permission != Permission::Own {
            return Err(crate::Problem::password_change_required(
                "Change your password before you go on",
            ));
        }
        if self.role.may(permission) {
            Ok(())
        } else {
            Err(crate::Problem::forbidden("Not enough permissions"))
        }
    }
}

/// Who sends events: a person, an agent with its own key, or whoever knows the shared token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    User(Caller),
    Agent { tenant: String, agent_id: i64, name: String },
    SharedToken { tenant: String },
}

impl Sender {
    pub fn tenant(&self) -> &str {
        match self {
            Self::User(c) => &c.tenant,
            Self::Agent { tenant, .. } | Self::SharedToken { tenant } => tenant,
        }
    }

    pub fn agent_id(&self) -> Option<i64> {
        match self {
            Self::Agent { agent_id, .. } => Some(*agent_id),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_only_grow_upwards() {
        let order = [Role::Analyst, Role::SeniorAnalyst, Role::TeamLead, Role::Admin];
        for pair in order.windows(2) {
            for p in Permission::ALL {
                assert!(
                    !pair[0].may(p) || pair[1].may(p),
                    "{:?} may {p:?}, {:?} may not",
                    pair[0],
                    pair[1]
                );
            }
        }
        assert!(!Role::TeamLead.may(Permission::ManageUsers));
        assert!(!Role::Analyst.may(Permission::ManageRules));
        assert_eq!(Role::parse("owner"), None);
    }
}
