//! The server functions: one line each. A test compares them with what is registered, so none can be called that is not here.
use model::Permission as P;
use platform::Entry;

/// Domain and name, the permission that its use case asks for, whether it leaves an audit row.
const FUNCTIONS: &[(&str, P, bool)] = &[
    ("alerts/fetch_alerts", P::ReadAlerts, false),
    ("alerts/fetch_alert", P::ReadAlerts, false),
    ("alerts/fetch_alert_file", P::ReadAlerts, false),
    ("alerts/change_alerts", P::WorkAlerts, true),
    ("alerts/restore_alerts", P::WorkAlerts, true),
    ("alerts/delete_alert", P::DeleteAlerts, true),
    ("alerts/work_alert", P::WorkAlerts, true),
    ("audit/fetch_audit", P::ReadAudit, false),
    ("audit/verify_audit", P::ReadAudit, false),
    ("dashboard/fetch_dashboard", P::ReadAlerts, false),
    ("dead_letters/fetch_dead_letters", P::ReadDeadLetters, false),
    ("dead_letters/replay_dead_letters", P::ManageDeadLetters, true),
    ("dead_letters/delete_dead_letters", P::ManageDeadLetters, true),
    ("events/fetch_event_lines", P::SearchEvents, false),
    ("events/fetch_events", P::SearchEvents, false),
    ("events/fetch_event", P::SearchEvents, false),
    ("events/fetch_histogram", P::SearchEvents, false),
    ("events/fetch_top_values", P::SearchEvents, false),
    ("events/fetch_fields", P::SearchEvents, false),
    ("password/change_password", P::Own, true),
    ("pipeline/fetch_pipeline", P::ReadSensors, false),
    ("profile/fetch_me", P::Own, false),
    ("profile/change_timezone", P::Own, true),
    ("retention/fetch_retention", P::ManageRetention, false),
    ("retention/fetch_retention_preview", P::ManageRetention, false),
    ("retention/save_retention", P::ManageRetention, true),
    ("retention/run_retention", P::ManageRetention, true),
    ("rules/fetch_rules", P::ReadRules, false),
    ("rules/fetch_rule", P::ReadRules, false),
    ("rules/create_rule", P::ManageRules, true),
    ("rules/change_rule", P::ManageRules, true),
    ("rules/set_enabled", P::ManageRules, true),
    ("rules/delete_rule", P::ManageRules, true),
    ("rules/try_draft", P::ManageRules, false),
    ("rules/try_rule", P::ManageRules, false),
    ("sensors/fetch_sensors", P::ReadSensors, false),
    ("users/fetch_users", P::ReadUsers, false),
    ("users/create_user", P::ManageUsers, true),
    ("users/change_user", P::ManageUsers, true),
    ("users/set_active", P::ManageUsers, true),
    ("users/reset_password", P::ManageUsers, true),
];

pub fn entries() -> Vec<Entry> {
    let entry = |(name, permission, audited): &(&'static str, P, bool)| {
        // one allocation for the life of the program: axum and the ledger want 'static paths
        let path: &'static str = format!("/app/server_fns/{name}").leak();
        let summary = name.split_once('/').map_or(*name, |(_, function)| function);
        Entry::server_fn(path, summary).needs(*permission).audited(*audited)
    };
    FUNCTIONS.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::ledger::{Kind, differences};
    use std::sync::Arc;

    #[test]
    fn the_ledger_and_the_registry_know_the_same_functions() {
        let there: Vec<_> = server_fn::axum::server_fn_paths()
            .map(|(path, m)| (m.to_string(), path.to_owned()))
            .collect();
        assert!(!there.is_empty(), "no server function is linked into this test");
        let noted: Vec<_> = entries().into_iter().map(Arc::new).collect();
        assert_eq!(
            differences(there, &noted, Kind::ServerFn),
            (vec![], vec![]),
            "not in FUNCTIONS, and only in FUNCTIONS"
        );
    }
}
