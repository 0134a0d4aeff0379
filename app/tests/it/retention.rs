use crate::{
    desk::Desk,
    memory::Memory,
    post::post,
    render::{caller, get, page},
};
use axum::http::StatusCode;
use model::{
    Role,
    retention::{ClassReport, DataClass, DiskRoom, Retention, RetentionPolicy, RetentionReport},
};
use std::sync::Arc;

const PAGE: &str = "/admin/retention";
const SAVE: &str = "/app/server_fns/retention/save_retention";
const RUN: &str = "/app/server_fns/retention/run_retention";

fn place(hold: bool) -> Arc<Memory> {
    let policy =
        RetentionPolicy { events: Some(90), dead_letters: Some(1), hold, ..Default::default() };
    let disk = Some(DiskRoom { free: 50_000_000_000, total: 250_000_000_000 });
    let now = Retention { policy, updated_at: None, keep_free_percent: 10, disk };
    let mut classes = DataClass::ALL.map(|c| ClassReport::new(c, policy.days(c))).to_vec();
    if !hold {
        let row = &mut classes[0];
        (row.parts, row.events, row.bytes, row.for_room) = (3, 12_345, 48_200_000, 1);
        row.reach("2026-01-02");
        row.reach("2026-02-03");
    }
    let due = RetentionReport { hold, classes };
    Arc::new(Memory {
        desk: Desk { retention: now.into(), due: due.into(), ..Default::default() },
        ..Default::default()
    })
}

#[tokio::test]
async fn the_policy_is_a_form_and_what_is_due_a_table() {
    let p = get(&place(false), Some(caller(Role::Admin)), PAGE, "lang=en").await;
    assert!(p.has(&format!("action=\"{SAVE}\"")) && p.has(&format!("action=\"{RUN}\"")));
    let fields = p.between("How long data is kept</h2>", "</form>");
    assert!(fields.contains("value=\"90\"") && fields.contains("name=\"network\""), "{fields}");
    assert!(p.has("50.0 GB of 250.0 GB") && p.has("Below 10 %"));
    let table = p.between("<tbody", "</tbody>");
    for text in ["12,345", "48.2 MB", "2026-01-02 – 2026-02-03", "90 days", "1 day<", "for ever"]
    {
        assert!(table.contains(text), "{text} is not in {table}");
    }
    assert!(p.has("1 file of these is younger"));
    assert!(page(&place(false), PAGE).await.has("Not allowed"), "an analyst is refused");
}

#[tokio::test]
async fn a_form_posted_without_scripts_saves_or_says_what_is_wrong_at_the_field() {
    let (m, admin) = (place(false), caller(Role::Admin));
    let form = "events=30&network=&alerts=365&dead_letters=7&hold=true";
    let (status, to) = post(&m, admin.clone(), SAVE, form, PAGE).await;
    assert_eq!((status, to.as_str()), (StatusCode::FOUND, PAGE));
    let now = m.desk.retention.lock().unwrap().policy;
    assert_eq!((now.events, now.network, now.alerts, now.hold), (Some(30), None, Some(365), true));
    let (_, to) = post(&m, admin.clone(), SAVE, "events=soon", PAGE).await;
    let p = get(&m, Some(admin), &to, "").await;
    assert!(p.has("id=\"events-error\"") && !p.has("id=\"alerts-error\""), "{to}");
    assert_eq!(m.desk.retention.lock().unwrap().policy, now, "nothing was changed");
}

#[tokio::test]
async fn deleting_asks_first_without_scripts_too() {
    let (m, admin) = (place(false), caller(Role::Admin));
    let (_, to) = post(&m, admin.clone(), RUN, "", PAGE).await;
    let p = get(&m, Some(admin.clone()), &to, "lang=en").await;
    assert!(p.has("Tick the box"), "{to}");
    assert!(!m.desk.due.lock().unwrap().is_empty());
    let (_, to) = post(&m, admin.clone(), RUN, "sure=true", PAGE).await;
    assert_eq!(to, PAGE);
    assert!(m.desk.due.lock().unwrap().is_empty());
    let (_, to) = post(&m, caller(Role::TeamLead), RUN, "sure=true", PAGE).await;
    assert!(to.contains("__err="), "a team lead is refused");
}

#[tokio::test]
async fn a_hold_says_so_and_has_no_button() {
    let p = get(&place(true), Some(caller(Role::Admin)), PAGE, "lang=en").await;
    assert!(p.has("A legal hold is on") && !p.has(RUN));
}

#[tokio::test]
async fn spanish_is_whole() {
    let p = get(&place(false), Some(caller(Role::Admin)), PAGE, "lang=es").await;
    for text in ["Conservación", "Retención legal", "Borrar ahora", "para siempre", "90 días"] {
        assert!(p.has(text), "{text} is missing");
    }
    for text in ["How long", "Delete now", "for ever", ">Save<"] {
        assert!(!p.has(text), "{text} is English");
    }
}
