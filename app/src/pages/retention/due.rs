use crate::{
    components::*,
    i18n::{bytes, num, t, t_of, tn},
    server_fns::retention::RunRetention,
};
use leptos::{form::ActionForm, prelude::*};
use model::{
    Problem,
    retention::{ClassReport, DataClass, RetentionReport},
};

#[component]
fn Row(row: ClassReport) -> impl IntoView {
    let kept = row.days.map_or_else(|| t("retention.forever"), |days| tn("retention.days", days));
    let in_files = matches!(row.class, DataClass::Events | DataClass::Network);
    let count = if in_files { row.events } else { row.rows };
    let size = if in_files { bytes(row.bytes) } else { t("common.none") };
    let span = match (row.oldest, row.newest) {
        (Some(from), Some(to)) if from == to => from,
        (Some(from), Some(to)) => format!("{from} – {to}"),
        _ => t("common.none"),
    };
    view! {
        <tr>
            <td>{t_of("retention.class", row.class.as_str())}</td>
            <td>{kept}</td>
            <td class="num">{num(count)}</td>
            <td class="num">{size}</td>
            <td class="mono">{span}</td>
        </tr>
    }
}

/// The only field of this form is the box: say what it is for.
fn explained(problem: Problem) -> Problem {
    if problem.errors.iter().any(|e| e.pointer == "/sure") {
        return Problem { detail: t("retention.not_sure"), errors: Vec::new(), ..problem };
    }
    problem
}

#[component]
fn DeleteForm(delete: ServerAction<RunRetention>) -> impl IntoView {
    let problem =
        FormProblem::derive(move || delete.value().get().and_then(Result::err).map(explained));
    view! {
        <ActionForm action=delete attr:class="form">
            <label class="check">
                <input type="checkbox" name="sure" value="true"/>
                {t("retention.sure")}
            </label>
            <FormError problem/>
            <div class="btns-end">
                <Button label=t("retention.run") kind="danger" busy=delete.pending()/>
            </div>
        </ActionForm>
    }
}

/// What is past its time, class by class, and the button that deletes it.
#[component]
pub(super) fn Due(report: RetentionReport, delete: ServerAction<RunRetention>) -> impl IntoView {
    let (hold, empty) = (report.hold, report.is_empty());
    let for_room: i64 = report.classes.iter().map(|c| c.for_room).sum();
    let rows = report.classes.into_iter().map(|row| view! { <Row row/> }).collect_view();
    let verdict = match (hold, empty) {
        (true, _) => view! { <Note tone="warn">{t("retention.on_hold")}</Note> }.into_any(),
        (false, true) => view! { <p class="muted">{t("retention.nothing")}</p> }.into_any(),
        (false, false) => view! { <DeleteForm delete/> }.into_any(),
    };
    view! {
        <section class="sec">
            <h2>{t("retention.due")}</h2>
            <p class="muted">{t("retention.due_text")}</p>
            <div class="scroll" tabindex="0" role="region" aria-label=t("retention.due")>
                <table class="tbl tight flush">
                    <thead>
                        <tr>
                            <th>{t("retention.what")}</th>
                            <th>{t("retention.kept")}</th>
                            <th class="num">{t("retention.count")}</th>
                            <th class="num">{t("retention.size")}</th>
                            <th>{t("retention.span")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {(for_room > 0).then(|| view! { <Note tone="warn">{tn("retention.for_room", for_room)}</Note> })}
            {verdict}
        </section>
    }
}
