//! Pages of the audit trail, newest first.
use super::chain::{audit_columns, link};
use crate::{
    Result, Store,
    base::{filter::Filter, page, val::Val},
};
use model::{
    Page,
    audit::{AuditEntry, AuditQuery},
};

fn filter(tenant: &str, q: &AuditQuery) -> Filter {
    let mut f = Filter::tenant("t.tenant", tenant);
    f.words("t.words LIKE ? ESCAPE '\\'", &q.text);
    if let Some(action) = &q.action {
        f.and("t.action = ?", [action.into()]);
    }
    if let Some(kind) = &q.target_type {
        f.and("t.target_type = ?", [kind.into()]);
    }
    if let Some(id) = &q.target_id {
        f.and("t.target_id = ?", [id.into()]);
    }
    if let Some(since) = q.since {
        f.and("t.at >= ?", [since.into()]);
    }
    f
}

impl Store {
    pub async fn audit(&self, tenant: &str, query: &AuditQuery) -> Result<Page<AuditEntry>> {
        let mut on = self.main.read();
        let limit = page::limit(query.limit);
        let mut rows = filter(tenant, query);
        if let Some(cursor) = &query.cursor {
            let [seq] = page::decode('t', cursor)?;
            rows.and("t.seq < ?", [Val::from(seq)]);
        }
        let (sql, values) =
            filter(tenant, query).statement("SELECT COUNT(*) AS n FROM audit t", "", []);
        let total = on.count(sql, values).await?;
        let (sql, values) =
            rows.statement(audit_columns!(), "ORDER BY t.seq DESC LIMIT ?", [Val::from(limit + 1)]);
        let mut items = on.all(sql, values, |r| Ok(link(r)?.entry)).await?;
        let next = page::cut(&mut items, limit, |e| page::encode('t', &[e.seq]));
        Ok(Page { items, total, next })
    }
}
