//! From the JSON of a rule to a condition, with every fault and its place.
use crate::condition::{Condition, Test};
use crate::key::Key;
use crate::text::{Cidr, Folded, Glob};
use model::FieldError;
use model::fieldmap::Kind;
use model::rule::OPERATORS;
use serde_json::{Map, Value};

/// Groups inside each other.
pub const MAX_DEPTH: usize = 8;
/// Values that one rule compares with.
pub const MAX_LEAVES: usize = 2_000;
/// Characters of one value or key.
pub const MAX_TEXT: usize = 4_096;

/// Whether conditions compile; the faults have pointers such as `/conditions/dst_port`.
pub fn check(conditions: &Map<String, Value>) -> Result<(), Vec<FieldError>> {
    compile(conditions).map(|_| ())
}

pub(crate) fn compile(conditions: &Map<String, Value>) -> Result<Condition, Vec<FieldError>> {
    let mut c = Compiler::default();
    if conditions.is_empty() {
        c.fault(
            "/conditions",
            "required",
            "needs at least one condition: an empty object would match every event",
        );
    }
    let condition = c.group(conditions, "/conditions", 0);
    if c.leaves > MAX_LEAVES {
        c.fault(
            "/conditions",
            "too_many",
            format!("compares with {} values, at most {MAX_LEAVES} are allowed", c.leaves),
        );
    }
    if c.faults.is_empty() { Ok(condition) } else { Err(c.faults) }
}

#[derive(Default)]
struct Compiler {
    faults: Vec<FieldError>,
    leaves: usize,
}

/// A key as a part of a JSON pointer.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The operator that a key is or most likely means: other spellings, other languages' words, a letter too few or too many.
fn meant(key: &str) -> Option<&'static str> {
    let plain = |s: &str| s.replace(['_', '-', ' '], "").to_ascii_lowercase();
    let name = plain(key);
    let word = match name.as_str() {
        "eq" | "in" => "equals",
        "like" | "wildcard" | "matches" => "glob",
        "ne" | "neq" => "not",
        "ge" => "gte",
        "le" => "lte",
        other => other,
    };
    let near = |operator: &str| {
        strsim::osa_distance(word, &plain(operator)) <= usize::from(operator.len() > 4)
    };
    OPERATORS.into_iter().find(|o| near(o))
}

impl Compiler {
    fn fault(&mut self, pointer: &str, code: &str, message: impl Into<String>) {
        self.faults.push(FieldError {
            pointer: pointer.into(),
            code: code.into(),
            message: message.into(),
        });
    }

    fn group(&mut self, map: &Map<String, Value>, at: &str, depth: usize) -> Condition {
        if depth > MAX_DEPTH {
            self.fault(at, "too_deep", format!("lies in more than {MAX_DEPTH} groups"));
            return Condition::All(Vec::new());
        }
        let mut all = Vec::with_capacity(map.len());
        for (key, value) in map {
            let at = format!("{at}/{}", escaped(key));
            let condition = match (key.as_str(), value) {
                ("any", v) => Condition::Any(self.members(v, &at, depth)),
                ("all", v) => Condition::All(self.members(v, &at, depth)),
                ("not", v) => Condition::Not(Box::new(match v {
                    Value::Object(_) => self.member(v, &at, depth),
                    v => Condition::Any(self.members(v, &at, depth)),
                })),
                (key, v) => self.field(key, v, &at),
            };
            all.push(condition);
        }
        if all.len() == 1 { all.swap_remove(0) } else { Condition::All(all) }
    }

    fn members(&mut self, value: &Value, at: &str, depth: usize) -> Vec<Condition> {
        match value {
            Value::Array(list) if !list.is_empty() => list
                .iter()
                .enumerate()
                .map(|(i, v)| self.member(v, &format!("{at}/{i}"), depth))
                .collect(),
            _ => {
                self.fault(at, "type", "must be a list of condition objects");
                Vec::new()
            }
        }
    }

    fn member(&mut self, value: &Value, at: &str, depth: usize) -> Condition {
        match value {
            Value::Object(map) if !map.is_empty() => self.group(map, at, depth + 1),
            _ => {
                self.fault(at, "type", "must be an object with at least one condition");
                Condition::All(Vec::new())
            }
        }
    }

    fn field(&mut self, name: &str, value: &Value, at: &str) -> Condition {
        if name.trim().is_empty() || name.chars().count() > MAX_TEXT {
            self.fault(at, "key", "must name a field");
        }
        let key = Key::new(name);
        let tests = match value {
            // any other object is a value; a slip of the pen would be one that never matches
            Value::Object(map) if map.keys().any(|k| meant(k).is_some()) => {
                self.operators(map, at, &key, 0)
            }
            other => vec![self.equality(other, at, &key)],
        };
        Condition::Field(Box::new(key), tests)
    }

