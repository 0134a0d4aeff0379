//! Where the built program is.
use std::path::{Path, PathBuf};

/// File name of the program.
const NAME: &str = "eventsec";

#[derive(Debug, PartialEq, Eq)]
pub struct NotBuilt(pub Vec<PathBuf>);

impl std::fmt::Display for NotBuilt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the program is not built; looked for")?;
        self.0.iter().try_for_each(|p| write!(f, " {}", p.display()))?;
        write!(f, " (EVENTSEC_BIN names another place)")
    }
}

/// `EVENTSEC_BIN`; else beside the running test; else the target folder's `first` profile (`debug`, `release`), else the other.
pub fn find(first: &str) -> Result<PathBuf, NotBuilt> {
    if let Some(named) = std::env::var_os("EVENTSEC_BIN").map(PathBuf::from) {
        return pick(vec![named]);
    }
    // a test program lies in target/<profile>/deps, a binary in target/<profile>
    let exe = std::env::current_exe().unwrap_or_default();
    pick(candidates(&exe, &target(), first))
}

/// The folder cargo builds into.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| crate::data::root().join("target"), PathBuf::from)
}

/// The built site, where there is one.
pub fn site() -> Option<PathBuf> {
    let named = std::env::var_os("EVENTSEC_SITE_ROOT").map(PathBuf::from);
    named.or_else(|| Some(target().join("site"))).filter(|p| p.join("pkg").is_dir())
}

fn candidates(exe: &Path, target: &Path, first: &str) -> Vec<PathBuf> {
    let second = if first == "release" { "debug" } else { "release" };
    let beside =
        exe.parent().map(|p| if p.ends_with("deps") { p.parent().unwrap_or(p) } else { p });
    let mut all: Vec<PathBuf> =
        beside.filter(|p| p.ends_with(first)).map(|p| p.join(NAME)).into_iter().collect();
    for profile in [first, second] {
        let path = target.join(profile).join(NAME);
        if !all.contains(&path) {
            all.push(path);
        }
    }
    all
}

fn pick(all: Vec<PathBuf>) -> Result<PathBuf, NotBuilt> {
    all.iter().find(|p| p.is_file()).cloned().ok_or(NotBuilt(all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_beside_the_test_comes_first() {
        let all = candidates(Path::new("/t/debug/deps/it-1"), Path::new("/other"), "debug");
        assert_eq!(
            all,
            ["/t/debug/eventsec", "/other/debug/eventsec", "/other/release/eventsec"]
                .map(PathBuf::from)
        );
        let all = candidates(Path::new("/t/debug/eventsec-bench"), Path::new("/t"), "release");
        assert_eq!(all, ["/t/release/eventsec", "/t/debug/eventsec"].map(PathBuf::from));
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = pick(vec!["/nowhere/eventsec".into()]).unwrap_err();
        assert!(missing.to_string().contains("/nowhere/eventsec"));
    }
}
