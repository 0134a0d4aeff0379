//! The list of acknowledged events: a line each, its id and its mark, synced before anybody goes on. `eventsec check --acked` reads it.
use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
};

/// The driver's own list, shared by its clients.
pub struct AckedFile(Mutex<File>);

impl AckedFile {
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self(Mutex::new(File::create(path)?)))
    }

    /// Notes a batch whose first event has this id. When it returns, the lines are on the disk.
    pub fn note(&self, first_id: i64, marks: &[String]) -> io::Result<()> {
        let mut lines = String::new();
        for (id, mark) in (first_id..).zip(marks) {
            // writing to a text cannot fail
            let _ = writeln!(lines, "{id} {mark}");
        }
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(lines.as_bytes())?;
        file.sync_data()
    }
}

/// Ids and marks; a last line without its end was cut off and is left out.
pub fn read(path: &Path) -> io::Result<Vec<(i64, String)>> {
    let text = std::fs::read_to_string(path)?;
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let line = |l: &str| {
        let (id, mark) = l.split_once(' ')?;
        Some((id.parse().ok()?, mark.to_owned()))
    };
    whole
        .lines()
        .map(|l| line(l).ok_or_else(|| io::Error::other(format!("no id and mark: {l}"))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("acked");
        let file = AckedFile::create(&path).unwrap();
        file.note(7, &["a".into(), "b".into()]).unwrap();
        file.note(1, &["c".into()]).unwrap();
        let all = [(7, "a".to_owned()), (8, "b".to_owned()), (1, "c".to_owned())];
        assert_eq!(read(&path).unwrap(), all);
        std::fs::write(&path, "7 a\n8 b").unwrap();
        assert_eq!(read(&path).unwrap().len(), 1);
    }
}
