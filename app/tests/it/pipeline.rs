use crate::{
    memory::Memory,
    render::{NOW, caller, get, page},
};
use model::{
    Role,
    pipeline::{
        PipelineBacklog, PipelineCounts, PipelineEngine, PipelineGap, PipelineJournal, PipelineLag,
        PipelinePoint, PipelineSource, PipelineStep, PipelineView, SeriesOf,
    },
    retention::DiskRoom,
    time::{HOUR, MINUTE},
};
use std::sync::Arc;

fn counts(stored: i64, rejected: i64, refused: i64) -> PipelineCounts {
    PipelineCounts {
        received: stored + rejected + refused,
        stored,
        rejected,
        refused,
        repeated: 0,
        bytes: 48_200_000,
    }
}

fn source(id: &str, name: &str, kind: &str) -> PipelineSource {
    PipelineSource {
        id: id.into(),
        name: name.into(),
        kind: kind.into(),
        counts: counts(1_284, 25, 3),
        first_seen: NOW.plus(-HOUR),
        last_seen: NOW.plus(-9 * MINUTE),
        expected_per_minute: Some(690),
        ..Default::default()
    }
}

fn two() -> Arc<Memory> {
    let series = (0..15)
        .map(|n| PipelinePoint { start: NOW.plus((n - 15) * MINUTE), counts: counts(n, 0, 1) });
    let silent = PipelineSource {
        silent_for_minutes: Some(9),
        series: series.collect(),
        ..source("suricata:edge <1>", "edge <1>", "suricata")
    };
    let agent = source("agent:WS-7", "agent:WS-7", "agent");
    let sample = PipelineSource {
        sample: true,
        expected_per_minute: None,
        ..source("sample:zeek:demo", "demo", "zeek")
    };
    let gap = PipelineGap {
        source: "agent:WS-7".into(),
        name: "agent:WS-7".into(),
        kind: "agent".into(),
        from: NOW.plus(-40 * MINUTE),
        to: NOW.plus(-33 * MINUTE),
        minutes: 7,
        expected: 4_830,
    };
    let pipeline = PipelineView {
        step: PipelineStep::Minute,
        total: counts(3_852, 75, 9),
        sources: vec![silent, agent, sample],
        gaps: vec![gap],
        gap_count: 1,
        lag: PipelineLag { index_ms: Some(12), detect_ms: None },
        backlog: PipelineBacklog { blocks: 2, events: 500, bytes: 1_000, oldest_at: Some(NOW) },
        journal: PipelineJournal { bytes: 4_000_000_000, quota: 8_000_000_000 },
        disk: Some(DiskRoom { free: 3_000_000_000, total: 100_000_000_000 }),
        engine: PipelineEngine { parts: 17, quarantined: 1, bytes: 5_000 },
        ..Default::default()
    };
    Arc::new(Memory { pipeline, ..Default::default() })
}

#[tokio::test]
async fn what_came_in_is_accounted_for() {
    let p = page(&two(), "/pipeline").await;
    let sum = p.between("class=\"eq\"", "</div>");
    for n in ["3,936", "3,852", ">75<", ">9<"] {
        assert!(sum.contains(n), "no {n} in {sum}");
    }
    assert!(p.has("2 blocks") && p.has("12 ms") && p.has("unknown") && p.has("4.0 GB"));
    assert!(p.has("50 % of 8.0 GB") && p.has("width=\"50\"") && p.has("97 % of 100.0 GB in use"));
    assert!(p.has("data-s=\"bad\"") && p.has("17 parts") && p.has("1 in quarantine"));
    assert!(p.has("3 sources") && p.has("1 silent") && p.has("<title>Pipeline · EventSec</title>"));
}

#[tokio::test]
async fn what_waits_during_an_outage_is_told() {
    let lag = |index_ms| {
        let pipeline = PipelineView {
            lag: PipelineLag { index_ms, detect_ms: Some(3) },
            ..Default::default()
        };
        Arc::new(Memory { pipeline, ..Default::default() })
    };
    let p = page(&lag(Some(11_000)), "/pipeline").await;
    assert!(p.has("class=\"warn\"") && !p.has("wait to be found"), "{}", p.html);
    let p = page(&lag(Some(125_000)), "/pipeline").await;
    assert!(p.has("class=\"bad\"") && p.has("events are safe, and wait to be found"), "{}", p.html);
}

#[tokio::test]
async fn a_silent_source_is_told_and_its_minutes_are_a_table_too() {
    let p = page(&two(), "/pipeline?last=6h").await;
    assert!(p.has("0 for 9 min") && p.has("edge &lt;1&gt;"));
    assert!(p.has("usually sends 690 a minute") && p.has("role=\"alert\""));
    assert_eq!(p.html.matches("data-options=").count(), 1);
    let twin = p.between("twin", "</table>");
    assert_eq!(twin.matches("<tr>").count(), 16, "a head and a row for each minute");
    assert!(twin.contains("event.ingested"), "a minute leads to its events: {twin}");
    let rows = p.between("class=\"tbl fit pipe\"", "</table>");
    assert!(rows.contains("/pipeline?last=6h&amp;source=agent%3AWS-7"), "{rows}");
    assert_eq!(rows.matches("aria-current=\"true\"").count(), 1, "the drawn one is marked");
    assert!(rows.contains(">WS-7<") && rows.contains(">sample<"));
    let gaps = p.between("at least 3 minutes", "</table>");
    assert!(gaps.contains(">7<") && gaps.contains("4,830"), "{gaps}");
}

#[tokio::test]
async fn the_address_says_what_is_shown() {
    let m = two();
    let p = page(&m, "/pipeline?last=24h&source=zeek%3Aedge+1").await;
    let asked = m.asked_pipeline.lock().unwrap().clone().unwrap();
    assert_eq!((asked.last, asked.step), (Some(24 * HOUR), None));
    assert_eq!(asked.series, SeriesOf::One("zeek:edge 1".into()));
    let ranges = p.between("class=\"btns\"", "</nav>");
    assert_eq!(ranges.matches("aria-current=\"true\"").count(), 1);
    assert!(
        ranges.contains("last=15m&amp;source=zeek%3Aedge+1")
            || ranges.contains("source=zeek%3Aedge+1&amp;last=15m"),
        "{ranges}"
    );
    page(&m, "/pipeline?last=soon").await;
    let asked = m.asked_pipeline.lock().unwrap().clone().unwrap();
    assert_eq!((asked.last, asked.series), (Some(HOUR), SeriesOf::First));
}

#[tokio::test]
async fn rejected_records_lead_to_dead_letters_for_those_who_may() {
    let admin = get(&two(), Some(caller(Role::Admin)), "/pipeline", "lang=en").await;
    assert!(admin.has("/dead-letters?source=suricata&amp;sensor=edge+%3C1%3E"));
    assert!(admin.has("/dead-letters?source=events"));
    assert!(!page(&two(), "/pipeline").await.has("/dead-letters?"), "an analyst may not");
}

#[tokio::test]
async fn without_sources_it_says_what_to_do_next() {
    let p = page(&Arc::new(Memory::default()), "/pipeline").await;
    assert!(p.has("Nothing has arrived yet") && p.has("href=\"/sensors\"") && !p.has("<tbody"));
    let es = get(&two(), Some(caller(Role::Admin)), "/pipeline", "lang=es").await;
    assert!(es.has("0 desde hace 9 min") && es.has("Canalización") && es.has("4,0 GB"));
    assert!(!es.has("pipeline."), "a key without a text");
}
