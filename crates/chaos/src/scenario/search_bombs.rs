//! Searches that ask for too much: each ends soon with an answer or a problem, and the intake does not notice.
use super::{load, on_sqlite};
use crate::{
    outcome::Outcome,
    rig::{Rig, SETTLE},
    tools::Tools,
    verdict::Strangers,
};
use std::time::{Duration, Instant};
use testkit::client::encode;

/// A query has 10 s of work at most; what is asked of the lake twice (a page and its total) has twice that.
const ENDED: Duration = Duration::from_secs(25);
/// Bytes past which an address is refused as a whole.
const LONG: usize = 30_000;
/// The longest that senders may wait meanwhile.
const STALLED: Duration = Duration::from_secs(10);

/// Path and parameters of each bomb.
fn bombs() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let mut all = Vec::new();
    let many = |n: usize, of: &dyn Fn(usize) -> String, between: &str| {
        (0..n).map(of).collect::<Vec<_>>().join(between)
    };
    for query in [
        "*a*b*c*".to_owned(),
        "*?*?*?*?*?*?*?*".to_owned(),
        format!("*{}*", "a*".repeat(500)),
        format!("details.es_text:*{}", "a?".repeat(1_000)),
        many(500, &|i| format!("w{i:x}"), " OR "),
        many(500, &|i| format!("*{i:x}*"), " OR "),
        // 10,000 terms, and more nesting than anybody means
        many(10_000, &|i| format!("w{i}"), " OR "),
        format!("{}a{}", "(".repeat(3_000), ")".repeat(3_000)),
        format!("{}a{}", "(".repeat(30), ")".repeat(30)),
        format!("{}a", "NOT ".repeat(400)),
        "event.id:[-9223372036854775808 TO 9223372036854775807]".into(),
        "\"".repeat(501),
        "details.es_text:/(a+)+$/".into(),
        "\u{0}".into(),
    ] {
        all.push(("/events", vec![("query", query.clone()), ("size", "500".into())]));
        all.push((
            "/events/top",
            vec![("query", query), ("field", "details.es_text".into()), ("values", "100".into())],
        ));
    }
    let ages = |more: &[(&'static str, &str)]| {
        let span = [("from", "1970-01-01T00:00:00Z"), ("to", "9999-12-31T00:00:00Z")];
        span.iter().chain(more).map(|(k, v)| (*k, (*v).to_owned())).collect::<Vec<_>>()
    };
    all.push(("/events/histogram", ages(&[("buckets", "500")])));
    all.push(("/events/histogram", ages(&[("buckets", "1"), ("query", "*e*")])));
    all.push(("/events", ages(&[("cursor", "-9223372036854775808.-9223372036854775808")])));
    all.push(("/events", ages(&[("cursor", "9223372036854775807.9223372036854775807")])));
    all.push(("/events/top", ages(&[("field", "event.original")])));
    all
}

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("search-bombs");
    let load = super::Load { clients: 1, ..load(&outcome, 200) };
    let mut rig = Rig::start(tools, on_sqlite(tools), &load).await;
    rig.driver().more(tools.pick(30, 1_000), SETTLE).await;
    let admin = rig.admin().await;
    let mut slowest = (Duration::ZERO, String::new());
    for (path, parameters) in bombs() {
        let shown: String = format!("{path} {parameters:?}").chars().take(80).collect();
        let pairs: Vec<(&str, &str)> = parameters.iter().map(|(k, v)| (*k, v.as_str())).collect();
        outcome.tries += 1;
        let start = Instant::now();
        let address = format!("{path}?{}", encode(&pairs));
        let request = admin.request(reqwest::Method::GET, &address);
        let asked = tokio::time::timeout(ENDED, admin.try_send(request)).await;
        let took = start.elapsed();
        match asked {
            // a problem, or an answer; never a fault of ours
            Ok(Ok(reply)) => outcome.expect((200..500).contains(&reply.status), || {
                format!("{shown}: {} {}", reply.status, reply.text())
            }),
            // an address that is too long is refused while it is still being sent
            Ok(Err(e)) => outcome.expect(address.len() > LONG, || format!("{shown}: {e:?}")),
            Err(_) => outcome.fault(format!("{shown} did not end within {ENDED:?}")),
        }
        if took > slowest.0 {
            slowest = (took, shown);
        }
    }
    outcome.recovery.push(rig.driver().more(1, SETTLE).await);
    let progress = rig.driver().progress();
    outcome.expect(Duration::from_millis(progress.slowest_ms) <= STALLED, || {
        format!("a sender waited {} ms", progress.slowest_ms)
    });
    outcome.note(format!("slowest search {:?}: {}", slowest.0, slowest.1));
    outcome.note(format!("slowest batch {} ms", progress.slowest_ms));
    rig.settle(Strangers::Faults, &mut outcome).await;
    outcome.end()
}
