//! OpenSearch goes away under a running installation, comes back, fails by halves, and refuses one event for ever.
use crate::support::SOON;
use http::Method;
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};
use testkit::{
    Client,
    fleet::{Fleet, opensearch_url},
    search_proxy::{Fault, SearchProxy},
    wait_for, worked_off,
};
use tokio::time::Instant;

/// Batches that are posted during the outage, and events of each.
const BATCHES: usize = 40;
const SIZE: usize = 50;

/// One process that does everything, and finds OpenSearch behind a proxy.
async fn behind_proxy() -> Option<(SearchProxy, Fleet)> {
    let proxy = SearchProxy::before(&opensearch_url()?).await;
    let fleet = Fleet::start(&["all"], Some(proxy.url())).await?;
    Some((proxy, fleet))
}

fn event(kind: &str, mark: &str, flag: &str) -> Value {
    json!({"event_type": kind, "severity": "low", "category": "test", "details": {"mark": mark, "flag": flag}})
}

/// Posts events of which the first is flagged; answers its id.
async fn post(admin: &Client, kind: &str, batch: usize, size: usize) -> i64 {
    let flag = |n: usize| if n == 0 { "yes" } else { "no" };
    let events: Vec<Value> =
        (0..size).map(|n| event(kind, &format!("{kind}-{batch}-{n}"), flag(n))).collect();
    let answer = admin.post("/events", &json!(events)).await.ok().json();
    assert_eq!(answer["accepted"], json!(size), "{answer}");
    answer["first_id"].as_i64().expect("a receipt tells the first id")
}

/// Events behind alerts of the rule.
async fn alerted(admin: &Client, rule: &str) -> BTreeSet<i64> {
    let alerts = admin.all("/alerts", &[("rule_id", rule)]).await;
    let ids = |a: &Value| a["event_ids"].as_array().cloned().unwrap_or_default();
    alerts.iter().flat_map(ids).filter_map(|id| id.as_i64()).collect()
}

async fn journal_bytes(admin: &Client) -> i64 {
    let view = admin.get("/pipeline").await.ok().json();
    view["journal"]["bytes"].as_i64().unwrap_or(-1)
}

async fn journal_is_empty(admin: &Client) {
    let left =
        async || u64::try_from(journal_bytes(admin).await).expect("the view tells the bytes");
    assert_eq!(worked_off(SOON, left).await, 0, "bytes stay in the journal");
}

/// Each mark of these events is found, and found once.
async fn each_once(admin: &Client, kind: &str, wanted: usize) {
    let query = format!("event_type:{kind}");
    let found = admin.all("/events", &[("query", query.as_str())]).await;
    let marks: BTreeSet<&str> =
        found.iter().filter_map(|e| e["details"]["mark"].as_str()).collect();
    assert_eq!((found.len(), marks.len()), (wanted, wanted), "{kind}");
}

