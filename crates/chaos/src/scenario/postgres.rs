//! PostgreSQL is cut off, hangs, is gone without a word, is slow, crashes and starts again: 503 and no 500 meanwhile, then everything
//! goes on by itself.
use super::load;
use crate::{
    outcome::Outcome,
    outside::postgres::Postgres,
    rig::{Rig, SETTLE, busy},
    tools::{Tier, Tools},
    verdict::Strangers,
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};
use testkit::{ChaosProxy, Client, Options, PgDatabase, TestServer, proxy::Mode, server::ADMIN};

/// What is broken, for how long, and until when events must be taken again after the end of it. The aim is three seconds; the
/// bounds leave room for busy machines.
const BREAKS: [(&str, Duration, Duration); 6] = [
    ("slow", Duration::from_secs(2), Duration::from_secs(10)),
    ("cut", Duration::from_secs(2), Duration::from_secs(10)),
    ("reset", Duration::from_secs(1), Duration::from_secs(10)),
    ("hung", Duration::from_secs(3), Duration::from_secs(10)),
    ("crashed", Duration::from_secs(1), Duration::from_secs(15)),
    // a connection that is just dead is found out by the time that a statement may take
    ("stranded", Duration::ZERO, Duration::from_secs(60)),
];

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("postgres");
    let Some(server) = Postgres::start() else {
        outcome.note("skipped: there is no PostgreSQL");
        return outcome.end();
    };
    let proxy = ChaosProxy::before(server.address()).await;
    let database = PgDatabase::fresh_on(&server.url).await;
    let through = server.url_at(&database.url(), proxy.address().port());
    let options = busy(Options::postgres(database))
        .program(&tools.program)
        .env("EVENTSEC_DATABASE_URL", through);
    let mut rig = Rig::around(tools, TestServer::start(options).await, &load(&outcome, 50)).await;
    rig.driver().more(5, SETTLE).await;
    let watch = Watch::start(rig.admin().await, rig.server.anonymous());
    for round in 0..tools.pick(1, 20) {
        for (what, time, bound) in BREAKS {
            // half a minute of waiting: for the long tier
            if what == "stranded" && tools.tier == Tier::Quick {
                continue;
            }
            outcome.tries += 1;
            breaks(what, time, &proxy, &server).await;
            let took = rig.driver().more(1, SETTLE).await;
            outcome.expect(took <= bound, || format!("{what}: events were taken after {took:?}"));
            outcome.note(format!("{what}: {} ms", took.as_millis()));
            outcome.recovery.push(took);
            if round == 0 {
                rig.driver().more(5, SETTLE).await;
            }
        }
    }
    watch.stop(&mut outcome).await;
    outcome.expect(rig.server.pid().is_some(), || "the server has ended".into());
    rig.settle(Strangers::Faults, &mut outcome).await;
    outcome.end()
}

/// Breaks, waits, and mends.
async fn breaks(what: &str, time: Duration, proxy: &ChaosProxy, server: &Postgres) {
    match what {
        "slow" => proxy.set(Mode::Delay(Duration::from_millis(30))),
        "cut" => proxy.set(Mode::Cut),
        "reset" => proxy.set(Mode::Reset),
        "hung" => proxy.set(Mode::Hang),
        "stranded" => proxy.strand(),
        _ => server.crash(),
    }
    tokio::time::sleep(time).await;
    if what == "crashed" {
        server.start_again();
    }
    proxy.set(Mode::Pass);
}

/// Somebody who looks at alerts and signs in all the time.
struct Watch {
    stop: Arc<AtomicBool>,
    statuses: Arc<Mutex<BTreeMap<u16, u64>>>,
    wrong: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Watch {
    fn start(admin: Client, anonymous: Client) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let statuses = Arc::<Mutex<BTreeMap<u16, u64>>>::default();
        let wrong = Arc::<Mutex<Vec<String>>>::default();
        let (stopped, counted, noted) = (stop.clone(), statuses.clone(), wrong.clone());
        let task = tokio::spawn(async move {
            while !stopped.load(Relaxed) {
                let alerts = admin.get("/alerts?limit=5").await;
                let signed_in = anonymous.login(ADMIN.0, ADMIN.1).await.err();
                let alive = admin.get("/healthz").await;
                for reply in [Some(alerts), signed_in, Some(alive)].into_iter().flatten() {
                    lock(&counted).entry(reply.status).and_modify(|n| *n += 1).or_insert(1);
                    if ![200, 429, 503].contains(&reply.status) {
                        lock(&noted).push(format!("{} {}", reply.status, reply.text()));
                    }
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        Self { stop, statuses, wrong, task }
    }

    async fn stop(self, outcome: &mut Outcome) {
        self.stop.store(true, Relaxed);
        if let Err(e) = self.task.await {
            outcome.fault(format!("whoever looked on stopped: {e}"));
        }
        lock(&self.wrong).iter().for_each(|line| outcome.fault(format!("answered {line}")));
        outcome.note(format!("people saw {:?}", lock(&self.statuses)));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
