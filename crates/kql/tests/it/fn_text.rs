//! Texts and conversions, by the rows of the real engine.
use kql::functions::{Context, find};
use kql::value::{Dyn, Type, Value};

pub fn call(name: &str, args: &[Value]) -> Result<Value, String> {
    let function = find(name).unwrap_or_else(|| panic!("no function {name}"));
    assert!((function.least..=function.most).contains(&args.len()), "{name}: {}", args.len());
    (function.eval)(&Context { now: 0 }, args)
}

/// What JSON has as an argument.
pub fn arg(json: &serde_json::Value) -> Value {
    use serde_json::Value as J;
    match json {
        J::String(s) => Value::str(s),
        J::Number(n) if n.is_i64() => Value::Long(n.as_i64().unwrap_or(0)),
        J::Number(n) => Value::Real(n.as_f64().unwrap_or(0.0)),
        J::Bool(b) => Value::Bool(*b),
        J::Null => Value::Null,
        other => Value::dynamic(Dyn::from_json(other.clone())),
    }
}

/// Each line: a function, a JSON array of arguments, `=>`, and the value as `tostring` spells it.
pub fn table(lines: &str) {
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (call_text, wanted) =
            line.split_once(" => ").unwrap_or((line.trim_end_matches(" =>"), ""));
        let (name, args) = call_text.split_once(' ').expect("a function and arguments");
        let args: Vec<serde_json::Value> = serde_json::from_str(args).expect(line);
        let args: Vec<Value> = args.iter().map(arg).collect();
        let got = match call(name, &args) {
            Ok(Value::Null) => "null".to_owned(),
            Ok(value) => value.to_text().to_string(),
            Err(why) => format!("error: {why}"),
        };
        assert_eq!(got, wanted, "{line}");
    }
}

#[test]
fn lengths_parts_and_case() {
    table(
        r##"
        strlen ["hello"] => 5
        strlen ["👨‍👩‍👧"] => 5
        string_size ["⒦⒰⒮⒯⒪"] => 15
        substring ["hello", 1, 3] => ell
        substring ["hello", -2, 2] => lo
        substring ["abc", -2, 5] => bc
        substring ["hello", -100, 3] =>
        substring ["x", -1, 2] => x
        substring ["abc", 5, 3] =>
        substring ["𝓗ello", 0, 2] => 𝓗e
        toupper ["Ångström"] => ÅNGSTRÖM
        toupper ["Straße"] => STRAßE
        tolower ["ПРИВЕТ"] => привет
        reverse ["𝓗ello"] => olle𝓗
        strcat ["a", null, 1, true] => a1True
        strcat_delim ["-", 1, "2", "A"] => 1-2-A
        strrep ["ABC", 2] => ABCABC
        strrep [123, 3, "."] => 123.123.123
        strcmp ["abc", "ABC"] => 1
        strcmp ["ABC", "abc"] => -1
        translate ["krasp", "otsku", "spark"] => kusto
        translate ["abc", "", "ab"] =>
        translate ["abc", "x", "abc"] => xxx
        tohex [256] => 100
        tohex [-256] => ffffffffffffff00
        tohex [256, 8] => 00000100
        tohex [256, 2] => 100
        format_bytes [564] => 564 Bytes
        format_bytes [10332, 1] => 10.1 KB
        format_bytes [20010332] => 19 MB
        format_bytes [20010332, 2] => 19.08 MB
        format_bytes [20010332, 0, "KB"] => 19541 KB
        unicode_codepoints_from_string ["קוסטו"] => [1511,1493,1505,1496,1493]
        unicode_codepoints_to_string [[75, 117, 115], 116, 111] => Kusto
        isascii ["café"] => False
        punycode_from_string ["académie-française"] => acadmie-franaise-npb1a
        punycode_to_string ["acadmie-franaise-npb1a"] => académie-française
        punycode_domain_from_string ["bücher.example"] => xn--bcher-kva.example
        punycode_domain_to_string ["xn--bcher-kva.example"] => bücher.example
        "##,
    );
    assert_eq!(call("tohex", &[Value::Int(-256), Value::Long(8)]), Ok(Value::str("ffffff00")));
}

