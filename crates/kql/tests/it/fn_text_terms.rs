//! `has` and its relatives, by the rows of the real engine.
use kql::functions::terms::*;

fn kept(texts: &[&'static str], test: impl Fn(&str) -> bool) -> Vec<&'static str> {
    texts.iter().copied().filter(|text| test(text)).collect()
}

#[test]
fn a_term_is_letters_and_digits() {
    let texts = [
        "hello world",
        "helloworld",
        "hello-world",
        "HELLO",
        "hi.world",
        "world hello",
        "a hello b",
    ];
    assert_eq!(
        kept(&texts, |s| has(s, "hello", false)),
        ["hello world", "hello-world", "HELLO", "world hello", "a hello b"]
    );
    let texts = ["alpha-beta", "alpha_beta", "alpha beta", "alphabeta"];
    assert_eq!(
        kept(&texts, |s| has(s, "alpha", false)),
        ["alpha-beta", "alpha_beta", "alpha beta"]
    );
    let texts = ["version=1.2.3", "v1.2.3", "1.2.3-rc", "1_2_3"];
    let test = |s: &str| has(s, "1", false) && has(s, "3", false) && !has(s, "2.3", false);
    assert_eq!(kept(&texts, test), ["1_2_3"]);
    assert_eq!(
        kept(&["12.34.56", "12 34 56", "123456"], |s| has(s, "34", false)),
        ["12.34.56", "12 34 56"]
    );
}

#[test]
fn letters_of_any_script() {
    let texts = ["café résumé", "cafe resume", "CAFÉ RÉSUMÉ"];
    assert_eq!(kept(&texts, |s| has(s, "café", false)), ["café résumé", "CAFÉ RÉSUMÉ"]);
    let texts = ["ПриветМир", "Привет Мир", "МИР привет"];
    assert_eq!(kept(&texts, |s| has(s, "привет", false)), ["Привет Мир", "МИР привет"]);
    assert_eq!(
        kept(&["The.Quick.Brown", "quick brown"], |s| has(s, "Quick", true)),
        ["The.Quick.Brown"]
    );
}

#[test]
fn starts_and_ends_of_terms() {
    let texts = ["cat", "category", "scatter", "cats", "a cat"];
    assert_eq!(kept(&texts, |s| hasprefix(s, "cat", false)), ["cat", "category", "cats", "a cat"]);
    assert_eq!(kept(&texts, |s| has(s, "cat", false)), ["cat", "a cat"]);
    let texts = ["end.", "end ", "end", "ending", "the end"];
    assert_eq!(kept(&texts, |s| hassuffix(s, "end", false)), ["end.", "end ", "end", "the end"]);
    assert!(hassuffix("Hello World", "world", false));
    assert!(
        hassuffix("aaa", "aa", false)
            && hasprefix("aaab", "aaa", false)
            && !has("aaa", "aa", false)
    );
    // found only where an earlier, overlapping place is left behind
    assert!(hasprefix("xa.a.ab", "a.a", false));
}

#[test]
fn what_is_no_term() {
    // the empty text is everywhere
    assert!(
        has("", "", false)
            && has("x", "", true)
            && hasprefix("x", "", false)
            && hassuffix("x", "", false)
    );
    assert!(has("a b", " ", false) && !has("a\tb", " ", false));
    assert!(!has("hello world", "lo wo", false) && has("say hello world", "hello world", false));
}

#[test]
fn texts_and_lists() {
    assert!(contains("co-OP", "CO-op", false) && !contains("co-OP", "CO-op", true));
    assert!(startswith("Élan", "él", false) && !startswith("Élan", "él", true));
    assert!(endswith("x.EXE", ".exe", false) && !endswith("x.EXE", ".exe", true));
    assert!(equals("naïveté", "NAÏVETÉ", false) && !equals("a", "A", true));
    assert!(
        has_all("the quick fox", ["fox", "the"], false)
            && !has_all("the quick fox", ["fox", "dog"], false)
    );
    assert!(
        has_any("the quick fox", ["dog", "FOX"], false) && !has_any("the quick fox", ["FOX"], true)
    );
}
