//! How full something is, as a bar. Drawn with attributes alone: the policy of pages lets no inline style through.
use leptos::prelude::*;

/// Percent of `whole` that `part` is, from 0 to 100.
pub(super) fn percent(part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    ((part as f64 / whole as f64 * 100.0).round() as i64).clamp(0, 100)
}

/// How full something is, as a word of tone: `bad` from 95 percent on, `warn` from 80.
pub(super) fn tone(percent: i64) -> &'static str {
    match percent {
        95.. => "bad",
        80.. => "warn",
        _ => "",
    }
}

/// A bar; the words beside it say the same.
#[component]
pub(super) fn Usage(percent: i64) -> impl IntoView {
    view! {
        <svg
            class="usage"
            data-s=tone(percent)
            viewBox="0 0 100 4"
            preserveAspectRatio="none"
            aria-hidden="true"
        >
            <rect class="whole" x="0" y="0" width="100" height="4"/>
            <rect class="part" x="0" y="0" width=percent height="4"/>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_full_is_full_and_nothing_of_nothing_is_nothing() {
        assert_eq!([percent(0, 0), percent(5, 0), percent(1, 3), percent(9, 3)], [0, 0, 33, 100]);
        assert_eq!(percent(-5, 10), 0);
        assert_eq!([tone(0), tone(79), tone(80), tone(95)], ["", "", "warn", "bad"]);
    }
}
