//! What handlers take from a request: who asks, the body, the query string.
use axum::extract::{FromRequest, FromRequestParts, Request};
use bytes::Bytes;
use http::request::Parts;
use model::{Caller, Micros, Origin, Problem, caller::Sender};
use platform::{ApiError, Identity};
use serde::de::DeserializeOwned;
use soc::ingest::{not_json, unreadable};
use std::collections::HashMap;

/// A signed-in person.
pub struct Who(pub Caller);

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match parts.extensions.get::<Identity>() {
            Some(Identity(Ok(Sender::User(caller)))) => Ok(Self(caller.clone())),
            Some(Identity(Err(problem))) => Err(problem.clone().into()),
            _ => Err(Problem::unauthenticated("Invalid authentication credentials").into()),
        }
    }
}

/// A person, an agent, or whoever knows the shared token.
pub struct By(pub Sender);

impl<S: Sync> FromRequestParts<S> for By {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match parts.extensions.get::<Identity>() {
            Some(Identity(Ok(sender))) => Ok(Self(sender.clone())),
            Some(Identity(Err(problem))) => Err(ApiError::unchallenged(problem.clone())),
            None => Err(ApiError::unchallenged(Problem::unauthenticated(
                "Invalid authentication credentials",
            ))),
        }
    }
}

/// Where the request came from, as the identity layer noted it.
pub struct Via(pub Origin);

impl<S: Sync> FromRequestParts<S> for Via {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(parts.extensions.get::<Origin>().cloned().unwrap_or_default()))
    }
}

/// A JSON body. What is no JSON and what does not fit are 422, as in the contract, each with a code of its own; what is no text is 400.
pub struct Sent<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|e| platform::error::for_status(e.status(), &e.body_text()))?;
        if body.is_empty() {
            return Err(not_json("the body is empty; JSON is expected").into());
        }
        let text = std::str::from_utf8(&body)
            .map_err(|e| Problem::bad_request(format!("The body is not UTF-8 text: {e}")))?;
        serde_json::from_str(text).map(Self).map_err(|e| unreadable(&e).into())
    }
}

/// The query string: names may repeat, and a value may list several, separated by commas.
pub struct Params(HashMap<String, Vec<String>>);

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Self::read(parts.uri.query().unwrap_or_default()).map_err(Into::into)
    }
}

impl Params {
    fn read(query: &str) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = axum::extract::Query::try_from_uri(
            &format!("/?{query}")
                .parse()
                .map_err(|_| Problem::bad_request("The query string cannot be read"))?,
        )
        .map(|q| q.0)
        .map_err(|e| Problem::bad_request(e.body_text()))?;
        let mut all: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in pairs {
            all.entry(name).or_default().push(value);
        }
        Ok(Self(all))
    }

    /// The last value that is not empty.
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.iter().rev().map(|v| v.trim()).find(|v| !v.is_empty()).map(str::to_owned)
    }

    /// All values, lists taken apart.
    pub fn list(&self, name: &str) -> Vec<String> {
        let values = self.0.get(name).into_iter().flatten();
        values
            .flat_map(|v| v.split(','))
            .map(str::trim)
            .filter(|v| !v.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Each value read by `parse`; one that cannot be read is a fault that says what is allowed.
    pub fn words<T>(
        &self,
        name: &str,
        allowed: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Problem> {
        let read = |v: &String| parse(v).ok_or_else(|| wrong(name, "unknown", allowed));
        self.list(name).iter().map(read).collect()
    }

    /// The value read by `parse`; one that cannot be read is a fault with this code that says what is allowed.
    pub fn one<T>(
        &self,
        name: &str,
        code: &str,
        allowed: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let read = |text: String| parse(&text).ok_or_else(|| wrong(name, code, allowed));
        self.text(name).map(read).transpose()
    }

    pub fn number(&self, name: &str, low: i64, high: i64) -> Result<Option<i64>, Problem> {
        self.one(name, "range", &format!("a number from {low} to {high}"), |text| {
            text.parse::<i64>().ok().filter(|n| (low..=high).contains(n))
        })
    }

    pub fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        self.one(name, "unknown", "true or false", |text| match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })
    }

    pub fn time(&self, name: &str) -> Result<Option<Micros>, Problem> {
        self.one(name, "format", "an ISO 8601 time such as 2026-11-21T06:38:27Z", Micros::parse)
    }

    /// In microseconds.
    pub fn span(&self, name: &str) -> Result<Option<i64>, Problem> {
        self.one(name, "format", "a span such as 15m, 24h or 7d", span)
    }
}

/// The fault of a value that cannot be read.
fn wrong(name: &str, code: &str, allowed: &str) -> Problem {
    Problem::field(name, code, &format!("must be {allowed}"))
}

/// `15m`, `24h`, `7d` in microseconds.
pub fn span(text: &str) -> Option<i64> {
    use model::time::{DAY, HOUR, MINUTE};
    let unit = match text.chars().next_back()? {
        'm' => MINUTE,
        'h' => HOUR,
        'd' => DAY,
        _ => return None,
    };
    let n: i64 = text.get(..text.len() - 1)?.parse().ok()?;
    (1..=100_000).contains(&n).then(|| n * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_repeat_or_use_commas() {
        let p = Params::read(
            "s=open,closed&s=in_progress&q=a%20b&q=&n=7&t=2026-11-21T06:38:27Z&b=true",
        )
        .unwrap();
        assert_eq!(p.list("s"), ["open", "closed", "in_progress"]);
        assert_eq!(p.text("q").as_deref(), Some("a b"));
        assert_eq!(p.number("n", 1, 9).unwrap(), Some(7));
        assert!(p.time("t").unwrap().is_some() && p.flag("b").unwrap() == Some(true));
        assert_eq!(p.number("none", 1, 9).unwrap(), None);
    }

    #[test]
    fn what_cannot_be_read_says_what_is_allowed() {
        let p = Params::read("n=70&t=soon&b=perhaps&s=red").unwrap();
        assert!(p.number("n", 1, 9).unwrap_err().detail.contains("1 to 9"));
        assert!(p.time("t").unwrap_err().detail.contains("ISO 8601"));
        assert!(p.flag("b").is_err());
        assert!(
            p.words("s", "open or closed", model::alert::AlertStatus::parse)
                .unwrap_err()
                .detail
                .contains("open or closed")
        );
    }

    #[test]
    fn spans_have_a_number_and_a_unit() {
        assert_eq!(span("15m"), Some(15 * model::time::MINUTE));
        assert_eq!(span("7d"), Some(7 * model::time::DAY));
        for wrong in ["", "m", "0h", "-1d", "5y", "1é"] {
            assert_eq!(span(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn broken_json_and_unfit_json_differ() {
        let broken = serde_json::from_str::<Vec<i64>>("[1,").unwrap_err();
        let unfit = serde_json::from_str::<Vec<i64>>("[\"a\"]").unwrap_err();
        let (broken, unfit) = (unreadable(&broken), unreadable(&unfit));
        assert_eq!((broken.status, unfit.status), (422, 422));
        assert_eq!((&*broken.errors[0].code, &*unfit.errors[0].code), ("invalid_json", "unfit"));
    }
}
