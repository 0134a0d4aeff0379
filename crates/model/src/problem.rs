//! What went wrong, for a person and for a program: RFC 9457 `application/problem+json`.
//!
//! One table (`problems!`) says each code's status, title and meaning. The same object is the JSON API's error body and the
//! error of every server function, so page and API cannot disagree.
use serde::{Deserialize, Serialize};

/// One fault in an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// JSON pointer into what was sent, such as `/email`.
    pub pointer: String,
    /// Stable word for programs and translations, such as `too_long`.
    pub code: String,
    /// English sentence for people.
    pub message: String,
}

/// RFC 9457. `detail` is always a text: it is what the contract's clients read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    pub code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Seconds to wait before trying again, where waiting helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

macro_rules! problems {
    ($($(#[$doc:meta])* $code:ident $status:literal $title:literal;)*) => {
        impl Problem {
            $($(#[$doc])*
            pub fn $code(detail: impl Into<String>) -> Self {
                Self::of(stringify!($code), $status, $title, detail.into())
            })*
        }
        /// Every problem: code, status, title. The reference documentation is written from it.
        pub const PROBLEMS: &[(&str, u16, &str)] = &[$((stringify!($code), $status, $title)),*];
    };
}

problems! {
    /// The request cannot be read at all.
    bad_request 400 "The request cannot be read";
    /// A search query has a syntax error; `errors[0].pointer` is `/query` and the detail says where.
    bad_query 400 "The query cannot be read";
    /// The caller is not known. `detail` keeps the contract's texts.
    unauthenticated 401 "Sign in first";
    /// The caller is known and may not do this.
    forbidden 403 "Not allowed";
    /// A password must be changed before anything else.
    password_change_required 403 "Change your password first";
    /// The request came from another site.
    cross_site 403 "The request came from another site";
    /// It does not exist, or the caller may not know that it does.
    not_found 404 "Not found";
    method_not_allowed 405 "Method not allowed";
    request_timeout 408 "The request took too long to arrive";
    /// It clashes with what is there: a taken name, a state that changed.
    conflict 409 "Conflicts with the present state";
    too_large 413 "Too large";
    unsupported_media_type 415 "Unsupported content type or encoding";
    /// Fields are wrong: `errors` says which and how.
    invalid_input 422 "Some fields are wrong";
    too_many_requests 429 "Too many requests";
    internal 500 "Something went wrong here";
    /// A part this needs does not answer; nothing was acknowledged.
    unavailable 503 "Not available now";
    /// The disk or the journal's quota is full; nothing was acknowledged.
    insufficient_storage 507 "No room to store this";
}

impl Problem {
    fn of(code: &str, status: u16, title: &str, detail: String) -> Self {
        Self {
            kind: format!("/docs/problems#{code}"),
            title: title.into(),
            status,
            detail,
            code: code.into(),
            request_id: None,
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// The input's faults; the detail repeats them in one sentence for clients that read only that.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = errors
            .iter()
            .map(|e| format!("{} {}", e.pointer.trim_start_matches('/'), e.message))
            .collect::<Vec<_>>()
            .join("; ");
        Self { errors, ..Self::invalid_input(detail) }
    }

    /// A single wrong field.
    pub fn field(field: &str, code: &str, message: &str) -> Self {
        Self::invalid(vec![FieldError {
            pointer: format!("/{field}"),
            code: code.into(),
            message: message.into(),
        }])
    }

    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    pub fn is(&self, code: &str) -> bool {
        self.code == code
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)
    }
}

impl std::error::Error for Problem {}

/// Server functions carry a `Problem` as their error, encoded as JSON.
impl server_fn::error::FromServerFnError for Problem {
    type Encoder = server_fn::codec::JsonEncoding;

    fn from_server_fn_error(error: server_fn::error::ServerFnErrorErr) -> Self {
        use server_fn::error::ServerFnErrorErr as E;
        match error {
            E::Request(_) => Self::unavailable("The server cannot be reached"),
            E::Args(m) | E::MissingArg(m) | E::Deserialization(m) => Self::bad_request(m),
            other => Self::internal(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_statuses_are_errors() {
        let mut codes: Vec<_> = PROBLEMS.iter().map(|p| p.0).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), PROBLEMS.len());
        assert!(PROBLEMS.iter().all(|p| (400..600).contains(&p.1)));
    }

    #[test]
    fn detail_repeats_the_fields_for_clients_that_read_only_it() {
        let p = Problem::field("email", "required", "may not be empty");
        assert_eq!((p.status, p.detail.as_str()), (422, "email may not be empty"));
        let json = serde_json::to_value(&p).unwrap();
        assert_eq!(json["type"], "/docs/problems#invalid_input");
        assert_eq!(serde_json::from_value::<Problem>(json).unwrap(), p);
    }
}
