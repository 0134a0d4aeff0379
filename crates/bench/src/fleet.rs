//! The program under test: one process, or one for each role with PostgreSQL and OpenSearch behind them.
//!
//! Invariant: figures of a fleet are sums over its processes; databases beside them are counted on disk and nowhere else.
use crate::{
    Arguments,
    disk::{self, Room},
    process::{self, Memory},
    scrape::Scrape,
};
use std::time::{Duration, Instant};
use testkit::{Client, Options, PgDatabase, TestServer, client::Base, program, wait_for};

/// Longest time anything may take that must come.
pub const SETTLE: Duration = Duration::from_secs(300);
/// The disk counts as settled when it has not changed for so long.
const QUIET: Duration = Duration::from_secs(3);

/// In the order in which they are started: the first makes tables and the first administrator.
const ROLES: [&str; 3] = ["web", "worker", "ingest"];
/// Roles share what signs tokens; nothing of it is kept.
const SECRET: &str = "only-for-the-benchmark-0123456789abcdef";

/// The OpenSearch node of a cluster.
struct Search {
    client: Client,
    /// What its indices took before.
    before: u64,
}

pub struct Fleet {
    // dropped before their database
    servers: Vec<TestServer>,
    search: Option<Search>,
    _database: Option<PgDatabase>,
    pub database: &'static str,
}

impl Fleet {
    /// # Errors
    /// When a process does not start, or a database is missing.
    pub async fn start(arguments: &Arguments) -> Result<Self, String> {
        if arguments.cluster {
            return Self::cluster(arguments).await;
        }
        let (options, database) = match arguments.postgres {
            true => (
                Options::postgres(PgDatabase::fresh().await.ok_or("there is no PostgreSQL")?),
                "PostgreSQL",
            ),
            false => (Options::sqlite(), "SQLite, synchronous=FULL"),
        };
        let server = launch(arguments, options, "").await?;
        Ok(Self { servers: vec![server], search: None, _database: None, database })
    }

    async fn cluster(arguments: &Arguments) -> Result<Self, String> {
        let url = arguments
            .search_url()
            .ok_or("--cluster needs an OpenSearch (--search-url, EVENTSEC_TEST_SEARCH_URL)")?;
        let client = Client::new(Base::new(url.as_str()));
        let before = stored(&client).await?;
        let database = PgDatabase::fresh()
            .await
            .ok_or("--cluster needs a PostgreSQL (EVENTSEC_TEST_DATABASE_URL)")?;
        let mut servers = Vec::new();
        for role in ROLES {
            let options = Options::sqlite()
                .env("EVENTSEC_ROLE", role)
                .env("EVENTSEC_DATABASE_URL", database.url())
                .env("EVENTSEC_SEARCH_URL", url.as_str())
                .env("EVENTSEC_JWT_SECRET", SECRET);
            servers.push(launch(arguments, options, role).await?);
        }
        let search = Some(Search { client, before });
        let database_is = "PostgreSQL and OpenSearch, a process for each role";
        Ok(Self { servers, search, _database: Some(database), database: database_is })
    }

    /// The process that serves pages and searches.
    fn web(&self) -> &TestServer {
        &self.servers[0]
    }

    /// The first administrator, at the process that serves pages.
    pub async fn admin(&self) -> Client {
        self.web().admin().await
    }

    /// The same person at the process that takes events.
    pub fn sender(&self, admin: &Client) -> Client {
        match self.servers.last() {
            Some(server) if self.servers.len() > 1 => {
                server.anonymous().with_token(admin.token().unwrap_or_default())
            }
            _ => admin.clone(),
        }
    }

    pub fn url(&self) -> String {
        self.web().url()
    }

    fn pids(&self) -> impl Iterator<Item = u32> {
        self.servers.iter().filter_map(TestServer::pid)
    }

    pub fn cpu(&self) -> Option<Duration> {
        self.pids().map(process::cpu).sum()
    }

