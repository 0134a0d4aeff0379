//! The page of results as a file: JSON with all fields and the record as sent, or CSV with the columns of the list.
use crate::server_fns::events::EventLine;
use leptos::prelude::*;
use model::explore::EventRow;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlAnchorElement, Url};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Json,
    Csv,
}

/// A cell, quoted where it must be. A text that a spreadsheet would run as a formula gets a quote before it.
fn cell(text: &str, out: &mut String) {
    let formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(&text);
    }
}

fn csv(events: &[EventRow]) -> String {
    let mut out =
        String::from("id,time,severity,dataset,event_type,category,host,user,message\r\n");
    for row in events {
        let line = EventLine::from(row);
        let value = |pair: Option<(String, String)>| pair.map(|(_, v)| v).unwrap_or_default();
        let cells = [
            row.id.to_string(),
            row.time.rfc3339(),
            row.severity.to_string(),
            row.dataset.clone(),
            row.event_type.clone(),
            row.category.clone(),
            value(line.host),
            value(line.user),
            row.message.clone(),
        ];
        for (i, text) in cells.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            cell(text, &mut out);
        }
        out.push_str("\r\n");
    }
    out
}

/// Text of the file and its name.
pub fn file(events: &[EventRow], format: Format) -> (String, &'static str) {
    match format {
        Format::Json => (serde_json::to_string_pretty(events).unwrap_or_default(), "events.json"),
        Format::Csv => (csv(events), "events.csv"),
    }
}

/// Hands a text to the browser as a file to keep. Called from event handlers only.
pub fn save(text: &str, name: &str) {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let url = Blob::new_with_str_sequence(&parts)
        .and_then(|blob| Url::create_object_url_with_blob(&blob));
    let link = document().create_element("a").map(|e| e.dyn_into::<HtmlAnchorElement>());
    if let (Ok(url), Ok(Ok(link))) = (url, link) {
        link.set_href(&url);
        link.set_download(name);
        link.click();
        let _ = Url::revoke_object_url(&url);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Micros, Severity};

    fn row(message: &str) -> EventRow {
        EventRow {
            id: 1,
            time: Micros(0),
            received_at: Micros(0),
            dataset: "zeek.conn".into(),
            source: "zeek".into(),
            event_type: "conn".into(),
            category: String::new(),
            severity: Severity::Info,
            message: message.into(),
            fields: vec![("user.name".into(), "=cmd()".into())],
            raw: "{}".into(),
            sample: false,
        }
    }

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let text = csv(&[row("a \"b\", c\nd")]);
        let line = text.split_once("\r\n").unwrap().1;
        assert_eq!(
            line,
            "1,1970-01-01T00:00:00.000000Z,info,zeek.conn,conn,,,'=cmd(),\"a \"\"b\"\", c\nd\"\r\n"
        );
        let mut number = String::new();
        cell("-4.5", &mut number);
        assert_eq!(number, "-4.5");
    }

    #[test]
    fn json_keeps_the_whole_event() {
        let rows = [row("m")];
        let (text, name) = file(&rows, Format::Json);
        assert_eq!(serde_json::from_str::<Vec<EventRow>>(&text).unwrap(), rows);
        assert_eq!(name, "events.json");
    }
}
