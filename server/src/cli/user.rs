//! `eventsec user …`: people, without a browser.
use super::{run, say};
use crate::wire;
use clap::{Args, Subcommand};
use model::{Role, user::UserProfile};
use platform::config::Common;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add a person; prints a one-time password
    Add {
        #[command(flatten)]
        add: Add,
        #[command(flatten)]
        common: Common,
    },
    /// List all people
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Give a person a new one-time password and end their sessions
    Reset {
        /// Whose
        #[arg(long)]
        email: String,
        #[command(flatten)]
        common: Common,
    },
}

/// What `user add` was told.
#[derive(Clone, Debug, Args)]
#[group(skip)] // its group would have the name of the command's own
pub struct Add {
    /// E-mail address: what they sign in with
    #[arg(long)]
    pub email: String,
    /// Full name. Default: the address
    #[arg(long)]
    pub name: Option<String>,
    /// admin, team_lead, senior_analyst or analyst
    #[arg(long, default_value = "analyst", value_parser = role)]
    pub role: Role,
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text)
        .ok_or_else(|| format!("must be one of {}", Role::ALL.map(Role::as_str).join(", ")))
}

/// The new person; the password is there once.
#[derive(Debug)]
pub struct Added {
    pub user: UserProfile,
    pub one_time: Option<String>,
}

impl Command {
    pub fn run(self) -> ExitCode {
        match self {
            Self::Add { add, common } => run(&common, async |config| {
                let added = wire::user_add(&config, add).await?;
                say(&format!("added {} ({})", added.user.email, added.user.role.as_str()));
                if let Some(password) = added.one_time {
                    say(&format!("one-time password: {password}"));
                }
                Ok(true)
            }),
            Self::List { common } => run(&common, async |config| {
                for u in wire::user_list(&config).await? {
                    let state = if u.is_active { "" } else { "  disabled" };
                    say(&format!(
                        "{:>4}  {:<15} {}  {}{state}",
                        u.id,
                        u.role.as_str(),
                        u.email,
                        u.full_name
                    ));
                }
                Ok(true)
            }),
            Self::Reset { email, common } => run(&common, async |config| {
                let new = wire::user_reset(&config, &email).await?;
                say(&format!("one-time password of {}: {}", new.email, new.password));
                Ok(true)
            }),
        }
    }
}
