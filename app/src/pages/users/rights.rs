use crate::{
    components::*,
    i18n::{t, t_of, t_with},
};
use leptos::prelude::*;
use model::{Permission, Role};

/// The key of a permission's text.
fn word(permission: Permission) -> &'static str {
    use Permission as P;
    match permission {
        P::Own => "own",
        P::ReadAlerts => "read_alerts",
        P::WorkAlerts => "work_alerts",
        P::DeleteAlerts => "delete_alerts",
        P::SearchEvents => "search_events",
        P::SendEvents => "send_events",
        P::ReadRules => "read_rules",
        P::ManageRules => "manage_rules",
        P::ReadSensors => "read_sensors",
        P::ManageSensors => "manage_sensors",
        P::ReadDeadLetters => "read_dead_letters",
        P::ManageDeadLetters => "manage_dead_letters",
        P::ReadUsers => "read_users",
        P::ManageUsers => "manage_users",
        P::ReadAudit => "read_audit",
        P::ManageRetention => "manage_retention",
    }
}

/// What the role allows, one line for each permission, from the table that the server asks.
#[component]
pub(super) fn Rights(name: String, role: Role) -> impl IntoView {
    let rows = Permission::ALL
        .into_iter()
        .map(|p| {
            let state = if role.may(p) {
                view! { <Status glyph="ok" text=t("users.may_yes")/> }
            } else {
                view! { <Status glyph="off" text=t("users.may_no")/> }
            };
            view! {
                <tr>
                    <td>{t_of("permission", word(p))}</td>
                    <td>{state}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="sec">
            <h3>{t_with("users.rights", &[("name", &name)])} <span class="aside">{t_of("role", role.as_str())}</span></h3>
            <table class="tbl tight flush">
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_permission_table() {
        for p in Permission::ALL {
            assert_eq!(serde_json::to_value(p).unwrap(), word(p));
        }
    }
}
