use crate::{
    desk::Desk,
    memory::Memory,
    render::{NOW, caller, get, page},
};
use model::{
    Role,
    audit::{AuditEntry, AuditVerdict},
    time::DAY,
};
use serde_json::json;
use std::sync::Arc;

fn trail(verdict: Option<AuditVerdict>) -> Arc<Memory> {
    let entry = |seq, action: &str, kind: &str, before, after| AuditEntry {
        seq,
        at: NOW.plus(-seq),
        user_id: Some(1),
        actor: "ana@example.org".into(),
        ip: "192.0.2.7".into(),
        request_id: "r-1".into(),
        action: action.into(),
        target_type: kind.into(),
        target_id: "7".into(),
        before,
        after,
        hash: format!("{seq:064x}"),
    };
    let closed = entry(
        42,
        "alert.close",
        "alert",
        Some(json!({"status": "open", "title": "T"})),
        Some(json!({"status": "closed", "title": "T", "conclusion": "<script>x</script>"})),
    );
    let strange = entry(41, "moon.land", "moon", None, None);
    Arc::new(Memory {
        desk: Desk { trail: vec![closed, strange], verdict, ..Default::default() },
        ..Default::default()
    })
}

#[tokio::test]
async fn rows_say_who_did_what_and_link_to_the_target() {
    let p = get(&trail(None), Some(caller(Role::Admin)), "/audit", "").await;
    assert!(p.has("closed an alert") && p.has("alert.close") && p.has("href=\"/alerts/7\""));
    assert!(p.has("moon.land") && p.has("moon 7"), "what has no words is shown as it is");
    assert!(p.has("href=\"/audit?cursor=t41\"") && p.has("2 of 3"));
    assert!(page(&trail(None), "/audit").await.has("Not allowed"), "an analyst is refused");
}

#[tokio::test]
async fn the_address_is_the_filter() {
    let m = trail(None);
    let path = "/audit?text=ana&action=alert.close&target_type=alert&target_id=7&since=7d&cursor=t50&open=42";
    let p = get(&m, Some(caller(Role::Admin)), path, "").await;
    let asked = m.desk.asked_trail.lock().unwrap().clone().unwrap();
    assert_eq!(
        (asked.text.as_str(), asked.action.as_deref(), asked.target_type.as_deref()),
        ("ana", Some("alert.close"), Some("alert"))
    );
    assert_eq!(
        (asked.target_id.as_deref(), asked.since, asked.cursor.as_deref()),
        (Some("7"), Some(NOW.plus(-7 * DAY)), Some("t50"))
    );
    assert!(p.has("First page"));
    assert!(p.has("type=\"hidden\" name=\"target_id\" value=\"7\""), "the form keeps the target");
    assert!(p.has("value=\"7d\" selected"));
}

#[tokio::test]
async fn every_action_can_be_chosen_in_words() {
    let p = get(&trail(None), Some(caller(Role::Admin)), "/audit", "").await;
    let actions = p.between("name=\"action\"", "</select>");
    assert!(actions.contains("value=\"rule.seed\"") && actions.contains("value=\"view.delete\""));
    assert!(actions.contains(">added the shipped rules<") && !actions.contains(">rule.seed<"));
    assert_eq!(actions.matches("<option").count(), 25, "the actions, and any");
}

#[tokio::test]
async fn the_open_entry_shows_what_changed() {
    let p = get(&trail(None), Some(caller(Role::Admin)), "/audit?open=42", "").await;
    let panel = p.between("<aside", "</aside>");
    assert!(panel.contains("<del>open</del>") && panel.contains("<ins>closed</ins>"));
    assert!(panel.contains("&lt;script&gt;x") && panel.contains("1 field unchanged"));
    assert!(panel.contains("href=\"/audit\""), "closing leads to the list");
    let p = get(&trail(None), Some(caller(Role::Admin)), "/audit?open=41", "").await;
    assert!(p.has("Nothing was recorded"));
    assert!(
        get(&trail(None), Some(caller(Role::Admin)), "/audit?open=999", "")
            .await
            .has("not on this page")
    );
}

#[tokio::test]
async fn the_check_is_made_only_when_asked_for() {
    let whole = AuditVerdict {
        tenant: "t".into(),
        rows: 1284,
        head: "ab12".into(),
        broken_at: None,
        code: None,
        reason: None,
    };
    let m = trail(Some(whole.clone()));
    assert!(!get(&m, Some(caller(Role::Admin)), "/audit", "").await.has("The chain is"));
    let p = get(&m, Some(caller(Role::Admin)), "/audit?verify=1", "").await;
    assert!(p.has("The chain is whole") && p.has("1,284 rows checked") && p.has("ab12"));
    let broken = trail(Some(AuditVerdict {
        broken_at: Some(17),
        reason: Some("its hash differs".into()),
        ..whole.clone()
    }));
    let p = get(&broken, Some(caller(Role::Admin)), "/audit?verify=1", "").await;
    assert!(p.has("broken at row 17") && p.has("its hash differs") && p.has("role=\"alert\""));
    let broken = trail(Some(AuditVerdict {
        broken_at: Some(17),
        code: Some("changed".into()),
        reason: Some("row 17 is not what was written".into()),
        ..whole
    }));
    let p = get(&broken, Some(caller(Role::Admin)), "/audit?verify=1", "lang=es").await;
    assert!(p.has("rota en la fila 17") && p.has("Esa fila no es la que se escribió"));
}

#[tokio::test]
async fn spanish_is_whole() {
    let p = get(&trail(None), Some(caller(Role::Admin)), "/audit?open=42", "lang=es").await;
    for text in [
        "Auditoría",
        "cerró una alerta",
        "Verificar la cadena",
        "Qué cambió",
        "Cualquier acción",
        "alerta 7",
    ] {
        assert!(p.has(text), "{text} is missing");
    }
    assert!(!p.has("closed an alert") && !p.has("What changed"));
}
