//! How the engine is reached, and its limits.
use std::time::Duration;

/// Where OpenSearch is. Defaults fit a small cluster.
#[derive(Clone)]
pub struct Config {
    /// Nodes, asked in turn: `https://search-1:9200`. One that gives no answer is passed over while others do.
    pub urls: Vec<String>,
    /// Basic authentication.
    pub login: Option<(String, String)>,
    /// PEM text of the authority that signed the nodes' certificates, beside those of the system.
    pub ca: Option<Vec<u8>>,
    /// `false` takes any certificate: for trials only.
    pub verify: bool,
    /// Goes before every index, alias and template: several installations on one cluster.
    pub prefix: String,
    /// Of the program, `1_002_003` for 1.2.3: index templates of a newer one are left as they are.
    pub version: i64,
    /// Copies of each shard at most; on a single node there is none.
    pub replicas: u32,
    /// Bytes of one bulk request, about.
    pub bulk_bytes: usize,
    /// Bulk requests under way at once.
    pub bulk_parallel: usize,
    /// A bulk request that takes longer, on all nodes together, is sent again.
    pub bulk_timeout: Duration,
    /// A search that takes longer is an error, however many nodes were asked.
    pub search_timeout: Duration,
    /// How often one request is tried before the caller hears of it.
    pub tries: u32,
    /// Events that one query may fetch to judge them; beyond it the caller is asked to narrow the query.
    pub judged: usize,
}

impl Config {
    pub fn at(url: &str) -> Self {
        Self {
            urls: vec![url.into()],
            login: None,
            ca: None,
            verify: true,
            prefix: String::new(),
            version: version(),
            replicas: 1,
            bulk_bytes: 4 << 20,
            bulk_parallel: 2,
            bulk_timeout: Duration::from_secs(60),
            search_timeout: Duration::from_secs(30),
            tries: 3,
            judged: 100_000,
        }
    }
}

fn version() -> i64 {
    let part = |text: &str| text.parse().unwrap_or(0);
    let [major, minor, patch]: [i64; 3] = [
        part(env!("CARGO_PKG_VERSION_MAJOR")),
        part(env!("CARGO_PKG_VERSION_MINOR")),
        part(env!("CARGO_PKG_VERSION_PATCH")),
    ];
    (major * 1_000 + minor) * 1_000 + patch
}
