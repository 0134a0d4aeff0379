use super::{acts::Acts, advice::advice, raw::Raw};
use crate::{
    components::*,
    i18n::{bytes, num, t, t_of},
};
use leptos::prelude::*;
use model::dead_letter::DeadLetter;

#[component]
fn Bar(id: i64, acts: Acts) -> impl IntoView {
    view! {
        <div class="actbar">
            <Button
                label=t("dead_letters.replay_this")
                disabled=acts.asleep()
                busy=acts.busy()
                on_press=Callback::new(move |()| acts.replay(vec![id]))
            />
            <Button
                label=t("dead_letters.delete_this")
                kind="danger"
                disabled=acts.asleep()
                on_press=Callback::new(move |()| acts.delete(vec![id]))
            />
        </div>
    }
}

#[component]
fn Facts(letter: DeadLetter) -> impl IntoView {
    let hint = advice(&letter);
    let pointer = if letter.pointer.is_empty() { t("dead_letters.whole") } else { letter.pointer };
    view! {
        <dl class="kv">
            <dt>{t("dead_letters.hint")}</dt>
            <dd>{hint}</dd>
            <dt>{t("dead_letters.pointer")}</dt>
            <dd class="mono">{pointer}</dd>
            <dt>{t("dead_letters.received")}</dt>
            <dd><TimeText at=letter.received_at style=TimeStyle::Absolute/></dd>
            <dt>{t("dead_letters.source_label")}</dt>
            <dd>{t_of("dead_letters.source", &letter.source)}</dd>
            {letter
                .sensor
                .map(|sensor| {
                    view! {
                        <dt>{t("dead_letters.sensor")}</dt>
                        <dd><Value field="observer.name" value=sensor/></dd>
                    }
                })}
            {letter
                .agent
                .map(|agent| {
                    view! {
                        <dt>{t("dead_letters.agent")}</dt>
                        <dd><Value field="agent.name" value=agent/></dd>
                    }
                })}
            {letter
                .file
                .map(|file| {
                    view! {
                        <dt>{t("dead_letters.file")}</dt>
                        <dd class="mono">{file}</dd>
                    }
                })}
            {letter
                .sample
                .then(|| {
                    view! {
                        <dt>{t("dead_letters.kind")}</dt>
                        <dd>{t("dead_letters.sample")}</dd>
                    }
                })}
            <dt>{t("dead_letters.position")}</dt>
            <dd>{num(letter.batch_index)}</dd>
            <dt>{t("dead_letters.replays")}</dt>
            <dd>{num(letter.replays)}</dd>
            <dt>{t("dead_letters.size")}</dt>
            <dd>{bytes(letter.raw.len() as i64)}</dd>
        </dl>
    }
}

/// One letter with its record. `letter`: `None` when it is no longer on this page of the list.
#[component]
pub(super) fn Letter(
    letter: Option<DeadLetter>,
    close: Signal<String>,
    acts: Acts,
    manage: bool,
) -> impl IntoView {
    let Some(letter) = letter else {
        return view! {
            <SidePanel title=t("dead_letters.gone") close>
                <p class="pad muted">{t("dead_letters.gone_text")}</p>
            </SidePanel>
        }
        .into_any();
    };
    let raw = letter.raw.clone();
    let (title, sub) = (t_of("dead_letters.reason", &letter.reason), letter.reason.clone());
    view! {
        <SidePanel title sub close>
            {manage.then(|| view! { <Bar id=letter.id acts/> })}
            <div class="scroll" tabindex="0" role="region" aria-label=t("dead_letters.detail")>
                <section class="sec">
                    <Facts letter=letter.clone()/>
                </section>
                <section class="sec">
                    <h3>
                        {t("dead_letters.raw")}
                        <CopyLink text=raw/>
                    </h3>
                    <Raw raw=letter.raw pointer=letter.pointer/>
                </section>
            </div>
        </SidePanel>
    }
    .into_any()
}
