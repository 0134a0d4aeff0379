use crate::{
    memory::{Memory, alert},
    render::{NOW, caller, get, page},
};
use model::{
    Micros, Role, Severity,
    dashboard::{Dashboard, IngestHealth},
    explore::Bucket,
    sensor::NetworkSensor,
    time::HOUR,
};
use std::sync::Arc;

fn numbers() -> Arc<Memory> {
    let hours = |n: i64| {
        (0..24)
            .map(|h| Bucket { start: NOW.plus((h - 24) * HOUR), counts: [0, h * n, 0, 0, 1] })
            .collect()
    };
    let sensor = |name: &str, status: &str| NetworkSensor {
        id: 1,
        tenant_id: "t".into(),
        name: name.into(),
        kind: "suricata".into(),
        location: None,
        last_seen_at: None,
        status: status.into(),
        error_count: 0,
        event_count: 48_123,
        created_at: Micros(0),
        updated_at: Micros(0),
    };
    let dashboard = Dashboard {
        open: 131,
        in_progress: 14,
        closed_24h: 31,
        mine: 2,
        by_severity: [0, 4, 3, 2, 1],
        alerts_per_hour: hours(1),
        events_per_hour: hours(100),
        latest: vec![alert(5, "Webshell <b>", Severity::High)],
        sensors: vec![sensor("fw-edge-01", "offline")],
        ingest: IngestHealth {
            received: 1_284_402,
            events_total: 1_284_402,
            dead_letters: 25,
            lake_bytes: 48_200_000,
            ..Default::default()
        },
    };
    Arc::new(Memory { dashboard, ..Default::default() })
}

#[tokio::test]
async fn each_number_links_to_its_rows() {
    let p = page(&numbers(), "/").await;
    assert!(p.has("href=\"/alerts?status=open\"") && p.has(">131<"));
    assert!(p.has("href=\"/alerts?status=in_progress\"") && p.has("href=\"/alerts?assigned=me\""));
    assert!(p.has("closed_since=") && p.has("href=\"/alerts/5\"") && p.has("href=\"/sensors\""));
    assert!(p.has("1,284,402") && p.has("48.2 MB"));
    assert!(p.has("Webshell &lt;b&gt;"));
    assert!(p.has("silent") && p.has("never"));
}

#[tokio::test]
async fn each_chart_has_the_same_numbers_as_a_table() {
    let p = page(&numbers(), "/").await;
    assert_eq!(p.html.matches("data-options=").count(), 3);
    assert_eq!(p.html.matches("class=\"tbl tight flush twin\"").count(), 3);
    let table = p.between("twin", "</table>");
    assert_eq!(table.matches("<tr>").count(), 25, "a head and a row for each hour");
    assert!(table.contains(">23<"), "the last hour's low alerts");
}

#[tokio::test]
async fn spanish_numbers_have_points() {
    let p = get(&numbers(), Some(caller(Role::Admin)), "/", "lang=es").await;
    assert!(p.has("1.284.402") && p.has("48,2 MB") && p.has("Estado de la ingesta"));
    assert!(p.has("href=\"/dead-letters\""), "an administrator may open them");
    assert!(!page(&numbers(), "/").await.has("href=\"/dead-letters\""), "an analyst may not");
}
