//! What the program writes: its newest lines, and the address that it tells.
use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read},
    sync::{Arc, Mutex, mpsc},
    thread::JoinHandle,
};

/// Lines that are kept.
const LINES: usize = 400;

/// The newest lines; cloned for each stream that is followed.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<VecDeque<String>>>);

impl Log {
    pub fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(|e| e.into_inner());
        lines.iter().cloned().collect::<Vec<_>>().join("\n")
    }

    fn push(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(|e| e.into_inner());
        if lines.len() == LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// Keeps the stream's lines until it ends; sends the first address among them.
    pub fn follow(
        &self,
        stream: impl Read + Send + 'static,
        mut said: Option<mpsc::Sender<String>>,
    ) -> JoinHandle<()> {
        let log = self.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if let (Some(address), Some(sender)) = (address_in(&line), said.as_ref()) {
                    let _ = sender.send(address.to_owned());
                    said = None;
                }
                log.push(line);
            }
        })
    }
}

/// `listening on http://127.0.0.1:PORT`
fn address_in(line: &str) -> Option<&str> {
    let url = line.trim().strip_prefix("listening on ")?.split_whitespace().next()?;
    url.starts_with("http").then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_from_one_line() {
        assert_eq!(address_in("listening on http://127.0.0.1:4711"), Some("http://127.0.0.1:4711"));
        assert_eq!(address_in("not listening on http://127.0.0.1:4711"), None);
        assert_eq!(address_in("listening on tcp"), None);
    }

    #[test]
    fn the_newest_lines_are_kept() {
        let log = Log::default();
        (0..=LINES).for_each(|n| log.push(format!("line {n}")));
        let text = log.text();
        assert!(
            text.starts_with("line 1\n") && text.ends_with(&format!("\nline {LINES}")),
            "{text}"
        );
    }
}
