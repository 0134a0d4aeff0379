//! A PostgreSQL server of a scenario's own, which may be stopped under the program's feet. Deleted with its value.
use super::{must, try_run};
use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
};
use testkit::data;

pub struct Postgres {
    script: PathBuf,
    port: u16,
    folder: PathBuf,
    pub url: String,
}

impl Postgres {
    /// `None` where PostgreSQL is not installed, outside of CI.
    ///
    /// # Panics
    /// Without one where `CI` is `true`, or when it does not start.
    pub fn start() -> Option<Self> {
        let there = Path::new("/usr/lib/postgresql").is_dir();
        if !there {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "there is no PostgreSQL");
            return None;
        }
        // free now; whoever takes it before the server does makes the start fail
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .unwrap_or_else(|e| panic!("no free port: {e}"))
            .port();
        // the server runs as somebody else, who cannot reach a private folder of ours
        let folder = std::env::temp_dir().join(format!("eventsec-chaos-postgres-{port}"));
        let script = data::root().join("scripts/postgres");
        let mut this = Self { script, port, folder, url: String::new() };
        this.url = this.run("start", &["--durable"]);
        Some(this)
    }

    fn run(&self, verb: &str, more: &[&str]) -> String {
        must(&self.script.display().to_string(), &self.words(verb, more))
    }

    fn words(&self, verb: &str, more: &[&str]) -> Vec<String> {
        let own = ["--port", &self.port.to_string(), "--data", &self.folder.display().to_string()]
            .map(str::to_owned);
        [verb]
            .into_iter()
            .map(str::to_owned)
            .chain(own)
            .chain(more.iter().map(|w| (*w).to_owned()))
            .collect()
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// The same URL by way of another port.
    pub fn url_at(&self, url: &str, port: u16) -> String {
        url.replace(&format!(":{}/", self.port), &format!(":{port}/"))
    }

    /// As a crash: nothing is finished, the next start recovers.
    pub fn crash(&self) {
        self.run("crash", &[]);
    }

    pub fn start_again(&self) {
        self.run("start", &["--durable"]);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Err(e) = try_run(&self.script.display().to_string(), &self.words("destroy", &[])) {
            eprintln!("chaos: {e}");
        }
    }
}
