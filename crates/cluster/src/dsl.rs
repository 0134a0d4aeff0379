//! OpenSearch queries as values, simplified while they are built.
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A query, or one of the two that need no asking.
#[derive(Clone, Debug, PartialEq)]
pub enum Dsl {
    All,
    None,
    Query(Value),
}

impl Dsl {
    pub fn term(field: &str, value: impl Into<Value>) -> Self {
        Self::Query(json!({"term": {field: {"value": value.into()}}}))
    }

    pub fn terms(field: &str, values: Vec<Value>) -> Self {
        match values.len() {
            0 => Self::None,
            _ => Self::Query(json!({"terms": {field: values}})),
        }
    }

    /// `ends` holds any of `gte`, `gt`, `lte`, `lt`.
    pub fn range(field: &str, ends: serde_json::Map<String, Value>) -> Self {
        Self::Query(json!({"range": {field: ends}}))
    }

    pub fn prefix(field: &str, text: &str) -> Self {
        Self::Query(json!({"prefix": {field: {"value": text}}}))
    }

    /// `pattern` is in OpenSearch's wildcard syntax.
    pub fn wildcard(field: &str, pattern: &str) -> Self {
        Self::Query(json!({"wildcard": {field: {"value": pattern}}}))
    }

    pub fn and(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut filter = Vec::new();
        for part in parts {
            match part {
                Self::All => {}
                Self::None => return Self::None,
                Self::Query(q) if filter.contains(&q) => {}
                Self::Query(q) => filter.push(q),
            }
        }
        match filter.len() {
            0 => Self::All,
            1 => Self::Query(filter.remove(0)),
            _ => Self::Query(json!({"bool": {"filter": filter}})),
        }
    }

    pub fn or(parts: impl IntoIterator<Item = Self>) -> Self {
        let (mut should, mut terms) = (Vec::new(), BTreeMap::<String, Vec<Value>>::new());
        for part in parts {
            match part {
                Self::All => return Self::All,
                Self::None => {}
                // values of one field are one clause: there is a bound on how many there may be
                Self::Query(q) => match one_term(&q) {
                    Some((field, value)) => {
                        let values = terms.entry(field).or_default();
                        if !values.contains(&value) {
                            values.push(value);
                        }
                    }
                    None if should.contains(&q) => {}
                    None => should.push(q),
                },
            }
        }
        should.extend(terms.into_iter().map(|(field, mut values)| match values.len() {
            1 => json!({"term": {field: {"value": values.remove(0)}}}),
            _ => json!({"terms": {field: values}}),
        }));
        match should.len() {
            0 => Self::None,
            1 => Self::Query(should.remove(0)),
            _ => Self::Query(json!({"bool": {"should": should, "minimum_should_match": 1}})),
        }
    }

    pub fn not(self) -> Self {
        match self {
            Self::All => Self::None,
            Self::None => Self::All,
            Self::Query(q) => Self::Query(json!({"bool": {"must_not": [q]}})),
        }
    }

    /// As JSON for a request that scores nothing.
    pub fn json(&self) -> Value {
        match self {
            Self::All => json!({"match_all": {}}),
            Self::None => json!({"match_none": {}}),
            Self::Query(q) => json!({"constant_score": {"filter": q}}),
        }
    }
}

/// Field and value of a query for one term.
fn one_term(q: &Value) -> Option<(String, Value)> {
    let (field, test) = q.get("term")?.as_object()?.iter().next()?;
    Some((field.clone(), test.get("value")?.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_field_are_one_clause() {
        let x = |v: &str| Dsl::term("x", v);
        let any = Dsl::or([x("a"), Dsl::term("odd", "x"), x("b"), Dsl::term("odd", "x"), x("a")]);
        let wanted = json!({"bool": {"minimum_should_match": 1, "should": [
            {"term": {"odd": {"value": "x"}}}, {"terms": {"x": ["a", "b"]}},
        ]}});
        assert_eq!(any, Dsl::Query(wanted));
        assert_eq!(Dsl::and([x("a"), Dsl::All, x("a")]), x("a"));
        assert_eq!(Dsl::or([x("a"), Dsl::All]), Dsl::All);
        assert_eq!(Dsl::and([x("a"), Dsl::None]), Dsl::None);
    }
}
