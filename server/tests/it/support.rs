//! What these tests share: the program that cargo built for them, started on SQLite and on PostgreSQL.
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Client, Options, PgDatabase, TestServer};

/// Longest time anything may take that is visible soon. A test ends as soon as it is there.
pub const SOON: Duration = Duration::from_secs(20);

pub fn sqlite() -> Options {
    Options::sqlite().program(env!("CARGO_BIN_EXE_eventsec"))
}

/// `None`, and a printed line, where there is no PostgreSQL.
pub async fn postgres() -> Option<Options> {
    Some(Options::postgres(PgDatabase::fresh().await?).program(env!("CARGO_BIN_EXE_eventsec")))
}

/// `on_both! { async fn name(options) { … } }`: the tests `name::sqlite` and `name::postgres`.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($options:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn run($options: testkit::Options) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run($crate::support::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(options) = $crate::support::postgres().await {
                    run(options).await;
                }
            }
        }
    )+};
}
pub(crate) use on_both;

/// A server and its administrator.
pub async fn started(options: Options) -> (TestServer, Client) {
    let server = TestServer::start(options).await;
    let admin = server.admin().await;
    (server, admin)
}

/// Somebody of the team with a password of their own.
pub struct Person {
    pub id: i64,
    pub email: String,
    pub client: Client,
}

const FIRST: &str = "first-password-of-tests";
pub const OWN: &str = "own-password-of-tests-2";

impl Person {
    /// Another session of the same person.
    pub async fn sign_in(&self, server: &TestServer) -> Client {
        signed_in(server, &self.email, OWN).await
    }
}

/// Opens a session; the refusal otherwise is the test's failure.
pub async fn signed_in(server: &TestServer, email: &str, password: &str) -> Client {
    server
        .anonymous()
        .login(email, password)
        .await
        .unwrap_or_else(|r| panic!("{email}: {} {}", r.status, r.text()))
}

/// Adds somebody, who then chooses a password of their own.
pub async fn person(server: &TestServer, admin: &Client, name: &str, role: &str) -> Person {
    let email = format!("{name}@example.org");
    let new = json!({"full_name": format!("Person {name}"), "role": role, "email": email, "password": FIRST});
    let made = admin.post("/users", &new).await.ok().json();
    let first = signed_in(server, &email, FIRST).await;
    let change = json!({"current_password": FIRST, "new_password": OWN});
    first.post("/me/password", &change).await.ok();
    // the session that changed the password goes on
    Person { id: made["id"].as_i64().expect("a user has an id"), email, client: first }
}

/// A second person of the team.
pub async fn colleague(server: &TestServer, admin: &Client, role: &str) -> Client {
    person(server, admin, "bea.ruiz", role).await.client
}

/// The actions of the newest audit rows, newest first, and how many rows there are.
pub async fn trail(admin: &Client) -> (Vec<Value>, i64) {
    let page = admin.get("/audit?limit=20").await.ok().page();
    (page.items, page.total.expect("a list tells its total"))
}

/// Waits until exactly `n` events match, as long as their number comes nearer.
pub async fn wait_events(client: &Client, query: &str, n: i64) {
    let missing = testkit::worked_off(SOON, async || client.count(query).await.abs_diff(n)).await;
    assert_eq!(missing, 0, "of {n} events of {query:?}");
}

/// The contract's event with a token of its own in its message.
pub fn event(kind: &str, token: &str) -> Value {
    json!({"event_type": kind, "severity": "low", "category": "test", "details": {"message": format!("say {token}"), "token": token}})
}
