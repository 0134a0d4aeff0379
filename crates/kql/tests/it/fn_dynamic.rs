//! Functions on dynamic values, with what the real engine gives.
use kql::functions::{Context, find, path, schema_of};
use kql::value::{Dyn, Type, Value, time};

pub fn call(name: &str, args: &[Value]) -> Value {
    let function = find(name).expect(name);
    assert!((function.least..=function.most).contains(&args.len()), "{name}: {}", args.len());
    (function.eval)(&Context { now: 0 }, args).expect(name)
}

pub fn json(text: &str) -> Value {
    Value::dynamic(Dyn::parse(text).expect(text))
}

pub fn long(n: i64) -> Value {
    Value::Long(n)
}

/// The result as JSON, without quotes around texts.
pub fn shown(name: &str, args: &[Value]) -> String {
    match call(name, args) {
        Value::Null => "null".to_owned(),
        value => value.to_text().to_string(),
    }
}

#[test]
fn arrays() {
    let five = json("[1,2,3,4,5]");
    let two = [five.clone(), long(2)];
    for (name, args, result) in [
        ("array_rotate_left", vec![five.clone(), long(-2)], "[4,5,1,2,3]"),
        ("array_rotate_right", two.to_vec(), "[4,5,1,2,3]"),
        ("array_rotate_right", vec![five.clone(), long(-2)], "[3,4,5,1,2]"),
        ("array_shift_left", two.to_vec(), "[3,4,5,null,null]"),
        ("array_shift_left", vec![five.clone(), long(2), long(-1)], "[3,4,5,-1,-1]"),
        ("array_shift_left", vec![five.clone(), long(-2), long(-1)], "[-1,-1,1,2,3]"),
        ("array_shift_right", two.to_vec(), "[null,null,1,2,3]"),
        ("array_shift_right", vec![five.clone(), long(2), long(-1)], "[-1,-1,1,2,3]"),
        ("array_shift_right", vec![five.clone(), long(i64::MIN)], "[null,null,null,null,null]"),
        ("array_slice", vec![five.clone(), long(1), long(3)], "[2,3,4]"),
        ("array_slice", vec![five.clone(), long(-2), long(-1)], "[4,5]"),
        ("array_slice", vec![five.clone(), long(2), long(-2)], "[3,4]"),
        ("array_slice", vec![five.clone(), long(0), long(100)], "[1,2,3,4,5]"),
        ("array_slice", vec![five.clone(), long(3), long(1)], "[]"),
        ("array_slice", vec![five.clone(), long(i64::MIN), long(i64::MAX)], "[1,2,3,4,5]"),
        ("array_split", two.to_vec(), "[[1,2],[3,4,5]]"),
        ("array_split", vec![five.clone(), json("[1,3]")], "[[1],[2,3],[4,5]]"),
        ("array_split", vec![five.clone(), json("[1,3,-2]")], "[[1],[2,3],[],[4,5]]"),
        ("array_reverse", vec![five.clone()], "[5,4,3,2,1]"),
        ("array_concat", vec![json("{\"a\":1}"), Value::Null, json("[99]")], "[99]"),
        ("array_concat", vec![json("[1,2]"), json("[99]")], "[1,2,99]"),
        ("array_length", vec![json("{\"a\":1}")], "null"),
        ("array_length", vec![json("[null,null]")], "2"),
        ("array_sum", vec![json("[1,null,3]")], "4.0"),
        ("array_sum", vec![json("[1,\"a\"]")], "null"),
        ("pack_array", vec![long(1), Value::Null, Value::str("x")], "[1,null,\"x\"]"),
        (
            "zip",
            vec![json("[\"A\",1,1.5]"), json("[{},\"B\"]")],
            "[[\"A\",{}],[1,\"B\"],[1.5,null]]",
        ),
        ("repeat", vec![long(1), long(3)], "[1,1,1]"),
        ("repeat", vec![long(1), long(-3)], "null"),
        ("repeat", vec![long(1), long(0)], "[]"),
    ] {
        assert_eq!(shown(name, &args), result, "{name} {args:?}");
    }
}

