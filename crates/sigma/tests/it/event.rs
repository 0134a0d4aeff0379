//! Records as collectors send them: the fields and kinds they must have.
use serde_json::{Value, json};
use sigma::event::{Event, Logsource, Scalar, line, meets, read};

fn source(product: &str, category: &str, service: &str) -> Logsource {
    let said = |s: &str| (!s.is_empty()).then(|| s.to_owned());
    Logsource { product: said(product), category: said(category), service: said(service) }
}

fn same(value: &Scalar<'_>, want: &Value) -> bool {
    match (value, want) {
        (Scalar::Null, Value::Null) => true,
        (Scalar::Bool(a), Value::Bool(b)) => a == b,
        (Scalar::Int(a), want) => want.as_i64() == Some(*a),
        (Scalar::Float(a), want) => want.as_f64() == Some(*a),
        (Scalar::Str(a), Value::String(b)) => a == b,
        _ => false,
    }
}

#[track_caller]
fn has(event: &Event<'_>, name: &str, want: impl Into<Value>) {
    let want = want.into();
    let values: Vec<_> = event.values(name).collect();
    assert!(values.iter().any(|v| same(v, &want)), "{name}: {values:?}, not {want}: {event:?}");
}

#[track_caller]
fn is(event: &Event<'_>, product: &str, category: &str, service: &str) {
    let rule = source(product, category, service);
    assert!(meets(&rule, &event.kinds), "not {rule:?}: {:?}", event.kinds);
}

/// The kinds that a case's annotation asks for.
fn asked(flat: &Value) -> Vec<Logsource> {
    let get = |name: &str| flat[name].as_str().unwrap_or_default();
    let mut all = vec![source(get("ls_product"), get("ls_category"), get("ls_service"))];
    if let Some((categories, _)) = get("ls_class").split_once('|') {
        let categories = categories.split(',').filter(|c| *c != "-" && !c.is_empty());
        all.extend(categories.map(|c| source(get("ls_product"), c, "")));
    }
    all
}

#[test]
fn real_events_have_the_fields_and_kinds_that_sigma_gives_them() {
    let Some(data) = testdata::data_dir() else { return };
    let mut count = 0;
    for case in testdata::lines(&data.join("sigma/regression.dev.jsonl")).unwrap() {
        let case: Value = serde_json::from_str(&case).unwrap();
        let (events, flats) =
            (case["events"].as_array().unwrap(), case["events_flat"].as_array().unwrap());
        for (record, flat) in events.iter().zip(flats) {
            for record in [record, flat] {
                let event = read(record);
                for (name, want) in
                    flat.as_object().unwrap().iter().filter(|(n, _)| !n.starts_with("ls_"))
                {
                    has(&event, name, want.clone());
                }
                for kind in asked(flat) {
                    assert!(meets(&kind, &event.kinds), "{kind:?} {:?} {record}", event.kinds);
                }
                assert!(event.fields.iter().all(|(n, _)| !n.starts_with("ls_")));
                count += 1;
            }
        }
    }
    assert!(count > 300, "{count}");
}

#[test]
fn flat_events_are_of_the_kinds_that_sigma_gives_them() {
    let Some(data) = testdata::data_dir() else { return };
    for case in testdata::lines(&data.join("sigma/golden.dev.jsonl.gz")).unwrap() {
        let case: Value = serde_json::from_str(&case).unwrap();
        let get = |name: &str| case["logsource"][name].as_str().unwrap_or_default();
        let kinds = read(&case["event"]).kinds;
        let want = source(get("product"), get("category"), get("service"));
        assert!(meets(&want, &kinds), "{want:?} {kinds:?} {}", case["event"]);
    }
    for record in testdata::windows_events(&data).unwrap() {
        let record: Value = serde_json::from_str(&record).unwrap();
        let kinds = read(&record).kinds;
        for want in asked(&record) {
            assert!(meets(&want, &kinds), "{want:?} {kinds:?} {record}");
        }
    }
}

