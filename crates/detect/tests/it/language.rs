//! The condition language: the contract's part of it, and what was added.
use crate::support::{api, eve, rule, zeek};
use detect::{RuleSet, Trial, alert_for, check};
use model::event::Event;
use serde_json::{Map, Value, json};

fn map(conditions: &Value) -> Map<String, Value> {
    conditions.as_object().unwrap().clone()
}

/// Asked of the fresh event, of the stored row, and through a set with its index: all must agree.
fn holds(conditions: Value, e: &Event) -> bool {
    let trial = Trial::of(&map(&conditions)).unwrap_or_else(|f| panic!("{f:?}: {conditions}"));
    let (set, bad) = RuleSet::compile(&[rule(1, map(&conditions))]);
    assert!(bad.is_empty());
    let mut out = Vec::new();
    set.matches(e, &mut out);
    let answer = trial.matches(e);
    assert_eq!(!out.is_empty(), answer, "the index changes the answer: {conditions}");
    assert_eq!(
        trial.matches_row(&e.into()),
        answer,
        "the stored row answers otherwise: {conditions}"
    );
    answer
}

fn posted() -> Event {
    api(&json!({"event_type": "edr.url_visit", "severity": "high", "category": "edr", "details": {
        "hostname": "PC1", "port": 445, "text": "Hello World", "dns": {"rcode": "NXDOMAIN"}, "a.b": "dotted", "a": {"b": "walked", "c": 1.5},
        "list": ["x", 2], "flag": true, "status": "offline", "winlog.event_id": 5, "ip": "10.1.2.3"}}))
}

#[test]
fn network_is_any_sensors_event_and_an_event_of_that_name() {
    let posted = api(&json!({"event_type": "network", "severity": "low"}));
    assert!(holds(json!({"event_type": "network"}), &posted));
    assert!(holds(json!({"event_type": "network"}), &eve(&json!({"event_type": "dns"}))));
    assert!(!holds(json!({"event_type": "network"}), &self::posted()));
}

#[test]
fn a_list_equals_a_list_fresh_and_stored() {
    let e = eve(&json!({"event_type": "dns", "tags": ["a", "b"]}));
    assert!(holds(json!({"tags": [["a", "b"]]}), &e));
    assert!(!holds(json!({"tags": [["a"]]}), &e) && !holds(json!({"tags": [["b", "a"]]}), &e));
}

#[test]
fn the_contracts_conditions_are_strict_and_anded() {
    let e = posted();
    for (conditions, want) in [
        (json!({"event_type": "edr.url_visit"}), true),
        (json!({"event_type": "EDR.url_visit"}), false),
        (json!({"event_type": ["x", "edr.url_visit"], "severity": "high"}), true),
        (json!({"event_type": "edr.url_visit", "severity": "low"}), false),
        (json!({"details.port": 445}), true),
        (json!({"details.port": "445"}), false),
        (json!({"details.port": [22, 445]}), true),
        (json!({"port": 445}), true),
        (json!({"details.a.b": "dotted"}), true),
        (json!({"details.a.b": "walked"}), false),
        (json!({"details.a.c": 1.5}), true),
        (json!({"details.dns.rcode": "NXDOMAIN"}), true),
        (json!({"details.nothing": null}), true),
        (json!({"details.port": null}), false),
        (json!({"details.flag": true}), true),
        (json!({"details.flag": "true"}), false),
        (json!({"status": "offline"}), true),
        (json!({"details.list": "x"}), true),
        (json!({"details.winlog.event_id": 5}), true),
        (json!({"category": "edr"}), true),
        (json!({"details.hostname": "PC1", "host.name": "PC1", "host": "PC1"}), true),
    ] {
        assert_eq!(holds(conditions.clone(), &e), want, "{conditions}");
    }
}

#[test]
fn operators_ignore_case_and_lists_mean_any() {
    let e = posted();
    for (conditions, want) in [
        (json!({"details.text": {"contains": "LO WO"}}), true),
        (json!({"details.text": {"contains": ["zzz", "world"]}}), true),
        (json!({"details.text": {"contains_all": ["hello", "world"]}}), true),
        (json!({"details.text": {"contains_all": ["hello", "zzz"]}}), false),
        (json!({"details.text": {"startswith": "hell", "endswith": "LD"}}), true),
        (json!({"details.text": {"startswith": "hell", "endswith": "x"}}), false),
        (json!({"details.text": {"glob": "h?llo*"}}), true),
        (json!({"details.text": {"equals": "hello world"}}), true),
        (json!({"details.text": {"longer_than": 10}}), true),
        (json!({"details.text": {"longer_than": 11}}), false),
        (json!({"details.port": {"gte": 445, "lt": 446}}), true),
        (json!({"details.port": {"gt": 445}}), false),
        (json!({"details.ip": {"cidr": ["192.168.0.0/16", "10.0.0.0/8"]}}), true),
        (json!({"details.ip": {"not": {"cidr": "10.0.0.0/8"}}}), false),
        (json!({"details.nothing": {"exists": false}}), true),
        (json!({"details.nothing": {"contains": "x"}}), false),
        (json!({"details.nothing": {"not": {"contains": "x"}}}), true),
        (json!({"details.port": {"not": [1, 2]}}), true),
        (json!({"details.port": {"not": 445}}), false),
        (json!({"details.list": {"contains": "X"}}), true),
    ] {
        assert_eq!(holds(conditions.clone(), &e), want, "{conditions}");
    }
}

