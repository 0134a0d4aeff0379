//! The push stream, read as a browser reads it: server-sent events, each one a note.
use model::live::Note;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Cuts a stream of bytes into the data of server-sent events. Comments and other fields are passed over.
#[derive(Default)]
pub struct Parser {
    rest: Vec<u8>,
    data: Vec<String>,
}

impl Parser {
    /// The messages that these bytes complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        self.rest.extend_from_slice(bytes);
        let mut messages = Vec::new();
        while let Some(end) = self.rest.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            if line.is_empty() {
                if !self.data.is_empty() {
                    messages.push(self.data.join("\n"));
                    self.data.clear();
                }
            } else if let Some(data) = line.strip_prefix("data:") {
                self.data.push(data.strip_prefix(' ').unwrap_or(data).to_owned());
            }
        }
        messages
    }
}

/// An open stream of notes.
pub struct Notes {
    response: reqwest::Response,
    parser: Parser,
    ready: std::collections::VecDeque<Note>,
}

impl Notes {
    pub(crate) fn new(response: reqwest::Response) -> Self {
        Self { response, parser: Parser::default(), ready: Default::default() }
    }

    /// The next note, or `None` when the stream ends or the time passes first.
    ///
    /// # Panics
    /// When a message is not a note.
    pub async fn next(&mut self, limit: Duration) -> Option<Note> {
        let end = Instant::now() + limit;
        loop {
            if let Some(note) = self.ready.pop_front() {
                return Some(note);
            }
            let bytes = timeout_at(end, self.response.chunk()).await.ok()?.ok()??;
            for message in self.parser.push(&bytes) {
                self.ready.push_back(
                    serde_json::from_str(&message)
                        .unwrap_or_else(|e| panic!("not a note: {message}: {e}")),
                );
            }
        }
    }

    /// The first note that fits; others are passed over.
    ///
    /// # Panics
    /// When none comes in time; the message holds the notes that came.
    pub async fn find<T>(
        &mut self,
        what: &str,
        limit: Duration,
        mut fits: impl FnMut(&Note) -> Option<T>,
    ) -> T {
        let (end, mut seen) = (Instant::now() + limit, Vec::new());
        loop {
            match self.next(end.saturating_duration_since(Instant::now())).await {
                Some(note) => match fits(&note) {
                    Some(found) => return found,
                    None => seen.push(note),
                },
                None => panic!("no note about {what} within {limit:?}; these came: {seen:?}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_cut_wherever_the_bytes_break() {
        let text = ": hello\n\nevent: ping\ndata: {\"a\":1}\n\ndata:x\r\ndata: y\r\n\r\ndata: half";
        let want = ["{\"a\":1}", "x\ny"];
        for step in [1, 2, 7, text.len()] {
            let mut parser = Parser::default();
            let got: Vec<String> =
                text.as_bytes().chunks(step).flat_map(|c| parser.push(c)).collect();
            assert_eq!(got, want, "in steps of {step}");
        }
    }
}
