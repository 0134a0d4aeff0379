//! The running program: started on a free port, watched, killed, started again on the same data.
use crate::{
    Client, PgDatabase,
    client::Base,
    program::{self, NotBuilt},
};
use std::{
    collections::{BTreeMap, VecDeque},
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex, mpsc},
    time::{Duration, Instant},
};

/// The first administrator of every test server.
pub const ADMIN: (&str, &str) = ("admin@example.org", "Correct-horse-9-battery");

/// Time until the program must say where it listens.
const START: Duration = Duration::from_secs(90);
/// Time until a stopped program must have ended.
const STOP: Duration = Duration::from_secs(60);
/// Lines of the log that are kept.
const LOG: usize = 400;

/// How a server is started.
#[derive(Debug, Default)]
pub struct Options {
    program: Option<PathBuf>,
    postgres: Option<PgDatabase>,
    env: BTreeMap<String, String>,
    data: Option<PathBuf>,
}

impl Options {
    /// With the embedded database.
    pub fn sqlite() -> Self {
        Self::default()
    }

    /// On a PostgreSQL database, which the server then owns.
    pub fn postgres(database: PgDatabase) -> Self {
        Self { postgres: Some(database), ..Self::default() }
    }

    /// Another program than the one that is found beside the test.
    pub fn program(self, path: impl Into<PathBuf>) -> Self {
        Self { program: Some(path.into()), ..self }
    }

    /// One more variable of its environment, which otherwise holds nothing of EventSec's.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// Limits so small that heads become parts and parts are merged while a test runs.
    pub fn busy(self) -> Self {
        self.env("EVENTSEC_LIMITS_HEAD", "1MiB")
            .env("EVENTSEC_LIMITS_HEAD_AGE", "1s")
            .env("EVENTSEC_LOG_FILTER", "warn")
    }

    /// Where its PostgreSQL is, if it is on one.
    pub fn database_url(&self) -> Option<String> {
        self.postgres.as_ref().map(PgDatabase::url)
    }

    /// A data folder that stays; without it a temporary one is used.
    pub fn data(self, path: impl Into<PathBuf>) -> Self {
        Self { data: Some(path.into()), ..self }
    }
}

#[derive(Debug)]
pub enum StartError {
    NotBuilt(NotBuilt),
    Io(std::io::Error),
    /// It ended, or never said where it listens; its log.
    Failed(String),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotBuilt(e) => e.fmt(f),
            Self::Io(e) => write!(f, "the program cannot be started: {e}"),
            Self::Failed(log) => write!(f, "the program did not start; its log:\n{log}"),
        }
    }
}

impl std::error::Error for StartError {}

impl From<std::io::Error> for StartError {
    fn from(e: std::io::Error) -> Self {
        Self::Io(e)
    }
}

type Log = Arc<Mutex<VecDeque<String>>>;

/// A running (or killed) program. Dropped: stopped at once, and its log printed when the test failed.
pub struct TestServer {
    program: PathBuf,
    options: Options,
    data: PathBuf,
    _temporary: Option<tempfile::TempDir>,
    base: Base,
    child: Option<Child>,
    log: Log,
}

impl TestServer {
    /// # Panics
    /// When it does not start; the message holds its log.
    pub async fn start(options: Options) -> Self {
        Self::try_start(options).await.unwrap_or_else(|e| panic!("{e}"))
    }

