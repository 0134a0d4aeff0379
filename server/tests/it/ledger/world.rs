//! A server with somebody of every kind that the ledger knows.
use crate::support;
use http::{HeaderMap, HeaderValue};
use model::Role;
use platform::Principal;
use serde_json::json;
use std::collections::HashMap;
use testkit::{Client, Options, TestServer};

pub const SHARED: &str = "a-shared-token-of-tests";
pub const ENROLMENT: &str = "an-enrolment-key-of-tests";
/// Caps small enough to go past without sending much.
pub const BODY: usize = 16 << 10;
pub const INGEST: usize = 64 << 10;

/// The server's settings under which every kind of caller exists.
pub fn settings(options: Options) -> Options {
    options
        .env("EVENTSEC_AGENT_TOKEN", SHARED)
        .env("EVENTSEC_ENROLLMENT_KEY", ENROLMENT)
        // how full the disk of the tests is must not matter
        .env("EVENTSEC_RETENTION_FREE_PERCENT", "0")
        .env("EVENTSEC_LIMITS_BODY", BODY.to_string())
        .env("EVENTSEC_LIMITS_INGEST_BODY", INGEST.to_string())
}

pub struct World {
    pub server: TestServer,
    pub admin: Client,
    headers: HashMap<Principal, HeaderMap>,
    people: HashMap<Role, support::Person>,
}

impl World {
    pub async fn new(options: Options) -> Self {
        let server = TestServer::start(settings(options)).await;
        let admin = server.admin().await;
        let mut world = Self { server, admin, headers: HashMap::new(), people: HashMap::new() };
        world.headers.insert(Principal::Anonymous, HeaderMap::new());
        world
            .headers
            .insert(Principal::AgentKey, one("x-agent-key", &world.enroll("matrix").await));
        world.headers.insert(Principal::SharedToken, one("x-agent-token", SHARED));
        for role in Role::ALL {
            let person = support::person(
                &world.server,
                &world.admin,
                &format!("the-{}", role.as_str()),
                role.as_str(),
            )
            .await;
            world.headers.insert(role.into(), bearer(&person.client));
            world.people.insert(role, person);
        }
        let gone = support::person(&world.server, &world.admin, "gone", "admin").await;
        world.admin.patch(&format!("/users/{}", gone.id), &json!({"is_active": false})).await.ok();
        world.headers.insert(Principal::Revoked, bearer(&gone.client));
        world
    }

    /// The key of a new agent.
    pub async fn enroll(&self, name: &str) -> String {
        let body = json!({"name": name, "os": "Debian 12", "ip_address": "192.0.2.7", "enrollment_key": ENROLMENT});
        let answer = self.server.anonymous().post("/agents/enroll", &body).await.ok().json();
        answer["api_key"].as_str().expect("an agent has a key").to_owned()
    }

    pub fn headers(&self, who: Principal) -> HeaderMap {
        self.headers.get(&who).cloned().unwrap_or_default()
    }

    /// After a route that ends sessions: everybody who can, signs in again.
    pub async fn sign_in_again(&mut self) {
        for (role, person) in &mut self.people {
            person.client = person.sign_in(&self.server).await;
            self.headers.insert((*role).into(), bearer(&person.client));
        }
    }
}

fn one(name: &'static str, value: &str) -> HeaderMap {
    let value = HeaderValue::from_str(value).expect("a token is printable");
    HeaderMap::from_iter([(http::HeaderName::from_static(name), value)])
}

fn bearer(client: &Client) -> HeaderMap {
    one("authorization", &format!("Bearer {}", client.token().expect("signed in")))
}
