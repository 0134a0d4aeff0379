//! The ledger as OpenAPI 3.1: paths from the entries, schemas from the types that handlers really use.
use super::{
    BodyLimit, Entry, Kind, Principal,
    entry::{HeaderDoc, OtherAnswer},
};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

/// Schemas met so far, by name.
pub type Schemas = BTreeMap<String, Value>;
/// Adds a type and what it holds to the schemas; answers a reference to it.
pub type SchemaOf = fn(&mut Schemas) -> Value;

/// What a route answers.
#[derive(Clone, Copy, Debug)]
pub enum Reply {
    None,
    Json(SchemaOf),
    Text(&'static str),
    /// A problem that says when to come back.
    Problem,
}

pub fn schema_of<T: ToSchema>(all: &mut Schemas) -> Value {
    let mut inner = Vec::new();
    T::schemas(&mut inner);
    for (name, schema) in inner {
        all.entry(name).or_insert_with(|| value(&schema));
    }
    let name = T::name().into_owned();
    let own = value(&T::schema());
    if own.get("properties").is_none() && own.get("enum").is_none() && own.get("oneOf").is_none() {
        return own; // texts, numbers, free JSON need no name
    }
    all.entry(name.clone()).or_insert(own);
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

pub fn list_of<T: ToSchema>(all: &mut Schemas) -> Value {
    let items = schema_of::<T>(all);
    json!({ "type": "array", "items": items })
}

/// One of two types.
pub fn either_of<A: ToSchema, B: ToSchema>(all: &mut Schemas) -> Value {
    let (a, b) = (schema_of::<A>(all), schema_of::<B>(all));
    json!({ "oneOf": [a, b] })
}

fn value(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

/// The document. Pages and files are left out; server functions are the console's own and are left out too.
pub fn document(entries: &[Arc<Entry>], version: &str) -> Value {
    let mut schemas = Schemas::new();
    schemas.insert("Problem".into(), problem());
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for e in entries.iter().filter(|e| e.kind == Kind::Api) {
        let operation = operation(e, &mut schemas);
        paths.entry(e.path).or_default().insert(e.method.as_str().to_lowercase(), operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "EventSec", "version": version, "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" } },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "token": { "type": "apiKey", "in": "header", "name": "X-Auth-Token" },
                "cookie": { "type": "apiKey", "in": "cookie", "name": "access_token" },
                "agentKey": { "type": "apiKey", "in": "header", "name": "X-Agent-Key" },
                "agentToken": { "type": "apiKey", "in": "header", "name": "X-Agent-Token" },
            },
        },
    })
}

