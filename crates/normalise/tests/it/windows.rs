//! Windows events in nested and flat JSON keep their class, and both forms of one event say the same.
use crate::support::{NOW, api, check};
use model::fieldmap::{self, Kind};
use model::{Severity, event::Scalar};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testdata::{data_dir, lines, windows_events};

fn text(e: &model::event::Event, name: &str) -> String {
    e.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", e.fields)).text().into_owned()
}

#[test]
fn every_benchmark_event_keeps_channel_provider_id_host_and_time() {
    let Some(data) = data_dir() else { return };
    let mut datasets = BTreeMap::new();
    let mut total = 0;
    for line in windows_events(&data).unwrap() {
        let record: Value = serde_json::from_str(&line).unwrap();
        let e = api(&line).unwrap_or_else(|r| panic!("{r}: {line}"));
        check(&e);
        assert_eq!(&*e.source, "windows");
        assert_eq!(text(&e, "winlog.channel"), record["Channel"].as_str().unwrap());
        assert_eq!(
            e.get("winlog.event_id"),
            Some(&Scalar::Int(record["EventID"].as_i64().unwrap()))
        );
        assert_eq!(text(&e, "event.code"), record["EventID"].to_string());
        let provider = text(&e, "event.provider");
        if let Some(said) = record["SourceName"].as_str().or(record["source_name"].as_str()) {
            assert_eq!(provider, said);
        }
        assert!(!provider.is_empty());
        assert!(!text(&e, "host.name").is_empty());
        assert_ne!(e.time, NOW, "its own time was not read: {line}");
        if let Some(image) = record["Image"].as_str() {
            assert_eq!(text(&e, "process.executable"), image);
        }
        *datasets.entry(e.dataset.to_string()).or_insert(0) += 1;
        total += 1;
    }
    println!("{datasets:?}");
    assert_eq!(total, 19_713);
    assert_eq!(datasets["windows.sysmon"], 13_346);
    assert_eq!(datasets["windows.security"], 1_768);
}