    fn equality(&mut self, value: &Value, at: &str, key: &Key) -> Test {
        let list = match value {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        };
        self.leaves += list.len();
        let list = list
            .into_iter()
            .map(|v| {
                self.text_limit(&v, at);
                match v {
                    // such a column holds text only: a number could never match
                    Value::Number(n) if matches!(key.kind(), Some(Kind::Keyword | Kind::Text)) => {
                        Value::String(n.to_string())
                    }
                    v => v,
                }
            })
            .collect();
        Test::Equals(list)
    }

    fn text_limit(&mut self, value: &Value, at: &str) {
        if value.as_str().is_some_and(|s| s.chars().count() > MAX_TEXT) {
            self.fault(at, "too_long", format!("has a text of more than {MAX_TEXT} characters"));
        }
    }

    fn operators(
        &mut self,
        map: &Map<String, Value>,
        at: &str,
        key: &Key,
        depth: usize,
    ) -> Vec<Test> {
        if depth > MAX_DEPTH {
            self.fault(at, "too_deep", format!("lies in more than {MAX_DEPTH} operators"));
            return Vec::new();
        }
        map.iter()
            .filter_map(|(name, value)| {
                self.operator(name, value, &format!("{at}/{}", escaped(name)), key, depth)
            })
            .collect()
    }

    fn operator(
        &mut self,
        name: &str,
        value: &Value,
        at: &str,
        key: &Key,
        depth: usize,
    ) -> Option<Test> {
        Some(match name {
            "contains" => Test::Contains(self.folded(value, at)),
            "contains_all" => Test::ContainsAll(self.folded(value, at)),
            "startswith" => Test::StartsWith(self.folded(value, at)),
            "endswith" => Test::EndsWith(self.folded(value, at)),
            "equals" => Test::Is(self.folded(value, at)),
            "glob" => Test::Glob(self.texts(value, at).iter().map(|t| Glob::new(t)).collect()),
            "cidr" => {
                let texts = self.texts(value, at);
                let blocks: Vec<_> = texts.iter().filter_map(|t| Cidr::parse(t)).collect();
                if blocks.len() < texts.len() {
                    self.fault(at, "cidr", "must be an address block such as 10.0.0.0/8");
                }
                Test::Cidr(blocks)
            }
            "gt" => Test::Greater { than: self.number(value, at)?, equal: false },
            "gte" => Test::Greater { than: self.number(value, at)?, equal: true },
            "lt" => Test::Less { than: self.number(value, at)?, equal: false },
            "lte" => Test::Less { than: self.number(value, at)?, equal: true },
            "longer_than" => Test::Longer(self.number(value, at)?),
            "exists" => match value {
                Value::Bool(b) => Test::Exists(*b),
                _ => {
                    self.fault(at, "type", "must be true or false");
                    return None;
                }
            },
            "not" => Test::Not(match value {
                Value::Object(map) if !map.is_empty() => self.operators(map, at, key, depth + 1),
                other => vec![self.equality(other, at, key)],
            }),
            other => {
                let perhaps = meant(other).map(|o| format!(", perhaps {o:?}")).unwrap_or_default();
                let known = OPERATORS.join(", ");
                let text = format!("{other:?} is no operator{perhaps}; known are {known}");
                self.fault(at, "unknown_operator", text);
                return None;
            }
        })
    }

    fn number(&mut self, value: &Value, at: &str) -> Option<f64> {
        self.leaves += 1;
        let number = value.as_f64();
        if number.is_none() {
            self.fault(at, "type", "must be a number");
        }
        number
    }

    fn folded(&mut self, value: &Value, at: &str) -> Vec<Folded> {
        self.texts(value, at).iter().map(|t| Folded::new(t)).collect()
    }

    /// One text or a list of texts; a number counts as its digits.
    fn texts(&mut self, value: &Value, at: &str) -> Vec<String> {
        let list = match value {
            Value::Array(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        };
        self.leaves += list.len();
        if list.is_empty() {
            self.fault(at, "required", "needs at least one value");
        }
        let mut texts = Vec::with_capacity(list.len());
        for v in list {
            self.text_limit(v, at);
            match v {
                Value::String(s) if s.is_empty() => self.fault(
                    at,
                    "required",
                    "may not be an empty text: it would match everything",
                ),
                Value::String(s) => texts.push(s.clone()),
                Value::Number(n) => texts.push(n.to_string()),
                _ => self.fault(at, "type", "must be a text or a list of texts"),
            }
        }
        texts
    }
}
