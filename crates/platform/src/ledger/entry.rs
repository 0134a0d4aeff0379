//! One route: what it is, who may call it, what it takes and gives.
use super::{
    openapi::{Reply, SchemaOf, either_of, list_of, schema_of},
    principal::{Principal, Principals},
};
use axum::routing::MethodFilter;
use http::Method;
use model::Permission;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JSON or text, for programs.
    Api,
    /// HTML, for people.
    Page,
    /// What pages call. Always POST unless its code says otherwise.
    ServerFn,
    /// Built files.
    File,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Page => "page",
            Self::ServerFn => "server function",
            Self::File => "file",
        }
    }
}

/// Which of the configured caps holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyLimit {
    /// `limits.body`, as sent and as unpacked.
    Plain,
    /// `limits.ingest_body` as sent, `limits.ingest_unpacked` once unpacked.
    Events,
}

/// A query parameter, for the API's documentation.
#[derive(Clone, Copy, Debug)]
pub struct QueryParam {
    pub name: &'static str,
    /// JSON type: `string`, `integer`, `boolean`.
    pub kind: &'static str,
    pub what: &'static str,
    /// Without it the route answers 422.
    pub required: bool,
}

/// A header of the request or of the answer, for the API's documentation.
#[derive(Clone, Copy, Debug)]
pub struct HeaderDoc {
    pub name: &'static str,
    /// JSON type, as for query parameters.
    pub kind: &'static str,
    pub what: &'static str,
}

/// A body that the route takes.
#[derive(Clone, Copy, Debug)]
pub struct RequestDoc {
    pub content_type: &'static str,
    pub schema: SchemaOf,
}

/// What a route may answer beside success and a plain problem.
#[derive(Clone, Copy, Debug)]
pub struct OtherAnswer {
    pub status: u16,
    pub what: &'static str,
    pub reply: Reply,
}

#[derive(Clone, Debug)]
pub struct Entry {
    pub method: Method,
    /// As axum writes it: `/alerts/{id}`.
    pub path: &'static str,
    pub kind: Kind,
    pub principals: Principals,
    pub permission: Option<Permission>,
    /// Reads or writes what belongs to the caller's tenant alone.
    pub tenant_bound: bool,
    /// Leaves a row in the audit trail when it changes something.
    pub audited: bool,
    pub body: BodyLimit,
    pub summary: &'static str,
    pub tag: &'static str,
    pub query: Vec<QueryParam>,
    /// Headers that the route reads, beside those that say who asks.
    pub headers: Vec<HeaderDoc>,
    /// The kinds of body that the route takes.
    pub request: Vec<RequestDoc>,
    pub reply: Reply,
    /// Headers of the answer, beside those that every answer has.
    pub sent: Vec<HeaderDoc>,
    pub others: Vec<OtherAnswer>,
    /// Status of success; of a route that always refuses, that of the refusal.
    pub success: u16,
}

/// `Entry::get("/alerts", "Alerts of the team, newest first").needs(Permission::ReadAlerts).replies_list::<Alert>()`.
/// Until `needs`, `public` or `only` is called nobody may call the route.
impl Entry {
    pub fn new(method: Method, path: &'static str, summary: &'static str) -> Self {
        Self {
            audited: !matches!(method, Method::GET | Method::HEAD),
            method,
            path,
            kind: Kind::Api,
            principals: Principals::NOBODY,
            permission: None,
            tenant_bound: true,
            body: BodyLimit::Plain,
            summary,
            tag: path.split('/').find(|s| !s.is_empty() && *s != "api").unwrap_or("root"),
            query: Vec::new(),
            headers: Vec::new(),
            request: Vec::new(),
            reply: Reply::None,
            sent: Vec::new(),
            others: Vec::new(),
            success: 200,
        }
    }

