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

    async fn a_password_is_changed_without_scripts(options) {
        let (server, admin) = started(options).await;
        let client = server.anonymous();
        let (first, own) = ("first-password-of-tests", "own-password-of-tests-2");
        let new = json!({"full_name": "Ana Gil", "role": "analyst", "email": "ana@example.org", "password": first});
        admin.post("/users", &new).await.ok();
        let here = [("sec-fetch-site", "same-origin"), ("accept", "text/html")];
        let signed_in = form(&client, "/login", &here, &[("email", "ana@example.org"), ("password", first)]).await;
        assert_eq!(signed_in.header("location"), Some("/change-password"));
        let (jar, referer) = (cookies(&signed_in), format!("{}/change-password", server.url()));
        let headers = [here[0], here[1], ("cookie", jar.as_str()), ("referer", referer.as_str())];
        let change = async |new: &str, again: &str| {
            form(&client, "/app/server_fns/password/change_password", &headers,
                &[("current_password", first), ("new_password", new), ("again", again)]).await
        };
        let wrong = change(own, "another").await;
        let back = wrong.header("location").unwrap_or_default();
        assert!(wrong.status == 302 && back.contains("/change-password?") && back.contains("__err="), "the page says what was wrong: {back}");
        let right = change(own, own).await;
        assert_eq!((right.status, right.header("location")), (302, Some("/")));
        page(&client, "/", &jar).await.ok();
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
        // the button of a page that stayed open: the session has ended, and it leads to the same place
        for cookie in [jar.as_str(), ""] {
            let again = form(&client, "/logout", &[own[0], ("cookie", cookie)], &[]).await;
            assert_eq!((again.status, again.header("location")), (303, Some("/login")), "{cookie:?}");
            assert!(cookies(&again).contains("access_token="), "and the cookies go");
        }
    }

    async fn a_script_with_a_cookie_jar_signs_in_again_and_out(options) {
        let (server, admin) = started(options).await;
        let client = server.anonymous();
        let token = admin.token().expect("signed in");
        let jar = format!("access_token={token}");
        let post = |path: &str| client.bare(Method::POST, path).header("cookie", &jar);
        let new = json!({"title": "By a script", "source": "tests"});
        // named by a header, so the cookie decides nothing
        let filed = client.send(post("/alerts").header("x-auth-token", token).json(&new)).await;
        assert_eq!(filed.status, 200, "{}", filed.text());
        let bare = client.send(post("/alerts").json(&new)).await;
        assert_eq!((bare.status, &bare.json()["code"]), (403, &json!("cross_site")));
        let who = json!({"email": ADMIN.0, "password": ADMIN.1});
        let again = client.send(post("/auth/login").json(&who)).await;
        assert_eq!(again.status, 200, "{}", again.text());
        let forced = client.send(post("/auth/login").header("origin", "https://evil.test").json(&who)).await;
        assert_eq!(forced.status, 403);
        let out = client.send(post("/auth/logout")).await;
        assert_eq!((out.status, admin.get("/me").await.status), (200, 401), "{}", out.text());
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
