use super::acts::{Acts, FORM, replay_url};
use crate::{
    components::*,
    i18n::{num, t, t_of, t_with},
    url::Query,
};
use leptos::prelude::*;
use model::{Page, dead_letter::DeadLetter};
use std::collections::BTreeSet;

#[component]
fn Row(
    letter: DeadLetter,
    open: Memo<Option<i64>>,
    address: Memo<Query>,
    acts: Acts,
    manage: bool,
) -> impl IntoView {
    let id = letter.id;
    let href =
        move || address.with(|q| q.clone().set("open", &id.to_string()).href("/dead-letters"));
    let row_selected = move || if open.get() == Some(id) { "true" } else { "false" };
    let check = move |ev: web_sys::Event| {
        let on = event_target_checked(&ev);
        acts.selected.update(|s| {
            if on {
                s.insert(id)
            } else {
                s.remove(&id)
            };
        });
    };
    let select = t_with("dead_letters.select", &[("n", &num(id))]);
    let from = match letter.sensor {
        Some(sensor) => view! { <Value field="observer.name" value=sensor/> }.into_any(),
        None => t_of("dead_letters.source", &letter.source).into_any(),
    };
    view! {
        <tr aria-selected=row_selected>
            {manage
                .then(|| {
                    view! {
                        <td class="over">
                            <input
                                type="checkbox"
                                class="box"
                                name="ids[]"
                                value=id
                                aria-label=select
                                prop:checked=move || acts.selected.with(|s| s.contains(&id))
                                on:change=check
                            />
                        </td>
                    }
                })}
            <td class="cut">
                <a class="go medium" href=href>{t_of("dead_letters.reason", &letter.reason)}</a>
                " "
                <span class="mono faint">{letter.pointer}</span>
            </td>
            <td class="cut over">{from}</td>
            <td class="cut muted"><TimeText at=letter.received_at/></td>
            <td class="num" data-wide="">{num(letter.replays)}</td>
        </tr>
    }
}

/// Nothing was refused, or nothing that matches.
#[component]
fn Nothing(filtered: bool) -> impl IntoView {
    if filtered {
        view! {
            <EmptyState title=t("dead_letters.no_match")>
                <p>
                    <a href="/dead-letters">{t("dead_letters.show_all")}</a>
                </p>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <EmptyState title=t("dead_letters.empty")>
                <p>{t("dead_letters.empty_text")}</p>
                <p>
                    <a href="/sensors">{t("dead_letters.see_sensors")}</a>
                </p>
            </EmptyState>
        }
        .into_any()
    }
}

#[component]
pub(super) fn List(
    page: Page<DeadLetter>,
    open: Memo<Option<i64>>,
    address: Memo<Query>,
    acts: Acts,
    manage: bool,
) -> impl IntoView {
    let here = address.get_untracked().without("open");
    if page.items.is_empty() {
        let filtered = here.pairs().iter().any(|(_, value)| !value.is_empty());
        return view! { <Nothing filtered/> }.into_any();
    }
    let first = here.get("cursor").map(|_| here.clone().without("cursor").href("/dead-letters"));
    let next = page.next.map(|cursor| here.set("cursor", &cursor).href("/dead-letters"));
    let shown = page.items.len() as i64;
    let ids = StoredValue::new(page.items.iter().map(|d| d.id).collect::<BTreeSet<_>>());
    let all = move || acts.selected.with(|s| ids.with_value(|ids| ids.is_subset(s)));
    let check_all = move |ev: web_sys::Event| {
        let on = event_target_checked(&ev);
        acts.selected.set(if on { ids.get_value() } else { BTreeSet::new() });
    };
    let rows = page
        .items
        .into_iter()
        .map(|letter| view! { <Row letter open address acts manage/> })
        .collect_view();
    let head = move || {
        view! {
            {manage
                .then(|| {
                    view! {
                        <th data-w="box">
                            <input
                                type="checkbox"
                                class="box"
                                aria-label=t("dead_letters.select_page")
                                prop:checked=all
                                on:change=check_all
                            />
                        </th>
                    }
                })}
            <th>{t("dead_letters.reason_label")}</th>
            <th data-w="l">{t("dead_letters.from")}</th>
            <th data-w="m" aria-sort="descending">{t("dead_letters.received")}</th>
            <th data-w="s" class="num" data-wide="">{t("dead_letters.replays")}</th>
        }
    };
    view! {
        <form
            class="fill"
            id=FORM
            method="post"
            action=replay_url()
            on:submit=move |ev| {
                ev.prevent_default();
                acts.replay_selected();
            }
        >
            <Table label=t("dead_letters.title") kind="fit" head>
                {rows}
            </Table>
        </form>
        <Pager shown total=page.total first next/>
    }
    .into_any()
}