    pub fn get(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::GET, path, summary)
    }
    pub fn post(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::POST, path, summary)
    }
    pub fn put(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::PUT, path, summary)
    }
    pub fn patch(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::PATCH, path, summary)
    }
    pub fn delete(path: &'static str, summary: &'static str) -> Self {
        Self::new(Method::DELETE, path, summary)
    }

    /// A page. `needs` or `public` says for whom; others are sent to sign in.
    pub fn page(path: &'static str, summary: &'static str) -> Self {
        Self { kind: Kind::Page, tag: "pages", ..Self::get(path, summary) }
    }
    /// A server function at its full path, `/api/…`.
    pub fn server_fn(path: &'static str, summary: &'static str) -> Self {
        Self { kind: Kind::ServerFn, tag: "server functions", ..Self::post(path, summary) }
    }

    /// The roles that have this permission.
    pub fn needs(self, permission: Permission) -> Self {
        Self { permission: Some(permission), principals: Principals::of(permission), ..self }
    }
    /// Everybody, signed in or not; touches no tenant's data and leaves no audit row.
    pub fn public(self) -> Self {
        Self { principals: Principals::EVERYBODY, tenant_bound: false, audited: false, ..self }
    }
    /// These kinds of caller as well.
    pub fn also(self, who: &[Principal]) -> Self {
        Self { principals: who.iter().fold(self.principals, |set, p| set.with(*p)), ..self }
    }
    /// Exactly these kinds of caller, by no permission of the table.
    pub fn only(self, who: &[Principal]) -> Self {
        Self { principals: Principals::NOBODY, permission: None, ..self }.also(who)
    }

    pub fn audited(self, audited: bool) -> Self {
        Self { audited, ..self }
    }
    pub fn tenant_bound(self, tenant_bound: bool) -> Self {
        Self { tenant_bound, ..self }
    }
    /// The body brings events: the larger caps.
    pub fn events(self) -> Self {
        Self { body: BodyLimit::Events, ..self }
    }
    pub fn tag(self, tag: &'static str) -> Self {
        Self { tag, ..self }
    }

    pub fn query(mut self, name: &'static str, kind: &'static str, what: &'static str) -> Self {
        self.query.push(QueryParam { name, kind, what, required: false });
        self
    }
    /// A query parameter that must be there.
    pub fn query_required(
        mut self,
        name: &'static str,
        kind: &'static str,
        what: &'static str,
    ) -> Self {
        self.query.push(QueryParam { name, kind, what, required: true });
        self
    }
    /// A header that the route reads.
    pub fn header(mut self, name: &'static str, what: &'static str) -> Self {
        self.headers.push(HeaderDoc { name, kind: "string", what });
        self
    }
    /// The JSON body.
    pub fn takes<T: ToSchema>(self) -> Self {
        self.takes_as("application/json", schema_of::<T>)
    }
    /// A JSON array as body.
    pub fn takes_list<T: ToSchema>(self) -> Self {
        self.takes_as("application/json", list_of::<T>)
    }
    /// The fields of an HTML form as body.
    pub fn takes_form<T: ToSchema>(self) -> Self {
        self.takes_as("application/x-www-form-urlencoded", schema_of::<T>)
    }
    /// A body of any kind; called again, one kind more.
    pub fn takes_as(mut self, content_type: &'static str, schema: SchemaOf) -> Self {
        self.request.push(RequestDoc { content_type, schema });
        self
    }
    /// The JSON answer.
    pub fn replies<T: ToSchema>(self) -> Self {
        Self { reply: Reply::Json(schema_of::<T>), ..self }
    }
    /// A JSON array as answer.
    pub fn replies_list<T: ToSchema>(self) -> Self {
        Self { reply: Reply::Json(list_of::<T>), ..self }
    }
    /// One of two JSON answers, by what was sent.
    pub fn replies_either<A: ToSchema, B: ToSchema>(self) -> Self {
        Self { reply: Reply::Json(either_of::<A, B>), ..self }
    }
    /// A header of the answer.
    pub fn sends(mut self, name: &'static str, kind: &'static str, what: &'static str) -> Self {
        self.sent.push(HeaderDoc { name, kind, what });
        self
    }
    /// The list comes in pages.
    pub fn paged(self) -> Self {
        self.sends("X-Total-Count", "integer", "how many rows match in all, where they are counted")
            .sends("X-Next-Cursor", "string", "what to send as `cursor`; absent on the last page")
    }
    /// A JSON answer under another status.
    pub fn answers<T: ToSchema>(mut self, status: u16, what: &'static str) -> Self {
        self.others.push(OtherAnswer { status, what, reply: Reply::Json(schema_of::<T>) });
        self
    }
    /// Too many tries are answered with 429 and a time to wait.
    pub fn throttled(mut self) -> Self {
        self.others.push(OtherAnswer {
            status: 429,
            what: "Too many tries",
            reply: Reply::Problem,
        });
        self
    }
    /// An answer of another kind, such as `text/event-stream`.
    pub fn replies_text(self, content_type: &'static str) -> Self {
        Self { reply: Reply::Text(content_type), ..self }
    }
    /// Status of success when it is not 200. One of 400 and more: the route always refuses, and the document says so.
    pub fn status(self, success: u16) -> Self {
        Self { success, ..self }
    }

    pub(super) fn filter(&self) -> MethodFilter {
        MethodFilter::try_from(self.method.clone()).unwrap_or(MethodFilter::GET)
    }

    /// Whether only those with credentials get an answer.
    pub fn is_public(&self) -> bool {
        self.principals.contains(Principal::Anonymous)
    }
}