    pub fn memory(&self) -> Option<Memory> {
        let mut all = Memory { now: 0, highest: 0 };
        for pid in self.pids() {
            let one = process::memory(pid)?;
            all.now += one.now;
            all.highest += one.highest;
        }
        Some(all)
    }

    /// What the processes' folders take, and what a cluster's indices do beyond what was there.
    ///
    /// # Errors
    /// When a folder cannot be read or OpenSearch does not answer.
    pub async fn room(&self) -> Result<Room, String> {
        let mut all = Room::default();
        for server in &self.servers {
            let one = disk::room(server.data()).map_err(|e| e.to_string())?;
            all.total += one.total;
            for (name, bytes) in one.by_entry {
                *all.by_entry.entry(name).or_default() += bytes;
            }
        }
        if let Some(search) = &self.search {
            let bytes = stored(&search.client).await?.saturating_sub(search.before);
            all.total += bytes;
            all.by_entry.insert("opensearch".into(), bytes);
        }
        Ok(all)
    }

    /// The series of all processes, added up.
    pub async fn scrape(&self) -> Scrape {
        let mut all = Scrape::default();
        for server in &self.servers {
            let reply = server.anonymous().get("/metrics").await;
            if reply.status == 200 {
                all.add(&Scrape::parse(&reply.text()));
            }
        }
        all
    }

    /// Ends all in order, merges what is left to merge, starts them again, and waits until nothing moves on disk.
    ///
    /// # Errors
    /// When merging fails or the disk cannot be read.
    pub async fn settle(&mut self) -> Result<Room, String> {
        self.terminate().await?;
        match &self.search {
            Some(search) => {
                // a body of nothing: the call takes its options from the address
                search.client.post_raw("/_flush?wait_if_ongoing=true", &[], "").await;
            }
            None => {
                for server in &self.servers {
                    let merged = server.run(&["lake", "compact"]).await;
                    if !merged.status.success() {
                        let said = String::from_utf8_lossy(&merged.stderr);
                        return Err(format!("lake compact: {said}"));
                    }
                }
            }
        }
        for server in &mut self.servers {
            server.set_env("EVENTSEC_LIMITS_HEAD_AGE", "1s");
            server.restart().await;
        }
        let mut last = (Room::default(), Instant::now());
        Ok(wait_for("a quiet disk", SETTLE, async || {
            let now = self.room().await?;
            if now != last.0 {
                last = (now, Instant::now());
            }
            if last.1.elapsed() > QUIET {
                Ok(last.0.clone())
            } else {
                Err(format!("{} bytes", last.0.total))
            }
        })
        .await)
    }

    /// Ends all in order: who sends first, who answers last.
    ///
    /// # Errors
    /// When one ends with a fault.
    pub async fn terminate(&mut self) -> Result<(), String> {
        for server in self.servers.iter_mut().rev() {
            let status = server.terminate().await;
            if !status.success() {
                return Err(format!("the server ended with {status}"));
            }
        }
        Ok(())
    }
}

async fn launch(arguments: &Arguments, options: Options, role: &str) -> Result<TestServer, String> {
    let options = options
        .program(program::find("release").map_err(|e| e.to_string())?)
        .env("EVENTSEC_LOG_FILTER", "warn");
    let options = match &arguments.data {
        Some(folder) => {
            let name = format!("bench-{}", std::process::id());
            options.data(folder.join(if role.is_empty() { name } else { format!("{name}-{role}") }))
        }
        None => options,
    };
    let named = |e| if role.is_empty() { format!("{e}") } else { format!("role {role}: {e}") };
    TestServer::try_start(options).await.map_err(named)
}

/// Bytes of all indices of the node.
async fn stored(node: &Client) -> Result<u64, String> {
    let reply = node.get("/_stats/store").await;
    if reply.status != 200 {
        return Err(format!("OpenSearch: {} {}", reply.status, reply.text()));
    }
    let bytes = reply.json()["_all"]["total"]["store"]["size_in_bytes"].as_u64();
    // a node without any index says nothing of sizes
    Ok(bytes.unwrap_or(0))
}
