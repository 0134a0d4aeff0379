//! The table of options: one row drives the flag, the environment variable, the key in the file, `--help` and the docs.
use super::{error::ConfigError, load::Lookup, setting::Setting};

/// How a row appears on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// `--key VALUE`
    Value,
    /// Only `--key-file PATH`: a secret on the command line is visible to every user of the machine.
    FileOnly,
}

/// One option.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// Key in the file; dots are tables.
    pub key: &'static str,
    /// What stands for the value in help.
    pub place: &'static str,
    pub default: Option<&'static str>,
    pub help: &'static str,
    pub secret: bool,
    pub flag: Flag,
    /// What opening the store needs: these flags exist on every sub-command.
    pub common: bool,
    /// The contract's older names of the variable, best first. One that ends in `_FILE` names a file.
    pub legacy: &'static [&'static str],
    /// Bounds of the value, in bytes, milliseconds or plainly.
    pub range: Option<(u64, u64)>,
    allowed: fn(Option<(u64, u64)>) -> String,
}

impl Opt {
    pub fn env(&self) -> String {
        match self.key {
            "data" => "EVENTSEC_DATA_DIR".into(),
            key => format!("EVENTSEC_{}", key.replace('.', "_").to_uppercase()),
        }
    }

    pub fn flag_name(&self) -> String {
        let name = self.key.replace(['_', '.'], "-");
        if self.flag == Flag::FileOnly { format!("{name}-file") } else { name }
    }

    pub fn allowed(&self) -> String {
        (self.allowed)(self.range)
    }

    #[allow(clippy::too_many_arguments)] // called by the macro alone
    pub(super) const fn row<T: Setting>(
        key: &'static str,
        default: Option<&'static str>,
        help: &'static str,
        range: Option<(u64, u64)>,
        legacy: &'static [&'static str],
        words: &[&str],
    ) -> Self {
        let mut common = false;
        let mut file_only = T::SECRET;
        let mut i = 0;
        while i < words.len() {
            match words[i].as_bytes() {
                b"common" => common = true,
                b"flag" => file_only = false,
                _ => panic!("unknown word in the table of options"),
            }
            i += 1;
        }
        Self {
            key,
            place: T::PLACE,
            default,
            help,
            secret: T::SECRET,
            flag: if file_only { Flag::FileOnly } else { Flag::Value },
            common,
            legacy,
            range,
            allowed: T::allowed,
        }
    }
}

/// `options! { Name "prefix." { /// help  field: Type = "default" [lo..=hi] , legacy("A", "B") {words}; … } }`
macro_rules! options {
    ($(#[$meta:meta])* $name:ident $prefix:literal { $(
        $(#[doc = $doc:literal])+
        $field:ident: $ty:ty $(= $default:literal)? $([$lo:expr, $hi:expr])? $(, legacy($($legacy:literal),+))? $({$($word:ident),+})?;
    )* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name { $($(#[doc = $doc])+ pub $field: $ty,)* }

        impl $name {
            pub const TABLE: &'static [$crate::config::table::Opt] = &[$(
                $crate::config::table::Opt::row::<$ty>(
                    concat!($prefix, stringify!($field)),
                    $crate::config::table::optional!($($default)?),
                    concat!($($doc),+),
                    $crate::config::table::optional!($(($lo, $hi))?),
                    &[$($($legacy),+)?],
                    &[$($(stringify!($word)),+)?],
                ),
            )*];

            pub(crate) fn build(
                from: &$crate::config::load::Lookup,
            ) -> Result<Self, $crate::config::error::ConfigError> {
                Ok(Self { $($field: $crate::config::table::take(from, concat!($prefix, stringify!($field)))?,)* })
            }
        }
    };
}

macro_rules! optional {
    () => {
        None
    };
    ($x:expr) => {
        Some($x)
    };
}

pub(super) use {optional, options};

/// Every option, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Opt> {
    use super::section::{Cookie, Limits, Log, Search, Serve, Trust};
    [Serve::TABLE, Search::TABLE, Trust::TABLE, Cookie::TABLE, Log::TABLE, Limits::TABLE]
        .into_iter()
        .flatten()
}

/// One value: what was found, or the default, read and held against its range.
pub(super) fn take<T: Setting>(from: &Lookup, key: &'static str) -> Result<T, ConfigError> {
    let Some(opt) = all().find(|o| o.key == key) else {
        return Err(ConfigError::Unknown {
            key: key.into(),
            at: "the table of options".into(),
            nearest: None,
        });
    };
    let Some((text, source)) = from.text(opt)? else {
        return T::missing().ok_or_else(|| ConfigError::Missing {
            key,
            env: opt.env(),
            allowed: opt.allowed(),
        });
    };
    let good = T::read(&text).filter(|v| {
        opt.range.is_none_or(|(lo, hi)| v.measure().is_none_or(|n| (lo..=hi).contains(&n)))
    });
    good.ok_or_else(|| ConfigError::Value {
        key,
        shown: if opt.secret { String::new() } else { format!(" = {text:?}") },
        at: source.to_string(),
        allowed: opt.allowed(),
    })
}
