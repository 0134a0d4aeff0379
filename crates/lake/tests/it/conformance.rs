//! The suite that every engine passes, on the lake in each of its states.
use futures::future::BoxFuture;
use lake::{Lake, LakeConfig, MemoryManifest};
use model::event::Event;
use search::conformance::Subject;
use search::engine::SearchEngine;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Clone, Copy)]
enum State {
    Head,
    Parts,
    Mixed,
    Merged,
}

struct LakeSubject {
    lake: Arc<Lake>,
    state: State,
    settled: AtomicUsize,
    _dir: tempfile::TempDir,
}

impl Subject for LakeSubject {
    fn engine(&self) -> &dyn SearchEngine {
        &*self.lake
    }

    fn settle(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            let n = self.settled.fetch_add(1, Ordering::Relaxed);
            match self.state {
                State::Head => {}
                State::Mixed if n % 2 == 1 => {}
                State::Parts | State::Mixed => self.lake.flush(None).await.unwrap(),
                State::Merged => {
                    self.lake.flush(None).await.unwrap();
                    self.lake.compact(true).await.unwrap();
                    let stats = self.lake.stats();
                    assert_eq!(stats.head_events, 0);
                }
            }
        })
    }
}

async fn subject(state: State) -> Box<dyn Subject> {
    let dir = tempfile::tempdir().unwrap();
    let mut config = LakeConfig::at(dir.path());
    // small pieces, so that little data makes many
    config.limits.group_rows = 37;
    config.limits.merge_at = 2;
    config.limits.days_per_flush = 3;
    let lake = Lake::open(config, Arc::new(MemoryManifest::default())).await.unwrap();
    Box::new(LakeSubject { lake, state, settled: AtomicUsize::new(0), _dir: dir })
}

fn some_real() -> Vec<Event> {
    super::real::events(20)
}

macro_rules! state {
    ($name:ident, $state:expr) => {
        mod $name {
            use super::*;

            fn make() -> BoxFuture<'static, Box<dyn Subject>> {
                Box::pin(subject($state))
            }

            search::conformance_tests!(make, some_real);
        }
    };
}

state!(head, State::Head);
state!(parts, State::Parts);
state!(mixed, State::Mixed);
state!(merged, State::Merged);
