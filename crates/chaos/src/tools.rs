//! What scenarios are given: the programs, and how long they may take.
use std::path::PathBuf;
use testkit::program;

/// Tries of the quick tier are few enough for every run of the tests; the long tier is for nights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    Quick,
    Long,
}

#[derive(Clone, Debug)]
pub struct Tools {
    /// `eventsec`, with failpoints.
    pub program: PathBuf,
    /// `eventsec-chaos`.
    pub driver: PathBuf,
    pub tier: Tier,
}

impl Tools {
    /// With the `eventsec` that lies beside (`EVENTSEC_BIN` names another one).
    ///
    /// # Panics
    /// When it is not built.
    pub fn new(driver: impl Into<PathBuf>, tier: Tier) -> Self {
        let program = program::find("debug").unwrap_or_else(|e| panic!("{e}"));
        Self { program, driver: driver.into(), tier }
    }

    /// One of the two, by the tier.
    pub fn pick<T>(&self, quick: T, long: T) -> T {
        match self.tier {
            Tier::Quick => quick,
            Tier::Long => long,
        }
    }
}
