//! SigmaHQ's rules from where the test data lies.
use flate2::read::GzDecoder;
use sigma::language::{Document, Problem, Rule, parse};
use std::{fs::File, io::Read, path::Path};

/// Every rule file of the archive with what came of it.
pub fn sigmahq(data: &Path) -> Vec<(String, Vec<Result<Document, Problem>>)> {
    let archive =
        File::open(data.join("sigma/sigmahq-rules-8eaafff.tar.gz")).expect("SigmaHQ's archive");
    let mut archive = tar::Archive::new(GzDecoder::new(archive));
    let mut files = vec![];
    for entry in archive.entries().expect("an archive") {
        let mut entry = entry.expect("an entry");
        let path = entry.path().expect("a path").display().to_string();
        if path.starts_with("rules") && path.ends_with(".yml") {
            let mut text = String::new();
            entry.read_to_string(&mut text).expect("text");
            files.push((path, parse(&text)));
        }
    }
    files
}

/// The rules that could be read.
pub fn rules(data: &Path) -> Vec<Rule> {
    let documents = sigmahq(data).into_iter().flat_map(|(_, documents)| documents).flatten();
    documents
        .filter_map(|document| match document {
            Document::Rule(rule) => Some(rule),
            _ => None,
        })
        .collect()
}