/// A rule that is followed: its id.
async fn followed_rule(admin: &Client) -> String {
    let rule = json!({"name": "Flagged", "severity": "high", "window_minutes": 0, "conditions": {"details.flag": "yes"}});
    let rule = admin.post("/rules/detections", &rule).await.ok().json()["id"].to_string();
    let mut n = 0;
    wait_for("an alert of the new rule", SOON, async || {
        n += 1;
        post(admin, "probe", n, 2).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        if alerted(admin, &rule).await.is_empty() { Err(n) } else { Ok(()) }
    })
    .await;
    rule
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_opensearch_costs_nothing_but_searches() {
    let Some((proxy, fleet)) = behind_proxy().await else { return };
    outage(&proxy, &fleet, &fleet.admin().await).await;
}

async fn outage(proxy: &SearchProxy, fleet: &Fleet, admin: &Client) {
    let rule = followed_rule(admin).await;
    journal_is_empty(admin).await;

    proxy.set(Fault::Down);
    proxy.forget();
    let mut flagged = BTreeSet::new();
    for batch in 0..BATCHES {
        flagged.insert(post(admin, "outage", batch, SIZE).await);
    }
    // detection waits for nobody
    let missing =
        worked_off(SOON, async || flagged.difference(&alerted(admin, &rule).await).count() as u64)
            .await;
    assert_eq!(missing, 0, "alerts of the outage");
    let search = admin.get("/events").await;
    let kind = search.header("content-type").unwrap_or_default().to_owned();
    assert_eq!(
        (search.status, &search.json()["code"]),
        (503, &json!("unavailable")),
        "{}",
        search.text()
    );
    assert!(kind.starts_with("application/problem+json"), "{kind}");
    let health = admin.get("/health/opensearch").await.ok().json();
    assert_eq!(
        (&health["enabled"], &health["connected"]),
        (&json!(true), &json!(false)),
        "{health}"
    );
    let ready = admin.get("/readyz").await.ok().json();
    assert_eq!((&ready["ok"], &ready["opensearch"]), (&json!(true), &json!("fail")), "{ready}");
    let page = admin.bare(Method::GET, "/alerts").header("accept", "text/html");
    let page = admin.send(page.bearer_auth(admin.token().unwrap_or_default())).await;
    assert!(
        page.status == 200 && page.text().contains("Flagged"),
        "{} {}",
        page.status,
        page.text()
    );
    assert!(journal_bytes(admin).await > 0);
    wait_for("some tries", SOON, async || match proxy.tally().bulks {
        n if n > 8 => Ok(()),
        n => Err(n),
    })
    .await;

    // it comes back while events go on arriving: what waited is not put off until they stop
    proxy.set(Fault::Pass);
    let (begun, mut live) = (Instant::now(), 0);
    let wanted = (BATCHES * SIZE) as i64;
    let missing = worked_off(SOON, async || {
        post(admin, "live", live, 10).await;
        live += 1;
        admin.count("event_type:outage").await.abs_diff(wanted)
    })
    .await;
    assert_eq!(missing, 0, "what waited, under load");
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "drained {wanted} events in {seconds:.1} s ({:.0}/s) while {:.0}/s arrived",
        wanted as f64 / seconds,
        live as f64 * 10.0 / seconds
    );
    journal_is_empty(admin).await;
    fleet.refresh().await;
    each_once(admin, "outage", BATCHES * SIZE).await;
    each_once(admin, "live", live * 10).await;
    let health = admin.get("/health/opensearch").await.ok().json();
    assert_eq!((&health["connected"], &health["drift"]), (&json!(true), &Value::Null), "{health}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_by_halves_is_stored_and_what_never_fits_is_a_dead_letter() {
    let Some((proxy, fleet)) = behind_proxy().await else { return };
    let admin = fleet.admin().await;
    let done = tokio::time::timeout(Duration::from_secs(60), halves(&proxy, &fleet, &admin)).await;
    done.expect("the faults are over in time");
}

async fn halves(proxy: &SearchProxy, fleet: &Fleet, admin: &Client) {
    proxy.poison(Some("poison-3-7"));
    for (batch, fault) in
        [Fault::Partial(3, 429), Fault::CutAfter, Fault::Garbage, Fault::Partial(2, 503)]
            .into_iter()
            .enumerate()
    {
        let tries = proxy.tally().bulks;
        proxy.set(fault);
        post(admin, "poison", batch, 30).await;
        wait_for("a try", SOON, async || match proxy.tally().bulks {
            n if n > tries => Ok(()),
            n => Err(n),
        })
        .await;
    }
    proxy.set(Fault::Pass);
    let letters = wait_for("the dead letter", SOON, async || {
        let page = admin.get("/dead-letters?reason=index_refused").await.ok().page();
        if page.items.is_empty() { Err("none yet") } else { Ok(page.items) }
    })
    .await;
    journal_is_empty(admin).await;
    fleet.refresh().await;
    each_once(admin, "poison", 4 * 30 - 1).await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    let text = |name: &str| letters[0][name].as_str().unwrap_or_default().to_owned();
    assert!(text("hint").contains("mapper_parsing_exception"), "{}", text("hint"));
    assert!(text("raw").contains("poison-3-7") && text("source") == "events", "{letters:?}");

    // once OpenSearch takes it, it can be tried again
    proxy.poison(None);
    let ids = json!({"ids": [letters[0]["id"]]});
    let tried = admin.post("/dead-letters/replay", &ids).await.ok().json();
    assert_eq!(tried, json!({"stored": 1, "failed": 0}));
    wait_for("the event that was refused", SOON, async || {
        match admin.count("event_type:poison").await {
            120 => Ok(()),
            n => Err(n),
        }
    })
    .await;
    each_once(admin, "poison", 120).await;
    assert_eq!(admin.get("/dead-letters").await.ok().page().total, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_asks_little_however_often_it_is_asked() {
    let Some((proxy, fleet)) = behind_proxy().await else { return };
    let anybody = fleet.members[0].1.anonymous();
    proxy.forget();
    for _ in 0..50 {
        let health = anybody.get("/health/opensearch").await.ok().json();
        assert_eq!(
            (&health["connected"], &health["drift"]),
            (&json!(true), &Value::Null),
            "{health}"
        );
    }
    // one each, indexes and templates once, and what the process does besides
    let asked = proxy.tally().requests;
    assert!(asked < 100, "{asked} requests for 50 answers");
}