#[test]
fn places_and_pieces() {
    table(
        r##"
        indexof ["abcdefg", "cde"] => 2
        indexof ["abcdefg", "cde", 1, 4] => 2
        indexof ["abcdefg", "cde", 1, 2] => 2
        indexof ["abcdefg", "cde", 3, 4] => -1
        indexof ["abcdefg", "cde", -5] => 2
        indexof [1234567, 5, 1, 4] => 4
        indexof ["abcdefg", "cde", 2, -1] => 2
        indexof ["abcdefgabcdefg", "cde", 1, 10, 2] => 9
        indexof ["abcdefgabcdefg", "cde", 1, -1, 3] => -1
        indexof ["abc", ""] => null
        indexof ["O'Brien's", "'", 3] => 7
        indexof_regex ["abcabc", "a.c"] => 0
        indexof_regex ["abcabcdefg", "a.c", 0, 9, 2] => 3
        countof ["hello world", "l+", "regex"] => 2
        countof ["abcABCabc", "[a-z]", "regex"] => 6
        countof ["aaaa", "aa"] => 3
        countof ["ababa", "aba", "regex"] => 1
        has_any_index ["this is an example", ["not", "example"]] => 1
        has_any_index ["this is an example", []] => -1
        split ["aa_bb", "_"] => ["aa","bb"]
        split ["aaa_bbb_ccc", "_", 1] => ["bbb"]
        split ["", "_"] => [""]
        split ["a__b", "_"] => ["a","","b"]
        split ["noequals", "=", 1] => null
        parse_csv ["aa,\"b,b,b\",cc,\"Escaping quotes: \"\"Title\"\"\",\"line1\nline2\""] => ["aa","b,b,b","cc","Escaping quotes: \"Title\"","line1\nline2"]
        parse_version ["0.0.0.5"] => 5
        parse_version ["1.2.3.4"] => 1000000020000000300000004
        parse_version ["1"] => 1000000000000000000000000
        parse_version ["1.2.3.4.5"] => null
        parse_command_line ["echo \"hello world!\"", "windows"] => ["echo","hello world!"]
        parse_command_line ["a\\\\b \\\"c d", "windows"] => ["a\\\\b","\"c","d"]
        "##,
    );
}

#[test]
fn expressions() {
    table(
        r##"
        extract ["([0-9.]+) (s|ms)$", 1, "Operation took 127.5 ms"] => 127.5
        extract ["([0-9.]+) (s|ms)$", 3, "Operation took 127.5 ms"] =>
        extract ["(\\d+)", 0, "no match"] =>
        extract_all ["(\\d+)", "a set of numbers: 123, 567 and 789"] => ["123","567","789"]
        extract_all ["(\\w)(\\w+)(\\w)", [1, 3], "82b8be2d-dfa7"] => [["8","d"],["d","7"]]
        extract_all ["([a-z])(\\d)?", "aXb2"] => [["a",""],["b","2"]]
        extract_all ["(\\d+)", "nope"] => null
        extract_json ["$.name", "{\"name\": \"John\", \"age\": 30}"] => John
        extract_json ["$.a[1].b", "{\"a\": [1, {\"b\": [2]}]}"] => [2]
        extract_json ["$.none", "{}"] =>
        trim ["x", "xxabcxx"] => xabcx
        trim ["x", "xxx"] => x
        trim ["a*", "aaathis is a testaaaa"] => this is a test
        trim ["\\s+", "    Hello, world!    "] => Hello, world!
        trim_start ["\\s+", "  a"] => a
        trim_end [".com", "bing.com"] => bing
        regex_quote ["(so$me.Te^xt)"] => \(so\$me\.Te\^xt\)
        replace_regex ["abcABCabc", "(?i)abc", "#"] => ###
        replace_regex ["abcABCabc", "([a-z])([A-Z])", "\\1_\\2"] => abc_ABCabc
        replace ["x", "y", "xx"] => yy
        replace_string ["abcabc", "abc", ""] =>
        replace_string ["aaa", "", "X"] => aaa
        replace_strings ["This is an example of using replace_strings()", ["This", "is"], ["This", "was"]] => This was an example of using replace_strings()
        replace_strings ["This is an example of using replace_strings()", ["is", "This"], ["was", "This"]] => Thwas was an example of using replace_strings()
        "##,
    );
    assert!(call("extract", &[Value::str("("), Value::Long(0), Value::str("a")]).is_err());
    // what RE2 takes as it stands
    assert!(kql::functions::matches_regex("a{b}", "a{b}"));
    assert!(kql::functions::matches_regex("[&&", "^[[&]+$"));
}

