//! What to do about a refused record.
use crate::i18n::{Lang, fill, lang, num, try_t_of};
use model::dead_letter::DeadLetter;
use serde::de::IgnoredAny;

/// The reason, told apart where one reason asks for different things.
fn word(letter: &DeadLetter) -> &str {
    match (letter.reason.as_str(), letter.pointer.as_str()) {
        ("invalid_payload", "/event_type") => "not_text",
        ("invalid_payload", pointer) if !pointer.is_empty() => "not_an_object",
        (reason, _) => reason,
    }
}

/// Where the record stops being JSON: line and column.
fn fault(raw: &str) -> (i64, i64) {
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    serde_json::from_str::<IgnoredAny>(raw)
        .err()
        .map_or((1, 1), |e| (number(e.line()), number(e.column())))
}

/// The server's English sentence, or one by the reason: there are few.
pub(super) fn advice(letter: &DeadLetter) -> String {
    let translated = match lang() {
        Lang::En => None,
        Lang::Es => try_t_of("dead_letters.advice", word(letter)),
    };
    let Some(text) = translated else { return letter.hint.clone() };
    let (line, column) = fault(&letter.raw);
    fill(text, &[("line", &num(line)), ("column", &num(column))])
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn the_place_is_counted_in_lines_and_columns() {
        assert_eq!(fault("{\"a\": 1,\n x}"), (2, 2));
        assert_eq!(fault("{}"), (1, 1), "cut records may end as JSON");
    }
}