#[test]
fn nested_and_flat_forms_of_one_event_give_the_same_fields() {
    let Some(data) = data_dir() else { return };
    let mut compared = 0;
    for line in lines(&data.join("sigma/regression.dev.jsonl")).unwrap() {
        let record: Value = serde_json::from_str(&line).unwrap();
        let pairs = record["events"]
            .as_array()
            .unwrap()
            .iter()
            .zip(record["events_flat"].as_array().unwrap());
        for (nested, flat) in pairs {
            let system = &nested["Event"]["System"];
            let n = api(&nested.to_string()).unwrap();
            let f = api(&flat.to_string()).unwrap();
            check(&n);
            check(&f);
            assert_eq!(text(&n, "winlog.channel"), system["Channel"].as_str().unwrap());
            assert_eq!(
                text(&n, "event.provider"),
                system["Provider"]["#attributes"]["Name"].as_str().unwrap()
            );
            assert_eq!(
                n.get("winlog.event_id"),
                Some(&Scalar::Int(system["EventID"].as_i64().unwrap()))
            );
            assert_eq!(
                (&n.dataset, &n.event_type, &n.category, n.severity),
                (&f.dataset, &f.event_type, &f.category, f.severity)
            );
            assert_eq!(n.message, f.message);
            assert_eq!(n.time, f.time);
            for (name, value) in &n.fields {
                assert_eq!(f.get(name), Some(value), "{name} of {line}");
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 177);
}

#[test]
fn data_arrays_and_elements_without_names_are_read() {
    let e = api(&json!({"Event": {"System": {"Provider": {"@Name": "PowerShell"}, "EventID": {"#text": "800", "#attributes": {"Qualifiers": 0}},
        "Channel": "Windows PowerShell", "Computer": "PC", "TimeCreated": {"@SystemTime": "2024-01-01T00:00:00Z"}},
        "EventData": {"Data": ["Write-Host", "HostApplication=powershell -enc AAAA"]}}}).to_string()).unwrap();
    assert_eq!(&*e.event_type, "powershell_pipeline");
    assert_eq!(
        e.get("winlog.event_data.Data"),
        Some(&Scalar::List(vec![
            "Write-Host".into(),
            "HostApplication=powershell -enc AAAA".into()
        ]))
    );
    let e = api(&json!({"System": {"Provider": {"Name": "Microsoft-Windows-Eventlog"}, "EventID": 1102, "Channel": "Security", "Computer": "DC",
        "TimeCreated": "2024-01-01T00:00:00Z"},
        "UserData": {"LogFileCleared": {"#attributes": {"xmlns": "x"}, "SubjectUserName": "eve", "SubjectDomainName": "CORP"}}}).to_string()).unwrap();
    assert_eq!((&*e.event_type, e.severity), ("log_cleared", Severity::Medium));
    assert_eq!((text(&e, "user.name"), text(&e, "user.domain")), ("eve".into(), "CORP".into()));
}

#[test]
fn winlogbeat_ecs_is_a_windows_event() {
    let e = api(&json!({"@timestamp": "2024-01-01T00:00:00Z", "event": {"code": 1}, "message": "Process Create:\nmore",
        "winlog": {"channel": "Microsoft-Windows-Sysmon/Operational", "event_id": "1", "provider_name": "Microsoft-Windows-Sysmon",
            "computer_name": "PC", "record_id": 5, "process": {"pid": 4, "thread": {"id": 8}},
            "event_data": {"Image": "C:\\a\\cmd.exe", "CommandLine": "cmd /c x", "ParentImage": "C:\\b\\w.exe"}}}).to_string()).unwrap();
    assert_eq!(
        (&*e.dataset, &*e.event_type, &*e.category),
        ("windows.sysmon", "process_creation", "process")
    );
    assert_eq!(&*e.message, "w.exe started cmd.exe: cmd /c x");
    assert_eq!(e.get("winlog.process.pid"), Some(&Scalar::Int(4)));
}

#[test]
fn what_windows_rendered_is_its_first_line_beside_data_and_whole_without() {
    let rendered = "Network connection detected:\r\nRuleName: -\r\nImage: C:\\a.exe";
    let mut record = json!({"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 3, "Computer": "PC",
        "TimeCreated": "2024-01-01T00:00:00Z", "Image": "C:\\a.exe", "Message": rendered});
    let beside = api(&record.to_string()).unwrap();
    assert_eq!(text(&beside, "winlog.message"), "Network connection detected:");
    record.as_object_mut().unwrap().remove("Image");
    let alone = api(&record.to_string()).unwrap();
    assert_eq!(text(&alone, "winlog.message"), rendered);
    record.as_object_mut().unwrap().remove("Message");
    assert!(api(&record.to_string()).unwrap().get("winlog.message").is_none());
    assert_eq!(fieldmap::kind("winlog.message"), Kind::Text, "it is searched by its words");
}

#[test]
fn process_access_reads_well_and_hashes_split() {
    let e = api(&json!({"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 10, "Computer": "PC", "UtcTime": "2024-01-01 00:00:00.328",
        "SourceImage": "C:\\W\\powershell.exe", "TargetImage": "C:\\W\\lsass.exe", "GrantedAccess": "0x1410", "SourceUser": "CORP\\eve",
        "Hashes": "SHA1=AB,MD5=00,SHA256=cd"}).to_string()).unwrap();
    assert_eq!(&*e.message, "powershell.exe opened lsass.exe with access 0x1410");
    assert_eq!(e.time, model::Micros(1_704_067_200_328_000));
    assert_eq!(
        (text(&e, "user.name"), text(&e, "file.hash.sha1"), text(&e, "event.provider")),
        ("eve".into(), "ab".into(), "Microsoft-Windows-Sysmon".into())
    );
    assert!(e.get("file.hash.md5").is_none(), "zeros are no hash");
}

#[test]
fn a_creation_names_creator_and_created() {
    let e = api(&json!({"Channel": "Security", "EventID": 4688, "Computer": "PC", "TimeCreated": "2024-01-01T00:00:00Z",
        "NewProcessId": "0x7d8", "ProcessId": "0x2c8", "NewProcessName": "C:\\W\\a.exe", "ParentProcessName": "C:\\W\\b.exe",
        "SubjectUserName": "eve", "TargetUserName": "-", "CommandLine": ""}).to_string()).unwrap();
    assert_eq!(
        (e.get("process.pid"), e.get("process.parent.pid")),
        (Some(&Scalar::Int(0x7d8)), Some(&Scalar::Int(0x2c8)))
    );
    assert_eq!(
        (text(&e, "user.name"), text(&e, "process.parent.name")),
        ("eve".into(), "b.exe".into())
    );
}

#[test]
fn the_contracts_shape_takes_a_windows_event_as_details() {
    let inner = json!({"Channel": "Security", "EventID": 4625, "Computer": "PC", "TargetUserName": "bob", "IpAddress": "::ffff:10.1.1.1",
        "IpPort": "-", "LogonType": "3"});
    let e =
        api(&json!({"event_type": "windows", "severity": "high", "details": inner}).to_string())
            .unwrap();
    assert_eq!((&*e.event_type, e.severity, e.time), ("logon_failed", Severity::High, NOW));
    assert_eq!(&*e.message, "bob failed to log on to PC (type 3) from 10.1.1.1");
    assert!(e.get("source.port").is_none() && e.get("winlog.event_data.IpPort").is_none());
}
