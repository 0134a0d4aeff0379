//! The configuration from all its places.
use platform::{
    Config,
    config::{ByteSize, ConfigError, Environment, Roles, Source, docs, table},
    env::Env,
};
use std::{collections::BTreeMap, path::Path, time::Duration};

fn env(pairs: &[(&str, &str)]) -> Env {
    pairs.iter().fold(Env::default(), |e, (k, v)| e.with(k, v))
}

fn load(
    flags: &[(&'static str, &str)],
    env_pairs: &[(&str, &str)],
    file: Option<&str>,
) -> Result<Config, ConfigError> {
    let values: BTreeMap<_, _> = flags.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
    let dir = tempfile::tempdir().unwrap();
    let path = file.map(|text| {
        let path = dir.path().join("eventsec.toml");
        std::fs::write(&path, text).unwrap();
        path
    });
    Config::from_parts(values, env(env_pairs), path.as_deref())
}

#[test]
fn flag_beats_environment_beats_file_beats_default() {
    let file = "listen = '127.0.0.1:3'\ndata = '/file'\nrole = 'web'\ndatabase_url = 'postgres://h/d'\n[search]\nurl = 'http://s:9200'\n[limits]\nbody = '2MiB'\nconnections = 77\n";
    let c = load(
        &[("listen", "127.0.0.1:1")],
        &[("EVENTSEC_LISTEN", "127.0.0.1:2"), ("EVENTSEC_DATA_DIR", "/env")],
        Some(file),
    )
    .unwrap();
    assert_eq!(c.serve.listen.port(), 1);
    assert_eq!(c.serve.data, Path::new("/env"));
    assert_eq!(
        (c.serve.role, c.limits.body, c.limits.connections),
        (Roles::Web, ByteSize(2 << 20), 77)
    );
    assert_eq!(c.limits.first_byte, Duration::from_secs(5));
    assert_eq!(c.source("listen"), Source::Flag("listen".into()));
    assert_eq!(c.source("data"), Source::Env("EVENTSEC_DATA_DIR".into()));
    assert!(matches!(c.source("role"), Source::File(_)));
    assert_eq!(c.source("limits.first_byte"), Source::Default);
}

#[test]
fn a_bad_value_names_key_source_and_what_is_allowed() {
    let cases: [(&str, Result<Config, ConfigError>); 5] = [
        (
            "listen = \"x\" from the flag --listen: must be an IP address and a port",
            load(&[("listen", "x")], &[], None),
        ),
        (
            "role = \"king\" from the environment variable EVENTSEC_ROLE: must be one of all, web, ingest, worker",
            load(&[], &[("EVENTSEC_ROLE", "king")], None),
        ),
        ("limits.body = \"5\" from", load(&[], &[], Some("[limits]\nbody = 5\n"))),
        (
            "must be a size such as 64KiB or 5MB, from 1KiB to 1GiB",
            load(&[], &[("EVENTSEC_LIMITS_BODY", "9TiB")], None),
        ),
        ("eventsec.toml", load(&[], &[], Some("seed = { a = 1 }\n"))),
    ];
    for (expected, got) in cases {
        let message = got.unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn unknown_keys_are_errors_and_name_the_nearest() {
    let e = load(&[], &[], Some("[limits]\nboddy = '1MiB'\n")).unwrap_err().to_string();
    assert!(e.contains("limits.boddy") && e.contains("did you mean \"limits.body\""), "{e}");
    let e = load(&[], &[], Some("zzzzzzzzzzzzzzz = 1\n")).unwrap_err().to_string();
    assert!(e.contains("unknown key") && !e.contains("did you mean"), "{e}");
    let c = load(&[], &[("EVENTSEC_LISTN", "x"), ("EVENTSEC_DATA", "corpora")], None).unwrap();
    assert_eq!(c.warnings.len(), 1);
    assert!(c.warnings[0].contains("EVENTSEC_LISTEN?"), "{:?}", c.warnings);
    assert!(matches!(load(&[], &[], Some("= broken")), Err(ConfigError::File { .. })));
    assert!(
        load(&[], &[("EVENTSEC_CONFIG", "/nowhere.toml")], None)
            .unwrap_err()
            .to_string()
            .contains("EVENTSEC_CONFIG")
    );
}

#[test]
fn secrets_come_from_files_and_are_never_shown() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("secret");
    std::fs::write(&file, "from-a-file\n").unwrap();
    let file = file.to_str().unwrap();
    let secret = |pairs: &[(&str, &str)]| {
        load(&[], pairs, None).map(|c| c.trust.jwt_secret.unwrap().expose().to_owned())
    };
    assert_eq!(secret(&[("EVENTSEC_JWT_SECRET_FILE", file)]).unwrap(), "from-a-file");
    assert_eq!(secret(&[("EVENTSEC_JWT_SECRET", "plain")]).unwrap(), "plain");
    let both = secret(&[("EVENTSEC_JWT_SECRET", "plain"), ("EVENTSEC_JWT_SECRET_FILE", file)])
        .unwrap_err();
    assert!(both.to_string().contains("set twice"), "{both}");
    // the contract's older names, in the contract's order
    assert_eq!(secret(&[("SECRET_KEY", "c"), ("SECRET_KEY_FILE", file)]).unwrap(), "from-a-file");
    assert_eq!(secret(&[("SECRET_KEY", "c"), ("JWT_SECRET", "a")]).unwrap(), "a");
    let c = load(
        &[("jwt_secret", file)],
        &[("EVENTSEC_DATABASE_URL", "postgres://u:hunter2@h/d")],
        None,
    )
    .unwrap();
    let shown = format!("{c:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("from-a-file"), "{shown}");
    let e = load(&[], &[("EVENTSEC_DATABASE_URL", "mysql://u:hunter2@h/d")], None)
        .unwrap_err()
        .to_string();
    assert!(!e.contains("hunter2") && e.contains("EVENTSEC_DATABASE_URL"), "{e}");
    let e =
        load(&[], &[("EVENTSEC_ADMIN_PASSWORD_FILE", "/nowhere")], None).unwrap_err().to_string();
    assert!(e.contains("admin_password") && e.contains("/nowhere"), "{e}");
}

#[test]
fn production_refuses_what_everybody_knows() {
    let long = "kX8vQ2mZ7pL4sW9tB3nR6yD1fG5hJ0cA";
    let base = [("EVENTSEC_ENV", "production"), ("EVENTSEC_PUBLIC_URL", "https://soc.test")];
    let with = |more: &[(&str, &str)]| load(&[], &[&base[..], more].concat(), None);
    let fine = with(&[("EVENTSEC_JWT_SECRET", long)]).unwrap();
    assert!(fine.serve.env == Environment::Production && fine.secure());
    for (key, pairs) in [
        ("jwt_secret", vec![]),
        ("jwt_secret", vec![("JWT_SECRET", "eventsec-dev-secret")]),
        ("jwt_secret", vec![("JWT_SECRET", &long[..31])]),
        ("jwt_secret", vec![("JWT_SECRET", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]),
        ("agent_token", vec![("JWT_SECRET", long), ("EVENTSEC_AGENT_TOKEN", "eventsec-dev-token")]),
        ("enrollment_key", vec![("JWT_SECRET", long), ("AGENT_ENROLLMENT_KEY", "eventsec-enroll")]),
        ("admin_password", vec![("JWT_SECRET", long), ("EVENTSEC_ADMIN_PASSWORD", "Admin123!")]),
        ("seed", vec![("JWT_SECRET", long), ("EVENTSEC_SEED", "1")]),
    ] {
        let e = with(&pairs).unwrap_err().to_string();
        assert!(e.starts_with(&format!("{key} from ")) && e.contains("production"), "{e}");
        assert!(!e.contains("eventsec-dev"), "{e}");
    }
    let e = load(&[], &[("ENVIRONMENT", "production"), ("JWT_SECRET", long)], None)
        .unwrap_err()
        .to_string();
    assert!(e.starts_with("cookie.secure"), "{e}");
}

#[test]
fn the_table_is_sound() {
    let mut names = std::collections::BTreeSet::new();
    for o in table::all() {
        assert!(names.insert(o.env()), "{} twice", o.env());
        assert!(names.insert(o.flag_name()), "{} twice", o.flag_name());
        assert!(o.help.trim().ends_with('.') && !o.help.contains('|'), "{}", o.key);
        if let (Some((lo, hi)), true) = (o.range, o.default.is_some()) {
            assert!(lo < hi, "{}", o.key);
        }
    }
    assert!(names.len() > 70, "{}", names.len());
    // every default is itself allowed
    load(&[], &[], None).unwrap();
}

/// `UPDATE_DOCS=1 cargo test` rewrites the tables.
fn page_is_current(page: &str, name: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let current = docs::splice(&text, name, table)
        .unwrap_or_else(|| panic!("{page} has no <!-- {name} --> marks"));
    if text != current && Env::process().get("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &current).unwrap();
        return;
    }
    assert!(text == current, "docs/{page} is stale: UPDATE_DOCS=1 cargo test -p platform");
}

#[test]
fn security_lists_every_limit() {
    page_is_current("SECURITY.md", "limits", &docs::limits());
}

#[test]
fn configuration_lists_every_option() {
    page_is_current("CONFIGURATION.md", "options", &docs::options());
}
