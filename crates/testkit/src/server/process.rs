//! The program's process from outside: signals, and what the system says of it.
use std::{
    process::{Child, Command, ExitStatus},
    time::{Duration, Instant},
};

/// The shell's own `kill` is everywhere; the program is addressed by its id alone.
pub(super) fn signal(pid: u32, name: &str) {
    let _ = Command::new("sh").arg("-c").arg(format!("kill -{name} {pid}")).status();
}

/// Ends it at once, and leaves nothing of it behind.
pub(super) fn kill(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// Waits until it has ended by itself. One that still runs after `limit` is killed, and has no status.
pub(super) fn ended_within(mut child: Child, limit: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if start.elapsed() < limit => std::thread::sleep(Duration::from_millis(10)),
            _ => {
                kill(&mut child);
                return None;
            }
        }
    }
}

/// Whether every thread of the process is stopped.
pub(super) fn is_stopped(pid: u32) -> bool {
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return false };
    tasks.flatten().all(|task| {
        let stat = std::fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        // the name stands in brackets and may hold anything
        stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
    })
}
