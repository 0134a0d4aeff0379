use super::json::{Kind, Laid, lay_out};
use crate::{
    components::*,
    i18n::{num, t},
};
use leptos::prelude::*;

#[component]
fn Lines(laid: Laid) -> impl IntoView {
    let lines = laid
        .lines
        .into_iter()
        .enumerate()
        .map(|(i, line)| {
            let class = match line.kind {
                Kind::Text => "s",
                Kind::Literal => "d",
                Kind::Mark => "p",
            };
            let key =
                line.key.map(|k| view! { <span class="k">{k}</span><span class="p">": "</span> });
            view! {
                <div class="ln" data-hit=line.hit.then_some("")>
                    <span class="g" aria-hidden="true">{num(i as i64 + 1)}</span>
                    <span>
                        {"  ".repeat(line.depth)}
                        {key}
                        <span class=class>{line.value}</span>
                        {line.comma.then(|| view! { <span class="p">","</span> })}
                    </span>
                </div>
            }
        })
        .collect_view();
    view! {
        {laid.absent.then(|| view! { <p class="meta">{t("dead_letters.absent")}</p> })}
        <div class="code" tabindex="0" role="region" aria-label=t("dead_letters.raw")>
            {lines}
        </div>
        {laid.cut.then(|| view! { <p class="meta">{t("dead_letters.cut")}</p> })}
    }
}

/// The record as it was sent; what the pointer names is marked.
#[component]
pub(super) fn Raw(raw: String, pointer: String) -> impl IntoView {
    match lay_out(&raw, &pointer) {
        Some(laid) => view! { <Lines laid/> }.into_any(),
        None => view! {
            <Note tone="warn">{t("dead_letters.no_json")}</Note>
            <pre class="raw" tabindex="0">{raw}</pre>
        }
        .into_any(),
    }
}
