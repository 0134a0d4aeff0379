use crate::{
    desk::Desk,
    memory::Memory,
    post::post,
    render::{NOW, caller, get},
};
use model::{Role, dead_letter::DeadLetter};
use std::sync::Arc;

fn letter(id: i64, reason: &str, pointer: &str, sensor: Option<&str>, raw: &str) -> DeadLetter {
    DeadLetter {
        id,
        received_at: NOW.plus(-id),
        source: if sensor.is_some() { "suricata" } else { "events" }.into(),
        sensor: sensor.map(str::to_owned),
        file: None,
        agent_id: sensor.is_none().then_some(4),
        agent: sensor.is_none().then(|| "ws-4".into()),
        sample: sensor.is_none(),
        batch_index: 4,
        reason: reason.into(),
        pointer: pointer.into(),
        hint: "Send an ISO 8601 time".into(),
        raw: raw.into(),
        replays: 0,
    }
}

fn some() -> Arc<Memory> {
    let letters = vec![
        letter(
            11,
            "invalid_timestamp",
            "/timestamp",
            Some("edge-1"),
            r#"{"timestamp":"soon","note":"</script><b>"}"#,
        ),
        letter(12, "invalid_json", "", None, "{\"a\": <b>"),
        letter(13, "strange_reason", "/x", None, "{}"),
    ];
    Arc::new(Memory {
        desk: Desk { letters: letters.into(), ..Default::default() },
        ..Default::default()
    })
}

fn lead() -> Option<model::Caller> {
    Some(caller(Role::TeamLead))
}

#[tokio::test]
async fn rows_say_the_reason_in_words_and_the_place() {
    let p = get(&some(), lead(), "/dead-letters", "").await;
    assert!(
        p.has("3 refused events") && p.has("Has a time that cannot be read") && p.has("/timestamp")
    );
    assert!(p.has("strange_reason"), "a reason without words is shown as it is");
    assert!(
        p.has("action=\"/app/server_fns/dead_letters/replay_dead_letters\"")
            && p.has("name=\"ids[]\" value=\"11\"")
    );
}

#[tokio::test]
async fn the_address_is_the_filter() {
    let m = some();
    let p = get(&m, lead(), "/dead-letters?sensor=edge-1&source=suricata&reason=", "").await;
    let asked = m.desk.asked_letters.lock().unwrap().clone().unwrap();
    assert_eq!(
        (asked.sensor.as_deref(), asked.source.as_deref(), asked.reason),
        (Some("edge-1"), Some("suricata"), None)
    );
    assert!(
        p.has("/dead-letters?source=suricata&amp;reason=") && p.has("1 refused event"),
        "the sensor's chip can be removed"
    );
    assert!(p.has("type=\"hidden\" name=\"sensor\" value=\"edge-1\""));
    assert!(get(&m, lead(), "/dead-letters?sensor=none", "").await.has("No dead letter matches"));
}

#[tokio::test]
async fn the_open_letter_marks_what_is_wrong() {
    let p = get(&some(), lead(), "/dead-letters?open=11", "").await;
    let panel = p.between("<aside", "</aside>");
    assert_eq!(panel.matches("data-hit").count(), 1);
    let marked = panel.split("data-hit").nth(1).unwrap();
    assert!(marked.split("</div>").next().unwrap().contains("soon"), "{panel}");
    assert!(panel.contains("Send an ISO 8601 time") && panel.contains("&lt;/script&gt;&lt;b&gt;"));
    let p = get(&some(), lead(), "/dead-letters?open=12", "").await;
    assert!(p.has("ws-4") && p.has("sample data"), "who sent it, and as what");
    assert!(p.has("This is not JSON") && p.has("{\"a\": &lt;b&gt;"));
    let p = get(&some(), lead(), "/dead-letters?open=13", "").await;
    assert!(p.has("should stand in the marked place"));
}

#[tokio::test]
async fn what_to_do_is_said_in_the_readers_language() {
    for (id, advice) in [
        (11, "Envíe la hora en ISO 8601"),
        (12, "deja de serlo en la línea 1, columna 7"),
        (13, "Send an ISO 8601 time"), // a reason without words: as the server says it
    ] {
        let p = get(&some(), lead(), &format!("/dead-letters?open={id}"), "lang=es").await;
        let panel = p.between("<aside", "</aside>");
        assert!(panel.contains(advice), "{panel}");
        assert!(id == 13 || !panel.contains("Send an ISO"), "{panel}");
    }
}

#[tokio::test]
async fn several_are_replayed_by_a_plain_form() {
    let m = some();
    let url = "/app/server_fns/dead_letters/replay_dead_letters";
    let (_, to) =
        post(&m, caller(Role::TeamLead), url, "ids%5B%5D=11&ids%5B%5D=13", "/dead-letters").await;
    assert_eq!(to, "/dead-letters");
    let left: Vec<_> = m.desk.letters.lock().unwrap().iter().map(|d| d.id).collect();
    assert_eq!(left, [12]);
    let (_, to) = post(&m, caller(Role::TeamLead), url, "", "/dead-letters").await;
    assert!(get(&m, lead(), &to, "").await.has("Select at least one letter."));
}

#[tokio::test]
async fn who_may_not_see_them_is_told() {
    let p = get(&some(), Some(caller(Role::Analyst)), "/dead-letters", "").await;
    assert!(p.has("Not allowed") && !p.has("ids[]"));
}

#[tokio::test]
async fn nothing_refused_is_good_news() {
    let p = get(&Arc::new(Memory::default()), lead(), "/dead-letters", "lang=es").await;
    assert!(p.has("No se ha rechazado nada") && p.has("href=\"/sensors\""));
}
