//! The table as command-line flags, for clap's `#[command(flatten)]`.
use super::table::{Flag, Opt, all};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, error::Error};
use std::{collections::BTreeMap, path::PathBuf};

/// All options as flags, and `--config`.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    pub file: Option<PathBuf>,
    pub values: BTreeMap<&'static str, String>,
}

/// Only what opening the store needs, for the sub-commands.
#[derive(Clone, Debug, Default)]
pub struct Common(pub Flags);

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        augment(command, all())
    }
    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Ok(read(matches, all()))
    }
    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = read(matches, all());
        Ok(())
    }
}

impl Args for Common {
    fn augment_args(command: Command) -> Command {
        augment(command, all().filter(|o| o.common))
    }
    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Common {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Ok(Self(read(matches, all().filter(|o| o.common))))
    }
    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn augment(command: Command, options: impl Iterator<Item = &'static Opt>) -> Command {
    let file = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .value_parser(clap::value_parser!(PathBuf))
        .help("TOML file with any of these options [env: EVENTSEC_CONFIG]");
    options.fold(command.arg(file), |command, opt| command.arg(argument(opt)))
}

fn argument(opt: &'static Opt) -> Arg {
    let heading = match opt.key.split_once('.') {
        Some(("limits", _)) => Some("Limits"),
        Some(("cookie", _)) => Some("Cookies"),
        Some(("log", _)) => Some("Log"),
        _ => None,
    };
    let (place, variable) = match opt.flag {
        Flag::Value => (opt.place, opt.env()),
        Flag::FileOnly => ("PATH", format!("{0}, {0}_FILE", opt.env())),
    };
    let default = opt.default.map(|d| format!("; default: {d}")).unwrap_or_default();
    let arg = Arg::new(opt.key)
        .long(opt.flag_name())
        .value_name(place)
        .help(format!("{} [env: {variable}{default}]", opt.help.trim()));
    let arg =
        if opt.place == "BOOL" { arg.num_args(0..=1).default_missing_value("true") } else { arg };
    if let Some(heading) = heading { arg.help_heading(heading) } else { arg }
}

fn read(matches: &ArgMatches, options: impl Iterator<Item = &'static Opt>) -> Flags {
    let values = options
        .filter_map(|o| matches.get_one::<String>(o.key).map(|v| (o.key, v.clone())))
        .collect();
    Flags { file: matches.get_one::<PathBuf>("config").cloned(), values }
}
