//! Which parts go: by their age, and, where the disk is too full, the oldest days besides. Where OpenSearch holds the events, which
//! tenants' shares of which days go: by age alone. Pure, so that a preview and a run that look at the same things choose the same.
use model::{
    Micros,
    retention::{DataClass, RetentionPolicy},
    time::DAY,
};
use pipeline::{DatedPart, PartMeta, Share};
use std::collections::BTreeMap;

pub(super) type Policies = BTreeMap<String, RetentionPolicy>;

/// A part that goes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Doomed {
    pub meta: PartMeta,
    pub day: String,
    pub class: DataClass,
    /// Young enough to stay, were there room.
    pub for_room: bool,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Plan {
    /// What it follows from.
    pub policies: Policies,
    pub parts: Vec<Doomed>,
    /// Where OpenSearch holds the events.
    pub shares: Vec<Share>,
    /// Bytes that are still lacking after all that may go has gone.
    pub lacking: i64,
}

/// The first moment of the day before which things that are kept so many days go.
pub(super) fn cutoff(now: Micros, days: i64) -> Micros {
    let first = now.plus(-days.saturating_mul(DAY));
    Micros(first.0.div_euclid(DAY) * DAY)
}

/// How long a part is kept; `None`: it stays whatever happens.
fn days(part: &DatedPart, policies: &Policies) -> Option<i64> {
    let policy = policies.get(&part.meta.tenant).filter(|p| !p.hold)?;
    policy.days(DataClass::of_dataset(&part.meta.dataset))
}

/// `lacking`: bytes of the disk to make free. For room whole days go, the oldest of all tenants first, but never the present one, and
/// nothing of a class that is kept for ever.
pub(super) fn plan(parts: Vec<DatedPart>, policies: &Policies, now: Micros, lacking: i64) -> Plan {
    let mut plan = Plan { lacking, ..Plan::default() };
    let mut rest: BTreeMap<String, Vec<DatedPart>> = BTreeMap::new();
    for part in parts {
        match days(&part, policies) {
            None => {}
            Some(days) if part.day < cutoff(now, days).date() => plan.take(part, false),
            Some(_) => rest.entry(part.day.clone()).or_default().push(part),
        }
    }
    let today = now.date();
    for (_, parts) in rest.into_iter().take_while(|(day, _)| *day < today) {
        if plan.lacking <= 0 {
            break;
        }
        // what is linked elsewhere gives nothing back: taking it would only lose it
        parts.into_iter().filter(|p| p.frees).for_each(|p| plan.take(p, true));
    }
    plan.lacking = plan.lacking.max(0);
    plan
}

/// The first day of which events may still be on their way to OpenSearch: yesterday, or before the oldest block that waits in the
/// journal, whose events came a moment earlier than it.
pub(super) fn receiving(now: Micros, oldest_block: Option<Micros>) -> String {
    let waiting = oldest_block.map(|at| at.plus(-DAY));
    waiting.into_iter().chain([now.plus(-DAY)]).min().unwrap_or(now).date()
}

/// The first day, class by class, of which nobody lets anything go.
pub(super) fn horizon(
    policies: &Policies,
    now: Micros,
    receiving: &str,
) -> BTreeMap<DataClass, String> {
    let end = |class: DataClass| {
        let days = policies.values().filter(|p| !p.hold).filter_map(|p| p.days(class)).min()?;
        Some((class, cutoff(now, days).date().min(receiving.to_owned())))
    };
    [DataClass::Events, DataClass::Network].into_iter().filter_map(end).collect()
}

/// The shares whose tenants let them go.
pub(super) fn past(
    shares: Vec<Share>,
    policies: &Policies,
    now: Micros,
    receiving: &str,
) -> Vec<Share> {
    let goes = |share: &Share| {
        let policy = policies.get(&share.tenant).filter(|p| !p.hold);
        let days = policy.and_then(|p| p.days(share.class));
        days.is_some_and(|days| share.day < cutoff(now, days).date())
            && share.day.as_str() < receiving
    };
    shares.into_iter().filter(goes).collect()
}

