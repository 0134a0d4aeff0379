use crate::{
    memory::Memory,
    render::{caller, get, page},
};
use model::Role;
use std::sync::Arc;

#[tokio::test]
async fn theme_density_and_language_come_with_the_document() {
    let m = Arc::new(Memory::default());
    let p = get(
        &m,
        Some(caller(Role::Admin)),
        "/alerts",
        "theme=dark; density=compact; lang=es; side=collapsed",
    )
    .await;
    assert!(
        p.has("data-theme=\"dark\"")
            && p.has("data-density=\"compact\"")
            && p.has("lang=\"es\"")
            && p.has("data-side=\"collapsed\"")
    );
    let p = page(&m, "/alerts").await;
    assert!(
        !p.has("data-theme") && !p.has("data-density") && p.has("<title>Alerts · EventSec</title>")
    );
}

#[tokio::test]
async fn density_is_a_link_back_to_the_page_until_it_is_alive() {
    let p = get(
        &Arc::new(Memory::default()),
        Some(caller(Role::Admin)),
        "/alerts",
        "density=compact; lang=en",
    )
    .await;
    let menu = p.between("id=\"account-menu\"", "</header>");
    assert!(
        menu.contains("href=\"/preferences?density=comfortable&amp;next=%2Falerts\""),
        "{menu}"
    );
    let entry = menu.split("<a ").find(|a| a.contains("density=compact")).unwrap();
    assert!(entry.contains("aria-checked=\"true\""), "{entry}");
    assert_eq!(menu.matches("aria-checked=\"true\"").count(), 1);
}

#[tokio::test]
async fn no_inline_style_and_no_handler_attributes() {
    let m = Arc::new(Memory::default());
    for path in [
        "/",
        "/alerts",
        "/login",
        "/change-password",
        "/users/new",
        "/audit",
        "/profile",
        "/sensors",
        "/pipeline",
        "/dead-letters",
    ] {
        let p = page(&m, path).await;
        assert!(
            !p.has(" style=\"") && !p.has("<style"),
            "{path} has inline style: the policy would drop it"
        );
        assert!(!p.has(" onclick=") && !p.has("javascript:"), "{path}");
    }
}

#[tokio::test]
async fn each_role_sees_its_own_entries() {
    let m = Arc::new(Memory::default());
    let p = get(&m, Some(caller(Role::Admin)), "/alerts", "").await;
    assert!(p.has("href=\"/users\"") && p.has("href=\"/audit\""));
    let p = page(&m, "/alerts").await;
    assert!(
        !p.has("href=\"/audit\"") && p.has("href=\"/sensors\"") && p.has("href=\"/users\""),
        "everybody may look up people"
    );
    assert!(p.has("aria-current=\"page\""));
    assert_eq!(p.html.matches("action=\"/logout\"").count(), 2, "sidebar and phone menu");
}

#[tokio::test]
async fn unknown_addresses_say_so() {
    let p = page(&Arc::new(Memory::default()), "/nowhere").await;
    assert!(p.has("There is no such page"));
}
