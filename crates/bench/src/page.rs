//! Page times in a real browser: `end2end/page-times.mjs` does the work, where there is Chromium and Playwright.
use serde_json::Value;
use std::process::{Command, Stdio};
use testkit::{data::root, server::ADMIN};

/// The script's JSON.
///
/// # Errors
/// Why there are no figures.
pub async fn measure(url: &str) -> Result<Value, String> {
    let (folder, url) = (root(), url.to_owned());
    if !folder.join("node_modules/@playwright/test").is_dir() {
        return Err("Playwright is not installed (npm ci)".into());
    }
    let work = move || {
        Command::new("node")
            .arg(folder.join("end2end/page-times.mjs"))
            .arg(url)
            .env("EVENTSEC_EMAIL", ADMIN.0)
            .env("EVENTSEC_PASSWORD", ADMIN.1)
            .stdin(Stdio::null())
            .output()
    };
    let out = tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| e.to_string())?
        .map_err(|e| format!("node: {e}"))?;
    if !out.status.success() {
        let said = String::from_utf8_lossy(&out.stderr);
        return Err(said
            .lines()
            .find(|l| !l.trim().is_empty())
            .unwrap_or("the script failed")
            .trim()
            .to_owned());
    }
    serde_json::from_slice(&out.stdout).map_err(|e| e.to_string())
}
