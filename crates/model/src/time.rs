//! One time type: microseconds since 1970 in UTC, as stored; RFC 3339 with `Z` and six decimals, as sent.
use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Microseconds since the Unix epoch, UTC. Ordered like the instants they name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub i64);

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// Where the time comes from: passed in, so that tests hold it in their hands.
pub type Clock = std::sync::Arc<dyn Fn() -> Micros + Send + Sync>;

impl Micros {
    /// A time of the years 1 to 9999. Reads RFC 3339, ISO 8601 without a zone (taken as UTC), with `+0000` (Suricata), or with a blank instead of `T`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_any(text.trim()).and_then(Self::of_our_era)
    }

    /// Years 1 to 9999: what lies outside is a fault of the sender, and would lead every list for ever.
    pub fn of_our_era(self) -> Option<Self> {
        const FIRST: i64 = -62_135_596_800 * SECOND;
        const LAST: i64 = 253_402_300_799 * SECOND;
        (FIRST..=LAST).contains(&self.0).then_some(self)
    }

    fn parse_any(text: &str) -> Option<Self> {
        if let Ok(t) = DateTime::parse_from_rfc3339(text) {
            return Some(Self(t.timestamp_micros()));
        }
        for f in ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z"] {
            if let Ok(t) = DateTime::parse_from_str(text, f) {
                return Some(Self(t.timestamp_micros()));
            }
        }
        let bare = text.strip_suffix('Z').unwrap_or(text);
        for f in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
            if let Ok(t) = NaiveDateTime::parse_from_str(bare, f) {
                return Some(Self(t.and_utc().timestamp_micros()));
            }
        }
        None
    }

    /// From seconds since the epoch, as Zeek writes them. `None` when it is not a finite time of the years 1 to 9999.
    pub fn from_epoch_seconds(seconds: f64) -> Option<Self> {
        let micros = (seconds * 1e6).round();
        // the cast saturates, and what is not a number is refused before it
        (!micros.is_nan()).then_some(Self(micros as i64)).and_then(Self::of_our_era)
    }

    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    /// `2026-11-21T06:38:27.753367Z`
    pub fn rfc3339(self) -> String {
        self.utc().to_rfc3339_opts(SecondsFormat::Micros, true)
    }

    /// `2026-11-21`
    pub fn date(self) -> String {
        self.utc().format("%Y-%m-%d").to_string()
    }

    /// Any `strftime` pattern, in UTC.
    pub fn format(self, pattern: &str) -> String {
        self.utc().format(pattern).to_string()
    }

    pub fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl utoipa::PartialSchema for Micros {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

impl utoipa::ToSchema for Micros {}

impl Serialize for Micros {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.rfc3339())
    }
}

impl<'de> Deserialize<'de> for Micros {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text)
            .ok_or_else(|| de::Error::custom(format!("{text:?} is not an ISO 8601 time")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_instant_is_read_alike() {
        let t = Micros(1_604_079_321_500_000);
        for s in [
            "2020-10-30T17:35:21.500000Z",
            "2020-10-30T17:35:21.5",
            "2020-10-30 17:35:21.5",
            "2020-10-30T19:35:21.500000+0200",
            "2020-10-30T19:35:21.5+02:00",
        ] {
            assert_eq!(Micros::parse(s), Some(t), "{s}");
        }
        assert_eq!(Micros::parse("yesterday"), None);
        assert_eq!(Micros::from_epoch_seconds(1_604_079_321.5), Some(t));
    }

    #[test]
    fn times_outside_our_era_are_no_times() {
        for s in ["+262142-01-01T00:00:00", "-0044-03-15T12:00:00", "+12026-01-01T00:00:00Z"] {
            assert_eq!(Micros::parse(s), None, "{s}");
        }
        for s in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
            assert!(Micros::parse(s).is_some(), "{s}");
        }
        for seconds in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e11, 2.6e11] {
            assert_eq!(Micros::from_epoch_seconds(seconds), None, "{seconds}");
        }
    }

    #[test]
    fn json_has_six_decimals_and_a_z() {
        let t = Micros(1_795_243_107_753_367);
        let json = serde_json::to_string(&t).unwrap();
        assert_eq!(json, "\"2026-11-21T06:38:27.753367Z\"");
        assert_eq!(serde_json::from_str::<Micros>(&json).unwrap(), t);
        assert!(serde_json::from_str::<Micros>("\"soon\"").is_err());
    }
}
