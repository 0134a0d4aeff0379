//! What narrows a search, each as a link that adds it to the address or takes it away, and keeps the rest.
use super::state::{Explore, Range, Search};
use crate::{
    components::{Icon, menu},
    i18n::{absolute, t, t_of},
};
use leptos::prelude::*;
use model::{Micros, Severity};

#[derive(Clone, Debug, PartialEq)]
pub enum Pick {
    Range(Range),
    Severity(Severity),
    Dataset(String),
}

impl Pick {
    pub fn is_in(&self, search: &Search) -> bool {
        match self {
            Self::Range(range) => search.range == *range,
            Self::Severity(s) => search.severity.contains(s),
            Self::Dataset(name) => search.dataset.contains(name),
        }
    }

    /// Ranges replace each other; the others are added, or removed where they are already.
    pub fn href(&self, explore: Explore) -> String {
        let search = explore.search.clone();
        let search = match self {
            Self::Range(range) => search.with_range(*range),
            Self::Severity(s) => search.toggle_severity(*s),
            Self::Dataset(name) => search.toggle_dataset(name),
        };
        explore.searching(search).href()
    }

    fn role(&self) -> &'static str {
        if matches!(self, Self::Range(_)) { "menuitemradio" } else { "menuitemcheckbox" }
    }
}

pub fn range_label(range: Range) -> String {
    match range {
        Range::ALL => t("events.all_time"),
        Range::Last(word, _) => t_of("events.last", word),
        Range::Between(from, to) => {
            let write = |at: Option<Micros>| at.map_or_else(|| "…".into(), |t| absolute(t, 0));
            format!("{} – {}", write(from).trim_end_matches(" UTC"), write(to))
        }
    }
}

/// A menu's entry. Only its address and its tick follow the page: another choice, or another open event, leaves the menu in place.
#[component]
pub fn Choice(
    explore: Memo<Explore>,
    search: Memo<Search>,
    pick: Pick,
    /// Id of the menu that it is in.
    menu: &'static str,
    children: Children,
) -> impl IntoView {
    let role = pick.role();
    let (chosen, leads) = (pick.clone(), pick);
    let checked = move || search.with(|s| chosen.is_in(s));
    let tick = checked.clone();
    let href = move || leads.href(explore.get());
    view! {
        <a
            role=role
            aria-checked=move || if checked() { "true" } else { "false" }
            href=href
            on:click=move |_| menu::chosen(menu)
        >
            <span class="tick">{move || tick().then(|| view! { <Icon name="check" small=true/> })}</span>
            {children()}
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos_router::params::ParamsMap;

    fn at(pairs: &[(&str, &str)]) -> Explore {
        let mut params = ParamsMap::new();
        for (name, value) in pairs {
            params.insert((*name).to_owned(), (*value).to_owned());
        }
        Explore::of(&params)
    }

    #[test]
    fn a_pick_keeps_the_rest_and_the_open_event() {
        let here = at(&[("severity", "high"), ("event", "7"), ("cursor", "c")]);
        let high = Pick::Severity(Severity::High);
        assert!(high.is_in(&here.search) && high.role() == "menuitemcheckbox");
        assert_eq!(high.href(here.clone()), "/events?event=7");
        assert_eq!(
            Pick::Dataset("zeek.dns".into()).href(here.clone()),
            "/events?severity=high&dataset=zeek.dns&event=7"
        );
        assert!(Pick::Range(Range::ALL).is_in(&here.search));
        assert_eq!(
            Pick::Range(Range::Last("1h", model::time::HOUR)).href(here),
            "/events?last=1h&severity=high&event=7"
        );
    }
}
