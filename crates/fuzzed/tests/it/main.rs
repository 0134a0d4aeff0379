//! The fuzz targets without a fuzzer: what lies in `fuzz/regressions` and `fuzz/seeds`, then mutations of the seeds.
//!
//! `EVENTSEC_TEST_SEED` gives other mutations; without it a run tries the same ones as the run before.
#![allow(clippy::disallowed_methods, reason = "tests read the environment")]
mod mutate;

use fuzzed::{TARGETS, Target};
use mutate::Mutations;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// Names and contents, in the order of the names.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    paths.sort();
    let read = |p: &PathBuf| (p.display().to_string(), std::fs::read(p).unwrap());
    paths.iter().map(read).collect()
}

/// What fails is kept beside the tests' own files, where the next `cargo clean` takes it.
fn try_it(target: &Target, name: &str, input: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_ok() {
        return;
    }
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzzed-{}", target.name));
    std::fs::write(&kept, input).unwrap();
    panic!(
        "{name} fails: {:?}\nkept as {}; as fuzz/regressions/{}/NAME it is tried in every run",
        String::from_utf8_lossy(input),
        kept.display(),
        target.name
    );
}

fn replay(name: &str) {
    let target = TARGETS.iter().find(|t| t.name == name).expect("a target of that name");
    let seeds = files(&folder().join("seeds").join(name));
    assert!(!seeds.is_empty(), "{name} has no seeds");
    for (file, input) in files(&folder().join("regressions").join(name)).iter().chain(&seeds) {
        try_it(target, file, input);
    }
    try_it(target, "nothing at all", b"");
    let seeds: Vec<Vec<u8>> = seeds.into_iter().map(|(_, input)| input).collect();
    let seed = std::env::var("EVENTSEC_TEST_SEED").unwrap_or_default();
    println!("{name}: {} mutations, EVENTSEC_TEST_SEED={seed}", target.rounds);
    let mut mutations = Mutations::of(&seeds, &format!("{name}{seed}"));
    for round in 0..target.rounds {
        try_it(
            target,
            &format!("mutation {round} (EVENTSEC_TEST_SEED={seed:?})"),
            &mutations.draw(),
        );
    }
}

macro_rules! replayed {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name));
        })*

        const REPLAYED: &[&str] = &[$(stringify!($name)),*];
    };
}

replayed! {
    block body config cursor cut detect glob headers kql literal lucene matcher network normalise
    sigma_event sigma_rules token
}

/// Both make folders, which go at the end.
#[test]
fn engine_and_part() {
    replay("engine");
    replay("part");
    fuzzed::done();
}

#[test]
fn every_target_has_a_program_and_is_replayed() {
    let names: BTreeSet<&str> = TARGETS.iter().map(|t| t.name).collect();
    let replayed: BTreeSet<&str> = REPLAYED.iter().copied().chain(["engine", "part"]).collect();
    assert_eq!(replayed, names);
    let manifest = std::fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for name in &names {
        let file = folder().join("targets").join(format!("{name}.rs"));
        let program = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(program.contains(&format!("fuzzed::{name}(")), "{} is missing", file.display());
        assert!(
            manifest.contains(&format!("path = \"targets/{name}.rs\"")),
            "{name} is no program"
        );
    }
    for kind in ["seeds", "regressions"] {
        let Ok(entries) = std::fs::read_dir(folder().join(kind)) else { continue };
        for entry in entries {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(names.contains(&*name), "fuzz/{kind}/{name} belongs to no target");
        }
    }
}
