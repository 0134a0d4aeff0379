//! Every record of every Suricata and Zeek file is taken with its right type.
use crate::support::{api, check, read};
use model::{Severity, event::Scalar};
use normalise::Hint;
use serde_json::Value;
use std::collections::BTreeMap;
use testdata::{data_dir, lines};

fn zeek() -> Hint {
    Hint::Zeek { file: None }
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_file())
        .collect();
    all.sort();
    all
}

#[test]
fn every_suricata_record_is_taken() {
    let Some(data) = data_dir() else { return };
    let mut counts = BTreeMap::new();
    let logs = files(&data.join("ids/suricata"));
    for file in logs.into_iter().filter(|f| f.extension().is_some_and(|e| e == "jsonl")) {
        for line in lines(&file).unwrap() {
            let record: Value = serde_json::from_str(&line).unwrap();
            let e = read(Hint::Suricata, &line).unwrap_or_else(|r| panic!("{r}: {line}"));
            check(&e);
            assert_eq!(record["event_type"], *e.event_type);
            assert_eq!(&*e.dataset, format!("suricata.{}", e.event_type));
            assert_eq!(model::Micros::parse(record["timestamp"].as_str().unwrap()), Some(e.time));
            for (path, name) in [("src_ip", "source.ip"), ("dest_ip", "destination.ip")] {
                if let Some(ip) = record[path].as_str() {
                    let want: std::net::IpAddr = ip.parse().unwrap();
                    let got: std::net::IpAddr =
                        e.get(name).and_then(Scalar::as_str).unwrap().parse().unwrap();
                    assert_eq!(got, want.to_canonical());
                }
            }
            for (path, name) in [("src_port", "source.port"), ("dest_port", "destination.port")] {
                assert_eq!(record[path].as_i64(), e.get(name).and_then(Scalar::as_i64), "{line}");
            }
            *counts.entry(e.dataset.to_string()).or_insert(0) += 1;
        }
    }
    println!("{counts:?}");
    assert_eq!(counts.values().sum::<i32>(), 1582);
    assert_eq!(
        (counts["suricata.alert"], counts["suricata.dns"], counts["suricata.stats"]),
        (51, 592, 19)
    );
}

/// The type must come out by every way: said by the record, by the file's name, and by the fields alone.
#[test]
fn every_zeek_record_has_the_type_of_its_file() {
    let Some(data) = data_dir() else { return };
    let mut counts = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut bare_ends = 0;
    const ENDS: [&str; 7] = [
        "observer.name",
        "observer.type",
        "zeek.session_id",
        "source.ip",
        "source.port",
        "destination.ip",
        "destination.port",
    ];
    for folder in ["otrf-apt29-day1-NASHUA", "otrf-apt29-day1-SCRANTON", "wrccdc"] {
        for file in files(&data.join("ids/zeek").join(folder)) {
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            let log = name.split('.').next().unwrap().to_owned();
            for line in lines(&file).unwrap() {
                let said = read(zeek(), &line).unwrap_or_else(|r| panic!("{r}: {line}"));
                check(&said);
                assert_eq!(*said.event_type, *log);
                let mut bare: Value = serde_json::from_str(&line).unwrap();
                for key in ["_path", "@stream"] {
                    bare.as_object_mut().unwrap().shift_remove(key);
                }
                let said = read(zeek(), &serde_json::from_str::<Value>(&line).unwrap().to_string())
                    .unwrap();
                let bare = bare.to_string();
                let by_file = read(Hint::Zeek { file: Some(name.as_str().into()) }, &bare).unwrap();
                assert_eq!((&*by_file.event_type, &by_file.fields), (&*log, &said.fields));
                match read(zeek(), &bare) {
                    Ok(e) if *e.event_type == *log => {}
                    // a few records of other logs hold the two ends and not one field more
                    Ok(e)
                        if *e.event_type == *"conn"
                            && e.fields.iter().all(|(n, _)| ENDS.contains(&&**n)) =>
                    {
                        bare_ends += 1
                    }
                    other => wrong.push(format!("{log}: {:?} {bare}", other.map(|e| e.event_type))),
                }
                *counts.entry(log.clone()).or_insert(0) += 1;
            }
        }
    }
    println!("{counts:?}");
    assert!(
        wrong.is_empty(),
        "{} records have the wrong type by their fields, such as {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(5)]
    );
    assert_eq!(counts.values().sum::<i32>(), 16_067);
    assert!(bare_ends <= 11, "{bare_ends}");
}

#[test]
fn both_spellings_of_zeek_addresses_are_one() {
    let dotted = r#"{"ts":1588205199.82437,"uid":"C","id.orig_h":"10.0.1.6","id.orig_p":54243,"id.resp_h":"10.0.0.4","id.resp_p":53,"proto":"udp","conn_state":"SF"}"#;
    let a = read(zeek(), dotted).unwrap();
    let b = read(zeek(), &dotted.replace("id.", "id_")).unwrap();
    let nested = r#"{"ts":"2020-04-30T00:06:39.824370Z","uid":"C","id":{"orig_h":"10.0.1.6","orig_p":54243,"resp_h":"10.0.0.4","resp_p":53},"proto":"udp","conn_state":"SF"}"#;
    let c = read(zeek(), nested).unwrap();
    assert_eq!((&a.fields, a.time), (&b.fields, b.time));
    assert_eq!((&a.fields, a.time), (&c.fields, c.time));
    assert_eq!(a.get("source.port"), Some(&Scalar::Int(54243)));
}

