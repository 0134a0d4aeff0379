//! For every route that changes something: a request that truly changes it.
use super::world::{ENROLMENT, World};
use crate::support::{OWN, Person, event, person};
use http::Method;
use serde_json::{Value, json};
use testkit::{Client, Reply};

pub enum Body {
    None,
    Json(Value),
    Form(Vec<(&'static str, String)>),
}

/// A request, ready to be sent: all that it needs has been made.
pub struct Call {
    who: Client,
    method: Method,
    path: String,
    body: Body,
}

impl Call {
    pub async fn send(&self) -> Reply {
        let request = self.who.request(self.method.clone(), &self.path);
        let request = match &self.body {
            Body::None => request,
            Body::Json(value) => request.json(value),
            Body::Form(pairs) => {
                let pairs: Vec<(&str, &str)> =
                    pairs.iter().map(|(k, v)| (*k, v.as_str())).collect();
                let text = testkit::client::encode(&pairs);
                request.header("content-type", "application/x-www-form-urlencoded").body(text)
            }
        };
        self.who.send(request).await
    }
}

struct Kitchen<'a> {
    world: &'a World,
    /// Makes names of one recipe differ from those of another.
    n: usize,
}

impl Kitchen<'_> {
    fn admin(&self) -> Client {
        self.world.admin.clone()
    }

    async fn alert(&self) -> i64 {
        let new =
            json!({"title": format!("Alert {}", self.n), "source": "tests", "severity": "high"});
        id(&self.admin().post("/alerts", &new).await)
    }

    async fn rule(&self) -> i64 {
        id(&self.admin().post("/rules/detections", &self.new_rule()).await)
    }

    fn new_rule(&self) -> Value {
        json!({"name": format!("Rule {}", self.n), "conditions": {"event_type": "nothing.of.the.kind"}})
    }

