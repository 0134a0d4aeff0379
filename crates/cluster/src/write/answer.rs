//! What a bulk answer says of each event.
use super::{Indexed, Line, Poison};
use crate::client::reason;
use crate::error::ClusterError;
use serde_json::Value;

/// Refusals with status 400 that are no judgement on the event: its index is closed, or cannot be made for want of shards.
const ABOUT_INDEX: [&str; 4] = [
    "index_closed_exception",
    "validation_exception",
    "cluster_block_exception",
    "invalid_index_name_exception",
];

/// Whether an item was refused for what is wrong with its index. By the error's type alone: its reason may quote a sender.
pub(crate) fn is_about_index(item: &Value) -> bool {
    item["error"]["type"].as_str().is_some_and(|kind| ABOUT_INDEX.contains(&kind))
}

/// What an answer says.
#[derive(Default)]
pub(super) struct Sorted {
    pub(super) done: Indexed,
    /// May be stored later, and one reason.
    pub(super) left: Vec<Line>,
    pub(super) why: String,
}

pub(super) fn sort_out(answer: &Value, lines: &[Line]) -> Result<Sorted, ClusterError> {
    let items = answer["items"].as_array().map_or(&[][..], Vec::as_slice);
    if items.len() != lines.len() {
        return Err(ClusterError::Garbled(format!(
            "{} answers for {} events",
            items.len(),
            lines.len()
        )));
    }
    let mut sorted = Sorted::default();
    for (line, item) in lines.iter().zip(items) {
        let item = &item["create"];
        if item["_id"].as_str() != Some(line.id.to_string().as_str()) {
            return Err(ClusterError::Garbled(format!("an answer is not about event {}", line.id)));
        }
        let said = || reason(Some(item), "");
        match item["status"].as_u64() {
            Some(200..=299) => sorted.done.created += 1,
            Some(409) => {
                sorted.done.known += 1;
                sorted.done.again.insert(line.id);
            }
            // 401 and 403: rights, or an index that is read-only while the disk is full; 404: it was deleted
            Some(401 | 403 | 404 | 408 | 429 | 500..=599) => sorted.keep(line, said()),
            Some(400) if is_about_index(item) => sorted.keep(line, said()),
            Some(400..=499) => sorted.done.poison.push(Poison { id: line.id, reason: said() }),
            _ => {
                return Err(ClusterError::Garbled(format!("event {} has no status", line.id)));
            }
        }
    }
    Ok(sorted)
}

impl Sorted {
    fn keep(&mut self, line: &Line, why: String) {
        self.why = why;
        self.left.push(line.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lines(ids: &[i64]) -> Vec<Line> {
        ids.iter().map(|id| Line { id: *id, index: "i".into(), at: 0..0 }).collect()
    }

    #[test]
    fn each_item_is_judged_by_its_own_status() {
        let item = |id: &str, status: u64| json!({"create": {"_id": id, "status": status, "error": {"type": "t", "reason": "r"}}});
        let answer = json!({"errors": true, "items": [item("1", 201), item("2", 409), item("3", 429), item("4", 400)]});
        let sorted = sort_out(&answer, &lines(&[1, 2, 3, 4])).unwrap();
        assert_eq!((sorted.done.created, sorted.done.known), (1, 1));
        assert_eq!(sorted.left.iter().map(|l| l.id).collect::<Vec<_>>(), [3]);
        assert_eq!(sorted.done.poison, [Poison { id: 4, reason: "t: r".into() }]);
        assert_eq!(sorted.why, "t: r");
    }

    #[test]
    fn what_is_wrong_with_an_index_is_no_judgement_on_the_event() {
        for kind in ["index_closed_exception", "validation_exception"] {
            let item = json!({"create": {"_id": "1", "status": 400, "error": {"type": kind, "reason": "r"}}});
            let sorted = sort_out(&json!({"items": [item]}), &lines(&[1])).unwrap();
            assert_eq!((sorted.left.len(), sorted.done.poison.len()), (1, 0), "{kind}");
        }
    }

    #[test]
    fn an_answer_about_other_events_is_no_answer() {
        let answer = json!({"items": [{"create": {"_id": "7", "status": 201}}]});
        assert!(sort_out(&answer, &lines(&[1])).is_err());
        assert!(sort_out(&answer, &lines(&[7, 8])).is_err());
        assert!(sort_out(&json!({}), &lines(&[7])).is_err());
        assert!(sort_out(&json!({"items": [{"create": {"_id": "7"}}]}), &lines(&[7])).is_err());
    }
}
