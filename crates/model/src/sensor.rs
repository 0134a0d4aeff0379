//! Network sensors (Suricata, Zeek): who sends, when last heard.
use crate::Micros;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NetworkSensor {
    pub id: i64,
    pub tenant_id: String,
    pub name: String,
    /// `suricata` or `zeek`.
    pub kind: String,
    pub location: Option<String>,
    pub last_seen_at: Option<Micros>,
    /// `healthy` up to 5 minutes after the last batch, `degraded` up to 30, then `offline`.
    pub status: String,
    /// Events rejected since the sensor is known.
    pub error_count: i64,
    /// Events stored since the sensor is known.
    pub event_count: i64,
    pub created_at: Micros,
    pub updated_at: Micros,
}

/// `healthy`, `degraded` or `offline`, by how long ago the last batch came.
pub fn sensor_status(last_seen: Option<Micros>, now: Micros) -> &'static str {
    match last_seen.map(|t| now.since(t)) {
        Some(age) if age <= 5 * crate::time::MINUTE => "healthy",
        Some(age) if age <= 30 * crate::time::MINUTE => "degraded",
        _ => "offline",
    }
}

/// An enrolled agent: identity only, for now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Agent {
    pub id: i64,
    pub name: String,
    pub os: String,
    pub ip_address: String,
    pub version: Option<String>,
    pub tags: Vec<String>,
    pub status: String,
    pub last_heartbeat: Option<Micros>,
    pub last_seen: Option<Micros>,
    pub last_ip: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;

    #[test]
    fn silence_is_graded() {
        let now = Micros(100 * MINUTE);
        let at = |m: i64| sensor_status(Some(now.plus(-m * MINUTE)), now);
        assert_eq!(
            [at(0), at(5), at(6), at(30), at(31)],
            ["healthy", "healthy", "degraded", "degraded", "offline"]
        );
        assert_eq!(sensor_status(None, now), "offline");
    }
}
