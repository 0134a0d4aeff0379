use leptos::prelude::*;

/// A scrolling data table with a name. `head`: the `<th>` cells; children: the rows. `kind`: classes after `tbl` (`fit`, `tight`).
#[component]
pub fn Table(
    #[prop(into)] label: String,
    #[prop(optional)] kind: &'static str,
    #[prop(into)] head: ViewFn,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="scroll body" tabindex="0" role="region" aria-label=label>
            <table class=format!("tbl {kind}")>
                <thead>
                    <tr>{head.run()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}