#[test]
fn dns_reads_alike_in_its_three_shapes() {
    let shapes = [
        r#"{"type":"answer","rrname":"x.test","rrtype":"A","rcode":"NXDOMAIN"}"#,
        r#"{"version":2,"type":"answer","query":[{"rrname":"x.test","rrtype":"A"}],"rcode":"NXDOMAIN"}"#,
        r#"{"version":3,"type":"response","queries":[{"rrname":"x.test","rrtype":"A"}],"rcode":"NXDOMAIN"}"#,
    ];
    for dns in shapes {
        let e = read(Hint::Suricata, &format!(r#"{{"timestamp":"2024-01-01T00:00:00.000001+0000","event_type":"dns","dns":{dns}}}"#)).unwrap();
        assert_eq!(e.get("dns.question.name"), Some(&Scalar::from("x.test")), "{dns}");
        assert_eq!(e.get("dns.question.type"), Some(&Scalar::from("A")), "{dns}");
        assert_eq!(e.get("dns.response_code"), Some(&Scalar::from("NXDOMAIN")), "{dns}");
        assert_eq!(&*e.message, "DNS A x.test: NXDOMAIN");
    }
}

#[test]
fn ja3_is_read_as_object_and_as_text() {
    for ja3 in [
        r#"{"hash":"72a589da586844d7f0818ce684948eea","string":"771,4865"}"#,
        r#""72a589da586844d7f0818ce684948eea""#,
    ] {
        let raw = format!(
            r#"{{"timestamp":1700000000,"event_type":"tls","tls":{{"sni":"a.test","ja3":{ja3}}}}}"#
        );
        let e = read(Hint::Suricata, &raw).unwrap();
        assert_eq!(
            e.get("tls.client.ja3"),
            Some(&Scalar::from("72a589da586844d7f0818ce684948eea"))
        );
    }
}

#[test]
fn suricata_severity_is_inverted_and_telemetry_is_info() {
    let severity = |kind: &str, n: &str| {
        let raw = format!(
            r#"{{"timestamp":"2024-01-01T00:00:00Z","event_type":"{kind}","alert":{{"signature":"s"{n}}}}}"#
        );
        read(Hint::Suricata, &raw).unwrap().severity
    };
    use Severity::*;
    let got = [
        ",\"severity\":1",
        ",\"severity\":2",
        ",\"severity\":\"3\"",
        ",\"severity\":4",
        ",\"severity\":0",
        "",
    ]
    .map(|n| severity("alert", n));
    assert_eq!(got, [Critical, High, Medium, Low, Critical, Medium]);
    assert_eq!(severity("dns", ",\"severity\":1"), Info);
}

#[test]
fn a_record_without_type_or_time_is_refused_with_its_place() {
    for (hint, raw, reason, pointer) in [
        (
            Hint::Suricata,
            r#"{"timestamp":"2024-01-01T00:00:00Z"}"#,
            "missing_event_type",
            "/event_type",
        ),
        (
            Hint::Suricata,
            r#"{"timestamp":"2024-01-01T00:00:00Z","event_type":7}"#,
            "missing_event_type",
            "/event_type",
        ),
        (Hint::Suricata, r#"{"event_type":"dns"}"#, "missing_timestamp", "/timestamp"),
        (
            Hint::Suricata,
            r#"{"event_type":"dns","timestamp":"soon"}"#,
            "invalid_timestamp",
            "/timestamp",
        ),
        (Hint::Suricata, r#"[1]"#, "invalid_payload", ""),
        (zeek(), r#"{"ts":1}"#, "missing_event_type", "/_path"),
        (zeek(), r#"{"_path":"conn"}"#, "missing_timestamp", "/ts"),
        (zeek(), r#"{"_path":"conn","ts":{}}"#, "invalid_timestamp", "/ts"),
    ] {
        let r = read(hint, raw).unwrap_err();
        assert_eq!((r.reason, &*r.pointer), (reason, pointer), "{raw}");
        assert!(!r.hint.is_empty());
    }
}

#[test]
fn network_records_posted_as_events_are_known() {
    let eve = r#"{"timestamp":"2024-01-01T00:00:00Z","event_type":"alert","src_ip":"10.0.0.1","alert":{"signature":"s","severity":2}}"#;
    assert_eq!(&*api(eve).unwrap().dataset, "suricata.alert");
    let conn =
        r#"{"ts":1700000000.5,"id.orig_h":"10.0.0.1","id.resp_h":"10.0.0.2","conn_state":"S0"}"#;
    assert_eq!(&*api(conn).unwrap().dataset, "zeek.conn");
}
