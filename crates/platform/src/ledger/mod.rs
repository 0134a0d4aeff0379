//! The ledger: every route there is, who may call it, and what it may cost. A route cannot be served without its entry,
//! since the only way to register one is `Ledger::route`.
//!
//! The same list writes `docs/ROUTES.md` and `/api/openapi.json`, and drives the test that asks every route as every kind of
//! caller (`matrix`).
pub mod entry;
pub mod gate;
pub mod markdown;
pub mod matrix;
pub mod openapi;
pub mod principal;

pub use entry::{BodyLimit, Entry, Kind};
pub use gate::Identity;
pub use principal::{Principal, Principals};

use crate::{
    config::Limits,
    layers::body::{Caps, guard},
};
use axum::{Router, handler::Handler, middleware, response::Response, routing};
use std::{convert::Infallible, sync::Arc};

/// In the extensions of a response: the pattern of the route that answered. Bounds the labels of metrics.
#[derive(Clone, Copy, Debug)]
pub struct Matched(pub &'static str);

/// Collects routes with their entries.
pub struct Ledger<S = ()> {
    router: Router<S>,
    entries: Vec<Arc<Entry>>,
    limits: Limits,
    gated: bool,
}

impl<S: Clone + Send + Sync + 'static> Ledger<S> {
    pub fn new(limits: &Limits) -> Self {
        Self { router: Router::new(), entries: Vec::new(), limits: limits.clone(), gated: false }
    }

    /// From here on, routes refuse callers that their entry does not allow before the handler runs. Needs a layer
    /// outside that puts `Identity` into the request; without one only public routes answer.
    pub fn gated(mut self) -> Self {
        self.gated = true;
        self
    }

    /// Registers one route. The body is capped as the entry says; pieces of the path that are ids must be numbers.
    ///
    /// # Panics
    /// When the same method and path are registered twice: a mistake that no start survives.
    pub fn route<H, T>(mut self, entry: Entry, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let path = entry.path;
        let entry = Arc::new(entry);
        let mut route = guard(routing::on(entry.filter(), handler), self.caps(entry.body));
        if path.contains('{') {
            route = route.layer(middleware::from_fn(gate::numbers));
        }
        if self.gated {
            route = route.layer(middleware::from_fn_with_state(entry.clone(), gate::check));
        }
        let route = route.layer(middleware::map_response(move |mut r: Response| async move {
            r.extensions_mut().insert(Matched(path));
            Ok::<_, Infallible>(r)
        }));
        self.router = self.router.route(path, route);
        self.entries.push(entry);
        self
    }

    /// Notes a route that somebody else serves: a page, a server function, a file.
    pub fn note(mut self, entry: Entry) -> Self {
        self.entries.push(Arc::new(entry));
        self
    }

    pub fn note_all(self, entries: impl IntoIterator<Item = Entry>) -> Self {
        entries.into_iter().fold(self, Self::note)
    }

    /// Takes in another ledger's routes and entries.
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.entries.extend(other.entries);
        self
    }

    pub fn caps(&self, body: BodyLimit) -> Caps {
        match body {
            BodyLimit::Plain => Caps::both(self.limits.body),
            BodyLimit::Events => {
                Caps { sent: self.limits.ingest_body, unpacked: self.limits.ingest_unpacked }
            }
        }
    }

    pub fn entries(&self) -> &[Arc<Entry>] {
        &self.entries
    }

    pub fn finish(self) -> (Router<S>, Vec<Arc<Entry>>) {
        (self.router, self.entries)
    }
}

/// What is registered elsewhere (pages, server functions) and what the ledger says about it, as method and path: first
/// what the ledger lacks, then what it has too much. Both empty when they agree.
pub fn differences(
    registered: impl IntoIterator<Item = (String, String)>,
    entries: &[Arc<Entry>],
    kind: Kind,
) -> (Vec<String>, Vec<String>) {
    use std::collections::BTreeSet;
    let there: BTreeSet<String> = registered.into_iter().map(|(m, p)| format!("{m} {p}")).collect();
    let noted: BTreeSet<String> = entries
        .iter()
        .filter(|e| e.kind == kind)
        .map(|e| format!("{} {}", e.method, e.path))
        .collect();
    (there.difference(&noted).cloned().collect(), noted.difference(&there).cloned().collect())
}
