//! Where the built site (wasm, scripts, styles) lies at run time.
use crate::config::Config;
use std::path::{Path, PathBuf};

/// The configured folder, else `site` beside the program, else `../site` (`target/site` beside `target/debug`).
/// `None` when no such folder holds a `pkg`.
pub fn find(config: &Config, program: Option<&Path>) -> Option<PathBuf> {
    let beside = program.and_then(Path::parent);
    let candidates = match &config.serve.site_root {
        Some(given) => vec![given.clone()],
        None => beside.into_iter().flat_map(|d| [d.join("site"), d.join("../site")]).collect(),
    };
    candidates.into_iter().find(|d| d.join("pkg").is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_beside_the_program_and_a_given_one_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("debug/eventsec");
        std::fs::create_dir_all(dir.path().join("site/pkg")).unwrap();
        std::fs::create_dir_all(dir.path().join("debug")).unwrap();
        let mut config = Config::for_tests(dir.path()).unwrap();
        assert!(find(&config, Some(&program)).is_some());
        config.serve.site_root = Some(dir.path().join("nowhere"));
        assert_eq!(find(&config, Some(&program)), None);
    }
}
