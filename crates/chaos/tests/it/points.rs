//! Every place and every planted bug that `faults` lists stands in the source exactly where it can be met, and no other does.
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("a folder can be read").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Names in `faults::at("…")` and `faults::on("…")`, and how often each stands there.
fn called() -> BTreeMap<String, usize> {
    let root = testkit::data::root();
    let mut files = Vec::new();
    for folder in fs::read_dir(root.join("crates")).expect("there are crates").flatten() {
        let name = folder.file_name();
        if name != "faults" && name != "chaos" {
            sources(&folder.path().join("src"), &mut files);
        }
    }
    sources(&root.join("server/src"), &mut files);
    let mut names = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source can be read");
        for call in ["faults::at(\"", "faults::on(\""] {
            for rest in text.split(call).skip(1) {
                let name = rest.split('"').next().unwrap_or_default();
                *names.entry(name.to_owned()).or_default() += 1;
            }
        }
    }
    names
}

#[test]
fn every_place_is_in_the_source_and_on_the_list() {
    let called = called();
    for name in faults::POINTS.iter().chain(faults::PLANTS) {
        assert!(called.contains_key(*name), "{name} is on the list and nowhere in the source");
    }
    for (name, times) in &called {
        let listed = faults::POINTS.contains(&name.as_str());
        let planted = faults::PLANTS.contains(&name.as_str());
        assert!(listed || planted, "{name} is in the source and not on the list");
        // a place that is met in two ways would be counted wrongly
        assert!(*times == 1 || planted, "{name} stands {times} times in the source");
    }
}
