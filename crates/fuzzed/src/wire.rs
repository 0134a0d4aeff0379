//! What requests carry: packed bodies, headers, tokens.
use crate::{runtime, split, text};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::routing::post;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use flate2::{Compression, read::GzEncoder, read::MultiGzDecoder};
use futures::stream;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use jsonwebtoken::{Algorithm, EncodingKey};
use model::Micros;
use model::time::SECOND;
use platform::config::values::Proxies;
use platform::config::{ByteSize, Config};
use platform::cookie::{self, Cookies};
use platform::layers::access::client_ip;
use platform::layers::body::{Caps, guard_all};
use platform::layers::csrf::Trusted;
use serde_json::Value;
use soc::auth::token::Tokens;
use std::convert::Infallible;
use std::io::Read;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::LazyLock;
use tower::ServiceExt;

/// Bytes of a body as sent, and once unpacked.
const SENT: usize = 2 << 10;
const UNPACKED: usize = 16 << 10;

/// An encoding in the first line, a body in what follows: it arrives whole within both caps, or the answer says what is wrong.
pub fn body(data: &[u8]) {
    let (encoding, sent) = split(data);
    let header = HeaderValue::from_bytes(encoding).ok().filter(|h| !h.is_empty());
    // names of encodings do not depend on case; what is no text names none
    let name = header.as_ref().map(|h| h.to_str().unwrap_or_default().trim().to_ascii_lowercase());
    let (status, got) = posted(header, sent);
    match name.as_deref() {
        None | Some("identity") => arrived(status, &got, sent, sent.len() <= SENT),
        Some(name @ ("gzip" | "x-gzip" | "zstd" | "br")) => {
            assert!([200, 400, 413].contains(&status.as_u16()), "{status} for {name}");
            if status == StatusCode::OK {
                assert!(sent.len() <= SENT && got.len() <= UNPACKED, "more than the caps");
                if let Some(wanted) = unpacked(name, sent) {
                    assert_eq!(got, wanted, "{name} is read in two ways");
                }
            }
        }
        Some(name) => assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{name}"),
    }
    let mut gzip = Vec::new();
    GzEncoder::new(sent, Compression::fast()).read_to_end(&mut gzip).expect("memory");
    let zstd = zstd::encode_all(sent, 1).expect("memory");
    for (name, packed) in [("gzip", gzip), ("zstd", zstd)] {
        let (status, got) = posted(Some(HeaderValue::from_static(name)), &packed);
        arrived(status, &got, sent, packed.len() <= SENT && sent.len() <= UNPACKED);
    }
}

fn arrived(status: StatusCode, got: &[u8], sent: &[u8], fits: bool) {
    let wanted = if fits { StatusCode::OK } else { StatusCode::PAYLOAD_TOO_LARGE };
    assert_eq!(status, wanted, "{} bytes", sent.len());
    assert!(!fits || got == sent, "a body of {} bytes arrived as {}", sent.len(), got.len());
}

/// The status, and what the handler was given. A body comes in two pieces.
fn posted(encoding: Option<HeaderValue>, body: &[u8]) -> (StatusCode, Bytes) {
    let caps = Caps { sent: ByteSize(SENT as u64), unpacked: ByteSize(UNPACKED as u64) };
    let app = guard_all(Router::new().route("/", post(|body: Bytes| async move { body })), caps);
    let (a, b) = body.split_at(body.len() / 2);
    let pieces = [a, b].map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece)));
    let mut request = Request::new(Body::from_stream(stream::iter(pieces)));
    *request.method_mut() = Method::POST;
    if let Some(encoding) = encoding {
        request.headers_mut().insert(header::CONTENT_ENCODING, encoding);
    }
    runtime().block_on(async {
        let Ok(response) = app.oneshot(request).await;
        let status = response.status();
        (status, to_bytes(response.into_body(), usize::MAX).await.expect("a body in memory"))
    })
}

/// By other libraries; `None` where there is none, it reads nothing, or it is more than would be taken.
fn unpacked(name: &str, packed: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let most = UNPACKED as u64 + 1;
    let read = match name {
        "gzip" | "x-gzip" => MultiGzDecoder::new(packed).take(most).read_to_end(&mut out),
        "zstd" => zstd::Decoder::with_buffer(packed).ok()?.take(most).read_to_end(&mut out),
        _ => return None,
    };
    read.is_ok_and(|n| n <= UNPACKED).then_some(out)
}

struct Settings {
    cookies: Cookies,
    trusted: Trusted,
    proxies: Proxies,
}

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let config = Config::for_tests(Path::new("data")).expect("the defaults");
    let proxies = ["10.0.0.1", "2001:db8::1"].map(|a| a.parse::<IpAddr>().expect("an address"));
    Settings {
        cookies: Cookies::new(&config),
        trusted: Trusted::new(&config),
        proxies: Proxies(proxies.to_vec()),
    }
});

/// `name: value`, one a line: cookies, addresses behind proxies, and where a request that changes something comes from.
pub fn headers(data: &[u8]) {
    let (map, settings) = (header_map(data), &*SETTINGS);
    for name in [settings.cookies.session, settings.cookies.token.as_str()] {
        assert!(cookie::get(&map, name).is_none_or(|v| !v.contains(';')));
    }
    for value in map.values().filter_map(|v| v.to_str().ok()) {
        own_cookie(value);
    }
    for peer in ["10.0.0.1", "2001:db8::1", "192.0.2.7"] {
        behind(peer.parse().expect("an address"), &map);
    }
    origins(&map);
    let told = platform::layers::origin(&Extensions::new(), &map);
    assert!(told.user_agent.chars().count() <= 300);
    assert!(!told.user_agent.chars().any(char::is_control));
}