#[test]
fn every_ids_log_is_of_its_product() {
    let Some(data) = testdata::data_dir() else { return };
    for (kind, path) in testdata::ids_logs(&data).unwrap() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let service = name.split('.').next().unwrap_or_default();
        for record in testdata::lines(&path).unwrap() {
            let record: Value = serde_json::from_str(&record).unwrap();
            let event = read(&record);
            match kind {
                testdata::Kind::Zeek => {
                    is(&event, "zeek", "", service);
                    for (from, to) in [("id_orig_h", "id.orig_h"), ("id.orig_h", "id.orig_h")] {
                        if let Some(address) = record.get(from) {
                            has(&event, to, address.clone());
                        }
                    }
                    if service == "dns" && record.get("query").is_some() {
                        is(&event, "", "dns", "");
                        has(&event, "query", record["query"].clone());
                    }
                }
                testdata::Kind::Suricata if record["event_type"] == "stats" => {
                    is(&event, "suricata", "", "")
                }
                testdata::Kind::Suricata => {
                    is(&event, "suricata", "", "");
                    if let Some(url) =
                        record.pointer("/http/url").filter(|_| record["event_type"] == "http")
                    {
                        is(&event, "", "proxy", "");
                        is(&event, "", "webserver", "");
                        has(&event, "cs-uri", url.clone());
                    }
                    if let Some(name) = record.pointer("/dns/rrname") {
                        is(&event, "", "dns", "");
                        has(&event, "query", name.clone());
                    }
                }
            }
        }
    }
}

#[test]
fn windows_events_in_other_shapes() {
    let beat = json!({"winlog": {"channel": "Security", "event_id": "4688", "provider_name": "Microsoft-Windows-Security-Auditing",
        "event_data": {"NewProcessName": "C:\\a.exe", "ProcessCommandLine": "a -b"}}, "message": "A new process"});
    let event = read(&beat);
    is(&event, "windows", "process_creation", "security");
    has(&event, "EventID", 4688);
    has(&event, "Image", "C:\\a.exe");
    has(&event, "CommandLine", "a -b");
    let attributes = json!({"System": {"Provider": {"@Name": "PowerShell"}, "EventID": {"#text": "400", "@Qualifiers": "0"},
        "Channel": "Windows PowerShell"}, "EventData": {"Data": ["Available", "None", "HostVersion=2.0"]}});
    let event = read(&attributes);
    is(&event, "windows", "ps_classic_start", "powershell-classic");
    has(&event, "Data", "HostVersion=2.0");
    has(&event, "EventID", 400);
    has(&event, "Provider_Name", "PowerShell");
    let named = json!({"Event": {"System": {"EventID": 1116, "Channel": "Microsoft-Windows-Windows Defender/Operational"},
        "EventData": {"Data": [{"#attributes": {"Name": "Threat Name"}, "#text": "Mimikatz"}, {"@Name": "Path", "#text": "C:\\m.exe"}]}}});
    let event = read(&named);
    is(&event, "windows", "", "windefend");
    is(&event, "", "antivirus", "");
    ["Threat Name", "ThreatName", "Signature"].iter().for_each(|n| has(&event, n, "Mimikatz"));
    has(&event, "Filename", "C:\\m.exe");
    let wazuh = json!({"data": {"win": {"system": {"eventID": "1", "channel": "Microsoft-Windows-Sysmon/Operational"},
        "eventdata": {"image": "C:\\x.exe", "hashes": "MD5=AA,IMPHASH=BB"}}}});
    let event = read(&wazuh);
    is(&event, "windows", "process_creation", "sysmon");
    has(&event, "Image", "C:\\x.exe");
    has(&event, "Imphash", "BB");
    let plain = json!({"Image": "C:\\x.exe", "CommandLine": "x"});
    is(&read(&plain), "windows", "process_creation", "");
}

#[test]
fn linux_and_macos() {
    let event = line(
        r#"type=EXECVE msg=audit(1364481363.243:24287): argc=3 a0="cat" a1="/etc/passwd" a2=6120622063"#,
    );
    is(&event, "linux", "", "auditd");
    has(&event, "a1", "/etc/passwd");
    has(&event, "a2", "a b c");
    let event = line(
        r#"type=SYSCALL msg=audit(1.2:3): arch=c000003e syscall=59 success=yes comm="ls" exe="/bin/ls" key="susp_activity""#,
    );
    has(&event, "SYSCALL", "execve");
    has(&event, "exe", "/bin/ls");
    is(&event, "linux", "process_creation", "auditd");
    let laurel = json!({"ID": "1:2", "SYSCALL": {"exe": "/bin/cat", "SYSCALL": "execve"}, "EXECVE": {"argc": 2, "ARGV": ["cat", "/x"]}});
    let event = read(&laurel);
    is(&event, "linux", "process_creation", "auditd");
    has(&event, "CommandLine", "cat /x");
    has(&event, "a1", "/x");
    has(&event, "type", "EXECVE");
    let event = line(
        "<86>Jan  1 00:00:00 host sudo:   bob : TTY=pts/0 ; PWD=/ ; USER=#-1 ; COMMAND=/bin/ls -l",
    );
    is(&event, "linux", "", "sudo");
    has(&event, "USER", "#-1");
    has(&event, "COMMAND", "/bin/ls -l");
    is(&read(&json!({"program": "sshd", "message": "error"})), "linux", "", "sshd");
    let record = json!({"process": {"executable": "/bin/sh", "args": ["sh", "-c"]}, "host": {"os": {"type": "macos"}}});
    let event = read(&record);
    is(&event, "macos", "process_creation", "");
    has(&event, "CommandLine", "sh -c");
    let event = line(
        "<30>Jan  1 00:00:00 h sysmon: <Event><System><Provider Name=\"Linux-Sysmon\"/><EventID>1</EventID><Channel>Linux-Sysmon/Operational</Channel></System><EventData><Data Name=\"Image\">/bin/a&amp;b</Data></EventData></Event>",
    );
    is(&event, "linux", "process_creation", "");
    has(&event, "Image", "/bin/a&b");
}

