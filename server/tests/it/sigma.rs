//! Sigma over files, as a stranger types it. The rules and events of these tests are their own.
use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

const RULE: &str = "title: Shadow copies deleted
id: 11111111-1111-4111-8111-111111111111
author: Ana Gil
level: high
logsource: {product: windows, category: process_creation}
detection:
  s:
    Image|endswith: '\\vssadmin.exe'
    CommandLine|contains|all: [delete, shadows]
  condition: s
";
const NEEDY: &str = "title: Needy\nid: n\nlogsource: {product: windows}\ndetection: {s: {User|expand: '%admins%'}, condition: s}\n";
const HIT: &str = r##"{"Event":{"System":{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}}},"EventData":{"Image":"C:\\Windows\\System32\\vssadmin.exe","CommandLine":"vssadmin Delete Shadows /all"}}}"##;
const MISS: &str = r#"{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"C:\\Windows\\System32\\vssadmin.exe","CommandLine":"vssadmin list shadows"}"#;

fn eventsec(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_eventsec"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn rules_are_checked_with_file_line_and_column() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("deep")).expect("a folder");
    fs::write(folder.path().join("deep/good.yml"), format!("{RULE}---\n{NEEDY}")).expect("written");
    let out = eventsec(folder.path(), &["rules", "check", "deep"], "");
    assert!(out.status.success(), "{out:?}");
    let said = text(&out.stdout);
    assert!(said.contains("needs values  deep/good.yml Needy (admins)"), "{said}");
    assert!(said.ends_with("2 loaded of which 1 need values, 0 errors\n"), "{said}");

    fs::write(folder.path().join("deep/bad.yml"), RULE.replace("condition: s", "condition: t"))
        .expect("written");
    let out = eventsec(folder.path(), &["rules", "check", "deep"], "");
    assert_eq!(out.status.code(), Some(1), "{out:?}");
    let said = text(&out.stdout);
    assert!(said.contains("deep/bad.yml:10:14: there is no search `t` (one of s)"), "{said}");
    assert!(said.ends_with("2 loaded of which 1 need values, 1 errors\n"), "{said}");
    // what lies beside rules and is none is told of, and is no error unless it was named
    fs::write(folder.path().join("deep/bad.yml"), "title: settings\nbackends: [x]\n")
        .expect("written");
    let out = eventsec(folder.path(), &["rules", "check", "deep"], "");
    assert!(out.status.success(), "{out:?}");
    assert!(text(&out.stdout).contains("no rule       deep/bad.yml"), "{out:?}");
    let out = eventsec(folder.path(), &["rules", "check", "deep/bad.yml"], "");
    assert_eq!(out.status.code(), Some(1), "{out:?}");
    assert_eq!(eventsec(folder.path(), &["rules", "check", "nowhere"], "").status.code(), Some(1));
    assert_eq!(eventsec(folder.path(), &["rules", "check"], "").status.code(), Some(2));
}

#[test]
fn hunting_names_rule_author_and_event_and_goes_on_behind_what_is_no_event() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("r.yml"), RULE).expect("written");
    let events = format!("{MISS}\n{{broken\n{HIT}\n");
    let out = eventsec(folder.path(), &["detect", "--rules", "r.yml", "--stats"], &events);
    assert_eq!(out.status.code(), Some(1), "a record was none: {out:?}");
    let said = text(&out.stdout);
    assert_eq!(said.lines().count(), 1, "{said}");
    for word in [
        "2\thigh",
        "11111111-1111-4111-8111-111111111111",
        "Shadow copies deleted",
        "Ana Gil",
        "Delete Shadows",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let told = text(&out.stderr);
    assert!(
        told.contains("-:2:")
            && told.contains("2 events, 1 hits of 1 rules, 1 records that are no events"),
        "{told}"
    );

    fs::write(folder.path().join("list.json"), format!("[{MISS},\n{HIT}]")).expect("written");
    let out = eventsec(
        folder.path(),
        &["detect", "--rules", "r.yml", "--events", "list.json", "--output", "jsonl"],
        "",
    );
    assert!(out.status.success(), "{out:?}");
    let hit: serde_json::Value = serde_json::from_slice(&out.stdout).expect("one line of JSON");
    assert_eq!(
        (&hit["rule"]["author"], &hit["numbers"]),
        (&"Ana Gil".into(), &serde_json::json!([2])),
        "{hit}"
    );
}

