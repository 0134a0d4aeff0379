//! The settings' own types: secrets, addresses, choices.
use super::setting::Setting;
use std::fmt;

/// Text that logs and errors never show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the one place that signs, compares or connects with it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl Setting for Secret {
    const PLACE: &'static str = "TEXT";
    const SECRET: bool = true;
    fn read(text: &str) -> Option<Self> {
        Some(Self(text.trim().into())).filter(|s| !s.0.is_empty())
    }
    fn allowed(_: Option<(u64, u64)>) -> String {
        "a text that is not empty".into()
    }
}

/// A PostgreSQL address, normalised to the scheme `postgres`. Holds a password, so it is shown like a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseUrl(Secret);

impl DatabaseUrl {
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl Setting for DatabaseUrl {
    const PLACE: &'static str = "URL";
    const SECRET: bool = true;
    fn read(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once("://")?;
        // "postgresql+psycopg2" is how the contract's deployments spell it
        matches!(scheme.split('+').next(), Some("postgres" | "postgresql"))
            .then(|| Self(Secret(format!("postgres://{rest}"))))
            .filter(|_| !rest.is_empty())
    }
    fn allowed(_: Option<(u64, u64)>) -> String {
        "postgres://USER:PASSWORD@HOST:PORT/NAME; leave it out to keep everything in SQLite under the data folder".into()
    }
}

/// An http or https address without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpUrl(String);

impl HttpUrl {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// `scheme://host[:port]`: what a browser sends as `Origin`.
    pub fn origin(&self) -> &str {
        let host = self.0.find("://").map_or(0, |i| i + 3);
        let end = self.0[host..].find('/').map_or(self.0.len(), |i| host + i);
        &self.0[..end]
    }

    /// Scheme, host and port, and nothing else that no browser says.
    fn is_origin(&self) -> bool {
        self.origin() == self.0 && !self.0.contains(['?', '#', '@'])
    }
}

impl Setting for HttpUrl {
    const PLACE: &'static str = "URL";
    fn read(text: &str) -> Option<Self> {
        let uri: http::Uri = text.trim().parse().ok()?;
        let fine = matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|h| !h.is_empty() && !h.contains('*'));
        fine.then(|| Self(lower_origin(text.trim().trim_end_matches('/'))))
    }
    fn allowed(_: Option<(u64, u64)>) -> String {
        "an address that begins with http:// or https://".into()
    }
}

/// Scheme and host do not depend on case; the path does.
fn lower_origin(url: &str) -> String {
    let host = url.find("://").map_or(0, |i| i + 3);
    let end = url[host..].find('/').map_or(url.len(), |i| host + i);
    url[..end].to_ascii_lowercase() + &url[end..]
}

/// Origins of other sites that may call the API with credentials. Exact matches only: no wildcard, no pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(pub Vec<String>);

impl Origins {
    pub fn allow(&self, origin: &str) -> bool {
        self.0.iter().any(|o| o == origin)
    }
}

impl Setting for Origins {
    const PLACE: &'static str = "ORIGINS";
    fn read(text: &str) -> Option<Self> {
        text.split(',')
            .map(str::trim)
            .filter(|o| !o.is_empty())
            .map(|o| HttpUrl::read(o).filter(HttpUrl::is_origin).map(|u| u.0))
            .collect::<Option<_>>()
            .map(Self)
    }
    fn allowed(_: Option<(u64, u64)>) -> String {
        "origins separated by commas, such as https://soc.example.org,http://localhost:5173 (no path, no *)".into()
    }
    fn missing() -> Option<Self> {
        Some(Self::default())
    }
}

/// Addresses of the nodes of one service; none means that it is not used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nodes(pub Vec<HttpUrl>);

