//! The eight kinds of caller that every route is asked by.
use model::{Permission, Role};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Principal {
    Anonymous,
    Analyst,
    SeniorAnalyst,
    TeamLead,
    Admin,
    /// An agent with its own key.
    AgentKey,
    /// Whoever knows the shared agent token.
    SharedToken,
    /// A person who was disabled or signed out, with credentials from before.
    Revoked,
}

impl Principal {
    pub const ALL: [Self; 8] = [
        Self::Anonymous,
        Self::Analyst,
        Self::SeniorAnalyst,
        Self::TeamLead,
        Self::Admin,
        Self::AgentKey,
        Self::SharedToken,
        Self::Revoked,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Analyst => "analyst",
            Self::SeniorAnalyst => "senior_analyst",
            Self::TeamLead => "team_lead",
            Self::Admin => "admin",
            Self::AgentKey => "agent key",
            Self::SharedToken => "shared token",
            Self::Revoked => "revoked",
        }
    }

    /// The role, for callers that have one.
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Analyst => Some(Role::Analyst),
            Self::SeniorAnalyst => Some(Role::SeniorAnalyst),
            Self::TeamLead => Some(Role::TeamLead),
            Self::Admin => Some(Role::Admin),
            _ => None,
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl From<Role> for Principal {
    fn from(role: Role) -> Self {
        match role {
            Role::Admin => Self::Admin,
            Role::TeamLead => Self::TeamLead,
            Role::SeniorAnalyst => Self::SeniorAnalyst,
            Role::Analyst => Self::Analyst,
        }
    }
}

/// A set of kinds of caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Principals(u8);

impl Principals {
    pub const EVERYBODY: Self = Self(u8::MAX);
    pub const NOBODY: Self = Self(0);

    pub const fn with(self, who: Principal) -> Self {
        Self(self.0 | who.bit())
    }

    pub fn of(permission: Permission) -> Self {
        Principal::ALL
            .into_iter()
            .filter(|p| p.role().is_some_and(|r| r.may(permission)))
            .fold(Self::NOBODY, Self::with)
    }

    pub const fn contains(self, who: Principal) -> bool {
        self.0 & who.bit() != 0
    }

    pub fn iter(self) -> impl Iterator<Item = Principal> {
        Principal::ALL.into_iter().filter(move |p| self.contains(*p))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_s_callers_are_its_roles() {
        let users = Principals::of(Permission::ManageUsers);
        assert_eq!(users.iter().collect::<Vec<_>>(), [Principal::Admin]);
        let senders = Principals::of(Permission::SendEvents).with(Principal::AgentKey);
        assert!(senders.contains(Principal::Analyst) && senders.contains(Principal::AgentKey));
        assert!(
            !senders.contains(Principal::SharedToken) && !senders.contains(Principal::Anonymous)
        );
        assert_eq!(Principals::EVERYBODY.iter().count(), 8);
    }
}
