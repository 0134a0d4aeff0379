//! Detection rules. Every change bumps `rules_version` in the same transaction, so compiled rules know when they are old.
use crate::{
    Result, Store, Tx,
    base::{
        row::{Cols, json},
        sql::sql,
        val::{Val, args},
    },
};
use model::{
    Micros,
    rule::{DetectionRule, NewRule},
    time::DAY,
};
use serde_json::Value;

// $1 is always the start of the week that `alerts_7d` counts
macro_rules! rule_columns {
    () => {
        "r.id, r.tenant, r.builtin_key, r.name, r.description, r.severity, r.enabled, r.conditions, r.create_incident, \
         r.window_minutes, r.techniques, r.created_at, r.updated_at, \
         (SELECT COUNT(*) FROM alerts a WHERE a.tenant = r.tenant AND a.rule_id = r.id AND a.created_at >= $1) AS alerts_7d"
    };
}

fn rule(r: &dyn Cols) -> Result<DetectionRule> {
    Ok(DetectionRule {
        id: r.int("id")?,
        name: r.text("name")?,
        description: r.opt_text("description")?,
        severity: r.severity("severity")?,
        enabled: r.flag("enabled")?,
        conditions: json(r, "conditions")?.unwrap_or_default(),
        create_incident: r.flag("create_incident")?,
        window_minutes: r.int("window_minutes")?,
        techniques: json(r, "techniques")?.unwrap_or_default(),
        builtin: r.opt_text("builtin_key")?.is_some(),
        created_at: r.time("created_at")?,
        updated_at: r.time("updated_at")?,
        alerts_7d: r.int("alerts_7d")?,
    })
}

fn week(now: Micros) -> Micros {
    now.plus(-7 * DAY)
}

impl Store {
    /// The tenant's rules, newest first: the contract's order. Pages sort as they need.
    pub async fn rules(&self, tenant: &str, now: Micros) -> Result<Vec<DetectionRule>> {
        let sql = sql!(
            "SELECT ",
            rule_columns!(),
            " FROM rules r WHERE r.tenant = $2 ORDER BY r.created_at DESC, r.id DESC"
        );
        self.main.read().all(sql, args![week(now), tenant], rule).await
    }

    pub async fn rule(&self, tenant: &str, id: i64, now: Micros) -> Result<DetectionRule> {
        let sql =
            sql!("SELECT ", rule_columns!(), " FROM rules r WHERE r.tenant = $2 AND r.id = $3");
        self.main.read().one(sql, args![week(now), tenant, id], rule).await
    }

    /// Every rule that is switched on, with its tenant: what detection compiles. `alerts_7d` is not counted here.
    pub async fn enabled_rules(&self) -> Result<Vec<(String, DetectionRule)>> {
        let sql = sql!(
            "SELECT ",
            rule_columns!(),
            " FROM rules r WHERE r.enabled ORDER BY r.tenant, r.id"
        );
        // no alert is as young as the end of time
        self.main.read().all(sql, args![i64::MAX], |r| Ok((r.text("tenant")?, rule(r)?))).await
    }
}

fn values(new: &NewRule) -> [Val; 8] {
    [
        (&new.name).into(),
        (&new.description).into(),
        new.severity.rank().into(),
        new.enabled.into(),
        (&Value::Object(new.conditions.clone())).into(),
        new.create_incident.into(),
        new.window_minutes.into(),
        (&Value::from(new.techniques.clone())).into(),
    ]
}

impl Tx {
    /// The rule as stored, held until the transaction ends.
    pub async fn rule(&mut self, tenant: &str, id: i64, now: Micros) -> Result<DetectionRule> {
        let mut on = self.on();
        let sql = on.locking(
            sql!("SELECT ", rule_columns!(), " FROM rules r WHERE r.tenant = $2 AND r.id = $3"),
            "r",
        );
        on.one(sql, args![week(now), tenant, id], rule).await
    }

    pub async fn insert_rule(
        &mut self,
        tenant: &str,
        new: &NewRule,
        now: Micros,
    ) -> Result<DetectionRule> {
        let sql = sql!(
            "INSERT INTO rules (tenant, created_at, updated_at, name, description, severity, enabled, conditions, \
             create_incident, window_minutes, techniques) VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id"
        );
        let mut all = args![tenant, now];
        all.extend(values(new));
        let id = self.on().one(sql, all, |r| r.int("id")).await?;
        self.bump_rules_version().await?;
        self.rule(tenant, id, now).await
    }

    /// Puts `new` (a whole rule, see `RuleChange::apply`) in the place of what is stored.
    pub async fn update_rule(
        &mut self,
        tenant: &str,
        id: i64,
        new: &NewRule,
        now: Micros,
    ) -> Result<DetectionRule> {
        let sql = sql!(
            "UPDATE rules SET updated_at = $3, name = $4, description = $5, severity = $6, enabled = $7, conditions = $8, \
             create_incident = $9, window_minutes = $10, techniques = $11 WHERE tenant = $1 AND id = $2"
        );
        let mut all = args![tenant, id, now];
        all.extend(values(new));
        self.changes_one(sql, all).await?;
        self.bump_rules_version().await?;
        self.rule(tenant, id, now).await
    }

    /// The rule's alerts stay.
    pub async fn delete_rule(&mut self, tenant: &str, id: i64) -> Result<()> {
        self.changes_one(
            sql!("DELETE FROM rules WHERE tenant = $1 AND id = $2"),
            args![tenant, id],
        )
        .await?;
        self.bump_rules_version().await
    }

    /// Gives the tenant the shipped rules that it never had. One that was changed stays changed, one that was deleted stays
    /// away. Answers how many are new.
    pub async fn seed_rules(
        &mut self,
        tenant: &str,
        shipped: &[(&str, NewRule)],
        now: Micros,
    ) -> Result<i64> {
        let mut inserted = 0;
        for (key, new) in shipped {
            let mark = sql!(
                "INSERT INTO rule_seeds (tenant, builtin_key, seeded_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
            );
            if self.on().exec(mark, args![tenant, *key, now]).await? == 0 {
                continue;
            }
            let sql = sql!(
                "INSERT INTO rules (tenant, created_at, updated_at, builtin_key, name, description, severity, enabled, conditions, \
                 create_incident, window_minutes, techniques) VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
            );
            let mut all = args![tenant, now, *key];
            all.extend(values(new));
            inserted += self.on().exec(sql, all).await?;
        }
        if inserted > 0 {
            self.bump_rules_version().await?;
        }
        Ok(inserted)
    }
}
