//! Network sensors.
use super::seat;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{Problem, sensor::NetworkSensor};

#[server(prefix = "", input = Json)]
pub async fn fetch_sensors() -> Result<Vec<NetworkSensor>, Problem> {
    let (backend, caller) = seat()?;
    backend.sensors(&caller).await
}
