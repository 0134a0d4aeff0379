//! How long data is kept: classes of data, a tenant's policy, and what a run of it takes out.
//!
//! Nothing is deleted that nobody gave a number of days. The audit trail is no class: it is never deleted.
use crate::{Micros, Problem, text::Checks};
use serde::{Deserialize, Deserializer, Serialize};

/// The longest that can be asked for; what is to stay longer stays for ever.
pub const MAX_DAYS: i64 = 36_500;

/// What is kept equally long.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DataClass {
    /// Stored events but those of the next class.
    Events,
    /// Stored events of network sensors: data sets `suricata.*` and `zeek.*`.
    Network,
    /// Closed alerts, counted from their closing. Alerts that are not closed stay.
    Alerts,
    DeadLetters,
}

impl DataClass {
    pub const ALL: [Self; 4] = [Self::Events, Self::Network, Self::Alerts, Self::DeadLetters];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Network => "network",
            Self::Alerts => "alerts",
            Self::DeadLetters => "dead_letters",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == text)
    }

    /// The class of a data set's events.
    pub fn of_dataset(dataset: &str) -> Self {
        let network = ["suricata.", "zeek."].iter().any(|sensor| dataset.starts_with(sensor));
        if network { Self::Network } else { Self::Events }
    }
}

/// Days that each class is kept; `null` is for ever. All of it is sent, so that nothing is switched by leaving it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RetentionPolicy {
    #[serde(deserialize_with = "said")]
    pub events: Option<i64>,
    #[serde(deserialize_with = "said")]
    pub network: Option<i64>,
    #[serde(deserialize_with = "said")]
    pub alerts: Option<i64>,
    #[serde(deserialize_with = "said")]
    pub dead_letters: Option<i64>,
    /// Legal hold: nothing of the tenant is deleted, neither by age nor for want of room nor by hand.
    pub hold: bool,
}

/// A field that must be there, if only as `null`.
fn said<'de, D: Deserializer<'de>>(d: D) -> Result<Option<i64>, D::Error> {
    Option::deserialize(d)
}

impl RetentionPolicy {
    pub fn days(&self, class: DataClass) -> Option<i64> {
        match class {
            DataClass::Events => self.events,
            DataClass::Network => self.network,
            DataClass::Alerts => self.alerts,
            DataClass::DeadLetters => self.dead_letters,
        }
    }

    pub fn set_days(&mut self, class: DataClass, days: Option<i64>) {
        match class {
            DataClass::Events => self.events = days,
            DataClass::Network => self.network = days,
            DataClass::Alerts => self.alerts = days,
            DataClass::DeadLetters => self.dead_letters = days,
        }
    }

    pub fn check(self) -> Result<Self, Problem> {
        let mut c = Checks::new();
        for class in DataClass::ALL {
            if self.days(class).is_some_and(|d| !(1..=MAX_DAYS).contains(&d)) {
                let text = format!("must be 1 to {MAX_DAYS} days, or nothing for ever");
                c.add(class.as_str(), "range", text);
            }
        }
        c.finish(self)
    }
}

/// The policy as it stands, and the room there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Retention {
    pub policy: RetentionPolicy,
    /// When somebody last set it.
    pub updated_at: Option<Micros>,
    /// Percent of the disk that are to stay free (the option `retention_free_percent`); 0: no matter how full it is.
    pub keep_free_percent: i64,
    /// `null` when the disk does not tell.
    pub disk: Option<DiskRoom>,
}

/// The disk of the data folder, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DiskRoom {
    pub free: i64,
    pub total: i64,
}

impl DiskRoom {
    /// Bytes to make free until `percent` of the disk are.
    pub fn lacking(self, percent: i64) -> i64 {
        // the division first: bytes times percent may not fit
        let wanted = self.total / 100 * percent.clamp(0, 100);
        (wanted - self.free).max(0)
    }
}

/// What a run takes out (a preview: would take out), class by class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RetentionReport {
    /// A legal hold is on: nothing goes.
    pub hold: bool,
    pub classes: Vec<ClassReport>,
}

impl RetentionReport {
    pub fn is_empty(&self) -> bool {
        self.classes.iter().all(|c| c.parts == 0 && c.rows == 0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClassReport {
    pub class: DataClass,
    /// As the policy says; `null`: for ever.
    pub days: Option<i64>,
    /// Files of events (where OpenSearch holds them: days of it), the events in them, and their bytes.
    pub parts: i64,
    pub events: i64,
    pub bytes: i64,
    /// Of these files: younger than the policy asks, and yet taken because the disk is too full.
    pub for_room: i64,
    /// Alerts or dead letters.
    pub rows: i64,
    /// Days of the oldest and the newest of it, such as `2026-11-21`.
    pub oldest: Option<String>,
    pub newest: Option<String>,
}

impl ClassReport {
    pub fn new(class: DataClass, days: Option<i64>) -> Self {
        Self {
            class,
            days,
            parts: 0,
            events: 0,
            bytes: 0,
            for_room: 0,
            rows: 0,
            oldest: None,
            newest: None,
        }
    }

    /// Widens the span of days by one of them.
    pub fn reach(&mut self, day: &str) {
        if self.oldest.as_deref().is_none_or(|o| day < o) {
            self.oldest = Some(day.into());
        }
        if self.newest.as_deref().is_none_or(|n| day > n) {
            self.newest = Some(day.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_whole_or_refused() {
        let whole = r#"{"events":90,"network":null,"alerts":null,"dead_letters":7,"hold":false}"#;
        let policy: RetentionPolicy = serde_json::from_str(whole).unwrap();
        assert_eq!((policy.days(DataClass::Events), policy.network), (Some(90), None));
        assert_eq!(serde_json::to_string(&policy).unwrap(), whole);
        for part in ["{}", r#"{"events":90,"hold":false}"#] {
            assert!(serde_json::from_str::<RetentionPolicy>(part).is_err(), "{part}");
        }
        for days in [0, -1, MAX_DAYS + 1] {
            let bad = RetentionPolicy { alerts: Some(days), events: Some(days), ..policy };
            let faults = bad.check().unwrap_err().errors;
            let at: Vec<_> = faults.iter().map(|e| e.pointer.as_str()).collect();
            assert_eq!(at, ["/events", "/alerts"], "{days}");
        }
        assert!(policy.check().is_ok());
    }

    #[test]
    fn sensors_data_sets_are_network() {
        for (dataset, class) in [
            ("suricata.alert", DataClass::Network),
            ("zeek.conn", DataClass::Network),
            ("windows.sysmon", DataClass::Events),
            ("zeekish.conn", DataClass::Events),
        ] {
            assert_eq!(DataClass::of_dataset(dataset), class, "{dataset}");
        }
        for class in DataClass::ALL {
            assert_eq!(DataClass::parse(class.as_str()), Some(class));
        }
    }

    #[test]
    fn room_is_lacking_only_below_the_mark() {
        let disk = DiskRoom { free: 5_000, total: 100_000 };
        assert_eq!([0, 5, 10].map(|p| disk.lacking(p)), [0, 0, 5_000]);
        let huge = DiskRoom { free: 0, total: i64::MAX };
        assert!(huge.lacking(100) > 0, "no overflow");
    }

    #[test]
    fn the_span_grows_both_ways() {
        let mut report = ClassReport::new(DataClass::Events, Some(1));
        for day in ["2026-02-01", "2026-01-05", "2026-03-09"] {
            report.reach(day);
        }
        assert_eq!(report.oldest.as_deref(), Some("2026-01-05"));
        assert_eq!(report.newest.as_deref(), Some("2026-03-09"));
    }
}
