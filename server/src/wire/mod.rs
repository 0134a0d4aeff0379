//! Puts the parts together: configuration in, application out.
mod check;
mod commands;
pub(crate) mod hold;
mod housekeeping;
mod lead;
mod mirror;
mod pages;
mod probe;
mod shared;

pub use check::{Report as CheckReport, check};
pub use commands::{
    audit_verify, db_check, db_migrate, lake_check, lake_compact, user_add, user_list, user_reset,
};

use self::lead::Lead;
use crate::{
    api, identity, ingest,
    ledger::{docs, pages as page_entries, server_fns},
    state::AppState,
};
use axum::{Router, middleware};
use backend::SharedBackend;
use cluster::Cluster;
use lake::{Lake, LakeConfig};
use model::{Problem, retention::DiskRoom, time::Clock, user::OneTimePassword};
use parking_lot::Mutex;
use pipeline::{
    Road, RoadConfig, RuleHub, manifest::StoredManifest, road::Running, shared::Workers,
};
use platform::{
    Config, Entry, Ledger, Tasks, clock,
    config::{Limits, Roles},
    cookie::Cookies,
    faces,
    ledger::gate::Gate,
    metrics::Metrics,
};
use search::engine::SearchEngine;
use soc::{Disk, Live, Policy, Soc, auth::password::Passwords, auth::token::Tokens};
use std::{sync::Arc, time::Duration};
use store::{Claim, Pools, Store, Target};

/// An opened installation: what was acknowledged before is searchable; nothing listens yet.
pub struct App {
    config: Config,
    state: AppState,
    running: Running,
    /// Among other processes: the engine they share, and this one's part of the work.
    shared: Option<(Arc<Cluster>, Option<Workers>)>,
    metrics: Metrics,
    hold: hold::Hold,
    /// Held until the first rows are made: of processes that start together one makes them.
    starting: Mutex<Option<Claim>>,
}

/// Time that the road gets to write on what it took.
const DRAIN: Duration = Duration::from_secs(15);
/// Time for each of the last words to the database.
const LAST: Duration = Duration::from_secs(5);

/// Turns a part's error into a sentence for whoever starts the program.
pub(crate) fn broken(what: &str) -> impl Fn(&dyn std::fmt::Display) -> Problem + '_ {
    move |e| Problem::unavailable(format!("{what}: {e}"))
}

pub(crate) fn target(config: &Config) -> Target {
    match &config.serve.database_url {
        Some(url) => Target::Postgres(url.expose().into()),
        None => Target::Sqlite { dir: config.serve.data.clone() },
    }
}

pub(crate) async fn open_store(config: &Config) -> Result<Store, Problem> {
    Store::open(&target(config), Pools::default())
        .await
        .map_err(|e| broken("The database cannot be opened")(&e))
}

pub(crate) async fn open_lake(
    config: &Config,
    store: &Store,
    clock: Clock,
) -> Result<Arc<Lake>, Problem> {
    let mut at = LakeConfig::at(config.serve.data.join("lake"));
    at.limits.head_bytes = config.limits.head.get();
    at.limits.head_age = i64::try_from(config.limits.head_age.as_micros()).unwrap_or(i64::MAX);
    let manifest = Arc::new(StoredManifest { store: store.clone(), clock });
    Lake::open(at, manifest).await.map_err(|e| broken("The event store cannot be opened")(&e))
}

