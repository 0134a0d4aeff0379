use crate::{
    desk::{Desk, person},
    memory::Memory,
    post::post,
    render::{caller, get, page},
};
use model::Role;
use std::sync::Arc;

fn me() -> Arc<Memory> {
    let people = vec![person(1, "Ana Ruiz", Role::Admin)];
    Arc::new(Memory {
        desk: Desk { people: people.into(), ..Default::default() },
        ..Default::default()
    })
}

#[tokio::test]
async fn it_shows_what_is_known_and_every_preference() {
    let p =
        get(&me(), Some(caller(Role::Admin)), "/profile", "theme=dark; density=compact; lang=en")
            .await;
    assert!(p.has("ana@example.org") && p.has("Tier 2") && p.has("profile/change_timezone"));
    for pressed in ["value=\"dark\"", "value=\"compact\"", "value=\"en\"", "value=\"utc\""] {
        let button = p
            .html
            .split("<button")
            .find(|b| b.contains(pressed))
            .unwrap_or_else(|| panic!("no {pressed}"));
        assert!(button.contains("aria-pressed=\"true\""), "{pressed}");
    }
    assert_eq!(p.html.matches("aria-pressed=\"true\"").count(), 4);
    assert!(p.has("action=\"/preferences\"") && p.has("password/change_password"));
}

#[tokio::test]
async fn everybody_changes_their_own_time_zone() {
    let p = page(&me(), "/profile").await;
    assert!(p.has("value=\"Europe/Madrid\"") && p.has("profile/change_timezone"));
    let m = me();
    let url = "/app/server_fns/profile/change_timezone";
    let form = "timezone=America%2FBogota";
    let (_, to) = post(&m, caller(Role::Analyst), url, form, "/profile").await;
    assert_eq!(
        (to.as_str(), m.desk.people.lock().unwrap()[0].timezone.as_str()),
        ("/profile", "America/Bogota")
    );
}

#[tokio::test]
async fn the_passwords_must_agree() {
    let m = me();
    let form = "current_password=a&new_password=correct+horse+battery&again=wrong+horse+battery";
    let (_, to) = post(
        &m,
        caller(Role::Analyst),
        "/app/server_fns/password/change_password",
        form,
        "/profile",
    )
    .await;
    let p = get(&m, Some(caller(Role::Analyst)), &to, "lang=es").await;
    assert!(p.has("id=\"again-error\"") && p.has("Contraseña"), "{to}");
}
