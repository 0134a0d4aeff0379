//! Terms: a maximal run of Unicode letters and digits, lower-cased. Searches, blooms and engines all split alike.

/// Lower case, character by character (so that it does not depend on what stands around a character).
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.chars().flat_map(char::to_lowercase).collect()
    }
}

/// Whether the character belongs to a term. The dot above is what `İ` leaves beside its `i` in lower case: with it, a text has the
/// same terms before and after folding.
pub fn is_term(c: char) -> bool {
    c.is_alphanumeric() || c == '\u{307}'
}

/// The terms of a text, in order.
pub fn terms(text: &str) -> impl Iterator<Item = String> {
    text.split(|c| !is_term(c)).filter(|t| !t.is_empty()).map(fold)
}

/// Calls `f` with every term without allocating for text that is ASCII. Stops when `f` answers true, and answers that.
pub fn any_term(text: &str, buffer: &mut String, mut f: impl FnMut(&str) -> bool) -> bool {
    text.split(|c| !is_term(c)).filter(|t| !t.is_empty()).any(|t| {
        buffer.clear();
        if t.is_ascii() {
            buffer.push_str(t);
            buffer.make_ascii_lowercase();
        } else {
            buffer.extend(t.chars().flat_map(char::to_lowercase));
        }
        f(buffer)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_splits_and_case_goes() {
        let of = |s: &str| terms(s).collect::<Vec<_>>();
        assert_eq!(of(r"C:\Windows\System32\cmd.exe"), ["c", "windows", "system32", "cmd", "exe"]);
        assert_eq!(of("user_name-x ÄÖ٣"), ["user", "name", "x", "äö٣"]);
        assert!(of("-- ::").is_empty());
    }

    #[test]
    fn folding_moves_no_border_between_terms() {
        for c in '\0'..=char::MAX {
            assert!(c.to_lowercase().all(|l| is_term(l) == is_term(c)), "{c:?}");
        }
    }

    #[test]
    fn both_ways_of_splitting_agree() {
        for text in ["Straße İstanbul ΟΔΟΣ", "a1_b2", "", "\u{212a}elvin K"] {
            let mut seen = Vec::new();
            any_term(text, &mut String::new(), |t| {
                seen.push(t.to_owned());
                false
            });
            assert_eq!(seen, terms(text).collect::<Vec<_>>());
        }
    }
}
