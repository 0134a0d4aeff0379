//! The real data of tests: Suricata and Zeek logs, Windows events. Never copied into the project.
#![allow(clippy::disallowed_methods, reason = "a test's setting")]
use flate2::read::MultiGzDecoder;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// `EVENTSEC_DATA`, else `../shared/data` beside the workspace. `None`, and a printed line, when it is not there.
pub fn data_dir() -> Option<PathBuf> {
    let dir = std::env::var_os("EVENTSEC_DATA")
        .map_or_else(|| root().join("../shared/data"), PathBuf::from);
    if dir.join("ids").is_dir() && dir.join("sigma").is_dir() {
        return Some(dir);
    }
    println!("skipped: no test data in {} (EVENTSEC_DATA names another folder)", dir.display());
    None
}

/// The file's lines that are not blank; `.gz` is unpacked.
pub fn lines(path: &Path) -> io::Result<Vec<String>> {
    let file = File::open(path)?;
    let reader: Box<dyn Read> = match path.extension() {
        Some(e) if e == "gz" => Box::new(MultiGzDecoder::new(file)),
        _ => Box::new(file),
    };
    BufReader::with_capacity(1 << 20, reader)
        .lines()
        .filter(|l| l.as_ref().map_or(true, |l| !l.trim().is_empty()))
        .collect()
}

/// The 19,713 Windows events (flat JSON, one a line) that load tests post.
pub fn windows_events(data: &Path) -> io::Result<Vec<String>> {
    lines(&data.join("sigma/bench20k.jsonl.gz"))
}

/// What wrote an IDS log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Suricata,
    Zeek,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suricata => "suricata",
            Self::Zeek => "zeek",
        }
    }
}

/// Every IDS log below `data/ids`, sorted by path.
pub fn ids_logs(data: &Path) -> io::Result<Vec<(Kind, PathBuf)>> {
    let mut found = Vec::new();
    for (kind, folder) in [(Kind::Suricata, "ids/suricata"), (Kind::Zeek, "ids/zeek")] {
        let mut folders = vec![data.join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if path.is_dir() {
                    folders.push(path);
                } else if [".jsonl", ".log", ".json.gz"].iter().any(|end| name.ends_with(end)) {
                    found.push((kind, path));
                }
            }
        }
    }
    found.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    #[test]
    fn packed_and_plain_files_read_alike() {
        let dir = tempfile::tempdir().unwrap();
        let text = "{\"a\":1}\n\n{\"b\":2}\n";
        std::fs::write(dir.path().join("x.jsonl"), text).unwrap();
        let mut gz = GzEncoder::new(
            File::create(dir.path().join("x.json.gz")).unwrap(),
            Compression::fast(),
        );
        gz.write_all(text.as_bytes()).unwrap();
        gz.finish().unwrap();
        let want = ["{\"a\":1}", "{\"b\":2}"];
        assert_eq!(lines(&dir.path().join("x.jsonl")).unwrap(), want);
        assert_eq!(lines(&dir.path().join("x.json.gz")).unwrap(), want);
    }

    #[test]
    fn the_real_data_is_whole() {
        let Some(data) = data_dir() else { return };
        let logs = ids_logs(&data).unwrap();
        assert!(logs.iter().filter(|l| l.0 == Kind::Suricata).count() >= 19, "{logs:?}");
        assert!(logs.iter().filter(|l| l.0 == Kind::Zeek).count() >= 40, "{logs:?}");
        assert_eq!(windows_events(&data).unwrap().len(), 19_713);
    }
}
