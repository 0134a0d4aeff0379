//! The recorder behind `/metrics`, what its series mean, and the series of requests; the other parts record through `measure`.
use http::{Method, StatusCode};
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::{sync::OnceLock, time::Duration};

/// Renders what was measured. Clones share everything.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
const MILLISECONDS: &[f64] =
    &[1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0, 10000.0];

impl Metrics {
    /// Installs the recorder of the process, once; later calls give the same. An error says that another recorder is there.
    pub fn install() -> Result<Self, String> {
        static INSTALLED: OnceLock<Result<Metrics, String>> = OnceLock::new();
        INSTALLED
            .get_or_init(|| {
                let recorder = PrometheusBuilder::new()
                    .set_buckets(SECONDS)
                    .and_then(|b| {
                        b.set_buckets_for_metric(Matcher::Suffix("_ms".into()), MILLISECONDS)
                    })
                    .map_err(|e| e.to_string())?
                    .build_recorder();
                let handle = recorder.handle();
                metrics::set_global_recorder(recorder).map_err(|e| e.to_string())?;
                describe();
                Ok(Self(handle))
            })
            .clone()
    }

    pub fn render(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

fn describe() {
    use metrics::{describe_counter as c, describe_gauge as g, describe_histogram as h};
    g!("eventsec_event_queue_size", "Events acknowledged and not yet detected on and stored");
    c!("eventsec_events_received_total", "Events accepted, by source");
    c!("eventsec_parse_success_total", "Events understood, by source");
    c!("eventsec_parse_fail_total", "Events rejected, by source and reason");
    c!("eventsec_event_queue_dropped_total", "Acknowledged events that were lost");
    c!("eventsec_event_queue_retries_total", "Blocks of events that were tried again");
    c!(
        "eventsec_event_index_errors_total",
        "Events that could not be stored for search, by source"
    );
    c!("eventsec_rule_run_total", "Evaluations of a rule");
    c!("eventsec_rule_match_total", "Events that matched a rule");
    c!("eventsec_rule_alert_created_total", "Alerts a rule raised");
    c!("eventsec_query_errors_total", "Queries that failed, by kind of error");
    c!("eventsec_network_ingest_accepted_total", "Network events accepted, by source");
    c!("eventsec_network_ingest_rejected_total", "Network events rejected, by source");
    h!("eventsec_ingest_to_index_seconds", "Time from arrival to searchable");
    h!("eventsec_rule_to_alert_seconds", "Time from arrival to alert");
    h!("eventsec_query_duration_seconds", "Time of a query");
    h!("eventsec_network_ingest_latency_ms", "Time to answer a batch of network events");
    c!("http_requests_total", "Requests, by method, route and status");
    h!("http_request_duration_seconds", "Time to the beginning of the answer, by method and route");
    g!("eventsec_connections", "Open connections");
    c!("eventsec_connections_refused_total", "Connections refused because there were too many");
    c!(
        "eventsec_connections_closed_total",
        "Connections closed because they were too slow, by reason"
    );
    // these are looked at before the first event comes
    for name in ["eventsec_event_queue_dropped_total", "eventsec_event_queue_retries_total"] {
        counter!(name).absolute(0);
    }
    gauge!("eventsec_event_queue_size").set(0.0);
}

/// `path` is a route's pattern, never what was asked for.
pub(crate) fn http_request(
    method: &Method,
    path: &'static str,
    status: StatusCode,
    took: Duration,
) {
    let method = match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    };
    counter!("http_requests_total", "method" => method, "path" => path, "status" => status.as_u16().to_string()).increment(1);
    histogram!("http_request_duration_seconds", "method" => method, "path" => path).record(took);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_s_series_are_rendered() {
        let m = Metrics::install().unwrap();
        measure::events_received("zeek", 3);
        measure::network_ingest("suricata", 5, 1, Duration::from_millis(7));
        measure::query(Duration::from_millis(3), Some("SYNTAX_ERROR"));
        let text = m.render();
        for line in [
            "eventsec_event_queue_size 0",
            "eventsec_event_queue_dropped_total 0",
            "eventsec_events_received_total{source=\"zeek\"} 3",
            "eventsec_network_ingest_accepted_total{source=\"suricata\"} 5",
            "eventsec_query_errors_total{error_type=\"SYNTAX_ERROR\"} 1",
            "eventsec_network_ingest_latency_ms_bucket{le=\"10\"} 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
        }
    }
}
