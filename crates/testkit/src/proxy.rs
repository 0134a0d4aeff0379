//! A proxy for TCP that misbehaves when told to: it stands between the program and its database.
//!
//! Invariants: it listens on the loopback only, takes in every mode what the operating system hands it, and ends with its value.
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// What happens to connections and to what is said on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everything passes.
    Pass,
    /// Everything passes, each piece after this time.
    Delay(Duration),
    /// Connections are closed, new ones at once.
    Cut,
    /// The same with a reset in place of an orderly end.
    Reset,
    /// Nothing passes and nothing is closed: what was said waits, and arrives when the mode changes.
    Hang,
}

/// What connections look at.
#[derive(Clone, Copy, Debug)]
struct State {
    mode: Mode,
    /// Connections of an older epoch are dead: they stay open and nothing passes on them ever again.
    epoch: u64,
}

/// Stops with its value.
pub struct ChaosProxy {
    address: SocketAddr,
    state: watch::Sender<State>,
    task: JoinHandle<()>,
}

impl ChaosProxy {
    /// A proxy on a free port before `target`.
    ///
    /// # Panics
    /// Without a free port.
    pub async fn before(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("it has an address");
        let state = watch::Sender::new(State { mode: Mode::Pass, epoch: 0 });
        let task = tokio::spawn(accept(listener, target, state.clone()));
        Self { address, state, task }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn set(&self, mode: Mode) {
        self.state.send_modify(|s| s.mode = mode);
    }

    /// All present connections die without a word; new ones pass. What a failover does whose old server is just gone.
    pub fn strand(&self) {
        self.state.send_modify(|s| s.epoch += 1);
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, state: watch::Sender<State>) {
    // ends all connections with the proxy
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        let mode = state.borrow().mode;
        match mode {
            Mode::Cut => drop(client),
            Mode::Reset => {
                let _ = client.set_zero_linger();
            }
            _ => {
                connections.spawn(connection(client, target, state.subscribe()));
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(mut client: TcpStream, target: SocketAddr, state: watch::Receiver<State>) {
    let epoch = state.borrow().epoch;
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let mode = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        tokio::select! {
            _ = async {
                tokio::join!(
                    relay(from_client, to_server, state.clone(), epoch),
                    relay(from_server, to_client, state.clone(), epoch),
                )
            } => Mode::Pass,
            mode = ended(state.clone(), epoch) => mode,
        }
    };
    if mode == Mode::Reset {
        let _ = (client.set_zero_linger(), server.set_zero_linger());
    }
}

/// When the connection is to end, and how.
async fn ended(mut state: watch::Receiver<State>, epoch: u64) -> Mode {
    let ends = |s: &State| s.epoch == epoch && matches!(s.mode, Mode::Cut | Mode::Reset);
    // the proxy is gone when this fails, and its connections go with it
    state.wait_for(ends).await.map_or(Mode::Cut, |s| s.mode)
}

/// Passes on what comes from one side, as the mode of the moment has it.
async fn relay(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut state: watch::Receiver<State>,
    epoch: u64,
) -> io::Result<()> {
    let mut piece = vec![0; 16 << 10];
    loop {
        let n = from.read(&mut piece).await?;
        let passes = |s: &State| s.epoch == epoch && s.mode != Mode::Hang;
        let mode = state.wait_for(passes).await.map(|s| s.mode).map_err(io::Error::other)?;
        if let Mode::Delay(time) = mode {
            tokio::time::sleep(time).await;
        }
        if n == 0 {
            return to.shutdown().await;
        }
        to.write_all(&piece[..n]).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that says back what it hears.
    async fn echo() -> (SocketAddr, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            let mut all = JoinSet::new();
            while let Ok((mut socket, _)) = listener.accept().await {
                all.spawn(async move {
                    let (mut read, mut write) = socket.split();
                    let _ = tokio::io::copy(&mut read, &mut write).await;
                });
            }
        });
        (address, task)
    }

    async fn says(socket: &mut TcpStream, word: &[u8; 4]) -> io::Result<bool> {
        socket.write_all(word).await?;
        let mut heard = [0; 4];
        let read = socket.read_exact(&mut heard);
        match tokio::time::timeout(Duration::from_millis(300), read).await {
            Ok(done) => done.map(|_| &heard == word),
            Err(_) => Ok(false),
        }
    }

    #[tokio::test]
    async fn every_mode_does_what_it_says() {
        let (address, task) = echo().await;
        let proxy = ChaosProxy::before(address).await;
        let open = async || TcpStream::connect(proxy.address()).await.unwrap();
        let mut one = open().await;
        assert!(says(&mut one, b"ping").await.unwrap());
        proxy.set(Mode::Hang);
        assert!(!says(&mut one, b"late").await.unwrap(), "it hangs");
        proxy.set(Mode::Delay(Duration::from_millis(20)));
        let mut late = [0; 4];
        one.read_exact(&mut late).await.unwrap();
        assert_eq!(&late, b"late", "what was said arrives");
        for mode in [Mode::Cut, Mode::Reset] {
            proxy.set(Mode::Pass);
            let mut open_one = open().await;
            assert!(says(&mut open_one, b"ping").await.unwrap());
            proxy.set(mode);
            assert!(!says(&mut open_one, b"gone").await.unwrap_or(false), "{mode:?}");
            assert!(!says(&mut open().await, b"shut").await.unwrap_or(false), "{mode:?}");
        }
        proxy.set(Mode::Pass);
        let mut old = open().await;
        assert!(says(&mut old, b"ping").await.unwrap());
        proxy.strand();
        assert!(!says(&mut old, b"dead").await.unwrap(), "not closed, and dead");
        assert!(says(&mut open().await, b"ping").await.unwrap(), "new ones pass");
        task.abort();
    }
}
