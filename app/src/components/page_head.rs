use leptos::prelude::*;
use leptos_meta::Title;

/// Title line of a page; also sets the document's title. `sub` is a short line beside it; children are its actions.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(optional, into)] sub: ViewFn,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <Title text=title.clone()/>
        <div class="head">
            <h1>{title}</h1>
            <span class="sub">{move || sub.run()}</span>
            <span class="acts">{children.map(|c| c())}</span>
        </div>
    }
}
