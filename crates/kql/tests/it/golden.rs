//! Queries with the real engine's answers. How many pass may not fall.
use kql::{
    functions::Context,
    golden::Case,
    run::{Limits, Session, Source, Wants},
    table::Table,
};
use std::panic;

/// Cases that pass; raise it when more do.
const PASSING: usize = 1_637;

struct Nothing;

impl Source for Nothing {
    fn table(&self, _name: &str, _wants: &Wants) -> Result<Option<Table>, String> {
        Ok(None)
    }

    fn names(&self) -> Vec<String> {
        vec![]
    }
}

#[test]
fn answers_of_the_real_engine() {
    let Some(data) = testdata::data_dir() else { return };
    let session = Session {
        context: Context { now: 638_000_000_000_000_000 },
        source: &Nothing,
        limits: Limits::default(),
        check: false,
        cancelled: &|| false,
    };
    let mut failures = vec![];
    let mut passed = 0;
    for line in testdata::lines(&data.join("kql/golden-dev.jsonl")).expect("cases") {
        let case: Case = serde_json::from_str(&line).expect("a case");
        let run = panic::catch_unwind(panic::AssertUnwindSafe(|| session.run(&case.query)));
        let verdict = match run {
            Err(_) => Err("broke the engine".to_owned()),
            Ok(Err(failures)) => Err(failures.first().map(ToString::to_string).unwrap_or_default()),
            Ok(Ok(outcome)) => case.compare(&outcome.table),
        };
        match verdict {
            Ok(()) => passed += 1,
            Err(why) => failures.push(format!("{}\t{why}", case.name)),
        }
    }
    assert!(
        passed >= PASSING,
        "{passed} passed, {} failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
    println!("{passed} passed, {} failed", failures.len());
}
