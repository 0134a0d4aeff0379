//! The built server: run, watched, driven by the browser tests.
use crate::{Mode, NAME, Res, build, root, site, status, target};
use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, SystemTime},
};

/// Variables of a person's shell that must not reach the server of a test.
const OWN: [&str; 6] =
    ["DATABASE_URL", "OPENSEARCH_URL", "ENVIRONMENT", "JWT_SECRET", "SECRET_KEY", "CORS_ORIGINS"];
/// The first administrator of the server that the browser tests drive.
const ADMIN: (&str, &str) = ("admin@example.org", "Correct-horse-9-battery");

/// The built server, told where the site is.
fn server(mode: Mode) -> Command {
    let mut c =
        Command::new(target().join(if mode.server { "release" } else { "debug" }).join(NAME));
    c.current_dir(root()).arg("serve");
    if env::var_os("EVENTSEC_SITE_ROOT").is_none() {
        c.env("EVENTSEC_SITE_ROOT", site::folder());
    }
    c
}

/// Runs it with the caller's own settings until it ends. Signals reach it by themselves: it is in the same process group.
pub fn serve(mode: Mode, args: &[String]) -> Res {
    status(server(mode).args(args))
}

/// A running server, ended with this value.
pub struct Running {
    child: Child,
    pub url: String,
    data: Option<PathBuf>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(data) = &self.data {
            let _ = fs::remove_dir_all(data);
        }
    }
}

/// A server on a free port with an empty data folder, which is removed with it.
fn fresh(mode: Mode) -> Res<Running> {
    let data = env::temp_dir().join(format!("eventsec-e2e-{}", std::process::id()));
    let _ = fs::remove_dir_all(&data);
    fs::create_dir_all(&data)?;
    let mut c = server(mode);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("EVENTSEC_") && text != "EVENTSEC_SITE_ROOT" || OWN.contains(&&*text) {
            c.env_remove(&name);
        }
    }
    c.args(["--listen", "127.0.0.1:0", "--data"]).arg(&data);
    c.env("EVENTSEC_ADMIN_EMAIL", ADMIN.0).env("EVENTSEC_ADMIN_PASSWORD", ADMIN.1);
    c.env("EVENTSEC_LOG_FILTER", "warn");
    let mut child = c
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{}: {e}", c.get_program().display()))?;
    let out = child.stdout.take();
    let mut running = Running { child, url: String::new(), data: Some(data) };
    let mut lines = BufReader::new(out.ok_or("no standard output")?).lines();
    for line in lines.by_ref() {
        let line = line?;
        println!("{line}");
        if let Some(url) = line.strip_prefix("listening on ") {
            running.url = url.trim().to_owned();
            // what it says later must not fill the pipe
            thread::spawn(move || lines.map_while(Result::ok).for_each(|l| println!("{l}")));
            return Ok(running);
        }
    }
    Err(format!("the server stopped before it listened: {}", running.child.wait()?).into())
}

/// The browser tests' command, against a fresh server.
pub fn e2e(mode: Mode, args: &[String]) -> Res {
    let server = fresh(mode)?;
    status(&mut playwright(&server, args))
}

/// The same, with what it says; also when tests failed.
pub fn e2e_output(mode: Mode) -> Res<(bool, String)> {
    let server = fresh(mode)?;
    tee(&mut playwright(&server, &[]))
}

fn playwright(server: &Running, args: &[String]) -> Command {
    let mut c = Command::new("npx");
    c.args(["--no-install", "playwright", "test"])
        .args(args)
        .current_dir(root().join("end2end"))
        .env("BASE_URL", &server.url)
        .env("PLAYWRIGHT_BASE_URL", &server.url)
        .env("E2E_ADMIN_EMAIL", ADMIN.0)
        .env("E2E_ADMIN_PASSWORD", ADMIN.1);
    c
}

/// Runs a command, shows what it says while it says it, and gives it back.
pub fn tee(c: &mut Command) -> Res<(bool, String)> {
    let mut child = c
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{}: {e}", c.get_program().display()))?;
    let mut said = String::new();
    let mut out = child.stdout.take().ok_or("no standard output")?;
    let mut piece = [0; 8192];
    let mut bytes = Vec::new();
    loop {
        let n = out.read(&mut piece)?;
        if n == 0 {
            break;
        }
        std::io::Write::write_all(&mut std::io::stdout(), &piece[..n])?;
        bytes.extend_from_slice(&piece[..n]);
    }
    said.push_str(&String::from_utf8_lossy(&bytes));
    Ok((child.wait()?.success(), said))
}

/// Rebuild and restart whenever a source file changes (mtimes are looked at twice a second; no dependency needed).
pub fn watch(mode: Mode) -> Res {
    loop {
        let seen = newest(&root());
        let running = match build(mode) {
            Ok(()) => {
                Some(Running { child: server(mode).spawn()?, url: String::new(), data: None })
            }
            Err(e) => {
                eprintln!("xtask: {e}; waiting for a change");
                None
            }
        };
        while newest(&root()) == seen {
            thread::sleep(Duration::from_millis(500));
        }
        drop(running);
    }
}

fn newest(dir: &Path) -> Option<SystemTime> {
    fs::read_dir(dir)
        .ok()?
        .flatten()
        .filter_map(|e| {
            let name = e.file_name();
            match e.file_type().ok()? {
                t if t.is_dir()
                    && (name == "target"
                        || name == "data"
                        || name == "node_modules"
                        || name.as_encoded_bytes()[0] == b'.') =>
                {
                    None
                }
                t if t.is_dir() => newest(&e.path()),
                _ => e.metadata().ok()?.modified().ok(),
            }
        })
        .max()
}
