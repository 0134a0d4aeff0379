//! Detection rules: a saved rule applies to the next event.
use crate::{
    Soc, fault,
    record::{self, Act},
};
use backend::{Reply, RulesBackend};
use model::{
    Caller, Permission, Problem,
    live::Note,
    rule::{DetectionRule, NewRule, RuleChange, RuleTest},
};
use search::engine::{After, Select};
use store::StoreError;

/// Newest events that a rule is tried on.
const TEST_EVENTS: usize = 10_000;
/// Matches shown of a trial.
const TEST_HITS: usize = 20;
/// Events fetched at a time.
const TEST_PAGE: usize = 1_000;

fn not_there(e: StoreError) -> Problem {
    match e {
        StoreError::NotFound => Problem::not_found("Rule not found"),
        other => fault::store(other),
    }
}

fn compiles(rule: &NewRule) -> Result<(), Problem> {
    detect::check(&rule.conditions).map_err(Problem::invalid)
}

fn act<'a>(
    action: &'a str,
    id: i64,
    before: Option<&DetectionRule>,
    after: Option<&DetectionRule>,
) -> Act<'a> {
    Act {
        action,
        target_type: "rule",
        target_id: id.to_string(),
        before: before.and_then(record::value),
        after: after.and_then(record::value),
    }
}

impl Soc {
    /// The next block meets the changed rules.
    async fn rules_changed(&self, tenant: &str) -> Result<(), Problem> {
        self.rules.reload(&self.store).await.map_err(fault::store)?;
        self.live.tell(tenant, Note::Rules);
        Ok(())
    }
}

impl RulesBackend for Soc {
    fn rules<'a>(&'a self, who: &'a Caller) -> Reply<'a, Vec<DetectionRule>> {
        Box::pin(async move {
            who.require(Permission::ReadRules)?;
            self.store.rules(&who.tenant, (self.clock)()).await.map_err(fault::store)
        })
    }

    fn rule<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, DetectionRule> {
        Box::pin(async move {
            who.require(Permission::ReadRules)?;
            self.store.rule(&who.tenant, id, (self.clock)()).await.map_err(not_there)
        })
    }

    fn create_rule<'a>(&'a self, who: &'a Caller, new: NewRule) -> Reply<'a, DetectionRule> {
        Box::pin(async move {
            who.require(Permission::ManageRules)?;
            let (new, now) = (new.check()?, (self.clock)());
            compiles(&new)?;
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            let rule = tx.insert_rule(&who.tenant, &new, now).await.map_err(not_there)?;
            record::by(&mut tx, who, act("rule.create", rule.id, None, Some(&rule)), now).await?;
            tx.commit().await.map_err(fault::store)?;
            self.rules_changed(&who.tenant).await?;
            Ok(rule)
        })
    }

    fn change_rule<'a>(
        &'a self,
        who: &'a Caller,
        id: i64,
        change: RuleChange,
    ) -> Reply<'a, DetectionRule> {
        Box::pin(async move {
            who.require(Permission::ManageRules)?;
            let now = (self.clock)();
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            let before = tx.rule(&who.tenant, id, now).await.map_err(not_there)?;
            let new = change.apply(&before)?;
            compiles(&new)?;
            let rule = tx.update_rule(&who.tenant, id, &new, now).await.map_err(not_there)?;
            record::by(&mut tx, who, act("rule.update", id, Some(&before), Some(&rule)), now)
                .await?;
            tx.commit().await.map_err(fault::store)?;
            self.rules_changed(&who.tenant).await?;
            Ok(rule)
        })
    }

    fn delete_rule<'a>(&'a self, who: &'a Caller, id: i64) -> Reply<'a, ()> {
        Box::pin(async move {
            who.require(Permission::ManageRules)?;
            let now = (self.clock)();
            let mut tx = self.store.begin().await.map_err(fault::store)?;
            let before = tx.rule(&who.tenant, id, now).await.map_err(not_there)?;
            tx.delete_rule(&who.tenant, id).await.map_err(not_there)?;
            record::by(&mut tx, who, act("rule.delete", id, Some(&before), None), now).await?;
            tx.commit().await.map_err(fault::store)?;
            self.rules_changed(&who.tenant).await
        })
    }

    fn test_rule<'a>(&'a self, who: &'a Caller, rule: NewRule) -> Reply<'a, RuleTest> {
        Box::pin(async move {
            who.require(Permission::ManageRules)?;
            let (rule, begun) = (rule.check()?, (self.clock)());
            compiles(&rule)?;
            let trial = detect::Trial::new(&rule).map_err(Problem::invalid)?;
            let select = Select::all(&who.tenant);
            let (mut after, mut test) =
                (None, RuleTest { examined: 0, matched: 0, hits: Vec::new(), took_ms: 0 });
            while (test.examined as usize) < TEST_EVENTS {
                let page =
                    self.engine.page(&select, after, TEST_PAGE).await.map_err(fault::search)?;
                let Some(last) = page.last() else { break };
                after = Some(After { time: last.time, id: last.id });
                for row in page {
                    test.examined += 1;
                    if trial.matches_row(&row) {
                        test.matched += 1;
                        if test.hits.len() < TEST_HITS {
                            test.hits.push(row);
                        }
                    }
                }
            }
            test.took_ms = (self.clock)().since(begun) / 1000;
            Ok(test)
        })
    }
}
