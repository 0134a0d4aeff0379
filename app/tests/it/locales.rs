//! Every text that the sources ask for exists in every language, and no text is left that nobody asks for.
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

fn flatten(prefix: &str, value: &Value, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(map) => {
            for (k, v) in map.iter().filter(|(k, _)| !k.starts_with('_')) {
                let key = if prefix.is_empty() { k.clone() } else { format!("{prefix}.{k}") };
                flatten(&key, v, out);
            }
        }
        Value::String(s) => {
            assert!(out.insert(prefix.into(), s.clone()).is_none(), "{prefix} is there twice")
        }
        other => panic!("{prefix} is {other}"),
    }
}

fn texts(lang: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("locales")).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().ends_with(&format!(".{lang}.json")) {
            flatten(
                "",
                &serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap(),
                &mut out,
            );
        }
    }
    out
}

fn sources(dir: &Path, out: &mut String) {
    for file in fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// Literals that follow `call` directly, such as the keys in `t("…")`.
fn literals(source: &str, call: &str) -> BTreeSet<String> {
    source
        .match_indices(call)
        .filter(|(i, _)| !source[..*i].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        .filter_map(|(i, _)| {
            source[i + call.len()..].trim_start().strip_prefix('"')?.split('"').next()
        })
        .map(str::to_owned)
        .collect()
}

/// Keys used, and families of which any word may be used.
fn used() -> (BTreeSet<String>, BTreeSet<String>) {
    let mut source = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut source);
    let mut keys = literals(&source, "t(");
    keys.extend(literals(&source, "t_with("));
    for key in literals(&source, "tn(") {
        keys.extend([format!("{key}.one"), format!("{key}.other")]);
    }
    let mut families = literals(&source, "t_of(");
    families.extend(literals(&source, "try_t_of("));
    (keys, families)
}

#[test]
fn every_key_is_there_in_every_language_and_in_use() {
    let (en, es) = (texts("en"), texts("es"));
    let (keys, families) = used();
    assert!(keys.len() > 100, "the sources were not found");
    for (lang, texts) in [("en", &en), ("es", &es)] {
        let missing: Vec<_> = keys.iter().filter(|k| !texts.contains_key(*k)).collect();
        assert!(missing.is_empty(), "missing in {lang}: {missing:?}");
        let empty: Vec<_> = families
            .iter()
            .filter(|f| !texts.keys().any(|k| k.starts_with(&format!("{f}."))))
            .collect();
        assert!(empty.is_empty(), "families without a word in {lang}: {empty:?}");
    }
    let in_family =
        |key: &str| key.rsplit_once('.').is_some_and(|(family, _)| families.contains(family));
    let unused: Vec<_> = en.keys().filter(|k| !keys.contains(*k) && !in_family(k)).collect();
    assert!(unused.is_empty(), "used nowhere: {unused:?}");
    let (a, b): (Vec<_>, Vec<_>) = (en.keys().collect(), es.keys().collect());
    assert_eq!(a, b, "the languages have different keys");
}

#[test]
fn placeholders_are_the_same_in_both_languages() {
    let names = |text: &str| -> BTreeSet<String> {
        text.split("%{")
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    let es = texts("es");
    for (key, text) in texts("en") {
        assert_eq!(names(&text), names(&es[&key]), "{key}");
    }
}

#[test]
fn every_word_of_the_enums_has_a_text() {
    let en = texts("en");
    let words = model::Severity::ALL.map(|s| format!("severity.{s}")).into_iter();
    let words =
        words.chain(model::alert::AlertStatus::ALL.map(|s| format!("status.{}", s.as_str())));
    let words = words.chain(model::Role::ALL.map(|r| format!("role.{}", r.as_str())));
    let words = words.chain(model::problem::PROBLEMS.iter().map(|p| format!("problem.{}", p.0)));
    for key in words {
        assert!(en.contains_key(&key), "{key} is missing");
    }
}
