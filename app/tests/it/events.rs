use crate::{
    memory::{Memory, event},
    render::{caller, get, page},
};
use model::Role;
use std::sync::Arc;

fn one() -> Arc<Memory> {
    Arc::new(Memory { evidence: vec![event(9, "powershell opened lsass")], ..Default::default() })
}

#[tokio::test]
async fn menus_and_chips_keep_the_rest_of_the_address() {
    let p = page(&one(), "/events?last=1h&severity=high&event=9").await;
    let menu = p.between("id=\"events-severity\"", "</div>");
    assert!(
        menu.contains(
            "href=\"/events?last=1h&amp;severity=high&amp;severity=critical&amp;event=9\""
        ),
        "{menu}"
    );
    assert_eq!(menu.matches("role=\"menuitemcheckbox\"").count(), 5);
    assert_eq!(menu.matches("aria-checked=\"true\"").count(), 1);
    assert!(
        p.between("id=\"events-time-button\"", "</button>").contains("Last hour"),
        "the button says what is chosen"
    );
    // a chip's cross
    let chip = p.between("class=\"chip\"", "</a>");
    assert!(chip.contains("href=\"/events?last=1h&amp;event=9\""), "{chip}");
}

#[tokio::test]
async fn an_absolute_range_stands_in_its_fields_and_the_rest_goes_with_them() {
    let p = page(&one(), "/events?query=a&from=2026-11-21T10:00&severity=low").await;
    let form = p.between("class=\"absolute\"", "</fieldset>");
    assert!(form.contains("value=\"2026-11-21T10:00:00\""), "{form}");
    assert!(form.contains("name=\"severity\" value=\"low\"") && !form.contains("name=\"last\""));
    assert!(form.contains("name=\"query\" value=\"a\""), "{form}");
}

#[tokio::test]
async fn spanish_is_whole() {
    let p =
        get(&one(), Some(caller(Role::Analyst)), "/events?last=1h&severity=high", "lang=es").await;
    for text in ["Gravedad", "Última hora", "Conjunto de datos", "Qué pasó"] {
        assert!(p.has(text), "{text} is missing");
    }
    for text in ["Severidad", "Last hour", "What happened"] {
        assert!(!p.has(text), "{text} is not Spanish");
    }
}
