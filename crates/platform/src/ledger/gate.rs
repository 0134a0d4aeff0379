//! The ledger enforced: a caller that the entry does not allow is refused before the handler, or even the body, is looked at.
use super::{Entry, Principal, openapi::is_id};
use crate::error::ApiError;
use axum::{
    extract::{RawPathParams, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::Method;
use model::{Permission, Problem, caller::Sender};
use std::{collections::HashMap, sync::Arc};

/// Who asks, or why that is not known. A layer outside of the routes puts it into the request's extensions.
#[derive(Clone, Debug)]
pub struct Identity(pub Result<Sender, Problem>);

impl Identity {
    pub fn principal(&self) -> Principal {
        match &self.0 {
            Ok(Sender::User(caller)) => caller.role.into(),
            Ok(Sender::Agent { .. }) => Principal::AgentKey,
            Ok(Sender::SharedToken { .. }) => Principal::SharedToken,
            Err(_) => Principal::Anonymous,
        }
    }

    /// Why this caller may not use this route; `None` when it may.
    pub fn refusal(&self, entry: &Entry) -> Option<Problem> {
        if entry.principals.contains(self.principal()) {
            return match &self.0 {
                // before the body is read: with a first password, which somebody else knows, only one's own things can be done
                Ok(Sender::User(c))
                    if c.must_change_password
                        && entry.permission.is_some_and(|p| p != Permission::Own) =>
                {
                    Some(Problem::password_change_required("Change your password before you go on"))
                }
                _ => None,
            };
        }
        Some(match &self.0 {
            Err(problem) => problem.clone(),
            Ok(Sender::User(_)) => Problem::forbidden("Not enough permissions"),
            Ok(_) => unknown(),
        })
    }
}

fn unknown() -> Problem {
    Problem::unauthenticated("Invalid authentication credentials")
}

pub(super) async fn check(
    State(entry): State<Arc<Entry>>,
    request: Request,
    next: Next,
) -> Response {
    match refusal(&entry, &request) {
        // the contract challenges people and not agents
        Some(problem) if entry.principals.contains(Principal::AgentKey) => {
            ApiError::unchallenged(problem).into_response()
        }
        Some(problem) => ApiError::from(problem).into_response(),
        None => next.run(request).await,
    }
}

fn refusal(entry: &Entry, request: &Request) -> Option<Problem> {
    if entry.is_public() {
        return None;
    }
    match request.extensions().get::<Identity>() {
        Some(identity) => identity.refusal(entry),
        None => Some(unknown()),
    }
}

/// An id in the address is a number, as the document says; anything else is 422, as in the contract. It comes after the gate, so that
/// strangers are told nothing but that they are.
pub(super) async fn numbers(params: RawPathParams, request: Request, next: Next) -> Response {
    let wrong = |(name, text): &(&str, &str)| is_id(name) && text.parse::<i64>().is_err();
    let found = params.iter().find(wrong).map(|(name, _)| name.to_owned());
    match found {
        Some(name) => {
            ApiError::from(Problem::field(&name, "not_a_number", "must be a whole number"))
                .into_response()
        }
        None => next.run(request).await,
    }
}

/// The gate for server functions, which one router serves: entries by method and path.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<HashMap<(Method, &'static str), Arc<Entry>>>);

impl Gate {
    pub fn new(entries: &[Arc<Entry>]) -> Self {
        let server_fns = entries.iter().filter(|e| e.kind == super::Kind::ServerFn);
        Self(Arc::new(server_fns.map(|e| ((e.method.clone(), e.path), e.clone())).collect()))
    }

    /// For `axum::middleware::from_fn_with_state(gate, Gate::check)` around the pages' router.
    pub async fn check(State(gate): State<Self>, request: Request, next: Next) -> Response {
        // a lookup by &str in a map of (Method, &'static str) needs the owner's lifetime: compare instead
        let found =
            gate.0.iter().find(|((m, p), _)| m == request.method() && *p == request.uri().path());
        let reading = matches!(*request.method(), Method::GET | Method::HEAD);
        let problem = match found {
            Some((_, entry)) => refusal(entry, &request),
            // fail closed: what changes something and has no entry does not exist
            None if !reading => Some(Problem::not_found("Not Found")),
            None => None,
        };
        match problem {
            Some(problem) => ApiError::from(problem).into_response(),
            None => next.run(request).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Ledger, env::Env};
    use axum::body::Body;
    use tower::ServiceExt;

    #[tokio::test]
    async fn an_id_that_is_no_number_is_422() {
        let config = Config::from_parts(Default::default(), Env::default(), None).unwrap();
        let (router, _) = Ledger::<()>::new(&config.limits)
            .route(Entry::get("/things/{id}", "x").public(), || async { "found" })
            .route(Entry::get("/names/{name}", "x").public(), || async { "found" })
            .finish();
        for (path, status) in [
            ("/things/7", 200),
            ("/things/%37", 200),
            ("/things/abc", 422),
            ("/things/1.5", 422),
            ("/things/99999999999999999999", 422),
            ("/names/abc", 200),
        ] {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            let got = router.clone().oneshot(request).await.unwrap().status();
            assert_eq!(got.as_u16(), status, "{path}");
        }
    }
}
