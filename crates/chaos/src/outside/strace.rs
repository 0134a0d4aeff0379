//! Faults in system calls of a running program: `strace` is attached, makes chosen calls fail, and lets go.
use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Attached until the value goes.
pub struct Strace(Child);

impl Strace {
    /// In every thread of the process the `when`-th of these calls, counted from now in each thread, answers `error`.
    ///
    /// # Panics
    /// Without `strace`, or when it may not attach: the fault cannot be had then, and must not be passed over.
    pub async fn inject(pid: u32, calls: &str, error: &str, when: &str, log: &Path) -> Self {
        let child = Command::new("strace")
            .args(["-f", "-qq", "-p", &pid.to_string()])
            .args(["-e", &format!("trace={calls}")])
            .args(["-e", &format!("inject={calls}:error={error}:when={when}")])
            .arg("-o")
            .arg(log)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("strace cannot be run: {e} (apt-get install strace)"));
        let mut this = Self(child);
        let start = Instant::now();
        while !is_traced(pid) {
            let ended = this.0.try_wait().ok().flatten();
            assert!(ended.is_none(), "strace did not attach to {pid}: {ended:?} (may it trace?)");
            assert!(start.elapsed() < Duration::from_secs(20), "strace does not attach to {pid}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        this
    }
}

/// Whether every thread of the process is traced by somebody.
fn is_traced(pid: u32) -> bool {
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return false };
    tasks.flatten().all(|task| {
        let status = std::fs::read_to_string(task.path().join("status")).unwrap_or_default();
        let tracer = status.lines().find_map(|l| l.strip_prefix("TracerPid:"));
        tracer.is_some_and(|t| t.trim() != "0")
    })
}

impl Drop for Strace {
    fn drop(&mut self) {
        // asked to end it lets go of the program, which then runs on; killed it might leave it stopped
        let _ = Command::new("sh").arg("-c").arg(format!("kill -INT {}", self.0.id())).status();
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(5) {
            if let Ok(Some(_)) = self.0.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
