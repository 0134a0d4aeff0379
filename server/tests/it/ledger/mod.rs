//! The ledger against the running program: every route as every kind of caller, every change with its audit row, every body
//! with its cap.
mod audit;
mod limits;
mod matrix;
mod moved;
mod page;
mod recipes;
mod whole;
mod world;

use platform::{Config, Entry};
use server::wire::App;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// What the program would serve with the default configuration. Opened once: the metrics recorder is the process's.
pub async fn entries() -> &'static [Arc<Entry>] {
    static ENTRIES: OnceCell<Vec<Arc<Entry>>> = OnceCell::const_new();
    ENTRIES
        .get_or_init(|| async {
            let dir = tempfile_dir();
            let config = Config::for_tests(&dir).expect("the defaults are a configuration");
            let app = App::open(&config).await.expect("an empty folder opens");
            let (_, entries) = app.ledger().finish();
            app.close().await.expect("closes");
            let _ = std::fs::remove_dir_all(&dir);
            entries
        })
        .await
}

fn tempfile_dir() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("eventsec-ledger-{}", std::process::id()))
}

/// `GET /alerts/{id}`
pub fn name(entry: &Entry) -> String {
    format!("{} {}", entry.method, entry.path)
}
