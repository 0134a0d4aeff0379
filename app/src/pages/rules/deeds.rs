//! What a rule's page does: its actions, and the form that they answer.
use super::form::{RuleForm, Start, is_trial};
use crate::{components::FormProblem, server_fns::rules::*};
use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use model::{
    Problem,
    rule::{DetectionRule, NewRule},
};

/// What can be done with the rule; made once for the page, so that an answer survives its being read again.
#[derive(Clone, Copy)]
pub(super) struct Deeds {
    pub toggle: ServerAction<SetEnabled>,
    pub change: ServerAction<ChangeRule>,
    pub draft: ServerAction<TryDraft>,
    pub delete: Action<i64, Result<(), Problem>>,
}

impl Deeds {
    pub fn new() -> Self {
        Self {
            toggle: ServerAction::new(),
            change: ServerAction::new(),
            draft: ServerAction::new(),
            delete: Action::new(|id: &i64| delete_rule(*id)),
        }
    }

    fn submit(self, ev: &web_sys::SubmitEvent) {
        self.change.clear();
        self.draft.clear();
        if is_trial(ev) {
            if let Ok(sheet) = TryDraft::from_event(ev) {
                self.draft.dispatch(sheet);
            }
        } else if let Ok(sheet) = ChangeRule::from_event(ev) {
            self.change.dispatch(sheet);
        }
    }

    /// Of the form.
    pub fn problem(self) -> FormProblem {
        FormProblem::derive(move || {
            let refused = self.change.value().get().and_then(Result::err);
            refused.or_else(|| self.draft.value().get().and_then(Result::err))
        })
    }

    /// Of the buttons in the page's head.
    pub fn refused(self) -> FormProblem {
        FormProblem::derive(move || {
            let toggle = self.toggle.value().get().and_then(Result::err);
            toggle.or_else(|| self.delete.value().get().and_then(Result::err))
        })
    }
}

/// The form of a saved rule.
#[component]
pub(super) fn Edit(rule: DetectionRule, deeds: Deeds) -> impl IntoView {
    let id = rule.id;
    let saved = NewRule {
        name: rule.name,
        description: rule.description,
        severity: rule.severity,
        enabled: rule.enabled,
        conditions: rule.conditions,
        create_incident: rule.create_incident,
        window_minutes: rule.window_minutes,
        techniques: rule.techniques,
    };
    view! {
        <RuleForm
            start=Start { id: Some(id), rule: saved }
            action=ChangeRule::url()
            problem=deeds.problem()
            saving=deeds.change.pending()
            trying=deeds.draft.pending()
            on_submit=Callback::new(move |ev| deeds.submit(&ev))
            cancel=format!("/rules/{id}")
        />
    }
}