impl App {
    pub async fn open(config: &Config) -> Result<Self, Problem> {
        let clock = clock::system();
        let store = open_store(config).await?;
        let starting =
            store.start_alone().await.map_err(|e| broken("The database cannot be locked")(&e))?;
        // whoever works on it already may be of another version: nothing is changed before it is ours
        let hold = hold::take(config, &store).await?;
        store.migrate().await.map_err(|e| broken("The database cannot be migrated")(&e))?;
        soc::start::prepare(&store, clock()).await?;
        let secret =
            soc::start::secret(&store, config.trust.jwt_secret.as_ref().map(|s| s.expose()))
                .await?;
        let rules = Arc::new(RuleHub::default());
        rules.reload(&store).await.map_err(|e| broken("The rules cannot be read")(&e))?;
        let limits = RoadConfig {
            journal_quota: config.limits.journal.0.try_into().unwrap_or(i64::MAX),
            ..Default::default()
        };
        let (engine, live, road, running, shared): (Arc<dyn SearchEngine>, _, _, _, _);
        if config.search.url.is_empty() {
            let lake = open_lake(config, &store, clock.clone()).await?;
            live = Live::default();
            (road, running) = Road::start(
                store.clone(),
                lake.clone(),
                rules.clone(),
                live.told(),
                clock.clone(),
                limits,
            )
            .await
            .map_err(|e| broken("The journal cannot be read back")(&e))?;
            (engine, shared) = (lake, None);
        } else {
            let cluster = shared::engine(config)?;
            shared::greet(&cluster).await;
            store.share_journal().await.map_err(|e| broken("The journal cannot be shared")(&e))?;
            live = Live::carried();
            (road, running) = Road::join(store.clone(), cluster.clone(), clock.clone(), limits);
            let works = matches!(config.serve.role, Roles::All | Roles::Worker);
            let workers = works.then(|| {
                let (rules, broken) = (rules.clone(), running.broken.clone());
                road.work(cluster.clone(), rules, live.told(), clock.clone(), broken)
            });
            (engine, shared) = (cluster.clone(), Some((cluster, workers)));
        }
        let soc = Soc {
            store,
            engine,
            road,
            rules,
            live,
            clock,
            passwords: Passwords::default(),
            tokens: Tokens::new(&secret),
            policy: policy(config),
            disk: disk(config),
            deleting: Arc::default(),
        };
        let metrics = Metrics::install().map_err(Problem::internal)?;
        let state = AppState { soc, cookies: Arc::new(Cookies::new(config)) };
        let (config, starting) = (config.clone(), Mutex::new(starting));
        Ok(Self { config, state, running, shared, metrics, hold, starting })
    }

    /// The first rows are made: others may start.
    pub fn started(&self) {
        self.starting.lock().take();
    }

    /// The first administrator where there is nobody yet, with a one-time password to show once unless one was configured.
    pub async fn first_admin(&self) -> Result<Option<OneTimePassword>, Problem> {
        let (s, serve) = (&self.state.soc, &self.config.serve);
        let chosen = serve.admin_password.as_ref().map(|p| p.expose());
        soc::start::first_admin(
            &s.store,
            &s.passwords,
            Some(&serve.admin_email.0),
            chosen,
            (s.clock)(),
        )
        .await
    }

    /// A person of each role, for trying out. Answers those made now, with their passwords.
    pub async fn seed(&self) -> Result<Vec<(String, String)>, Problem> {
        let s = &self.state.soc;
        let mut made = Vec::new();
        for (role, name) in [
            ("team_lead", "Demo lead"),
            ("senior_analyst", "Demo senior"),
            ("analyst", "Demo analyst"),
        ] {
            let email = format!("{}@example.com", role.replace('_', "-"));
            if s.store
                .login(&email)
                .await
                .map_err(|e| broken("The database does not answer")(&e))?
                .is_some()
            {
                continue;
            }
            let password = soc::auth::password::one_time();
            soc::start::add_user(
                &s.store,
                &s.passwords,
                &email,
                name,
                role,
                &password,
                true,
                (s.clock)(),
            )
            .await?;
            made.push((email, password));
        }
        Ok(made)
    }

    /// Every route of this process's role with its entry, and the entries of pages and server functions.
    pub fn ledger(&self) -> Ledger<AppState> {
        let start = Ledger::new(&self.config.limits).gated();
        let cluster = self.shared.as_ref().map(|(c, _)| (c.clone(), self.config.search.required));
        let probe = Arc::new(probe::Probe::new(self.state.soc.store.clone(), cluster));
        let health = platform::health::routes(start, probe, self.metrics.clone());
        of_role(self.config.serve.role, health, &self.config.limits)
    }

    /// The whole application.
    pub fn router(&self) -> Result<Router, Problem> {
        let (api, entries) = self.ledger().finish();
        let api = api.with_state(self.state.clone());
        let app = if matches!(self.config.serve.role, Roles::All | Roles::Web) {
            let site = platform::site::find(&self.config, std::env::current_exe().ok().as_deref());
            let backend: SharedBackend = Arc::new(self.state.soc.clone());
            let pages = pages::router(site, backend, self.state.clone())?
                .layer(middleware::from_fn_with_state(Gate::new(&entries), Gate::check));
            let caps = platform::layers::body::Caps::both(self.config.limits.body);
            let pages = platform::layers::body::guard_all(pages, caps);
            let paths = faces::Paths::new(page_entries::entries().iter().map(|e: &Entry| e.path));
            faces::join(api, pages, paths)
        } else {
            api
        };
        let app = app.layer(middleware::from_fn_with_state(self.state.clone(), identity::identify));
        Ok(platform::layers::apply(app, &self.config))
    }