fn operation(e: &Entry, schemas: &mut Schemas) -> Value {
    let mut operation = json!({
        "summary": e.summary,
        "operationId": operation_id(e),
        "tags": [e.tag],
        "responses": responses(e, schemas),
        "security": security(e),
    });
    let parameters = parameters(e);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if !e.request.is_empty() {
        let content: Map<String, Value> = e
            .request
            .iter()
            .map(|r| (r.content_type.to_owned(), json!({ "schema": (r.schema)(schemas) })))
            .collect();
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    if let Some(permission) = e.permission {
        operation["description"] = format!("Needs the permission `{permission:?}`.").into();
    }
    operation
}

/// `get_alerts_id`: stable as long as the route is.
fn operation_id(e: &Entry) -> String {
    let path: String =
        e.path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let words: Vec<&str> = path.split('_').filter(|w| !w.is_empty()).collect();
    format!(
        "{}_{}",
        e.method.as_str().to_lowercase(),
        if words.is_empty() { "root".into() } else { words.join("_") }
    )
}

fn parameters(e: &Entry) -> Vec<Value> {
    let in_path = e.path.split('/').filter_map(|piece| {
        let name = piece.strip_prefix('{')?.strip_suffix('}')?.trim_start_matches('*');
        let kind = if is_id(name) { "integer" } else { "string" };
        Some(json!({ "name": name, "in": "path", "required": true, "schema": { "type": kind } }))
    });
    let in_query = e.query.iter().map(
        |q| json!({ "name": q.name, "in": "query", "required": q.required, "description": q.what, "schema": { "type": q.kind } }),
    );
    let in_headers = e.headers.iter().map(
        |h| json!({ "name": h.name, "in": "header", "required": false, "description": h.what, "schema": { "type": h.kind } }),
    );
    in_path.chain(in_query).chain(in_headers).collect()
}

/// Whether a piece of a path with this name holds a number.
pub(super) fn is_id(name: &str) -> bool {
    name == "id" || name.ends_with("_id")
}

/// By status: success, what the entry says of others, what any part may answer, and `default` for the rest.
fn responses(e: &Entry, schemas: &mut Schemas) -> Value {
    let mut all: BTreeMap<String, Value> = BTreeMap::new();
    all.insert(e.success.to_string(), success(e, schemas));
    for other in &e.others {
        all.insert(other.status.to_string(), answer(other.what, other.reply, &[], schemas));
    }
    for other in anywhere(e) {
        let there = all.entry(other.status.to_string());
        there.or_insert_with(|| answer(other.what, other.reply, &[], schemas));
    }
    all.insert("default".into(), refusal("What went wrong"));
    json!(all)
}

fn success(e: &Entry, schemas: &mut Schemas) -> Value {
    match e.success {
        400.. => refusal("Always: this is not done here"),
        300..=399 => {
            let to = HeaderDoc { name: "Location", kind: "string", what: "where to go on" };
            answer("Leads on", e.reply, &[to], schemas)
        }
        _ => answer("Done", e.reply, &e.sent, schemas),
    }
}

/// What parts that many routes use answer when they cannot: the database, the deadline of a request, the journal.
fn anywhere(e: &Entry) -> Vec<OtherAnswer> {
    let later = |status, what| OtherAnswer { status, what, reply: Reply::Problem };
    let mut all = vec![later(503, "Not now: a part does not answer, or too much waits")];
    if e.body == BodyLimit::Events {
        all.push(later(507, "No room to store this; nothing was taken"));
    }
    all
}

fn answer(what: &str, reply: Reply, sent: &[HeaderDoc], schemas: &mut Schemas) -> Value {
    let mut answer = match reply {
        Reply::None => json!({ "description": what }),
        Reply::Json(schema) => {
            json!({ "description": what, "content": { "application/json": { "schema": schema(schemas) } } })
        }
        Reply::Text(kind) => {
            json!({ "description": what, "content": { (kind): { "schema": { "type": "string" } } } })
        }
        Reply::Problem => {
            let mut refusal = refusal(what);
            let wait = HeaderDoc { name: "Retry-After", kind: "integer", what: "seconds to wait" };
            refusal["headers"] = headers(&[wait]);
            return refusal;
        }
    };
    if !sent.is_empty() {
        answer["headers"] = headers(sent);
    }
    answer
}

fn refusal(what: &str) -> Value {
    json!({
        "description": what,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    })
}

fn headers(all: &[HeaderDoc]) -> Value {
    let one = |h: &HeaderDoc| {
        (h.name.to_owned(), json!({ "description": h.what, "schema": { "type": h.kind } }))
    };
    Value::Object(all.iter().map(one).collect())
}

/// One of these is enough; an empty object means that none is needed.
fn security(e: &Entry) -> Vec<Value> {
    let mut out = Vec::new();
    if e.is_public() {
        return vec![json!({})];
    }
    if Principal::ALL.into_iter().any(|p| p.role().is_some() && e.principals.contains(p)) {
        out.extend(["bearer", "token", "cookie"].map(|s| json!({ (s): [] })));
    }
    if e.principals.contains(Principal::AgentKey) {
        out.push(json!({ "agentKey": [] }));
    }
    if e.principals.contains(Principal::SharedToken) {
        out.push(json!({ "agentToken": [] }));
    }
    out
}

/// RFC 9457, as `model::Problem` writes it.
fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "What went wrong, for people; what the contract's clients read" },
            "code": { "type": "string", "enum": model::problem::PROBLEMS.iter().map(|p| p.0).collect::<Vec<_>>() },
            "request_id": { "type": "string" },
            "retry_after": { "type": "integer" },
            "errors": { "type": "array", "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": { "pointer": { "type": "string" }, "code": { "type": "string" }, "message": { "type": "string" } },
            } },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(ToSchema)]
    #[allow(dead_code, reason = "only its schema is looked at")]
    struct One {
        id: i64,
    }

    #[derive(ToSchema)]
    #[allow(dead_code, reason = "only its schema is looked at")]
    struct Many {
        accepted: i64,
    }

    /// The document's word on the only route.
    fn told(entry: Entry) -> Value {
        let (method, path) = (entry.method.as_str().to_lowercase(), entry.path);
        document(&[Arc::new(entry)], "1")["paths"][path][method].clone()
    }

    #[test]
    fn parameters_and_headers_are_told_with_what_must_be_there() {
        let top = Entry::get("/top", "x")
            .query_required("field", "string", "which")
            .query("size", "integer", "how many")
            .header("X-Sample", "labels it");
        let said = told(top);
        let of = |n: usize| {
            let p = &said["parameters"][n];
            (p["name"].clone(), p["in"].clone(), p["required"].clone())
        };
        assert_eq!(of(0), (json!("field"), json!("query"), json!(true)));
        assert_eq!(of(1), (json!("size"), json!("query"), json!(false)));
        assert_eq!(of(2), (json!("X-Sample"), json!("header"), json!(false)));
    }

    #[test]
    fn a_route_tells_all_bodies_that_it_takes_and_gives() {
        let said = told(
            Entry::post("/events", "x")
                .events()
                .takes::<One>()
                .takes_as("application/x-ndjson", |_| json!({ "type": "string" }))
                .replies_either::<One, Many>()
                .sends("Idempotent-Replay", "boolean", "it was there"),
        );
        let taken = &said["requestBody"]["content"];
        assert!(taken["application/json"].is_object() && taken["application/x-ndjson"].is_object());
        let done = &said["responses"]["200"];
        let either = &done["content"]["application/json"]["schema"]["oneOf"];
        assert_eq!(either.as_array().map(Vec::len), Some(2), "{said}");
        assert!(done["headers"]["Idempotent-Replay"].is_object(), "{said}");
        for later in ["503", "507"] {
            assert!(said["responses"][later]["headers"]["Retry-After"].is_object(), "{said}");
        }
        let form = told(Entry::post("/login", "x").takes_form::<One>().status(303).throttled());
        let content = &form["requestBody"]["content"];
        assert!(content["application/x-www-form-urlencoded"].is_object(), "{form}");
        assert!(form["responses"]["303"]["headers"]["Location"].is_object(), "{form}");
        assert!(form["responses"]["429"]["headers"]["Retry-After"].is_object(), "{form}");
    }

    #[test]
    fn a_list_in_pages_says_so_and_a_refusal_is_no_success() {
        let list = told(Entry::get("/things", "x").replies_list::<One>().paged());
        let sent = &list["responses"]["200"]["headers"];
        assert!(sent["X-Total-Count"].is_object() && sent["X-Next-Cursor"].is_object(), "{list}");
        let never = told(Entry::delete("/things", "x").status(405));
        assert!(never["responses"].get("200").is_none(), "{never}");
        let refused = &never["responses"]["405"]["content"];
        assert!(refused["application/problem+json"].is_object(), "{never}");
        // a route's own word on a status comes before the general one
        let ready = told(Entry::get("/ready", "x").replies::<One>().answers::<One>(503, "Not yet"));
        let said = &ready["responses"]["503"]["content"];
        assert!(said["application/json"].is_object(), "{ready}");
    }
}
