//! Web servers' and proxies' access logs as JSON.
use super::{Event, network::request};

const NAMES: &[(&str, &str)] = &[
    ("http.request.method", "cs-method"),
    ("http.response.status_code", "sc-status"),
    ("http.request.referrer", "cs-referer"),
    ("user_agent.original", "cs-user-agent"),
    ("url.domain", "cs-host"),
    ("request_method", "cs-method"),
    ("http_user_agent", "cs-user-agent"),
    ("http_referer", "cs-referer"),
    ("http_host", "cs-host"),
    ("remote_addr", "c-ip"),
    ("source.ip", "c-ip"),
    ("cs(User-Agent)", "cs-user-agent"),
    ("cs(Referer)", "cs-referer"),
    ("cs(Cookie)", "cs-cookie"),
    ("cs(Host)", "cs-host"),
    ("cs_method", "cs-method"),
    ("cs_uri_stem", "cs-uri-stem"),
    ("cs_uri_query", "cs-uri-query"),
    ("cs_user_agent", "cs-user-agent"),
    ("sc_status", "sc-status"),
    ("c_uri", "c-uri"),
    ("destination.ip", "dst_ip"),
    ("s-ip", "dst_ip"),
];

/// Names the fields and kinds of a request, if the record is one.
pub(super) fn read(event: &mut Event<'_>) -> bool {
    let spoken =
        event.any(&["cs-method", "cs-uri-stem", "cs-uri-query", "c-uri", "cs-uri", "cs-host"]);
    let renamed = event.any(&["cs_uri_stem", "c_uri", "request_uri"])
        || (event.has("http.request.method")
            && event.any(&["url.original", "url.path", "url.full"]));
    if !spoken && !renamed {
        return false;
    }
    event.aliases(NAMES);
    if renamed {
        let uri = ["url.original", "url.full", "request_uri", "url.path"];
        if let Some(uri) = uri.into_iter().find(|name| event.has(name)) {
            request(event, uri, "cs-host");
        }
    }
    let proxy = event.any(&["c-uri", "c-useragent", "r-dns", "cs-host"]);
    let server = event.any(&["cs-uri-stem", "cs-uri-query", "cs-user-agent"]) || !proxy;
    event.aliases(&[
        ("cs-user-agent", "c-useragent"),
        ("c-useragent", "cs-user-agent"),
        ("r-dns", "cs-host"),
        ("cs-host", "r-dns"),
        ("cs-uri", "c-uri"),
    ]);
    if server {
        event.kind("", "webserver", "");
    }
    if proxy {
        event.kind("", "proxy", "");
    }
    true
}

/// A request as Apache and nginx log it: `host ident user [time] "GET /path HTTP/1.1" 200 12 "referer" "agent"`.
pub(super) fn combined<'a>(line: &'a str, event: &mut Event<'a>) -> bool {
    let Some((client, rest)) = line.split_once(' ') else { return false };
    let Some((who, rest)) = rest.split_once(" [") else { return false };
    let Some((_, rest)) = rest.split_once("] \"") else { return false };
    let Some((asked, rest)) = quoted(rest) else { return false };
    let mut answer = rest.split_whitespace();
    let Some(status) = answer.next().and_then(|s| s.parse::<u16>().ok()) else { return false };
    event.say("c-ip", client);
    if let Some(user) = who.split_whitespace().last().filter(|u| *u != "-") {
        event.say("cs-username", user);
    }
    let mut words = asked.split(' ');
    let (method, url) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    event.say("cs-method", method);
    event.push("sc-status", super::Scalar::Int(i64::from(status)));
    let mut texts =
        rest.split_once('"').map(|(_, texts)| texts).into_iter().flat_map(|r| r.split("\" \""));
    if let Some(referer) = texts.next() {
        event.say("cs-referer", referer.trim_end_matches('"'));
    }
    if let Some(agent) = texts.next() {
        event.say("cs-user-agent", agent.split('"').next().unwrap_or_default());
        event.alias("cs-user-agent", "c-useragent");
    }
    event.say("cs-uri", url);
    request(event, "cs-uri", "cs-host");
    event.kind("", "webserver", "");
    true
}

/// Text up to a quote that no backslash escapes, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let end =
        (0..bytes.len()).find(|&at| bytes[at] == b'"' && (at == 0 || bytes[at - 1] != b'\\'))?;
    Some((&text[..end], &text[end + 1..]))
}
