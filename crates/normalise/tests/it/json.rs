//! The tree of a record is what `serde_json::Value` reads, and what it refuses is refused in the same words.
use normalise::{Json, parse};
use serde_json::Value;
use std::borrow::Cow;
use testdata::{data_dir, lines};

fn same(text: &str) {
    match (parse(text), serde_json::from_str::<Value>(text)) {
        (Ok(ours), Ok(general)) => {
            // the same digits in the same order
            assert_eq!(serde_json::to_string(&ours).unwrap(), general.to_string(), "{text:?}");
            alike(&ours, &general);
        }
        (Err(ours), Err(general)) => assert_eq!(ours.to_string(), general.to_string(), "{text:?}"),
        (ours, general) => panic!("{text:?}: {ours:?}, and in general {general:?}"),
    }
}

/// Every question has the same answer.
fn alike(ours: &Json, general: &Value) {
    assert_eq!(ours.as_str(), general.as_str());
    assert_eq!(ours.as_bool(), general.as_bool());
    assert_eq!(ours.as_i64(), general.as_i64());
    assert_eq!(ours.as_f64().map(f64::to_bits), general.as_f64().map(f64::to_bits));
    assert_eq!((ours.is_null(), ours.is_object()), (general.is_null(), general.is_object()));
    match (ours, general) {
        (Json::Object(object), Value::Object(map)) => {
            assert_eq!((object.len(), object.is_empty()), (map.len(), map.is_empty()));
            assert!(object.keys().eq(map.keys()));
            for (name, value) in map {
                assert!(object.contains_key(name), "{name:?}");
                alike(ours.get(name).unwrap(), value);
            }
        }
        (Json::Array(list), Value::Array(items)) => {
            assert_eq!(list.len(), items.len());
            list.iter().zip(items).for_each(|(a, b)| alike(a, b));
        }
        _ => assert!(ours.get("a").is_none()),
    }
}

const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "1.0",
    "-0.0",
    "7.5",
    "1e5",
    "1E+5",
    "1e-5",
    "12345.678e-2",
    "1588205199.82437",
    "0.1",
    "3.141592653589793238462643383279",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "123456789012345678901234567890",
    "1e308",
    "1e309",
    "-1e309",
    "1e999",
    "1e-999",
    "0e999",
    "1e99999999999",
    "0e99999999999",
    "5e-324",
    "01",
    "-",
    "-a",
    "1.",
    ".5",
    "+1",
    "1e",
    "0x10",
    "NaN",
    "Infinity",
];

const LEAVES: &[&str] = &[
    "null",
    "true",
    "false",
    r#""""#,
    r#""plain""#,
    r#""ünï\u0000\u00e9""#,
    r#""\"\\\/\b\f\n\r\t""#,
    r#""C:\\Windows\\System32""#,
    r#""\ud83d\ude00""#,
    r#""\ud83d""#,
    r#""\ude00""#,
    r#""\ud83d\ud83d""#,
    r#""\u12""#,
    r#""\x""#,
    "\"tab\there\"",
    "\"nul\0here\"",
    "\"\u{7f}\u{2028}\u{feff}\"",
    "\"open",
    "nul",
    "True",
    "'a'",
    "[]",
    "{}",
    "[1,]",
    r#"{"a"}"#,
    r#"{"a":}"#,
    r#"{"a":1,}"#,
    r#"{,}"#,
    r#"{a:1}"#,
    r#"{1:1}"#,
    r#"{"a" 1}"#,
    r#"{"a":1 "b":2}"#,
    "[1 2]",
    "[1}",
    r#"{"a":1]"#,
];

