use crate::{
    desk::{Desk, person},
    memory::Memory,
    post::post,
    render::{caller, get, page},
};
use axum::http::StatusCode;
use model::Role;
use std::sync::Arc;

fn team() -> Arc<Memory> {
    let mut gone = person(3, "Tomás Beltrán", Role::Analyst);
    gone.is_active = false;
    let people = vec![
        person(1, "Ana Ruiz", Role::Admin),
        person(2, "Marta <Torres>", Role::SeniorAnalyst),
        gone,
    ];
    Arc::new(Memory {
        desk: Desk { people: people.into(), ..Default::default() },
        ..Default::default()
    })
}

#[tokio::test]
async fn everybody_may_look_and_only_administrators_see_forms() {
    let p = page(&team(), "/users/2").await;
    assert!(
        p.has("3 people")
            && p.has("Marta &lt;Torres&gt;")
            && p.has("Senior analyst")
            && p.has("disabled")
    );
    assert!(!p.has("/users/new") && !p.has("users/change_user") && !p.has("users/set_active"));
    let p = get(&team(), Some(caller(Role::Admin)), "/users/2", "").await;
    assert!(p.has("href=\"/users/new\"") && p.has("action=\"/app/server_fns/users/change_user\""));
    let panel = p.between("<aside", "</aside>");
    assert!(panel.contains("name=\"full_name\"") && panel.contains("value=\"marta@example.org\""));
    assert!(panel.contains("value=\"senior_analyst\" selected"), "{panel}");
    assert!(panel.contains("/audit?target_type=user&amp;target_id=2"));
}

#[tokio::test]
async fn the_address_is_the_filter_and_stays_in_the_rows() {
    let p = page(&team(), "/users?q=MARTA&role=senior_analyst").await;
    assert!(p.has("/users/2?q=MARTA&amp;role=senior_analyst") && !p.has("Ana Ruiz</a>"));
    assert!(p.has("value=\"MARTA\"") && p.has("1 of 3"));
    let p = page(&team(), "/users?state=disabled").await;
    assert!(p.has("Tomás") && !p.has("Marta &lt;"));
    assert!(page(&team(), "/users?q=nobody+here").await.has("Nobody matches"));
}

#[tokio::test]
async fn the_panel_tells_what_the_role_allows() {
    let p = page(&team(), "/users/2").await;
    let rights = p.between("What Marta", "</table>");
    assert_eq!(rights.matches("<tr>").count(), 16);
    assert_eq!(
        rights.matches("data-s=\"off\"").count(),
        5,
        "a senior analyst may not: users, audit, retention, sensors, deleting"
    );
}

#[tokio::test]
async fn an_address_that_names_nobody_says_so() {
    for path in ["/users/99", "/users/x"] {
        assert!(page(&team(), path).await.has("No such user"), "{path}");
    }
}

#[tokio::test]
async fn a_form_posted_without_scripts_creates_or_says_what_is_wrong_at_the_field() {
    let (m, admin) = (team(), caller(Role::Admin));
    let url = "/app/server_fns/users/create_user";
    let form = "full_name=Inés+Navarro&email=ines%40example.org&role=analyst&password=correct+horse+battery&team=&timezone=Europe%2FMadrid";
    let (status, to) = post(&m, admin.clone(), url, form, "/users/new").await;
    assert_eq!((status, to.as_str()), (StatusCode::FOUND, "/users/new"));
    let ines = m.desk.people.lock().unwrap().last().cloned().unwrap();
    assert_eq!(
        (ines.email.as_str(), ines.team),
        ("ines@example.org", None),
        "an empty field is no value"
    );

    let (_, to) =
        post(&m, admin.clone(), url, &form.replace("correct+horse+battery", "short"), "/users/new")
            .await;
    let p = get(&m, Some(admin.clone()), &to, "").await;
    assert!(p.has("id=\"password-error\"") && p.has("needs at least 12 characters"), "{to}");
    assert!(!p.has("id=\"full_name-error\""));

    let (_, to) = post(&m, admin.clone(), url, form, "/users/new").await;
    let p = get(&m, Some(admin), &to, "lang=es").await;
    assert!(p.has("id=\"email-error\""), "{to}");
}

#[tokio::test]
async fn the_last_administrator_cannot_be_disabled() {
    let (m, admin) = (team(), caller(Role::Admin));
    let (_, to) = post(
        &m,
        admin.clone(),
        "/app/server_fns/users/set_active",
        "id=1&active=false",
        "/users/1",
    )
    .await;
    assert!(m.desk.people.lock().unwrap()[0].is_active);
    let p = get(&m, Some(admin.clone()), &to, "").await;
    assert!(p.between("<aside", "</aside>").contains("This is the last administrator"));
    let (_, to) = post(
        &m,
        admin.clone(),
        "/app/server_fns/users/set_active",
        "id=2&active=false",
        "/users/2",
    )
    .await;
    assert_eq!(to, "/users/2");
    assert!(!m.desk.people.lock().unwrap()[1].is_active);
    let analyst = caller(Role::Analyst);
    let (_, to) =
        post(&m, analyst, "/app/server_fns/users/set_active", "id=2&active=true", "/users/2").await;
    assert!(
        to.contains("__err=") && !m.desk.people.lock().unwrap()[1].is_active,
        "an analyst is refused"
    );
}

#[tokio::test]
async fn spanish_is_whole() {
    let p = get(&team(), Some(caller(Role::Admin)), "/users/2", "lang=es").await;
    for text in [
        "3 personas",
        "Nuevo usuario",
        "Restablecer contraseña",
        "Zona horaria",
        "Guardar",
        "Qué puede hacer",
    ] {
        assert!(p.has(text), "{text} is missing");
    }
    for text in ["New user", "Reset password", "Time zone<", ">Save<"] {
        assert!(!p.has(text), "{text} is English");
    }
}
