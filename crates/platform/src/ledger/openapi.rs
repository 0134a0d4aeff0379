//! The ledger as OpenAPI 3.1: paths from the entries, schemas from the types that handlers really use.
use super::{Entry, Kind, Principal};
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
    if let Some(request) = e.request {
        let schema = request(schemas);
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema } } });
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
        let kind = if name == "id" || name.ends_with("_id") { "integer" } else { "string" };
        Some(json!({ "name": name, "in": "path", "required": true, "schema": { "type": kind } }))
    });
    let in_query = e.query.iter().map(
        |q| json!({ "name": q.name, "in": "query", "required": false, "description": q.what, "schema": { "type": q.kind } }),
    );
    in_path.chain(in_query).collect()
}

fn responses(e: &Entry, schemas: &mut Schemas) -> Value {
    let success = match e.reply {
        Reply::None => json!({ "description": "Done" }),
        Reply::Json(schema) => {
            json!({ "description": "Done", "content": { "application/json": { "schema": schema(schemas) } } })
        }
        Reply::Text(kind) => {
            json!({ "description": "Done", "content": { (kind): { "schema": { "type": "string" } } } })
        }
    };
    let error = json!({
        "description": "What went wrong",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    json!({ (e.success.to_string()): success, "default": error })
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
