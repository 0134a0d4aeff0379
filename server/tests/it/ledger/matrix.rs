//! Every route as every kind of caller.
use super::{entries, name, world::World};
use crate::support::{on_both, person, started};
use bytes::Bytes;
use http::Request;
use model::Permission;
use platform::{
    Principal,
    ledger::{
        Kind,
        matrix::{self, Mismatch},
    },
};
use testkit::Client;

/// Sends the request as it is, and reads no more than the status: a stream has no end.
async fn send(client: &Client, request: Request<Bytes>) -> u16 {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |p| p.as_str());
    client.status(client.bare(parts.method, path).headers(parts.headers).body(body)).await
}

on_both! {
    async fn every_route_answers_every_caller_as_noted(options) {
        let mut world = World::new(options).await;
        let client = world.server.anonymous();
        let (mut routes, mut pairs) = (0, 0);
        let mut wrong: Vec<Mismatch> = Vec::new();
        let all = entries().await;
        for entry in all {
            let one = std::slice::from_ref(entry);
            let report = matrix::run(one, async |who| world.headers(who), async |request| send(&client, request).await).await;
            routes += report.routes;
            pairs += report.asked;
            wrong.extend(report.wrong);
            if entry.path.ends_with("logout") {
                world.sign_in_again().await;
            }
        }
        let said: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        assert!(said.is_empty(), "{} wrong of {pairs}:\n{}", said.len(), said.join("\n"));
        let uncovered = crate::ledger::whole::uncovered(all).len() + all.len().abs_diff(routes);
        println!("ledger: {routes} routes, {} callers, {pairs} pairs, {uncovered} uncovered", Principal::ALL.len());
        assert_eq!((uncovered, pairs), (0, routes * 8));
    }

    async fn with_a_first_password_only_ones_own_things_can_be_done(options) {
        let (server, admin) = started(options).await;
        let new = person(&server, &admin, "fresh", "admin").await;
        let first = admin.post(&format!("/users/{}/reset-password", new.id), &serde_json::json!({})).await.ok().json();
        let first = first["password"].as_str().expect("a one-time password");
        let fresh = server.anonymous().login(&new.email, first).await.unwrap_or_else(|r| panic!("{}", r.text()));
        let bearer = format!("Bearer {}", fresh.token().expect("signed in"));
        let mut asked = 0;
        for entry in entries().await {
            let guarded = entry.permission.is_some_and(|p| p != Permission::Own);
            if !guarded || entry.kind == Kind::Page {
                continue;
            }
            let headers = http::HeaderMap::from_iter([(http::header::AUTHORIZATION, bearer.parse().expect("printable"))]);
            let got = send(&fresh, matrix::request(entry, headers)).await;
            assert_eq!(got, 403, "{} with a first password", name(entry));
            asked += 1;
        }
        assert!(asked > 50, "{asked} routes asked");
        let me = fresh.get("/me").await.ok().json();
        assert_eq!(me["must_change_password"], serde_json::json!(true));
        let refused = fresh.get("/alerts").await;
        assert_eq!(refused.json()["code"], "password_change_required");
        let page = fresh.bare(http::Method::GET, "/alerts").header("accept", "text/html").header("authorization", bearer);
        let page = fresh.send(page).await;
        assert_eq!((page.status, page.header("location")), (303, Some("/change-password")));
    }
}
