//! The query and what is wrong with it. A plain form: works before the page is alive.
use super::state::{Explore, PATH, Search};
use crate::{
    components::{Button, Icon, Note},
    i18n::{Lang, lang, num, t, t_with},
    server_fns::events::EventLines,
};
use leptos::prelude::*;
use leptos_router::components::Form;
use model::Problem;

/// Id of the query's field, for the key that jumps to it.
pub const QUERY: &str = "events-query";

/// The search's other parts, so that a form that sets one of them keeps the rest.
#[component]
pub fn Rest(search: Search, without: &'static [&'static str]) -> impl IntoView {
    let mut rest = search.pairs();
    for name in without {
        rest = rest.without(name);
    }
    rest.pairs()
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone()/> })
        .collect_view()
}

#[component]
pub fn QueryBar(explore: Memo<Explore>) -> impl IntoView {
    let query = move || explore.with(|e| e.search.query.clone());
    let hidden = move || {
        let e = explore.get();
        view! {
            <Rest search=e.search without=&["query"]/>
            {e.field.map(|f| view! { <input type="hidden" name="field" value=f/> })}
        }
    };
    view! {
        <div class="querybar">
            <Form method="get" action=PATH>
                <label class="query">
                    <Icon name="search" small=true/>
                    <span class="sr">{t("events.query")}</span>
                    <input
                        class="q"
                        id=QUERY
                        name="query"
                        value=explore.with_untracked(|e| e.search.query.clone())
                        prop:value=query
                        placeholder=t("events.query_hint")
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        aria-describedby="events-query-error"
                    />
                </label>
                {hidden}
                <Button label=t("events.search") kind="primary"/>
            </Form>
        </div>
    }
}

/// Text before the fault, the fault, text after it.
pub type Fault = (String, String, String);

/// Cuts the text in three at the byte offsets that a `span:START:END` names: before, the fault, after. A fault at the end of the
/// text is shown as one blank.
pub fn marked(text: &str, code: &str) -> Option<Fault> {
    let (start, end) = code.strip_prefix("span:")?.split_once(':')?;
    let (start, end): (usize, usize) = (start.parse().ok()?, end.parse().ok()?);
    let floor =
        |at: usize| (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    let (start, end) = (floor(start), floor(end.max(start)));
    let fault = if start == end { "\u{a0}" } else { &text[start..end] };
    Some((text[..start].into(), fault.into(), text[end..].into()))
}

/// At which character the fault begins. English has it in the server's sentence, which is all that says what exactly is wrong.
fn begins(fault: Option<&Fault>) -> Option<String> {
    let n = i64::try_from(fault?.0.chars().count()).ok()? + 1;
    (lang() != Lang::En).then(|| format!("{}. ", t_with("events.fault_at", &[("n", &num(n))])))
}

/// Why the query cannot be read, and where.
#[component]
pub fn QueryError(
    explore: Memo<Explore>,
    lines: Resource<Result<EventLines, Problem>>,
) -> impl IntoView {
    let error = move || {
        let problem = lines.get()?.err().filter(|p| p.is("bad_query"))?;
        let query = explore.with(|e| e.search.query.clone());
        let fault = problem.errors.iter().find_map(|e| marked(&query, &e.code));
        let begins = begins(fault.as_ref());
        let shown = fault.map(|(before, fault, after)| {
            view! {
                <code class="place">
                    {before}
                    <span class="squig">{fault}</span>
                    {after}
                </code>
            }
        });
        Some(view! {
            <Note tone="bad">
                <b>{t("problem.bad_query")}</b>
                ": "
                {begins}
                <span lang="en">{problem.detail}</span>
                {shown}
            </Note>
        })
    };
    view! {
        <div class="queryerror" id="events-query-error">
            <Transition>{error}</Transition>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn the_fault_is_cut_out_at_letters_whatever_the_offsets() {
        let cut = |text, code| marked(text, code).unwrap();
        assert_eq!(cut("a:(b OR", "span:2:7"), ("a:".into(), "(b OR".into(), String::new()));
        assert_eq!(cut("a:", "span:2:2"), ("a:".into(), "\u{a0}".into(), String::new()));
        assert_eq!(cut("ñ:ü", "span:1:99"), (String::new(), "ñ:ü".into(), String::new()));
        assert_eq!(cut("abc", "span:9:1").1, "\u{a0}");
        assert_eq!(marked("a", "required"), None);
    }
}
