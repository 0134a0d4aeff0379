//! What the kernel says of a process.
use std::fs;

/// Memory in bytes that the process holds now.
pub fn memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// Files and sockets that this process may have open.
pub fn open_files() -> u64 {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|l| l.strip_prefix("Max open files"));
    let soft = line.and_then(|l| l.split_whitespace().next().map(str::to_owned));
    soft.map_or(0, |s| s.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_can_be_read() {
        assert!(memory(std::process::id()).is_some_and(|m| m > 0));
        assert!(open_files() > 0);
        assert_eq!(memory(u32::MAX), None);
    }
}
