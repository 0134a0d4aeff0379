//! A record as a tree that borrows from its text: text without escapes is not copied, an object is a list of its members.
//!
//! Invariants:
//! - What `serde_json::Value` reads is read alike, and what it refuses is refused in the same words. Of members with one name the
//!   last value counts, at the place of the first; a whole number beyond 64 bits becomes a double.
//! - With one exception: a name that `serde_json` keeps for itself (`$serde_json::private::RawValue`) is a name like any other.
//!   `Value` would read the text under it as JSON in place of the object, beyond the limit on depth.
//! - What a member costs, to add and to find, does not grow with the object.
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::Number;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

/// Members that a record has room for at once. Objects inside it grow by and by: there may be thousands.
const USUAL: usize = 32;
/// From as many members on an object has an index; fewer are looked through.
const INDEXED: usize = 64;

/// A JSON value.
#[derive(Debug)]
pub enum Json<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Str(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// The members of an object in the order in which they came, each name once.
#[derive(Debug, Default)]
pub struct Object<'a> {
    members: Vec<(Cow<'a, str>, Json<'a>)>,
    /// The marks of all names: no member has a name whose mark is not among them.
    marks: u64,
    index: Option<Box<Index<'a>>>,
}

/// Where the member of a name stands, in an object with many.
#[derive(Debug)]
struct Index<'a>(HashMap<Cow<'a, str>, usize>);

/// A record's text as a tree.
///
/// # Errors
/// The text is not one JSON value, or one that lies too deep.
pub fn parse(raw: &str) -> Result<Json<'_>, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(raw);
    let read = json.deserialize_any(Reader { room: USUAL })?;
    json.end()?;
    Ok(read)
}

impl<'a> Json<'a> {
    /// The member of an object; `None` of everything else.
    pub fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.as_object()?.get(name)
    }

    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(s) => Some(s),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// A number that is written without fraction and exponent and has at most 63 bits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(n) => n.as_i64(),
            _ => None,
        }
    }

    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(n) => n.as_f64(),
            _ => None,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }
}

impl<'a> Object<'a> {
    pub fn len(&self) -> usize {
        self.members.len()
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json<'a>)> {
        self.members.iter().map(|(name, value)| (&**name, value))
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| &**name)
    }

    pub fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.place(name).map(|at| &self.members[at].1)
    }

    pub fn contains_key(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    fn place(&self, name: &str) -> Option<usize> {
        if self.marks & mark(name) == 0 {
            return None;
        }
        match &self.index {
            Some(index) => index.0.get(name).copied(),
            None => self.members.iter().position(|(known, _)| known == name),
        }
    }

    fn put(&mut self, name: Cow<'a, str>, value: Json<'a>) {
        if let Some(at) = self.place(&name) {
            self.members[at].1 = value;
            return;
        }
        self.marks |= mark(&name);
        if let Some(index) = &mut self.index {
            index.0.insert(name.clone(), self.members.len());
        }
        self.members.push((name, value));
        if self.members.len() == INDEXED {
            let names = self.members.iter().map(|(name, _)| name.clone());
            self.index = Some(Box::new(Index(names.zip(0..).collect())));
        }
    }
}

/// One bit of 64. Most names that an object does not have, and most that are new to it, are told by their mark alone.
fn mark(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let byte = |at: usize| bytes.get(at).map_or(0, |b| u64::from(*b));
    let ends = byte(0) | (byte(bytes.len() / 2) << 8) | (byte(bytes.len().wrapping_sub(1)) << 16);
    // the top bits of a product depend on all bits of its factors
    1_u64 << ((ends | ((bytes.len() as u64) << 24)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58)
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(Reader { room: 0 })
    }
}

struct Reader {
    /// For members of an object.
    room: usize,
}

impl<'de> Visitor<'de> for Reader {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Str(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Str(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json<'de>, A::Error> {
        let mut object = Object { members: Vec::with_capacity(self.room), ..Object::default() };
        while let Some(name) = members.next_key_seed(Name)? {
            let value = members.next_value()?;
            object.put(name, value);
        }
        Ok(Json::Object(object))
    }
}

/// The name of a member: `Cow` by itself never borrows.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Cow<'de, str>, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// As JSON again, with the same numbers and in the same order.
impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => out.serialize_unit(),
            Self::Bool(b) => out.serialize_bool(*b),
            Self::Number(n) => n.serialize(out),
            Self::Str(s) => out.serialize_str(s),
            Self::Array(list) => out.collect_seq(list),
            Self::Object(object) => out.collect_map(object.iter()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_small() {
        assert!(size_of::<Json<'_>>() <= 40, "{}", size_of::<Json<'_>>());
    }

    #[test]
    fn what_has_no_escapes_is_not_copied() {
        let read = parse(r#"{"a":"plain ü","b\n":"c\\d","e":["f","\u0067"]}"#).unwrap();
        let object = read.as_object().unwrap();
        let names: Vec<_> =
            object.members.iter().map(|(n, _)| matches!(n, Cow::Borrowed(_))).collect();
        assert_eq!(names, [true, false, true]);
        assert!(matches!(object.get("a"), Some(Json::Str(Cow::Borrowed("plain ü")))));
        assert_eq!(object.get("b\n").and_then(Json::as_str), Some(r"c\d"));
        let Some(Json::Array(list)) = object.get("e") else { panic!("no list: {read:?}") };
        assert!(matches!(&list[..], [Json::Str(Cow::Borrowed("f")), Json::Str(Cow::Owned(_))]));
    }

    #[test]
    fn of_one_name_the_last_value_counts_at_the_first_place() {
        let read = parse(r#"{"a":1,"b":2,"\u0061":3,"c":4,"b":null}"#).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"a":3,"b":null,"c":4}"#);
    }

    #[test]
    fn few_and_many_members_are_found() {
        for count in [0, 1, 2, INDEXED - 1, INDEXED, INDEXED + 1, 1_000] {
            // every second one changes the value of one that came long before
            let members: Vec<String> =
                (0..count).map(|n| format!(r#""k{n}":{n},"k{}":-{n}"#, n / 2)).collect();
            let text = format!("{{{}}}", members.join(","));
            let want: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(&text).unwrap();
            let read = parse(&text).unwrap();
            let object = read.as_object().unwrap();
            assert_eq!((object.len(), object.is_empty()), (count, count == 0));
            assert_eq!(object.index.is_some(), count >= INDEXED);
            assert!(object.keys().eq(want.keys()), "{text}");
            for (name, value) in &want {
                assert!(object.contains_key(name));
                assert_eq!(object.get(name).and_then(Json::as_i64), value.as_i64(), "{name}");
            }
            assert!(!object.contains_key("k") && object.get("").is_none());
        }
    }

    #[test]
    fn a_name_that_the_parser_keeps_for_itself_is_a_name() {
        let text = r#"{"$serde_json::private::RawValue":"{}"}"#;
        assert_eq!(serde_json::to_string(&parse(text).unwrap()).unwrap(), text);
    }
}
