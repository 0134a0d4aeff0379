use crate::{
    components::*,
    i18n::{num, t, t_with},
    server_fns::rules::{Hit, Tried},
};
use leptos::prelude::*;
use model::Problem;

/// What a trial answered; nothing before the first.
pub(super) type Answer = Signal<Option<Result<Tried, Problem>>>;

/// From how many events on a share of matches says something.
const ENOUGH: i64 = 200;

/// One matching event: when, what, and what it holds where the rule looks.
#[component]
fn Match(hit: Hit) -> impl IntoView {
    let line = hit.line;
    let seen = hit
        .seen
        .into_iter()
        .map(|s| {
            view! {
                <dt class="mono">{s.key}</dt>
                <dd><Value field=s.field value=s.value/></dd>
            }
        })
        .collect_view();
    view! {
        <li class="match">
            <div class="row">
                <TimeText at=line.time style=TimeStyle::Short/>
                <SeverityMark severity=line.severity bare=true/>
                {line.host.map(|(field, value)| view! { <Value field value/> })}
            </div>
            <a class="cut link" href=format!("/events/{}", line.id) title=line.message.clone()>{line.message.clone()}</a>
            <dl class="kv">{seen}</dl>
        </li>
    }
}

/// What the counts mean, and what to do about it.
#[component]
fn Verdict(examined: i64, matched: i64) -> impl IntoView {
    if examined == 0 {
        return view! {
            <Note>
                <p>
                    {t("rules.trial.no_events")} " "
                    <a href="/sensors">{t("rules.trial.see_sensors")}</a>
                </p>
            </Note>
        }
        .into_any();
    }
    if matched == 0 {
        return view! {
            <Note>
                <p>
                    {t("rules.trial.none")} " "
                    <a href="/events">{t("rules.trial.see_events")}</a>
                </p>
            </Note>
        }
        .into_any();
    }
    if examined >= ENOUGH && matched * 20 > examined {
        return view! { <Note tone="warn">{t("rules.trial.many")}</Note> }.into_any();
    }
    ().into_any()
}

#[component]
fn Outcome(tried: Tried) -> impl IntoView {
    let counts = t_with(
        "rules.trial.counts",
        &[("matched", &num(tried.matched)), ("examined", &num(tried.examined))],
    );
    let shown = tried.hits.len() as i64;
    let (examined, matched) = (tried.examined, tried.matched);
    let heading = (shown > 0).then(|| {
        let text = if shown < matched {
            t_with("rules.trial.newest", &[("n", &num(shown))])
        } else {
            t("rules.trial.matches")
        };
        view! { <h3>{text}</h3> }
    });
    view! {
        <section class="sec">
            <h3>
                {counts}
                <span class="aside">{t_with("rules.trial.took", &[("ms", &num(tried.took_ms))])}</span>
            </h3>
            <Verdict examined matched/>
        </section>
        {heading
            .map(|heading| {
                view! {
                    <section class="sec">
                        {heading}
                        <ul class="matches">{tried.hits.into_iter().map(|hit| view! { <Match hit/> }).collect_view()}</ul>
                    </section>
                }
            })}
    }
}

/// What the rule would have done with the newest events. Children: how it is run.
#[component]
pub(super) fn TrialPanel(answer: Answer, children: Children) -> impl IntoView {
    let outcome = move || {
        answer.get().map(|answer| match answer {
            Ok(tried) => view! { <Outcome tried/> }.into_any(),
            // its faults stand at the fields
            Err(p) if p.is("invalid_input") => {
                view! { <p class="pad bad">{t("rules.trial.wrong")}</p> }.into_any()
            }
            Err(problem) => view! { <ProblemView problem/> }.into_any(),
        })
    };
    view! {
        <aside class="panel" aria-label=t("rules.trial.title")>
            <div class="phead">
                <h2>{t("rules.trial.title")}</h2>
                <span class="meta">{t("rules.trial.about")}</span>
            </div>
            {children()}
            <div class="scroll" tabindex="0" role="region" aria-label=t("rules.trial.result") aria-live="polite">
                <Transition>{outcome}</Transition>
            </div>
        </aside>
    }
}