    fn rule_form(&self, id: Option<i64>) -> Body {
        let mut pairs = vec![
            ("name", format!("Form {}", self.n)),
            ("severity", "low".to_owned()),
            ("conditions", r#"{"event_type":"nothing.of.the.kind"}"#.to_owned()),
            ("window_minutes", "5".to_owned()),
        ];
        pairs.extend(id.map(|id| ("id", id.to_string())));
        Body::Form(pairs)
    }

    async fn somebody(&self) -> Person {
        person(&self.world.server, &self.world.admin, &format!("somebody{}", self.n), "analyst")
            .await
    }

    async fn letter(&self) -> i64 {
        let batch = json!([{"event_type": format!("bad{}", self.n), "severity": "dire"}]);
        self.admin().post("/events", &batch).await.ok();
        let letters = self.admin().get("/dead-letters").await.ok().page().items;
        letters[0]["id"].as_i64().expect("a letter has an id")
    }

    async fn view(&self) -> i64 {
        id(&self.admin().post("/views", &self.new_view()).await)
    }

    fn new_view(&self) -> Value {
        json!({"page": "alerts", "name": format!("View {}", self.n), "query": "status=open", "shared": false})
    }

    fn new_user(&self) -> Value {
        json!({"full_name": "Ana Gil", "role": "analyst", "email": format!("new{}@example.org", self.n), "password": OWN})
    }
}

fn id(reply: &Reply) -> i64 {
    reply.clone().ok().json()["id"].as_i64().expect("what was made has an id")
}

fn state(id: i64) -> Value {
    json!({"id": id, "status": "in_progress", "assigned_to": null, "conclusion": null})
}

fn form(pairs: &[(&'static str, &str)]) -> Body {
    Body::Form(pairs.iter().map(|(k, v)| (*k, (*v).to_owned())).collect())
}

fn password() -> Body {
    Body::Json(json!({"current_password": OWN, "new_password": "another-password-of-tests"}))
}

/// The request for a route, by its name in the ledger; `None` when nobody has written one.
pub async fn prepare(world: &World, name: &str, n: usize) -> Option<Call> {
    let k = Kitchen { world, n };
    let (method, route) = name.split_once(' ')?;
    let call = |who: Client, path: String, body: Body| {
        Some(Call { who, method: method.parse().expect("a method"), path, body })
    };
    let admin = |body: Body| call(k.admin(), route.to_owned(), body);
    let at = |id: i64, body: Body| call(k.admin(), route.replace("{id}", &id.to_string()), body);
    let close = json!({"status": "closed", "conclusion": "Nothing to it"});
    match route.strip_prefix("/app/server_fns/").unwrap_or(route) {
        "/auth/login" => {
            let p = k.somebody().await;
            call(
                world.server.anonymous(),
                route.into(),
                Body::Json(json!({"email": p.email, "password": OWN})),
            )
        }
        "/login" => {
            let p = k.somebody().await;
            call(
                world.server.anonymous(),
                route.into(),
                form(&[("email", &p.email), ("password", OWN)]),
            )
        }
        "/auth/logout" => call(k.somebody().await.client, route.into(), Body::None),
        "/logout" => call(k.somebody().await.client, route.into(), form(&[])),
        "/me/password" => call(k.somebody().await.client, route.into(), password()),
        "/users" => admin(Body::Json(k.new_user())),
        "/users/{id}" => at(k.somebody().await.id, Body::Json(json!({"team": "Night"}))),
        "/users/{id}/reset-password" => at(k.somebody().await.id, Body::Json(json!({}))),
        "/alerts" => admin(Body::Json(json!({"title": "By hand", "source": "tests"}))),
        "/alerts/bulk" => {
            admin(Body::Json(json!({"ids": [k.alert().await, k.alert().await], "change": close})))
        }
        "/alerts/restore" => admin(Body::Json(json!([state(k.alert().await)]))),
        "/alerts/{id}" if method == "PATCH" => at(k.alert().await, Body::Json(close)),
        "/alerts/{id}" => at(k.alert().await, Body::None),
        "/rules/detections" => admin(Body::Json(k.new_rule())),
        "/rules/detections/test" => admin(Body::Json(k.new_rule())),
        "/rules/detections/{id}" if method == "PATCH" => {
            at(k.rule().await, Body::Json(json!({"enabled": false})))
        }
        "/rules/detections/{id}" => at(k.rule().await, Body::None),
        "/events" => admin(Body::Json(event("recipe", "recipe"))),
        "/ingest/network/bulk" => admin(Body::Json(json!({
            "source": "suricata", "sensor": {"name": "recipe", "kind": "suricata"},
            "events": [{"timestamp": "2026-01-02T03:04:05.000000+0000", "event_type": "flow", "src_ip": "192.0.2.1"}],
        }))),
        "/agents/enroll" => call(
            world.server.anonymous(),
            route.into(),
            Body::Json(json!({
                "name": format!("agent{n}"), "os": "Debian", "ip_address": "192.0.2.9", "enrollment_key": ENROLMENT,
            })),
        ),
        "/dead-letters/replay" => admin(Body::Json(json!({"ids": [k.letter().await]}))),
        "/dead-letters/delete" => admin(Body::Json(json!({"ids": [k.letter().await]}))),
        "/views" => admin(Body::Json(k.new_view())),
        "/admin/retention" => admin(Body::Json(json!({
            "events": 3000 + n, "network": null, "alerts": 3000, "dead_letters": null, "hold": false,
        }))),
        "/admin/retention/run" => admin(Body::Json(json!({}))),
        "/views/{id}" => at(k.view().await, Body::None),
        "/siem/events" | "/edr/events" => admin(Body::None),
        "alerts/change_alerts" => {
            admin(Body::Json(json!({"bulk": {"ids": [k.alert().await], "change": close}})))
        }
        "alerts/restore_alerts" => admin(Body::Json(json!({"before": [state(k.alert().await)]}))),
        "alerts/delete_alert" => admin(Body::Json(json!({"id": k.alert().await}))),
        "alerts/work_alert" => {
            admin(form(&[("id", &k.alert().await.to_string()), ("verb", "take")]))
        }
        "dead_letters/replay_dead_letters" => {
            admin(form(&[("ids[0]", &k.letter().await.to_string())]))
        }
        "dead_letters/delete_dead_letters" => admin(Body::Json(json!({"ids": [k.letter().await]}))),
        "password/change_password" => {
            let new = "another-password-of-tests";
            let body = form(&[("current_password", OWN), ("new_password", new), ("again", new)]);
            call(k.somebody().await.client, route.into(), body)
        }
        "profile/change_timezone" => {
            call(k.somebody().await.client, route.into(), form(&[("timezone", "Europe/Lisbon")]))
        }
        "retention/save_retention" => admin(form(&[("events", "3000"), ("alerts", "3001")])),
        "retention/run_retention" => admin(form(&[("sure", "true")])),
        "rules/create_rule" => admin(k.rule_form(None)),
        "rules/change_rule" => admin(k.rule_form(Some(k.rule().await))),
        "rules/set_enabled" => {
            admin(form(&[("id", &k.rule().await.to_string()), ("enabled", "false")]))
        }
        "rules/delete_rule" => admin(Body::Json(json!({"id": k.rule().await}))),
        "users/create_user" => admin(form(&[
            ("full_name", "Ana Gil"),
            ("role", "analyst"),
            ("email", &format!("form{n}@example.org")),
            ("password", OWN),
        ])),
        "users/change_user" => {
            let p = k.somebody().await;
            let text = |s: &str| s.to_owned();
            admin(Body::Form(vec![
                ("id", p.id.to_string()),
                ("full_name", text("Bea Gil")),
                ("email", p.email),
                ("role", text("analyst")),
                ("team", text("Night")),
                ("manager", text("")),
                ("computer", text("")),
                ("mobile_phone", text("")),
                ("timezone", text("Europe/Madrid")),
            ]))
        }
        "users/set_active" => {
            admin(form(&[("id", &k.somebody().await.id.to_string()), ("active", "false")]))
        }
        "users/reset_password" => admin(Body::Json(json!({"id": k.somebody().await.id}))),
        _ => None,
    }
}
