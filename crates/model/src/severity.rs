//! How bad: `info|low|medium|high|critical`, ordered. Alerts and rules use `low` and above; events may be `info`.
use serde::{Deserialize, Serialize};

#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Low,
    #[default]
    Medium,
    High,
    Critical,
}

impl Severity {
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Case is ignored; `informational` is Sigma's word for info.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "informational" => Some(Self::Info),
            word => Self::ALL.into_iter().find(|s| s.as_str() == word),
        }
    }

    /// 0 (info) to 4 (critical): what is stored where an order is needed.
    pub fn rank(self) -> i64 {
        self as i64
    }

    pub fn from_rank(rank: i64) -> Self {
        Self::ALL.get(usize::try_from(rank).unwrap_or(0)).copied().unwrap_or(Self::Critical)
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_ranks_go_both_ways() {
        for s in Severity::ALL {
            assert_eq!(Severity::parse(&s.as_str().to_uppercase()), Some(s));
            assert_eq!(Severity::from_rank(s.rank()), s);
        }
        assert_eq!(Severity::parse("urgent"), None);
        assert!(Severity::High > Severity::Medium);
    }
}
