//! What is posted: real Windows events, again and again, each time at another moment.
//!
//! Each record is cut once around its time; a body is then put together by copying, so that the client costs next to nothing.
use model::Micros;

/// The time is written over these characters: `2026-11-21T06:38:27.753Z`.
const WIDTH: usize = 24;
/// Fields that hold a record's own time, best first.
const TIMES: [&str; 2] = ["\"@timestamp\":\"", "\"TimeCreated\":\""];

/// One record in two pieces around its time.
struct Cut {
    before: String,
    after: String,
}

pub struct Corpus {
    records: Vec<Cut>,
    /// Time of the first posted event.
    start: Micros,
}

/// Events follow each other in this many microseconds: 2,000 a second of their own time.
const STEP: i64 = 500;

impl Corpus {
    /// # Errors
    /// When a record has no time that can be written over.
    pub fn new(lines: &[String], start: Micros) -> Result<Self, String> {
        let records: Result<Vec<Cut>, String> = lines.iter().map(|l| cut(l)).collect();
        let records = records?;
        if records.is_empty() {
            Err("there are no events".into())
        } else {
            Ok(Self { records, start })
        }
    }

    /// `n` events from the `first` one on, one a line.
    pub fn body(&self, first: usize, n: usize) -> String {
        let mut out = String::with_capacity(n * 1_700);
        for i in first..first + n {
            let record = &self.records[i % self.records.len()];
            out.push_str(&record.before);
            out.push_str(&text(self.start.plus(i as i64 * STEP)));
            out.push_str(&record.after);
            out.push('\n');
        }
        out
    }
}

fn text(time: Micros) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.3fZ")
}

fn cut(line: &str) -> Result<Cut, String> {
    let line = line.trim();
    let (key, at) =
        TIMES.iter().find_map(|key| line.find(key).map(|at| (key, at))).ok_or_else(|| {
            format!("a record without a time: {}", line.chars().take(200).collect::<String>())
        })?;
    let begin = at + key.len();
    let length = line[begin..].find('"').ok_or("a text without an end")?;
    debug_assert!(length <= WIDTH);
    Ok(Cut { before: line[..begin].into(), after: line[begin + length..].into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn copies_differ_in_their_time_alone() {
        let lines = [
            "{\"a\":1,\"@timestamp\":\"2019-05-18T20:37:12.451Z\",\"b\":2}",
            "{\"TimeCreated\":\"2020-10-19 12:28:31.796\"}",
        ];
        let corpus = Corpus::new(&lines.map(String::from), Micros(1_763_700_000_000_000)).unwrap();
        let body = corpus.body(0, 5);
        let events: Vec<Value> = body.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!((&events[0]["a"], &events[2]["b"]), (&Value::from(1), &Value::from(2)));
        let times: Vec<_> = events
            .iter()
            .filter_map(|e| e["@timestamp"].as_str().and_then(Micros::parse))
            .collect();
        assert_eq!(times.iter().map(|t| t.0 - times[0].0).collect::<Vec<_>>(), [0, 1_000, 2_000]);
        assert_eq!(events[1]["TimeCreated"].as_str().map(str::len), Some(WIDTH));
        assert!(Corpus::new(&["{\"a\":1}".to_owned()], Micros(0)).is_err());
    }

    #[test]
    fn the_real_events_can_all_be_moved() {
        let Some(data) = crate::data_dir() else { return };
        let lines = crate::data::windows_events(&data).unwrap();
        let corpus = Corpus::new(&lines, Micros(1_763_700_000_000_000)).unwrap();
        for (i, line) in corpus.body(0, lines.len()).lines().enumerate() {
            let (old, new): (Value, Value) =
                (serde_json::from_str(&lines[i]).unwrap(), serde_json::from_str(line).unwrap());
            let differ: Vec<_> = new
                .as_object()
                .unwrap()
                .iter()
                .filter(|(k, v)| &old[k.as_str()] != *v)
                .map(|(k, _)| k.as_str())
                .collect();
            assert!(differ == ["@timestamp"] || differ == ["TimeCreated"], "{differ:?} in {line}");
        }
    }
}
