//! What every engine must do, as tests that know nothing of the engine.
//!
//! An engine gives a `Make`, which answers a fresh, empty `Subject` each time, and runs the whole with `conformance_tests!`. Every
//! case panics with what differs. The naive evaluator says what is right.
pub mod cases;
pub mod expect;
mod fields;
pub mod random;

use crate::engine::SearchEngine;
use futures::future::BoxFuture;
use model::event::Event;

/// An engine under test.
pub trait Subject: Send + Sync {
    fn engine(&self) -> &dyn SearchEngine;

    /// Called after appends: makes them visible (a refresh), or moves them to another place where they must look the same (a flush,
    /// a merge).
    fn settle(&self) -> BoxFuture<'_, ()>;
}

/// A fresh and empty subject.
pub type Make<'a> = &'a (dyn Fn() -> BoxFuture<'static, Box<dyn Subject>> + Sync);

/// Real events, in the order of their ids; may be empty.
pub type Real<'a> = &'a [Event];

/// Makes one `#[tokio::test]` per case: `conformance_tests!(make)` or `conformance_tests!(make, real_events)` with
/// `fn make() -> BoxFuture<'static, Box<dyn Subject>>` and `fn real_events() -> Vec<Event>`; an engine that needs a server adds
/// `if there`, with `fn there() -> bool`, which says why when it answers no.
#[macro_export]
macro_rules! conformance_tests {
    ($make:path $(, if $there:path)?) => {
        $crate::conformance_tests!(@ $make, ($($there)?); an_empty_engine_answers pages_stay_while_events_arrive
            ids_are_taken_once events_come_back_whole get_keeps_the_order_asked tenants_never_meet
            times_and_severities_select histograms_have_no_gaps lists_count_each_value_once fields_are_named
            fields_of_words_are_searched_by_words fields_may_have_any_name random_queries_mean_the_same scans_hand_out_every_row hostile_times_are_kept);
    };
    ($make:path, $real:path $(, if $there:path)?) => {
        $crate::conformance_tests!($make $(, if $there)?);

        #[tokio::test]
        async fn real_events_mean_the_same() {
            $(if !$there() {
                return;
            })?
            let real = $real();
            if real.is_empty() {
                println!("skipped: no real events here");
                return;
            }
            $crate::conformance::cases::real_events_mean_the_same(&$make, &real).await;
        }
    };
    (@ $make:path, ($($there:path)?); $first:ident $($rest:ident)*) => {
        #[tokio::test]
        async fn $first() {
            $(if !$there() {
                return;
            })?
            $crate::conformance::cases::$first(&$make).await;
        }
        $crate::conformance_tests!(@ $make, ($($there)?); $($rest)*);
    };
    (@ $make:path, ($($there:path)?);) => {};
}
