//! docker-compose.yml and the scripts that need no docker start the same servers.
use crate::yaml::{self, Node};
use std::path::Path;
use testkit::data::root;

fn text(file: &str) -> String {
    let path = root().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn compose() -> Node {
    yaml::read(&text("docker-compose.yml")).unwrap_or_else(|e| panic!("docker-compose.yml: {e}"))
}

/// What stands in a script between two texts.
fn between<'a>(script: &'a str, before: &str, after: &str) -> &'a str {
    let found = script.split_once(before).and_then(|(_, rest)| rest.split_once(after));
    found.map(|(inner, _)| inner).unwrap_or_else(|| panic!("{before:?} … {after:?} is not there"))
}

/// The settings that a PostgreSQL is started with.
fn settings<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut all: Vec<&str> = words.filter(|w| w.contains('=') && !w.starts_with('-')).collect();
    all.sort_unstable();
    all
}

#[test]
fn the_file_has_what_the_scripts_start_and_nothing_else() {
    let file = compose();
    assert!(
        !root().join("Dockerfile").exists(),
        "there is a Dockerfile now: add the service eventsec, and correct the comment that says why there is none"
    );
    assert_eq!(file.at(&["services"]).keys(), ["postgres", "opensearch"]);
    for name in file.at(&["services"]).keys() {
        let part = |key| file.at(&["services", name, key]);
        for port in part("ports").list() {
            assert!(port.starts_with("127.0.0.1:"), "{name}: {port} is open to others");
        }
        let volumes = part("volumes").list();
        let named = volumes.iter().filter_map(|v| v.split_once(':')).map(|(volume, _)| volume);
        assert_eq!(named.collect::<Vec<_>>(), [name], "the volume of {name}");
        assert_eq!(file.at(&["volumes", name]).text(), "");
        assert_eq!(part("healthcheck").keys(), ["test", "interval", "timeout", "retries"]);
    }
}

#[test]
fn postgres_is_the_one_of_the_script() {
    let (file, script) = (compose(), text("scripts/postgres"));
    let part = |path: &[&str]| file.at(&[&["services", "postgres"], path].concat());
    let env = |name: &str| part(&["environment", name]).text();

    let number = |name: &str| -> u32 {
        let digits = between(&script, &format!("{name}="), " ").split('\n').next();
        digits.and_then(|d| d.parse().ok()).unwrap_or_else(|| panic!("{name} of scripts/postgres"))
    };
    let (oldest, usual) = (number("OLDEST"), number("USUAL"));
    assert!(oldest <= usual);
    assert_eq!(part(&["image"]).text(), format!("postgres:{usual}-bookworm"));

    // postgres://USER:PASSWORD@127.0.0.1:$port/DATABASE
    let url = between(&script, "\nurl=postgres://", "\n");
    let (login, place) = url.split_once('@').expect("a login");
    let (user, password) = login.split_once(':').expect("a password");
    let database = place.strip_prefix("127.0.0.1:$port/").expect("this machine's port");
    assert_eq!((env("POSTGRES_USER"), env("POSTGRES_DB")), (user, database));
    assert_eq!(env("POSTGRES_PASSWORD"), format!("${{EVENTSEC_PG_PASSWORD:-{password}}}"));
    let port = between(&script, "port=${EVENTSEC_PG_PORT:-", "}");
    let published = format!("127.0.0.1:${{EVENTSEC_PG_PORT:-{port}}}:5432");
    assert_eq!(part(&["ports"]).list(), [published]);

    let made = between(&script, "initdb -D \"$1\" -U eventsec ", " --pwfile");
    assert_eq!(env("POSTGRES_INITDB_ARGS"), made);

    // the script's own unsafe settings are for tests whose data nobody keeps; a volume is kept
    let started = between(&script, "-o \"-p $port", "$fast\"");
    let wanted = settings(started.split(' ').filter(|w| !w.starts_with("listen_addresses")));
    assert_eq!(settings(part(&["command"]).list().iter().map(String::as_str)), wanted);
    let unsafe_ones = settings(between(&script, "local fast=\"", "\"").split(' '));
    assert!(!unsafe_ones.is_empty() && unsafe_ones.iter().all(|s| !wanted.contains(s)));

    let documented = format!("postgres://{user}:{password}@127.0.0.1:{port}/{database}");
    assert!(text("docker-compose.yml").contains(&documented), "the comment says another URL");
}

#[test]
fn opensearch_is_the_one_of_the_script() {
    let (file, script) = (compose(), text("scripts/opensearch"));
    let part = |path: &[&str]| file.at(&[&["services", "opensearch"], path].concat());
    let env = |name: &str| part(&["environment", name]).text();

    let version = between(&script, "\nPLAIN=", " ");
    assert_eq!(part(&["image"]).text(), format!("opensearchproject/opensearch:{version}"));
    let port = between(&script, "PORT=${PORT:-", "}");
    assert_eq!(part(&["ports"]).list(), [format!("127.0.0.1:{port}:9200")]);
    let heap = between(&script, "heap=${OPENSEARCH_HEAP:-", "}");
    let heap = format!("${{OPENSEARCH_HEAP:-{heap}}}");
    assert_eq!(env("OPENSEARCH_JAVA_OPTS"), format!("-Xms{heap} -Xmx{heap}"));

    // the node's own file, as the script writes it for the first node
    let config = between(&script, "config/opensearch.yml\" <<Y\n", "\nY\n");
    let config = config.replace("$first", port).replace("$PORT", port);
    let said = |key: &str| between(&config, &format!("{key}: "), "\n").to_owned();
    for key in ["cluster.name", "node.name"] {
        assert_eq!(env(key), said(key), "{key}");
    }
    let threshold = "cluster.routing.allocation.disk.threshold_enabled";
    let last = config.lines().find_map(|l| l.strip_prefix(threshold)?.strip_prefix(": "));
    assert_eq!(Some(env(threshold)), last);
    assert_eq!(said("network.host"), "127.0.0.1", "the script's node is this machine's alone");
    // one node, without users and TLS, as the script without --security
    assert_eq!(env("discovery.type"), "single-node");
    assert_eq!(
        (env("DISABLE_SECURITY_PLUGIN"), env("DISABLE_INSTALL_DEMO_CONFIG")),
        ("true", "true")
    );

    let documented = format!("http://127.0.0.1:{port}\n");
    assert!(text("docker-compose.yml").contains(&documented), "the comment says another URL");
}

/// An acknowledged event leaves the journal for an index: that the index is on the disk by then is said by the index template, and by
/// nobody else.
#[test]
fn durability_is_the_index_templates_affair() {
    for file in ["docker-compose.yml", "scripts/opensearch"] {
        assert!(!text(file).contains("translog"), "{file}");
    }
    let template = Path::new("crates/cluster/src/mapping.rs");
    assert!(text(&template.display().to_string()).contains(r#""translog.durability": "request""#));
}
