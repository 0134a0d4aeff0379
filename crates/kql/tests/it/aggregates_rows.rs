//! Aggregates that keep rows or collect values: `arg_max`, `take_any`, lists, sets, bags, schemas.
use super::aggregates::{json, one, outputs, text, with};
use kql::value::{Type, Value};

fn names(name: &str, types: &[Type], rows: &[Vec<Value>]) -> Vec<String> {
    outputs(name, types, rows).unwrap_or_default().iter().map(text).collect()
}

fn texts(values: &[&str]) -> Vec<Value> {
    values.iter().map(Value::str).collect()
}

#[test]
fn the_row_of_an_extreme() {
    let rows: Vec<_> = [(10, 100), (10, 50), (20, 200)]
        .map(|(v, w)| vec![Value::Long(v), Value::Long(w)])
        .to_vec();
    let types = [Type::Long, Type::Long];
    assert_eq!(names("arg_max", &types, &rows), ["20", "200"]);
    assert_eq!(names("argmin", &types, &rows), ["10", "100"]);
}

#[test]
fn extremes_pass_over_nulls() {
    let types = [Type::Int, Type::String];
    let row = |n: Option<i32>, s: &str| vec![n.map_or(Value::Null, Value::Int), Value::str(s)];
    let apple = [row(Some(1), "Red"), row(None, "Green")];
    assert_eq!(names("arg_min", &types, &apple), ["1", "Red"]);
    let late = [row(None, "Green"), row(Some(1), "Red")];
    assert_eq!(names("arg_max", &types, &late), ["1", "Red"]);
    let banana = [row(None, "Yellow"), row(None, "Green")];
    assert_eq!(names("arg_min", &types, &banana), ["null", "Yellow"]);
    assert_eq!(names("arg_max", &types, &banana), ["null", "Yellow"]);
    assert_eq!(names("arg_max", &types, &[]), ["null", ""]);
}

#[test]
fn extremes_of_texts_and_times() {
    assert_eq!(one("max", Type::String, texts(&["b", "", "a"])), "b");
    assert_eq!(one("min", Type::String, texts(&["b", "a"])), "a");
    let times = || [Value::DateTime(2), Value::Null, Value::DateTime(1)];
    assert_eq!(one("min", Type::DateTime, times()), text(&Value::DateTime(1)));
    assert_eq!(one("max", Type::Bool, [Value::Bool(false), Value::Bool(true)]), "True");
    assert_eq!(one("max", Type::Dynamic, [json("3"), json("10")]), "10");
}

#[test]
fn any() {
    assert_eq!(one("take_any", Type::String, texts(&["", "x", "y"])), "x");
    assert_eq!(one("any", Type::Long, [Value::Null, Value::Long(7)]), "7");
    let rows = [vec![Value::Null, Value::str("a")], vec![Value::Long(1), Value::str("b")]];
    // all from one row
    assert_eq!(names("take_any", &[Type::Long, Type::String], &rows), ["null", "a"]);
}

#[test]
fn lists() {
    assert_eq!(one("make_list", Type::String, texts(&["a", "", "b"])), r#"["a","","b"]"#);
    let values = [json(r#"{"a":1}"#), json("[1,2]"), Value::Null];
    assert_eq!(one("make_list", Type::Dynamic, values), r#"[{"a":1},1,2]"#);
    assert_eq!(one("make_list", Type::Bool, [Value::Bool(true)]), "[true]");
    let many: Vec<_> = (0..200).map(Value::Long).collect();
    assert_eq!(one("makelist", Type::Long, many.clone()).matches(',').count(), 127);
    assert_eq!(one("makeset", Type::Long, many.clone()).matches(',').count(), 127);
    let rows: Vec<_> = many.into_iter().map(|n| vec![n, Value::Long(3)]).collect();
    let types = [Type::Long, Type::Long];
    assert_eq!(names("make_list", &types, &rows), ["[0,1,2]"]);
    assert_eq!(names("makeset", &types, &rows), ["[0,1,2]"]);
    let with_predicate: Vec<_> =
        (0..9).map(|n| vec![Value::Long(n), Value::Bool(n > 4), Value::Long(2)]).collect();
    let types = [Type::Long, Type::Bool, Type::Long];
    assert_eq!(names("make_list_if", &types, &with_predicate), ["[5,6]"]);
    let negative = [None, Some(Value::Long(-1))];
    assert!(with("make_list", &[Type::Long, Type::Long], &negative, &[]).is_err());
    assert!(with("make_set", &[Type::Long, Type::Long], &[None, None], &[]).is_err());
}

#[test]
fn sets() {
    assert_eq!(
        one("make_set", Type::String, texts(&["b", "a", "c", "a", "b"])),
        r#"["b","a","c"]"#
    );
    assert_eq!(one("make_set", Type::String, texts(&["", ""])), r#"[""]"#);
    let arrays = [r#"["A1","A2","A3"]"#, r#"["A2","C1"]"#, r#"["C2","A3"]"#].map(json);
    assert_eq!(one("make_set", Type::Dynamic, arrays), r#"["A1","A2","A3","C1","C2"]"#);
    let bags = [r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, "1", "true", "\"1\""].map(json);
    assert_eq!(one("make_set", Type::Dynamic, bags), r#"[{"a":1,"b":2},1,true,"1"]"#);
    let reals = [1.5, f64::NAN, f64::NAN, 1.5].map(Value::Real);
    assert_eq!(one("make_set", Type::Real, reals), r#"[1.5,"NaN"]"#);
}

#[test]
fn bags() {
    let bags = [r#"{"a":1}"#, r#"{"a":2,"b":3}"#, "5", r#"{"c":null}"#].map(json);
    assert_eq!(one("make_bag", Type::Dynamic, bags), r#"{"a":1,"b":3,"c":null}"#);
    let rows = [
        vec![json(r#"{"prop01":"val_a"}"#), Value::Bool(true)],
        vec![json(r#"{"prop02":"val_b"}"#), Value::Bool(false)],
    ];
    let types = [Type::Dynamic, Type::Bool];
    assert_eq!(names("make_bag_if", &types, &rows), [r#"{"prop01":"val_a"}"#]);
    let rows = [vec![json(r#"{"a":1,"b":2}"#), Value::Long(1)]];
    assert_eq!(names("make_bag", &[Type::Dynamic, Type::Long], &rows), [r#"{"a":1}"#]);
}

#[test]
fn schemas() {
    let values = [
        r#"{"x":1,"y":3.5}"#,
        r#"{"x":"somevalue","z":[1,2,3]}"#,
        r#"{"y":{"w":"zzz"},"t":["aa","bb"],"z":["foo"]}"#,
    ]
    .map(json);
    let found = one("buildschema", Type::Dynamic, values);
    let expected = json(
        r#"{"y":[{"w":"string"},"double"],"z":{"`indexer`":["long","string"]},"t":{"`indexer`":"string"},"x":["long","string"]}"#,
    );
    assert_eq!(json(&found), expected, "{found}");
    assert_eq!(one("buildschema", Type::Dynamic, [json("true")]), "bool");
    assert_eq!(
        one("buildschema", Type::Dynamic, [json(r#"{"a":null,"b":null}"#), json(r#"{"a":1}"#)]),
        r#"{"a":"long","b":"null"}"#
    );
}

#[test]
fn memory_is_told() {
    let Some(list) = kql::aggregates::find("make_list") else { panic!("make_list") };
    let Ok(mut state) = (list.start)(&[Type::String], &[None]) else { panic!("start") };
    let before = state.bytes();
    state.add(&[Value::str("x".repeat(1_000))]);
    assert!(state.bytes() >= before + 1_000);
}
