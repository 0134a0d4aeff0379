//! What the ledger calls audited leaves a row when it changes something, and nothing else does.
use super::{entries, name, recipes, world::World};
use crate::support::{on_both, trail};
use http::Method;
use platform::ledger::Kind;
use serde_json::json;

on_both! {
    async fn every_change_leaves_its_row_and_nothing_else_does(options) {
        let world = World::new(options).await;
        let (mut audited, mut silent, mut wrong) = (0, 0, Vec::new());
        for (n, entry) in entries().await.iter().enumerate() {
            // what reads leaves nothing: the matrix asks it eight times, and the count below would show it
            let reads = entry.method == Method::GET || (entry.kind == Kind::ServerFn && !entry.audited);
            if reads {
                assert!(!entry.audited, "{} reads, and is noted as audited", name(entry));
                continue;
            }
            let Some(call) = recipes::prepare(&world, &name(entry), n).await else {
                wrong.push(format!("{} changes something, and no recipe asks it to", name(entry)));
                continue;
            };
            let (_, before) = trail(&world.admin).await;
            let reply = call.send().await;
            let (rows, after) = trail(&world.admin).await;
            if reply.status != entry.success {
                wrong.push(format!("{}: {} {}", name(entry), reply.status, reply.text()));
            } else if entry.audited && after <= before {
                wrong.push(format!("{} left no audit row", name(entry)));
            } else if !entry.audited && after != before {
                wrong.push(format!("{} left an audit row {}", name(entry), rows[0]));
            } else if entry.audited {
                audited += 1;
                let newest = &rows[0];
                let whole = ["actor", "action", "hash"].iter().all(|f| newest[*f].as_str().is_some_and(|t| !t.is_empty()));
                if !whole || newest["ip"] != json!("127.0.0.1") {
                    wrong.push(format!("{}: the row does not say who, what or from where: {newest}", name(entry)));
                }
            } else {
                silent += 1;
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(audited > 25 && silent > 2, "{audited} audited, {silent} silent");
        let verdict = world.admin.get("/audit/verify").await.ok().json();
        assert_eq!((&verdict["broken_at"], verdict["rows"].as_i64() > Some(50)), (&json!(null), true), "{verdict}");
        println!("audit: {audited} kinds of change left their row, {silent} left none; {} rows, the chain is whole", verdict["rows"]);
    }
}
