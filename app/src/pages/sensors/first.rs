use crate::{components::*, context::page_context, i18n::t};
use leptos::prelude::*;
use model::Micros;

/// A shell command that sends one event to the server at `origin`.
fn command(origin: &str, at: Micros) -> String {
    format!(
        concat!(
            "curl {origin}/ingest/network/bulk -H 'Content-Type: application/json' -H \"X-Agent-Key: $EVENTSEC_AGENT_KEY\" -d '",
            r#"{{"source":"suricata","sensor":{{"name":"edge-1","kind":"suricata","location":"lab"}},"#,
            r#""events":[{{"timestamp":"{at}","event_type":"dns","src_ip":"192.0.2.7","src_port":53124,"#,
            r#""dest_ip":"192.0.2.53","dest_port":53,"proto":"UDP","dns":{{"type":"query","rrname":"example.org","rrtype":"A"}}}}]}}'"#
        ),
        origin = origin,
        at = at.rfc3339()
    )
}

/// No sensor yet: how the first batch is sent.
#[component]
pub(super) fn FirstBatch() -> impl IntoView {
    let now = page_context().now;
    // the server does not know by which name it is reached; the browser does
    let origin = RwSignal::new("https://eventsec.example".to_owned());
    Effect::new(move |_| {
        if let Ok(here) = window().location().origin() {
            origin.set(here);
        }
    });
    let text = Signal::derive(move || origin.with(|o| command(o, now)));
    view! {
        <div class="scroll body" tabindex="0" role="region" aria-label=t("sensors.first")>
            <div class="first">
                <h2>{t("sensors.first")}</h2>
                <p class="muted">{t("sensors.first_text")}</p>
                <CopyLine text label=t("sensors.copy_command")/>
                <p class="muted">{t("sensors.first_key")}</p>
                <p>
                    <a href="/api/docs/ui" rel="external">{t("nav.api")}</a>
                </p>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_carries_one_event_that_is_json() {
        let text = command("https://soc.example:8443", Micros(1_795_243_107_753_367));
        assert!(text.starts_with("curl https://soc.example:8443/ingest/network/bulk "));
        let body = text.split_once("-d '").unwrap().1.strip_suffix('\'').unwrap();
        let json: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(
            (&json["source"], &json["sensor"]["kind"]),
            (&"suricata".into(), &"suricata".into())
        );
        assert_eq!(json["events"][0]["timestamp"], "2026-11-21T06:38:27.753367Z");
        assert!(!body.contains('\''), "the shell's quotes stay closed");
    }
}
