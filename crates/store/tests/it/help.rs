//! What several tests need.
use model::{
    Micros, Role, Severity,
    alert::NewAlert,
    rule::NewRule,
    user::{UserProfile, ValidUser},
};
use store::{AlertDraft, Store};

/// A Saturday in November 2026.
pub const NOW: Micros = Micros(1_795_243_107_753_367);

pub fn person(email: &str, role: Role) -> ValidUser {
    ValidUser {
        full_name: format!("Name of {email}"),
        role,
        email: email.into(),
        password: "never looked at".into(),
        team: Some("blue".into()),
        manager: None,
        computer: None,
        mobile_phone: None,
        timezone: "Europe/Madrid".into(),
    }
}

pub async fn add_person(store: &Store, tenant: &str, email: &str, role: Role) -> UserProfile {
    let mut tx = store.begin().await.unwrap();
    let user = tx.insert_user(tenant, &person(email, role), "hash", false, NOW).await.unwrap();
    tx.commit().await.unwrap();
    user
}

pub fn filed(title: &str, severity: Severity) -> NewAlert {
    NewAlert {
        title: title.into(),
        description: String::new(),
        source: "test".into(),
        category: "malware".into(),
        severity,
        url: None,
        sender: None,
        username: None,
        hostname: None,
    }
}

pub fn rule(name: &str) -> NewRule {
    serde_json::from_value(serde_json::json!({
        "name": name, "severity": "high", "conditions": {"zz": 1, "event_type": "x", "a": [true, null]}, "techniques": ["T1003.006"]
    }))
    .unwrap()
}

/// A match of rule 7 on a host, in the hour of `NOW`.
pub fn draft(host: &str, events: &[(i64, i64)]) -> AlertDraft {
    let (window_start, window_end) = store::window_of(NOW, 60);
    AlertDraft {
        rule_id: 7,
        title: format!("Match on {host}"),
        description: "d".into(),
        source: "DetectionRule".into(),
        category: "execution".into(),
        severity: Severity::High,
        url: None,
        sender: None,
        username: None,
        hostname: Some(host.into()),
        create_incident: false,
        sample: false,
        dedup_key: host.into(),
        window_start,
        window_end,
        events: events.iter().map(|&(id, at)| (id, Micros(at))).collect(),
    }
}
