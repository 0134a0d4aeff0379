//! The fields that stored events have; opening one shows its most frequent values among the events that match.
use super::state::Explore;
use crate::{
    components::{Clock, ProblemView, Skeleton, Value},
    i18n::{num, t, t_with, tn},
    server_fns::events::{fetch_fields, fetch_top_values},
};
use leptos::prelude::*;
use model::{
    Problem,
    explore::{FieldInfo, TopValues},
};

/// Id of the list; on phones it is a popover.
pub const FIELDS: &str = "events-fields";

/// Values shown of a field.
const VALUES: u32 = 10;

/// Shown first, where stored events have them.
const FIRST: [&str; 14] = [
    "event.dataset",
    "event.type",
    "event.code",
    "event.severity",
    "host.name",
    "user.name",
    "process.name",
    "process.command_line",
    "source.ip",
    "destination.ip",
    "destination.port",
    "dns.question.name",
    "rule.name",
    "file.path",
];

type Top = Resource<Option<Result<TopValues, Problem>>>;

/// The everyday ones in their order, and the rest by name.
fn arrange(fields: Vec<FieldInfo>) -> (Vec<String>, Vec<String>) {
    let mut names: Vec<String> = fields.into_iter().map(|f| f.name).collect();
    names.sort();
    names.dedup();
    let (first, rest): (Vec<String>, Vec<String>) =
        names.into_iter().partition(|n| FIRST.contains(&n.as_str()));
    (
        FIRST.iter().filter(|n| first.iter().any(|f| f == *n)).map(|n| (*n).to_owned()).collect(),
        rest,
    )
}

#[component]
pub fn Fields(explore: Memo<Explore>) -> impl IntoView {
    let clock = expect_context::<Clock>();
    let fields = Resource::new(|| (), |()| fetch_fields());
    let open = Memo::new(move |_| explore.with(|e| e.field.clone()));
    let asked = move || (explore.with(|e| e.search.clone()), open.get());
    let top: Top = Resource::new(asked, move |(search, field)| async move {
        let field = field?;
        Some(fetch_top_values(search.event_query(clock.now.get_untracked()), field, VALUES).await)
    });
    let wanted = RwSignal::new(String::new());
    let section = move |title: String, names: Vec<String>| {
        let rows = names
            .into_iter()
            .map(|name| view! { <FieldRow name explore open wanted top/> })
            .collect_view();
        view! {
            <h2 class="meta">{title}</h2>
            <ul>{rows}</ul>
        }
    };
    let body = move || {
        fields.get().map(|found| match found {
            Err(problem) => view! { <ProblemView problem/> }.into_any(),
            Ok(found) => {
                let (first, rest) = arrange(found);
                let none = first.is_empty() && rest.is_empty();
                view! {
                    {(!first.is_empty()).then(|| section(t("events.fields_first"), first))}
                    {(!rest.is_empty()).then(|| section(t("events.fields_rest"), rest))}
                    {none.then(|| view! { <p class="meta none">{t("events.no_fields")}</p> })}
                }
                .into_any()
            }
        })
    };
    view! {
        <aside class="fields scroll" id=FIELDS popover="auto" tabindex="0" aria-label=t("events.fields")>
            <div class="find">
                <input
                    class="input"
                    type="search"
                    placeholder=t("events.find_field")
                    aria-label=t("events.find_field")
                    on:input=move |ev| wanted.set(event_target_value(&ev).trim().to_lowercase())
                />
            </div>
            <Transition fallback=|| view! { <Skeleton/> }>{body}</Transition>
        </aside>
    }
}

#[component]
fn FieldRow(
    name: String,
    explore: Memo<Explore>,
    open: Memo<Option<String>>,
    wanted: RwSignal<String>,
    top: Top,
) -> impl IntoView {
    let name = StoredValue::new(name);
    let is_open =
        Memo::new(move |_| open.with(|o| o.as_deref() == Some(name.get_value().as_str())));
    let href = move || explore.get().toggle_field(&name.get_value()).href();
    let hidden = move || {
        !is_open.get()
            && !wanted.with(|w| name.with_value(|n| n.to_lowercase().contains(w.as_str())))
    };
    view! {
        <li hidden=hidden>
            <a class="field-name mono cut" href=href aria-expanded=move || if is_open.get() { "true" } else { "false" } title=name.get_value()>
                {name.get_value()}
            </a>
            {move || is_open.get().then(|| view! { <Values top/> })}
        </li>
    }
}

#[component]
fn Values(top: Top) -> impl IntoView {
    let body = move || {
        top.get().flatten().map(|found| match found {
            Err(problem) => view! { <ProblemView problem/> }.into_any(),
            Ok(found) if found.values.is_empty() => {
                view! { <p class="meta">{t("events.no_values")}</p> }.into_any()
            }
            Ok(found) => view! { <ValueList found/> }.into_any(),
        })
    };
    view! {
        <div class="top-values">
            <Transition fallback=|| view! { <span class="meta">{t("common.loading")}</span> }>{body}</Transition>
        </div>
    }
}

#[component]
fn ValueList(found: TopValues) -> impl IntoView {
    let TopValues { field, values, present, distinct, total } = found;
    let rows = values
        .into_iter()
        .map(|(value, n)| {
            let share = n * 100 / present.max(1);
            let label = t_with("events.share", &[("n", &num(n)), ("percent", &num(share))]);
            view! {
                <li>
                    <span class="cut"><Value field=field.clone() value/></span>
                    <svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                        <rect class="all" width="100" height="6"/>
                        <rect class="part" width=share height="6"/>
                    </svg>
                    <span class="meta num" title=label>{num(n)}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <ol>{rows}</ol>
        <p class="meta">
            {tn("events.distinct", distinct)} ", "
            {t_with("events.present", &[("present", &num(present)), ("total", &num(total))])}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_fields_come_first_in_their_own_order() {
        let info = |n: &str| FieldInfo { name: n.into(), kind: "keyword".into() };
        let (first, rest) = arrange(vec![
            info("zeek.uid"),
            info("user.name"),
            info("a.b"),
            info("event.type"),
            info("a.b"),
        ]);
        assert_eq!(first, ["event.type", "user.name"]);
        assert_eq!(rest, ["a.b", "zeek.uid"]);
    }
}
