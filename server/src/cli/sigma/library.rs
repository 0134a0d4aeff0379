//! Rules from files, folders and archives.
use sigma::language::{Problem, Rule, parse};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// A rule file may have so many bytes; past it the file is not read, and named.
const LARGEST_FILE: u64 = 4 << 20;

/// A document of a rule file: the rule, or why there is none.
pub struct Entry {
    /// As it was found; inside an archive `archive.tar.gz!path`.
    pub path: String,
    pub rule: Result<Rule, Problem>,
    /// It was found beside rules, and is none.
    pub beside: bool,
}

/// Reads `*.yml` and `*.yaml` below the paths, each file of an archive (`.tar.gz`, `.tgz`, `.tar`) likewise, in the order of their names.
///
/// # Errors
/// When something cannot be opened or read; it is named.
pub fn read(paths: &[PathBuf]) -> Result<Vec<Entry>, String> {
    let mut entries = vec![];
    for path in paths {
        walk(path, true, &mut entries).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(entries)
}

fn walk(path: &Path, named: bool, entries: &mut Vec<Entry>) -> io::Result<()> {
    if path.is_dir() {
        let mut inside =
            fs::read_dir(path)?.map(|e| Ok(e?.path())).collect::<io::Result<Vec<_>>>()?;
        inside.sort();
        return inside.iter().try_for_each(|path| walk(path, false, entries));
    }
    let name = path.to_string_lossy().to_lowercase();
    if named && (name.ends_with(".tar.gz") || name.ends_with(".tgz")) {
        return archive(path, flate2::read::MultiGzDecoder::new(File::open(path)?), entries);
    }
    if named && name.ends_with(".tar") {
        return archive(path, File::open(path)?, entries);
    }
    // a file that was named is a rule whatever it is called
    if named || is_rule(&name) {
        let size = fs::metadata(path)?.len();
        add(path.display().to_string(), named, File::open(path)?, size, entries)?;
    }
    Ok(())
}

fn is_rule(name: &str) -> bool {
    let name = Path::new(name);
    name.extension().is_some_and(|e| e == "yml" || e == "yaml")
}

fn archive(path: &Path, file: impl Read, entries: &mut Vec<Entry>) -> io::Result<()> {
    let mut found = vec![];
    for entry in tar::Archive::new(file).entries()? {
        let entry = entry?;
        let inside = entry.path()?.to_string_lossy().into_owned();
        if is_rule(&inside.to_lowercase()) && entry.header().entry_type().is_file() {
            let size = entry.size();
            add(format!("{}!{inside}", path.display()), false, entry, size, &mut found)?;
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    entries.append(&mut found);
    Ok(())
}

fn add(
    path: String,
    named: bool,
    file: impl Read,
    size: u64,
    entries: &mut Vec<Entry>,
) -> io::Result<()> {
    if size > LARGEST_FILE {
        return Err(io::Error::other(format!(
            "{path} is larger than {LARGEST_FILE} bytes: not a rule"
        )));
    }
    let mut bytes = vec![];
    file.take(LARGEST_FILE).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    for rule in parse(&text) {
        let beside = !named && rule.as_ref().is_err_and(|problem| problem.no_rule);
        entries.push(Entry { path: path.clone(), rule, beside });
    }
    Ok(())
}

/// Only the rules; what cannot be read is told on standard error.
///
/// # Errors
/// When something cannot be opened, or when there is no rule at all.
pub fn rules(paths: &[PathBuf]) -> Result<Vec<Rule>, String> {
    let mut rules = vec![];
    for Entry { path, rule, beside } in read(paths)? {
        match rule {
            Ok(rule) => rules.push(rule),
            Err(_) if beside => {}
            Err(problem) => crate::cli::complain(&format!("{path}:{problem}")),
        }
    }
    if rules.is_empty() { Err("there is no rule in what was named".to_owned()) } else { Ok(rules) }
}
