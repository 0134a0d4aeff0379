//! All that is stored, for whoever looks at a whole installation: index by index, in the order of the ids, nothing left out.
use crate::engine::Cluster;
use crate::error::ClusterError;
use crate::names::{self, EVENTS, TENANT};
use crate::read::{total, whole};
use crate::setup::LENIENT;
use model::fieldmap;
use opensearch::http::Method;
use serde_json::{Value, json};

/// Documents of one request: each brings its record.
const STRIDE: usize = 500;
/// An answer of part of an index is none.
const WHOLE: [(&str, &str); 1] = [("allow_partial_search_results", "false")];

/// An index of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventIndex {
    /// With the installation's prefix.
    pub name: String,
    /// Whether searches find what it holds.
    pub is_searched: bool,
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub id: i64,
    pub tenant: String,
    /// The record as sent.
    pub raw: String,
}

impl Cluster {
    /// The indexes that hold a day's events, by name; closed ones, too.
    pub async fn event_indexes(&self) -> Result<Vec<EventIndex>, ClusterError> {
        let path = format!("/{}", self.client.pattern());
        let listed = ("filter_path", "*.aliases,*.settings.index.uuid");
        let query = [LENIENT[0], LENIENT[1], ("expand_wildcards", "open,closed"), listed];
        let answer = self.client.ask(Method::Get, &path, &query, None).await?;
        let alias = self.client.named(EVENTS);
        let all = answer.as_object().into_iter().flatten();
        let mut found: Vec<EventIndex> = all
            .filter(|(name, _)| {
                let own = name.strip_prefix(&self.client.config.prefix);
                own.and_then(names::dated).is_some()
            })
            .map(|(name, index)| EventIndex {
                name: name.clone(),
                is_searched: index["aliases"].get(&alias).is_some(),
            })
            .collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Calls `each` with every event of an index, whoever's it is. Answers how many of its documents are no events of ours.
    pub async fn each_stored(
        &self,
        index: &str,
        mut each: impl FnMut(Stored),
    ) -> Result<i64, ClusterError> {
        let refresh = format!("/{index}/_refresh");
        self.client.ask(Method::Post, &refresh, &[], None).await?;
        let path = format!("/{index}/_search");
        let (mut shown, mut after) = (0, -1);
        loop {
            let body = json!({
                "size": STRIDE, "track_total_hits": false,
                "_source": [fieldmap::ID, fieldmap::RAW, TENANT],
                "query": {"range": {fieldmap::ID: {"gt": after}}},
                "sort": [{fieldmap::ID: {"order": "asc", "unmapped_type": "long"}}],
            });
            let answer = whole(self.client.ask(Method::Post, &path, &WHOLE, Some(&body)).await?)?;
            let hits = answer["hits"]["hits"].as_array().map_or(&[][..], Vec::as_slice);
            for hit in hits {
                after = hit["sort"][0].as_i64().ok_or_else(|| {
                    ClusterError::Garbled(format!("a document of {index} without its place"))
                })?;
                if let Some(event) = stored(hit) {
                    shown += 1;
                    each(event);
                }
            }
            if hits.len() < STRIDE {
                break;
            }
        }
        let body = json!({"size": 0, "track_total_hits": true});
        let answer = whole(self.client.ask(Method::Post, &path, &WHOLE, Some(&body)).await?)?;
        Ok(total(&answer)? - shown)
    }
}

/// The event, if the document is one: it is known by its event's id.
fn stored(hit: &Value) -> Option<Stored> {
    let source = &hit["_source"];
    let id = source[fieldmap::ID].as_i64()?;
    if hit["_id"].as_str()? != id.to_string() {
        return None;
    }
    Some(Stored {
        id,
        tenant: source["eventsec"]["tenant"].as_str()?.into(),
        raw: source[fieldmap::RAW].as_str().unwrap_or_default().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_document_under_its_events_id_is_an_event() {
        let hit = |id: &str, own: Value, tenant: Value| json!({"_id": id, "_source": {"event.id": own, "event.original": "{}", "eventsec": {"tenant": tenant}}});
        let event = Stored { id: 7, tenant: "acme".into(), raw: "{}".into() };
        assert_eq!(stored(&hit("7", json!(7), json!("acme"))), Some(event));
        assert_eq!(stored(&hit("8", json!(7), json!("acme"))), None);
        assert_eq!(stored(&hit("x", Value::Null, json!("acme"))), None);
        assert_eq!(stored(&hit("7", json!(7), Value::Null)), None);
    }
}
