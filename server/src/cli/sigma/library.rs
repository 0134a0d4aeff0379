//! Rules from files, folders and archives.
use crate::cli::complain;
use clap::Args;
use model::Problem as Failure;
use sigma::language::{self, Document, Pack, Problem, Values, parse_with};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Which rules, for commands that evaluate them.
#[derive(Debug, Args)]
pub struct Library {
    /// Sigma rules, correlations and filters: files, folders, archives (.tar.gz)
    #[arg(long, required = true, num_args = 1..)]
    rules: Vec<PathBuf>,
    /// A YAML file of names and their values, for rules with `%name%`
    #[arg(long)]
    values: Option<PathBuf>,
}

impl Library {
    /// What can be read, linked; what cannot is told on standard error.
    ///
    /// # Errors
    /// When something cannot be opened, or when there is no rule at all.
    pub fn pack(&self) -> Result<Pack, Failure> {
        let mut documents = vec![];
        for Entry { path, document, beside } in read(&self.rules, self.values.as_deref())? {
            match document {
                Ok(document) => documents.push(document),
                Err(_) if beside => {}
                Err(problem) => complain(&format!("{path}:{problem}")),
            }
        }
        let (pack, problems) = Pack::link(documents);
        problems.iter().for_each(|problem| complain(problem));
        if pack.rules.is_empty() {
            return Err(Failure::bad_request("there is no rule in what was named"));
        }
        Ok(pack)
    }
}

/// A rule file may have so many bytes; past it the file is not read, and named.
const LARGEST_FILE: u64 = 4 << 20;

/// A document of a rule file, or why there is none.
pub struct Entry {
    /// As it was found; inside an archive `archive.tar.gz!path`.
    pub path: String,
    pub document: Result<Document, Problem>,
    /// It was found beside rules, and is none.
    pub beside: bool,
}

/// Reads `*.yml` and `*.yaml` below the paths, each file of an archive (`.tar.gz`, `.tgz`, `.tar`) likewise, in the order of their names.
///
/// # Errors
/// When something cannot be opened or read; it is named.
pub fn read(paths: &[PathBuf], values: Option<&Path>) -> Result<Vec<Entry>, Failure> {
    let mut reader = Reader { values: Values::new(), entries: vec![] };
    if let Some(path) = values {
        let text = fs::read_to_string(path).map_err(|e| failed(path, e))?;
        reader.values = language::values(&text)
            .map_err(|e| Failure::bad_request(format!("{}:{e}", path.display())))?;
    }
    for path in paths {
        reader.walk(path, true).map_err(|e| failed(path, e))?;
    }
    Ok(reader.entries)
}

fn failed(path: &Path, e: io::Error) -> Failure {
    Failure::bad_request(format!("{}: {e}", path.display()))
}

struct Reader {
    values: Values,
    entries: Vec<Entry>,
}

impl Reader {
    fn walk(&mut self, path: &Path, named: bool) -> io::Result<()> {
        let kind = if named { fs::metadata(path)? } else { fs::symlink_metadata(path)? };
        if kind.is_dir() {
            let mut inside =
                fs::read_dir(path)?.map(|e| Ok(e?.path())).collect::<io::Result<Vec<_>>>()?;
            inside.sort();
            return inside.iter().try_for_each(|path| self.walk(path, false));
        }
        let name = path.to_string_lossy().to_lowercase();
        if named && (name.ends_with(".tar.gz") || name.ends_with(".tgz")) {
            return self.archive(path, flate2::read::MultiGzDecoder::new(File::open(path)?));
        }
        if named && name.ends_with(".tar") {
            return self.archive(path, File::open(path)?);
        }
        // a file that was named is a rule whatever it is called; links to folders could go round in circles
        if named || (is_rule(&name) && path.is_file()) {
            let file = File::open(path)?;
            let size = file.metadata()?.len();
            self.add(path.display().to_string(), named, file, size)?;
        }
        Ok(())
    }

    fn archive(&mut self, path: &Path, file: impl Read) -> io::Result<()> {
        let first = self.entries.len();
        for entry in tar::Archive::new(file).entries()? {
            let entry = entry?;
            let inside = entry.path()?.to_string_lossy().into_owned();
            if is_rule(&inside.to_lowercase()) && entry.header().entry_type().is_file() {
                let size = entry.size();
                self.add(format!("{}!{inside}", path.display()), false, entry, size)?;
            }
        }
        self.entries[first..].sort_by(|a, b| a.path.cmp(&b.path));
        Ok(())
    }

    fn add(&mut self, path: String, named: bool, file: impl Read, size: u64) -> io::Result<()> {
        if size > LARGEST_FILE {
            return Err(io::Error::other(format!(
                "{path} is larger than {LARGEST_FILE} bytes: not a rule"
            )));
        }
        let mut bytes = vec![];
        file.take(LARGEST_FILE).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        for document in parse_with(&text, &self.values) {
            let beside = !named && document.as_ref().is_err_and(|problem| problem.no_rule);
            self.entries.push(Entry { path: path.clone(), document, beside });
        }
        Ok(())
    }
}

fn is_rule(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|e| e == "yml" || e == "yaml")
}
