//! Finds each option's text: flag, then environment, then file. Remembers where it came from.
use super::{
    error::ConfigError,
    table::{Opt, all},
};
use crate::env::Env;
use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Default,
    File(PathBuf),
    Env(String),
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Env(name) => write!(f, "the environment variable {name}"),
            Self::Flag(name) => write!(f, "the flag --{name}"),
        }
    }
}

/// What the command line set, by key of the table. Made by `config::flags`.
pub type FlagValues = BTreeMap<&'static str, String>;

/// The three places, read.
#[derive(Debug, Default)]
pub struct Lookup {
    flags: FlagValues,
    env: Env,
    file: BTreeMap<String, String>,
    path: PathBuf,
}

impl Lookup {
    /// `file` is `--config`, else `EVENTSEC_CONFIG`, else nothing.
    pub fn open(flags: FlagValues, env: Env, file: Option<&Path>) -> Result<Self, ConfigError> {
        let named =
            file.map(Path::to_owned).or_else(|| env.get("EVENTSEC_CONFIG").map(PathBuf::from));
        let mut out = Self { flags, env, ..Self::default() };
        if let Some(path) = named {
            let text = fs::read_to_string(&path).map_err(|e| ConfigError::Unreadable {
                key: "config".into(),
                at: if file.is_some() {
                    "the flag --config"
                } else {
                    "the environment variable EVENTSEC_CONFIG"
                }
                .into(),
                path: path.display().to_string(),
                reason: e.to_string(),
            })?;
            out.file = parse_file(&text, &path)?;
            out.path = path;
        }
        Ok(out)
    }

    /// The option's text and its source; `None` when nobody set it and it has no default.
    pub fn text(&self, opt: &'static Opt) -> Result<Option<(String, Source)>, ConfigError> {
        if let Some(text) = self.flags.get(opt.key) {
            let source = Source::Flag(opt.flag_name());
            return match opt.flag {
                super::table::Flag::Value => Ok(Some((text.clone(), source))),
                super::table::Flag::FileOnly => read_secret(opt.key, text, source).map(Some),
            };
        }
        if let Some(found) = self.in_env(opt)? {
            return Ok(Some(found));
        }
        if let Some(found) = self.in_file(opt)? {
            return Ok(Some(found));
        }
        Ok(opt.default.map(|d| (d.into(), Source::Default)))
    }

    fn in_env(&self, opt: &'static Opt) -> Result<Option<(String, Source)>, ConfigError> {
        let name = opt.env();
        let plain = self.env.get(&name);
        if opt.secret {
            let named = format!("{name}_FILE");
            match (plain, self.env.get(&named)) {
                (Some(_), Some(_)) => {
                    return Err(ConfigError::Twice { key: opt.key, first: name, second: named });
                }
                (None, Some(path)) => {
                    return read_secret(opt.key, path, Source::Env(named)).map(Some);
                }
                _ => {}
            }
        }
        if let Some(text) = plain {
            return Ok(Some((text.into(), Source::Env(name))));
        }
        for old in opt.legacy {
            if let Some(text) = self.env.get(old) {
                let source = Source::Env((*old).into());
                return if old.ends_with("_FILE") {
                    read_secret(opt.key, text, source).map(Some)
                } else {
                    Ok(Some((text.into(), source)))
                };
            }
        }
        Ok(None)
    }

    fn in_file(&self, opt: &'static Opt) -> Result<Option<(String, Source)>, ConfigError> {
        let source = Source::File(self.path.clone());
        let named = format!("{}_file", opt.key);
        match (self.file.get(opt.key), opt.secret.then(|| self.file.get(&named)).flatten()) {
            (Some(_), Some(_)) => Err(ConfigError::Twice {
                key: opt.key,
                first: format!("{} in {source}", opt.key),
                second: format!("{named} in {source}"),
            }),
            (Some(text), None) => Ok(Some((text.clone(), source))),
            (None, Some(path)) => read_secret(opt.key, path, source).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// Variables that look like ours and are not: probably typing mistakes. One sentence each.
    pub fn strange_variables(&self) -> Vec<String> {
        let known: Vec<String> =
            all().flat_map(|o| [o.env(), format!("{}_FILE", o.env())]).collect();
        self.env
            .names()
            .filter(|n| {
                n.starts_with("EVENTSEC_") && !OTHERS.contains(n) && !known.iter().any(|k| k == n)
            })
            .map(|n| match nearest(n, known.iter().map(String::as_str)) {
                Some(k) => {
                    format!("the environment variable {n} means nothing here; did you mean {k}?")
                }
                None => format!("the environment variable {n} means nothing here"),
            })
            .collect()
    }
}

/// Variables of ours that are no options of the program: its own file, the scripts, the tests.
const OTHERS: [&str; 7] = [
    super::FAULTS,
    "EVENTSEC_CONFIG",
    "EVENTSEC_BIN",
    "EVENTSEC_DATA",
    "EVENTSEC_TEST_DATABASE_URL",
    "EVENTSEC_TEST_SEED",
    "EVENTSEC_WASM",
];

fn read_secret(key: &str, path: &str, source: Source) -> Result<(String, Source), ConfigError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok((text.trim().to_owned(), source)),
        Err(e) => Err(ConfigError::Unreadable {
            key: key.into(),
            at: source.to_string(),
            path: path.into(),
            reason: e.to_string(),
        }),
    }
}

/// The file's values by dotted key. Every key must be known.
fn parse_file(text: &str, path: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    let bad = |reason: String| ConfigError::File { path: path.display().to_string(), reason };
    let table: toml::Table =
        text.parse().map_err(|e: toml::de::Error| bad(e.to_string().trim().replace('\n', " ")))?;
    let mut out = BTreeMap::new();
    flatten("", &table, &mut out).map_err(bad)?;
    let known: Vec<String> = all()
        .flat_map(|o| {
            let file = o.secret.then(|| format!("{}_file", o.key));
            [Some(o.key.to_owned()), file].into_iter().flatten()
        })
        .collect();
    match out.keys().find(|k| !known.contains(k)) {
        None => Ok(out),
        Some(key) => Err(ConfigError::Unknown {
            key: key.clone(),
            at: path.display().to_string(),
            nearest: nearest(key, known.iter().map(String::as_str)),
        }),
    }
}

fn flatten(
    prefix: &str,
    table: &toml::Table,
    out: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    for (key, value) in table {
        let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        if let toml::Value::Table(inner) = value {
            flatten(&key, inner, out)?;
            continue;
        }
        let text = match value {
            toml::Value::Array(list) => {
                list.iter().map(scalar).collect::<Option<Vec<_>>>().map(|texts| texts.join(","))
            }
            other => scalar(other),
        };
        let text = text.ok_or_else(|| {
            format!("{key} must be a text, a number, a boolean or a list of them")
        })?;
        out.insert(key, text);
    }
    Ok(())
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(s) => Some(s.clone()),
        toml::Value::Integer(n) => Some(n.to_string()),
        toml::Value::Boolean(b) => Some(b.to_string()),
        _ => None,
    }
}

fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|k| (strsim::damerau_levenshtein(word, k), k))
        .min()
        .filter(|(distance, _)| *distance <= word.len() / 3 + 1)
        .map(|(_, k)| k.to_owned())
}
