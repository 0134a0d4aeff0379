//! A server on a free port with short limits, and a raw socket to be rude to it with.
use axum::Router;
use platform::{
    Config,
    accept::{self, Drained},
    config::Limits,
    env::Env,
};
use std::{collections::BTreeMap, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

/// Nothing in these tests may take longer.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub fn config(settings: &[(&'static str, &str)]) -> Config {
    let values: BTreeMap<_, _> = settings.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
    Config::from_parts(values, Env::default(), None).unwrap()
}

/// Limits a thousand times shorter than the defaults, so that tests wait milliseconds.
pub fn short(settings: &[(&'static str, &str)]) -> Limits {
    let base = [
        ("limits.first_byte", "200ms"),
        ("limits.headers", "200ms"),
        ("limits.idle", "1s"),
        ("limits.body_rate", "1000"),
        ("limits.body_grace", "400ms"),
        ("limits.drain", "5s"),
    ];
    let all: Vec<_> = base.into_iter().chain(settings.iter().copied()).collect();
    config(&all).limits
}

pub struct Server {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    done: JoinHandle<Drained>,
}

impl Server {
    pub async fn start(app: Router, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let done = tokio::task::spawn(async move {
            accept::serve(listener, app, &limits, async {
                let _ = stopped.await;
            })
            .await
        });
        Self { address, stop, done }
    }

    /// Asks the server to stop; the handle tells how it went.
    pub fn stop(self) -> JoinHandle<Drained> {
        let _ = self.stop.send(());
        self.done
    }

    pub async fn connect(&self) -> Raw {
        Raw(TcpStream::connect(self.address).await.unwrap())
    }
}

pub struct Raw(pub TcpStream);

impl Raw {
    pub async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Sends as long as the other side takes it.
    pub async fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).await.is_ok()
    }

    /// Everything until the other side closes.
    pub async fn rest(&mut self) -> String {
        let mut out = Vec::new();
        // a reset also ends it; what came before counts
        let _ = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut out))
            .await
            .expect("the connection stayed open");
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Reads until `end` has come.
    pub async fn until(&mut self, end: &str) -> String {
        let mut out = Vec::new();
        let mut piece = [0; 4096];
        let read = async {
            while !String::from_utf8_lossy(&out).contains(end) {
                let n = self.0.read(&mut piece).await.unwrap();
                assert!(n > 0, "closed before {end:?}: {}", String::from_utf8_lossy(&out));
                out.extend_from_slice(&piece[..n]);
            }
        };
        tokio::time::timeout(PATIENCE, read).await.unwrap_or_else(|_| panic!("{end:?} never came"));
        String::from_utf8_lossy(&out).into_owned()
    }
}
