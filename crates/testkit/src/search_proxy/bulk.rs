//! A `_bulk` request taken apart, so that some of its items can be kept from OpenSearch and answered in its place.
use super::wire;
use serde_json::{Value, json};
use std::ops::Range;

/// One item: its action and, unless it is a deletion, its document.
#[derive(Clone, Debug)]
struct Item {
    /// `create`, `index`, `update`, `delete`.
    action: String,
    /// Index and id: what it is known by.
    name: String,
    id: String,
    /// Where its lines stand in the body.
    at: Range<usize>,
    /// What it is answered without OpenSearch.
    made: Option<Value>,
}

/// The items of a request in their order.
#[derive(Clone, Debug, Default)]
pub struct Bulk {
    items: Vec<Item>,
}

impl Bulk {
    /// Lines that are no actions are left out: nobody of ours sends such.
    pub fn read(body: &[u8]) -> Self {
        let mut items = Vec::new();
        let mut lines = wire::lines(body).into_iter();
        while let Some(head) = lines.next() {
            let parsed: Value = serde_json::from_slice(&body[head.clone()]).unwrap_or_default();
            let Some((action, of)) = parsed.as_object().and_then(|o| o.iter().next()) else {
                continue;
            };
            let text = |name: &str| of[name].as_str().unwrap_or_default().to_owned();
            let (index, id) = (text("_index"), text("_id"));
            let end = if action == "delete" { None } else { lines.next().map(|l| l.end) };
            items.push(Item {
                action: action.clone(),
                name: format!("{index}/{id}"),
                id,
                at: head.start..end.unwrap_or(head.end),
                made: None,
            });
        }
        Self { items }
    }

    /// Keeps items back: every `every`th is answered with a status, and those that hold `poison` are refused as documents.
    pub fn withhold(&mut self, body: &[u8], every: Option<(usize, u16)>, poison: Option<&str>) {
        for (place, item) in self.items.iter_mut().enumerate() {
            let error = |kind: &str, reason: &str, status: u16| json!({"_id": item.id, "status": status, "error": {"type": kind, "reason": reason}});
            let holds = |mark: &str| {
                let (text, mark) = (&body[item.at.clone()], mark.as_bytes());
                !mark.is_empty() && text.windows(mark.len()).any(|w| w == mark)
            };
            item.made = if poison.is_some_and(holds) {
                Some(error("mapper_parsing_exception", "failed to parse field [poison]", 400))
            } else {
                every.filter(|(n, _)| (place + 1).is_multiple_of((*n).max(1))).map(|(_, status)| {
                    error("es_rejected_execution_exception", "kept back", status)
                })
            };
        }
    }

    /// What each item is known by.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.items.iter().map(|i| &i.name)
    }

    pub fn count(&self) -> usize {
        self.items.len()
    }

    /// Items that are not kept back.
    pub fn forwarded(&self) -> usize {
        self.items.iter().filter(|i| i.made.is_none()).count()
    }

    /// The body without what is kept back.
    pub fn rest(&self, body: &[u8]) -> Vec<u8> {
        let kept = self.items.iter().filter(|i| i.made.is_none());
        kept.flat_map(|i| &body[i.at.clone()]).copied().collect()
    }

    /// OpenSearch's answer to the rest, and the answers to what was kept back, in the order of the request.
    pub fn merged(&self, answer: &[u8]) -> Vec<u8> {
        if self.forwarded() == self.items.len() {
            return answer.to_vec();
        }
        let parsed: Value = serde_json::from_slice(answer).unwrap_or_default();
        let mut theirs = parsed["items"].as_array().cloned().unwrap_or_default().into_iter();
        let items: Vec<Value> = self
            .items
            .iter()
            .filter_map(|i| match &i.made {
                Some(made) => {
                    let mut item = json!({});
                    item[i.action.as_str()] = made.clone();
                    Some(item)
                }
                None => theirs.next(),
            })
            .collect();
        json!({"errors": true, "items": items}).to_string().into_bytes()
    }

    /// What the answer settles: items that are stored, were, or never will be.
    pub fn settled(&self, answer: &[u8]) -> Vec<String> {
        let parsed: Value = serde_json::from_slice(answer).unwrap_or_default();
        let items = parsed["items"].as_array().cloned().unwrap_or_default();
        let is_settled = |item: &Value| {
            let status = item.as_object().and_then(|o| o.values().next()?["status"].as_u64());
            matches!(status, Some(200..=299 | 400 | 409))
        };
        let both = self.items.iter().zip(&items);
        both.filter(|(_, answer)| is_settled(answer)).map(|(item, _)| item.name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = concat!(
        "{\"create\":{\"_index\":\"i\",\"_id\":\"1\"}}\n{\"a\":1}\n",
        "{\"create\":{\"_index\":\"i\",\"_id\":\"2\"}}\n{\"a\":\"bad apple\"}\n",
        "{\"delete\":{\"_index\":\"i\",\"_id\":\"3\"}}\n",
        "{\"create\":{\"_index\":\"i\",\"_id\":\"4\"}}\n{\"a\":4}\n",
    );

    #[test]
    fn what_is_kept_back_is_answered_in_its_place() {
        let body = BODY.as_bytes();
        let mut bulk = Bulk::read(body);
        assert_eq!(bulk.names().collect::<Vec<_>>(), ["i/1", "i/2", "i/3", "i/4"]);
        bulk.withhold(body, Some((4, 429)), Some("bad apple"));
        assert_eq!((bulk.count(), bulk.forwarded()), (4, 2));
        let rest = String::from_utf8(bulk.rest(body)).unwrap();
        assert_eq!(rest.lines().count(), 3, "{rest}");
        let theirs = json!({"errors": false, "items": [
            {"create": {"_id": "1", "status": 201}}, {"delete": {"_id": "3", "status": 200}},
        ]});
        let answer = bulk.merged(theirs.to_string().as_bytes());
        let parsed: Value = serde_json::from_slice(&answer).unwrap();
        let statuses: Vec<Option<u64>> = parsed["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i.as_object().unwrap().values().next().unwrap()["status"].as_u64())
            .collect();
        assert_eq!(statuses, [Some(201), Some(400), Some(200), Some(429)]);
        assert_eq!(bulk.settled(&answer), ["i/1", "i/2", "i/3"]);
    }

    #[test]
    fn without_a_fault_it_is_handed_on_as_it_is() {
        let bulk = Bulk::read(BODY.as_bytes());
        assert_eq!(bulk.rest(BODY.as_bytes()), BODY.as_bytes());
        assert_eq!(bulk.merged(b"{\"items\":[]}"), b"{\"items\":[]}");
    }
}
