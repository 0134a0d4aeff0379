//! Enrolled agents: who a key belongs to. Keys are stored hashed and belong to one host.
use crate::{
    Result, Store, Tx,
    base::{
        row::{Cols, json},
        sql::sql,
        val::args,
    },
};
use model::{Micros, sensor::Agent};

#[derive(Clone, Debug)]
pub struct NewAgent {
    pub name: String,
    /// The only host that may use the key.
    pub hostname: String,
    pub os: String,
    pub ip_address: String,
    pub version: Option<String>,
    pub tags: Vec<String>,
}

/// Whose key it is.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentIdentity {
    pub tenant: String,
    pub hostname: String,
    pub agent: Agent,
}

macro_rules! agent_columns {
    () => {
        "a.id, a.tenant, a.hostname, a.name, a.os, a.ip_address, a.version, a.tags, a.status, a.last_heartbeat, a.last_seen, a.last_ip"
    };
}

fn agent(r: &dyn Cols) -> Result<Agent> {
    Ok(Agent {
        id: r.int("id")?,
        name: r.text("name")?,
        os: r.text("os")?,
        ip_address: r.text("ip_address")?,
        version: r.opt_text("version")?,
        tags: json(r, "tags")?.unwrap_or_default(),
        status: r.text("status")?,
        last_heartbeat: r.opt_time("last_heartbeat")?,
        last_seen: r.opt_time("last_seen")?,
        last_ip: r.opt_text("last_ip")?,
    })
}

impl Store {
    /// The agent that holds a key.
    pub async fn agent_by_key(&self, key_hash: &str) -> Result<Option<AgentIdentity>> {
        let sql = sql!("SELECT ", agent_columns!(), " FROM agents a WHERE a.key_hash = $1");
        let map = |r: &dyn Cols| {
            Ok(AgentIdentity {
                tenant: r.text("tenant")?,
                hostname: r.text("hostname")?,
                agent: agent(r)?,
            })
        };
        self.main.read().opt(sql, args![key_hash], map).await
    }

    pub async fn agents(&self, tenant: &str) -> Result<Vec<Agent>> {
        let sql =
            sql!("SELECT ", agent_columns!(), " FROM agents a WHERE a.tenant = $1 ORDER BY a.name");
        self.main.read().all(sql, args![tenant], agent).await
    }
}

impl Tx {
    /// # Errors
    /// `Unique("agents_tenant_name")`, `Unique("agents_key_hash")`.
    pub async fn insert_agent(
        &mut self,
        tenant: &str,
        new: &NewAgent,
        key_hash: &str,
        now: Micros,
    ) -> Result<Agent> {
        let sql = sql!(
            "INSERT INTO agents (tenant, name, hostname, key_hash, os, ip_address, version, tags, status, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'enrolled', $9) RETURNING id"
        );
        let tags = serde_json::Value::from(new.tags.clone());
        let values = args![
            tenant,
            &new.name,
            &new.hostname,
            key_hash,
            &new.os,
            &new.ip_address,
            &new.version,
            &tags,
            now
        ];
        let id = self.on().one(sql, values, |r| r.int("id")).await?;
        let back =
            sql!("SELECT ", agent_columns!(), " FROM agents a WHERE a.tenant = $1 AND a.id = $2");
        self.on().one(back, args![tenant, id], agent).await
    }

    /// The agent was heard from `ip`.
    pub async fn touch_agent(
        &mut self,
        tenant: &str,
        id: i64,
        ip: &str,
        now: Micros,
    ) -> Result<()> {
        let sql = sql!(
            "UPDATE agents SET last_seen = $3, last_ip = $4, status = 'online' WHERE tenant = $1 AND id = $2"
        );
        self.changes_one(sql, args![tenant, id, now, ip]).await
    }
}
