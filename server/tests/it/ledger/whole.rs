//! Nothing is served that the ledger does not know.
use super::{entries, name};
use crate::support::started;
use platform::{
    Entry,
    ledger::{Kind, differences},
};
use server::ledger::pages;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What the page router and the registry of server functions serve and the ledger lacks.
pub fn uncovered(entries: &[Arc<Entry>]) -> Vec<String> {
    let shown = leptos_axum::generate_route_list(app::App);
    let shown = shown.iter().map(|r| ("GET".to_owned(), pages::axum_path(r.path())));
    let called =
        server_fn::axum::server_fn_paths().map(|(path, m)| (m.to_string(), path.to_owned()));
    let (mut missing, _) = differences(shown, entries, Kind::Page);
    missing.extend(differences(called, entries, Kind::ServerFn).0);
    missing
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[tokio::test]
async fn pages_and_server_functions_are_all_noted() {
    assert_eq!(uncovered(entries().await), Vec::<String>::new(), "served, and not in the ledger");
}

/// A plain route can only be served through `Ledger::route`, which takes its entry: no file but the pages' makes a router.
#[test]
fn no_route_is_made_beside_the_ledger() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("readable");
        let makes = [
            "Router::new()",
            "routing::get",
            "routing::post",
            "MethodRouter",
            "route_service",
            "nest_service",
        ];
        let found: Vec<&str> = makes.into_iter().filter(|m| text.contains(m)).collect();
        assert!(
            found.is_empty() || file.ends_with("wire/pages.rs"),
            "{} uses {found:?}",
            file.display()
        );
    }
}

/// The running program describes exactly the ledger's API routes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_and_the_ledger_agree() {
    let (server, _) = started(crate::support::sqlite()).await;
    let document = server.anonymous().get("/api/openapi.json").await.ok().json();
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().into_iter().flat_map(|m| m.keys());
            methods.map(move |m| format!("{} {path}", m.to_uppercase())).collect::<Vec<_>>()
        })
        .collect();
    let noted: BTreeSet<String> =
        entries().await.iter().filter(|e| e.kind == Kind::Api).map(|e| name(e)).collect();
    assert!(noted.len() > 40);
    assert_eq!(described.symmetric_difference(&noted).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(document["openapi"].as_str().map(|v| &v[..3]), Some("3.1"));
    // the contract's check of its own document, as far as these parts are built
    for path in ["/auth/login", "/auth/logout", "/alerts"] {
        assert!(document["paths"].get(path).is_some(), "{path}");
    }
}