#[test]
fn array_iff() {
    let iff = |c: &str, yes: Value, no: Value| shown("array_iff", &[json(c), yes, no]);
    assert_eq!(iff("[true,false,true]", json("[1,2,3]"), json("[4,5,6]")), "[1,5,3]");
    assert_eq!(iff("[\"some\",null,{}]", long(1), long(0)), "[null,null,null]");
    assert_eq!(iff("[true,true,true]", json("[1,2]"), json("[3,4]")), "[1,2,null]");
    assert_eq!(iff("[1,0]", long(7), long(8)), "[7,8]");
}

#[test]
fn array_index_of() {
    let words = json(r#"["this","is","an","example","an","example"]"#);
    let of =
        |args: &[Value]| shown("array_index_of", &[std::slice::from_ref(&words), args].concat());
    let text = Value::str;
    assert_eq!(of(&[text("an")]), "2");
    assert_eq!(of(&[text("example"), long(1), long(3)]), "3");
    assert_eq!(of(&[text("example"), long(1), long(2)]), "-1");
    assert_eq!(of(&[text("example"), long(2), long(-1)]), "3");
    assert_eq!(of(&[text("an"), long(1), long(-1), long(2)]), "4");
    assert_eq!(of(&[text("an"), long(1), long(-1), long(3)]), "-1");
    assert_eq!(of(&[text("an"), long(-3)]), "4");
    assert_eq!(of(&[text("is"), long(-4)]), "-1");
    assert_eq!(of(&[text("is"), long(0), long(-2)]), "null");
    assert_eq!(shown("array_index_of", &[json("[5,15]"), Value::Real(15.0)]), "1");
}

#[test]
fn array_sort() {
    let nulls = json(r#"[null,"blue","yellow","green",null]"#);
    let asc = |args: &[Value]| shown("array_sort_asc", args);
    let desc = |args: &[Value]| shown("array_sort_desc", args);
    assert_eq!(asc(std::slice::from_ref(&nulls)), r#"["blue","green","yellow",null,null]"#);
    assert_eq!(asc(&[nulls.clone(), Value::Bool(false)]), r#"[null,null,"blue","green","yellow"]"#);
    assert_eq!(desc(std::slice::from_ref(&nulls)), r#"["yellow","green","blue",null,null]"#);
    assert_eq!(desc(&[nulls, Value::Bool(false)]), r#"[null,null,"yellow","green","blue"]"#);
    assert_eq!(
        desc(&[json("[1,3,4,5,2]"), json(r#"["a","b","c","d","e"]"#)]),
        r#"[[5,4,3,2,1],["d","c","b","e","a"]]"#
    );
    assert_eq!(asc(&[json("[2,1.5,1]"), json("[1]")]), "[[1,1.5,2],null]");
    assert_eq!(asc(&[Value::Null]), "null");
}

#[test]
fn texts_of_arrays() {
    let joined = |array: &str| shown("strcat_array", &[json(array), Value::str("|")]);
    assert_eq!(joined(r#"["a",null,"","b"]"#), "a|||b");
    assert_eq!(joined("[1,true,{\"a\":1}]"), "1|true|{\"a\":1}");
    assert_eq!(joined("[]"), "");
}

#[test]
fn ranges() {
    assert_eq!(shown("range", &[long(1), long(8), long(3)]), "[1,4,7]");
    assert_eq!(shown("range", &[long(3), long(1), long(-1)]), "[3,2,1]");
    assert_eq!(shown("range", &[long(1), long(3)]), "[1,2,3]");
    assert_eq!(shown("range", &[Value::Real(1.0), long(3), long(1)]), "[1.0,2.0,3.0]");
    assert_eq!(
        shown("range", &[Value::TimeSpan(time::HOUR), Value::TimeSpan(3 * time::HOUR)]),
        r#"["01:00:00","02:00:00","03:00:00"]"#
    );
    let day = [0, 1].map(|days| Value::DateTime(time::UNIX + days * time::DAY));
    assert_eq!(
        shown("range", &[day[0].clone(), day[1].clone(), Value::TimeSpan(time::DAY)]),
        r#"["1970-01-01T00:00:00.0000000Z","1970-01-02T00:00:00.0000000Z"]"#
    );
    let many = call("range", &[long(1), long(1_000_000_000)]);
    assert_eq!(call("array_length", &[many]), long(1_048_576));
    assert_eq!(shown("range", &[long(i64::MAX), long(i64::MAX)]), "[9223372036854775807]");
    assert_eq!(shown("range", &[long(1), long(2), long(0)]), "[]");
}

#[test]
fn bags() {
    let ab = json(r#"{"a":1,"b":2}"#);
    let deep = json(r#"{"key1":123,"key2":{"prop1":"abc","prop2":"xyz"},"key3":[100,200]}"#);
    let text = Value::str;
    for (name, args, result) in [
        ("bag_merge", vec![ab.clone(), json(r#"{"b":3,"c":4}"#)], r#"{"a":1,"b":2,"c":4}"#),
        ("bag_keys", vec![ab.clone()], r#"["a","b"]"#),
        ("bag_keys", vec![json("[1]")], "null"),
        ("bag_keys", vec![json("{}")], "[]"),
        ("bag_has_key", vec![ab.clone(), text("a")], "True"),
        ("bag_has_key", vec![ab.clone(), text("c")], "False"),
        ("bag_has_key", vec![deep.clone(), text("$.key2.prop1")], "True"),
        ("bag_remove_keys", vec![ab.clone(), json(r#"["b","d"]"#)], r#"{"a":1}"#),
        (
            "bag_remove_keys",
            vec![deep, json(r#"["$.key2.prop1","key3"]"#)],
            r#"{"key1":123,"key2":{"prop2":"xyz"}}"#,
        ),
        ("bag_set_key", vec![ab.clone(), text("c"), long(3)], r#"{"a":1,"b":2,"c":3}"#),
        ("bag_set_key", vec![ab, text("$.d.e"), long(3)], r#"{"a":1,"b":2,"d":{"e":3}}"#),
        ("bag_zip", vec![json(r#"["a","b"]"#), json(r#"[1,"2",2.5]"#)], r#"{"a":1,"b":"2"}"#),
        ("bag_zip", vec![json(r#"["a",8,"b"]"#), json(r#"[1,"2",2.5]"#)], r#"{"a":1,"b":2.5}"#),
        ("bag_zip", vec![json(r#"["a",8,"b"]"#), long(1)], r#"{"a":null,"b":null}"#),
        ("bag_zip", vec![text("a"), json("[1]")], "null"),
        ("pack", vec![text("x"), long(1), text("y"), Value::Null], r#"{"x":1,"y":null}"#),
    ] {
        assert_eq!(shown(name, &args), result, "{name} {args:?}");
    }
    let odd = (find("bag_pack").expect("bag_pack").eval)(&Context { now: 0 }, &[text("x")]);
    assert!(odd.is_err());
}

#[test]
fn sets() {
    let of = |name: &str, sets: &[&str]| {
        shown(name, &sets.iter().map(|set| json(set)).collect::<Vec<_>>())
    };
    assert_eq!(of("set_difference", &["[1,2,1,4]", "[1,2]", "[1,2,8]"]), "[4]");
    assert_eq!(of("set_difference", &["[1,2,3]", "[1,2,3]"]), "[]");
    assert_eq!(of("set_difference", &["[null,1,null,2]", "[null]"]), "[1,2]");
    assert_eq!(of("set_union", &["[1,2,1,4]", "[1,2]", "[8]"]), "[1,2,4,8]");
    assert_eq!(of("set_intersect", &["[1,2,3]", "[4,5]"]), "[]");
    assert_eq!(of("set_intersect", &["[1,2,2,3]", "[3,2]"]), "[2,3]");
    assert_eq!(
        of("set_union", &[r#"[{"a":1,"b":2}]"#, r#"[{"b":2,"a":1.0},{"a":1}]"#]),
        r#"[{"a":1,"b":2},{"a":1}]"#
    );
    assert_eq!(of("set_union", &["[1,true,1.0]"]), "[1,true]");
    assert_eq!(of("set_equals", &["[1,2,2]", "[2,1]"]), "True");
    assert_eq!(of("jaccard_index", &["[1,2,3]", "[1,2,3,4]"]), "0.75");
    assert_eq!(of("set_has_element", &["[1,2,3]", "2"]), "True");
    assert_eq!(of("set_has_element", &["[1,2,3]", "\"2\""]), "False");
}

#[test]
fn json_and_back() {
    let parse = |text: &str| call("parse_json", &[Value::str(text)]);
    assert_eq!(parse("null"), Value::Null);
    assert_eq!(parse(""), Value::Null);
    assert_eq!(&*parse("not json").to_text(), "not json");
    assert_eq!(parse("not json").type_of(), Some(Type::Dynamic));
    assert_eq!(&*parse("[12.898878935281557]").to_text(), "[12.898878935281557]");
    assert_eq!(call("todynamic", &[long(5)]).type_of(), Some(Type::Dynamic));
    assert_eq!(
        shown("dynamic_to_json", &[json(r#"{"Y":{},"X":{"c":1,"a":6},"A1":12,"A14":[15]}"#)]),
        r#"{"A1":12,"A14":[15],"X":{"a":6,"c":1},"Y":{}}"#
    );
    assert_eq!(
        shown("treepath", &[json(r#"{"list":[100,"abc",{"x":"y"}],"b":1}"#)]),
        r#"["['list']","['list'][0]","['list'][0]['x']","['b']"]"#
    );
}

#[test]
fn xml() {
    let parse = |text: &str| shown("parse_xml", &[Value::str(text)]);
    assert_eq!(parse("<e/>"), r#"{"e":null}"#);
    assert_eq!(parse("<e>text</e>"), r#"{"e":"text"}"#);
    assert_eq!(parse("<e name=\"value\" />"), r#"{"e":{"@name":"value"}}"#);
    assert_eq!(parse("<e name='v'>a &lt;&#98;</e>"), r##"{"e":{"@name":"v","#text":"a <b"}}"##);
    assert_eq!(parse("<e> <a>1</a> <b>2</b> </e>"), r#"{"e":{"a":"1","b":"2"}}"#);
    assert_eq!(parse("<e><a>1</a><a>2</a></e>"), r#"{"e":{"a":["1","2"]}}"#);
    assert_eq!(parse("<e> t <a>1</a></e>"), r##"{"e":{"#text":"t","a":"1"}}"##);
    assert_eq!(
        parse("<?xml version=\"1.0\"?><!-- c --><e><![CDATA[<x>]]><!-- d --></e>\n"),
        r#"{"e":"<x>"}"#
    );
    for wrong in ["", "x", "<e>", "<e></f>", "<e/><f/>", "<e a></e>", "<e>&nope;</e>", "<e"] {
        assert_eq!(parse(wrong), "null", "{wrong}");
    }
    assert_eq!(parse(&"<a>".repeat(100_000)), "null");
}

#[test]
fn paths() {
    let value = Dyn::parse(r#"{"a":{"b":[1,{"x y":2}]},"c":[[3]]}"#).expect("JSON");
    let at = |p: &str| path::find(&value, p).map(Dyn::to_json);
    assert_eq!(at("$.a.b[0]").as_deref(), Some("1"));
    assert_eq!(at("$['a'][\"b\"][-1]['x y']").as_deref(), Some("2"));
    assert_eq!(at("$.c[0][0]").as_deref(), Some("3"));
    assert_eq!(at("$.a.none"), None);
    assert_eq!(path::parse(&format!("${}", ".a".repeat(1_000))), None);
    for wrong in ["a", "$a", "$..a", "$.", "$[", "$['a", "$[x]", "$['a'x"] {
        assert_eq!(path::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn schemas() {
    let values = [
        r#"{"x":1,"y":3.5}"#,
        r#"{"x":"somevalue","z":[1,2,3]}"#,
        r#"{"y":{"w":"zzz"},"t":["aa","bb"],"z":["foo"]}"#,
    ]
    .map(|text| Dyn::parse(text).expect("JSON"));
    let expected = r#"{"y":[{"w":"string"},"double"],"z":{"`indexer`":["long","string"]},"t":{"`indexer`":"string"},"x":["long","string"]}"#;
    assert_eq!(schema_of(&values), Dyn::parse(expected).expect("JSON"));
    assert_eq!(schema_of(&[]), Dyn::Null);
}
