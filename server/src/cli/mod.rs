//! The command line. Each sub-command reads the configuration, calls one function of `wire` or `backup` and prints what it answers.
//!
//! Exit status: 0 done, 1 it could not be done or a check found faults, 2 the configuration or the command line is wrong.
pub mod audit;
pub mod backup;
pub mod check;
pub mod db;
pub mod kql;
pub mod lake;
pub mod serve;
pub mod sigma;
pub mod user;

use clap::{Parser, Subcommand, error::ErrorKind};
use model::Problem;
use platform::{
    Config,
    config::{Common, Flags},
    env::Env,
};
use std::{future::Future, process::ExitCode};

const EXAMPLES: &str = "\
Every option is also an environment variable (shown in brackets) and a key of one TOML file (--config). A flag wins over
the environment, the environment over the file. Secrets are read from files too: EVENTSEC_JWT_SECRET_FILE=/run/secrets/jwt.

Examples:
  eventsec                                             start here, data in ./data, http://127.0.0.1:8080
  eventsec serve --listen 0.0.0.0:8080 --data /var/lib/eventsec
  eventsec serve --database-url postgres://eventsec@db/eventsec
  eventsec user add --email ana@example.org --name 'Ana Diaz' --role senior_analyst
  eventsec user reset --email ana@example.org          a new one-time password
  eventsec check --data /var/lib/eventsec              tables, events, audit trail; nobody may run on them meanwhile
  eventsec backup --to /backup/monday                  everything, beside the running server
  eventsec restore --from /backup/monday --data /var/lib/eventsec
  eventsec migrate-store --from sqlite:/var/lib/eventsec --to postgres";

/// A whole security operations centre: ingest, detection, alerts, triage, in a browser.
#[derive(Debug, Parser)]
#[command(name = "eventsec", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server (what happens without a command)
    Serve {
        #[command(flatten)]
        flags: Flags,
    },
    /// People who may sign in
    #[command(subcommand)]
    User(user::Command),
    /// The database: migrate it, check it
    #[command(subcommand)]
    Db(db::Command),
    /// The stored events: check the parts, merge small ones
    #[command(subcommand)]
    Lake(lake::Command),
    /// The audit trail: verify its chain of hashes
    #[command(subcommand)]
    Audit(audit::Command),
    /// Everything at once: every event that was acknowledged is there, once, and nothing is damaged
    Check(check::Check),
    /// Write everything into a new folder: databases and stored events, as they are at one moment. The server may be running
    Backup(backup::Backup),
    /// Make an installation of a backup, in an empty data folder and an empty database
    Restore(backup::Restore),
    /// Move everything from one database to another and compare both. No server may be running on either. Status 1 when they differ
    MigrateStore(backup::MigrateStore),
    /// Sigma rules in files: read them, test them on events whose answer is known
    #[command(subcommand)]
    Rules(Rules),
    /// Hunt over files: which Sigma rules hit which events. No server is needed, and nothing is stored
    Detect(sigma::detect::Detect),
    /// The Kusto query language over files: for now its syntax
    #[command(subcommand)]
    Kql(kql::Command),
    /// Print the version
    Version,
}

