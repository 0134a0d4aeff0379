//! Several people work on the same alerts at once.
use crate::retention::{World, somebody};
use backend::AlertsBackend;
use model::{
    Role,
    alert::{AlertBulk, AlertChange, AlertStatus},
};
use testkit::db_test;

const ROUNDS: usize = 30;

fn bulk(ids: &[i64], status: AlertStatus) -> AlertBulk {
    let change = AlertChange { status: Some(status), ..Default::default() };
    AlertBulk { ids: ids.to_vec(), change }
}

db_test! {
    async fn overlapping_changes_in_any_order_all_succeed(db) {
        let w = World::new(&db.store).await;
        let mut ids = Vec::new();
        for _ in 0..12 {
            ids.push(w.alert("acme", AlertStatus::Open, 1).await);
        }
        let ana = somebody("acme", Role::SeniorAnalyst);
        let backwards: Vec<i64> = ids[4..].iter().rev().copied().collect();
        for round in 0..ROUNDS {
            let alone = AlertChange { conclusion: Some(format!("round {round}")), ..Default::default() };
            let (one, other, single) = tokio::join!(
                w.soc.change_alerts(&ana, bulk(&ids[..8], AlertStatus::InProgress)),
                w.soc.change_alerts(&ana, bulk(&backwards, AlertStatus::Open)),
                w.soc.change_alert(&ana, ids[6], alone),
            );
            let (one, other) = (one.unwrap(), other.unwrap());
            single.unwrap();
            let (undone, again) = tokio::join!(
                w.soc.restore_alerts(&ana, other.before.into_iter().rev().chain(one.before).collect()),
                w.soc.change_alerts(&ana, bulk(&backwards, AlertStatus::InProgress)),
            );
            undone.unwrap();
            again.unwrap();
        }
        assert_eq!(db.store.verify_audit("acme").await.unwrap().broken_at, None);
        w.stop().await;
    }
}
