//! What is usual with a source, and what is not: how much it sends, when records were due and did not come, when it is silent.
//! Pure: the same minutes give the same answers.
//!
//! Words: a minute is *active* when records of the source were received in it. The *distance* of two active minutes that follow
//! each other is 1 when nothing lies between them.
use model::{
    Micros,
    pipeline::{OTHER, REPLAY},
    time::{DAY, MINUTE},
};

/// So much of what a source sent last is learned from.
pub const LEARN_FROM: i64 = DAY;
/// Minutes of history below which nothing is known of a source.
const ENOUGH: usize = 30;
/// Silence is at least so many minutes …
pub const LEAST_SILENCE: i64 = 5;
/// … and so many times as long as the source is usually quiet.
const PATIENCE: i64 = 5;
/// Whole minutes without records that make a gap.
const GAP: i64 = 3;

/// Nobody expects anything of samples, of people who try dead letters again, and of a mixture.
pub fn watched(kind: &str, sample: bool) -> bool {
    !sample && kind != REPLAY && kind != OTHER
}

/// What a source usually does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    /// Median of records in a minute, quiet minutes included.
    pub per_minute: i64,
    /// 95 of 100 distances are no longer.
    pub distance: i64,
}

/// A time in which records were due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub from: Micros,
    /// Half-open: records came again in this minute.
    pub to: Micros,
    pub minutes: i64,
    pub expected: i64,
}

/// The smallest value that `percent` of all are not above; the lower median for 50.
fn rank(values: &mut [i64], percent: usize) -> Option<i64> {
    values.sort_unstable();
    let at = (values.len() * percent).div_ceil(100).max(1) - 1;
    values.get(at).copied()
}

fn patience(distance: i64) -> i64 {
    (PATIENCE * distance).max(LEAST_SILENCE)
}

/// From when until when some process took batches.
pub type Listening = (Micros, Micros);

/// For how many microseconds between two moments somebody listened. Of times that overlap, oldest first, each moment counts once.
fn heard(listening: &[Listening], from: Micros, to: Micros) -> i64 {
    let (mut reached, mut sum) = (from, 0);
    for (since, until) in listening {
        let (since, until) = (reached.max(*since), to.min(*until));
        if since < until {
            sum += until.since(since);
            reached = until;
        }
    }
    sum
}

impl Usual {
    /// From active minutes with their records, oldest first. `None` when they are too few to say anything. Times in which the
    /// source was silent are left out: an outage does not teach that nothing is due.
    pub fn learn(active: &[(Micros, i64)]) -> Option<Self> {
        let distances: Vec<i64> =
            active.windows(2).map(|w| w[1].0.since(w[0].0) / MINUTE).collect();
        let distance = rank(&mut distances.clone(), 95)?;
        let longest = patience(distance);
        let mut counts: Vec<i64> = active.iter().map(|a| a.1).collect();
        for quiet in distances.iter().filter(|d| **d <= longest).map(|d| d - 1) {
            counts.extend(std::iter::repeat_n(0, usize::try_from(quiet).unwrap_or(0)));
        }
        if counts.len() < ENOUGH {
            return None;
        }
        Some(Self { per_minute: rank(&mut counts, 50)?, distance })
    }

    /// Minutes of the silence that this source has fallen into; `None` while it has not. Only what somebody listened to is held
    /// against it.
    pub fn silent_for(
        &self,
        last_seen: Micros,
        listening: &[Listening],
        now: Micros,
    ) -> Option<i64> {
        let nothing = heard(listening, last_seen, now);
        let due = self.per_minute >= 1 && nothing >= patience(self.distance) * MINUTE;
        due.then(|| now.since(last_seen) / MINUTE)
    }

