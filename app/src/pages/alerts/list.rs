use super::{board::Board, filter::Filter, row::Row, toolbar::is_narrowed};
use crate::{
    components::{EmptyState, Icon, Pager},
    i18n::{t, tn},
    url::Query,
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use model::{Page, alert::Alert};

/// The rows of one page, the pill of new ones, and the way to the next page.
#[component]
pub fn List(
    page: Page<Alert>,
    base: Memo<Query>,
    filter: Memo<Filter>,
    selected: Memo<Option<i64>>,
    board: Board,
) -> impl IntoView {
    let shown = i64::try_from(page.items.len()).unwrap_or(i64::MAX);
    let here = base.get_untracked();
    let on_first = filter.with_untracked(|f| f.cursor.is_none());
    let first = (!on_first).then(|| here.clone().without("cursor").href("/alerts"));
    let next = page.next.as_ref().map(|c| here.clone().set("cursor", c).href("/alerts"));
    let empty = page.items.is_empty().then(|| {
        let text =
            if is_narrowed(&here) { t("alerts.empty_filtered") } else { t("alerts.empty_open") };
        view! {
            <EmptyState title=t("alerts.empty")>
                <p>{text}</p>
                <p>
                    <a href="/alerts?status=any">{t("alerts.show_all")}</a>
                </p>
            </EmptyState>
        }
    });
    let all_checked = move || {
        let all = |l: &Vec<Alert>| board.checked.with(|c| l.iter().all(|a| c.contains(&a.id)));
        board.listed.with(|l| !l.is_empty() && all(l))
    };
    // on a later page reading again shows none of the new ones
    let newest = here.clone().without("cursor").href("/alerts");
    let navigate = use_navigate();
    let show_new = Callback::new(move |()| {
        if on_first {
            board.reload();
        } else {
            navigate(&newest, Default::default());
        }
    });
    let pill = move || {
        let n = board.fresh.get();
        (n > 0).then(|| {
            view! {
                <button type="button" class="btn small newpill" on:click=move |_| show_new.run(())>
                    {tn("alerts.new", n)}
                    <Icon name="chevron-up" small=true/>
                </button>
            }
        })
    };
    view! {
        <div aria-live="polite">{pill}</div>
        <div class="list alerts scroll" role="grid" aria-label=t("alerts.list") tabindex="0">
            <div class="lhead" role="row">
                <span role="columnheader" class="lead">
                    <input
                        type="checkbox"
                        class="box"
                        aria-label=t("alerts.select_page")
                        prop:checked=all_checked
                        on:change=move |ev| {
                            let on = event_target_checked(&ev);
                            board.checked.update(|c| if on { c.extend(board.rows()) } else { c.clear() });
                        }
                    />
                    <span class="sr">{t("alerts.severity")}</span>
                </span>
                <span role="columnheader">{t("alerts.what")}</span>
                <span role="columnheader">{t("alerts.entity")}</span>
                <span role="columnheader" class="num">{t("alerts.events")}</span>
                <span role="columnheader">{t("alerts.status")}</span>
                <span role="columnheader">{t("alerts.when")}</span>
            </div>
            {page.items.into_iter().map(|alert| view! { <Row alert base selected board/> }).collect_view()}
            {empty}
        </div>
        <Pager shown total=page.total first next>
            <kbd>"j"</kbd>
            " "
            <kbd>"k"</kbd>
            " "
            <kbd>"a"</kbd>
            " "
            <kbd>"e"</kbd>
            " "
            <kbd>"?"</kbd>
        </Pager>
    }
}
