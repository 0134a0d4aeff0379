//! Caps on bodies, as sent and as unpacked, through the whole stack.
use crate::support::{Server, config};
use async_compression::tokio::write::GzipEncoder;
use axum::{body::Bytes, extract::Request};
use http::{Method, StatusCode};
use platform::{Entry, Ledger, layers};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::io::AsyncWriteExt;

struct Target {
    url: String,
    client: reqwest::Client,
    _server: Server,
}

async fn target() -> Target {
    let config = config(&[
        ("limits.body", "4KiB"),
        ("limits.ingest_body", "8KiB"),
        ("limits.ingest_unpacked", "64KiB"),
    ]);
    let len = |body: Bytes| async move { body.len().to_string() };
    let ledger = Ledger::<()>::new(&config.limits)
        .route(Entry::post("/plain", "plain").public(), len)
        .route(Entry::post("/events", "events").public().events(), len)
        .route(Entry::post("/refuse", "never reads").public().events(), |_: Request| async {
            StatusCode::UNAUTHORIZED
        });
    let app = layers::apply(ledger.finish().0, &config);
    let server = Server::start(app, config.limits).await;
    #[allow(clippy::disallowed_methods)]
    let client = reqwest::Client::new();
    Target { url: format!("http://{}", server.address), client, _server: server }
}

impl Target {
    async fn post(&self, path: &str, encoding: Option<&str>, body: Vec<u8>) -> (u16, String) {
        let mut r = self.client.request(Method::POST, format!("{}{path}", self.url)).body(body);
        if let Some(encoding) = encoding {
            r = r.header("content-encoding", encoding);
        }
        let r = r.send().await.unwrap();
        (r.status().as_u16(), r.text().await.unwrap())
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    // stored blocks: a valid gzip without a compressor
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    for (i, chunk) in bytes.chunks(65_535).enumerate() {
        let last = (i + 1) * 65_535 >= bytes.len();
        let n = chunk.len() as u16;
        out.push(u8::from(last));
        out.extend(n.to_le_bytes());
        out.extend((!n).to_le_bytes());
        out.extend(chunk);
    }
    let crc = !bytes.iter().fold(!0u32, |crc, b| {
        (0..8).fold(
            crc ^ u32::from(*b),
            |c, _| if c & 1 == 1 { (c >> 1) ^ 0xedb8_8320 } else { c >> 1 },
        )
    });
    out.extend(crc.to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 1).unwrap()
}

#[tokio::test]
async fn each_route_has_its_own_cap() {
    let t = target().await;
    assert_eq!(t.post("/plain", None, vec![b'x'; 4096]).await, (200, "4096".into()));
    let (status, body) = t.post("/plain", None, vec![b'x'; 4097]).await;
    assert_eq!(status, 413);
    assert!(body.contains("\"code\":\"too_large\"") && body.contains("4KiB"), "{body}");
    assert_eq!(t.post("/events", None, vec![b'x'; 8192]).await, (200, "8192".into()));
    assert_eq!(t.post("/events", None, vec![b'x'; 8193]).await.0, 413);
}

#[tokio::test]
async fn a_chunked_body_of_unknown_length_is_capped_too() {
    let t = target().await;
    let endless =
        futures::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 1024])));
    let sent = t
        .client
        .post(format!("{}/plain", t.url))
        .body(reqwest::Body::wrap_stream(endless))
        .send()
        .await;
    // the answer comes while the client still sends; it may see the closed connection first
    if let Ok(r) = sent {
        assert_eq!(r.status(), 413);
    }
}

#[tokio::test]
async fn packed_bodies_are_unpacked_up_to_the_cap() {
    let t = target().await;
    let fine = vec![b'x'; 60_000];
    assert_eq!(t.post("/events", Some("zstd"), zstd(&fine)).await, (200, "60000".into()));
    assert_eq!(t.post("/events", Some("ZSTD"), zstd(&fine)).await.0, 200);
    assert_eq!(t.post("/events", Some("gzip"), gzip(&fine[..5000])).await, (200, "5000".into()));
    assert_eq!(t.post("/events", Some("identity"), fine[..100].to_vec()).await.0, 200);
    // "hello" by a real brotli encoder
    let br = vec![0x0b, 0x02, 0x80, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x03];
    assert_eq!(t.post("/events", Some("br"), br).await, (200, "5".into()));
}

