use crate::{
    components::*,
    i18n::{bytes, num, t, t_of, t_with},
    server_fns::retention::SaveRetention,
};
use leptos::{form::ActionForm, prelude::*};
use model::retention::{DataClass, DiskRoom, Retention, RetentionPolicy};

/// How much room there is, and from when on the disk decides.
#[component]
fn Room(disk: DiskRoom, keep_free_percent: i64) -> impl IntoView {
    let (free, total) = (bytes(disk.free), bytes(disk.total));
    let mark = match keep_free_percent {
        0 => t("retention.disk_off"),
        percent => t_with("retention.disk_mark", &[("percent", &num(percent))]),
    };
    view! {
        <p class="muted">
            {t_with("retention.disk", &[("free", &free), ("total", &total)])}
            " "
            {mark}
        </p>
    }
}

#[component]
fn Days(class: DataClass, policy: RetentionPolicy, problem: FormProblem) -> impl IntoView {
    let days = policy.days(class).map(|d| d.to_string()).unwrap_or_default();
    view! {
        <TextField
            name=class.as_str()
            label=t_of("retention.class", class.as_str())
            hint=t_of("retention.hint", class.as_str())
            kind="number"
            value=days
            problem
        />
    }
}

/// Days of each class, and the hold.
#[component]
pub(super) fn Policy(now: Retention, save: ServerAction<SaveRetention>) -> impl IntoView {
    let problem = FormProblem::derive(move || save.value().get().and_then(Result::err));
    let (policy, keep_free_percent) = (now.policy, now.keep_free_percent);
    let fields = DataClass::ALL
        .into_iter()
        .map(|class| view! { <Days class policy problem/> })
        .collect_view();
    view! {
        <section class="sec">
            <h2>{t("retention.policy")}</h2>
            <p class="muted">{t("retention.policy_text")}</p>
            {now.disk.map(|disk| view! { <Room disk keep_free_percent/> })}
            <ActionForm action=save attr:class="form">
                {fields}
                <label class="check">
                    <input type="checkbox" name="hold" value="true" checked=policy.hold/>
                    {t("retention.hold")}
                </label>
                <FormError problem/>
                <div class="btns-end">
                    <Button label=t("retention.save") kind="primary" busy=save.pending()/>
                </div>
            </ActionForm>
        </section>
    }
}
