use super::Icon;
use leptos::prelude::*;

/// A button. `kind`: classes after `btn`, such as `primary`, `quiet small`, `danger`. `key` is printed in it and told to screen
/// readers; the page listens for it. Without `on_press` it submits its form.
#[component]
pub fn Button(
    #[prop(into)] label: String,
    #[prop(optional)] kind: &'static str,
    #[prop(optional)] icon: Option<&'static str>,
    /// Shows the icon alone; the label stays for screen readers.
    #[prop(optional)]
    bare: bool,
    #[prop(optional)] key: Option<&'static str>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] on_press: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <button
            type=if on_press.is_some() { "button" } else { "submit" }
            class=format!("btn {kind}{}", if bare { " icon" } else { "" })
            aria-label=bare.then(|| label.clone())
            title=bare.then(|| label.clone())
            aria-keyshortcuts=key
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            on:click=move |_| {
                if let Some(f) = on_press {
                    f.run(());
                }
            }
        >
            {icon.map(|name| view! { <Icon name small=true/> })}
            {(!bare).then(|| label.clone())}
            {key.map(|k| view! { <kbd aria-hidden="true">{k}</kbd> })}
        </button>
    }
}
