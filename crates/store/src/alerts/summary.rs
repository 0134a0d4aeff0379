//! The dashboard's numbers, each counted from rows at the moment it is asked for.
use super::{add_evidence, alert, alert_select};
use crate::{
    Result, Store,
    base::{row::word, sql::sql, val::args},
};
use model::{
    Micros,
    alert::{Alert, AlertStatus},
    explore::Bucket,
    time::HOUR,
};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlertSummary {
    pub open: i64,
    pub in_progress: i64,
    /// Closed at or after `since`, and still closed.
    pub closed_since: i64,
    /// Assigned to the person and not closed.
    pub mine: i64,
    /// Not closed, by severity: info, low, medium, high, critical.
    pub by_severity: [i64; 5],
    /// Created at or after `since`, by hour and severity, oldest first, without gaps.
    pub per_hour: Vec<Bucket>,
    /// Newest first.
    pub latest: Vec<Alert>,
}

/// Hours that `per_hour` holds at most.
const MAX_HOURS: i64 = 24 * 31;

impl Store {
    pub async fn alert_summary(
        &self,
        tenant: &str,
        user_id: i64,
        since: Micros,
        now: Micros,
        latest: i64,
    ) -> Result<AlertSummary> {
        let mut on = self.main.read();
        let mut s = AlertSummary::default();
        let sql = sql!(
            "SELECT a.status, a.severity, COUNT(*) AS n FROM alerts a \
             WHERE a.tenant = $1 AND a.status IN ('open', 'in_progress') GROUP BY a.status, a.severity"
        );
        let groups = on
            .all(sql, args![tenant], |r| {
                Ok((word(r, "status", AlertStatus::parse)?, r.severity("severity")?, r.int("n")?))
            })
            .await?;
        for (status, severity, n) in groups {
            match status {
                AlertStatus::Open => s.open += n,
                _ => s.in_progress += n,
            }
            s.by_severity[severity as usize] += n;
        }
        let sql =
            sql!("SELECT COUNT(*) AS n FROM alerts a WHERE a.tenant = $1 AND a.closed_at >= $2");
        s.closed_since = on.count(sql, args![tenant, since]).await?;
        let sql = sql!(
            "SELECT COUNT(*) AS n FROM alerts a WHERE a.tenant = $1 AND a.assigned_to = $2 AND a.status IN ('open', 'in_progress')"
        );
        s.mine = on.count(sql, args![tenant, user_id]).await?;
        s.per_hour = hours(since, now);
        let sql = sql!(
            "SELECT a.created_at / 3600000000 AS slot, a.severity, COUNT(*) AS n FROM alerts a \
             WHERE a.tenant = $1 AND a.created_at >= $2 GROUP BY a.created_at / 3600000000, a.severity"
        );
        let slots = on
            .all(sql, args![tenant, since], |r| {
                Ok((r.int("slot")?, r.severity("severity")?, r.int("n")?))
            })
            .await?;
        for (slot, severity, n) in slots {
            if let Some(b) = s.per_hour.iter_mut().find(|b| b.start.0 == slot * HOUR) {
                b.counts[severity as usize] += n;
            }
        }
        let sql = sql!(
            alert_select!(),
            " WHERE a.tenant = $1 ORDER BY a.created_at DESC, a.id DESC LIMIT $2"
        );
        s.latest =
            on.all(sql, args![tenant, latest.clamp(0, model::page::MAX_PAGE)], alert).await?;
        add_evidence(&mut on, &mut s.latest).await?;
        Ok(s)
    }
}

fn hours(since: Micros, now: Micros) -> Vec<Bucket> {
    let last = now.0.div_euclid(HOUR);
    let first = since.0.div_euclid(HOUR).max(last - MAX_HOURS + 1);
    (first..=last).map(|h| Bucket { start: Micros(h * HOUR), counts: [0; 5] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_have_no_gaps_and_an_end() {
        let h = hours(Micros(HOUR / 2), Micros(3 * HOUR));
        assert_eq!(h.iter().map(|b| b.start.0 / HOUR).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(hours(Micros(0), Micros(10_000 * HOUR)).len(), MAX_HOURS as usize);
    }
}
