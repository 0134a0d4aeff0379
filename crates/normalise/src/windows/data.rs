//! Event data in its several JSON shapes, as names and values.
use super::System;
use crate::json::Json;

/// Elements inside each other that are followed.
const MAX_DEPTH: usize = 4;

/// Adds what an `EventData` or `UserData` element holds.
pub(super) fn collect<'a>(element: &'a Json<'a>, system: &mut System<'a>, depth: usize) {
    match element {
        Json::Object(map) => {
            for (key, value) in map.iter() {
                match (key, value) {
                    ("#attributes" | "$" | "_attributes" | "@attributes", _) => {}
                    (k, _) if k.starts_with('@') || k.starts_with("xmlns") => {}
                    ("Data" | "#text", v) => items(v, system),
                    // an element that only wraps others, as UserData does
                    (_, Json::Object(inner)) if depth < MAX_DEPTH => match inner.get("#text") {
                        Some(text) => system.data.push((key, text)),
                        None => collect(value, system, depth + 1),
                    },
                    (_, v) => system.data.push((key, v)),
                }
            }
        }
        Json::Null => {}
        other => items(other, system),
    }
}

/// `Data`: named elements, plain strings, or one of them alone.
fn items<'a>(value: &'a Json<'a>, system: &mut System<'a>) {
    match value {
        Json::Array(list) => list.iter().for_each(|v| item(v, system)),
        other => item(other, system),
    }
}

fn item<'a>(value: &'a Json<'a>, system: &mut System<'a>) {
    let Json::Object(map) = value else {
        if !value.is_null() {
            system.unnamed.push(value);
        }
        return;
    };
    let name = ["#attributes", "$", "_attributes", "@attributes"]
        .into_iter()
        .find_map(|k| map.get(k).and_then(|a| a.get("Name")))
        .or_else(|| map.get("@Name"))
        .or_else(|| map.get("Name"))
        .and_then(Json::as_str);
    let text =
        ["#text", "text", "Value", "_", "$t", "content"].into_iter().find_map(|k| map.get(k));
    match (name, text) {
        (Some(name), Some(text)) => system.data.push((name, text)),
        (None, Some(Json::Array(list))) => system.unnamed.extend(list),
        (None, Some(text)) => system.unnamed.push(text),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use serde_json::json;

    #[test]
    fn every_shape_of_named_data_reads_alike() {
        for shape in [
            json!({"Image": "a.exe", "User": "x"}),
            json!({"Data": [{"#attributes": {"Name": "Image"}, "#text": "a.exe"}, {"#attributes": {"Name": "User"}, "#text": "x"}]}),
            json!({"Data": [{"@Name": "Image", "#text": "a.exe"}, {"@Name": "User", "#text": "x"}]}),
            json!({"Data": [{"Name": "Image", "Value": "a.exe"}, {"Name": "User", "Value": "x"}]}),
            json!({"#attributes": {"Name": "ignored"}, "Image": {"#text": "a.exe"}, "User": "x"}),
        ] {
            let text = shape.to_string();
            let read = parse(&text).unwrap();
            let mut s = System::default();
            collect(&read, &mut s, 0);
            let got: Vec<_> = s.data.iter().map(|(k, v)| (*k, v.as_str().unwrap())).collect();
            assert_eq!(got, [("Image", "a.exe"), ("User", "x")], "{shape}");
        }
    }

    #[test]
    fn strings_without_names_are_kept_in_order() {
        for shape in
            [json!({"Data": ["a", "b"]}), json!({"Data": {"#text": ["a", "b"]}}), json!(["a", "b"])]
        {
            let text = shape.to_string();
            let read = parse(&text).unwrap();
            let mut s = System::default();
            collect(&read, &mut s, 0);
            let got: Vec<_> = s.unnamed.iter().map(|v| v.as_str().unwrap()).collect();
            assert_eq!(got, ["a", "b"], "{shape}");
        }
    }
}
