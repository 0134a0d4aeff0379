//! The options themselves, by section. The doc line of a field is its help text.
use super::{
    setting::ByteSize,
    table::options,
    values::{
        DatabaseUrl, Email, Environment, HttpUrl, LogFormat, Nodes, Origins, Proxies, Roles,
        SameSite, Secret,
    },
};
use std::{net::SocketAddr, path::PathBuf, time::Duration};

const KB: u64 = 1 << 10;
const MB: u64 = 1 << 20;
const GB: u64 = 1 << 30;
const SECOND: u64 = 1_000;
const HOUR: u64 = 3_600 * SECOND;

options! {
    /// Where the program listens, what it keeps and where, and what it runs.
    Serve "" {
        /// Address and port to listen on. Port 0 takes a free one.
        listen: SocketAddr = "127.0.0.1:8080";
        /// Folder of everything the program keeps: databases, journal, Parquet parts.
        data: PathBuf = "data" {common};
        /// PostgreSQL to use in place of the embedded SQLite.
        database_url: Option<DatabaseUrl>, legacy("DATABASE_URL") {common, flag};
        /// Which parts this process runs. Anything but `all` needs `search.url`.
        role: Roles = "all";
        /// `production` refuses default and short secrets, demo users and plain-http cookies.
        env: Environment = "development", legacy("ENVIRONMENT") {common};
        /// Address under which browsers reach the program: links, and the origin that forms must come from.
        public_url: Option<HttpUrl>, legacy("UI_BASE_URL");
        /// Folder of the built site. Default: `site` beside the program.
        site_root: Option<PathBuf>, legacy("LEPTOS_SITE_ROOT");
        /// Add a demo user of each role beside the administrator, for trying the program out.
        seed: bool = "false";
        /// Percent of the data folder's disk that are to stay free: below it the oldest days of events go whose tenants have set an end to them. 0: no matter how full the disk is.
        retention_free_percent: u32 = "10" [0, 90];
        /// Address of the first administrator, made at the first start.
        admin_email: Email = "admin@eventsec.local";
        /// Password of the first administrator, taken as it is outside production. Default: a one-time password, printed once.
        admin_password: Option<Secret>;
    }
}

options! {
    /// OpenSearch in place of the embedded search engine. Needs PostgreSQL.
    Search "search." {
        /// Addresses of OpenSearch's nodes, separated by commas. Without one events are searched with the embedded engine.
        url: Nodes, legacy("OPENSEARCH_URL") {common};
        /// User that OpenSearch knows.
        user: Option<String> {common};
        /// The user's password.
        password: Option<Secret> {common};
        /// PEM file of the authority that signed the nodes' certificates, beside those of the system.
        ca_file: Option<PathBuf>, legacy("OPENSEARCH_CA_FILE") {common};
        /// Whether certificates are checked. `false` is for trials.
        verify: bool = "true", legacy("OPENSEARCH_VERIFY_CERTS") {common};
        /// Goes before the name of every index, alias and template: several installations on one OpenSearch.
        prefix: Option<String> {common};
        /// Copies of each index at most, beside the first. On a single node there is none.
        replicas: u32 = "1" [0, 10] {common};
        /// Whether the program counts as not ready while OpenSearch does not answer. Events are taken and detected all the same.
        required: bool = "false", legacy("OPENSEARCH_REQUIRED") {common};
    }
}

options! {
    /// Secrets, and whom the program believes.
    Trust "" {
        /// Signs API tokens. Default outside production: made at the first start and kept in the database.
        jwt_secret: Option<Secret>, legacy("JWT_SECRET", "SECRET_KEY_FILE", "SECRET_KEY");
        /// Token that all agents may share (`X-Agent-Token`). Without one only agent keys are accepted; production never accepts it.
        agent_token: Option<Secret>;
        /// Key with which agents enrol (`POST /agents/enroll`). Without one enrolment is closed.
        enrollment_key: Option<Secret>, legacy("AGENT_ENROLLMENT_KEY");
        /// Other sites that may call the API with credentials.
        cors_origins: Origins, legacy("CORS_ORIGINS");
        /// Proxies whose `X-Forwarded-For` says where a request came from.
        trusted_proxies: Proxies;
    }
}

