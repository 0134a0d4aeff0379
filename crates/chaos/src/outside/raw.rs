//! Sockets without manners: bytes as they are, answers as they come.
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

/// The address in a server's URL.
///
/// # Panics
/// When it is none.
pub fn address(url: &str) -> SocketAddr {
    let text = url.trim_start_matches("http://").trim_end_matches('/');
    text.parse().unwrap_or_else(|e| panic!("{url}: {e}"))
}

pub struct Raw(pub TcpStream);

impl Raw {
    pub async fn connect(to: SocketAddr) -> std::io::Result<Self> {
        TcpStream::connect(to).await.map(Self)
    }

    /// From another address of the loopback: a server counts connections by address.
    pub async fn connect_from(from: Ipv4Addr, to: SocketAddr) -> std::io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((from, 0)))?;
        socket.connect(to).await.map(Self)
    }

    /// Whether the other side took it.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).await.is_ok()
    }

    /// Everything until the other side closes, and how long that took; `None` when it stays open past `limit`.
    pub async fn rest(&mut self, limit: Duration) -> Option<(Vec<u8>, Duration)> {
        let (start, mut out) = (Instant::now(), Vec::new());
        // a reset also ends it; what came before counts
        let ended = timeout(limit, self.0.read_to_end(&mut out)).await;
        ended.ok().map(|_| (out, start.elapsed()))
    }

    /// What comes within `limit`, at most until `end` has come or the other side closes.
    pub async fn until(&mut self, end: &str, limit: Duration) -> String {
        let mut out = Vec::new();
        let read = async {
            let mut piece = [0; 4096];
            while !String::from_utf8_lossy(&out).contains(end) {
                match self.0.read(&mut piece).await {
                    Ok(n) if n > 0 => out.extend_from_slice(&piece[..n]),
                    _ => break,
                }
            }
        };
        let _ = timeout(limit, read).await;
        String::from_utf8_lossy(&out).into_owned()
    }
}

/// The status of an answer's first line; `None` when nothing came.
pub fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|b| *b == b'\r').next()?;
    std::str::from_utf8(line).ok()?.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_and_addresses_are_read() {
        assert_eq!(status(b"HTTP/1.1 431 Too\r\nx: y\r\n"), Some(431));
        assert_eq!((status(b""), status(b"HTTP/1.1"), status(b"junk")), (None, None, None));
        assert_eq!(address("http://127.0.0.1:80/").port(), 80);
    }
}
