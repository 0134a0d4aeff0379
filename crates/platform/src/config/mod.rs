//! The configuration: flag, else environment, else file, else default; every value remembers where it came from.
//!
//! `table` holds the mechanism, `section` the options. `Config::load` either gives a whole, checked configuration or one
//! error that names the key, the value's source and what is allowed.
pub mod docs;
pub mod error;
pub mod flags;
pub mod load;
pub mod section;
pub mod setting;
pub mod table;
pub mod values;

mod production;
mod together;

pub use error::ConfigError;
pub use flags::{Common, Flags};
pub use load::{Lookup, Source};
pub use section::{Cookie, Limits, Log, Search, Serve, Trust};
pub use setting::ByteSize;
pub use values::{Environment, LogFormat, Roles, SameSite, Secret};

use crate::env::Env;
use std::{collections::BTreeMap, path::Path};

/// The variable that `Config::faults` comes from.
pub const FAULTS: &str = "EVENTSEC_FAILPOINTS";

/// Everything the program was told.
#[derive(Clone, Debug)]
pub struct Config {
    pub serve: Serve,
    pub search: Search,
    pub trust: Trust,
    pub cookie: Cookie,
    pub log: Log,
    pub limits: Limits,
    /// Where each value that is set came from, by key.
    pub sources: BTreeMap<&'static str, Source>,
    /// Faults that a test arms; see the crate `faults`. No option: a released program has none and refuses the variable.
    pub faults: Option<String>,
    /// Sentences for the log at start: probable mistakes that stop nothing.
    pub warnings: Vec<String>,
}

impl Config {
    /// Reads flags, `env` and the file that `--config` or `EVENTSEC_CONFIG` names; checks everything.
    pub fn load(flags: &Flags, env: Env) -> Result<Self, ConfigError> {
        Self::from_parts(flags.values.clone(), env, flags.file.as_deref())
    }

    pub fn from_parts(
        values: load::FlagValues,
        env: Env,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let faults = env.get(FAULTS).map(str::to_owned);
        let from = Lookup::open(values, env, file)?;
        let mut sources = BTreeMap::new();
        for opt in table::all() {
            if let Some((_, source)) = from.text(opt)? {
                sources.insert(opt.key, source);
            }
        }
        let config = Self {
            serve: Serve::build(&from)?,
            search: Search::build(&from)?,
            trust: Trust::build(&from)?,
            cookie: Cookie::build(&from)?,
            log: Log::build(&from)?,
            limits: Limits::build(&from)?,
            sources,
            faults,
            warnings: from.strange_variables(),
        };
        together::check(&config)?;
        production::check(&config)?;
        Ok(config)
    }

    /// The defaults with `data` as data folder and a free port: what tests start from.
    pub fn for_tests(data: &Path) -> Result<Self, ConfigError> {
        let values = BTreeMap::from([
            ("data", data.display().to_string()),
            ("listen", "127.0.0.1:0".to_owned()),
        ]);
        Self::from_parts(values, Env::default(), None)
    }

    pub fn is_production(&self) -> bool {
        self.serve.env.is_production()
    }

    /// Whether cookies travel over https only, and browsers are told to stay on https.
    pub fn secure(&self) -> bool {
        self.cookie.secure.unwrap_or_else(|| {
            self.serve.public_url.as_ref().is_some_and(values::HttpUrl::is_https)
        })
    }

    /// Where a value came from.
    pub fn source(&self, key: &str) -> Source {
        self.sources.get(key).cloned().unwrap_or(Source::Default)
    }
}
