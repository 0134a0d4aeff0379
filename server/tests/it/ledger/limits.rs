//! Every body has its cap.
use super::{
    entries, name,
    world::{BODY, INGEST, World},
};
use crate::support::sqlite;
use http::{Method, header};
use platform::{
    Principal,
    ledger::{BodyLimit, Kind, matrix},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_takes_more_than_its_cap() {
    let world = World::new(sqlite()).await;
    let client = world.server.anonymous();
    let mut asked = 0;
    for entry in entries().await {
        if entry.method == Method::GET || entry.path.ends_with("logout") {
            continue;
        }
        let cap = match entry.body {
            BodyLimit::Plain => BODY,
            BodyLimit::Events => INGEST,
        };
        let who =
            entry.principals.iter().find(|p| *p == Principal::Admin).unwrap_or(Principal::Admin);
        let request = matrix::request(entry, world.headers(who));
        let path = request.uri().path().to_owned();
        let ask = async |size: usize| {
            let mut headers = request.headers().clone();
            headers.remove(header::CONTENT_LENGTH);
            // blanks around an empty object: JSON of any size
            let body = format!("{{{}}}", " ".repeat(size - 2));
            let reply = client
                .send(client.bare(entry.method.clone(), &path).headers(headers).body(body))
                .await;
            (reply.status, reply.text())
        };
        let (over, text) = ask(cap + 1).await;
        // what never reads its body may answer before it looks at the cap, but then it takes nothing
        assert_eq!(over, 413, "{} with {} bytes: {text}", name(entry), cap + 1);
        if entry.kind == Kind::Api {
            let (within, text) = ask(cap).await;
            assert_ne!(within, 413, "{} with {cap} bytes: {text}", name(entry));
        }
        asked += 1;
    }
    assert!(asked > 30, "{asked}");
}

/// A body whose length is not told in advance is cut off at the cap all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_without_a_length_is_capped_too() {
    let world = World::new(sqlite()).await;
    for (path, cap) in [("/alerts", BODY), ("/events", INGEST)] {
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
            (0..=(cap / 1024)).map(|_| Ok(vec![b' '; 1024])).collect();
        let body = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
        let reply = world.admin.post_raw(path, &[], body).await;
        assert_eq!(reply.status, 413, "{path}: {}", reply.text());
    }
}
