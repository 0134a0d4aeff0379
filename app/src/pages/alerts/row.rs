use super::board::Board;
use crate::{
    components::{Entity, SeverityMark, StatusBadge, Tag, TimeText},
    i18n::{num, t, t_with},
    url::Query,
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use model::alert::{Alert, AlertStatus};

/// Id of a row's link, which takes the focus.
pub fn row_id(id: i64) -> String {
    format!("alert-{id}")
}

/// One alert. The whole row is a link to it in the side panel; it stays where it is while its contents change.
#[component]
pub fn Row(
    alert: Alert,
    base: Memo<Query>,
    selected: Memo<Option<i64>>,
    board: Board,
) -> impl IntoView {
    let id = alert.id;
    let now = Memo::new(move |_| {
        board.changed.with(|c| c.get(&id).cloned()).unwrap_or_else(|| alert.clone())
    });
    let navigate = use_navigate();
    let is_selected = move || selected.get() == Some(id);
    let is_checked = move || board.checked.with(|c| c.contains(&id));
    let is_gone = move || board.gone.with(|g| g.contains(&id));
    let first = now.get_untracked();
    let label = t_with("alerts.select", &[("title", &first.title)]);
    view! {
        <div
            class="lrow"
            role="row"
            hidden=is_gone
            aria-selected=move || if is_selected() { "true" } else { "false" }
            data-checked=move || is_checked().then_some("")
            data-done=move || now.with(|a| (a.status == AlertStatus::Closed).then_some(""))
            data-unread=move || now.with(|a| (a.status == AlertStatus::Open && a.assigned_to.is_none()).then_some(""))
        >
            <div role="gridcell" class="lead" data-c="lead">
                <input
                    type="checkbox"
                    class="box"
                    tabindex="-1"
                    aria-label=label
                    prop:checked=is_checked
                    on:change=move |ev| {
                        let on = event_target_checked(&ev);
                        board.checked.update(|c| { if on { c.insert(id) } else { c.remove(&id) }; });
                    }
                />
                <SeverityMark severity=first.severity bare=true/>
            </div>
            <div role="gridcell" class="tt cut" data-c="main">
                <div class="t">
                    <a
                        class="go"
                        id=row_id(id)
                        href=move || base.get().with("selected", &id.to_string()).href("/alerts")
                        aria-label=first.title.clone()
                        on:keydown=move |ev| {
                            // the second Enter on a row opens the alert's own page
                            if ev.key() == "Enter" && is_selected() {
                                ev.prevent_default();
                                navigate(&format!("/alerts/{id}"), Default::default());
                            }
                        }
                    ></a>
                    <span class="title cut" title=first.title.clone()>{first.title.clone()}</span>
                    {first.sample.then(|| view! { <Tag text=t("alerts.sample")/> })}
                </div>
                <div class="why cut">{first.description.lines().next().unwrap_or_default().to_owned()}</div>
            </div>
            <div role="gridcell" class="cut" data-c="ent">
                <Entity host=first.hostname.clone() user=first.username.clone()/>
            </div>
            <div role="gridcell" class="cnt num" data-c="n">{move || num(now.with(|a| a.event_count))}</div>
            <div role="gridcell" data-c="st" class="cut">
                {move || view! { <StatusBadge status=now.with(|a| a.status)/> }}
                <div class="meta cut">{move || now.with(|a| a.assigned_name.clone()).unwrap_or_else(|| t("alerts.nobody"))}</div>
            </div>
            <div role="gridcell" data-c="when" class="meta"><TimeText at=first.created_at/></div>
        </div>
    }
}