#[test]
fn devices_and_servers() {
    let event = line(
        "Oct  1 00:00:00 r1 %PARSER-5-CFGLOG_LOGGEDCMD: User:x  logged command:username y privilege 15",
    );
    is(&event, "cisco", "", "aaa");
    let record = json!("<189>10: *Mar 1 1: %SYS-5-CONFIG_P: Configured");
    let event = read(&record);
    is(&event, "cisco", "", "syslog");
    let event = line(
        "1.2.3.4 - bob [10/Oct/2000:13:55:36 -0700] \"GET /a.jsp?x=1 HTTP/1.1\" 200 23 \"http://r/\" \"curl/8\"",
    );
    is(&event, "", "webserver", "");
    has(&event, "cs-uri-stem", "/a.jsp");
    has(&event, "c-uri-query", "x=1");
    has(&event, "cs-uri-query", "/a.jsp?x=1");
    has(&event, "cs-uri-query", "x=1");
    has(&event, "sc-status", 200);
    has(&event, "cs-user-agent", "curl/8");
    has(&event, "cs-referer", "http://r/");
    has(&event, "cs-username", "bob");
    is(
        &line("date=2020 devname=\"f\" logid=\"1\" type=\"event\" cfgpath=\"system.admin\""),
        "fortigate",
        "",
        "event",
    );
    is(&line("Traceback (most recent call last): OperationalError"), "python", "application", "");
}

#[test]
fn clouds_and_services() {
    let record = json!({"eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "requestParameters": {"a": {"b": 1}}});
    let event = read(&record);
    is(&event, "aws", "", "cloudtrail");
    has(&event, "requestParameters.a.b", 1);
    has(&event, "requestParameters", "{\"a\":{\"b\":1}}");
    let record = json!({"protoPayload": {"methodName": "dns.delete", "serviceName": "dns"}});
    let event = read(&record);
    is(&event, "gcp", "", "gcp.audit");
    has(&event, "gcp.audit.method_name", "dns.delete");
    has(&event, "data.protoPayload.methodName", "dns.delete");
    let record = json!({"category": "SignInLogs", "properties": {"clientAppUsed": "IMAP"}, "resultType": "0"});
    let event = read(&record);
    is(&event, "azure", "", "signinlogs");
    has(&event, "ClientApp", "IMAP");
    has(&event, "ResultType", "0");
    let record = json!({"Workload": "Exchange", "Operation": "New-InboxRule", "Parameters": [{"Name": "ForwardTo"}]});
    let event = read(&record);
    is(&event, "m365", "", "exchange");
    is(&event, "m365", "", "audit");
    is(
        &read(&json!({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "verb": "get"})),
        "kubernetes",
        "application",
        "audit",
    );
    is(&read(&json!({"eventType": "user.x", "actor": {"alternateId": "a"}})), "okta", "", "okta");
    is(&read(&json!({"action": "org.add_member", "actor": "a"})), "github", "", "audit");
    is(
        &read(&json!({"logtype": 4002, "node_id": "n", "logdata": {}})),
        "opencanary",
        "application",
        "",
    );
}

#[test]
fn hostile_records_are_read_without_harm() {
    let mut deep = json!("end");
    (0..120).for_each(|_| deep = json!({ "k".repeat(300): [deep] }));
    assert!(!read(&deep).fields.is_empty());
    for text in [
        "",
        "<",
        "<999",
        "%",
        "type=msg=audit(",
        "[",
        "=\"",
        "é=é",
        "a [b] \"",
        "Jan é",
        "<1>1 ",
        "<Event><Data",
        "<Event <EventID>",
    ] {
        line(text);
        read(&json!({"message": text, "type": "EXECVE", "a0": text}));
        read(&json!({"Event": {"System": {"EventID": text, "Channel": null}, "EventData": text}}));
    }
    for value in [
        json!(null),
        json!([]),
        json!(1.5),
        json!({}),
        json!({"Event": {"System": {"EventID": []}, "EventData": [[]]}}),
    ] {
        read(&value);
    }
}
