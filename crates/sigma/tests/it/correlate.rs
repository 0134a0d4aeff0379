//! Correlations: by hand, one sentence each; and at random, beside a slow evaluation that keeps everything.
use sigma::{
    correlate::{Correlator, Found},
    event::{Event, Scalar},
    language::{Pack, parse},
};

/// Rules `a`, `b`, `c` for any event; then the correlations.
fn pack(correlations: &str) -> Pack {
    let (pack, problems) = linked(correlations);
    assert!(problems.is_empty(), "{problems:?}");
    pack
}

fn linked(correlations: &str) -> (Pack, Vec<String>) {
    let mut text = String::new();
    for name in ["a", "b", "c"] {
        text += &format!(
            "title: {name}\nname: {name}\nlogsource: {{product: p}}\ndetection: {{s: {{f: {name}}}, condition: s}}\n---\n"
        );
    }
    let documents: Vec<_> = parse(&(text + correlations))
        .into_iter()
        .collect::<Result<_, _>>()
        .unwrap_or_else(|e| panic!("{e}"));
    Pack::link(documents)
}

const SECOND: i64 = 1_000_000;

/// One event: seconds, the rules that hit it, user, value.
type Row<'r> = (i64, &'r str, &'r str, &'r str);

fn run(correlator: &mut Correlator, rows: &[Row<'_>], first: u64) -> Vec<Found> {
    let mut found = vec![];
    for ((time, rules, user, value), number) in rows.iter().zip(first..) {
        let fields = [("user", user), ("other", user), ("v", value)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty());
        let event = Event {
            fields: fields
                .map(|(name, value)| (name.into(), Scalar::Str((*value).into())))
                .collect(),
            kinds: vec![],
        };
        let rules: Vec<usize> = ["a", "b", "c"]
            .iter()
            .enumerate()
            .filter(|(_, name)| rules.contains(**name))
            .map(|(at, _)| at)
            .collect();
        for signal in correlator.signals(&rules, &event, time * SECOND, number) {
            found.extend(correlator.push(signal));
        }
    }
    found
}

/// Events of each hit, in order; windows are closed at the end.
fn hits(correlation: &str, rows: &[Row<'_>]) -> Vec<Vec<u64>> {
    let pack = pack(&format!("title: x\ncorrelation: {correlation}\n"));
    let mut correlator = Correlator::new(&pack);
    let mut found = run(&mut correlator, rows, 0);
    found.extend(correlator.finish());
    assert_eq!(correlator.groups(), 0, "nothing is remembered at the end");
    found.into_iter().map(|found| found.events).collect()
}

const COUNT: &str =
    "{type: event_count, rules: [a], group-by: [user], timespan: 10s, condition: {gte: 3}}";

#[test]
fn counting_within_a_time_by_group() {
    let row = |t, user| (t, "a", user, "");
    assert_eq!(
        hits(COUNT, &[row(0, "x"), row(5, "x"), row(10, "x")]),
        [[0, 1, 2]],
        "first to last may be all of the time"
    );
    assert!(hits(COUNT, &[row(0, "x"), row(5, "x"), row(11, "x")]).is_empty());
    assert!(hits(COUNT, &[row(0, "x"), row(1, "y"), row(2, "x")]).is_empty());
    assert_eq!(
        hits(COUNT, &[row(0, "x"), row(9, "x"), row(15, "x"), row(16, "x")]),
        [[1, 2, 3]],
        "any window, not one from the first"
    );
    assert!(
        hits(COUNT, &[row(0, ""), row(1, ""), row(2, "")]).is_empty(),
        "without the field it is in no group"
    );
    let seven: Vec<Row<'_>> = (0..7).map(|t| row(t, "x")).collect();
    assert_eq!(hits(COUNT, &seven), [[0, 1, 2], [3, 4, 5]], "what completed a hit is spent");
}

#[test]
fn late_and_out_of_order() {
    let row = |t| (t, "a", "x", "");
    assert_eq!(hits(COUNT, &[row(5), row(10), row(2)]), [[2, 0, 1]]);
    let pack = pack(&format!("title: x\ncorrelation: {COUNT}\n"));
    let mut correlator = Correlator::new(&pack);
    assert!(
        run(&mut correlator, &[row(20), row(25), row(9), row(24)], 0).len() == 1,
        "9 is too old for a window that has 20"
    );
    assert_eq!(correlator.late(), 1);
}

#[test]
fn different_values() {
    let c = "{type: value_count, rules: [a], group-by: [user], timespan: 10s, condition: {field: v, gte: 3}}";
    assert!(hits(c, &[(0, "a", "x", "1"), (1, "a", "x", "1"), (2, "a", "x", "2")]).is_empty());
    assert_eq!(
        hits(c, &[(0, "a", "x", "1"), (1, "a", "x", "1"), (2, "a", "x", "2"), (3, "a", "x", "3")])
            .len(),
        1
    );
    assert!(
        hits(c, &[(0, "a", "x", "1"), (9, "a", "x", "2"), (11, "a", "x", "3")]).is_empty(),
        "the 1 is over"
    );
    assert!(hits(c, &[(0, "a", "x", "1"), (1, "a", "x", ""), (2, "a", "x", "2")]).is_empty());
}

#[test]
fn rules_together_in_any_or_one_order() {
    let any = "{type: temporal, rules: [a, b, c], group-by: [user], timespan: 10s}";
    assert_eq!(
        hits(any, &[(0, "c", "x", ""), (1, "a", "x", ""), (1, "a", "x", ""), (10, "b", "x", "")]),
        [[0, 1, 2, 3]]
    );
    assert!(hits(any, &[(0, "c", "x", ""), (1, "a", "x", ""), (11, "b", "x", "")]).is_empty());
    assert_eq!(hits(any, &[(0, "abc", "x", "")]), [[0, 0, 0]], "one event may be all of them");
    let ordered = any.replace("temporal", "temporal_ordered");
    assert!(hits(&ordered, &[(0, "c", "x", ""), (1, "a", "x", ""), (2, "b", "x", "")]).is_empty());
    assert_eq!(
        hits(
            &ordered,
            &[
                (0, "b", "x", ""),
                (1, "a", "x", ""),
                (2, "b", "x", ""),
                (3, "a", "x", ""),
                (4, "c", "x", "")
            ]
        )
        .len(),
        1
    );
    assert!(hits(&ordered, &[(0, "a", "x", ""), (6, "b", "x", ""), (11, "c", "x", "")]).is_empty());
    let two =
        "{type: temporal, rules: [a, b, c], group-by: [user], timespan: 10s, condition: {gte: 2}}";
    assert_eq!(hits(two, &[(0, "a", "x", ""), (1, "a", "x", ""), (2, "c", "x", "")]).len(), 1);
}

#[test]
fn conditions_over_rules() {
    let either = "{type: temporal, rules: [a, b, c], group-by: [user], timespan: 10s, condition: a and (b or c)}";
    assert_eq!(hits(either, &[(0, "a", "x", ""), (1, "c", "x", "")]), [[0, 1]]);
    assert!(hits(either, &[(0, "b", "x", ""), (1, "c", "x", "")]).is_empty());
    let without =
        "{type: temporal, rules: [a, b], group-by: [user], timespan: 10s, condition: a and not b}";
    assert_eq!(hits(without, &[(0, "a", "x", "")]), [[0]], "known when the window is over");
    assert!(hits(without, &[(0, "a", "x", ""), (10, "b", "x", "")]).is_empty());
    assert_eq!(hits(without, &[(0, "a", "x", ""), (11, "b", "x", "")]), [[0]]);
}

#[test]
fn what_is_only_known_at_the_end_of_a_window() {
    let few =
        "{type: event_count, rules: [a], group-by: [user], timespan: 10s, condition: {lt: 3}}";
    let row = |t| (t, "a", "x", "");
    assert!(hits(few, &[row(0), row(1), row(2)]).is_empty());
    assert_eq!(hits(few, &[row(0), row(10), row(11), row(12), row(13)]), [[0, 1]]);
    let exactly = few.replace("lt: 3", "eq: 2");
    assert!(
        hits(&exactly, &[row(0), row(1), row(2)]).is_empty()
            && hits(&exactly, &[row(0), row(1)]).len() == 1
    );
    let between = few.replace("lt: 3", "gte: 2, lte: 3");
    assert_eq!(
        (1..6)
            .map(|n| hits(&between, &(0..n).map(row).collect::<Vec<_>>()).len())
            .collect::<Vec<_>>(),
        [0, 1, 1, 0, 0]
    );
    let unlike = few.replace("lt: 3", "neq: 2");
    assert_eq!(
        (1..4)
            .map(|n| hits(&unlike, &(0..n).map(row).collect::<Vec<_>>()).len())
            .collect::<Vec<_>>(),
        [1, 0, 1]
    );
}

#[test]
fn sums_averages_percentiles() {
    let rows = |values: &[&'static str]| {
        values.iter().zip(0..).map(|(v, t)| (t, "a", "x", *v)).collect::<Vec<Row<'_>>>()
    };
    let c = |kind: &str, condition: &str| {
        format!("{{type: {kind}, rules: [a], timespan: 10s, condition: {{field: v, {condition}}}}}")
    };
    assert_eq!(
        hits(&c("value_sum", "gt: 10"), &rows(&["4", "5", "x", "1.5"])),
        [[0, 1, 3]],
        "what is no number counts nowhere"
    );
    assert!(hits(&c("value_sum", "gt: 10"), &rows(&["4", "6"])).is_empty());
    assert_eq!(hits(&c("value_avg", "gte: 5"), &rows(&["4", "6"])).len(), 1);
    assert!(hits(&c("value_avg", "gt: 5"), &rows(&["4", "6"])).is_empty());
    assert_eq!(hits(&c("value_median", "eq: 2.5"), &rows(&["4", "1", "2", "3"])).len(), 1);
    assert_eq!(
        hits(&c("value_percentile", "percentile: 90, gte: 9"), &rows(&["1", "10", "10"])).len(),
        1
    );
    assert!(
        hits(&c("value_percentile", "percentile: 10, gte: 9"), &rows(&["1", "10", "10"]))
            .is_empty()
    );
}

#[test]
fn several_correlations_may_count_one_rule() {
    let pack = pack(&format!(
        "title: x\ncorrelation: {COUNT}\n---\ntitle: y\ncorrelation: {{type: temporal, rules: [a, b], group-by: [user], timespan: 10s}}\n"
    ));
    let mut correlator = Correlator::new(&pack);
    let found = run(
        &mut correlator,
        &[(0, "a", "x", ""), (1, "b", "x", ""), (2, "a", "x", ""), (3, "a", "x", "")],
        0,
    );
    assert_eq!(found.iter().map(|f| f.correlation).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(pack.silent, [true, true, false]);
}

#[test]
fn names_of_a_field_in_each_rule() {
    let c = "{type: temporal, rules: [a, b], group-by: [who], aliases: {who: {a: user, b: v}}, timespan: 10s}";
    assert_eq!(hits(c, &[(0, "a", "eva", "1"), (1, "b", "bob", "eva")]), [[0, 1]]);
    assert!(hits(c, &[(0, "a", "eva", "1"), (1, "b", "eva", "bob")]).is_empty());
}

#[test]
fn correlations_of_correlations() {
    let pack = pack(&format!(
        "title: x\nname: x\ngenerate: true\ncorrelation: {COUNT}\n---\ntitle: y\ncorrelation: {{type: temporal_ordered, rules: [x, b], group-by: [user], timespan: 1m, generate: true}}\n"
    ));
    let mut correlator = Correlator::new(&pack);
    let found = run(
        &mut correlator,
        &[
            (0, "a", "x", ""),
            (1, "a", "x", ""),
            (2, "a", "x", ""),
            (3, "b", "y", ""),
            (4, "b", "x", ""),
        ],
        0,
    );
    assert_eq!(
        found.iter().map(|f| (f.correlation, f.events.clone())).collect::<Vec<_>>(),
        [(0, vec![0, 1, 2]), (1, vec![2, 4])]
    );
    assert_eq!((pack.silent, pack.silent_correlations), (vec![false; 3], vec![false; 2]));
}

#[test]
fn who_speaks_of_nobody_or_of_itself_is_named() {
    let (pack, problems) = linked(
        "title: x\nname: x\ncorrelation: {type: temporal, rules: [a, nobody], timespan: 1m}\n---\ntitle: y\nname: y\ncorrelation: {type: temporal, rules: [y], timespan: 1m}\n---\ntitle: f\nlogsource: {product: q}\nfilter: {rules: any, s: {f: 1}, condition: s}\n",
    );
    assert!(pack.correlations.is_empty());
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(
        problems.iter().any(|p| p.ends_with("nobody"))
            && problems.iter().any(|p| p.contains("is for no rule")),
        "{problems:?}"
    );
}

#[test]
fn what_is_wrong_is_said() {
    for (correlation, expected) in [
        ("{type: sometimes, rules: [a], timespan: 1m}", "no type of correlation (event_count"),
        ("{type: event_count, timespan: 1m, condition: {gte: 1}}", "`rules` is missing"),
        ("{type: event_count, rules: [a], condition: {gte: 1}}", "`timespan` is missing"),
        (
            "{type: event_count, rules: [a], timespan: 1q, condition: {gte: 1}}",
            "`1q` is no time span",
        ),
        ("{type: event_count, rules: [a], timespan: -1m, condition: {gte: 1}}", "no time span"),
        (
            "{type: event_count, rules: [a], timespan: 99999999999999y, condition: {gte: 1}}",
            "no time span",
        ),
        ("{type: event_count, rules: [a], timespan: 1m}", "`condition` is missing"),
        ("{type: event_count, rules: [a], timespan: 1m, condition: {}}", "says no number"),
        (
            "{type: event_count, rules: [a], timespan: 1m, condition: {ge: 1}}",
            "`ge` is no condition",
        ),
        (
            "{type: event_count, rules: [a], timespan: 1m, condition: {gte: x}}",
            "a number is wanted",
        ),
        ("{type: event_count, rules: [a], timespan: 1m, condition: a}", "of `temporal` only"),
        ("{type: value_sum, rules: [a], timespan: 1m, condition: {gte: 1}}", "`field` is missing"),
        (
            "{type: value_percentile, rules: [a], timespan: 1m, condition: {field: v, percentile: 101, gte: 1}}",
            "from 0 to 100",
        ),
        (
            "{type: temporal, rules: [a], timespan: 1m, condition: a and z}",
            "there is no search `z`",
        ),
        (
            "{type: temporal, rules: [a], timespan: 1m, aliases: {x: {z: f}}}",
            "`z` is not one of the rules",
        ),
    ] {
        let problem = parse(&format!("title: x\ncorrelation: {correlation}\n"))
            .remove(0)
            .err()
            .unwrap_or_else(|| panic!("nothing: {correlation}"));
        assert!(problem.to_string().contains(expected), "{problem}\nwanted {expected}");
    }
}

/// A generator that is the same everywhere (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[usize::try_from(self.below(of.len() as u64)).expect("small")]
    }
}

/// What should hit: every window is built anew from all that is not spent.
fn slowly(
    kind: &str,
    order: &str,
    number: f64,
    rules: &str,
    rows: &[Row<'_>],
) -> Vec<(i64, i64, f64)> {
    let judge = |window: &[&Row<'_>]| -> (f64, bool) {
        let mut numbers: Vec<f64> =
            window.iter().map(|row| row.3.parse().expect("a number")).collect();
        numbers.sort_by(f64::total_cmp);
        let mut kinds: Vec<&str> = window.iter().map(|row| row.1).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let value = match kind {
            "event_count" => numbers.len() as f64,
            "value_count" => {
                let mut different = numbers.clone();
                different.dedup();
                different.len() as f64
            }
            "value_sum" => numbers.iter().sum(),
            "value_avg" => numbers.iter().sum::<f64>() / numbers.len() as f64,
            "value_median" => (numbers[(numbers.len() - 1) / 2] + numbers[numbers.len() / 2]) / 2.0,
            "temporal" => kinds.len() as f64,
            _ => {
                let mut wanted = rules.chars().peekable();
                for row in window {
                    let _ = wanted.next_if(|w| row.1.starts_with(*w));
                }
                (rules.len() - wanted.count()) as f64
            }
        };
        let holds = match order {
            "gt" => value > number,
            "gte" => value >= number,
            "lt" => value < number,
            "lte" => value <= number,
            "eq" => value == number,
            _ => value != number,
        };
        (value, holds)
    };
    let early = order.starts_with('g') && kind != "value_avg" && kind != "value_median";
    let mut found = vec![];
    for user in ["x", "y"] {
        let mut open: Vec<&Row<'_>> = vec![];
        let mut close = |open: &mut Vec<&Row<'_>>| {
            if let (Some(first), Some(last)) = (open.first(), open.last()) {
                let (value, holds) = judge(open);
                if holds {
                    found.push((first.0, last.0, value));
                }
                if holds || !early {
                    open.clear();
                }
            }
        };
        for row in rows.iter().filter(|row| row.2 == user && rules.contains(row.1)) {
            if early {
                open.retain(|other| other.0 >= row.0 - 10);
                open.push(row);
                close(&mut open);
            } else {
                if open.first().is_some_and(|first| first.0 < row.0 - 10) {
                    close(&mut open);
                }
                open.push(row);
            }
        }
        if !early {
            close(&mut open);
        }
    }
    found
}

#[test]
fn at_random_beside_the_slow_evaluation() {
    let mut with_hits = 0;
    for seed in 0..6_000 {
        let mut dice = Dice(seed);
        let kind = dice.one(&[
            "event_count",
            "value_count",
            "value_sum",
            "value_avg",
            "value_median",
            "temporal",
            "temporal_ordered",
        ]);
        let order = dice.one(&["gt", "gte", "lt", "lte", "eq", "neq"]);
        let rules = dice.one(&["a", "ab", "cba"]);
        let number = 1 + dice.below(5);
        let mut time = 0;
        let rows: Vec<Row<'_>> = (0..dice.below(60))
            .map(|_| {
                time += i64::try_from(dice.below(6)).expect("small");
                (
                    time,
                    dice.one(&["a", "b", "c"]),
                    dice.one(&["x", "y"]),
                    dice.one(&["1", "2", "3", "4"]),
                )
            })
            .collect();
        let names: Vec<String> = rules.chars().map(String::from).collect();
        let field = if kind.starts_with("value") { "field: v, " } else { "" };
        let text = format!(
            "title: x\ncorrelation: {{type: {kind}, rules: [{}], group-by: [user], timespan: 10s, condition: {{{field}{order}: {number}}}}}\n",
            names.join(", ")
        );
        let pack = pack(&text);
        let mut correlator = Correlator::new(&pack);
        let mut found = run(&mut correlator, &rows, 0);
        found.extend(correlator.finish());
        let mut found: Vec<(i64, i64, f64)> =
            found.iter().map(|f| (f.from / SECOND, f.to / SECOND, f.value)).collect();
        #[allow(clippy::cast_precision_loss, reason = "below ten")]
        let mut expected = slowly(kind, order, number as f64, rules, &rows);
        let by = |a: &(i64, i64, f64), b: &(i64, i64, f64)| {
            (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2))
        };
        found.sort_by(by);
        expected.sort_by(by);
        assert_eq!(found, expected, "seed {seed}: {text}{rows:?}");
        with_hits += usize::from(!found.is_empty());
    }
    assert!(
        (2_000..6_000).contains(&with_hits),
        "{with_hits} of 6000 had hits: the test says little"
    );
}
