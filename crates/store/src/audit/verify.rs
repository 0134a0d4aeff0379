//! Walking a chain: every row must be there, follow the one before, and hash to what it says; the newest must be the head.
use super::chain::{Link, audit_columns, link, seal};
use crate::{
    Result, Store,
    base::{sql::sql, val::args},
};
use model::audit::AuditVerdict;

/// Rows read at a time, so that a long chain needs little memory.
const STRIDE: i64 = 1000;

impl Store {
    /// Checks the tenant's whole chain up to its present end. Rows added meanwhile are left for the next time.
    pub async fn verify_audit(&self, tenant: &str) -> Result<AuditVerdict> {
        let mut on = self.main.read();
        // the last row first, then the head: a row and its head are one commit, so no true row lies beyond
        let last = on
            .count(
                sql!("SELECT COALESCE(MAX(t.seq), 0) AS n FROM audit t WHERE t.tenant = $1"),
                args![tenant],
            )
            .await?;
        let head = sql!("SELECT h.seq, h.hash FROM audit_heads h WHERE h.tenant = $1");
        let (end, end_hash) = on
            .opt(head, args![tenant], |r| Ok((r.int("seq")?, r.text("hash")?)))
            .await?
            .unwrap_or((0, String::new()));
        let mut walk = Walk { rows: 0, hash: String::new() };
        while walk.rows < end {
            let sql = sql!(
                audit_columns!(),
                " WHERE t.tenant = $1 AND t.seq > $2 AND t.seq <= $3 ORDER BY t.seq LIMIT $4"
            );
            let rows = on.all(sql, args![tenant, walk.rows, end, STRIDE], link).await?;
            if rows.is_empty() {
                let reason = format!("rows {} to {end} are missing", walk.rows + 1);
                return Ok(walk.broken(tenant, ("missing", reason)));
            }
            for row in rows {
                if let Err(fault) = walk.step(row) {
                    return Ok(walk.broken(tenant, fault));
                }
            }
        }
        if walk.hash != end_hash {
            let reason = "the newest row is not the one that was written last".to_owned();
            return Ok(walk.broken_at(tenant, end, ("head", reason)));
        }
        if last > end {
            let reason = format!("row {} was added past the end of the chain", end + 1);
            return Ok(walk.broken_at(tenant, end + 1, ("added", reason)));
        }
        Ok(AuditVerdict {
            tenant: tenant.into(),
            rows: walk.rows,
            head: walk.hash,
            broken_at: None,
            code: None,
            reason: None,
        })
    }
}

/// A break in one word (see [`AuditVerdict::code`]) and in a sentence.
type Fault = (&'static str, String);

/// How far the chain is known to be whole.
struct Walk {
    rows: i64,
    hash: String,
}

impl Walk {
    fn step(&mut self, row: Link) -> Result<(), Fault> {
        let seq = self.rows + 1;
        if row.entry.seq != seq {
            return Err(("missing", format!("row {seq} is missing")));
        }
        if row.prev != self.hash {
            return Err(("unlinked", format!("row {seq} does not follow row {}", self.rows)));
        }
        if seal(&row) != row.entry.hash {
            return Err(("changed", format!("row {seq} is not what was written")));
        }
        self.rows = seq;
        self.hash = row.entry.hash;
        Ok(())
    }

    fn broken(&self, tenant: &str, fault: Fault) -> AuditVerdict {
        self.broken_at(tenant, self.rows + 1, fault)
    }

    fn broken_at(&self, tenant: &str, seq: i64, (code, reason): Fault) -> AuditVerdict {
        AuditVerdict {
            tenant: tenant.into(),
            rows: self.rows,
            head: self.hash.clone(),
            broken_at: Some(seq),
            code: Some(code.into()),
            reason: Some(reason),
        }
    }
}
