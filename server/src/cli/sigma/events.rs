//! Events from files: JSON lines (also packed), JSON lists, Windows event logs, Zeek's tables, plain lines of text.
use clap::ValueEnum;
use serde_json::{Map, Value};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek},
    path::Path,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// By its name and first bytes
    Auto,
    /// A JSON record a line, or one list of records
    Jsonl,
    /// A Windows event log
    Evtx,
    /// Suricata's eve.json
    Eve,
    /// Zeek's logs, JSON or tables
    Zeek,
    /// Lines of text: syslog, auditd, access logs
    Lines,
}

/// What a file holds.
pub enum Record {
    Json(Value),
    Line(String),
    /// Something that is not an event, and where.
    Bad(String),
}

/// Calls `each` with every record of the file, `-` being standard input; `false` ends the reading.
///
/// # Errors
/// When the file cannot be read.
pub fn read(path: &Path, format: Format, each: &mut dyn FnMut(Record) -> bool) -> io::Result<()> {
    if path == Path::new("-") {
        return lines(BufReader::new(io::stdin().lock()), path, format, each);
    }
    let mut file = File::open(path)?;
    let mut first = [0; 8];
    let got = file.read(&mut first)?;
    file.rewind()?;
    if format == Format::Evtx || (format == Format::Auto && &first[..got] == b"ElfFile\0") {
        return evtx(path, each);
    }
    if first[..got].starts_with(&[0x1f, 0x8b]) {
        return lines(BufReader::new(flate2::read::MultiGzDecoder::new(file)), path, format, each);
    }
    lines(BufReader::with_capacity(1 << 20, file), path, format, each)
}

fn evtx(path: &Path, each: &mut dyn FnMut(Record) -> bool) -> io::Result<()> {
    let mut log = evtx::EvtxParser::from_path(path).map_err(io::Error::other)?;
    for record in log.records_json_value() {
        let record = match record {
            Ok(record) => Record::Json(record.data),
            Err(e) => Record::Bad(format!("{}: {e}", path.display())),
        };
        if !each(record) {
            break;
        }
    }
    Ok(())
}

fn lines(
    mut from: impl BufRead,
    path: &Path,
    format: Format,
    each: &mut dyn FnMut(Record) -> bool,
) -> io::Result<()> {
    let mut table = None;
    let mut bytes = vec![];
    for number in 1u64.. {
        bytes.clear();
        if from.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        if number == 1 && text.starts_with('[') && format != Format::Lines {
            let mut whole = text.to_owned();
            from.read_to_string(&mut whole)?;
            return list(&whole, path, each);
        }
        let record = match &mut table {
            Some(Table { .. }) | None if text.starts_with("#separator") => {
                table = Some(Table::default());
                continue;
            }
            Some(table) if text.starts_with('#') => {
                table.header(text);
                continue;
            }
            Some(table) => Record::Json(table.row(text)),
            None if format == Format::Lines => Record::Line(text.to_owned()),
            None => match serde_json::from_str(text) {
                Ok(value @ Value::Object(_)) => Record::Json(value),
                _ if format == Format::Auto && !text.starts_with('{') => {
                    Record::Line(text.to_owned())
                }
                Ok(_) => Record::Bad(format!("{}:{number}: not a JSON object", path.display())),
                Err(e) => Record::Bad(format!("{}:{number}: {e}", path.display())),
            },
        };
        if !each(record) {
            break;
        }
    }
    Ok(())
}

fn list(text: &str, path: &Path, each: &mut dyn FnMut(Record) -> bool) -> io::Result<()> {
    let values: Vec<Value> = serde_json::from_str(text)
        .map_err(|e| io::Error::other(format!("{}: {e}", path.display())))?;
    for value in values {
        if !each(Record::Json(value)) {
            break;
        }
    }
    Ok(())
}

/// A log of Zeek's as it writes them unless told otherwise: columns between tabs, named in a header.
#[derive(Default)]
struct Table {
    log: String,
    names: Vec<String>,
}

impl Table {
    fn header(&mut self, line: &str) {
        if let Some(log) = line.strip_prefix("#path\t") {
            log.clone_into(&mut self.log);
        } else if let Some(names) = line.strip_prefix("#fields\t") {
            self.names = names.split('\t').map(str::to_owned).collect();
        }
    }

    fn row(&self, line: &str) -> Value {
        let mut record = Map::new();
        record.insert("_path".to_owned(), self.log.clone().into());
        for (name, value) in self.names.iter().zip(line.split('\t')) {
            match value {
                "-" => {}
                "T" => drop(record.insert(name.clone(), true.into())),
                "F" => drop(record.insert(name.clone(), false.into())),
                "(empty)" => drop(record.insert(name.clone(), "".into())),
                text => {
                    let number = text.parse::<i64>().ok().filter(|n| n.to_string() == text);
                    record.insert(name.clone(), number.map_or_else(|| text.into(), Value::from));
                }
            }
        }
        Value::Object(record)
    }
}
