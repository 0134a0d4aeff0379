//! Who may send events without being a person: agents with a key of their own, or, outside production, whoever knows the
//! shared token. The order and the texts are the contract's.
use crate::{
    Soc,
    auth::token,
    fault,
    record::{self, Act},
};
use model::{Caller, Micros, Origin, Problem, caller::Sender, text::Checks, time::MINUTE};
use serde::{Deserialize, Serialize};
use store::{AgentIdentity, NewAgent, StoreError};

const NOBODY: &str =
    "Invalid authentication credentials. Provide user JWT, X-Agent-Token, or X-Agent-Key header.";
const NO_SHARED: &str = "Shared agent token authentication is disabled in production.";
/// The tenant of the shared token and of agents enrolled with the installation's key.
pub const DEFAULT_TENANT: &str = "default";

/// What a request to an ingest route carried.
#[derive(Clone, Debug, Default)]
pub struct AgentCredentials {
    /// Header `X-Agent-Key`.
    pub key: Option<String>,
    /// Header `X-Agent-Token`.
    pub shared: Option<String>,
}

/// Body of `POST /agents/enroll`.
#[derive(Clone, Debug, Deserialize)]
pub struct Enrolment {
    pub name: String,
    pub os: String,
    pub ip_address: String,
    #[serde(default)]
    pub version: Option<String>,
    pub enrollment_key: String,
}

/// The key is shown this once.
#[derive(Clone, Debug, Serialize)]
pub struct Enrolled {
    pub agent_id: i64,
    pub api_key: String,
}

/// Equal without telling by its time where the first difference is.
fn same(a: &str, b: &str) -> bool {
    token::stored(a) == token::stored(b)
}

impl Soc {
    /// A signed-in person wins, then the agent's key, then the shared token.
    pub async fn sender(
        &self,
        person: Option<Caller>,
        agent: &AgentCredentials,
        origin: &Origin,
    ) -> Result<Sender, Problem> {
        if let Some(caller) = person {
            caller.require(model::Permission::SendEvents)?;
            return Ok(Sender::User(caller));
        }
        if let Some(key) = agent.key.as_deref().filter(|k| !k.is_empty())
            && let Some(found) =
                self.store.agent_by_key(&token::stored(key)).await.map_err(fault::store)?
        {
            let now = (self.clock)();
            let due = found.agent.last_seen.is_none_or(|t| now.since(t) > MINUTE);
            // its key is good and its events have a database of their own: they are taken without this note, too
            if due && let Err(e) = self.agent_seen(&found, &origin.ip, now).await {
                tracing::warn!(error = %e, agent = found.agent.id, "an agent's sign of life was not stored");
            }
            return Ok(Sender::Agent {
                tenant: found.tenant,
                agent_id: found.agent.id,
                name: found.hostname,
            });
        }
        match (&agent.shared, &self.policy.agent_token) {
            (Some(_), _) if self.policy.production => Err(Problem::forbidden(NO_SHARED)),
            (Some(sent), Some(known)) if !known.is_empty() && same(sent, known) => {
                Ok(Sender::SharedToken { tenant: DEFAULT_TENANT.into() })
            }
            _ => Err(Problem::unauthenticated(NOBODY)),
        }
    }

    async fn agent_seen(&self, found: &AgentIdentity, ip: &str, now: Micros) -> store::Result<()> {
        let mut tx = self.store.begin().await?;
        tx.touch_agent(&found.tenant, found.agent.id, ip, now).await?;
        tx.commit().await
    }

    /// Gives an agent that knows the installation's key one of its own.
    pub async fn enroll(&self, e: Enrolment, origin: &Origin) -> Result<Enrolled, Problem> {
        if !self
            .policy
            .enrollment_key
            .as_deref()
            .is_some_and(|k| !k.is_empty() && same(k, &e.enrollment_key))
        {
            return Err(Problem::unauthenticated("Invalid enrollment key"));
        }
        let mut c = Checks::new();
        let new = NewAgent {
            name: c.required("name", &e.name, 255),
            hostname: e.name.trim().to_lowercase(),
            os: c.required("os", &e.os, 128),
            ip_address: c.required("ip_address", &e.ip_address, 64),
            version: c.optional("version", e.version.as_deref(), 64),
            tags: Vec::new(),
        };
        let new = c.finish(new)?;
        let (now, key) = ((self.clock)(), token::random_id());
        let mut tx = self.store.begin().await.map_err(fault::store)?;
        let agent = match tx.insert_agent(DEFAULT_TENANT, &new, &token::stored(&key), now).await {
            Err(StoreError::Unique(_)) => {
                return Err(Problem::bad_request("Agent name already registered"));
            }
            other => other.map_err(fault::store)?,
        };
        let act = Act {
            action: "agent.enroll",
            target_type: "agent",
            target_id: agent.id.to_string(),
            before: None,
            after: record::value(&agent),
        };
        record::by_nobody(&mut tx, DEFAULT_TENANT, &new.name, origin, act, now).await?;
        tx.commit().await.map_err(fault::store)?;
        Ok(Enrolled { agent_id: agent.id, api_key: key })
    }
}
