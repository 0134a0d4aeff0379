//! One alert: in the side panel of the list, or on its own page. The same parts in both.
use super::{
    actions::Actions, board::Board, evidence::Evidence, fields::Fields, focus, history::History,
    keys,
};
use crate::{
    components::{
        Button, Icon, PageHead, ProblemView, SeverityMark, Skeleton, StatusBadge, Tag, Toasts,
        use_live,
    },
    dom,
    i18n::{t, tn},
    server_fns::alerts::{AlertFile, fetch_alert_file},
    url::Query,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{Problem, alert::AlertQuery, live::Note};

/// The open alert with its id; `None` while none is open. Made by the page and not in the panel: resources are numbered in the order
/// in which they are made, and what is made while the page renders gets another number on the server than in the browser.
pub type File = Resource<Option<(i64, Result<AlertFile, Problem>)>>;

pub fn file_of(id: Signal<Option<i64>>, board: Board) -> File {
    let file: File = Resource::new(
        move || (id.get(), board.detail_version.get()),
        |(id, _)| async move {
            let id = id?;
            Some((id, fetch_alert_file(id).await))
        },
    );
    // the panel often knows more than the alert's row
    Effect::new(move |_| match file.get().flatten() {
        Some((_, Ok(f))) => board.remember([f.alert]),
        Some((id, Err(problem))) if problem.is("not_found") => board.forget(id),
        _ => {}
    });
    file
}

/// The side panel.
#[component]
pub fn Panel(id: i64, file: File, base: Memo<Query>, board: Board) -> impl IntoView {
    view! {
        <aside class="panel" aria-label=t("alerts.panel")>
            <Transition fallback=|| view! { <Skeleton/> }>
                <Loaded id=Signal::stored(id) file board back=Signal::derive(move || base.get().href("/alerts")) panel=true/>
            </Transition>
        </aside>
    }
}

/// The page of one alert.
#[component]
pub fn AlertDetail() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse::<i64>().ok()));
    let board = Board::new(Signal::stored(AlertQuery::default()));
    // what names no alert is answered like the number of none
    let shown = Signal::derive(move || id.get().unwrap_or(0));
    let file = file_of(Signal::derive(move || Some(shown.get())), board);
    use_live(move |note| match note {
        Note::AlertChanged { ids } if id.get_untracked().is_some_and(|id| ids.contains(&id)) => {
            board.detail_version.update(|v| *v += 1);
        }
        Note::Lagged => board.detail_version.update(|v| *v += 1),
        _ => {}
    });
    Effect::new(move |_| {
        dom::on_key(move |ev| {
            if keys::act(&ev.key(), board, id.get_untracked()) {
                ev.prevent_default();
            }
        });
    });
    view! {
        <PageHead title=t("alerts.title") sub=move || id.get().map(|id| format!("#{id}"))>
            <a class="btn quiet small" href="/alerts">
                <Icon name="arrow-left" small=true/>
                {t("alerts.back")}
            </a>
        </PageHead>
        <div class="panel alone">
            <Transition fallback=|| view! { <Skeleton/> }>
                <Loaded id=shown file board back=Signal::stored("/alerts".to_owned()) panel=false/>
            </Transition>
        </div>
    }
}

/// Stays in place while the alert is read again: only what changed is drawn anew, and a half-written conclusion survives.
#[component]
fn Loaded(
    id: Signal<i64>,
    file: File,
    board: Board,
    back: Signal<String>,
    panel: bool,
) -> impl IntoView {
    // while another alert is being read, the file is still that of the one before
    let answer = move || {
        let (of, answer) = file.get().flatten()?;
        (of == id.get()).then_some(answer)
    };
    let state = Memo::new(move |_| answer().map(|r| r.map(|f| f.alert.id)));
    move || match state.get() {
        None => view! { <Skeleton/> }.into_any(),
        Some(Err(problem)) => {
            let retry = Callback::new(move |()| file.refetch());
            view! { <ProblemView problem retry/> }.into_any()
        }
        Some(Ok(id)) => {
            let file = Memo::new(move |_| answer().and_then(Result::ok));
            view! { <Parts id file board back panel/> }.into_any()
        }
    }
}

