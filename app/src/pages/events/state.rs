//! What the explorer shows, as its address says it: everything on the page is a function of this.
use crate::{components::pivot::term, url::Query};
use leptos_router::params::ParamsMap;
use model::{
    Micros, Severity,
    explore::EventQuery,
    time::{DAY, HOUR, MINUTE},
};

/// Path of the explorer.
pub const PATH: &str = "/events";

/// The spans that the menu offers: word of the address, and length in microseconds.
pub const SPANS: [(&str, i64); 5] =
    [("15m", 15 * MINUTE), ("1h", HOUR), ("24h", DAY), ("7d", 7 * DAY), ("30d", 30 * DAY)];

/// Half-open: `from <= time < to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// The last so many microseconds, named by one of `SPANS`.
    Last(&'static str, i64),
    /// Without any bound: all that is stored.
    Between(Option<Micros>, Option<Micros>),
}

impl Range {
    pub const ALL: Self = Self::Between(None, None);

    /// Whether events that arrive now can lie in it.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Between(_, Some(_)))
    }

    /// Its ends, where they are moments of their own.
    pub fn bounds(self) -> (Option<Micros>, Option<Micros>) {
        match self {
            Self::Between(from, to) => (from, to),
            Self::Last(..) => (None, None),
        }
    }
}

/// Which events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    pub query: String,
    pub range: Range,
    pub severity: Vec<Severity>,
    pub dataset: Vec<String>,
}

/// Which events, and what of them is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explore {
    pub search: Search,
    pub cursor: Option<String>,
    /// The event in the panel.
    pub event: Option<i64>,
    /// The field whose values are shown.
    pub field: Option<String>,
    /// The panel shows the record as it was sent.
    pub raw: bool,
}

fn text(q: &Query, name: &str) -> Option<String> {
    q.get(name).map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned)
}

impl Search {
    fn of(q: &Query) -> Self {
        let bound = |name| q.get(name).and_then(Micros::parse);
        let last = q.get("last").and_then(|l| SPANS.into_iter().find(|(word, _)| *word == l));
        let range = last.map_or_else(
            || Range::Between(bound("from"), bound("to")),
            |(word, span)| Range::Last(word, span),
        );
        let mut severity: Vec<Severity> = q.all("severity").filter_map(Severity::parse).collect();
        severity.sort();
        severity.dedup();
        let mut dataset: Vec<String> =
            q.all("dataset").map(str::trim).filter(|d| !d.is_empty()).map(str::to_owned).collect();
        dataset.sort();
        dataset.dedup();
        Self {
            query: q.get("query").unwrap_or_default().trim().to_owned(),
            range,
            severity,
            dataset,
        }
    }

    /// As the backend understands it, with `now` for relative ranges.
    pub fn event_query(&self, now: Micros) -> EventQuery {
        let (from, to) = match self.range {
            Range::Last(_, span) => (Some(now.plus(-span)), None),
            Range::Between(from, to) => (from, to),
        };
        EventQuery {
            query: self.query.clone(),
            from,
            to,
            severity: self.severity.clone(),
            dataset: self.dataset.clone(),
            ..Default::default()
        }
    }

    /// Name and value of each part, in the order of the address.
    pub fn pairs(&self) -> Query {
        let mut q = Query::new().with("query", &self.query);
        match self.range {
            Range::Last(word, _) => q = q.with("last", word),
            Range::Between(from, to) => {
                for (name, at) in [("from", from), ("to", to)] {
                    q = q.with(name, &at.map(Micros::rfc3339).unwrap_or_default());
                }
            }
        }
        for s in &self.severity {
            q = q.with("severity", s.as_str());
        }
        for d in &self.dataset {
            q = q.with("dataset", d);
        }
        q
    }

    /// Whether it leaves out any event.
    pub fn is_everything(&self) -> bool {
        self.query.is_empty()
            && self.severity.is_empty()
            && self.dataset.is_empty()
            && self.range == Range::ALL
    }

    pub fn with_range(self, range: Range) -> Self {
        Self { range, ..self }
    }

    /// With the severity if it was not there, without if it was.
    pub fn toggle_severity(mut self, s: Severity) -> Self {
        match self.severity.iter().position(|x| *x == s) {
            Some(at) => drop(self.severity.remove(at)),
            None => self.severity.push(s),
        }
        self.severity.sort();
        self
    }

    pub fn toggle_dataset(mut self, name: &str) -> Self {
        match self.dataset.iter().position(|x| x == name) {
            Some(at) => drop(self.dataset.remove(at)),
            None => self.dataset.push(name.to_owned()),
        }
        self.dataset.sort();
        self
    }