#[test]
fn leaves_and_faults_are_read_alike() {
    for text in NUMBERS.iter().chain(LEAVES) {
        same(text);
        same(&format!(" \t\r\n{text}\n "));
        same(&format!("\u{feff}{text}"));
        same(&format!("{text}\0"));
        same(&format!("{text} x"));
        same(&format!("[{text},{text}]"));
        same(&format!(r#"{{"a":{text},"b":[{text}],"a":{text}}}"#));
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            same(&text[..end]);
        }
    }
}

#[test]
fn of_one_name_the_last_value_counts_at_the_first_place() {
    for text in [
        r#"{"a":1,"b":2,"a":3}"#,
        r#"{"a":1,"\u0061":{"b":1,"b":[]},"a":null,"":1,"":2}"#,
        r#"{"\n":1,"\u000a":2,"é":3,"\u00e9":4,"\ud83d\ude00":5,"😀":6}"#,
    ] {
        same(text);
    }
    for count in [62, 63, 64, 65, 66, 5_000] {
        let members = |every: usize| -> Vec<String> {
            (0..count).map(|n| format!(r#""key_{}":{n}"#, n % every)).collect()
        };
        for every in [1, 7, 63, 64, 65, 4_999, 5_000] {
            same(&format!("{{{}}}", members(every).join(",")));
        }
    }
}

#[test]
fn depth_has_the_same_limit() {
    for depth in [1, 2, 126, 127, 128, 129, 10_000] {
        same(&format!("{}1{}", "[".repeat(depth), "]".repeat(depth)));
        same(&format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth)));
        same(&format!("{}1{}", r#"[{"a":"#.repeat(depth / 2), "}]".repeat(depth / 2)));
        same(&"[".repeat(depth));
    }
}

/// Writes JSON that no sender would: names twice, names spelled with escapes, objects with hundreds of members.
struct Odd(u64);

impl Odd {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn name(&mut self, out: &mut String) {
        const NAMES: &[&str] = &[
            "",
            "a",
            "\\u0061",
            "b",
            "\\n",
            "é",
            "\\u00e9",
            "a.b",
            "@a",
            "#text",
            "\\ud83d\\ude00",
        ];
        out.push('"');
        match self.below(2) {
            0 => out.push_str(NAMES[self.below(NAMES.len())]),
            _ => out.push_str(&format!("name_{}", self.below(120))),
        }
        out.push_str("\":");
    }

    fn value(&mut self, depth: usize, out: &mut String) {
        match self.below(if depth > 5 { 4 } else { 8 }) {
            // the last ones of both lists are faults
            0 | 1 => out.push_str(NUMBERS[self.below(23)]),
            2 | 3 => out.push_str(LEAVES[self.below(9)]),
            kind => {
                let many = self.below(12) == 0;
                let (count, inside) = if many { (200, depth + 4) } else { (7, depth + 1) };
                let (open, close) = if kind < 7 { ('{', '}') } else { ('[', ']') };
                out.push(open);
                for n in 0..self.below(count) {
                    out.push_str(if n > 0 { "," } else { "" });
                    if open == '{' {
                        self.name(out);
                    }
                    self.value(inside, out);
                }
                out.push(close);
            }
        }
    }
}

#[test]
fn odd_trees_and_what_is_left_of_them_are_read_alike() {
    let seed = 0x0ddb_a115_0000_0001;
    println!("seed {seed:#x}");
    let mut odd = Odd(seed);
    for _ in 0..1_500 {
        let mut text = String::new();
        odd.value(0, &mut text);
        same(&text);
        let end = text.floor_char_boundary(odd.below(text.len() + 1));
        same(&text[..end]);
        let mark = ["\"", "{", "}", "]", ",", ":", "\\", "\0", "e", "-"][odd.below(10)];
        text.insert_str(end, mark);
        same(&text);
    }
}

#[test]
fn every_real_record_is_read_alike_and_copied_only_where_it_has_escapes() {
    let Some(data) = data_dir() else { return };
    let mut files = vec![data.join("sigma/bench20k.jsonl.gz")];
    for folder in ["suricata", "zeek/otrf-apt29-day1-NASHUA", "zeek/wrccdc"] {
        let inside =
            std::fs::read_dir(data.join("ids").join(folder)).unwrap().map(|e| e.unwrap().path());
        files.extend(inside.filter(|p| p.is_file() && p.extension().is_none_or(|e| e != "rules")));
    }
    for file in files {
        for line in lines(&file).unwrap() {
            same(&line);
            assert!(line.contains('\\') || borrows(&parse(&line).unwrap()), "{line}");
        }
    }
}

fn borrows(json: &Json) -> bool {
    match json {
        Json::Str(s) => matches!(s, Cow::Borrowed(_)),
        Json::Array(list) => list.iter().all(borrows),
        Json::Object(object) => object.iter().all(|(_, value)| borrows(value)),
        _ => true,
    }
}
