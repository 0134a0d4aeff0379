//! The same faults for readers: an answer is the right one or none, never a part that passes for the whole.
use crate::help::{self, Own, within};
use cluster::Cluster;
use futures::TryStreamExt;
use futures::future::{BoxFuture, FutureExt, TryFutureExt, join_all};
use model::Micros;
use model::time::{DAY, HOUR};
use search::conformance::random::{self, Rng};
use search::engine::{SearchEngine, SearchError, Select};
use search::lucene;
use std::time::Duration;
use testkit::search_proxy::{Fault, SearchProxy};

const PATIENCE: Duration = Duration::from_secs(2);
/// More than one request brings.
const EVENTS: i64 = 1_200;

/// A read under its name; what it answers is told as text.
type Read<'a> = (&'static str, BoxFuture<'a, Result<String, SearchError>>);

/// What is asked: a query that OpenSearch answers by itself, and one of which events must be looked at here.
struct Asked {
    closed: Select,
    open: Select,
    ids: Vec<i64>,
    columns: Vec<String>,
}

impl Asked {
    fn new() -> Self {
        let day = |n: i64| Some(Micros(random::BASE + n * DAY));
        let closed = Select { from: day(-2), to: day(2), ..Select::all("acme") };
        let query = lucene::parse("event.original:*text*").unwrap();
        let open = Select { query, ..closed.clone() };
        let columns = vec!["event.id".into(), "message".into()];
        Self { closed, open, ids: vec![7, 1, 250], columns }
    }

    fn reads<'a>(&'a self, engine: &'a Cluster) -> Vec<Read<'a>> {
        let page = |s: &'a Select| engine.page(s, None, 50).map_ok(|v| format!("{v:?}")).boxed();
        let count = |s: &'a Select| engine.count(s).map_ok(|n| n.to_string()).boxed();
        let top = |field: &'static str| {
            engine.top_values(&self.closed, field, 10).map_ok(|v| format!("{v:?}")).boxed()
        };
        let histogram =
            |s: &'a Select| engine.histogram(s, HOUR).map_ok(|h| format!("{h:?}")).boxed();
        let rows = engine
            .scan(&self.open, &self.columns)
            .try_fold(0_usize, |sum, batch| async move { Ok(sum + batch.num_rows()) });
        vec![
            ("page", page(&self.closed)),
            ("page, judged", page(&self.open)),
            ("count", count(&self.closed)),
            ("count, judged", count(&self.open)),
            ("histogram", histogram(&self.closed)),
            ("histogram, judged", histogram(&self.open)),
            ("values", top("host.name")),
            ("values, judged", top("message")),
            ("oldest", engine.oldest(&self.closed).map_ok(|t| format!("{t:?}")).boxed()),
            ("fields", engine.fields("acme").map_ok(|f| format!("{f:?}")).boxed()),
            ("get", engine.get("acme", &self.ids).map_ok(|r| format!("{r:?}")).boxed()),
            ("scan", rows.map_ok(|n| format!("{n} rows")).boxed()),
        ]
    }
}

struct World {
    /// Deletes its indexes when it goes.
    _own: Own,
    proxy: SearchProxy,
    cluster: Cluster,
    asked: Asked,
    truth: Vec<String>,
}

impl World {
    async fn new() -> Option<Self> {
        let url = help::url()?;
        let own = Own::at(&url).await;
        let events = random::events(&mut Rng::seeded("reads"), 1, EVENTS, "acme");
        own.cluster.index(&events).await.unwrap();
        own.cluster.client().refresh().await.unwrap();
        let proxy = SearchProxy::before(&url).await;
        let cluster = own.through(proxy.url(), PATIENCE);
        let asked = Asked::new();
        let mut truth = Vec::new();
        for (name, read) in asked.reads(&own.cluster) {
            let told = read.await.unwrap_or_else(|e| panic!("{name}: {e}"));
            assert!(told.len() > 1 && told != "[]", "{name} has nothing to lose: {told}");
            truth.push(told);
        }
        Some(Self { _own: own, proxy, cluster, asked, truth })
    }
}

#[tokio::test]
async fn while_opensearch_is_away_every_read_says_so_in_time() {
    let Some(w) = World::new().await else { return };
    let faults = [
        Fault::Down,
        Fault::Hang(Duration::from_secs(3600)),
        Fault::Status(429),
        Fault::Status(500),
        Fault::Status(503),
        Fault::Status(404),
        Fault::Status(400),
        Fault::Garbage,
        Fault::Empty,
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::CutWithin,
        Fault::FailedShard,
    ];
    within(90, async {
        for fault in faults {
            w.proxy.set(fault.clone());
            // who is late has had its time; who refuses at once is asked a few times more
            let limit = PATIENCE * if matches!(fault, Fault::Hang(_)) { 2 } else { 5 };
            let reads = w.asked.reads(&w.cluster).into_iter();
            let reads = reads
                .map(|(name, read)| async move { (name, tokio::time::timeout(limit, read).await) });
            for (name, told) in join_all(reads).await {
                let told = told.unwrap_or_else(|_| panic!("{fault:?}: {name} takes too long"));
                assert!(
                    matches!(told, Err(SearchError::Unavailable(_))),
                    "{fault:?}: {name}: {told:?}"
                );
            }
            let health = w.cluster.client().health().await;
            assert!(health.is_err() || fault == Fault::FailedShard, "{fault:?}: {health:?}");
        }
        w.proxy.set(Fault::Pass);
        for ((name, read), truth) in w.asked.reads(&w.cluster).into_iter().zip(&w.truth) {
            assert_eq!(&read.await.unwrap(), truth, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_fault_at_any_step_of_a_read_never_yields_a_part() {
    let Some(w) = World::new().await else { return };
    let faults = [Fault::Status(404), Fault::Empty, Fault::FailedShard, Fault::Status(503)];
    // those that take several requests
    let several = |name: &str| name.contains("judged") || name == "scan";
    within(90, async {
        let mut spared = 0;
        for fault in faults {
            for step in 0..4 {
                let reads = w.asked.reads(&w.cluster).into_iter().zip(&w.truth);
                for ((name, read), truth) in reads.filter(|((name, _), _)| several(name)) {
                    // a search is tried again at once, so one fault alone may pass unseen
                    let more = std::iter::repeat_n(fault.clone(), 4);
                    w.proxy.script(std::iter::repeat_n(Fault::Pass, step).chain(more));
                    match read.await {
                        Ok(told) => assert_eq!(&told, truth, "{fault:?} at step {step} of {name}"),
                        Err(SearchError::Unavailable(_)) => spared += 1,
                        Err(e) => panic!("{fault:?} at step {step} of {name}: {e}"),
                    }
                    w.proxy.script([]);
                }
            }
        }
        assert!(spared > 20, "only {spared} reads met a fault");
    })
    .await;
}