    /// The gap between two active minutes that follow each other, if it is one.
    pub fn gap(&self, before: Micros, after: Micros) -> Option<Gap> {
        let distance = after.since(before) / MINUTE;
        let minutes = distance - 1;
        let due = self.per_minute >= 1 && distance > self.distance;
        (due && minutes >= GAP).then(|| Gap {
            from: before.plus(MINUTE),
            to: after,
            minutes,
            expected: minutes * self.per_minute,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Micros {
        Micros(minute * MINUTE)
    }

    /// Active in these minutes, with `n` records each.
    fn active(minutes: impl IntoIterator<Item = i64>, n: i64) -> Vec<(Micros, i64)> {
        minutes.into_iter().map(|m| (at(m), n)).collect()
    }

    /// Somebody has listened all the time.
    const ALWAYS: &[Listening] = &[(Micros(0), Micros(i64::MAX))];

    #[test]
    fn a_steady_source_is_expected_to_go_on() {
        let usual = Usual::learn(&active(0..60, 690)).unwrap();
        assert_eq!(usual, Usual { per_minute: 690, distance: 1 });
        assert_eq!(usual.silent_for(at(59), ALWAYS, at(63)), None);
        assert_eq!(usual.silent_for(at(59), ALWAYS, at(64)), Some(5));
        assert_eq!(usual.silent_for(at(59), ALWAYS, at(68)), Some(9), "0 for 9 min");
    }

    #[test]
    fn of_a_new_source_nothing_is_known() {
        assert_eq!(Usual::learn(&[]), None);
        assert_eq!(Usual::learn(&active([7], 1_000)), None);
        assert_eq!(Usual::learn(&active(0..29, 1_000)), None);
        assert!(Usual::learn(&active(0..30, 1_000)).is_some());
    }

    #[test]
    fn one_busy_minute_does_not_move_the_median() {
        let mut minutes = active(0..60, 10);
        minutes[30].1 = 1_000_000;
        assert_eq!(Usual::learn(&minutes).unwrap().per_minute, 10);
    }

    #[test]
    fn a_source_that_seldom_sends_is_never_silent() {
        // one record each ten minutes: most minutes have none
        let usual = Usual::learn(&active((0..40).map(|n| n * 10), 1)).unwrap();
        assert_eq!(usual, Usual { per_minute: 0, distance: 10 });
        assert_eq!(usual.silent_for(at(390), ALWAYS, at(10_000)), None);
        assert_eq!(usual.gap(at(10), at(60)), None);
    }

    #[test]
    fn a_source_with_pauses_is_given_time() {
        // two minutes in three, with a pause of three minutes now and then
        let minutes = (0..200).filter(|m| m % 3 != 2 && m % 40 < 36);
        let usual = Usual::learn(&active(minutes, 20)).unwrap();
        assert_eq!((usual.per_minute, usual.distance), (20, 2));
        assert_eq!(usual.silent_for(at(200), ALWAYS, at(209)), None);
        assert_eq!(usual.silent_for(at(200), ALWAYS, at(210)), Some(10));
    }

    #[test]
    fn an_outage_does_not_teach_that_nothing_is_due() {
        let minutes = (0..60).chain(900..960);
        let usual = Usual::learn(&active(minutes, 50)).unwrap();
        assert_eq!(usual, Usual { per_minute: 50, distance: 1 });
        let gap = usual.gap(at(59), at(900)).unwrap();
        assert_eq!((gap.from, gap.to, gap.minutes), (at(60), at(900), 840));
        assert_eq!(gap.expected, 42_000);
    }

    #[test]
    fn three_whole_minutes_are_a_gap_and_two_are_none() {
        let usual = Usual { per_minute: 7, distance: 1 };
        assert_eq!(usual.gap(at(10), at(11)), None);
        assert_eq!(usual.gap(at(10), at(13)), None);
        let gap = Gap { from: at(11), to: at(14), minutes: 3, expected: 21 };
        assert_eq!(usual.gap(at(10), at(14)), Some(gap));
        // with this source such a pause is usual
        assert_eq!(Usual { per_minute: 7, distance: 4 }.gap(at(10), at(14)), None);
    }

    #[test]
    fn what_nobody_listened_to_is_no_silence() {
        let usual = Usual { per_minute: 100, distance: 1 };
        // the program was down from 10 to 100
        let down = [(at(0), at(10)), (at(100), at(300))];
        assert_eq!(usual.silent_for(at(10), &down, at(104)), None);
        assert_eq!(usual.silent_for(at(10), &down, at(105)), Some(95));
        // it went on listening when the last record had come, and two processes did so at once
        let both = [(at(0), at(12)), (at(1), at(11)), (at(100), at(101)), (at(100), at(300))];
        assert_eq!(usual.silent_for(at(10), &both, at(102)), None);
        assert_eq!(usual.silent_for(at(10), &both, at(103)), Some(93));
        assert_eq!(usual.silent_for(at(10), &[], at(1_000)), None, "nobody listened at all");
    }

    #[test]
    fn samples_and_mixtures_are_not_watched() {
        assert!(watched("suricata", false) && watched("agent", false) && watched("api", false));
        assert!(!watched("suricata", true) && !watched(REPLAY, false) && !watched(OTHER, false));
    }
}