impl Nodes {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Setting for Nodes {
    const PLACE: &'static str = "URLS";
    fn read(text: &str) -> Option<Self> {
        let each = text.split(',').map(str::trim).filter(|a| !a.is_empty());
        each.map(HttpUrl::read).collect::<Option<_>>().map(Self)
    }
    fn allowed(_: Option<(u64, u64)>) -> String {
        "addresses separated by commas, each beginning with http:// or https://".into()
    }
    fn missing() -> Option<Self> {
        Some(Self::default())
    }
}

/// Addresses of proxies whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(pub Vec<std::net::IpAddr>);

impl Setting for Proxies {
    const PLACE: &'static str = "IPS";
    fn read(text: &str) -> Option<Self> {
        text.split(',')
            .map(str::trim)
            .filter(|a| !a.is_empty())
            // as addresses of peers are compared
            .map(|a| a.parse().ok().map(|a: std::net::IpAddr| a.to_canonical()))
            .collect::<Option<_>>()
            .map(Self)
    }
    fn allowed(_: Option<(u64, u64)>) -> String {
        "IP addresses separated by commas".into()
    }
    fn missing() -> Option<Self> {
        Some(Self::default())
    }
}

/// An e-mail address, lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(pub String);

impl Setting for Email {
    const PLACE: &'static str = "EMAIL";
    fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let (name, host) = text.split_once('@')?;
        let fine = !name.is_empty()
            && !host.is_empty()
            && !host.contains('@')
            && !text.contains(char::is_whitespace);
        fine.then_some(Self(text))
    }
    fn allowed(_: Option<(u64, u64)>) -> String {
        "an e-mail address".into()
    }
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident $place:literal { $($(#[$vdoc:meta])* $variant:ident = $first:literal $(| $other:literal)*),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $first),* }
            }
        }

        impl Setting for $name {
            const PLACE: &'static str = $place;
            fn read(text: &str) -> Option<Self> {
                match text.trim().to_ascii_lowercase().as_str() {
                    $($first $(| $other)* => Some(Self::$variant),)*
                    _ => None,
                }
            }
            fn allowed(_: Option<(u64, u64)>) -> String {
                format!("one of {}", [$($first),*].join(", "))
            }
        }
    };
}

choice! {
    /// Which parts of the program this process runs.
    Roles "ROLE" {
        /// Everything.
        All = "all",
        /// Pages and the JSON API.
        Web = "web",
        /// What agents and collectors send.
        Ingest = "ingest",
        /// Detection, indexing, schedules.
        Worker = "worker",
    }
}

choice! {
    /// Whether mistakes that are handy while developing are refused.
    Environment "NAME" { Development = "development" | "dev" | "test", Production = "production" | "prod" }
}

impl Environment {
    pub fn is_production(self) -> bool {
        self == Self::Production
    }
}

choice! {
    /// The cookie attribute of the same name.
    SameSite "MODE" { Lax = "lax", Strict = "strict", None = "none" }
}

choice! {
    LogFormat "FORMAT" {
        /// For people.
        Text = "text",
        /// One JSON object a line.
        Json = "json",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn database_addresses_are_normalised_and_others_refused() {
        for text in
            ["postgres://u:p@h/db", "postgresql://u:p@h/db", "postgresql+psycopg2://u:p@h/db"]
        {
            assert_eq!(DatabaseUrl::read(text).unwrap().expose(), "postgres://u:p@h/db", "{text}");
        }
        for text in ["mysql://h/db", "h/db", "postgres://", "sqlite://x"] {
            assert_eq!(DatabaseUrl::read(text), None, "{text}");
        }
        let shown = format!("{:?}", DatabaseUrl::read("postgres://u:hunter2@h/db"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn origins_are_exact() {
        let o = Origins::read("https://SOC.example.org/, http://localhost:5173").unwrap();
        assert!(o.allow("https://soc.example.org") && o.allow("http://localhost:5173"));
        assert!(
            !o.allow("https://soc.example.org.evil.test")
                && !o.allow("http://soc.example.org")
                && !o.allow("null")
        );
        for text in [
            "*",
            "https://*",
            "https://*.a.test",
            "https://a.test/path",
            "https://a.test?x",
            "https://ana@a.test",
            "a.test",
        ] {
            assert_eq!(Origins::read(text), None, "{text}");
        }
        assert_eq!(Proxies::read("::ffff:10.0.0.1"), Proxies::read("10.0.0.1"));
        assert_eq!(HttpUrl::read("https://A.test/Path/").unwrap().as_str(), "https://a.test/Path");
        assert_eq!(HttpUrl::read("https://a.test:8/x/y").unwrap().origin(), "https://a.test:8");
    }

    #[test]
    fn choices_read_every_spelling() {
        assert_eq!(Environment::read("PROD"), Some(Environment::Production));
        assert_eq!(Roles::read("ingest"), Some(Roles::Ingest));
        assert_eq!(Roles::read("everything"), None);
        assert_eq!(Email::read(" Ana@Example.ORG ").unwrap().0, "ana@example.org");
        assert_eq!(Email::read("ana"), None);
    }
}