    pub async fn try_start(options: Options) -> Result<Self, StartError> {
        let program = match &options.program {
            Some(path) => path.clone(),
            None => program::find("debug").map_err(StartError::NotBuilt)?,
        };
        let (data, temporary) = match &options.data {
            Some(path) => (path.clone(), None),
            None => {
                let dir = tempfile::Builder::new().prefix("eventsec-").tempdir()?;
                (dir.path().join("data"), Some(dir))
            }
        };
        let (base, log) = (Base::default(), Log::default());
        let mut server =
            Self { program, options, data, _temporary: temporary, base, child: None, log };
        server.launch().await?;
        Ok(server)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let ours = text.starts_with("EVENTSEC_")
                || ["DATABASE_URL", "OPENSEARCH_URL", "ENVIRONMENT", "JWT_SECRET"]
                    .contains(&&*text);
            if ours {
                command.env_remove(&name);
            }
        }
        command
            .env("EVENTSEC_DATA_DIR", &self.data)
            .env("EVENTSEC_ADMIN_EMAIL", ADMIN.0)
            .env("EVENTSEC_ADMIN_PASSWORD", ADMIN.1);
        if let Some(site) = program::site() {
            command.env("EVENTSEC_SITE_ROOT", site);
        }
        if let Some(database) = &self.options.postgres {
            command.env("EVENTSEC_DATABASE_URL", database.url());
        }
        command.envs(&self.options.env);
        command
    }

    async fn launch(&mut self) -> Result<(), StartError> {
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&self.data);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (said, address) = mpsc::channel();
        let out = child.stdout.take().map(|out| follow(out, self.log.clone(), Some(said)));
        let err = child.stderr.take().map(|err| follow(err, self.log.clone(), None));
        self.child = Some(child);
        let waited = tokio::task::spawn_blocking(move || address.recv_timeout(START)).await;
        match waited {
            Ok(Ok(url)) => {
                self.base.set(&url);
                Ok(())
            }
            _ => {
                self.kill();
                // its last words: the pipes have ended with it
                for reader in out.into_iter().chain(err) {
                    let _ = reader.join();
                }
                Err(StartError::Failed(self.log()))
            }
        }
    }

    /// Ends the program as a power cut would: SIGKILL. It can be started again with [`TestServer::restart`].
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Asks the program to end (SIGTERM) and waits until it has.
    ///
    /// # Panics
    /// When it does not end in time.
    pub async fn terminate(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("the program is running");
        signal(child.id(), "TERM");
        let waited = tokio::task::spawn_blocking(move || {
            let start = Instant::now();
            loop {
                match child.try_wait() {
                    Ok(Some(status)) => return Some(status),
                    Ok(None) if start.elapsed() < STOP => {
                        std::thread::sleep(Duration::from_millis(10))
                    }
                    _ => {
                        let _ = child.kill();
                        let _ = child.wait();
                        return None;
                    }
                }
            }
        });
        let status = waited.await.ok().flatten();
        status.unwrap_or_else(|| {
            panic!("the program did not end within {STOP:?} of SIGTERM; its log:\n{}", self.log())
        })
    }

    /// Starts again on the same data and database, on another port; clients follow.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn restart(&mut self) {
        self.kill();
        self.launch().await.unwrap_or_else(|e| panic!("restart: {e}"));
    }

    /// The same; the error holds its log when it does not start.
    pub async fn try_restart(&mut self) -> Result<(), StartError> {
        self.kill();
        self.launch().await
    }

    /// Waits until the program has ended by itself; `None` when it still runs after `limit`.
    pub async fn ended(&mut self, limit: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            match self.child.as_mut().map(Child::try_wait) {
                Some(Ok(Some(status))) => {
                    self.child = None;
                    return Some(status);
                }
                Some(Ok(None)) if start.elapsed() < limit => {
                    tokio::time::sleep(Duration::from_millis(5)).await
                }
                _ => return None,
            }
        }
    }

    /// Stops the program where it stands (SIGSTOP): when this returns, none of its threads does anything until it is killed.
    ///
    /// # Panics
    /// When a thread does not stop.
    pub async fn freeze(&self) {
        let Some(pid) = self.pid() else { return };
        signal(pid, "STOP");
        // a thread that is writing stops when that is done
        crate::wait_for("the program to stop", STOP, async || {
            if is_stopped(pid) { Ok(()) } else { Err("a thread still runs") }
        })
        .await;
    }

    /// Uses another data folder from the next start on.
    pub fn move_to(&mut self, data: impl Into<PathBuf>) {
        self.data = data.into();
    }

    /// Takes a variable away for the next start.
    pub fn remove_env(&mut self, name: &str) {
        self.options.env.remove(name);
    }

    /// Sets a variable for the next start.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.options.env.insert(name.into(), value.into());
    }

    /// Runs another command of the program on the same data: `["audit", "verify"]`.
    ///
    /// # Panics
    /// When it cannot be run at all.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        self.run_without(&[], arguments).await
    }

    /// The same without some variables of its environment.
    ///
    /// # Panics
    /// When it cannot be run at all.
    pub async fn run_without(&self, variables: &[&str], arguments: &[&str]) -> Output {
        let mut command = self.command();
        for name in variables {
            command.env_remove(name);
        }
        command.args(arguments).stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output()).await;
        output.expect("no panic in there").unwrap_or_else(|e| panic!("{arguments:?}: {e}"))
    }

    pub fn url(&self) -> String {
        self.base.get()
    }

    /// Its address, which follows it through restarts.
    pub fn base(&self) -> Base {
        self.base.clone()
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Its process id while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// A caller without a token.
    pub fn anonymous(&self) -> Client {
        Client::new(self.base.clone())
    }

    /// A caller signed in as the first administrator.
    ///
    /// # Panics
    /// When the sign-in is refused.
    pub async fn admin(&self) -> Client {
        let signed_in = self.anonymous().login(ADMIN.0, ADMIN.1).await;
        signed_in.unwrap_or_else(|r| {
            panic!("the administrator cannot sign in: {} {}", r.status, r.text())
        })
    }

    /// The newest lines that the program wrote.
    pub fn log(&self) -> String {
        let lines = self.log.lock().unwrap_or_else(|e| e.into_inner());
        lines.iter().cloned().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("---- the program's log ----\n{}\n----", self.log());
        }
    }
}

