//! The configuration, as administrators write it.
use crate::text;
use platform::Config;
use platform::config::load::Source;
use platform::config::section::MaxAge;
use platform::config::setting::{ByteSize, Setting, show_duration};
use platform::config::table::{self, Flag};
use platform::config::values::{
    DatabaseUrl, Email, Environment, HttpUrl, LogFormat, Origins, Proxies, Roles, SameSite, Secret,
};
use platform::env::Env;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// `key=value`, one a line: each value as every type of setting, and all of them as a configuration.
pub fn config(data: &[u8]) {
    let text = text(data);
    let mut values = BTreeMap::new();
    for line in text.lines().take(64) {
        value(line);
        let Some((key, said)) = line.split_once('=') else { continue };
        value(said);
        // others name files, which are not read here
        let named = table::all().find(|o| o.key == key.trim() && o.flag == Flag::Value);
        if let Some(opt) = named {
            values.insert(opt.key, said.trim().to_owned());
        }
    }
    let said = |secret: bool| {
        let mut of = table::all().filter(|o| o.secret == secret).filter_map(|o| values.get(o.key));
        of.any(|v| v.contains("hunter2"))
    };
    let hidden = said(true) && !said(false);
    match Config::from_parts(values.clone(), Env::default(), None) {
        Ok(config) => {
            let from_flag = |key: &&str| matches!(config.source(key), Source::Flag(_));
            assert!(values.keys().all(from_flag), "{:?}", config.sources);
            assert!(!hidden || !format!("{config:?}").contains("hunter2"), "a secret is shown");
        }
        Err(e) => {
            let said = e.to_string();
            assert!(table::all().any(|o| said.contains(o.key)), "{said} names no key");
            assert!(!hidden || !said.contains("hunter2"), "a secret is shown: {said}");
        }
    }
}

fn value(text: &str) {
    if let Some(d) = Duration::read(text) {
        assert_eq!(Duration::read(&show_duration(d)), Some(d), "{text}");
    }
    if let Some(n) = ByteSize::read(text) {
        assert_eq!(ByteSize::read(&n.to_string()), Some(n), "{text}");
    }
    if let Some(age) = MaxAge::read(text) {
        let whole = age.0.subsec_nanos() == 0;
        assert!(!whole || MaxAge::read(&age.0.as_secs().to_string()) == Some(age), "{text}");
    }
    if let Some(url) = HttpUrl::read(text) {
        assert!(url.as_str().starts_with(url.origin()), "{text}");
        assert_eq!(HttpUrl::read(url.as_str()), Some(url), "{text}");
    }
    if let Some(origins) = Origins::read(text) {
        for origin in &origins.0 {
            assert!(origins.allow(origin), "{origin}");
            let (_, host) = origin.split_once("://").expect("a scheme");
            assert!(!host.is_empty() && !host.contains(['/', '?', '#', '@', '*', ' ']), "{origin}");
        }
    }
    if let Some(proxies) = Proxies::read(text) {
        assert!(proxies.0.iter().all(|a| a.to_canonical() == *a), "{text}");
    }
    if let Some(Email(address)) = Email::read(text) {
        assert_eq!(Email::read(&address), Some(Email(address)), "{text}");
    }
    if let Some(secret) = Secret::read(text) {
        assert!(!secret.expose().is_empty());
        assert_eq!(format!("{secret:?}"), "[secret]");
    }
    if let Some(url) = DatabaseUrl::read(text) {
        assert!(url.expose().starts_with("postgres://"), "{text}");
        assert_eq!(format!("{url:?}"), "DatabaseUrl([secret])");
    }
    if let Some(address) = SocketAddr::read(text) {
        assert_eq!(SocketAddr::read(&address.to_string()), Some(address), "{text}");
    }
    if let Some(word) = String::read(text) {
        assert!(http::HeaderValue::from_str(&word).is_ok() && !word.contains(';'), "{text}");
    }
    if let Some(path) = PathBuf::read(text) {
        assert!(!path.as_os_str().as_encoded_bytes().contains(&0), "{text}");
    }
    if let Some(n) = u32::read(text) {
        assert_eq!(u32::read(&n.to_string()), Some(n), "{text}");
    }
    if let Some(b) = bool::read(text) {
        assert_eq!(bool::read(&b.to_string()), Some(b), "{text}");
    }
    let words = [
        Roles::read(text).map(|w| Roles::read(w.as_str()) == Some(w)),
        Environment::read(text).map(|w| Environment::read(w.as_str()) == Some(w)),
        SameSite::read(text).map(|w| SameSite::read(w.as_str()) == Some(w)),
        LogFormat::read(text).map(|w| LogFormat::read(w.as_str()) == Some(w)),
    ];
    assert!(words.into_iter().flatten().all(|same| same), "{text}");
}
