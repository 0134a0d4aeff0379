//! What a network, a gateway and a tired cluster do to writing: nothing is lost, nothing is stored twice, and nothing that is
//! settled is sent again.
use crate::help::{self, Own, within};
use cluster::{Cluster, Indexed};
use model::event::Event;
use search::conformance::random::{self, Rng};
use search::engine::{SearchEngine, Select};
use std::time::Duration;
use testkit::search_proxy::{Fault, SearchProxy};

/// A request that takes longer is sent again: longer than this machine ever takes, shorter than a test.
const PATIENCE: Duration = Duration::from_secs(5);
/// Events of one batch.
const N: usize = 50;
/// In the message of an event that OpenSearch refuses.
const POISON: &str = "poisonous apple";

struct World {
    own: Own,
    proxy: SearchProxy,
    cluster: Cluster,
    rng: Rng,
    next: i64,
}

impl World {
    /// Its indexes are there, and 60 events in them.
    async fn new(name: &str) -> Option<Self> {
        let url = help::url()?;
        let own = Own::at(&url).await;
        let proxy = SearchProxy::before(&url).await;
        let cluster = own.through(proxy.url(), PATIENCE);
        let mut world = Self { own, proxy, cluster, rng: Rng::seeded(name), next: 1 };
        let first = world.events(60);
        let done = world.cluster.index(&first).await.unwrap();
        assert_eq!((done.created, done.known, done.poison.len()), (60, 0, 0));
        Some(world)
    }

    fn events(&mut self, n: usize) -> Vec<Event> {
        let first = self.next;
        self.next += n as i64;
        random::events(&mut self.rng, first, n as i64, "acme")
    }

    /// Sends a batch while these faults wait for it.
    async fn send(&mut self, n: usize, faults: impl IntoIterator<Item = Fault>) -> Indexed {
        let events = self.events(n);
        self.proxy.forget();
        self.proxy.script(faults);
        let done = self.cluster.index(&events).await.unwrap();
        assert_eq!(
            self.proxy.tally().needless,
            0,
            "what is settled came again: {:?}",
            self.proxy.tally()
        );
        done
    }

    /// Looks past the proxy: so many events are there, each once.
    async fn holds(&self, wanted: i64) {
        self.own.cluster.client().refresh().await.unwrap();
        assert_eq!(self.own.cluster.count(&Select::all("acme")).await.unwrap(), wanted);
        let ids: Vec<i64> = (1..self.next).collect();
        let found = self.own.cluster.get("acme", &ids).await.unwrap();
        assert_eq!(found.len() as i64, wanted);
    }
}

#[tokio::test]
async fn a_single_fault_costs_what_it_must_and_no_more() {
    let Some(mut w) = World::new("single").await else { return };
    let ms = Duration::from_millis;
    // the fault, events that are sent besides the batch itself, and those that OpenSearch is given a second time
    let cases = [
        (Fault::Pass, 0, 0),
        (Fault::Down, N, 0),
        (Fault::Hang(ms(3_600_000)), N, 0),
        (Fault::Delay(ms(50)), 0, 0),
        (Fault::Slow, 0, 0),
        (Fault::Status(429), N, 0),
        (Fault::Status(500), N, 0),
        (Fault::Status(503), N, 0),
        (Fault::Status(413), N, 0),
        (Fault::Status(400), N, 0),
        (Fault::TooLarge(1000), N, 0),
        (Fault::Garbage, N, 0),
        (Fault::Empty, N, 0),
        (Fault::CutBefore, N, 0),
        (Fault::CutAfter, N, N),
        (Fault::CutWithin, N, N),
        (Fault::Partial(3, 429), N / 3, 0),
        (Fault::Partial(5, 503), N / 5, 0),
        (Fault::Partial(1, 429), N, 0),
    ];
    within(60, async {
        for (fault, again, twice) in cases {
            let done = w.send(N, [fault.clone()]).await;
            assert_eq!((done.created, done.known), (N - twice, twice), "{fault:?}");
            assert!(done.poison.is_empty(), "{fault:?}: {:?}", done.poison);
            let tally = w.proxy.tally();
            assert_eq!(
                (tally.sent, tally.forwarded),
                (N + again, N + twice),
                "{fault:?}: {tally:?}"
            );
            assert_eq!(w.proxy.unmet(), 0, "{fault:?}");
        }
        w.holds(w.next - 1).await;
    })
    .await;
}

