//! Records that break readers: each gets a verdict of its own, its neighbours are kept, and SQLite and PostgreSQL keep the same.
use super::{on_postgres, on_sqlite};
use crate::{
    drive::TOKEN,
    outcome::Outcome,
    rig::{STILL, busy},
    tools::Tools,
};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Client, Options, TestServer};

/// A name, and a body as it is sent.
fn bodies() -> Vec<(String, Vec<u8>)> {
    let around = |inside: &str| {
        format!(r#"{{"event_type":"hostile","severity":"low","details":{{{inside}}}}}"#)
    };
    let deep = |n: usize| format!("\"a\":{}{}", "[".repeat(n), "]".repeat(n));
    let objects = |n: usize| format!("{}1{}", "\"a\":{".repeat(n) + "\"b\":", "}".repeat(n));
    let keys = |n: usize| (0..n).map(|i| format!("\"k{i}\":{i}")).collect::<Vec<_>>().join(",");
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, body: Vec<u8>| all.push((name.to_owned(), body));
    for (name, inside) in [
        ("arrays 20 deep", deep(20)),
        ("arrays 100 deep", deep(100)),
        ("arrays 100,000 deep", deep(100_000)),
        ("objects 20,000 deep", objects(20_000)),
        ("a key of 100 kB", format!("\"{}\":1", "k".repeat(100_000))),
        ("a text of 200 kB", format!("\"a\":\"{}\"", "t".repeat(200_000))),
        ("a text of 400 kB", format!("\"a\":\"{}\"", "t".repeat(400_000))),
        ("10,000 keys", keys(10_000)),
        ("1e999", "\"a\":1e999".into()),
        ("1e-999", "\"a\":1e-999".into()),
        ("-0 and -0.0", "\"a\":-0,\"b\":-0.0".into()),
        ("i64 + 1", "\"a\":9223372036854775808,\"b\":-9223372036854775809".into()),
        ("u64 + 1", "\"a\":18446744073709551616".into()),
        ("many digits", format!("\"a\":{}.{}", "9".repeat(400), "9".repeat(400))),
        ("NaN", "\"a\":NaN".into()),
        ("a lone high surrogate", r#""a":"\ud800""#.into()),
        ("a lone low surrogate", r#""a":"\udc00x""#.into()),
        ("a pair the wrong way", r#""a":"\udc00\ud800""#.into()),
        ("NUL in a value", r#""a":"x\u0000y","message":"m\u0000n""#.into()),
        ("NUL in a key", r#""k\u0000l":1"#.into()),
        ("the same key twice", r#""a":1,"a":"two""#.into()),
        ("odd keys", r##""":1,"__proto__":{"x":1},"$ref":"#","a.b":1,"a":{"b":2}"##.into()),
        ("control characters", r#""a":"\u0001\u001b[31m\u0085\u2028\ufffe""#.into()),
        ("right to left", r#""a":"\u202egnp.exe""#.into()),
        ("mixed list", r#""a":[1,"1",1.5,null,true,{"b":[]},[]]"#.into()),
        ("a comment", r#""a":1/*x*/"#.into()),
        ("a comma too many", r#""a":1,"#.into()),
    ] {
        add(name, around(&inside).into_bytes());
        // the same between two neighbours
        let line = |token: &str| around(&format!("\"token\":\"{token}\""));
        let lines = [line("before"), around(&inside), line("after")].join("\n");
        add(&format!("{name}, among others"), lines.into_bytes());
    }
    for (name, text) in [
        ("nothing", ""),
        ("a blank", " "),
        ("an empty list", "[]"),
        ("a list of nothing", "[[],null,3,\"x\",true,{}]"),
        ("a text", "\"x\""),
        ("a number", "123"),
        ("half", "{\"event_type\":\"hostile\""),
        ("quotes of another kind", "{'event_type':'hostile'}"),
        ("a byte order mark", "\u{feff}{\"event_type\":\"hostile\",\"severity\":\"low\"}"),
        (
            "types that do not fit",
            r#"[{"event_type":7,"severity":"low"},{"event_type":"x","severity":7},{"event_type":"x","severity":"low","details":[]}]"#,
        ),
        ("NUL in the type", r#"{"event_type":"a\u0000b","severity":"low","category":"c\u0000d"}"#),
        (
            "times that cannot be",
            r#"[{"event_type":"t","severity":"low","timestamp":"9999-99-99T99:99:99Z"},{"event_type":"t","severity":"low","timestamp":-9223372036854775808},{"event_type":"t","severity":"low","timestamp":"9999-12-31T23:59:59Z"}]"#,
        ),
    ] {
        add(name, text.as_bytes().to_vec());
    }
    add(
        "a long type",
        format!("{{\"event_type\":\"{}\",\"severity\":\"low\"}}", "t".repeat(100_000)).into_bytes(),
    );
    add(
        "no UTF-8",
        b"{\"event_type\":\"hostile\",\"severity\":\"low\",\"details\":{\"a\":\"\xff\xfe\"}}"
            .to_vec(),
    );
    add(
        "a NUL byte",
        b"{\"event_type\":\"hostile\",\"severity\":\"low\",\"details\":{\"a\":\"\0\"}}".to_vec(),
    );
    all
}

pub async fn run(tools: &Tools) -> Outcome {
    let mut outcome = Outcome::begin("hostile-json");
    let sqlite = verdicts(tools, on_sqlite(tools), &mut outcome).await;
    if let Some(options) = on_postgres(&mut outcome).await {
        let postgres = verdicts(tools, options, &mut outcome).await;
        for (one, other) in sqlite.iter().zip(&postgres) {
            outcome.expect(one == other, || {
                let short =
                    |v: &(String, Value)| v.1.to_string().chars().take(300).collect::<String>();
                format!("{}: {} on SQLite, {} on PostgreSQL", one.0, short(one), short(other))
            });
        }
        outcome
            .expect(sqlite.len() == postgres.len(), || "one answered more than the other".into());
    }
    outcome.end()
}

/// What was said to each body, and what is kept in the end.
async fn verdicts(tools: &Tools, options: Options, outcome: &mut Outcome) -> Vec<(String, Value)> {
    let mut server = TestServer::start(busy(options).program(&tools.program)).await;
    let client = server.anonymous();
    let (mut all, mut accepted) = (Vec::new(), 0);
    for (name, body) in bodies() {
        outcome.tries += 1;
        let (status, answer) = send(&client, body).await;
        outcome.expect((200..500).contains(&status), || format!("{name}: {status} {answer}"));
        accepted += match answer["accepted"].as_i64() {
            Some(n) => n,
            None => i64::from(status == 200),
        };
        all.push((name, json!([status, without_ids(answer)])));
    }
    let admin = server.admin().await;
    let missing =
        testkit::worked_off(STILL, async || admin.count("").await.abs_diff(accepted)).await;
    assert_eq!(missing, 0, "of {accepted} events that were accepted");
    outcome.acked += accepted.unsigned_abs();
    for (what, path) in [("events", "/events"), ("dead letters", "/dead-letters")] {
        let mut rows: Vec<String> = Vec::new();
        for row in admin.all(path, &[]).await {
            rows.push(without_ids(row).to_string());
        }
        // both databases list them in their own order where times are equal
        rows.sort_unstable();
        all.push((what.to_owned(), json!(rows)));
    }
    outcome.expect(!server.log().contains("panicked"), || "the log speaks of a panic".into());
    let status = server.terminate().await;
    outcome.expect(status.success(), || format!("the server ended with {status}"));
    let out = server.run(&["check"]).await;
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    outcome.expect(out.status.success(), || format!("check: {said}"));
    all
}

async fn send(client: &Client, body: Vec<u8>) -> (u16, Value) {
    let request = client
        .bare(Method::POST, "/events")
        .header("x-agent-token", TOKEN)
        .header("content-type", "application/json")
        .body(body);
    let reply = client.send(request).await;
    let answer = serde_json::from_slice(&reply.body).unwrap_or_else(|_| json!(reply.text()));
    (reply.status, answer)
}

/// The answer without what differs from run to run: ids, times of receipt.
fn without_ids(mut answer: Value) -> Value {
    const OWN: [&str; 8] = [
        "id",
        "event_id",
        "first_id",
        "request_id",
        "created_at",
        "received_time",
        "received_at",
        "took_ms",
    ];
    if let Value::Object(map) = &mut answer {
        OWN.iter().for_each(|name| drop(map.remove(*name)));
        // an event without a time of its own has that of its receipt
        map.remove("timestamp");
    }
    answer
}
