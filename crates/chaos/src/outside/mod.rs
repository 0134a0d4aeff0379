//! What a scenario needs of the operating system: disks of its own, faults in system calls, sockets without manners.
//!
//! Everything that is taken is given back with its value, also when a test panics. What cannot be had is a failure that says what is
//! missing: a scenario that cannot run has shown nothing, and must not look as if it had.
pub mod disk;
pub mod postgres;
pub mod process;
pub mod raw;
pub mod strace;

use std::{ffi::OsStr, process::Command};

/// Runs a command; answers what it printed.
///
/// # Panics
/// When it fails; the message names the command and what it said.
#[track_caller]
pub(crate) fn must<A: AsRef<OsStr>>(program: &str, arguments: &[A]) -> String {
    try_run(program, arguments).unwrap_or_else(|e| panic!("{e}"))
}

/// The same; the error is a sentence.
pub(crate) fn try_run<A: AsRef<OsStr>>(program: &str, arguments: &[A]) -> Result<String, String> {
    let line = || {
        let words = arguments.iter().map(|a| a.as_ref().to_string_lossy().into_owned());
        format!("{program} {}", words.collect::<Vec<_>>().join(" "))
    };
    let out = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|e| format!("{} cannot be run: {e} (is it installed?)", line()))?;
    if out.status.success() {
        return Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&out.stderr).trim().to_owned();
    Err(format!("{}: {}: {said} (loop devices and mounts need root)", line(), out.status))
}
