//! Which slices a question means.
use model::{
    Micros, Problem,
    pipeline::{PipelineQuery, PipelineStep},
    time::HOUR,
};

/// Slices of one answer; a longer time needs wider ones.
const MAX_SLICES: i64 = 1_500;

/// Whole slices: `from` begins one, and the last is the one that `to` falls into or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Micros,
    pub to: Micros,
    pub step: PipelineStep,
}

impl Span {
    /// What is asked for, as of `now`.
    pub fn of(query: &PipelineQuery, now: Micros) -> Result<Self, Problem> {
        let to = query.to.unwrap_or(now);
        let (from, last) = match (query.last, query.from) {
            (Some(last), _) if last <= 0 => {
                return Err(Problem::field(
                    "last",
                    "range",
                    "must be a span such as 15m, 24h or 7d",
                ));
            }
            (Some(last), _) => (to.plus(-last), true),
            (None, Some(from)) => (from, false),
            (None, None) => (to.plus(-HOUR), true),
        };
        if from >= to {
            return Err(Problem::field("from", "order", "must be before the end"));
        }
        let step = query.step.unwrap_or_else(|| PipelineStep::of_span(to.since(from)));
        let width = step.micros();
        let floor = |at: Micros| Micros(at.0.div_euclid(width).saturating_mul(width));
        // the last hour is sixty minutes and ends with the present one, so it begins with the first whole one
        let from =
            if last { floor(from.plus(width - 1)).min(floor(to.plus(-1))) } else { floor(from) };
        if to.since(from).saturating_add(width - 1) / width > MAX_SLICES {
            let text =
                format!("makes more than {MAX_SLICES} slices of this time; choose a wider one");
            return Err(Problem::field("step", "range", &text));
        }
        Ok(Self { from, to, step })
    }

    /// The beginning of each slice, oldest first.
    pub fn starts(&self) -> impl Iterator<Item = Micros> + use<> {
        let (width, to) = (self.step.micros(), self.to);
        std::iter::successors(Some(self.from), move |at| Some(at.plus(width)))
            .take_while(move |at| *at < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::time::{DAY, MINUTE};

    fn at(minutes: i64) -> Micros {
        Micros(minutes * MINUTE)
    }

    #[test]
    fn the_last_hour_is_sixty_minutes_and_ends_with_this_one() {
        let now = at(500).plus(17);
        let span = Span::of(&PipelineQuery::default(), now).unwrap();
        let starts: Vec<_> = span.starts().collect();
        assert_eq!((starts.len(), starts[0], starts[59]), (60, at(441), at(500)));
        // on the stroke of a minute that minute has not begun
        let starts: Vec<_> =
            Span::of(&PipelineQuery::default(), at(500)).unwrap().starts().collect();
        assert_eq!((starts.len(), starts[59]), (60, at(499)));
        let short = PipelineQuery {
            last: Some(MINUTE),
            step: Some(PipelineStep::Hour),
            ..Default::default()
        };
        assert_eq!(Span::of(&short, at(600)).unwrap().starts().collect::<Vec<_>>(), [at(540)]);
        let day = PipelineQuery { last: Some(DAY), ..Default::default() };
        let span = Span::of(&day, now).unwrap();
        assert_eq!((span.step, span.starts().count()), (PipelineStep::Hour, 24));
    }

    #[test]
    fn a_time_of_ones_own_is_widened_to_whole_slices() {
        let query = PipelineQuery {
            from: Some(at(7)),
            to: Some(at(21)),
            step: Some(PipelineStep::FiveMinutes),
            ..Default::default()
        };
        let starts: Vec<_> = Span::of(&query, at(0)).unwrap().starts().collect();
        assert_eq!(starts, [at(5), at(10), at(15), at(20)]);
    }

    #[test]
    fn what_makes_no_sense_names_its_field() {
        let asks = |from, to, last, step| PipelineQuery {
            from: Some(from),
            to: Some(to),
            last,
            step,
            ..Default::default()
        };
        let minute = Some(PipelineStep::Minute);
        for (query, field) in [
            (asks(at(5), at(5), None, None), "/from"),
            (asks(at(9), at(5), None, None), "/from"),
            (asks(at(0), at(5), Some(0), None), "/last"),
            (asks(at(0), at(1_501), None, minute), "/step"),
            (asks(Micros(i64::MIN), Micros(i64::MAX), None, None), "/step"),
        ] {
            let problem = Span::of(&query, at(10)).unwrap_err();
            assert_eq!((problem.status, &*problem.errors[0].pointer), (422, field), "{query:?}");
        }
        assert!(Span::of(&asks(at(0), at(1_500), None, minute), at(10)).is_ok());
    }
}
