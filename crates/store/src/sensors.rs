//! Network sensors: made by their first batch, counted by every one.
use crate::{
    Result, Store, Tx,
    base::{sql::sql, val::args},
};
use model::{
    Micros,
    sensor::{NetworkSensor, sensor_status},
};

/// What came from a sensor since it was last written down.
#[derive(Clone, Debug)]
pub struct SensorBatch {
    pub name: String,
    /// `suricata` or `zeek`.
    pub kind: String,
    pub location: Option<String>,
    pub stored: i64,
    pub rejected: i64,
}

impl Store {
    /// By name; how they feel depends on `now`.
    pub async fn sensors(&self, tenant: &str, now: Micros) -> Result<Vec<NetworkSensor>> {
        let sql = sql!(
            "SELECT id, tenant, name, kind, location, last_seen_at, event_count, error_count, created_at, updated_at \
             FROM sensors WHERE tenant = $1 ORDER BY name, kind"
        );
        let map = |r: &dyn crate::base::row::Cols| {
            let last_seen_at = r.opt_time("last_seen_at")?;
            Ok(NetworkSensor {
                id: r.int("id")?,
                tenant_id: r.text("tenant")?,
                name: r.text("name")?,
                kind: r.text("kind")?,
                location: r.opt_text("location")?,
                last_seen_at,
                status: sensor_status(last_seen_at, now).to_owned(),
                error_count: r.int("error_count")?,
                event_count: r.int("event_count")?,
                created_at: r.time("created_at")?,
                updated_at: r.time("updated_at")?,
            })
        };
        self.main.read().all(sql, args![tenant], map).await
    }
}

impl Tx {
    /// Adds to the sensor's counts and says that it lives; a new name makes a new sensor. Each commit costs an fsync: add up
    /// in memory and write once a second.
    pub async fn sensor_seen(
        &mut self,
        tenant: &str,
        batch: &SensorBatch,
        now: Micros,
    ) -> Result<()> {
        let sql = sql!(
            "INSERT INTO sensors (tenant, name, kind, location, last_seen_at, event_count, error_count, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $5, $5) ON CONFLICT (tenant, name, kind) DO UPDATE SET \
             location = COALESCE(excluded.location, sensors.location), last_seen_at = excluded.last_seen_at, \
             event_count = sensors.event_count + excluded.event_count, \
             error_count = sensors.error_count + excluded.error_count, updated_at = excluded.updated_at"
        );
        let values = args![
            tenant,
            &batch.name,
            &batch.kind,
            &batch.location,
            now,
            batch.stored,
            batch.rejected
        ];
        self.on().exec(sql, values).await.map(|_| ())
    }
}
