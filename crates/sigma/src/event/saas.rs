//! The audit logs of hosted services, and of programs that have one of their own.
use super::Event;
use serde_json::Value;

/// Names the kinds of a service's record; `false` when it is none.
pub(super) fn read<'a>(record: &'a Value, event: &mut Event<'a>) -> bool {
    if event.has("logtype") && event.any(&["logdata", "node_id", "logdata.msg", "local_time"]) {
        event.kind("opencanary", "application", "");
    } else if event.has("okta.event_type") || event.text("event.module") == Some("okta") {
        event.strip("okta.");
        event.aliases(&[
            ("event_type", "eventType"),
            ("event.action", "eventType"),
            ("actor.alternate_id", "actor.alternateId"),
            ("display_message", "displayMessage"),
            ("debug_context.debug_data.request_uri", "debugContext.debugData.requestUri"),
            ("security_context.is_proxy", "securityContext.isProxy"),
            ("target.display_name", "target.displayName"),
        ]);
        event.kind("okta", "", "okta");
    } else if event.has("eventType")
        && event.any(&[
            "actor.alternateId",
            "legacyEventType",
            "displayMessage",
            "debugContext.debugData.requestUri",
        ])
    {
        event.whole(
            record,
            &["debugContext.debugData.behaviors", "debugContext.debugData.logOnlySecurityData"],
        );
        event.kind("okta", "", "okta");
    } else if event.any(&["auditType.action", "auditType.category"]) {
        event.kind("bitbucket", "", "audit");
    } else if event.has("event_type_id")
        && event.any(&["account_id", "actor_user_id", "user_id", "event_timestamp"])
    {
        event.kind("onelogin", "", "onelogin.events");
    } else if event.has("event_type")
        && event.any(&["reason", "factor"])
        && event.any(&[
            "txid",
            "isotimestamp",
            "auth_device.name",
            "access_device.ip",
            "application.name",
        ])
    {
        event.kind("cisco", "", "duo");
    } else if event.any(&["host.scan.vuln", "host.scan.vuln_name"]) {
        event.kind("qualys", "", "");
    } else if event.text("action").is_some_and(github)
        && event.any(&["actor", "org", "_document_id", "actor_id", "repo"])
    {
        event.kind("github", "", "audit");
    } else {
        return false;
    }
    true
}

/// GitHub's actions are an area and a deed: `org.add_member`.
fn github(action: &str) -> bool {
    action.split_once('.').is_some_and(|(area, deed)| {
        let word = |s: &str| {
            !s.is_empty() && s.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'.')
        };
        word(area) && word(deed)
    })
}
