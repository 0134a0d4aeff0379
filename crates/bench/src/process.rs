//! What a process costs, as Linux counts it.
use serde::Serialize;
use std::{fs, time::Duration};

/// Clock ticks a second in `/proc/*/stat`: 100 on every Linux that people run.
const TICKS: f64 = 100.0;

/// CPU time of a process so far, in all its threads.
pub fn cpu(pid: u32) -> Option<Duration> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse_stat(stat: &str) -> Option<Duration> {
    // the name stands in brackets and may hold blanks and brackets
    let fields: Vec<&str> = stat.get(stat.rfind(')')? + 1..)?.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_secs_f64(ticks as f64 / TICKS))
}

/// Memory in bytes: now, and the highest since the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Memory {
    pub now: u64,
    pub highest: u64,
}

pub fn memory(pid: u32) -> Option<Memory> {
    parse_status(&fs::read_to_string(format!("/proc/{pid}/status")).ok()?)
}

fn parse_status(status: &str) -> Option<Memory> {
    let kilobytes = |name: &str| {
        let line = status.lines().find_map(|l| l.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    Some(Memory { now: kilobytes("VmRSS:")? * 1024, highest: kilobytes("VmHWM:")? * 1024 })
}

/// Name of the processor and how many of it there are.
pub fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|l| l.strip_prefix("model name"))
        .map_or("unknown processor", |l| l.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{cores} × {model}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_lines_are_read() {
        let stat = "42 (a) b) S 1 42 42 0 -1 4194560 9 0 0 0 150 50 0 0 20 0 5 0 100 0 0";
        assert_eq!(parse_stat(stat), Some(Duration::from_secs(2)));
        assert_eq!(
            parse_status("VmHWM:\t   20 kB\nVmRSS:\t   10 kB\n"),
            Some(Memory { now: 10_240, highest: 20_480 })
        );
        assert_eq!(parse_status(""), None);
    }

    #[test]
    fn this_process_can_be_read() {
        let pid = std::process::id();
        assert!(cpu(pid).is_some());
        assert!(memory(pid).is_some_and(|m| m.now > 0 && m.highest >= m.now));
    }
}
