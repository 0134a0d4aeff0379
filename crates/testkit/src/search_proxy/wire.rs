//! As much of HTTP/1.1 as stands between one client of ours and one server: requests whose length is told, one after the other on a
//! connection. It is written by hand so that an answer can be late, slow, half, or never come.
use std::{io, ops::Range, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Bytes of a slow answer at a time, and the pause after them: a kilobyte a second.
const DROP: (usize, Duration) = (100, Duration::from_millis(100));

/// What the client asks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

/// What it is answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type: "application/json".into(), body: body.into() }
    }

    pub fn html(status: u16) -> Self {
        let body = b"<html><body>not what you asked for</body></html>".to_vec();
        Self { status, content_type: "text/html".into(), body }
    }

    fn bytes(&self) -> Vec<u8> {
        let (status, kind, length) = (self.status, &self.content_type, self.body.len());
        let head = format!(
            "HTTP/1.1 {status} -\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
        );
        [head.as_bytes(), &self.body].concat()
    }
}

/// A client's connection; dropped, it is closed.
pub struct Connection {
    stream: TcpStream,
    /// Read and not used yet.
    read: Vec<u8>,
}

impl Connection {
    pub fn new(stream: TcpStream) -> Self {
        // small answers must not wait for more
        let _ = stream.set_nodelay(true);
        Self { stream, read: Vec::new() }
    }

    /// `false`: the client has closed.
    async fn more(&mut self) -> io::Result<bool> {
        Ok(self.stream.read_buf(&mut self.read).await? > 0)
    }

    /// The next request; `None` when the client has closed.
    pub async fn request(&mut self) -> io::Result<Option<Request>> {
        let head = loop {
            if let Some(at) = self.read.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            if !self.more().await? {
                return Ok(None);
            }
        };
        let (mut request, length) = read_head(&self.read[..head])?;
        while self.read.len() < head + length {
            if !self.more().await? {
                return Ok(None);
            }
        }
        request.body = self.read[head..head + length].to_vec();
        self.read.drain(..head + length);
        Ok(Some(request))
    }

    /// Ends when the client closes.
    pub async fn closed(&mut self) {
        while let Ok(true) = self.more().await {}
    }

    pub async fn send(&mut self, answer: &Answer) -> io::Result<()> {
        self.stream.write_all(&answer.bytes()).await
    }

    /// Its first half; the connection is of no use afterwards.
    pub async fn send_half(&mut self, answer: &Answer) -> io::Result<()> {
        let bytes = answer.bytes();
        let kept = bytes.len() - answer.body.len().div_ceil(2);
        self.stream.write_all(&bytes[..kept]).await
    }

    pub async fn send_slowly(&mut self, answer: &Answer) -> io::Result<()> {
        for piece in answer.bytes().chunks(DROP.0) {
            self.stream.write_all(piece).await?;
            tokio::time::sleep(DROP.1).await;
        }
        Ok(())
    }
}

/// The head, and how long the body is.
fn read_head(bytes: &[u8]) -> io::Result<(Request, usize)> {
    let text = String::from_utf8_lossy(bytes);
    let mut first = text.lines().next().unwrap_or_default().split(' ');
    let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
    let header = |name: &str| {
        text.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    if header("transfer-encoding").is_some() {
        return Err(io::Error::other("only bodies of a told length are read"));
    }
    let length = header("content-length").and_then(|v| v.parse().ok()).unwrap_or(0);
    let request = Request {
        method: method.into(),
        target: target.into(),
        content_type: header("content-type"),
        body: Vec::new(),
    };
    Ok((request, length))
}

/// Lines of a body with their ends, as places in it; empty ones are left out.
pub fn lines(body: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    for (at, byte) in body.iter().enumerate() {
        if *byte == b'\n' {
            if at > from {
                found.push(from..at + 1);
            }
            from = at + 1;
        }
    }
    if from < body.len() {
        found.push(from..body.len());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read() {
        let (request, length) =
            read_head(b"POST /_bulk?a=b HTTP/1.1\r\nContent-Type: application/x-ndjson\r\nCONTENT-LENGTH: 12\r\n\r\n")
                .unwrap();
        assert_eq!(
            (request.method.as_str(), request.target.as_str(), length),
            ("POST", "/_bulk?a=b", 12)
        );
        assert_eq!(request.content_type.as_deref(), Some("application/x-ndjson"));
        assert!(read_head(b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
    }

    #[test]
    fn lines_keep_their_ends() {
        let body = b"a\n\nbc\nd";
        let found: Vec<&[u8]> = lines(body).into_iter().map(|l| &body[l]).collect();
        assert_eq!(found, [&b"a\n"[..], b"bc\n", b"d"]);
    }
}
