//! The audit trail: one row for every change, chained by hashes so that a missing or altered row shows.
use crate::Micros;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditEntry {
    /// Position in the chain of its tenant, from 1 without gaps.
    pub seq: i64,
    pub at: Micros,
    pub user_id: Option<i64>,
    /// E-mail address, agent name, `shared agent token`, or `system`.
    pub actor: String,
    pub ip: String,
    pub request_id: String,
    /// Verb and object, such as `alert.close` or `user.create`.
    pub action: String,
    /// Kind of thing, such as `alert`.
    pub target_type: String,
    pub target_id: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// Hex SHA-256 over the previous hash and this row.
    pub hash: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditQuery {
    /// Words that must all occur in actor, action or target.
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub action: Option<String>,
    #[serde(default)]
    pub target_type: Option<String>,
    #[serde(default)]
    pub target_id: Option<String>,
    #[serde(default)]
    pub since: Option<Micros>,
    #[serde(default)]
    pub limit: i64,
    #[serde(default)]
    pub cursor: Option<String>,
}

/// What a walk along the chain found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AuditVerdict {
    pub tenant: String,
    pub rows: i64,
    /// Hash of the newest row; empty for an empty chain.
    pub head: String,
    /// `None` when the chain is whole; else the first row that is wrong, and how.
    pub broken_at: Option<i64>,
    /// The same in one word: `missing`, `unlinked` (does not follow the row before), `changed`, `head` (the newest is not the one
    /// written last), `added` (past the end).
    #[serde(default)]
    pub code: Option<String>,
    pub reason: Option<String>,
}
