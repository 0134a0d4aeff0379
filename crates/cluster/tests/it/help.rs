//! An engine of its own for each test, on the one server, and its end.
use cluster::{Cluster, Config};
use opensearch::http::Method;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The server's address; `None` where there is none and nothing here can be shown.
pub fn url() -> Option<String> {
    testkit::fleet::opensearch_url()
}

/// A prefix that no other test uses, in this process or another.
pub fn prefix() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("t{}-{}-", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A test that takes longer than this hangs.
///
/// # Panics
/// Then.
pub async fn within<T>(seconds: u64, test: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(Duration::from_secs(seconds), test).await;
    done.unwrap_or_else(|_| panic!("not done within {seconds} s"))
}

/// Deletes what it made when it goes.
pub struct Own {
    pub cluster: Arc<Cluster>,
}

impl Own {
    pub async fn at(url: &str) -> Self {
        let mut config = Config::at(url);
        config.prefix = prefix();
        config.replicas = 0;
        Self::with(config).await
    }

    pub async fn with(config: Config) -> Self {
        let cluster = Arc::new(Cluster::new(config).unwrap());
        cluster.client().prepare().await.unwrap();
        Self { cluster }
    }

    /// The same indexes, reached another way, with a patience of its own.
    pub fn through(&self, url: &str, patience: Duration) -> Cluster {
        let mut config = self.cluster.client().config.as_ref().clone();
        config.urls = vec![url.into()];
        (config.bulk_timeout, config.search_timeout) = (patience, patience);
        config.tries = 5;
        Cluster::new(config).unwrap()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // connections belong to the test's runtime, which stands still here: others in a thread of their own
        let config = self.cluster.client().config.as_ref().clone();
        let swept = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let Ok(client) = cluster::Client::new(config) else { return };
                for path in [
                    format!("/{},{}", client.pattern(), client.copies()),
                    format!("/_index_template/{}", client.named("eventsec-*")),
                ] {
                    let _ = client.ask(Method::Delete, &path, &[], None).await;
                }
            });
            std::io::Result::Ok(())
        });
        let _ = swept.join();
    }
}
