//! `eventsec serve`: open, listen, say so, serve until told to stop, drain, close.
use super::{block_on, configure, finish, say};
use crate::wire::App;
use model::Problem;
use platform::{
    Config, Tasks, accept,
    config::{Flags, values::Roles},
};
use std::{
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::net::TcpListener;

/// Time that background work gets to end after the last request was answered.
const WIND_DOWN: Duration = Duration::from_secs(10);

pub fn run(flags: &Flags) -> ExitCode {
    match configure(flags) {
        Ok(config) => finish(block_on(serve(config)).map(|()| true)),
        Err(status) => status,
    }
}

async fn serve(config: Config) -> Result<(), Problem> {
    let app = App::open(&config).await?;
    let role = config.serve.role;
    // one that has no pages does not print the password that opens them
    let has_pages = matches!(role, Roles::All | Roles::Web);
    let admin = if has_pages { app.first_admin().await? } else { None };
    let demo = if config.serve.seed && has_pages { app.seed().await? } else { Vec::new() };
    app.started();
    let router = app.router()?;
    let listener = TcpListener::bind(config.serve.listen).await.map_err(|e| {
        Problem::unavailable(format!(
            "cannot listen on {} (from {}): {e}",
            config.serve.listen,
            config.source("listen")
        ))
    })?;
    let address = listener.local_addr().map_err(|e| Problem::internal(e.to_string()))?;
    let tasks = Tasks::new();
    app.run(&tasks);

    say(&format!("listening on http://{address}"));
    if let Some(admin) = admin {
        say(&format!("first administrator: {}", admin.email));
        say(&format!(
            "one-time password:   {}  (shown only now; you choose your own when you sign in)",
            admin.password
        ));
    }
    for (email, password) in demo {
        say(&format!("demo user: {email}  {password}"));
    }
    tracing::info!(%address, role = config.serve.role.as_str(), env = config.serve.env.as_str(), "started");

    let broken = AtomicBool::new(false);
    let stop = async {
        tokio::select! {
            received = accept::signals() => if let Err(e) = received {
                tracing::error!(error = %e, "signals cannot be received; stop the program with SIGKILL");
                std::future::pending::<()>().await;
            },
            // a program that takes no events and goes on answering would be found out much later
            () = app.broken() => broken.store(true, Ordering::Relaxed),
        }
    };
    let drained = accept::serve(listener, router, &config.limits, stop).await;
    if drained.cut_off > 0 {
        tracing::warn!(connections = drained.cut_off, "connections were cut off");
    }
    if !tasks.stop(WIND_DOWN).await {
        tracing::warn!(tasks = tasks.running(), "background work did not end in time");
    }
    app.close().await?;
    if broken.into_inner() {
        return Err(Problem::internal(
            "this process could not go on (see the log): start the program again, it reads back what was acknowledged",
        ));
    }
    tracing::info!("stopped");
    Ok(())
}
