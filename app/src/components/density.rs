//! How tightly rows stand: kept in a cookie of this browser, applied at once.
use super::shell::preference;
use crate::{
    context::{Density, page_context},
    dom,
    i18n::t_of,
};
use leptos::prelude::*;

/// One choice for the whole page: the account's menu and the profile show and change the same.
#[derive(Clone, Copy)]
pub struct DensityChoice(RwSignal<Density>);

impl DensityChoice {
    /// Called once by `Shell`.
    pub fn provide() -> Self {
        let choice = Self(RwSignal::new(page_context().density));
        provide_context(choice);
        choice
    }

    pub fn get(self) -> Density {
        self.0.get()
    }

    pub fn get_untracked(self) -> Density {
        self.0.get_untracked()
    }

    pub fn choose(self, density: Density) {
        dom::set_cookie("density", density.as_str());
        if let Some(root) = document().document_element() {
            // the middle one is what the style does by itself
            let _ = if density == Density::Cozy {
                root.remove_attribute("data-density")
            } else {
                root.set_attribute("data-density", density.as_str())
            };
        }
        self.0.set(density);
    }
}

/// A menu's entry. Before the page is alive a link that sets the cookie and comes back.
#[component]
pub(super) fn DensityLink(density: Density) -> impl IntoView {
    let choice = expect_context::<DensityChoice>();
    let path = page_context().path;
    view! {
        <a
            role="menuitemradio"
            aria-checked=move || if choice.get() == density { "true" } else { "false" }
            rel="external"
            href=preference("density", density.as_str(), &path)
            on:click=move |ev| {
                ev.prevent_default();
                choice.choose(density);
            }
        >
            {t_of("density", density.as_str())}
        </a>
    }
}
