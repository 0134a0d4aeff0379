//! The most frequent values of a field.
//!
//! Exact while a field has up to `BUCKETS` distinct values; beyond, OpenSearch estimates how many there are, and the counts of the
//! most frequent may be a little low.
use super::{cut::Cut, of, total};
use crate::bracket;
use crate::dsl::Dsl;
use crate::engine::Cluster;
use crate::error::ClusterError;
use crate::names::{self, NUMBER, STRING, VALUES};
use model::explore::TopValues;
use model::fieldmap::{self, Kind};
use model::{Micros, event::Event, event::Scalar};
use search::engine::Select;
use search::naive;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

/// Distinct values that are counted exactly.
const BUCKETS: usize = 10_000;

/// How a bucket's key is read.
#[derive(Clone, Copy)]
enum Key {
    Text,
    Number,
    Bool,
    Millis,
    Micros,
    /// After the name and the kind of a value.
    Behind(usize),
}

/// Where the values of a field can be counted.
struct Source {
    field: String,
    key: Key,
    include: Option<String>,
}

fn source(name: &str) -> Option<Source> {
    let of = |field: &str, key| Some(Source { field: field.into(), key, include: None });
    match name {
        fieldmap::TIME => of(names::TIME, Key::Micros),
        fieldmap::RECEIVED => of(names::RECEIVED, Key::Micros),
        fieldmap::ID => of(name, Key::Number),
        fieldmap::SAMPLE => of(name, Key::Bool),
        fieldmap::MESSAGE | fieldmap::RAW => None,
        _ if fieldmap::is_core(name) => of(name, Key::Text),
        _ => match names::mapped(name) {
            Some(Kind::Keyword | Kind::Ip) => of(name, Key::Text),
            Some(Kind::Long) => of(name, Key::Number),
            Some(Kind::Bool) => of(name, Key::Bool),
            Some(Kind::Date) => of(name, Key::Millis),
            Some(Kind::Double | Kind::Text) => None,
            None if fieldmap::kind(name) == Kind::Keyword => {
                let head = names::kv(name, STRING);
                let start = &head[..head.len() - STRING.len_utf8()];
                Some(Source {
                    field: VALUES.into(),
                    key: Key::Behind(head.len()),
                    include: Some(format!("{}[{STRING}{NUMBER}].*", literal(start))),
                })
            }
            None => None,
        },
    }
}

/// Text as a Lucene regular expression that means itself.
fn literal(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let special = !c.is_alphanumeric() && c != '\u{1}' && c != '\u{2}';
            special.then_some('\\').into_iter().chain([c])
        })
        .collect()
}

fn text(key: Key, bucket: &Value) -> Option<String> {
    let k = &bucket["key"];
    Some(match key {
        Key::Text => k.as_str()?.to_owned(),
        Key::Number => k.as_i64()?.to_string(),
        Key::Bool => bucket["key_as_string"].as_str()?.to_owned(),
        Key::Millis => Micros(k.as_i64()?.saturating_mul(1000)).rfc3339(),
        Key::Micros => Micros(k.as_i64()?).rfc3339(),
        Key::Behind(n) => k.as_str()?.get(n..)?.to_owned(),
    })
}

/// An event's values as they are counted.
fn values(e: &Event, field: &str) -> BTreeSet<String> {
    let text = |v: &Scalar| match (fieldmap::kind(field), v) {
        (Kind::Date, Scalar::Int(micros)) => Micros(*micros).rfc3339(),
        _ => v.text().into_owned(),
    };
    naive::elements(e, field).iter().map(text).collect()
}

#[derive(Default)]
struct Sum {
    counts: HashMap<String, i64>,
    present: i64,
    total: i64,
    /// More than could be counted.
    estimate: Option<i64>,
}

impl Cluster {
    pub(crate) async fn do_top(
        &self,
        select: &Select,
        field: &str,
        size: usize,
    ) -> Result<TopValues, ClusterError> {
        let bracket = of(select);
        let mut sum = Sum::default();
        // what has to be looked at one by one: where the bracket is open, and where the field holds what cannot be counted
        let rest = match source(field) {
            Some(source) => {
                let odd = bracket::odd(field);
                let plain = Dsl::and([bracket.certain.clone(), odd.clone().not()]);
                self.aggregate(&plain, field, &source, size, &mut sum).await?;
                Dsl::or([bracket.open(), Dsl::and([bracket.certain.clone(), odd])])
            }
            None => bracket.possible.clone(),
        };
        self.walk(&rest, &Cut::of(select, [field]), |e| {
            if !naive::selects(select, &e) {
                return;
            }
            let found = values(&e, field);
            sum.total += 1;
            sum.present += i64::from(!found.is_empty());
            found.into_iter().for_each(|v| *sum.counts.entry(v).or_default() += 1);
        })
        .await?;
        let distinct = sum.estimate.unwrap_or(0).max(sum.counts.len() as i64);
        let mut values: Vec<(String, i64)> = sum.counts.into_iter().collect();
        values.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        values.truncate(size);
        Ok(TopValues {
            field: field.into(),
            values,
            present: sum.present,
            distinct,
            total: sum.total,
        })
    }

    async fn aggregate(
        &self,
        query: &Dsl,
        name: &str,
        source: &Source,
        size: usize,
        sum: &mut Sum,
    ) -> Result<(), ClusterError> {
        if *query == Dsl::None {
            return Ok(());
        }
        let mut terms = json!({"field": source.field, "size": size.max(BUCKETS)});
        if let Some(include) = &source.include {
            terms["include"] = include.as_str().into();
        }
        let body = json!({
            "size": 0, "query": query.json(), "track_total_hits": true,
            "aggs": {
                "values": {"terms": terms},
                "present": {"filter": bracket::exists(name).json()},
            },
        });
        let answer = self.search(&body).await?;
        let aggregations = &answer["aggregations"];
        sum.total += total(&answer)?;
        sum.present += aggregations["present"]["doc_count"].as_i64().unwrap_or_default();
        for b in aggregations["values"]["buckets"].as_array().into_iter().flatten() {
            if let (Some(v), Some(n)) = (text(source.key, b), b["doc_count"].as_i64()) {
                *sum.counts.entry(v).or_default() += n;
            }
        }
        if aggregations["values"]["sum_other_doc_count"].as_i64().unwrap_or_default() > 0 {
            sum.estimate = self.distinct(query, source).await?;
        }
        Ok(())
    }

    /// How many distinct values there are, about. `None` where OpenSearch cannot say.
    async fn distinct(&self, query: &Dsl, source: &Source) -> Result<Option<i64>, ClusterError> {
        if source.include.is_some() {
            return Ok(None);
        }
        let body = json!({
            "size": 0, "query": query.json(), "track_total_hits": false,
            "aggs": {"n": {"cardinality": {"field": source.field}}},
        });
        Ok(self.search(&body).await?["aggregations"]["n"]["value"].as_i64())
    }
}
