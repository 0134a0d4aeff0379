//! Pages of alerts: filters, four orders, keyset cursors that stay put while alerts arrive.
use super::{add_evidence, alert, alert_select, get};
use crate::{
    Result, Store,
    base::{filter::Filter, page, sql::sql, val::Val, val::args},
};
use model::{
    Page,
    alert::{Alert, AlertQuery, AlertSort, AlertStatus},
};

fn filter(tenant: &str, q: &AlertQuery) -> Filter {
    let mut f = Filter::tenant("a.tenant", tenant);
    f.any("a.status", q.status.iter().map(|s: &AlertStatus| Val::from(s.as_str())));
    f.any("a.severity", q.severity.iter().map(|s| Val::from(s.rank())));
    f.words("a.words LIKE ? ESCAPE '\\'", &q.text);
    if q.unassigned {
        f.and("a.assigned_to IS NULL", []);
    } else if let Some(user) = q.assigned_to {
        f.and("a.assigned_to = ?", [user.into()]);
    }
    if let Some(rule) = q.rule_id {
        f.and("a.rule_id = ?", [rule.into()]);
    }
    if let Some(host) = &q.hostname {
        f.and("a.hostname = ?", [host.into()]);
    }
    if let Some(user) = &q.username {
        f.and("a.username = ?", [user.into()]);
    }
    if let Some(since) = q.since {
        f.and("a.created_at >= ?", [since.into()]);
    }
    if let Some(until) = q.until {
        f.and("a.created_at < ?", [until.into()]);
    }
    // an alert that is open again has no such time, so it is not among them
    if let Some(since) = q.closed_since {
        f.and("a.closed_at >= ?", [since.into()]);
    }
    f
}

/// How an order is told: its cursor's letter, where the next page starts, its `ORDER BY`, and the keys of a row.
struct Order {
    letter: char,
    after: &'static str,
    by: &'static str,
    keys: fn(&Alert) -> Vec<i64>,
}

fn order(sort: AlertSort) -> Order {
    match sort {
        AlertSort::Newest => Order {
            letter: 'n',
            after: "(a.created_at, a.id) < (?, ?)",
            by: "ORDER BY a.created_at DESC, a.id DESC LIMIT ?",
            keys: |a| vec![a.created_at.0, a.id],
        },
        AlertSort::Oldest => Order {
            letter: 'o',
            after: "(a.created_at, a.id) > (?, ?)",
            by: "ORDER BY a.created_at, a.id LIMIT ?",
            keys: |a| vec![a.created_at.0, a.id],
        },
        AlertSort::Severity => Order {
            letter: 's',
            after: "(a.severity, a.created_at, a.id) < (?, ?, ?)",
            by: "ORDER BY a.severity DESC, a.created_at DESC, a.id DESC LIMIT ?",
            keys: |a| vec![a.severity.rank(), a.created_at.0, a.id],
        },
        AlertSort::Updated => Order {
            letter: 'u',
            after: "(a.updated_at, a.id) < (?, ?)",
            by: "ORDER BY a.updated_at DESC, a.id DESC LIMIT ?",
            keys: |a| vec![a.updated_at.0, a.id],
        },
    }
}

impl Store {
    /// One page; `total` counts all that match, whatever the cursor.
    ///
    /// # Errors
    /// `BadCursor` for a cursor of another order.
    pub async fn alerts(&self, tenant: &str, query: &AlertQuery) -> Result<Page<Alert>> {
        let mut on = self.main.read();
        let order = order(query.sort);
        let limit = page::limit(query.limit);
        let mut rows = filter(tenant, query);
        if let Some(cursor) = &query.cursor {
            let keys: Vec<i64> = match query.sort {
                AlertSort::Severity => page::decode::<3>(order.letter, cursor)?.into(),
                _ => page::decode::<2>(order.letter, cursor)?.into(),
            };
            rows.and(order.after, keys.into_iter().map(Val::from));
        }
        let (sql, values) =
            filter(tenant, query).statement("SELECT COUNT(*) AS n FROM alerts a", "", []);
        let total = on.count(sql, values).await?;
        let (sql, values) = rows.statement(alert_select!(), order.by, [Val::from(limit + 1)]);
        let mut items = on.all(sql, values, alert).await?;
        let next = page::cut(&mut items, limit, |a| page::encode(order.letter, &(order.keys)(a)));
        add_evidence(&mut on, &mut items).await?;
        Ok(Page { items, total, next })
    }

    /// # Errors
    /// `NotFound` also for an alert of another tenant.
    pub async fn alert(&self, tenant: &str, id: i64) -> Result<Alert> {
        get(&mut self.main.read(), tenant, id).await
    }

    /// Ids of the events behind an alert, oldest first; at most `MAX_EVIDENCE`.
    pub async fn evidence_ids(&self, tenant: &str, id: i64) -> Result<Vec<i64>> {
        let sql = sql!(
            "SELECT e.event_id FROM alert_events e JOIN alerts a ON a.id = e.alert_id \
             WHERE a.tenant = $1 AND a.id = $2 ORDER BY e.event_time, e.event_id"
        );
        self.main.read().all(sql, args![tenant, id], |r| r.int("event_id")).await
    }
}
