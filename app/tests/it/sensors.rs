use crate::{
    memory::Memory,
    render::{NOW, caller, get, page},
};
use model::{Micros, Role, dashboard::Dashboard, sensor::NetworkSensor};
use std::sync::Arc;

fn three() -> Arc<Memory> {
    let sensor = |name: &str, status: &str, errors| NetworkSensor {
        id: 1,
        tenant_id: "t".into(),
        name: name.into(),
        kind: "zeek".into(),
        location: Some("<i>roof".into()),
        last_seen_at: (status != "offline").then_some(NOW),
        status: status.into(),
        error_count: errors,
        event_count: 48_123,
        created_at: Micros(0),
        updated_at: Micros(0),
    };
    let sensors = vec![
        sensor("alpha", "healthy", 0),
        sensor("beta & co", "offline", 1284),
        sensor("gamma", "degraded", 1),
    ];
    Arc::new(Memory {
        dashboard: Dashboard { sensors, ..Default::default() },
        ..Default::default()
    })
}

#[tokio::test]
async fn the_silent_one_stands_first_and_refusals_lead_to_dead_letters() {
    let p = get(&three(), Some(caller(Role::Admin)), "/sensors", "").await;
    let table = p.between("<tbody", "</tbody>");
    let at = |name: &str| {
        table.find(&format!(">{name}<")).unwrap_or_else(|| panic!("no {name} in {table}"))
    };
    assert!(at("beta &amp; co") < at("gamma") && at("gamma") < at("alpha"));
    assert!(table.contains("/dead-letters?sensor=beta+%26+co") && table.contains("1,284"));
    assert!(
        table.contains("/events?query=observer.name%3A%22beta+%26+co%22")
            && table.contains("&lt;i&gt;roof")
    );
    assert!(p.has("3 sensors") && p.has("1 silent") && table.contains("never"));
}

#[tokio::test]
async fn who_may_not_open_dead_letters_gets_no_link() {
    let p = page(&three(), "/sensors").await;
    assert!(p.has("1,284") && !p.has("/dead-letters?"));
}

#[tokio::test]
async fn without_sensors_it_says_how_to_send_the_first_batch() {
    let p = page(&Arc::new(Memory::default()), "/sensors").await;
    assert!(
        p.has("/ingest/network/bulk") && p.has("X-Agent-Key") && p.has("href=\"/api/docs/ui\"")
    );
    let es =
        get(&Arc::new(Memory::default()), Some(caller(Role::Admin)), "/sensors", "lang=es").await;
    assert!(es.has("Ningún sensor ha enviado nada") && !es.has("No sensor has"));
}