#[test]
fn groups_are_or_and_not() {
    let e = posted();
    assert!(holds(json!({"any": [{"details.port": 1}, {"details.port": 445}]}), &e));
    assert!(!holds(json!({"any": [{"details.port": 1}, {"details.port": 2}]}), &e));
    assert!(!holds(json!({"severity": "high", "not": {"details.port": 445}}), &e));
    assert!(holds(json!({"not": [{"details.port": 1}, {"severity": "low"}]}), &e));
    assert!(!holds(json!({"not": [{"details.port": 1}, {"severity": "high"}]}), &e));
    assert!(holds(
        json!({"all": [{"severity": "high"}, {"any": [{"port": 1}, {"not": {"port": 1}}]}]}),
        &e
    ));
}

#[test]
fn network_events_answer_to_the_contracts_normalised_names() {
    let alert = eve(
        &json!({"event_type": "alert", "src_ip": "1.2.3.4", "dest_ip": "10.0.0.1", "dest_port": 445, "proto": "TCP",
        "alert": {"signature": "ET CNC Zeus CnC", "category": "Trojan", "severity": 1}, "http": {"hostname": "h.test", "url": "/x"}}),
    );
    for conditions in [
        json!({"event_type": "network", "details.source": "suricata", "details.severity": [1, 2]}),
        json!({"event_type": "alert", "severity": "critical"}),
        json!({"details.event_type": "alert", "details.signature": "ET CNC Zeus CnC", "details.category": "Trojan"}),
        json!({"details.dst_port": 445, "details.src_ip": "1.2.3.4"}),
        json!({"details.http.host": "h.test", "details.url": "/x", "details.domain": "h.test"}),
        json!({"details.alert.signature": "ET CNC Zeus CnC"}),
        json!({"details.dest_port": 445}),
        json!({"event_type": ["network", "other"]}),
    ] {
        assert!(holds(conditions.clone(), &alert), "{conditions}");
    }
    assert!(!holds(json!({"event_type": "network", "details.severity": "1"}), &alert));
    let weird = zeek("weird", &json!({"name": "odd", "source": "HTTP"}));
    assert!(holds(json!({"event_type": "network", "details.source": "zeek"}), &weird));
    assert!(!holds(json!({"event_type": "network"}), &posted()));
}

#[test]
fn windows_events_answer_to_sigma_and_ecs_names() {
    let e = api(
        &json!({"Event": {"System": {"EventID": 7045, "Channel": "System", "Provider": {"#attributes": {"Name": "Service Control Manager"}},
        "Computer": "PC", "TimeCreated": {"#attributes": {"SystemTime": "2024-01-01T00:00:00Z"}}},
        "EventData": {"ServiceName": "PSEXESVC", "ImagePath": "%SystemRoot%\\PSEXESVC.exe"}}}),
    );
    for conditions in [
        json!({"winlog.event_id": 7045}),
        json!({"event.code": "7045"}),
        json!({"event.code": 7045}),
        json!({"EventID": 7045, "ServiceName": {"equals": "psexesvc"}}),
        json!({"details.Event.System.EventID": 7045}),
        json!({"dataset": "windows.system", "source": "windows"}),
        json!({"ImagePath": {"endswith": "\\psexesvc.EXE"}}),
    ] {
        assert!(holds(conditions.clone(), &e), "{conditions}");
    }
    assert!(!holds(json!({"winlog.event_id": "7045"}), &e), "a number column is not text");
}

