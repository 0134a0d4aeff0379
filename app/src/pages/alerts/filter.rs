//! What the alert list shows and in which order: the address's query, read, asked of the backend, and said in chips.
use crate::{
    i18n::{t, t_of},
    url::Query,
};
use model::{
    Micros, Severity,
    alert::{AlertQuery, AlertSort, AlertStatus},
};

/// Whose alerts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assigned {
    #[default]
    Anyone,
    Me,
    Nobody,
    To(i64),
}

/// Names of the parameters that narrow the list. `cursor` and `selected` are not among them.
pub const FILTERS: [&str; 10] = [
    "status",
    "severity",
    "text",
    "assigned",
    "rule",
    "hostname",
    "username",
    "since",
    "until",
    "closed_since",
];

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Empty: any.
    pub status: Vec<AlertStatus>,
    pub severity: Vec<Severity>,
    pub text: String,
    pub assigned: Assigned,
    pub rule: Option<i64>,
    pub hostname: Option<String>,
    pub username: Option<String>,
    pub since: Option<Micros>,
    pub until: Option<Micros>,
    pub closed_since: Option<Micros>,
    pub sort: AlertSort,
    pub cursor: Option<String>,
    /// The address says nothing about the status: open and in progress.
    pub default_status: bool,
}

pub fn sort_word(sort: AlertSort) -> &'static str {
    match sort {
        AlertSort::Newest => "newest",
        AlertSort::Oldest => "oldest",
        AlertSort::Severity => "severity",
        AlertSort::Updated => "updated",
    }
}

impl Filter {
    /// Unknown words are left out, so an old bookmark still shows something.
    pub fn read(q: &Query) -> Self {
        let text =
            |name: &str| q.get(name).map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
        let time = |name: &str| q.get(name).and_then(Micros::parse);
        let default_status = q.all("status").all(str::is_empty);
        Self {
            status: match default_status {
                true => vec![AlertStatus::Open, AlertStatus::InProgress],
                false => q.all("status").filter_map(AlertStatus::parse).collect(),
            },
            severity: q.all("severity").filter_map(Severity::parse).collect(),
            text: text("text").unwrap_or_default(),
            assigned: match q.get("assigned") {
                Some("me") => Assigned::Me,
                Some("none") => Assigned::Nobody,
                Some(id) => id.parse().map_or(Assigned::Anyone, Assigned::To),
                None => Assigned::Anyone,
            },
            rule: q.get("rule").and_then(|r| r.parse().ok()),
            hostname: text("hostname"),
            username: text("username"),
            since: time("since"),
            until: time("until"),
            closed_since: time("closed_since"),
            sort: q.get("sort").and_then(AlertSort::parse).unwrap_or_default(),
            cursor: text("cursor"),
            default_status,
        }
    }

    pub fn query(&self, me: Option<i64>) -> AlertQuery {
        AlertQuery {
            status: self.status.clone(),
            severity: self.severity.clone(),
            text: self.text.clone(),
            assigned_to: match self.assigned {
                Assigned::Me => me,
                Assigned::To(id) => Some(id),
                Assigned::Anyone | Assigned::Nobody => None,
            },
            unassigned: self.assigned == Assigned::Nobody,
            rule_id: self.rule,
            hostname: self.hostname.clone(),
            username: self.username.clone(),
            since: self.since,
            until: self.until,
            closed_since: self.closed_since,
            sort: self.sort,
            limit: 0,
            cursor: self.cursor.clone(),
        }
    }

    /// The active filters: label, value, and the query without each.
    pub fn chips(&self, q: &Query) -> Vec<(String, String, Query)> {
        let q = q.clone().without("cursor").without("selected");
        let mut out = Vec::new();
        if self.default_status {
            out.push((
                t("alerts.status"),
                t("alerts.status_default"),
                q.clone().set("status", "any"),
            ));
        } else {
            for s in &self.status {
                let rest = q.clone().without_pair("status", s.as_str());
                let rest = if self.status.len() == 1 { rest.set("status", "any") } else { rest };
                out.push((t("alerts.status"), t_of("status", s.as_str()), rest));
            }
        }
        for s in &self.severity {
            out.push((
                t("alerts.severity"),
                t_of("severity", s.as_str()),
                q.clone().without_pair("severity", s.as_str()),
            ));
        }
        let assigned = match self.assigned {
            Assigned::Anyone => None,
            Assigned::Me => Some(t("alerts.assigned_me")),
            Assigned::Nobody => Some(t("alerts.assigned_none")),
            Assigned::To(id) => Some(format!("#{id}")),
        };
        let moment = |m: Option<Micros>| m.map(|m| crate::i18n::absolute(m, 0));
        for (label, name, value) in [
            (t("alerts.assigned"), "assigned", assigned),
            (t("alerts.text"), "text", Some(self.text.clone()).filter(|v| !v.is_empty())),
            (t("alerts.rule"), "rule", self.rule.map(|r| format!("#{r}"))),
            (t("alerts.host"), "hostname", self.hostname.clone()),
            (t("alerts.user"), "username", self.username.clone()),
            (t("alerts.since"), "since", moment(self.since)),
            (t("alerts.until"), "until", moment(self.until)),
            (t("alerts.closed_since"), "closed_since", moment(self.closed_since)),
        ] {
            if let Some(value) = value {
                out.push((label, value, q.clone().without(name)));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Filter {
        Filter::read(&pairs.iter().fold(Query::new(), |q, (n, v)| q.with(n, v)))
    }

    #[test]
    fn without_a_status_closed_alerts_are_left_out() {
        assert_eq!(read(&[]).status, [AlertStatus::Open, AlertStatus::InProgress]);
        assert!(read(&[("status", "any")]).status.is_empty());
        assert_eq!(read(&[("status", "closed")]).status, [AlertStatus::Closed]);
    }

    #[test]
    fn the_backend_is_asked_what_the_address_says() {
        let f = read(&[
            ("severity", "high"),
            ("severity", "critical"),
            ("text", " lsass "),
            ("assigned", "me"),
            ("sort", "oldest"),
            ("rule", "7"),
        ]);
        let q = f.query(Some(3));
        assert_eq!(
            (q.severity.len(), q.text.as_str(), q.assigned_to, q.rule_id),
            (2, "lsass", Some(3), Some(7))
        );
        assert_eq!(q.sort, AlertSort::Oldest);
        assert!(read(&[("assigned", "none")]).query(Some(3)).unassigned);
        assert_eq!(
            read(&[("assigned", "12"), ("severity", "urgent")]).query(None).assigned_to,
            Some(12)
        );
    }

    #[test]
    fn each_chip_takes_only_itself_away() {
        let q = Query::new()
            .with("status", "open")
            .with("status", "closed")
            .with("hostname", "HR001")
            .with("cursor", "x");
        let chips = Filter::read(&q).chips(&q);
        let rest: Vec<String> = chips.iter().map(|c| c.2.encoded()).collect();
        assert_eq!(
            rest,
            [
                "status=closed&hostname=HR001",
                "status=open&hostname=HR001",
                "status=open&status=closed"
            ]
        );
        // taking the default away shows all
        assert_eq!(Filter::read(&Query::new()).chips(&Query::new())[0].2.encoded(), "status=any");
    }
}
