//! Two faces of one address, forms without scripts, and requests that other sites make a browser send.
use crate::support::{on_both, started};
use http::Method;
use serde_json::json;
use testkit::{Client, Reply, server::ADMIN};

fn cookies(reply: &Reply) -> String {
    let all = reply.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok());
    all.filter_map(|v| v.split(';').next()).collect::<Vec<_>>().join("; ")
}

async fn form(
    client: &Client,
    path: &str,
    headers: &[(&str, &str)],
    pairs: &[(&str, &str)],
) -> Reply {
    let request =
        client.bare(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
    let request = headers.iter().fold(request, |r, (k, v)| r.header(*k, *v));
    client.send(request.body(testkit::client::encode(pairs))).await
}

async fn page(client: &Client, path: &str, cookie: &str) -> Reply {
    client
        .send(
            client
                .bare(Method::GET, path)
                .header("accept", "text/html,*/*;q=0.8")
                .header("cookie", cookie),
        )
        .await
}

on_both! {
    async fn one_address_has_two_faces(options) {
        let (server, admin) = started(options).await;
        let client = server.anonymous();
        for path in ["/", "/alerts", "/events", "/dead-letters", "/users", "/audit"] {
            let away = page(&client, path, "").await;
            let to = away.header("location").unwrap_or_default();
            assert!(away.status == 303 && to.starts_with("/login"), "{path}: {} {to}", away.status);
        }
        let bearer = format!("Bearer {}", admin.token().expect("signed in"));
        for path in ["/alerts", "/events", "/users"] {
            let json = admin.get(path).await.ok();
            let html = client.bare(Method::GET, path).header("accept", "text/html").header("authorization", &bearer);
            let html = client.send(html).await.ok();
            assert!(json.header("content-type").is_some_and(|t| t.starts_with("application/json")));
            assert!(html.header("content-type").is_some_and(|t| t.starts_with("text/html")), "{path}");
            for face in [&json, &html] {
                assert!(face.headers.get_all("vary").iter().any(|v| v.to_str().is_ok_and(|v| v.to_lowercase().contains("accept"))), "{path}");
            }
        }
    }

    async fn the_forms_work_without_scripts(options) {
        let (server, _admin) = started(options).await;
        let client = server.anonymous();
        let own = [("sec-fetch-site", "same-origin")];
        let sign_in = page(&client, "/login", "").await.ok().text();
        for label in ["Email", "Password", "Sign in", "name=\"email\"", "name=\"password\""] {
            assert!(sign_in.contains(label), "{label} in the sign-in page");
        }
        let wrong = form(&client, "/login", &own, &[("email", ADMIN.0), ("password", "no"), ("next", "/alerts")]).await;
        assert_eq!((wrong.status, wrong.header("location")), (303, Some("/login?error=refused&next=/alerts")));
        assert_eq!(cookies(&wrong), "");
        let right = form(&client, "/login", &own, &[("email", ADMIN.0), ("password", ADMIN.1), ("next", "/alerts")]).await;
        assert_eq!((right.status, right.header("location")), (303, Some("/alerts")));
        let elsewhere = form(&client, "/login", &own, &[("email", ADMIN.0), ("password", ADMIN.1), ("next", "//evil.test")]).await;
        assert_eq!(elsewhere.header("location"), Some("/"));

        let jar = cookies(&right);
        assert!(jar.contains("access_token="), "{jar}");
        let shown = page(&client, "/alerts", &jar).await.ok().text();
        assert!(shown.contains("Logout"), "the contract's label");
        let out = form(&client, "/logout", &[own[0], ("cookie", &jar)], &[]).await;
        assert_eq!((out.status, out.header("location")), (303, Some("/login")));
        assert_eq!(page(&client, "/alerts", &jar).await.status, 303, "both sessions of the browser have ended");
    }

    async fn other_sites_cannot_use_a_browsers_cookies(options) {
        let (server, admin) = started(options).await;
        let client = server.anonymous();
        let jar = format!("access_token={}", admin.token().expect("signed in"));
        let new = json!({"title": "Forged", "source": "elsewhere"});
        let host = server.url();
        let ask = async |headers: &[(&str, &str)]| {
            let request = client.bare(Method::POST, "/alerts").header("cookie", &jar).json(&new);
            client.send(headers.iter().fold(request, |r, (k, v)| r.header(*k, *v))).await
        };
        for headers in [
            vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.test")],
            vec![("sec-fetch-site", "same-site"), ("origin", "https://x.example.org")],
            vec![("origin", "https://evil.test")],
            vec![("origin", "null")],
            vec![],
        ] {
            let reply = ask(&headers).await;
            assert_eq!((reply.status, &reply.json()["code"]), (403, &json!("cross_site")), "{headers:?}");
        }
        assert_eq!(admin.get("/alerts").await.ok().page().total, Some(0));
        for headers in [vec![("sec-fetch-site", "same-origin")], vec![("origin", host.as_str())]] {
            assert_eq!(ask(&headers).await.status, 200, "{headers:?}");
        }
        // signing a browser in from elsewhere is no better
        let login = form(&client, "/login", &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.test")], &[("email", ADMIN.0), ("password", ADMIN.1)]).await;
        assert_eq!(login.status, 403);
        // and a server function is guarded as the API is
        let function = client.bare(Method::POST, "/app/server_fns/alerts/delete_alert").header("cookie", &jar).header("sec-fetch-site", "cross-site");
        assert_eq!(client.send(function.json(&json!({"id": 1}))).await.status, 403);
    }
}