/// Keeps the newest lines; sends the first address the program tells.
fn follow(
    stream: impl Read + Send + 'static,
    log: Log,
    mut said: Option<mpsc::Sender<String>>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if let (Some(address), Some(sender)) = (address_in(&line), said.as_ref()) {
                let _ = sender.send(address.to_owned());
                said = None;
            }
            let mut log = log.lock().unwrap_or_else(|e| e.into_inner());
            if log.len() == LOG {
                log.pop_front();
            }
            log.push_back(line);
        }
    })
}

/// `listening on http://127.0.0.1:PORT`
fn address_in(line: &str) -> Option<&str> {
    let url = line.trim().strip_prefix("listening on ")?.split_whitespace().next()?;
    url.starts_with("http").then_some(url)
}

/// Whether every thread of the process is stopped.
fn is_stopped(pid: u32) -> bool {
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return false };
    tasks.flatten().all(|task| {
        let stat = std::fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        // the name stands in brackets and may hold anything
        stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
    })
}

/// The shell's own `kill` is everywhere; the program is addressed by its id alone.
fn signal(pid: u32, name: &str) {
    let _ = Command::new("sh").arg("-c").arg(format!("kill -{name} {pid}")).status();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_address_is_read_from_one_line() {
        assert_eq!(address_in("listening on http://127.0.0.1:4711"), Some("http://127.0.0.1:4711"));
        assert_eq!(address_in("not listening on http://127.0.0.1:4711"), None);
        assert_eq!(address_in("listening on tcp"), None);
    }

    /// A program that behaves as told: the harness is tested without the server.
    fn script(dir: &Path, body: &str) -> PathBuf {
        let path = dir.join("program");
        std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[tokio::test]
    async fn it_is_followed_through_kill_restart_and_term() {
        let dir = tempfile::tempdir().unwrap();
        let program = script(
            dir.path(),
            "trap 'exit 7' TERM\necho \"$@ $EVENTSEC_EXTRA\" >&2; echo \"listening on http://127.0.0.1:$$\"\nwhile :; do sleep 0.05; done",
        );
        let mut server =
            TestServer::start(Options::sqlite().program(program).env("EVENTSEC_EXTRA", "more"))
                .await;
        let (first, base) = (server.url(), server.base.clone());
        server.kill();
        assert_eq!(server.pid(), None);
        server.restart().await;
        assert_ne!(server.url(), first);
        assert_eq!(base.get(), server.url(), "clients follow");
        assert_eq!(server.terminate().await.code(), Some(7));
        let log = server.log();
        assert!(log.contains("serve --listen 127.0.0.1:0 --data") && log.contains("more"), "{log}");
    }

    #[tokio::test]
    async fn a_program_that_ends_is_an_error_with_its_log() {
        let dir = tempfile::tempdir().unwrap();
        let program = script(dir.path(), "echo 'data must be a folder' >&2; exit 2");
        let error = TestServer::try_start(Options::sqlite().program(program))
            .await
            .err()
            .map(|e| e.to_string());
        assert!(error.as_deref().is_some_and(|e| e.contains("data must be a folder")), "{error:?}");
    }
}
