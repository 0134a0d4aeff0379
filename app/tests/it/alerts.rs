use crate::{
    memory::{Memory, alert, event},
    render::{caller, get, page},
};
use model::{
    Role, Severity,
    alert::{AlertSort, AlertStatus},
};
use std::sync::Arc;

fn three() -> Arc<Memory> {
    let mut closed = alert(3, "Old news", Severity::Low);
    closed.status = AlertStatus::Closed;
    let alerts = vec![
        alert(1, "Mimikatz DC Sync", Severity::Critical),
        alert(2, "LSASS read", Severity::High),
        closed,
    ];
    Arc::new(Memory {
        alerts: alerts.into(),
        evidence: vec![event(9, "powershell opened lsass")],
        ..Default::default()
    })
}

#[tokio::test]
async fn each_row_links_to_its_alert() {
    let p = page(&three(), "/alerts").await;
    for (id, title) in [(1, "Mimikatz DC Sync"), (2, "LSASS read")] {
        assert!(p.has(title), "{title} is missing");
        assert!(p.has(&format!("href=\"/alerts?selected={id}\"")));
    }
    assert!(!p.has("Old news"), "closed alerts are not in the default list");
    assert!(p.has("2 alerts"));
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let evil = "<img src=x onerror=alert(1)>\"'&";
    let mut a = alert(1, evil, Severity::High);
    a.description = evil.into();
    a.hostname = Some("\"><script>alert(2)</script>".into());
    a.conclusion = Some(evil.into());
    let mut e = event(9, evil);
    e.fields.push(("x\"onmouseover=\"".into(), evil.into()));
    let memory =
        Arc::new(Memory { alerts: vec![a].into(), evidence: vec![e], ..Default::default() });
    for path in [
        "/alerts?selected=1",
        "/alerts/1",
        "/alerts?text=%22%3E%3Cscript%3Ealert(3)%3C%2Fscript%3E",
    ] {
        let p = page(&memory, path).await;
        // the serialised resources are JSON inside Leptos's own script, where `<` is written as an escape
        assert!(!p.has("<img src=x"), "{path}");
        assert!(!p.has("<script>alert"), "{path}");
        // in the text between tags quotes are nothing special; inside a tag they would end an attribute
        for (at, _) in p.html.match_indices("x\"onmouseover=\"") {
            let before = &p.html[at.saturating_sub(200)..at];
            assert!(before.rfind('>') > before.rfind('<'), "{path}: {before}");
        }
    }
}

#[tokio::test]
async fn the_address_is_the_filter() {
    let memory = three();
    let p = page(&memory, "/alerts?status=any&severity=high&severity=critical&text=lsass&assigned=me&hostname=HR001&sort=severity&cursor=abc").await;
    let asked = memory.asked.lock().unwrap().clone().unwrap();
    assert!(asked.status.is_empty());
    assert_eq!(asked.severity, [Severity::High, Severity::Critical]);
    assert_eq!(
        (asked.text.as_str(), asked.assigned_to, asked.sort),
        ("lsass", Some(1), AlertSort::Severity)
    );
    assert_eq!((asked.hostname.as_deref(), asked.cursor.as_deref()), (Some("HR001"), Some("abc")));
    assert!(p.has("First page"), "a later page has a way back");
    // a chip's cross keeps the other filters
    assert!(p.has("status=any&amp;severity=critical&amp;text=lsass&amp;assigned=me&amp;hostname=HR001&amp;sort=severity"), "{}", p.html);
}

#[tokio::test]
async fn the_panel_has_the_facts_and_forms_that_work_without_scripts() {
    let p = page(&three(), "/alerts?selected=1").await;
    assert!(p.has("Description of 1") && p.has("powershell opened lsass"));
    assert!(p.has("process.name") && p.has("powershell.exe"));
    assert!(p.has("/rules/12"), "the rule is a link");
    assert!(
        p.has("/events?query=process.name%3A%22powershell.exe%22"),
        "a value is a link before the page is alive"
    );
    let panel = p.between("<aside", "</aside>");
    assert!(panel.contains("action=\"/app/server_fns/alerts/work_alert\""));
    assert!(
        panel.contains("value=\"close\"")
            && panel.contains("name=\"conclusion\"")
            && panel.contains("required")
    );
    assert!(panel.contains("Ana Ruiz"), "the person it was assigned to, by name");
}

#[tokio::test]
async fn evidence_that_is_not_shown_is_a_click_away() {
    let memory = Arc::new(Memory {
        alerts: vec![alert(1, "Again and again", Severity::High)].into(),
        evidence: (11..=70).map(|id| event(id, "again")).collect(),
        ..Default::default()
    });
    for path in ["/alerts/1", "/alerts?selected=1"] {
        let p = page(&memory, path).await;
        assert_eq!(p.html.matches("class=\"evd\"").count(), 50, "{path}");
        assert!(p.has("All 60 stored events in the explorer"), "{path}");
        assert!(p.has("/events?query=event.id%3A%2811+OR+12+OR+13"), "{path}");
        assert!(p.has("+OR+70%29&amp;from="), "with the time, {path}");
    }
    assert!(!page(&three(), "/alerts/1").await.has("event.id%3A"), "all of it is shown");
}

#[tokio::test]
async fn spanish_is_whole() {
    let p = get(&three(), Some(caller(Role::Analyst)), "/alerts/1", "lang=es").await;
    assert!(p.has("<html lang=\"es\""));
    for text in [
        "Alertas",
        "Crítica",
        "Abierta",
        "Asignarme",
        "Por qué saltó",
        "Evidencias",
        "Historial",
        "hace ",
    ] {
        assert!(p.has(text), "{text} is missing");
    }
    for text in ["Why it fired", "Assign to me", "Evidence<", " ago<"] {
        assert!(!p.has(text), "{text} is English");
    }
}

#[tokio::test]
async fn a_closed_alert_can_be_reopened_and_nothing_else() {
    let p = page(&three(), "/alerts/3").await;
    assert!(p.has("value=\"reopen\"") && !p.has("value=\"close\""));
}

#[tokio::test]
async fn only_who_may_delete_sees_it() {
    let m = three();
    assert!(!page(&m, "/alerts/1").await.has("delete-alert"));
    assert!(get(&m, Some(caller(Role::TeamLead)), "/alerts/1", "").await.has("delete-alert"));
}

#[tokio::test]
async fn problems_are_said_in_place() {
    let p = page(&three(), "/alerts/99").await;
    assert!(p.has("Not found") && p.has("Alert not found"));
    let p = get(&three(), None, "/alerts", "").await;
    assert!(p.has("Sign in first"));
}

#[tokio::test]
async fn nothing_there_says_what_to_do_next() {
    let empty = Arc::new(Memory::default());
    assert!(page(&empty, "/alerts").await.has("Everything is closed"));
    assert!(page(&empty, "/alerts?severity=high").await.has("Remove a filter"));
}
