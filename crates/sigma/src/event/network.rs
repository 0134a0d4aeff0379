//! Zeek and Suricata: their own names, and those of Sigma's generic dns, proxy, web server and firewall rules.
use super::{Event, Scalar};

/// The dialect that writes `id_orig_h` for `id.orig_h`.
const ZEEK: &[(&str, &str)] = &[
    ("id_orig_h", "id.orig_h"),
    ("id_orig_p", "id.orig_p"),
    ("id_resp_h", "id.resp_h"),
    ("id_resp_p", "id.resp_p"),
    ("certificate_serial", "certificate.serial"),
    ("certificate_subject", "certificate.subject"),
    ("certificate_issuer", "certificate.issuer"),
];

/// A stream by the fields that only it has, for records without a name.
const STREAMS: &[(&str, &str)] = &[
    ("trans_id", "dns"),
    ("certificate.serial", "x509"),
    ("trans_depth", "http"),
    ("named_pipe", "dce_rpc"),
    ("share_type", "smb_mapping"),
    ("request_type", "kerberos"),
    ("conn_state", "conn"),
    ("security_protocol", "rdp"),
    ("cert_chain_fuids", "ssl"),
];

pub(super) fn zeek(event: &mut Event<'_>) -> bool {
    let named = event.any_text(&["_path", "@stream"]).map(str::to_owned);
    if named.is_none() && !(event.has("uid") && event.any(&["id.orig_h", "id_orig_h"])) {
        // shippers that put the log's name into a field of theirs
        let told = event.any_text(&["event.dataset", "event.module", "service.type"]);
        if !told.is_some_and(|t| t.starts_with("zeek")) {
            return false;
        }
    }
    event.aliases(ZEEK);
    let service = named
        .or_else(|| {
            let told = event.any_text(&["event.dataset", "fileset.name"])?;
            Some(told.strip_prefix("zeek.").unwrap_or(told).to_owned())
        })
        .or_else(|| {
            STREAMS.iter().find(|(field, _)| event.has(field)).map(|(_, s)| (*s).to_owned())
        })
        .unwrap_or_default()
        .to_ascii_lowercase();
    event.strip(&format!("zeek.{service}."));
    event.aliases(&[
        ("id.orig_h", "src_ip"),
        ("id.resp_h", "dst_ip"),
        ("id.orig_p", "src_port"),
        ("id.resp_p", "dst_port"),
    ]);
    event.kind("zeek", "", &service);
    match service.as_str() {
        "dns" => {
            event.aliases(&[("qtype_name", "record_type"), ("answers", "answer")]);
            event.kind("zeek", "dns", "dns");
        }
        "http" => {
            event.aliases(&[
                ("host", "cs-host"),
                ("host", "r-dns"),
                ("method", "cs-method"),
                ("user_agent", "cs-user-agent"),
                ("user_agent", "c-useragent"),
                ("referrer", "cs-referer"),
                ("status_code", "sc-status"),
                ("username", "cs-username"),
            ]);
            request(event, "uri", "host");
            event.kind("zeek", "proxy", "http");
            event.kind("zeek", "webserver", "http");
        }
        "conn" => {
            event.alias("id.resp_p", "destination.port");
            event.kind("zeek", "firewall", "conn");
            event.kind("", "", "netflow");
        }
        _ => {}
    }
    true
}

pub(super) fn suricata(event: &mut Event<'_>) -> bool {
    let Some(what) = event.text("event_type").map(str::to_owned) else { return false };
    if !event.any(&["flow_id", "pcap_cnt", "stats.uptime", "pkt_src"]) {
        return false;
    }
    event.aliases(&[("dest_ip", "dst_ip"), ("dest_port", "dst_port")]);
    event.kind("suricata", "", &what);
    if event.any(&["dns.rrname", "dns.queries.rrname", "dns.query.rrname"]) {
        event.aliases(&[
            ("dns.rrname", "query"),
            ("dns.queries.rrname", "query"),
            ("dns.query.rrname", "query"),
            ("dns.rrtype", "record_type"),
            ("dns.queries.rrtype", "record_type"),
            ("dns.query.rrtype", "record_type"),
            ("dns.answers.rdata", "answer"),
            ("dns.rdata", "answer"),
        ]);
        event.kind("suricata", "dns", &what);
    }
    if event.any(&["http.url", "http.hostname"]) {
        event.aliases(&[
            ("http.hostname", "cs-host"),
            ("http.hostname", "r-dns"),
            ("http.http_method", "cs-method"),
            ("http.http_user_agent", "cs-user-agent"),
            ("http.http_user_agent", "c-useragent"),
            ("http.http_refer", "cs-referer"),
            ("http.status", "sc-status"),
            ("http.http_content_type", "sc-content-type"),
        ]);
        request(event, "http.url", "http.hostname");
        event.kind("suricata", "proxy", &what);
        event.kind("suricata", "webserver", &what);
    }
    match what.as_str() {
        "flow" | "netflow" => {
            event.alias("dest_port", "destination.port");
            event.kind("", "", "netflow");
        }
        "alert" | "drop" => {
            event.aliases(&[("alert.action", "action")]);
            event.kind("suricata", "firewall", &what);
        }
        _ => {}
    }
    true
}

/// The path, query and extension of a request, as web server rules (`cs-uri…`) and proxy rules (`c-uri…`) name them.
pub(super) fn request(event: &mut Event<'_>, uri: &str, host: &str) {
    let Some(url) = event.text(uri).map(str::to_owned) else { return };
    let path = after_host(&url);
    let (stem, query) = match path.split_once('?') {
        Some((stem, query)) => (stem, Some(query)),
        None => (path, None),
    };
    let file = stem.rsplit('/').next().unwrap_or_default();
    let mut add = |name: &'static str, value: String| {
        if !event.has(name) {
            event.push(name, Scalar::Str(value.into()));
        }
    };
    add("cs-uri", url.clone());
    add("cs-uri-stem", stem.to_owned());
    if let Some(query) = query {
        add("c-uri-query", query.to_owned());
    }
    if let Some((_, extension)) = file.rsplit_once('.') {
        add("c-uri-extension", extension.to_owned());
    }
    if !event.has("cs-uri-query") {
        // most rules look for the path in it too, some for how the query itself starts
        event.say("cs-uri-query", path.to_owned());
        query.into_iter().for_each(|query| event.say("cs-uri-query", query.to_owned()));
    }
    // a proxy logs the whole address
    let whole = match event.text(host) {
        Some(host) if url.starts_with('/') => format!("http://{host}{url}"),
        _ => url,
    };
    if !event.has("c-uri") {
        event.say("c-uri", whole);
    }
}

fn after_host(url: &str) -> &str {
    match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => url,
    }
}
