//! What the left side of a condition means.
//!
//! - `details.X`: for events of network sensors the contract's normalised name `X`; for others the literal key `X` of the record
//!   as sent. Then, for all: the literal key, the walk along the dots, the field that `X` names.
//! - An attribute of the event: `event_type`, `severity`, `category`, `source`, `dataset`, `message`, `id`, `agent_id`, …
//! - Any name that the field map knows, or a canonical field name; last the literal key of the details, as in the contract.
use crate::view::{Seen, View};
use model::fieldmap::{self, Kind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attribute {
    Dataset,
    Source,
    Type,
    Category,
    Severity,
    Message,
    Id,
    Time,
    Received,
    Sample,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    /// As written in the rule.
    pub name: String,
    pub attribute: Option<Attribute>,
    /// Attribute meant when a network sensor sent the event.
    network_attribute: Option<Attribute>,
    /// Field meant when a network sensor sent the event; comes first then.
    network: Option<&'static str>,
    /// Canonical name, for all events.
    pub field: Option<String>,
    /// Path inside the details.
    path: String,
    /// Last key of the path in quotes: what a record that has it must contain. `None` where the key could be written otherwise.
    probe: Option<String>,
    /// Written with `details.`: the record comes before the field map.
    literal_first: bool,
    /// The number of a Windows event, by which rules are found: only the column counts, never a like-named key of a record.
    exact: bool,
}

/// Columns that hold the number of a Windows event.
pub(crate) const CODE: [&str; 2] = ["winlog.event_id", "event.code"];

/// Names of the contract's normalised network details that differ from the general map.
fn network_field(name: &str) -> Option<&'static str> {
    Some(match name {
        "severity" => "suricata.eve.alert.severity",
        "category" => "rule.category",
        "flow_id" => "suricata.eve.flow_id",
        "uid" => "zeek.session_id",
        "url" => "url.original",
        "proto" => "network.transport",
        _ => return fieldmap::contract(name).map(|f| f.name).filter(|n| !fieldmap::is_core(n)),
    })
}

fn attribute(canonical: &str) -> Option<Attribute> {
    Some(match canonical {
        fieldmap::DATASET => Attribute::Dataset,
        fieldmap::SOURCE => Attribute::Source,
        fieldmap::TYPE => Attribute::Type,
        fieldmap::CATEGORY => Attribute::Category,
        fieldmap::SEVERITY => Attribute::Severity,
        fieldmap::MESSAGE => Attribute::Message,
        fieldmap::ID => Attribute::Id,
        fieldmap::TIME => Attribute::Time,
        fieldmap::RECEIVED => Attribute::Received,
        fieldmap::SAMPLE => Attribute::Sample,
        _ => return None,
    })
}

impl Key {
    pub fn new(name: &str) -> Self {
        let (path, literal_first) = match name.strip_prefix("details.") {
            Some(path) => (path, true),
            None => (name, false),
        };
        let last = path.rsplit('.').next().unwrap_or(path);
        let plain = last
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'@' | b'#' | b' '));
        // a key that holds dots itself ends with the same letters
        let probe = plain.then(|| format!("{last}\""));
        if literal_first {
            let field = fieldmap::field(path).map(|f| f.name).filter(|n| !fieldmap::is_core(n));
            let network_attribute = match path {
                "source" => Some(Attribute::Source),
                "event_type" | "type" | "log_type" => Some(Attribute::Type),
                _ => None,
            };
            return Self {
                name: name.into(),
                attribute: None,
                network_attribute,
                network: network_field(path),
                field: field.map(str::to_owned),
                path: path.into(),
                probe,
                literal_first,
                exact: false,
            };
        }
        // the contract's own attribute names come before everyday words of the map
        let canonical = match name {
            "category" => fieldmap::CATEGORY.into(),
            _ => fieldmap::canonical(name),
        };
        let attribute = attribute(&canonical);
        let field = attribute.is_none().then(|| canonical.into_owned());
        Self {
            name: name.into(),
            attribute,
            network_attribute: None,
            network: None,
            field,
            path: path.into(),
            probe,
            literal_first,
            exact: CODE.contains(&name),
        }
    }

    /// Kind of the column, where the key means one.
    pub fn kind(&self) -> Option<Kind> {
        match (&self.field, self.literal_first) {
            (Some(f), false) => fieldmap::field(f).map(|f| f.kind),
            _ => None,
        }
    }

    /// Calls `then` with what the event holds there.
    pub fn with<T>(&self, view: &View, then: impl FnOnce(Seen) -> T) -> T {
        let attribute =
            self.attribute.or(if view.is_network() { self.network_attribute } else { None });
        if let Some(attribute) = attribute {
            return of_attribute(attribute, view, then);
        }
        if self.literal_first {
            if view.is_network()
                && let Some(seen) = present(self.network.map(|n| view.field(n)))
            {
                return then(seen);
            }
            if let Some(seen) = present(Some(view.detail(&self.path, self.probe.as_deref()))) {
                return then(seen);
            }
            return then(self.field.as_deref().map_or(Seen::Missing, |f| view.field(f)));
        }
        if let Some(seen) = present(self.field.as_deref().map(|f| view.field(f))) {
            return then(seen);
        }
        if self.exact {
            return then(Seen::Missing);
        }
        then(view.detail(&self.path, self.probe.as_deref()))
    }
}

fn present(seen: Option<Seen<'_>>) -> Option<Seen<'_>> {
    seen.filter(|s| !matches!(s, Seen::Missing))
}

fn of_attribute<T>(attribute: Attribute, view: &View, then: impl FnOnce(Seen) -> T) -> T {
    match attribute {
        Attribute::Dataset => then(Seen::Text(view.dataset())),
        Attribute::Source => then(Seen::Text(view.source())),
        Attribute::Type => then(Seen::Text(view.event_type())),
        Attribute::Category => then(Seen::Text(view.category())),
        Attribute::Severity => then(Seen::Text(view.severity())),
        Attribute::Message => then(Seen::Text(view.message())),
        Attribute::Id => then(Seen::Int(view.id())),
        Attribute::Time => then(Seen::Text(&view.time_text(false))),
        Attribute::Received => then(Seen::Text(&view.time_text(true))),
        Attribute::Sample => then(Seen::Bool(view.sample())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_resolve_to_attributes_and_fields() {
        assert_eq!(Key::new("event_type").attribute, Some(Attribute::Type));
        assert_eq!(Key::new("category").attribute, Some(Attribute::Category));
        assert_eq!(Key::new("CommandLine").field.as_deref(), Some("process.command_line"));
        let k = Key::new("details.severity");
        assert_eq!(
            (k.network, k.field, k.attribute),
            (Some("suricata.eve.alert.severity"), None, None)
        );
        assert_eq!(Key::new("details.dst_port").network, Some("destination.port"));
        assert_eq!(Key::new("my.own.name").field.as_deref(), Some("my.own.name"));
    }
}