#[test]
fn conversions() {
    table(
        r##"
        toint ["0x7FFFFFFF"] => 2147483647
        toint ["0X1f"] => 31
        toint ["-0x10"] => null
        tolong ["0xFFFFFFFFFFFFFFFF"] => -1
        toint ["2147483648"] => null
        toint ["5.9"] => null
        toint ["  123  "] => 123
        toint [-1.9999999999] => -1
        toint [1e30] => 2147483647
        tolong [-1e19] => -9223372036854775808
        tolong [2147483648.9] => 2147483648
        todouble ["1,234"] => null
        todouble ["5."] => 5.0
        todouble ["0x10"] => null
        todouble ["Inf"] => inf
        tobool ["tRuE"] => True
        tobool [" true"] => null
        tobool ["1.0"] => null
        tobool ["-1"] => True
        tobool [0.5] => True
        tostring [true] => True
        tostring [0.30000000000000004] => 0.30000000000000007
        tostring [0.3333333333333333] => 0.3333333333333333
        tostring [null] =>
        toguid ["10e99626bc2b4c75bb3efe606de25700"] => 10e99626-bc2b-4c75-bb3e-fe606de25700
        todatetime ["2015-12-31 23:59:59.9"] => 2015-12-31T23:59:59.9000000Z
        totimespan ["1.02:03:04.5"] => 1.02:03:04.5000000
        totimespan ["abc"] => null
        todecimal ["123.45678"] => 123.45678
        todecimal ["abc"] => null
        gettype [[1]] => array
        gettype [{"a": 1}] => dictionary
        gettype [null] => null
        gettype [1] => long
        gettype [1.5] => real
        "##,
    );
    assert_eq!(call("gettype", &[Value::dynamic(Dyn::Real(1.5))]), Ok(Value::str("double")));
    assert_eq!(call("toint", &[Value::TimeSpan(36_000_000_000)]), Ok(Value::Int(1_640_261_632)));
    assert_eq!(
        call("toint", &[Value::dynamic(Dyn::Long(2_147_483_648))]),
        Ok(Value::Int(i32::MIN))
    );
}

#[test]
fn nulls_and_choices() {
    table(
        r##"
        isnull [""] => False
        isnull [null] => True
        isempty [""] => True
        isempty [" "] => False
        isempty [[]] => False
        isnotempty ["x"] => True
        coalesce [null, 42, 33] => 42
        coalesce ["", "a"] => a
        coalesce ["", ""] =>
        iff [null, 1, 2] => 2
        iff [true, 1, 2.5] => 1.0
        iff [false, "x", null] =>
        case [false, 1, true, 2, 3] => 2
        not [null] => null
        not [true] => False
        assert [true, "no"] => True
        assert [false, "Length must be greater than zero"] => error: assert: Length must be greater than zero
        "##,
    );
    let of = |name: &str, types: &[Type]| find(name).map(|f| (f.result)(types));
    assert_eq!(of("coalesce", &[Type::Int, Type::Long]), Some(Type::Long));
    assert_eq!(of("coalesce", &[Type::Dynamic, Type::String]), Some(Type::String));
    assert_eq!(of("iff", &[Type::Bool, Type::Real, Type::Long]), Some(Type::Real));
    assert_eq!(
        of("case", &[Type::Bool, Type::Int, Type::Bool, Type::Int, Type::Long]),
        Some(Type::Long)
    );
}

#[test]
fn hashes() {
    table(
        r##"
        hash ["World"] => 1846988464401551951
        hash_xxhash64 ["World", 100] => 51
        hash_md5 ["World"] => f5a7924e621e84c9280a9a27e1bcb7f6
        hash_sha1 ["World"] => 70c07ec18ef89c5309bbb0937f3a6342411e1fdd
        hash_sha256 ["World"] => 78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524
        "##,
    );
    let day = |text: &str| call("todatetime", &[Value::str(text)]).expect("a datetime");
    assert_eq!(call("hash", &[day("2015-01-01")]), Ok(Value::Long(1_380_966_698_541_616_202)));
    assert_eq!(
        call("hash_md5", &[day("2020-01-01")]),
        Ok(Value::str("786c530672d1f8db31fee25ea8a9390b"))
    );
    assert_eq!(
        call(
            "hash_combine",
            &[
                call("hash", &[Value::str("a")]).expect("a hash"),
                call("hash", &[Value::str("b")]).expect("a hash")
            ]
        ),
        call("hash_many", &[Value::str("a"), Value::str("b")])
    );
}

