//! Cuts a request's body into records without judging them: one object, an array, or one object a line.
use crate::intake::Item;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// Records that one `POST /ingest/network/bulk` may hold.
pub const MAX_NETWORK_EVENTS: usize = 1_000;

/// What the body as a whole was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    One,
    Many,
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub enum CutError {
    #[error("the body is not UTF-8 text: byte {0} is wrong")]
    Text(usize),
    #[error("the body is empty")]
    Empty,
    #[error("the body is not JSON: {0}")]
    Json(String),
    #[error("the batch holds {0} events, at most {1} are taken at once")]
    TooMany(usize, usize),
}

/// `{…}` is one record; `[…]` and several lines are many. A line that is not JSON is a record that will be refused when it is read,
/// its neighbours are not touched, but some line must be JSON; an array that is not JSON cannot be cut and is refused whole.
pub fn cut(body: &[u8], max: usize) -> Result<(Shape, Vec<Item>), CutError> {
    let text = std::str::from_utf8(body).map_err(|e| CutError::Text(e.valid_up_to()))?;
    // a byte order mark is what Windows tools put first
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(CutError::Empty);
    }
    if text.starts_with('[') {
        let records = Records::read(text, max).map_err(|e| CutError::Json(e.to_string()))?;
        limit(records.count, max)?;
        return Ok((Shape::Many, records.kept.into_iter().map(record).collect()));
    }
    match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) => Ok((Shape::One, vec![record(raw)])),
        // one object over several lines that is broken reads as lines, none of which is JSON: that is one bad body
        Err(whole) => {
            let lines = || text.lines().map(str::trim).filter(|l| !l.is_empty());
            limit(lines().count(), max)?; // before anything is made of them: a line may be one byte
            if !lines().any(|l| serde_json::from_str::<&RawValue>(l).is_ok()) {
                return Err(CutError::Json(whole.to_string()));
            }
            // whether the others are JSON is found out when they are read
            Ok((Shape::Many, lines().map(|l| Item::Record(l.into())).collect()))
        }
    }
}

fn limit(n: usize, max: usize) -> Result<(), CutError> {
    if n > max { Err(CutError::TooMany(n, max)) } else { Ok(()) }
}

/// The items of a list, of which no more are kept than the reader takes: a list of a million numbers is two megabytes as sent.
pub struct Records<'a> {
    /// The first ones, at most one more than the limit.
    pub kept: Vec<&'a RawValue>,
    /// How many there are.
    pub count: usize,
}

impl<'a> Records<'a> {
    fn read(text: &'a str, max: usize) -> serde_json::Result<Self> {
        let mut json = serde_json::Deserializer::from_str(text);
        let records = AtMost(max).deserialize(&mut json)?;
        json.end().map(|()| records)
    }

    /// For `deserialize_with`.
    fn of_network<D: Deserializer<'a>>(json: D) -> Result<Self, D::Error> {
        AtMost(MAX_NETWORK_EVENTS).deserialize(json)
    }
}

struct AtMost(usize);

impl<'de> DeserializeSeed<'de> for AtMost {
    type Value = Records<'de>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for AtMost {
    type Value = Records<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<Self::Value, S::Error> {
        let mut records = Records { kept: Vec::new(), count: 0 };
        while let Some(raw) = items.next_element::<&RawValue>()? {
            records.count += 1;
            if records.kept.len() <= self.0 {
                records.kept.push(raw);
            }
        }
        Ok(records)
    }
}

pub fn record(raw: &RawValue) -> Item {
    Item::Record(raw.get().into())
}

/// The body of `POST /ingest/network/bulk`.
#[derive(Deserialize)]
pub struct NetworkBody<'a> {
    pub source: NetworkSource,
    pub sensor: SensorBody,
    #[serde(borrow, deserialize_with = "Records::of_network")]
    pub events: Records<'a>,
    #[serde(default)]
    pub meta: Option<Meta>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkSource {
    Suricata,
    Zeek,
}

#[derive(Deserialize)]
pub struct SensorBody {
    pub name: String,
    pub kind: NetworkSource,
    #[serde(default)]
    pub location: Option<String>,
}

#[derive(Default, Deserialize)]
pub struct Meta {
    /// The file the records come from; its name tells a Zeek log's type where the records do not.
    #[serde(default)]
    pub file: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(body: &str) -> (Shape, Vec<String>) {
        let (shape, items) = cut(body.as_bytes(), 10).unwrap();
        let text = |item| match item {
            Item::Record(text) => text.to_string(),
            Item::Unreadable { raw, .. } => panic!("a text was judged: {raw}"),
        };
        (shape, items.into_iter().map(text).collect())
    }

    #[test]
    fn three_shapes_are_told_apart() {
        assert_eq!(texts("{\"a\":1}"), (Shape::One, vec!["{\"a\":1}".into()]));
        assert_eq!(texts("{\"a\":\n1}\n"), (Shape::One, vec!["{\"a\":\n1}".into()]));
        assert_eq!(texts("\u{feff}[{}, 3]"), (Shape::Many, vec!["{}".into(), "3".into()]));
        assert_eq!(texts("{}\n\n{}\r\n"), (Shape::Many, vec!["{}".into(), "{}".into()]));
    }

    #[test]
    fn a_bad_line_leaves_its_neighbours() {
        let lines = ["{\"b\":", "{\"a\":1}", "{\"c\":3}"].map(String::from);
        assert_eq!(texts(&lines.join("\n")), (Shape::Many, lines.into()));
    }

    #[test]
    fn what_cannot_be_cut_is_refused_whole() {
        assert_eq!(cut(b" \n", 10).err(), Some(CutError::Empty));
        assert_eq!(cut(b"{\"a\":\xff}", 10).err(), Some(CutError::Text(5)));
        assert!(matches!(cut(b"[{},", 10), Err(CutError::Json(_))));
        assert!(matches!(cut(b"hello", 10), Err(CutError::Json(_))));
        assert_eq!(cut(b"[1,2,3]", 2).err(), Some(CutError::TooMany(3, 2)));
        assert_eq!(cut(b"1\n2\n3", 2).err(), Some(CutError::TooMany(3, 2)));
    }

    #[test]
    fn a_list_is_counted_whole_and_kept_in_part() {
        let text = format!("[{}1]", "1,".repeat(9_999));
        let records = Records::read(&text, 3).unwrap();
        assert_eq!((records.count, records.kept.len()), (10_000, 4));
        assert!(Records::read("[1] x", 3).is_err() && Records::read("{}", 3).is_err());
        let body = format!(
            "{{\"source\":\"zeek\",\"sensor\":{{\"name\":\"a\",\"kind\":\"zeek\"}},\"events\":{text}}}"
        );
        let body: NetworkBody<'_> = serde_json::from_str(&body).unwrap();
        assert_eq!((body.events.count, body.events.kept.len()), (10_000, MAX_NETWORK_EVENTS + 1));
    }

    #[test]
    fn records_are_kept_to_the_letter() {
        let (_, items) = cut(b"[ {\"b\" : 1.0, \"a\":\"\\u0041\"} ]", 10).unwrap();
        let Item::Record(raw) = &items[0] else { panic!("not a record") };
        assert_eq!(&**raw, "{\"b\" : 1.0, \"a\":\"\\u0041\"}");
    }
}
