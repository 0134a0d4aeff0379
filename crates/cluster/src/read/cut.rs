//! What of each document a walk needs: not the whole record where only some fields are asked for.
//!
//! OpenSearch hands out what it cut down with its members in any order. That does for looking values up by their names, and not for
//! an event that is shown as it was.
use super::{STRIDE, WHOLE};
use crate::names::{self, KV, NAMES, ODD, RECEIVED, TENANT, TIME, VALUES, WORDS};
use model::fieldmap;
use search::ast::Query;
use search::engine::Select;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Without these no event is read back, and none selected. `x` holds all that has no member of its own.
const ALWAYS: [&str; 7] =
    [fieldmap::ID, fieldmap::SEVERITY, fieldmap::DATASET, TENANT, TIME, RECEIVED, "eventsec.x"];

/// What only searches are made with.
const NEVER: [&str; 5] = [NAMES, KV, VALUES, ODD, WORDS];

pub(super) struct Cut {
    /// The request's `_source`.
    pub source: Value,
    /// Events of one request.
    pub stride: usize,
}

impl Cut {
    /// What it takes to judge the selection, and these fields.
    pub fn of<'a>(select: &'a Select, fields: impl IntoIterator<Item = &'a str>) -> Self {
        let mut asked: BTreeSet<&str> = fields.into_iter().collect();
        let every = collect(&select.query, &mut asked);
        let record = asked.contains(fieldmap::RAW);
        let source = if every {
            let unread = (!record).then_some(fieldmap::RAW);
            json!({"excludes": NEVER.into_iter().chain(unread).collect::<Vec<_>>()})
        } else {
            let members =
                asked.into_iter().filter(|n| fieldmap::is_core(n) || names::mapped(n).is_some());
            json!({"includes": ALWAYS.into_iter().chain(members).collect::<Vec<_>>()})
        };
        Self { source, stride: if record { WHOLE } else { STRIDE } }
    }
}

/// Adds the fields that the query names; answers whether it looks into every field. The record is none of those.
fn collect<'a>(query: &'a Query, asked: &mut BTreeSet<&'a str>) -> bool {
    match query {
        Query::All => false,
        Query::Text(_) => true,
        Query::Not(q) => collect(q, asked),
        Query::And(parts) | Query::Or(parts) => {
            // all of them, also after one that looks into every field
            parts.iter().filter(|q| collect(q, asked)).count() > 0
        }
        Query::Exists(name) | Query::Field { name, .. } => {
            asked.insert(name.as_str());
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use search::lucene;

    fn cut(query: &str, fields: &[&str]) -> Cut {
        let query = lucene::parse(query).unwrap();
        Cut::of(&Select { query, ..Select::all("acme") }, fields.iter().copied())
    }

    fn has(of: &Value, name: &str) -> bool {
        of.as_array().unwrap().contains(&json!(name))
    }

    #[test]
    fn the_record_is_fetched_where_it_is_asked_for() {
        let some = cut("host.name:a* AND NOT x.y:1", &["user.name", "own"]);
        let names = &some.source["includes"];
        assert!(["host.name", "user.name", "eventsec.x"].iter().all(|n| has(names, n)), "{names}");
        assert!(!["x.y", "own", fieldmap::RAW].iter().any(|n| has(names, n)), "{names}");
        assert_eq!(some.stride, STRIDE);
        let record = cut("host.name:a", &[fieldmap::RAW]);
        assert!(has(&record.source["includes"], fieldmap::RAW));
        assert_eq!(record.stride, WHOLE);

        let words = cut("host.name:a OR words", &["user.name"]);
        assert!(
            words.source["includes"].is_null() && has(&words.source["excludes"], fieldmap::RAW)
        );
        let both = cut("words OR event.original:*x*", &[]);
        assert!(!has(&both.source["excludes"], fieldmap::RAW));
        assert_eq!((words.stride, both.stride), (STRIDE, WHOLE));
    }
}
