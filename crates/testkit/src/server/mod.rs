//! The running program: started on a free port, watched, killed, started again on the same data.
mod error;
mod log;
mod options;
mod process;

pub use error::StartError;
pub use options::Options;

use self::log::Log;
use crate::{Client, client::Base, program};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

/// The first administrator of every test server.
pub const ADMIN: (&str, &str) = ("admin@example.org", "Correct-horse-9-battery");

/// Time until the program must say where it listens.
const START: Duration = Duration::from_secs(90);
/// Time until a stopped program must have ended.
const STOP: Duration = Duration::from_secs(60);

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
        self.options.command(&self.program, &self.data)
    }

    async fn launch(&mut self) -> Result<(), StartError> {
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&self.data);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (said, address) = mpsc::channel();
        let out = child.stdout.take().map(|out| self.log.follow(out, Some(said)));
        let err = child.stderr.take().map(|err| self.log.follow(err, None));
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
            process::kill(&mut child);
        }
    }

    /// Asks the program to end (SIGTERM) and waits until it has.
    ///
    /// # Panics
    /// When it does not end in time.
    pub async fn terminate(&mut self) -> ExitStatus {
        let child = self.child.take().expect("the program is running");
        process::signal(child.id(), "TERM");
        let waited = tokio::task::spawn_blocking(move || process::ended_within(child, STOP));
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
        process::signal(pid, "STOP");
        // a thread that is writing stops when that is done
        crate::wait_for("the program to stop", STOP, async || {
            if process::is_stopped(pid) { Ok(()) } else { Err("a thread still runs") }
        })
        .await;
    }

    /// Uses another data folder from the next start on.
    pub fn move_to(&mut self, data: impl Into<PathBuf>) {
        self.data = data.into();
    }

    /// Takes a variable away for the next start.
    pub fn remove_env(&mut self, name: &str) {
        self.options.remove_env(name);
    }

    /// Sets a variable for the next start.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.options.set_env(name, value);
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
        self.log.text()
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

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
