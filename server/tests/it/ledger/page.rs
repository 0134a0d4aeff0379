//! `docs/ROUTES.md` is the ledger, written down. `UPDATE_DOCS=1 cargo test -p server` rewrites it.
use super::entries;
use platform::ledger::markdown;
use std::path::Path;

#[tokio::test]
#[allow(clippy::disallowed_methods, reason = "asks whether to rewrite the page")]
async fn routes_are_written_down() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ROUTES.md");
    let text = markdown::page(entries().await);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).expect("docs/ can be written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == text,
        "docs/ROUTES.md is stale: UPDATE_DOCS=1 cargo test -p server routes_are_written_down"
    );
}
