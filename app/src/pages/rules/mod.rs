//! Detection rules: the list with one rule beside it (`/rules?open=12`), one rule on its own page, and the form for a new one.
mod conditions;
mod conditions_field;
mod deeds;
mod detail;
mod facts;
mod form;
mod head;
mod help;
mod keys;
mod list;
mod new;
mod panel;
mod place;
mod say;
mod state;
mod switch;
mod tabs;
mod trial;

pub use detail::RuleDetail;
pub use new::NewRule;

use crate::{
    components::*,
    context::may,
    i18n::{t, t_of, tn},
    server_fns::rules::{SetEnabled, fetch_rules},
    url::Query,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use list::List;
use model::{Permission, Severity, live::Note};
use panel::Panel;
use state::Filter;

/// What a rule may be, least first.
const SEVERITIES: [Severity; 4] =
    [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

fn severity_options() -> Vec<(String, String)> {
    SEVERITIES.into_iter().map(|s| (s.as_str().to_owned(), t_of("severity", s.as_str()))).collect()
}

#[component]
pub fn Rules() -> impl IntoView {
    let query = use_query_map();
    let manage = may(Permission::ManageRules);
    let rules = Resource::new(|| (), |()| fetch_rules());
    let toggle = ServerAction::<SetEnabled>::new();
    let address = Memo::new(move |_| query.with(Query::of));
    let filter = Memo::new(move |_| address.with(Filter::of));
    let open =
        Memo::new(move |_| address.with(|q| q.get("open").and_then(|s| s.parse::<i64>().ok())));
    let close = Signal::derive(move || address.get().without("open").href("/rules"));
    let listed = RwSignal::new(Vec::new());

    switch::after(toggle, move || rules.refetch());
    use_live(move |note| {
        if matches!(note, Note::Rules | Note::Lagged) {
            rules.refetch();
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(all)) = rules.get() {
            listed.set(filter.with(|f| f.apply(&all)).iter().map(|r| r.id).collect());
        }
    });
    keys::listen(listed, address, open, manage);

    let count = move || {
        rules.get().and_then(Result::ok).map(|all| {
            let on = all.iter().filter(|r| r.enabled).count() as i64;
            view! { {tn("rules.count", all.len() as i64)} ", " {tn("rules.count_on", on)} }
        })
    };
    let list = move || {
        rules.get().map(|answer| match answer {
            Ok(rules) => view! { <List rules filter open address toggle manage/> }.into_any(),
            Err(problem) => {
                view! { <ProblemView problem retry=Callback::new(move |()| rules.refetch())/> }
                    .into_any()
            }
        })
    };
    let chosen = move |id: i64| {
        rules.get().and_then(Result::ok).map(|all| {
            let rule = all.into_iter().find(|r| r.id == id);
            view! { <Panel rule close toggle manage/> }
        })
    };
    let panel =
        move || open.get().map(|id| view! { <Transition>{move || chosen(id)}</Transition> });
    let refused = FormProblem::derive(move || toggle.value().get().and_then(Result::err));
    view! {
        <PageHead title=t("rules.title") sub=move || view! { <Transition>{count}</Transition> }>
            {manage.then(|| view! { <a class="btn small primary" href="/rules/new">{t("rules.new")}</a> })}
        </PageHead>
        <FilterBar label=t("rules.filter")>
            <SearchBox name="q" label=t("rules.search")/>
            <ChoiceFilter
                name="enabled"
                label=t("rules.state")
                any=t("rules.any_state")
                options=vec![("yes".into(), t("rules.on")), ("no".into(), t("rules.off"))]
            />
            <ChoiceFilter name="severity" label=t("rules.severity") any=t("rules.any_severity") options=severity_options()/>
            <ChoiceFilter
                name="sort"
                label=t("rules.sort_label")
                any=t_of("rules.sort", "name")
                options=state::SORTS.into_iter().map(|s| (s.to_owned(), t_of("rules.sort", s))).collect()
            />
        </FilterBar>
        <div class="told">
            <FormError problem=refused/>
        </div>
        <div
            class="split"
            data-panel=move || open.get().is_none().then_some("none")
            data-view=move || open.get().map(|_| "detail")
        >
            <div class="pane">
                <Transition fallback=|| view! { <Skeleton lines=12/> }>{list}</Transition>
            </div>
            {panel}
        </div>
    }
}