/// One member of a gzip.
async fn member(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzipEncoder::new(Vec::new());
    packed.write_all(bytes).await.unwrap();
    packed.shutdown().await.unwrap();
    packed.into_inner()
}

#[tokio::test]
async fn a_gzip_of_several_members_is_one_body_under_one_cap() {
    let t = target().await;
    let (one, empty) = (member(&[b'x'; 5_000]).await, member(b"").await);
    let twelve = [one.repeat(6), empty, gzip(&[b'y'; 5_000]), one.repeat(5)].concat();
    assert_eq!(t.post("/events", Some("gzip"), twelve.clone()).await, (200, "60000".into()));
    // pieces of the network are no pieces of the file
    let pieces: Vec<_> = twelve.chunks(7).map(|p| Ok::<_, std::io::Error>(p.to_vec())).collect();
    let request = t.client.post(format!("{}/events", t.url)).header("content-encoding", "x-gzip");
    let body = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
    let answer = request.body(body).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "60000");

    let (status, body) = t.post("/events", Some("gzip"), one.repeat(14)).await;
    assert_eq!(status, 413);
    assert!(body.contains("once unpacked"), "{body}");
    for broken in [&one[..9], &one[..one.len() - 1], b"no member".as_slice()] {
        let (status, body) = t.post("/events", Some("gzip"), [&one[..], broken].concat()).await;
        assert_eq!(status, 400, "{body}");
    }
}

#[tokio::test]
async fn a_bomb_is_refused_once_unpacked_and_bytes_that_are_no_such_encoding_are_400() {
    let t = target().await;
    let bomb = zstd(&vec![0; 50_000_000]);
    assert!(bomb.len() < 8192, "{} bytes on the wire", bomb.len());
    let (status, body) = t.post("/events", Some("zstd"), bomb).await;
    assert_eq!(status, 413);
    assert!(body.contains("once unpacked"), "{body}");
    let (status, body) = t.post("/events", Some("gzip"), b"this is no gzip".to_vec()).await;
    assert_eq!(status, 400);
    assert!(body.contains("damaged"), "{body}");
    let mut cut = zstd(&vec![b'x'; 10_000]);
    cut.truncate(cut.len() - 3);
    assert_eq!(t.post("/events", Some("zstd"), cut).await.0, 400);
}

#[tokio::test]
async fn unknown_and_stacked_encodings_are_415() {
    let t = target().await;
    for encoding in ["compress", "gzip, gzip", "deflate", "rot13"] {
        let (status, body) = t.post("/events", Some(encoding), vec![1, 2, 3]).await;
        assert_eq!(status, 415, "{encoding}: {body}");
        assert!(body.contains("\"code\":\"unsupported_media_type\""), "{body}");
    }
}

#[tokio::test]
async fn a_caller_refused_before_the_body_costs_no_unpacking() {
    let t = target().await;
    let bomb = zstd(&vec![0; 50_000_000]);
    let (status, _) = t.post("/refuse", Some("zstd"), bomb).await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn a_handler_that_ignores_the_fault_does_not_hide_it() {
    let config = config(&[("limits.body", "1KiB")]);
    let read = Arc::new(AtomicBool::new(false));
    let seen = read.clone();
    let handler = move |request: Request| {
        let seen = seen.clone();
        async move {
            let failed = axum::body::to_bytes(request.into_body(), usize::MAX).await.is_err();
            seen.store(failed, Ordering::Relaxed);
            StatusCode::IM_A_TEAPOT
        }
    };
    let ledger = Ledger::<()>::new(&config.limits).route(Entry::post("/x", "x").public(), handler);
    let server = Server::start(layers::apply(ledger.finish().0, &config), config.limits).await;
    let mut c = server.connect().await;
    let chunk = format!("800\r\n{}\r\n0\r\n\r\n", "x".repeat(0x800));
    c.send(&format!("POST /x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n{chunk}")).await;
    let answer = c.rest().await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(read.load(Ordering::Relaxed));
}

#[tokio::test]
async fn a_dribbling_body_is_408() {
    let config = config(&[("limits.body_grace", "300ms")]);
    let ledger = Ledger::<()>::new(&config.limits).route(
        Entry::post("/x", "x").public(),
        |body: Bytes| async move { body.len().to_string() },
    );
    let server = Server::start(layers::apply(ledger.finish().0, &config), config.limits).await;
    let mut c = server.connect().await;
    c.send("POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nxx").await;
    let answer = c.rest().await;
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("\"code\":\"request_timeout\""),
        "{answer}"
    );
}
