//! People, under one address `/users/:id?`: the list, and beside it one person (`/users/7`) or the form for a new one
//! (`/users/new`). Everybody may look; only who manages users sees forms.
mod create;
mod form;
mod list;
mod panel;
mod rights;
mod undo;

use crate::{
    components::*,
    context::{may, page_context},
    i18n::{t, tn},
    server_fns::users::*,
    url::Query,
};
use create::NewPerson;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};
use list::List;
use model::{
    Permission, Problem, Role,
    user::{OneTimePassword, UserProfile},
};
use panel::PersonPanel;

/// What the panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chosen {
    Nothing,
    New,
    Person(i64),
}

impl Chosen {
    /// From the last part of the address; what is no number names nobody.
    fn of(part: Option<&str>) -> Self {
        match part {
            None | Some("") => Self::Nothing,
            Some("new") => Self::New,
            Some(id) => Self::Person(id.parse().unwrap_or(0)),
        }
    }
}

/// What the list is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Filter {
    text: String,
    role: String,
    /// `active`, `disabled`, or empty.
    state: String,
}

impl Filter {
    fn of(query: &Query) -> Self {
        let get = |name| query.get(name).unwrap_or_default().trim().to_owned();
        Self { text: get("q").to_lowercase(), role: get("role"), state: get("state") }
    }

    fn keeps(&self, user: &UserProfile) -> bool {
        let team = user.team.as_deref().unwrap_or_default();
        let hay = format!("{} {} {team}", user.full_name, user.email).to_lowercase();
        self.text.split_whitespace().all(|word| hay.contains(word))
            && (self.role.is_empty() || user.role.as_str() == self.role)
            && match self.state.as_str() {
                "active" => user.is_active,
                "disabled" => !user.is_active,
                _ => true,
            }
    }
}

/// The forms' actions, made once for the page so that an answer survives the refreshing of the list.
#[derive(Clone, Copy)]
struct Deeds {
    create: ServerAction<CreateUser>,
    change: ServerAction<ChangeUser>,
    activate: ServerAction<SetActive>,
    reset: Action<i64, Result<OneTimePassword, Problem>>,
}

impl Deeds {
    fn new() -> Self {
        Self {
            create: ServerAction::new(),
            change: ServerAction::new(),
            activate: ServerAction::new(),
            reset: Action::new(|id: &i64| {
                let id = *id;
                async move { reset_password(id).await }
            }),
        }
    }

    /// What was said about one person must not stand beside another.
    fn forget(self) {
        self.create.clear();
        self.change.clear();
        self.activate.clear();
        self.reset.clear();
    }
}

