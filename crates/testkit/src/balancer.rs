//! A small TCP balancer: each connection goes to the next server that takes it. Knows nothing of HTTP.
use crate::client::Base;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::net::{TcpListener, TcpStream};

/// Stops when it is dropped.
pub struct Balancer {
    pub base: Base,
    task: tokio::task::JoinHandle<()>,
}

impl Balancer {
    /// Listens on a free port. The servers' addresses are asked for at each connection: a restarted one has a new port.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn over(servers: Vec<Base>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = Base::new(format!("http://{}", listener.local_addr().expect("an address")));
        let servers = Arc::new(servers);
        let task = tokio::spawn(async move {
            let next = Arc::new(AtomicUsize::new(0));
            while let Ok((client, _)) = listener.accept().await {
                let (servers, next) = (servers.clone(), next.clone());
                tokio::spawn(async move { join(client, &servers, &next).await });
            }
        });
        Self { base, task }
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn join(mut client: TcpStream, servers: &[Base], next: &AtomicUsize) {
    for _ in 0..servers.len() {
        let server = servers[next.fetch_add(1, Ordering::Relaxed) % servers.len()].get();
        let Some(address) = server.strip_prefix("http://") else { continue };
        if let Ok(mut server) = TcpStream::connect(address).await {
            // one of them went away: so does the connection
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn who_is_away_is_passed_over() {
        let alive = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = Base::new(format!("http://{}", alive.local_addr().unwrap()));
        let away = Base::new("http://127.0.0.1:1");
        let balancer = Balancer::over(vec![away, here]).await;
        for _ in 0..3 {
            let url = balancer.base.get();
            let mut client =
                TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
            client.write_all(b"x").await.unwrap();
            let (mut server, _) = alive.accept().await.unwrap();
            assert_eq!(server.read_u8().await.unwrap(), b'x');
        }
    }
}
