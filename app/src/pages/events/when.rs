use crate::{
    components::Clock,
    i18n::{clock, lang, t_of},
};
use leptos::prelude::*;
use model::Micros;

/// `21 Nov 10:02:07.998`, with the year when it is not this one; in the zone that the page shows.
#[component]
pub fn When(at: Micros) -> impl IntoView {
    let watch = expect_context::<Clock>();
    let lang = lang();
    let date = move || {
        // the effect runs where no owner may be: the language was read above
        provide_context(lang);
        let local = at.plus(watch.offset(at) * model::time::MINUTE);
        let (day, month) = (local.format("%-d"), t_of("month", &local.format("%m")));
        let year = local.format("%Y");
        if year == watch.now.get().format("%Y") {
            format!("{day} {month} ")
        } else {
            format!("{day} {month} {year} ")
        }
    };
    view! {
        <time datetime=at.rfc3339() title=move || watch.title(at)>
            <span class="date">{date}</span>
            <span>{move || clock(at, watch.offset(at))}</span>
        </time>
    }
}
