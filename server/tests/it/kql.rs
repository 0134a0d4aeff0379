//! KQL over files, as a stranger types it.
use std::{fs, process::Command};

#[test]
fn queries_over_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("hunt.kql");
    let run = |arguments: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_eventsec"))
            .args(arguments)
            .arg(&file)
            .output()
            .expect("it runs");
        (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned())
    };
    fs::write(
        &file,
        "let since = ago(1d);\n\nSecurityEvent\n| where TimeGenerated > since\n| count\n",
    )
    .expect("written");
    let (status, said) = run(&["kql", "check"]);
    assert_eq!((status, said.as_str()), (Some(0), "1 queries, 0 with errors\n"));

    fs::write(&file, "T | count\n\nT\n| wher x == 1\n").expect("written");
    let (status, said) = run(&["kql", "check"]);
    assert_eq!(status, Some(1));
    assert!(
        said.contains("hunt.kql:4:3: error KQL005") && said.contains("2 queries, 1 with errors"),
        "{said}"
    );

    fs::write(&file, "{\"a\":1,\"s\":\"x\"}\n{\"a\":2,\"s\":\"y\"}\n{\"a\":3,\"s\":\"x\"}\n")
        .expect("written");
    let local = |query: &str, output: &str| {
        let table = format!("--table=T={}", file.display());
        let out = Command::new(env!("CARGO_BIN_EXE_eventsec"))
            .args(["kql", "local", &table, "--output", output, query])
            .output()
            .expect("it runs");
        (
            out.status.code(),
            format!(
                "{}{}",
                String::from_utf8_lossy(&out.stdout),
                String::from_utf8_lossy(&out.stderr)
            ),
        )
    };
    assert_eq!(
        local("T | summarize n = sum(a) by s | sort by s asc", "csv"),
        (Some(0), "s,n\nx,4\ny,2\n".to_owned())
    );
    assert_eq!(
        local("T | where a == 3 | project s, b = dynamic({\"c\":[1]})", "jsonl"),
        (Some(0), "{\"s\":\"x\",\"b\":{\"c\":[1]}}\n".to_owned())
    );
    let (status, said) = local("T | where b == 1", "table");
    assert!(
        status == Some(1)
            && said.contains("1:11: error KQL100: there is no column `b`; there are a, s"),
        "{said}"
    );

    fs::write(&file, "{\"query\":\"T | take 1\"}\n{\"query\":\"T | take (\"}\n{}\n")
        .expect("written");
    let (status, said) = run(&["kql", "parse", "--jsonl"]);
    assert_eq!(status, Some(1));
    assert!(said.starts_with("1\tok\n2\tfailed\t1:"), "{said}");
    assert!(said.ends_with("1 passed, 2 failed\n"), "{said}");
}
