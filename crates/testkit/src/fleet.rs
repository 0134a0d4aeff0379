//! Several processes on one PostgreSQL and one OpenSearch, behind balancers: what an installation that has grown looks like.
use crate::{Client, Options, PgDatabase, TestServer, balancer::Balancer, server::ADMIN};
use reqwest::Method;
use serde_json::Value;

/// Where OpenSearch is: `EVENTSEC_TEST_SEARCH_URL`. `None`, and a printed line, when it is nowhere, also in CI: not every machine can
/// run one.
///
/// # Panics
/// When it is nowhere and `EVENTSEC_TEST_SEARCH_REQUIRED` is `1`.
pub fn opensearch_url() -> Option<String> {
    let url = std::env::var("EVENTSEC_TEST_SEARCH_URL").ok().filter(|u| u.starts_with("http"));
    if url.is_none() {
        assert!(
            std::env::var("EVENTSEC_TEST_SEARCH_REQUIRED").as_deref() != Ok("1"),
            "EVENTSEC_TEST_SEARCH_URL names no OpenSearch, and EVENTSEC_TEST_SEARCH_REQUIRED asks for one"
        );
        println!(
            "skipped: EVENTSEC_TEST_SEARCH_URL names no OpenSearch (scripts/services opensearch start)"
        );
    }
    url
}

/// The processes, in the order they were started.
pub struct Fleet {
    pub members: Vec<(&'static str, TestServer)>,
    pub web: Balancer,
    pub ingest: Balancer,
    search: String,
    prefix: String,
    /// Goes last: the members use it.
    database: PgDatabase,
}

impl Fleet {
    /// `None` where there is no PostgreSQL or no OpenSearch. `search` is where members find OpenSearch, when that is not where the
    /// environment says (a proxy before it).
    ///
    /// # Panics
    /// When a member does not start.
    pub async fn start(roles: &[&'static str], search: Option<&str>) -> Option<Self> {
        let real = opensearch_url()?;
        let database = PgDatabase::fresh().await?;
        let prefix = format!("fleet{:08x}-", rand::random::<u32>());
        let url = search.unwrap_or(&real).to_owned();
        let mut members = Vec::new();
        for role in roles {
            let options = Options::sqlite()
                .env("EVENTSEC_DATABASE_URL", database.url())
                .env("EVENTSEC_SEARCH_URL", &url)
                .env("EVENTSEC_SEARCH_PREFIX", &prefix)
                .env("EVENTSEC_ROLE", *role)
                .env("EVENTSEC_LOG_FILTER", "info");
            members.push((*role, TestServer::start(options).await));
        }
        let of = |wanted: &str| {
            let with = members.iter().filter(|(role, _)| *role == wanted || *role == "all");
            with.map(|(_, s)| s.base()).collect::<Vec<_>>()
        };
        let (web, ingest) = (Balancer::over(of("web")).await, Balancer::over(of("ingest")).await);
        Some(Self { members, web, ingest, search: real, prefix, database })
    }

    /// The administrator, asking any of the web processes.
    ///
    /// # Panics
    /// When the sign-in is refused.
    pub async fn admin(&self) -> Client {
        let signed_in = Client::new(self.web.base.clone()).login(ADMIN.0, ADMIN.1).await;
        signed_in.unwrap_or_else(|r| panic!("cannot sign in: {} {}", r.status, r.text()))
    }

    /// Goes before the names of all indexes of this fleet.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The members' database, for what another process would do to it.
    pub fn database_url(&self) -> String {
        self.database.url()
    }

    /// Where OpenSearch really is, whatever stands before it.
    pub fn search_url(&self) -> &str {
        &self.search
    }

    /// Asks OpenSearch itself; the answer whatever its status, null when it is not JSON.
    ///
    /// # Panics
    /// When OpenSearch does not answer.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let request = http.request(method, format!("{}{path}", self.search));
        let request = body.iter().fold(request, |r, body| r.json(body));
        let reply = request.send().await.expect("OpenSearch answers");
        reply.json().await.unwrap_or_default()
    }

    /// Makes what is indexed visible now.
    ///
    /// # Panics
    /// When OpenSearch does not answer.
    pub async fn refresh(&self) {
        let url = format!("{}/{}*/_refresh", self.search, self.prefix);
        reqwest::Client::builder()
            .build()
            .expect("a client")
            .post(url)
            .send()
            .await
            .expect("OpenSearch answers");
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.members.iter_mut().for_each(|(_, m)| m.kill());
        let (search, prefix) = (self.search.clone(), self.prefix.clone());
        // a test's runtime cannot be blocked on from inside; a thread has its own
        let _ = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let http = reqwest::Client::builder().build().ok()?;
                http.delete(format!("{search}/{prefix}*")).send().await.ok()?;
                let templates = format!("{search}/_index_template/{prefix}*");
                http.delete(templates).send().await.ok()
            })
        })
        .join();
    }
}
