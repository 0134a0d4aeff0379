//! The panel beside a list: shows one row whole, has an address of its own, and `Esc` closes it.
use super::Icon;
use crate::{dom, i18n::t};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Children: an action bar (`div.actbar`), then a `div.scroll` with sections. `close`: address of the list without the panel.
#[component]
pub fn SidePanel(
    #[prop(into)] title: String,
    /// Under the title, in mono.
    #[prop(optional, into)]
    sub: String,
    #[prop(into)] close: Signal<String>,
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        dom::on_key(move |ev| {
            if ev.key() == "Escape" {
                navigate(
                    &close.get_untracked(),
                    NavigateOptions { scroll: false, ..Default::default() },
                );
            }
        });
    });
    view! {
        <aside class="panel" aria-label=title.clone()>
            <div class="phead">
                <div class="row">
                    <div class="grow">
                        <h2 class="wrap">{title.clone()}</h2>
                        <span class="meta mono wrap">{sub}</span>
                    </div>
                    <a
                        class="btn quiet icon small"
                        href=move || close.get()
                        aria-label=t("side_panel.close")
                        title=t("side_panel.close")
                        aria-keyshortcuts="Escape"
                    >
                        <Icon name="x" small=true/>
                    </a>
                </div>
            </div>
            {children()}
        </aside>
    }
}