#[component]
fn Parts(
    id: i64,
    file: Memo<Option<AlertFile>>,
    board: Board,
    back: Signal<String>,
    panel: bool,
) -> impl IntoView {
    let with = move |f: fn(AlertFile) -> AnyView| move || file.get().map(f);
    view! {
        {move || (!panel).then(|| file.get().map(|f| view! { <Title text=f.alert.title/> }))}
        <div class="phead">
            <div class="row">
                {panel
                    .then(|| {
                        view! {
                            <a class="btn quiet icon small narrow-only" href=back aria-label=t("alerts.back")>
                                <Icon name="arrow-left" small=true/>
                            </a>
                        }
                    })}
                {with(|f| view! { <SeverityMark severity=f.alert.severity/> }.into_any())}
                {with(|f| view! { <StatusBadge status=f.alert.status/> }.into_any())}
                <span class="meta mono">{format!("#{id}")}</span>
                {with(|f| f.alert.sample.then(|| view! { <Tag text=t("alerts.sample")/> }).into_any())}
                <span class="end row"><HeadButtons id back panel/></span>
            </div>
            {with(|f| view! { <h2>{f.alert.title}</h2> }.into_any())}
        </div>
        <Actions id file board back/>
        <div class="scroll" id=focus::FILE tabindex="0" role="region" aria-label=t("alerts.panel")>
            {with(|f| view! { <Why file=f/> }.into_any())}
            {with(|f| view! { <Fields alert=f.alert/> }.into_any())}
            {with(|f| view! { <Evidence alert=f.alert events=f.evidence/> }.into_any())}
            {with(|f| view! { <History history=f.history people=f.people/> }.into_any())}
            {with(|f| {
                let json = serde_json::to_string_pretty(&f.alert).unwrap_or_default();
                view! {
                    <section class="sec">
                        <details>
                            <summary>{t("alerts.raw")}</summary>
                            <pre class="raw" tabindex="0">{json}</pre>
                        </details>
                    </section>
                }
                    .into_any()
            })}
        </div>
    }
}

#[component]
fn HeadButtons(id: i64, back: Signal<String>, panel: bool) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let copy = Callback::new(move |()| {
        let origin = window().location().origin().unwrap_or_default();
        dom::copy(&format!("{origin}/alerts/{id}"));
        toasts.say(t("alerts.link_copied"));
    });
    view! {
        <Button label=t("alerts.copy_link") kind="quiet small" icon="link" bare=true on_press=copy/>
        {panel
            .then(|| {
                view! {
                    <a class="btn quiet icon small" href=format!("/alerts/{id}") aria-label=t("alerts.full_page") title=t("alerts.full_page")>
                        <Icon name="maximize-2" small=true/>
                    </a>
                    <a class="btn quiet icon small wide-only" href=back aria-label=t("alerts.back") title=t("alerts.back")>
                        <Icon name="x" small=true/>
                    </a>
                }
            })}
    }
}

/// The description, the conclusion where there is one, and the rule.
#[component]
fn Why(file: AlertFile) -> impl IntoView {
    let a = file.alert;
    let text =
        if a.description.trim().is_empty() { t("alerts.no_description") } else { a.description };
    let events = (a.event_count > 0).then(|| tn("alerts.evidence_count", a.event_count));
    view! {
        {a.conclusion
            .map(|c| {
                view! {
                    <section class="sec">
                        <h3>{t("alerts.conclusion")}</h3>
                        <p class="wrap">{c}</p>
                    </section>
                }
            })}
        <section class="sec">
            <h3>
                {t("alerts.why")}
                {a.rule_id.map(|rule| view! { <a class="aside link" href=format!("/rules/{rule}")>{t("alerts.the_rule")}</a> })}
            </h3>
            <p class="wrap">{text}</p>
            {events.map(|e| view! { <p class="meta">{e}</p> })}
        </section>
    }
}
