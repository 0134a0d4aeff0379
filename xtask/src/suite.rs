//! `cargo xtask test`: every test there is, one after the other, and one closing line `N passed, M failed`.
//!
//! PostgreSQL and Chromium must be there (`make test` brings them); tests of several processes are skipped where there is no OpenSearch.
//! A step that cannot run counts as one failure.
use crate::{Mode, Res, cargo, run};

#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    passed: u64,
    failed: u64,
}

impl Count {
    fn add(&mut self, step: &str, ran: Res<(bool, String)>, read: fn(&str) -> Self) {
        match ran {
            Ok((fine, said)) => {
                let mut seen = read(&said);
                if !fine && seen.failed == 0 {
                    // it did not compile, or ended before its tests could say anything
                    seen.failed = 1;
                }
                eprintln!("xtask: {step}: {} passed, {} failed", seen.passed, seen.failed);
                self.passed += seen.passed;
                self.failed += seen.failed;
            }
            Err(e) => {
                eprintln!("xtask: {step}: {e}");
                self.failed += 1;
            }
        }
    }
}

pub fn run(mode: Mode) -> Res {
    let mut all = Count::default();
    // the programs that tests start must be there and new before the tests run
    let built = crate::build(mode);
    if let Err(e) = &built {
        eprintln!("xtask: {e}");
    }
    all.add("cargo test", run::tee(cargo("test").arg("--no-fail-fast")), libtest);
    all.add("browser", built.and_then(|()| run::e2e_output(mode)), playwright);
    println!("{} passed, {} failed", all.passed, all.failed);
    if all.failed == 0 && all.passed > 0 { Ok(()) } else { Err("not all tests passed".into()) }
}

/// `test result: ok. 12 passed; 0 failed; …`, once for each test program.
fn libtest(said: &str) -> Count {
    let mut count = Count::default();
    for line in said.lines().filter_map(|l| l.trim().strip_prefix("test result: ")) {
        count.passed += number_before(line, " passed");
        count.failed += number_before(line, " failed");
    }
    count
}

/// `  1 failed`, `  2 flaky`, `  3 passed (1.2m)`, at the end. A flaky test is a failing one.
fn playwright(said: &str) -> Count {
    let mut count = Count::default();
    for line in said.lines().map(str::trim) {
        let mut words = line.split(' ');
        let number = words.next().and_then(|n| n.parse::<u64>().ok());
        match (number, words.next()) {
            (Some(n), Some("passed")) => count.passed = n,
            (Some(n), Some("failed" | "flaky" | "interrupted")) => count.failed += n,
            (Some(n), Some("did")) => count.failed += n, // "did not run"
            _ => {}
        }
    }
    count
}

fn number_before(line: &str, word: &str) -> u64 {
    let before = line.split(word).next().unwrap_or_default();
    before.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_reports_are_read() {
        let cargo = "test result: ok. 12 passed; 0 failed; 1 ignored\nnoise 5 passed\n\
                     test result: FAILED. 3 passed; 2 failed; 0 ignored";
        assert_eq!(libtest(cargo), Count { passed: 15, failed: 2 });
        let browser = "Running 6 tests\n  ✓ a passed thing\n  1 failed\n    x.spec.ts\n  2 did not run\n  3 passed (1.2m)\n";
        assert_eq!(playwright(browser), Count { passed: 3, failed: 3 });
    }

    #[test]
    fn a_step_that_says_nothing_and_fails_counts() {
        let mut all = Count::default();
        all.add("x", Ok((false, String::new())), libtest);
        all.add("y", Err("no browser".into()), playwright);
        assert_eq!(all, Count { passed: 0, failed: 2 });
    }
}