#[derive(Debug, Subcommand)]
enum Rules {
    /// Say of each rule whether it can be read, and what is wrong, with line and column. Status 1 when one cannot
    Check(sigma::check::Check),
    /// Compare what hits with what should; explain each difference. Status 1 when there is one
    Test(sigma::test::Test),
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            let wrong = !matches!(e.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // nothing can be said when even the terminal is gone
            let _ = e.print();
            return if wrong { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    match cli.command {
        None => serve::run(&cli.flags),
        Some(Command::Serve { flags }) => serve::run(&flags),
        Some(Command::User(c)) => c.run(),
        Some(Command::Db(c)) => c.run(),
        Some(Command::Lake(c)) => c.run(),
        Some(Command::Audit(c)) => c.run(),
        Some(Command::Check(c)) => c.run(),
        Some(Command::Backup(c)) => c.run(),
        Some(Command::Restore(c)) => c.run(),
        Some(Command::MigrateStore(c)) => c.run(),
        Some(Command::Rules(Rules::Check(c))) => finish(c.run()),
        Some(Command::Rules(Rules::Test(c))) => finish(c.run()),
        Some(Command::Detect(c)) => finish(c.run()),
        Some(Command::Kql(c)) => finish(c.run()),
        Some(Command::Version) => {
            say(&format!("eventsec {}", env!("CARGO_PKG_VERSION")));
            ExitCode::SUCCESS
        }
    }
}

/// One line on standard output. A closed pipe (`eventsec user list | head`) is no fault.
pub(crate) fn say(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

pub(crate) fn complain(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "eventsec: {line}");
}

/// The configuration, or the one message that says what is wrong with it, and status 2.
pub(crate) fn configure(flags: &Flags) -> Result<Config, ExitCode> {
    let config = Config::load(flags, Env::process()).map_err(|e| {
        complain(&format!("bad configuration: {e}"));
        ExitCode::from(2)
    })?;
    platform::logging::init(&config.log).map_err(|e| {
        complain(&format!("bad configuration: {e}"));
        ExitCode::from(2)
    })?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    if let Some(text) = &config.faults {
        faults::arm(text).map_err(|e| {
            complain(&format!("bad configuration: {}: {e}", faults::VARIABLE));
            ExitCode::from(2)
        })?;
        tracing::warn!(faults = %text, "faults are armed: this program fails on purpose");
    }
    Ok(config)
}

/// Runs a sub-command's work: configuration, runtime, then `work`, whose `Ok(false)` means that faults were found.
pub(crate) fn run(
    common: &Common,
    work: impl AsyncFnOnce(Config) -> Result<bool, Problem>,
) -> ExitCode {
    let config = match configure(&common.0) {
        Ok(config) => config,
        Err(status) => return status,
    };
    finish(block_on(work(config)))
}

pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime
        .map_err(|e| Problem::internal(format!("the runtime does not start: {e}")))?
        .block_on(work)
}

pub(crate) fn finish(done: Result<bool, Problem>) -> ExitCode {
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            complain(&problem.to_string());
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_and_option_has_help() {
        fn walk(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{} has no help", command.get_name());
            for arg in command.get_arguments() {
                assert!(
                    arg.get_help().is_some(),
                    "{} {} has no help",
                    command.get_name(),
                    arg.get_id()
                );
            }
            command.get_subcommands().for_each(walk);
        }
        Cli::command().debug_assert();
        walk(&Cli::command());
        let help = Cli::command().render_long_help().to_string();
        for word in [
            "--listen",
            "--database-url",
            "EVENTSEC_DATA_DIR",
            "--jwt-secret-file",
            "--config",
            "Examples:",
        ] {
            assert!(help.contains(word), "{word} is not in\n{help}");
        }
        assert!(
            !help.contains("--jwt-secret "),
            "a secret on the command line is visible to everybody"
        );
    }

    #[test]
    fn faults_have_one_variable() {
        assert_eq!(faults::VARIABLE, platform::config::FAULTS);
    }

    #[test]
    fn serve_is_what_happens_without_a_command() {
        let bare = Cli::try_parse_from(["eventsec", "--listen", "127.0.0.1:0"]).unwrap();
        assert!(bare.command.is_none() && bare.flags.values["listen"] == "127.0.0.1:0");
        let said = Cli::try_parse_from(["eventsec", "serve", "--seed", "--role", "web"]).unwrap();
        let Some(Command::Serve { flags }) = said.command else { panic!("not serve") };
        assert_eq!((flags.values["seed"].as_str(), flags.values["role"].as_str()), ("true", "web"));
        for bad in [
            &["eventsec", "--nonsense"][..],
            &["eventsec", "user"],
            &["eventsec", "user", "add", "--role", "king"],
            &["eventsec", "backup"],
            &["eventsec", "migrate-store", "--from", "sqlite:x", "--to", "mysql://h/d"],
        ] {
            assert!(Cli::try_parse_from(bad).is_err(), "{bad:?}");
        }
    }
}
