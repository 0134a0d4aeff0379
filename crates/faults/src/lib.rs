//! Places where tests make the program end, panic, wait or fail, and bugs that tests plant to see that they would be found.
//!
//! Invariants:
//! - They exist in debug builds, and in others only with the feature `failpoints`. Elsewhere [`at`] is empty and [`on`] is `false`
//!   at compile time: a released program has none of them.
//! - Nothing happens before [`arm`], which the program calls once, at its start, with the text of [`VARIABLE`].
//! - Every name stands in [`POINTS`] or [`PLANTS`]. Arming another one is an error: a test of a misspelt place would test nothing.
mod names;
mod spec;

pub use names::{PLANTS, POINTS};

use spec::{Act, Armed};
use std::sync::{OnceLock, atomic::Ordering::Relaxed};

/// Whether this build has the places at all.
pub const BUILT_IN: bool = cfg!(any(debug_assertions, feature = "failpoints"));

/// The environment variable that arms them: `name=act[@N],…` with the acts `abort`, `panic`, `fail` and `wait:MILLISECONDS`; `@N`
/// means the N-th time only. The name of a planted bug stands alone.
pub const VARIABLE: &str = "EVENTSEC_FAILPOINTS";

static ARMED: OnceLock<Vec<Armed>> = OnceLock::new();

/// Arms what the text names, for the life of the process.
///
/// # Errors
/// A sentence when the text cannot be understood, names no place, or this build has none.
pub fn arm(text: &str) -> Result<(), String> {
    if !BUILT_IN {
        return Err("this program was built without failpoints".into());
    }
    ARMED.set(spec::parse(text)?).map_err(|_| "faults are armed already".to_owned())
}

/// A place that may be armed with `abort`, `panic` or `wait`.
#[inline(always)]
pub fn at(name: &'static str) {
    if BUILT_IN {
        hit(name);
    }
}

/// A place that may also be told to fail, or a planted bug: whether that is so this time.
#[inline(always)]
pub fn on(name: &'static str) -> bool {
    BUILT_IN && hit(name)
}

fn hit(name: &str) -> bool {
    let Some(armed) = ARMED.get() else { return false };
    let mut failing = false;
    for a in armed.iter().filter(|a| a.name == name) {
        let times = a.hits.fetch_add(1, Relaxed) + 1;
        if a.only.is_some_and(|n| n != times) {
            continue;
        }
        match a.act {
            Act::Abort => {
                // as abrupt as a kill: nothing is unwound, written or closed. The words tell the test that it died here
                eprintln!("fault: abort at {name}");
                std::process::abort()
            }
            Act::Panic => panic!("fault: panic at {name}"),
            Act::Wait(time) => std::thread::sleep(time),
            Act::Fail => failing = true,
        }
    }
    failing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_armed_happens_when_it_should() {
        // one test: what is armed stays armed in this process
        assert!(!on("journal.answer"), "nothing is armed yet");
        assert!(arm("journal.answr=fail").is_err());
        arm("journal.answer=fail@2,writer.before_ack=panic@1,plant.forget_key").unwrap();
        let failed: Vec<bool> = (0..3).map(|_| on("journal.answer")).collect();
        assert_eq!(failed, [false, true, false]);
        assert!(on("plant.forget_key") && on("plant.forget_key"), "a bug is there every time");
        assert!(!on("plant.reuse_ids"));
        assert!(std::panic::catch_unwind(|| at("writer.before_ack")).is_err());
        at("writer.before_ack");
        assert!(arm("journal.answer=fail").is_err(), "once for a process");
    }
}
