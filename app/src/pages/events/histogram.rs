//! When the events happened: a bar per slice, each a link to its slice; dragging over several narrows to all of them.
use super::state::{Explore, Range};
use crate::{
    components::{Clock, Icon, TimeStyle, TimeText},
    i18n::{absolute, duration, lang, num, t, t_of, t_with, tn},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    Micros, Problem, Severity,
    explore::{Bucket, Histogram as Counts},
};

/// Slices that are asked for.
pub const BUCKETS: u32 = 80;
/// Times written under the bars.
const LABELS: usize = 5;
/// Height of the drawing, in its own units.
const HEIGHT: f64 = 100.0;

/// Class of each severity in `style/parts.css`, info first.
const PARTS: [&str; 5] = ["i", "l", "m", "h", "c"];

fn total(b: &Bucket) -> i64 {
    b.counts.iter().sum()
}

/// Class, top and height of the stacked parts, low severity at the baseline. A part that is there is seen: at least one unit.
fn parts(b: &Bucket, max: i64) -> Vec<(&'static str, f64, f64)> {
    let mut top = HEIGHT;
    PARTS
        .into_iter()
        .zip(b.counts)
        .filter(|(_, n)| *n > 0)
        .map(|(class, n)| {
            let height = (n as f64 / max.max(1) as f64 * HEIGHT).max(1.0);
            top = (top - height).max(0.0);
            (class, top, height)
        })
        .collect()
}

#[component]
pub fn Histogram(
    explore: Memo<Explore>,
    counts: Resource<Result<Counts, Problem>>,
) -> impl IntoView {
    let body = move || {
        let c = counts.get()?.ok().filter(|c| !c.buckets.is_empty())?;
        Some(view! { <Bars explore c/> })
    };
    view! {
        <div class="histogram">
            <Transition>{body}</Transition>
        </div>
    }
}

#[component]
fn Bars(explore: Memo<Explore>, c: Counts) -> impl IntoView {
    let navigate = use_navigate();
    let width = c.interval;
    let max = c.buckets.iter().map(total).max().unwrap_or(0);
    let starts: Vec<Micros> = c.buckets.iter().map(|b| b.start).collect();
    let slice = move |from: Micros, to: Micros| {
        let e = explore.get_untracked();
        let search = e.search.clone().with_range(Range::Between(Some(from), Some(to)));
        e.searching(search).href()
    };
    // first and last bar of a drag, in the order of the pointer
    let drag = RwSignal::new(None::<(usize, usize)>);
    let finish = {
        let starts = starts.clone();
        move || {
            let Some((a, b)) = drag.get_untracked() else { return };
            drag.set(None);
            if let (true, Some(from), Some(to)) =
                (a != b, starts.get(a.min(b)), starts.get(a.max(b)))
            {
                navigate(&slice(*from, to.plus(width)), NavigateOptions::default());
            }
        }
    };
    let bars = c
        .buckets
        .iter()
        .enumerate()
        .map(|(i, b)| {
            let title = format!("{} – {}\n{}", absolute(b.start, 0), absolute(b.start.plus(width), 0), tn("events.n_events", total(b)));
            let rects = parts(b, max)
                .into_iter()
                .map(|(class, y, height)| view! { <rect class=class x="0" y=y width="10" height=height/> })
                .collect_view();
            view! {
                <a
                    href=slice(b.start, b.start.plus(width))
                    title=title
                    tabindex="-1"
                    draggable="false"
                    data-brush=move || drag.get().is_some_and(|(a, z)| a != z && (a.min(z)..=a.max(z)).contains(&i)).then_some("")
                    on:mousedown=move |ev| {
                        if ev.button() == 0 {
                            drag.set(Some((i, i)));
                        }
                    }
                    on:mouseenter=move |ev| {
                        if ev.buttons() == 0 {
                            drag.set(None);
                        }
                        drag.update(|d| {
                            if let Some((_, end)) = d {
                                *end = i;
                            }
                        });
                    }
                >
                    <svg class="chart" viewBox="0 0 10 100" preserveAspectRatio="none">
                        {rects}
                    </svg>
                </a>
            }
        })
        .collect_view();
    // a cell for each bar, so that a label stands at its own
    let step = (starts.len() / LABELS).max(1);
    let labels = starts
        .iter()
        .enumerate()
        .map(|(i, at)| {
            let labelled = i % step == 0 && i / step < LABELS;
            // a phone has room for every other one, and has the table's button where the last would stand
            let spare = (i / step % 2 == 1 || i / step + 1 == LABELS).then_some("");
            view! { <span data-spare=spare>{labelled.then(|| view! { <TimeText at=*at style=TimeStyle::Short/> })}</span> }
        })
        .collect_view();
    view! {
        <div class="bars" aria-hidden="true" on:mouseup=move |_| finish()>
            {bars}
        </div>
        <div class="axis meta" aria-hidden="true">{labels}</div>
        <Twin explore c/>
    }
}

/// The same numbers as a table; slices without events are left out.
#[component]
fn Twin(explore: Memo<Explore>, c: Counts) -> impl IntoView {
    let watch = expect_context::<Clock>();
    let lang = lang();
    let width = c.interval;
    let name = t_with("events.as_table", &[("width", &duration(width))]);
    let heads = Severity::ALL
        .map(|s| view! { <th class="num">{t_of("severity", s.as_str())}</th> })
        .collect_view();
    let rows = c
        .buckets
        .into_iter()
        .filter(|b| total(b) > 0)
        .map(|b| {
            let href = move || {
                let e = explore.get();
                let search = e
                    .search
                    .clone()
                    .with_range(Range::Between(Some(b.start), Some(b.start.plus(width))));
                e.searching(search).href()
            };
            let start = b.start;
            let when = move || {
                provide_context(lang);
                absolute(start, watch.offset(start))
            };
            view! {
                <tr>
                    <th scope="row"><a class="link" href=href>{when}</a></th>
                    {b.counts.map(|n| view! { <td class="num">{num(n)}</td> }).collect_view()}
                    <td class="num">{num(total(&b))}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <details class="twin">
            <summary title=name>
                <Icon name="rows-3" small=true/>
                <span class="sr">{name.clone()}</span>
            </summary>
            <div class="scroll" tabindex="0" role="region" aria-label=t("events.histogram")>
                <table class="tbl tight">
                    <thead>
                        <tr>
                            <th>{t("common.time")}</th>
                            {heads}
                            <th class="num">{t("common.total")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stack_from_the_baseline_and_small_ones_are_seen() {
        let b = Bucket { start: Micros(0), counts: [5000, 0, 0, 1, 5000] };
        let p = parts(&b, 10_001);
        assert_eq!(p.iter().map(|x| x.0).collect::<Vec<_>>(), ["i", "h", "c"]);
        assert!((p[0].1 + p[0].2 - HEIGHT).abs() < 1e-9, "the first stands on the baseline: {p:?}");
        assert!(p[1].2 >= 1.0 && (p[1].1 + p[1].2 - p[0].1).abs() < 1e-9, "{p:?}");
        assert!(p.iter().all(|x| x.1 >= 0.0));
        assert!(parts(&Bucket::default(), 0).is_empty());
    }
}