impl Plan {
    fn take(&mut self, part: DatedPart, for_room: bool) {
        if part.frees {
            self.lacking -= part.meta.bytes;
        }
        let class = DataClass::of_dataset(&part.meta.dataset);
        self.parts.push(Doomed { meta: part.meta, day: part.day, class, for_room });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Noon of 2026-11-20.
    const NOW: Micros = Micros(1_795_132_800_000_000 + DAY / 2);

    /// A part of 100 bytes that lies so many days back.
    fn part(tenant: &str, dataset: &str, age: i64) -> DatedPart {
        let day = NOW.plus(-age * DAY).date();
        let id = format!("{tenant} {dataset} {age}");
        let meta = json!({
            "id": id, "tenant": tenant, "dataset": dataset, "day": day, "path": "", "rows": 10, "bytes": 100,
            "min_time": "2026-01-01T00:00:00Z", "max_time": "2026-01-01T00:00:00Z", "min_id": 1, "max_id": 2,
            "checksum": "", "level": 0, "state": "live",
        });
        DatedPart { day, frees: true, meta: serde_json::from_value(meta).unwrap() }
    }

    fn policies(of: &[(&str, RetentionPolicy)]) -> BTreeMap<String, RetentionPolicy> {
        of.iter().map(|(tenant, p)| ((*tenant).to_owned(), *p)).collect()
    }

    fn days(events: Option<i64>, network: Option<i64>) -> RetentionPolicy {
        RetentionPolicy { events, network, ..Default::default() }
    }

    fn names(plan: &Plan) -> Vec<&str> {
        plan.parts.iter().map(|d| d.meta.id.as_str()).collect()
    }

    #[test]
    fn without_a_policy_nothing_goes_however_full_the_disk_is() {
        let parts = vec![part("a", "x", 9_000), part("b", "zeek.conn", 9_000)];
        let none = plan(parts.clone(), &BTreeMap::new(), NOW, 1_000);
        assert_eq!((none.parts.len(), none.lacking), (0, 1_000));
        let forever = policies(&[("a", days(None, Some(1))), ("b", days(Some(1), None))]);
        assert!(plan(parts, &forever, NOW, 1_000).parts.is_empty());
    }

    #[test]
    fn each_class_has_its_own_end_and_each_tenant_its_own_policy() {
        let ages = [1, 7, 8, 90];
        let mut parts = Vec::new();
        for tenant in ["a", "b"] {
            for age in ages {
                parts.push(part(tenant, "windows.sysmon", age));
                parts.push(part(tenant, "suricata.alert", age));
            }
        }
        let of_a = policies(&[("a", days(Some(30), Some(7)))]);
        let plan = plan(parts, &of_a, NOW, 0);
        assert_eq!(
            names(&plan),
            ["a suricata.alert 8", "a windows.sysmon 90", "a suricata.alert 90"],
            "a day that is partly within the time stays"
        );
        assert!(plan.parts.iter().all(|d| !d.for_room));
    }

    #[test]
    fn a_hold_keeps_everything() {
        let held = RetentionPolicy { hold: true, ..days(Some(1), Some(1)) };
        let parts = vec![part("a", "x", 90)];
        assert!(plan(parts, &policies(&[("a", held)]), NOW, 1_000).parts.is_empty());
    }

    #[test]
    fn for_room_the_oldest_days_go_whole_over_all_tenants() {
        let parts = vec![
            part("a", "x", 3),
            part("b", "x", 3),
            part("a", "x", 2),
            part("a", "x", 5),
            part("a", "x", 0),
            part("forever", "x", 50),
        ];
        let both = policies(&[("a", days(Some(99), None)), ("b", days(Some(99), None))]);
        let after = |lacking: i64| {
            let plan = plan(parts.clone(), &both, NOW, lacking);
            assert!(plan.parts.iter().all(|d| d.for_room));
            (plan.parts.iter().map(|d| d.meta.id.clone()).collect::<Vec<_>>(), plan.lacking)
        };
        assert_eq!(after(0), (vec![], 0));
        assert_eq!(after(100), (vec!["a x 5".into()], 0));
        let whole: Vec<String> = ["a x 5", "a x 3", "b x 3"].map(String::from).to_vec();
        assert_eq!(after(101), (whole, 0));
        let (all, left) = after(9_999);
        assert_eq!((all.len(), left), (4, 9_999 - 400), "the present day stays");
    }

    fn share(tenant: &str, class: DataClass, age: i64) -> Share {
        let day = NOW.plus(-age * DAY).date();
        let index = format!("{} {day}", class.as_str());
        Share { index, class, day, tenant: tenant.into(), events: 10, bytes: 100 }
    }

    #[test]
    fn shares_go_by_their_tenants_policies() {
        let held = RetentionPolicy { hold: true, ..days(Some(1), Some(1)) };
        let of = policies(&[
            ("a", days(Some(30), Some(7))),
            ("b", days(None, Some(90))),
            ("held", held),
        ]);
        let mut shares = Vec::new();
        for tenant in ["a", "b", "held", "none"] {
            for age in [1, 8, 31, 91] {
                shares.push(share(tenant, DataClass::Network, age));
                shares.push(share(tenant, DataClass::Events, age));
            }
        }
        let since = receiving(NOW, None);
        let gone = past(shares, &of, NOW, &since);
        let told: Vec<_> =
            gone.iter().map(|s| (s.tenant.as_str(), s.class, s.day.clone())).collect();
        let day = |age: i64| NOW.plus(-age * DAY).date();
        let network = DataClass::Network;
        assert_eq!(
            told,
            [
                ("a", network, day(8)),
                ("a", network, day(31)),
                ("a", DataClass::Events, day(31)),
                ("a", network, day(91)),
                ("a", DataClass::Events, day(91)),
                ("b", network, day(91)),
            ]
        );
        let ends = horizon(&of, NOW, &since);
        assert_eq!(ends.get(&network), Some(&day(7)), "of the shortest time that is not on hold");
        assert_eq!(ends.get(&DataClass::Events), Some(&day(30)));
        let forever = policies(&[("a", days(None, None)), ("held", held)]);
        assert!(horizon(&forever, NOW, &since).is_empty());
    }

    #[test]
    fn a_day_that_may_still_receive_events_stays() {
        assert_eq!(receiving(NOW, None), NOW.plus(-DAY).date());
        assert_eq!(receiving(NOW, Some(NOW)), NOW.plus(-DAY).date());
        let waiting = receiving(NOW, Some(NOW.plus(-9 * DAY)));
        assert_eq!(waiting, NOW.plus(-10 * DAY).date());
        let of = policies(&[("a", days(Some(1), None))]);
        let shares = [0, 1, 2, 9, 10, 11].map(|age| share("a", DataClass::Events, age)).to_vec();
        let ages = |since: &str| past(shares.clone(), &of, NOW, since).len();
        assert_eq!((ages(&receiving(NOW, None)), ages(&waiting)), (4, 1));
        assert_eq!(horizon(&of, NOW, &waiting).get(&DataClass::Events), Some(&waiting));
    }

    #[test]
    fn what_age_takes_counts_for_room_and_linked_files_do_not() {
        let mut linked = part("a", "x", 4);
        linked.frees = false;
        let parts = vec![part("a", "x", 90), linked, part("a", "x", 3), part("a", "x", 2)];
        let plan = plan(parts, &policies(&[("a", days(Some(30), None))]), NOW, 150);
        assert_eq!(names(&plan), ["a x 90", "a x 3"]);
        assert_eq!(plan.parts.iter().map(|d| d.for_room).collect::<Vec<_>>(), [false, true]);
    }
}