    /// Narrowed to (or, with `exclude`, by) one value of a field.
    pub fn with_term(mut self, field: &str, value: &str, exclude: bool) -> Self {
        let this = term(field, value);
        let this = if exclude { format!("NOT {this}") } else { this };
        self.query = match self.query.as_str() {
            "" => this,
            q if q.contains(&this) && (exclude || !q.contains(&format!("NOT {this}"))) => {
                q.to_owned()
            }
            q if q.contains(" OR ") || q.contains("||") => format!("({q}) AND {this}"),
            q => format!("{q} AND {this}"),
        };
        self
    }

    pub fn href(&self) -> String {
        self.pairs().href(PATH)
    }
}

impl Explore {
    pub fn of(params: &ParamsMap) -> Self {
        let q = Query::of(params);
        Self {
            search: Search::of(&q),
            cursor: text(&q, "cursor"),
            event: q.get("event").and_then(|id| id.parse().ok()),
            field: text(&q, "field"),
            raw: q.get("view") == Some("raw"),
        }
    }

    pub fn href(&self) -> String {
        self.search
            .pairs()
            .with("cursor", self.cursor.as_deref().unwrap_or_default())
            .with("event", &self.event.map(|id| id.to_string()).unwrap_or_default())
            .with("field", self.field.as_deref().unwrap_or_default())
            .with("view", if self.raw && self.event.is_some() { "raw" } else { "" })
            .href(PATH)
    }

    /// Another search; the open field stays open, the pages start again.
    pub fn searching(self, search: Search) -> Self {
        Self { search, cursor: None, ..self }
    }

    pub fn at(self, cursor: Option<String>) -> Self {
        Self { cursor, event: None, ..self }
    }

    pub fn with_event(self, event: Option<i64>) -> Self {
        Self { event, ..self }
    }

    pub fn with_raw(self, raw: bool) -> Self {
        Self { raw, ..self }
    }

    /// Opens a field's values, or closes them when they are open.
    pub fn toggle_field(self, name: &str) -> Self {
        let field = (self.field.as_deref() != Some(name)).then(|| name.to_owned());
        Self { field, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Explore {
        let mut params = ParamsMap::new();
        for (n, v) in pairs {
            params.insert((*n).to_owned(), (*v).to_owned());
        }
        Explore::of(&params)
    }

    #[test]
    fn the_address_says_everything_and_comes_back() {
        let e = of(&[
            ("query", "host.name:\"A B\""),
            ("from", "2026-11-21T10:00"),
            ("to", ""),
            ("severity", "high"),
            ("severity", "critical"),
            ("dataset", "zeek.*"),
            ("event", "-7"),
            ("field", "user.name"),
            ("view", "raw"),
        ]);
        assert_eq!(e.event, Some(-7));
        assert_eq!(
            e.href(),
            "/events?query=host.name%3A%22A+B%22&from=2026-11-21T10%3A00%3A00.000000Z&severity=high&severity=critical&dataset=zeek.*&event=-7&field=user.name&view=raw"
        );
        assert_eq!(
            e.clone().with_event(None).toggle_field("user.name").searching(of(&[]).search).href(),
            "/events"
        );
    }

    #[test]
    fn ranges_are_half_open_and_relative_ones_follow_the_clock() {
        let now = Micros::parse("2026-11-21T10:00:00Z").unwrap();
        let e = of(&[("last", "1h"), ("from", "2020-01-01T00:00")]);
        let q = e.search.event_query(now);
        assert_eq!((q.from, q.to), (Some(now.plus(-HOUR)), None));
        assert!(
            e.search.range.is_open() && !of(&[("to", "2026-11-21T10:00")]).search.range.is_open()
        );
        assert_eq!(of(&[("last", "9y")]).search.range, Range::ALL);
        assert!(of(&[]).search.is_everything() && !e.search.is_everything());
    }

    #[test]
    fn terms_narrow_without_changing_what_was_asked() {
        let narrow = |q: &str, exclude| {
            of(&[("query", q)]).search.with_term("user.name", "ana", exclude).query
        };
        assert_eq!(narrow("", true), "NOT user.name:\"ana\"");
        assert_eq!(narrow("a:1", false), "a:1 AND user.name:\"ana\"");
        assert_eq!(narrow("a:1 OR b:2", false), "(a:1 OR b:2) AND user.name:\"ana\"");
        assert_eq!(narrow("a:1 AND user.name:\"ana\"", false), "a:1 AND user.name:\"ana\"");
        assert_eq!(
            narrow("NOT user.name:\"ana\"", false),
            "NOT user.name:\"ana\" AND user.name:\"ana\""
        );
    }

    #[test]
    fn toggling_twice_changes_nothing() {
        let s = of(&[("severity", "low")]).search;
        assert_eq!(s.clone().toggle_severity(Severity::High).toggle_severity(Severity::High), s);
        assert_eq!(s.clone().toggle_dataset("a").toggle_dataset("a"), s);
        assert!(s.clone().toggle_severity(Severity::Low).severity.is_empty());
    }
}