#[test]
fn faults_have_pointers() {
    let faults = |v: Value| -> Vec<(String, String)> {
        check(&map(&v)).unwrap_err().into_iter().map(|f| (f.pointer, f.code)).collect()
    };
    let one = |p: &str, c: &str| vec![(p.to_owned(), c.to_owned())];
    assert_eq!(faults(json!({})), one("/conditions", "required"));
    assert_eq!(faults(json!({"dst_port": {"gt": "x"}})), one("/conditions/dst_port/gt", "type"));
    assert_eq!(
        faults(json!({"a/b~c": {"cidr": "10.0.0.0/99"}})),
        one("/conditions/a~1b~0c/cidr", "cidr")
    );
    assert_eq!(
        faults(json!({"a": {"contains": "x", "containz": "y"}})),
        one("/conditions/a/containz", "unknown_operator")
    );
    for slip in
        ["contain", "containsall", "starts_with", "EndsWith", "eq", "in", "like", "GTE", "neq"]
    {
        let pointer = format!("/conditions/a/{slip}");
        assert_eq!(faults(json!({"a": {slip: "x"}})), one(&pointer, "unknown_operator"), "{slip}");
    }
    let text = check(&map(&json!({"a": {"starts_with": "x"}}))).unwrap_err().remove(0).message;
    assert!(text.contains("perhaps \"startswith\""), "{text}");
    assert_eq!(faults(json!({"a": {"contains": ""}})), one("/conditions/a/contains", "required"));
    assert_eq!(faults(json!({"any": []})), one("/conditions/any", "type"));
    assert_eq!(
        faults(json!({"any": [{}, {"a": {"exists": 1}}]})),
        [
            ("/conditions/any/0".into(), "type".into()),
            ("/conditions/any/1/a/exists".into(), "type".into())
        ]
    );
    assert_eq!(faults(json!({"a": vec![1; 3000]})), one("/conditions", "too_many"));
    let mut deep = json!({"a": 1});
    for _ in 0..200 {
        deep = json!({"not": deep});
    }
    assert_eq!(faults(deep)[0].1, "too_deep");
    // an object without operators is compared as a whole, as in the contract
    assert!(holds(json!({"details.dns": {"rcode": "NXDOMAIN"}}), &posted()));
    for value in ["id", "port", "length", "exit", "name", "g", "net", "container"] {
        assert!(check(&map(&json!({"a": {value: 1}}))).is_ok(), "{value} is like no operator");
    }
}

#[test]
fn disabled_rules_never_fire_and_bad_ones_are_named() {
    let good = map(&json!({"severity": "high"}));
    let mut off = rule(1, good.clone());
    off.enabled = false;
    let (set, bad) =
        RuleSet::compile(&[off, rule(2, map(&json!({"a": {"gt": "x"}}))), rule(3, good)]);
    assert_eq!((set.len(), bad.len(), bad[0].0), (1, 1, 2));
    let mut out = Vec::new();
    set.matches(&posted(), &mut out);
    assert_eq!(out, [2], "positions are those of the slice that was compiled");
}

#[test]
fn an_explanation_names_each_condition_and_what_was_seen() {
    let trial = Trial::of(&map(
        &json!({"severity": "high", "details.port": {"gt": 500}, "not": {"details.flag": true}}),
    ))
    .unwrap();
    let got: Vec<_> =
        trial.explain(&posted()).into_iter().map(|x| (x.key, x.holds, x.seen)).collect();
    assert_eq!(
        got,
        [
            ("severity".to_owned(), true, "high".to_owned()),
            ("details.port".into(), false, "445".into()),
            ("not details.flag".into(), false, "true".into())
        ]
    );
}

#[test]
fn an_alert_says_what_happened_and_about_whom() {
    let mut r = rule(9, map(&json!({"severity": "high"})));
    r.description = Some("Looks for it.".into());
    let e = api(
        &json!({"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 10, "Computer": "PC.Corp", "UtcTime": "2024-01-01 00:00:00",
        "SourceImage": "C:\\W\\powershell.exe", "TargetImage": "C:\\W\\lsass.exe", "GrantedAccess": "0x1410", "SourceUser": "CORP\\eve"}),
    );
    let a = alert_for(&r, &e);
    assert_eq!(
        a.description,
        "On PC.Corp: powershell.exe opened lsass.exe with access 0x1410.\nLooks for it."
    );
    assert_eq!(
        (a.title.as_str(), a.category.as_str(), a.dedup_key.as_str()),
        ("rule 9", "process", "host:pc.corp")
    );
    assert_eq!(
        (a.hostname.as_deref(), a.username.as_deref(), a.url),
        (Some("PC.Corp"), Some("eve"), None)
    );
    let e = eve(
        &json!({"event_type": "alert", "src_ip": "1.2.3.4", "alert": {"signature": "S"}, "http": {"hostname": "h.test", "url": "/x"}}),
    );
    let a = alert_for(&r, &e);
    assert_eq!(
        (a.dedup_key.as_str(), a.url.as_deref()),
        ("src:1.2.3.4|S", Some("http://h.test/x"))
    );
    for bad in ["javascript:alert(1)", "//evil", "http://x\" onload=", "data:text/html,x"] {
        let e = api(
            &json!({"event_type": "x", "severity": "low", "details": {"url": bad, "domain": "x\"><script>"}}),
        );
        assert!(
            alert_for(&r, &e)
                .url
                .is_none_or(|u| !u.contains(char::is_whitespace) && u.starts_with("http")),
            "{bad}"
        );
    }
}
