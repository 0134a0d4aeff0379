use crate::{memory::Memory, render::get};
use axum::http::StatusCode;
use std::sync::Arc;

#[tokio::test]
async fn the_form_is_plain_and_has_the_contracts_labels() {
    let p = get(&Arc::new(Memory::default()), None, "/login?next=%2Falerts%2F7", "").await;
    assert_eq!(p.status, StatusCode::OK);
    let form = p.between("<form", "</form>");
    assert!(form.contains("method=\"post\"") && form.contains("action=\"/login\""));
    for text in [
        ">Email</label>",
        ">Password</label>",
        "Sign in",
        "name=\"email\"",
        "name=\"password\"",
        "value=\"/alerts/7\"",
    ] {
        assert!(form.contains(text), "{text} is missing in {form}");
    }
    assert!(!p.has("role=\"alert\""));
}

#[tokio::test]
async fn a_refusal_is_said_in_the_readers_language() {
    let m = Arc::new(Memory::default());
    assert!(get(&m, None, "/login?error=invalid", "").await.has("do not match"));
    assert!(get(&m, None, "/login?error=throttled", "lang=es").await.has("Demasiados intentos"));
    // a made-up code cannot put words on the page
    let p = get(&m, None, "/login?error=%3Cb%3Eowned", "").await;
    assert!(p.has("do not match") && !p.html.split("<body").nth(1).unwrap().contains("owned</"));
}