    /// Ends when the road broke: nothing can be taken any more, and only a new start helps.
    pub async fn broken(&self) {
        self.running.broken.notified().await;
    }

    /// Starts the work that repeats.
    pub fn run(&self, tasks: &Tasks) {
        let soc = &self.state.soc;
        self.hold.watch(&soc.store, &self.running.broken, tasks);
        let lead = match &self.shared {
            None => self.hold.lead(),
            Some((cluster, workers)) => {
                let bell = workers.as_ref().map(|w| w.bell.clone());
                let leads = bell.is_some();
                shared::start(&soc.store, &soc.live, bell, cluster.clone(), tasks);
                let lead =
                    if leads { Lead::among_others(soc.store.clone(), tasks) } else { Lead::Never };
                mirror::start(&soc.store, cluster, &soc.clock, lead.clone(), tasks);
                lead
            }
        };
        housekeeping::start(soc.clone(), lead, listens(self.config.serve.role), tasks);
    }

    /// After the last request: everything acknowledged is written on, then the databases close.
    pub async fn close(self) -> Result<(), Problem> {
        let (store, road) = (self.state.soc.store.clone(), self.state.soc.road.clone());
        road.close();
        let drained = async {
            // nothing is lost: what was not done is in the journal
            let _ = self.running.writer.await;
            if let Some(worker) = self.running.worker {
                let _ = worker.await;
            }
            if let Some((_, Some(workers))) = self.shared {
                workers.stop().await;
            }
        };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!(
                "the road did not drain in time; the rest is read back at the next start"
            );
        }
        // a database that is away must not keep the program from ending
        let last = tokio::time::timeout(LAST, road.write_down()).await;
        if !matches!(last, Ok(Ok(()))) {
            tracing::warn!("refused batches of the last seconds are missing in the ledger");
        }
        if tokio::time::timeout(LAST, store.close()).await.is_err() {
            tracing::warn!("connections to the database did not close in time");
        }
        drop(self.hold);
        Ok(())
    }

    pub fn state(&self) -> &AppState {
        &self.state
    }
}

/// What a role serves beside the health addresses.
fn of_role(role: Roles, health: Ledger<AppState>, limits: &Limits) -> Ledger<AppState> {
    match role {
        Roles::Worker => health,
        Roles::Ingest => ingest::routes(health),
        Roles::All | Roles::Web => docs::routes(
            health
                .merge(api::routes(limits))
                .note_all(server_fns::entries())
                .note_all(page_entries::entries()),
        ),
    }
}

/// Whether sources that send nothing are silent while a process of this role is there: when it serves the routes for telemetry, as
/// `web` does. Whether a balancer sends any there only the balancer knows. Where none does and all others are away, sources are
/// called silent that could reach nobody: nothing of them arrives, which is worth an alert. Not counting `web` would be worse: where
/// it alone takes events no silence would ever be told.
fn listens(role: Roles) -> bool {
    !matches!(role, Roles::Worker)
}

/// The room on the disk of the data folder.
fn disk(config: &Config) -> Disk {
    let data = config.serve.data.clone();
    let bytes = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    Arc::new(move || match platform::disk::space(&data) {
        Ok(space) => Some(DiskRoom { free: bytes(space.free), total: bytes(space.total) }),
        Err(error) => {
            tracing::warn!(%error, path = %data.display(), "the disk does not tell how much room it has");
            None
        }
    })
}

fn policy(config: &Config) -> Policy {
    let text = |s: &Option<platform::config::Secret>| s.as_ref().map(|s| s.expose().to_owned());
    Policy {
        agent_token: text(&config.trust.agent_token),
        production: config.is_production(),
        enrollment_key: text(&config.trust.enrollment_key),
        batch_events: config.limits.batch_events as usize,
        event_bytes: config.limits.event.get(),
        keep_free_percent: i64::from(config.serve.retention_free_percent),
        token_life: i64::try_from(config.cookie.max_age.0.as_micros()).unwrap_or(model::time::HOUR),
        ..Policy::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::ledger::BodyLimit;

    #[test]
    fn whoever_serves_the_routes_for_telemetry_listens() {
        let limits = Config::for_tests("data".as_ref()).unwrap().limits;
        for role in [Roles::All, Roles::Web, Roles::Ingest, Roles::Worker] {
            let served = of_role(role, Ledger::new(&limits), &limits);
            let takes = served.entries().iter().any(|e| e.body == BodyLimit::Events);
            assert_eq!(listens(role), takes, "{}", role.as_str());
        }
    }
}
