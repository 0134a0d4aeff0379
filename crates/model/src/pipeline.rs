//! What arrives, source by source and minute by minute, and how far behind all that follows is.
use crate::{
    Micros,
    retention::DiskRoom,
    time::{HOUR, MINUTE},
};
use serde::{Deserialize, Serialize};

/// Kinds of source beside `suricata` and `zeek`.
pub const AGENT: &str = "agent";
/// People, and whoever knows the shared token.
pub const API: &str = "api";
/// Dead letters that were tried again.
pub const REPLAY: &str = "replay";
/// Sources past the number that the ledger tells apart while it cannot be written.
pub const OTHER: &str = "other";

/// What names a source in an address: unique among a tenant's sources. The names of the program's own kinds are their words.
pub fn source_id(kind: &str, name: &str, sample: bool) -> String {
    let id = match kind {
        AGENT | API | REPLAY | OTHER => name.to_owned(),
        _ => format!("{kind}:{name}"),
    };
    if sample { format!("sample:{id}") } else { id }
}

/// Width of a slice of time.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
pub enum PipelineStep {
    #[default]
    #[serde(rename = "1m")]
    Minute,
    #[serde(rename = "5m")]
    FiveMinutes,
    #[serde(rename = "1h")]
    Hour,
}

impl PipelineStep {
    pub const ALL: [Self; 3] = [Self::Minute, Self::FiveMinutes, Self::Hour];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "1m",
            Self::FiveMinutes => "5m",
            Self::Hour => "1h",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text.trim())
    }

    pub fn micros(self) -> i64 {
        match self {
            Self::Minute => MINUTE,
            Self::FiveMinutes => 5 * MINUTE,
            Self::Hour => HOUR,
        }
    }

    /// The narrowest that leaves few enough slices to look at.
    pub fn of_span(micros: i64) -> Self {
        match micros {
            ..=7_200_000_000 => Self::Minute,
            7_200_000_001..=43_200_000_000 => Self::FiveMinutes,
            _ => Self::Hour,
        }
    }
}

/// Which sources come with their slices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeriesOf {
    #[default]
    All,
    /// The first of the list.
    First,
    /// The one of this id.
    One(String),
}

/// Which time. Without any of it: the last hour.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PipelineQuery {
    #[serde(default)]
    pub from: Option<Micros>,
    /// Now, if not given.
    #[serde(default)]
    pub to: Option<Micros>,
    /// Instead of `from`: so many microseconds before `to`.
    #[serde(default)]
    pub last: Option<i64>,
    /// By the length of the time, if not given.
    #[serde(default)]
    pub step: Option<PipelineStep>,
    #[serde(default)]
    pub series: SeriesOf,
}

/// What became of records. `received` is `stored + rejected + refused`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PipelineCounts {
    pub received: i64,
    /// Durable in the journal, or in a part.
    pub stored: i64,
    /// Kept as dead letters.
    pub rejected: i64,
    /// Not taken; the sender was told and keeps them.
    pub refused: i64,
    /// Came again and were known: not received once more.
    pub repeated: i64,
    /// Of the records received, as sent.
    pub bytes: i64,
}

impl PipelineCounts {
    pub fn add(&mut self, other: &Self) {
        self.received += other.received;
        self.stored += other.stored;
        self.rejected += other.rejected;
        self.refused += other.refused;
        self.repeated += other.repeated;
        self.bytes += other.bytes;
    }
}

/// Half-open: `from <= minute < to`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PipelineRange {
    pub from: Micros,
    pub to: Micros,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PipelinePoint {
    pub start: Micros,
    #[serde(flatten)]
    pub counts: PipelineCounts,
}