#[tokio::test]
async fn an_outage_is_told_after_some_tries_and_trying_again_stores_each_event_once() {
    let Some(mut w) = World::new("outage").await else { return };
    within(40, async {
        // that nothing arrives, and that everything does and nothing is heard of it
        for fault in [Fault::Down, Fault::CutAfter] {
            let events = w.events(N);
            w.proxy.forget();
            w.proxy.set(fault.clone());
            let told = w.cluster.index(&events).await.unwrap_err();
            assert!(told.may_pass(), "{told}");
            let tries = w.cluster.client().config.tries as usize;
            assert_eq!(w.proxy.tally().bulks, tries, "{fault:?}");
            w.proxy.set(Fault::Pass);
            let done = w.cluster.index(&events).await.unwrap();
            let known = if fault == Fault::Down { 0 } else { N };
            assert_eq!(
                (done.created, done.known, done.poison.len()),
                (N - known, known, 0),
                "{fault:?}"
            );
        }
        w.holds(w.next - 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_poison_event_is_named_and_its_neighbours_are_stored() {
    let Some(mut w) = World::new("poison").await else { return };
    within(40, async {
        w.proxy.poison(Some(POISON));
        let mut events = w.events(N);
        events[7].message = POISON.into();
        w.proxy.script([Fault::Partial(4, 429), Fault::CutAfter, Fault::Status(503)]);
        let done = w.cluster.index(&events).await.unwrap();
        assert_eq!(done.created + done.known, N - 1);
        let told: Vec<_> = done
            .poison
            .iter()
            .map(|p| (p.id, p.reason.contains("mapper_parsing_exception")))
            .collect();
        assert_eq!(told, [(events[7].id, true)]);
        w.holds(w.next - 2).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_too_large_is_halved_until_the_one_that_spoils_it_is_alone() {
    let Some(mut w) = World::new("large").await else { return };
    within(40, async {
        let mut events = w.events(N);
        events[20].raw = "x".repeat(200_000).into();
        w.proxy.forget();
        w.proxy.set(Fault::TooLarge(100_000));
        let done = w.cluster.index(&events).await.unwrap();
        assert_eq!((done.created, done.poison.len()), (N - 1, 1), "{done:?}");
        assert_eq!(done.poison[0].id, events[20].id);
        let tally = w.proxy.tally();
        assert!(
            tally.bulks <= 2 * N && tally.forwarded == N - 1 && tally.needless == 0,
            "{tally:?}"
        );
        w.holds(w.next - 2).await;

        // a gateway that takes next to nothing says nothing of the events
        w.proxy.set(Fault::TooLarge(10));
        let few = w.events(2);
        let told = w.cluster.index(&few).await.unwrap_err();
        assert!(told.may_pass(), "{told}");
        w.proxy.set(Fault::Pass);
        assert_eq!(w.cluster.index(&few).await.unwrap().created, 2);
    })
    .await;
}

#[tokio::test]
async fn after_any_faults_in_any_order_each_event_is_there_once() {
    let seed = testkit::seed::seed("search faults");
    let Some(mut w) = World::new(&format!("faults {seed}")).await else { return };
    let ms = Duration::from_millis;
    let all = [
        Fault::Down,
        Fault::Hang(ms(200)),
        Fault::Delay(ms(30)),
        Fault::Slow,
        Fault::Status(429),
        Fault::Status(500),
        Fault::Status(503),
        Fault::Status(413),
        Fault::Status(400),
        Fault::TooLarge(5000),
        Fault::Garbage,
        Fault::Empty,
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::CutWithin,
        Fault::Partial(2, 429),
        Fault::Partial(3, 503),
        Fault::Partial(1, 500),
    ];
    within(90, async {
        w.proxy.poison(Some(POISON));
        let mut refused = 0;
        for round in 0..8 {
            // one less than a request is tried: each of them ends well
            let faults: Vec<Fault> = (0..4).map(|_| all[w.rng.below(all.len())].clone()).collect();
            println!("round {round}: {faults:?}");
            let mut events = w.events(40);
            let bad = w.rng.below(80);
            if let Some(e) = events.get_mut(bad) {
                e.message = POISON.into();
            }
            let wanted: Vec<i64> = events.get(bad).map(|e| e.id).into_iter().collect();
            w.proxy.forget();
            w.proxy.script(faults);
            let done = w.cluster.index(&events).await.unwrap();
            let told: Vec<i64> = done.poison.iter().map(|p| p.id).collect();
            assert_eq!(told, wanted);
            assert_eq!(done.created + done.known + told.len(), events.len());
            let tally = w.proxy.tally();
            assert!(tally.needless == 0 && tally.bulks <= 2 * 5, "{tally:?}");
            refused += told.len() as i64;
            w.proxy.script([]);
        }
        w.holds(w.next - 1 - refused).await;
    })
    .await;
}