options! {
    /// The cookies of browsers.
    Cookie "cookie." {
        /// Name of the cookie that carries an API token.
        name: String = "access_token", legacy("COOKIE_NAME");
        /// When the browser sends it from other sites. `none` without `secure` acts as `lax`.
        samesite: SameSite = "lax", legacy("COOKIE_SAMESITE");
        /// Send it over https only. Default: true when `public_url` is https.
        secure: Option<bool>, legacy("COOKIE_SECURE", "SERVER_HTTPS_ENABLED");
        /// Domain attribute. Default: none, the exact host.
        domain: Option<String>, legacy("COOKIE_DOMAIN");
        /// Path attribute.
        path: String = "/", legacy("COOKIE_PATH");
        /// Life of the cookie.
        max_age: MaxAge = "1h", legacy("COOKIE_MAX_AGE_SECONDS");
    }
}

options! {
    /// What the program says while it runs.
    Log "log." {
        /// For people or for machines.
        format: LogFormat = "text";
        /// What is written, as `level` or `target=level,…`.
        filter: String = "info";
    }
}

options! {
    /// What is refused, delayed or cut off, and where.
    Limits "limits." {
        /// Open connections. Past it: 503 and the connection is closed.
        connections: u32 = "4096" [1, 1_000_000];
        /// Open connections of one address. Past it: 503 and the connection is closed.
        connections_per_ip: u32 = "1024" [1, 1_000_000];
        /// Time until a new connection sends its first byte. Past it: closed.
        first_byte: Duration = "5s" [100, HOUR];
        /// Time until a request's headers are complete. Past it: closed.
        headers: Duration = "5s" [100, HOUR];
        /// Time a connection may be idle between requests. Past it: closed.
        idle: Duration = "60s" [SECOND, HOUR];
        /// Bytes a second that a request's body must reach, over each span of `body_grace`. Past it: 408 and closed.
        body_rate: ByteSize = "1000" [0, GB];
        /// Span over which a body's rate is taken.
        body_grace: Duration = "10s" [100, HOUR];
        /// Time a client may take nothing of a response that waits for it. Past it: closed.
        write_stall: Duration = "30s" [SECOND, HOUR];
        /// Time until a request must be answered (a stream: until it begins). Past it: 503.
        request: Duration = "60s" [SECOND, HOUR];
        /// Time that running requests get when the program stops. Past it: cut off.
        drain: Duration = "20s" [0, HOUR];
        /// Headers of one request, together. Past it: 431.
        header_bytes: ByteSize = "32KiB" [8 * KB, MB];
        /// Number of headers of one request. Past it: 431.
        header_count: u32 = "100" [10, 1_000];
        /// Concurrent HTTP/2 streams of one connection. Past it: the stream is refused.
        http2_streams: u32 = "128" [1, 10_000];
        /// Body of a request that brings no events, as sent and as unpacked. Past it: 413.
        body: ByteSize = "1MiB" [KB, GB];
        /// Body of a request that brings events, as sent. Past it: 413.
        ingest_body: ByteSize = "16MiB" [KB, GB], legacy("NETWORK_INGEST_MAX_BYTES");
        /// Body of a request that brings events, once unpacked (gzip, zstd, br). Past it: 413.
        ingest_unpacked: ByteSize = "64MiB" [KB, 4 * GB];
        /// Events of one request. Past it: 413.
        batch_events: u32 = "10000" [1, 1_000_000], legacy("NETWORK_INGEST_MAX_EVENTS");
        /// One event, as JSON. Past it: that event alone is rejected and kept as a dead letter.
        event: ByteSize = "256KiB" [KB, 64 * MB];
        /// Journal that waits to become parts. Past it: 507, nothing is acknowledged.
        journal: ByteSize = "8GiB" [MB, 1024 * GB];
        /// Events in memory before they become a part.
        head: ByteSize = "96MiB" [MB, 64 * GB];
        /// Age of the oldest event in memory before they become a part.
        head_age: Duration = "5m" [SECOND, 24 * HOUR];
    }
}

/// A time, or the contract's plain number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxAge(pub Duration);

impl super::setting::Setting for MaxAge {
    const PLACE: &'static str = "TIME";
    fn read(text: &str) -> Option<Self> {
        let plain = text.parse().ok().map(Duration::from_secs);
        plain.or_else(|| Duration::read(text)).map(Self)
    }
    fn allowed(range: Option<(u64, u64)>) -> String {
        format!("{}, or a plain number of seconds", Duration::allowed(range))
    }
}

impl super::setting::Setting for String {
    const PLACE: &'static str = "TEXT";
    fn read(text: &str) -> Option<Self> {
        // these texts end up in headers
        (!text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && c != ';'))
            .then(|| text.into())
    }
    fn allowed(_: Option<(u64, u64)>) -> String {
        "a text of printable ASCII without blanks or semicolons".into()
    }
}