const NAMES: &str = "
    strlen string_size strcat strcat_delim strrep substring tolower toupper reverse strcmp
    gzip_compress_to_base64_string zlib_compress_to_base64_string gzip_decompress_from_base64_string
    zlib_decompress_from_base64_string tostring toint tolong todouble todecimal tobool todatetime totimespan
    toguid gettype base64_encode_tostring base64_encode_fromarray base64_encode_fromguid base64_decode_tostring
    base64_decode_toarray base64_decode_toguid url_encode url_encode_component url_decode hash hash_xxhash64
    hash_md5 hash_sha1 hash_sha256 hash_many hash_combine has_ipv4 has_any_ipv4 has_ipv4_prefix
    has_any_ipv4_prefix parse_ipv4 parse_ipv4_mask ipv4_netmask_suffix ipv4_is_private ipv4_compare ipv4_is_match
    ipv4_is_in_range ipv4_is_in_any_range ipv4_range_to_cidr_list format_ipv4 format_ipv4_mask parse_ipv6
    parse_ipv6_mask ipv6_compare ipv6_is_match ipv6_is_in_range ipv6_is_in_any_range tohex format_bytes iff case
    not assert isnull isnotnull isempty isnotempty coalesce parse_path geo_info_from_ip_address extract
    extract_all extract_json trim trim_start trim_end regex_quote split parse_csv parse_version parse_command_line
    indexof indexof_regex countof has_any_index isascii isutf8 punycode_from_string punycode_to_string
    punycode_domain_from_string punycode_domain_to_string replace_string replace_strings replace_regex replace
    translate unicode_codepoints_from_string unicode_codepoints_to_string parse_url parse_urlquery
    parse_user_agent
";

/// No argument, however odd, may do more than fail.
#[test]
fn odd_arguments() {
    let odd = [
        Value::Null,
        Value::str(""),
        Value::str("\u{1F600}\u{0}é.:/\\\"%[({*"),
        Value::str("-99999999999999999999"),
        Value::str("255.255.255.255/0"),
        Value::str("::ffff:1.2.3.4/33"),
        Value::Long(i64::MIN),
        Value::Long(i64::MAX),
        Value::Real(f64::NAN),
        Value::Real(-1e300),
        Value::Int(-1),
        Value::dynamic(Dyn::Array(vec![
            Dyn::Null,
            Dyn::Long(i64::MAX),
            Dyn::str("%"),
            Dyn::Real(f64::INFINITY),
        ])),
        Value::dynamic(Dyn::Bag(vec![("a".into(), Dyn::Null)])),
    ];
    for name in NAMES.split_whitespace() {
        let function = find(name).expect("known");
        // five arguments are all that the functions on texts look at one by one
        for count in function.least.max(1)..=function.most.min(5) {
            for (at, first) in odd.iter().enumerate() {
                for (shift, second) in odd.iter().enumerate() {
                    let mut args = vec![first.clone(), second.clone()];
                    args.extend(
                        (0..3).map(|n| odd[(at * 7 + shift * 3 + n * 5) % odd.len()].clone()),
                    );
                    args.truncate(count);
                    let _ = (function.eval)(&Context { now: 0 }, &args);
                }
            }
        }
    }
    let long = "a".repeat(100_000);
    for (name, args) in [
        ("strrep", vec![Value::str(&long), Value::Long(1_000_000)]),
        ("replace_string", vec![Value::str(&long), Value::str("a"), Value::str(&long)]),
        ("replace_regex", vec![Value::str(&long), Value::str("a"), Value::str(&long)]),
        ("replace_strings", vec![Value::str(&long), Value::str("a"), Value::str(&long)]),
    ] {
        assert!(call(name, &args).is_err(), "{name}");
    }
}