/// Somebody who sends, and what became of it in the range.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PipelineSource {
    /// Names it in a query's `source`.
    pub id: String,
    /// The sensor's name, `agent:` and the agent's, `api`, `replay`.
    pub name: String,
    /// `suricata`, `zeek`, `agent`, `api`, `replay`, `other`.
    pub kind: String,
    /// Labelled sample data: never watched.
    pub sample: bool,
    #[serde(flatten)]
    pub counts: PipelineCounts,
    pub first_seen: Micros,
    pub last_seen: Micros,
    /// The newest time that an event stored in the range says of itself.
    pub last_event: Option<Micros>,
    /// Learned from the last 24 hours in which it was active; `None`: too little is known, or it is not watched.
    pub expected_per_minute: Option<i64>,
    /// Set when it has sent nothing for much longer than is usual with it.
    pub silent_for_minutes: Option<i64>,
    /// Every slice of the range, oldest first; empty for sources whose series was not asked for.
    pub series: Vec<PipelinePoint>,
}

/// Whole minutes without any record of a source, between two that have some, when records were due.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PipelineGap {
    /// The source's id.
    pub source: String,
    pub name: String,
    pub kind: String,
    /// Its first minute.
    pub from: Micros,
    /// The minute in which records came again.
    pub to: Micros,
    pub minutes: i64,
    /// Records that such a time usually brings.
    pub expected: i64,
}

/// Of the newest block, in milliseconds from its commit; `None` when there was none since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PipelineLag {
    /// Until searches find it.
    pub index_ms: Option<i64>,
    /// Until its alerts are stored.
    pub detect_ms: Option<i64>,
}

/// Blocks that have not met the rules yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PipelineBacklog {
    pub blocks: i64,
    pub events: i64,
    /// As sent.
    pub bytes: i64,
    /// When the oldest of them was acknowledged.
    pub oldest_at: Option<Micros>,
}

/// What is acknowledged and in no part yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PipelineJournal {
    /// As stored, compressed.
    pub bytes: i64,
    /// At which batches are refused.
    pub quota: i64,
}

/// Where events end up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PipelineEngine {
    pub parts: i64,
    pub quarantined: i64,
    pub bytes: i64,
}

/// Everything that the page shows. Sources, gaps and sums are the tenant's; lag, backlog, journal, disk and engine the whole
/// installation's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PipelineView {
    pub range: PipelineRange,
    pub step: PipelineStep,
    pub total: PipelineCounts,
    /// Silent ones first, then by name.
    pub sources: Vec<PipelineSource>,
    /// Newest first, at most `MAX_GAPS`.
    pub gaps: Vec<PipelineGap>,
    /// How many there are in all.
    pub gap_count: i64,
    pub lag: PipelineLag,
    pub backlog: PipelineBacklog,
    pub journal: PipelineJournal,
    /// `None` where it cannot be read.
    pub disk: Option<DiskRoom>,
    pub engine: PipelineEngine,
}

/// Gaps that one answer names; more are only counted.
pub const MAX_GAPS: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_sources_share_an_id() {
        let ids = [
            source_id("suricata", "edge", false),
            source_id("zeek", "edge", false),
            source_id("suricata", "edge", true),
            source_id("suricata", "suricata:edge", false),
            source_id("suricata", "agent:WS-7", false),
            source_id(AGENT, "agent:WS-7", false),
            source_id(API, "api", false),
            source_id("zeek", "api", false),
        ];
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{ids:?}");
    }

    #[test]
    fn a_step_is_written_as_it_is_read() {
        for step in PipelineStep::ALL {
            assert_eq!(PipelineStep::parse(step.as_str()), Some(step));
            assert_eq!(serde_json::to_value(step).unwrap(), step.as_str());
        }
        assert_eq!(PipelineStep::parse("2m"), None);
        assert_eq!(
            [15 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR].map(|s| PipelineStep::of_span(s).as_str()),
            ["1m", "1m", "5m", "1h"]
        );
    }

    #[test]
    fn counts_lie_flat_in_what_carries_them() {
        let counts = PipelineCounts { received: 3, stored: 2, rejected: 1, ..Default::default() };
        let source = PipelineSource { id: "api".into(), counts, ..Default::default() };
        let json = serde_json::to_value(&source).unwrap();
        assert_eq!((&json["received"], &json["stored"]), (&3.into(), &2.into()));
        assert_eq!(serde_json::from_value::<PipelineSource>(json).unwrap(), source);
    }
}