#[test]
fn cases_pass_or_are_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("r.yml"), RULE).expect("written");
    let id = "11111111-1111-4111-8111-111111111111";
    let good = format!(
        r#"{{"rule_id":"{id}","match_count":1,"events":[{HIT},{MISS}]}}
{{"rule_id":"{id}","match_count":null,"events":[{HIT}]}}
{{"event":{HIT},"expect":["{id}"]}}
{{"event":{MISS},"expect":[]}}
"#
    );
    fs::write(folder.path().join("cases.jsonl"), &good).expect("written");
    let test = ["rules", "test", "--rules", "r.yml", "--cases", "cases.jsonl"];
    let out = eventsec(folder.path(), &test, "");
    assert!(out.status.success(), "{out:?}");
    assert_eq!(text(&out.stdout), "4 passed, 0 failed\n");

    let bad = format!(
        r#"{{"rule_id":"{id}","events":[{MISS}]}}
{{"event":{HIT},"expect":[]}}
{{"rule_id":"nobody","events":[{MISS}]}}
{{"what":1}}
"#
    );
    fs::write(folder.path().join("cases.jsonl"), bad).expect("written");
    let out = eventsec(folder.path(), &test, "");
    assert_eq!(out.status.code(), Some(1), "{out:?}");
    let said = text(&out.stdout);
    assert!(said.contains("CommandLine like *delete*  <- vssadmin list shadows"), "{said}");
    assert!(
        said.contains("hit, and should not") && said.contains("there is no rule nobody"),
        "{said}"
    );
    assert!(said.ends_with("0 passed, 4 failed\n"), "{said}");
}

#[test]
fn correlations_count_across_files_in_the_time_of_the_events() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = "title: Failed\nname: failed\nlogsource: {product: windows}\ndetection: {s: {EventID: 4625}, condition: s}
---
title: Guessing
id: g
author: Ana Gil
level: high
correlation: {type: event_count, rules: [failed], group-by: [TargetUserName], timespan: 5m, condition: {gte: 3}}
---
title: Not in the laboratory
logsource: {product: windows}
filter: {rules: [failed], s: {Computer: lab}, condition: not s}
";
    fs::write(folder.path().join("r.yml"), rules).expect("written");
    let event = |minute: u32, user: &str, host: &str| {
        format!(
            "{{\"Channel\":\"Security\",\"EventID\":4625,\"TargetUserName\":\"{user}\",\"Computer\":\"{host}\",\"@timestamp\":\"2026-01-01T10:{minute:02}:00Z\"}}\n"
        )
    };
    // the second file is older than the first
    let first =
        [event(4, "bob", "a"), event(5, "bob", "b"), event(5, "eva", "a"), event(5, "bob", "lab")]
            .concat();
    let second = [event(3, "bob", "a"), event(1, "eva", "a"), event(20, "eva", "a")].concat();
    fs::write(folder.path().join("1.jsonl"), first).expect("written");
    fs::write(folder.path().join("2.jsonl"), second).expect("written");
    let out = eventsec(
        folder.path(),
        &["detect", "--rules", "r.yml", "--events", "1.jsonl", "2.jsonl", "--output", "jsonl"],
        "",
    );
    assert!(out.status.success(), "{out:?}");
    let said = text(&out.stdout);
    assert_eq!(said.lines().count(), 1, "the rule that is counted is silent: {said}");
    let hit: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(hit["numbers"], serde_json::json!([5, 1, 2]));
    assert_eq!(hit["correlation"]["group"]["TargetUserName"], "bob");
    assert_eq!(hit["correlation"]["from"], "2026-01-01T10:03:00.000000Z");
    assert_eq!(hit["rule"]["author"], "Ana Gil");

    let out = eventsec(folder.path(), &["rules", "check", "r.yml"], "");
    assert!(out.status.success() && text(&out.stdout).starts_with("3 loaded"), "{out:?}");
    fs::write(
        folder.path().join("r.yml"),
        rules.replace("rules: [failed], group", "rules: [nobody], group"),
    )
    .expect("written");
    let out = eventsec(folder.path(), &["rules", "check", "r.yml"], "");
    assert_eq!(out.status.code(), Some(1));
    assert!(
        text(&out.stdout)
            .contains("correlation `Guessing` counts what is not here, or itself: nobody"),
        "{out:?}"
    );
}