#[component]
pub fn Users() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let manage = may(Permission::ManageUsers);
    let me = page_context().person.map(|p| p.id);
    let toasts = expect_context::<Toasts>();
    let users = Resource::new(|| (), |()| fetch_users());
    let chosen = Memo::new(move |_| Chosen::of(params.with(|p| p.get("id")).as_deref()));
    let address = Memo::new(move |_| query.with(Query::of));
    let filter = Memo::new(move |_| address.with(Filter::of));
    let close = Signal::derive(move || address.with(|q| q.href("/users")));
    let deeds = Deeds::new();

    Effect::new(move |before: Option<Chosen>| {
        let now = chosen.get();
        if before.is_some_and(|b| b != now) {
            deeds.forget();
        }
        now
    });
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(user)) = deeds.create.value().get() {
            users.refetch();
            toasts.say(t("users.created"));
            let to = address.with_untracked(|q| q.href(&format!("/users/{}", user.id)));
            navigate(&to, NavigateOptions { scroll: false, ..Default::default() });
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(_)) = deeds.change.value().get() {
            users.refetch();
            toasts.say(t("users.saved"));
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(user)) = deeds.activate.value().get() {
            users.refetch();
            undo::offer(&user, toasts, users);
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(_)) = deeds.reset.value().get() {
            users.refetch(); // a new password is due now
        }
    });

    let count =
        move || users.get().and_then(Result::ok).map(|list| tn("users.count", list.len() as i64));
    let list = move || {
        users.get().map(|answer| match answer {
            Ok(list) => view! { <List users=list filter chosen address/> }.into_any(),
            Err(problem) => {
                view! { <ProblemView problem retry=Callback::new(move |()| users.refetch())/> }
                    .into_any()
            }
        })
    };
    let person = move |id: i64| {
        users.get().and_then(Result::ok).map(|list| match list.into_iter().find(|u| u.id == id) {
            Some(user) => view! { <PersonPanel user manage me close deeds/> }.into_any(),
            None => view! {
                <SidePanel title=t("users.no_such") close>
                    <p class="pad muted">{t("users.no_such_text")}</p>
                </SidePanel>
            }
            .into_any(),
        })
    };
    let panel = move || match chosen.get() {
        Chosen::Nothing => ().into_any(),
        Chosen::New => view! { <NewPerson manage close create=deeds.create/> }.into_any(),
        Chosen::Person(id) => view! { <Transition>{move || person(id)}</Transition> }.into_any(),
    };
    view! {
        <PageHead title=t("users.title") sub=move || view! { <Transition>{count}</Transition> }>
            {manage
                .then(|| {
                    view! {
                        <a class="btn small primary" href=move || address.with(|q| q.href("/users/new"))>
                            {t("users.new")}
                        </a>
                    }
                })}
        </PageHead>
        <FilterBar label=t("users.filter")>
            <SearchBox name="q" label=t("users.search")/>
            <ChoiceFilter name="role" label=t("users.role") any=t("users.any_role") options=role_options()/>
            <ChoiceFilter
                name="state"
                label=t("users.state")
                any=t("users.any_state")
                options=vec![("active".into(), t("users.active")), ("disabled".into(), t("users.is_disabled"))]
            />
        </FilterBar>
        <div
            class="split"
            data-split="wide"
            data-panel=move || (chosen.get() == Chosen::Nothing).then_some("none")
            data-view=move || (chosen.get() != Chosen::Nothing).then_some("detail")
        >
            <div class="pane">
                <Transition fallback=|| view! { <Skeleton/> }>{list}</Transition>
            </div>
            {panel}
        </div>
    }
}

fn role_options() -> Vec<(String, String)> {
    Role::ALL
        .into_iter()
        .map(|r| (r.as_str().into(), crate::i18n::t_of("role", r.as_str())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Micros;

    fn person(name: &str, role: Role, active: bool) -> UserProfile {
        UserProfile {
            id: 1,
            full_name: name.into(),
            role,
            email: "ana.ruiz@example.org".into(),
            tenant_id: "t".into(),
            avatar_url: None,
            team: Some("Tier 2".into()),
            manager: None,
            computer: None,
            mobile_phone: None,
            timezone: "Europe/Madrid".into(),
            is_active: active,
            must_change_password: false,
            last_login_at: None,
            created_at: Micros(0),
            updated_at: Micros(0),
        }
    }

    #[test]
    fn the_last_part_of_the_address_says_what_the_panel_shows() {
        assert_eq!(Chosen::of(None), Chosen::Nothing);
        assert_eq!(Chosen::of(Some("new")), Chosen::New);
        assert_eq!(Chosen::of(Some("7")), Chosen::Person(7));
        assert_eq!(Chosen::of(Some("7x")), Chosen::Person(0), "names nobody");
    }

    #[test]
    fn all_words_must_occur_in_name_address_or_team() {
        let ana = person("Ana Ruiz", Role::Admin, true);
        let keeps = |q: Query| Filter::of(&q).keeps(&ana);
        assert!(keeps(Query::new()));
        assert!(keeps(Query::new().with("q", " RUIZ tier ")));
        assert!(!keeps(Query::new().with("q", "ana torres")));
        assert!(keeps(Query::new().with("role", "admin").with("state", "active")));
        assert!(!keeps(Query::new().with("role", "analyst")));
        assert!(!keeps(Query::new().with("state", "disabled")));
        assert!(Filter::of(&Query::new().with("state", "disabled")).keeps(&person(
            "B",
            Role::Analyst,
            false
        )));
    }
}
