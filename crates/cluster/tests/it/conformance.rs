//! The suite that every engine passes.
use crate::help::{self, Own};
use futures::future::BoxFuture;
use model::event::Event;
use search::conformance::Subject;
use search::engine::SearchEngine;

struct OnServer(Own);

impl Subject for OnServer {
    fn engine(&self) -> &dyn SearchEngine {
        &*self.0.cluster
    }

    fn settle(&self) -> BoxFuture<'_, ()> {
        Box::pin(async { self.0.cluster.client().refresh().await.unwrap() })
    }
}

fn make() -> BoxFuture<'static, Box<dyn Subject>> {
    Box::pin(async {
        let url = help::url().unwrap();
        Box::new(OnServer(Own::at(&url).await)) as Box<dyn Subject>
    })
}

fn some_real() -> Vec<Event> {
    crate::real::events(20)
}

fn there() -> bool {
    help::url().is_some()
}

search::conformance_tests!(make, some_real, if there);