fn header_map(data: &[u8]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for line in data.split(|b| *b == b'\n').take(64) {
        let Some(at) = line.iter().position(|b| *b == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..at]);
        let value = HeaderValue::from_bytes(line[at + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            map.append(name, value);
        }
    }
    map
}

/// A cookie that is set comes back as it was, and no value adds attributes.
fn own_cookie(value: &str) {
    let cookies = &SETTINGS.cookies;
    let Some(set) = cookies.set_token(value) else { return };
    let line = set.to_str().expect("ASCII");
    let (pair, attributes) = line.split_once(';').expect("attributes");
    let plain = cookies.set_token("x").expect("a plain value");
    assert_eq!(
        plain.to_str().ok().and_then(|l| l.split_once(';')),
        Some(("access_token=x", attributes))
    );
    let sent = HeaderMap::from_iter([(
        header::COOKIE,
        HeaderValue::from_str(&format!("a=b; {pair}; c")).expect("ASCII"),
    )]);
    assert_eq!(cookie::get(&sent, &cookies.token), Some(value));
}

/// Only proxies are believed, and none of them is a client.
fn behind(peer: IpAddr, headers: &HeaderMap) {
    let proxies = &SETTINGS.proxies;
    let mut request = Request::new(Body::empty());
    *request.headers_mut() = headers.clone();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer, 1)));
    let ip = client_ip(&request, proxies).expect("there is a peer");
    if ip == peer {
        return;
    }
    assert!(proxies.0.contains(&peer), "{peer} is believed to speak for {ip}");
    assert!(!proxies.0.contains(&ip), "{ip} is a proxy");
    let said = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok());
    let mut said = said.flat_map(|v| v.split(',')).filter_map(|t| t.trim().parse::<IpAddr>().ok());
    assert!(said.any(|a| a.to_canonical() == ip), "nobody said {ip}");
}

/// No other site is trusted, since none is configured.
fn origins(headers: &HeaderMap) {
    let allowed = SETTINGS.trusted.allows("/alerts", headers);
    let said = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("unreadable"));
    match (said("sec-fetch-site"), said("origin")) {
        (Some("same-origin" | "none"), _) => assert!(allowed),
        (Some(site), _) => assert!(!allowed, "from {site}"),
        (None, Some(origin)) if allowed => {
            let host = said("host").unwrap_or_default().to_ascii_lowercase();
            let scheme = origin.to_ascii_lowercase();
            assert_eq!(
                scheme.strip_suffix(&host).map(|s| s.ends_with("://")),
                Some(true),
                "{origin}"
            );
        }
        _ => {}
    }
}

const SECRET: &[u8] = b"a secret that nobody has guessed";

/// A header, claims, and any text, a line each. The text is never ours; of what is signed with our secret only what says the right
/// things is taken; and our own token is taken as it is and in no other way.
pub fn token(data: &[u8]) {
    let tokens = Tokens::new(SECRET);
    assert_eq!(tokens.id(&text(data)), None);
    let (head, rest) = split(data);
    let (claims, any) = split(rest);
    assert_eq!(tokens.id(&text(any)), None);
    signed(&tokens, head, claims);

    let year = |y: i64| Micros((y - 1970) * 31_556_952 * SECOND);
    let own = tokens.sign(7, "its id", year(2020), year(2100)).expect("claims are JSON");
    assert_eq!(tokens.id(&own).as_deref(), Some("its id"));
    for edit in data.chunks_exact(3).take(16) {
        let mut other = own.clone().into_bytes();
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % other.len();
        match edit[2] {
            0 => other.truncate(at),
            1 => {
                other.remove(at);
            }
            2 => other.swap(at, 0),
            byte if byte.is_ascii_graphic() => other[at] = byte,
            byte => other.insert(at, byte % 128),
        }
        let other = String::from_utf8(other).expect("ASCII");
        assert!(other == own || tokens.id(&other).is_none(), "{other} is taken for {own}");
    }
}

fn signed(tokens: &Tokens, head: &[u8], claims: &[u8]) {
    let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let message = format!("{}.{}", part(head), part(claims));
    let key = EncodingKey::from_secret(SECRET);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256);
    let token = format!("{message}.{}", signature.expect("a secret signs"));
    let Some(id) = tokens.id(&token) else { return };
    let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("JSON was read");
    let (head, claims) = (read(head), read(claims));
    assert_eq!(head["alg"], "HS256", "{head}");
    assert_eq!(claims["jti"], id.as_str(), "{claims}");
    assert_eq!(claims["iss"], "eventsec", "{claims}");
    assert_eq!(claims["aud"], "eventsec-api", "{claims}");
    assert!(claims["sub"].is_string(), "{claims}");
    // far from the clock, which this must not read: it ended before 2020, or begins after 2100
    assert!(claims["exp"].as_i64().is_some_and(|t| t > 1_577_836_800), "{claims}");
    assert!(claims["nbf"].as_i64().is_some_and(|t| t < 4_102_444_800), "{claims}");
}
