//! What the program says while it runs: text for people, or one JSON object a line.
//!
//! Requests are logged by `layers::access` inside a span that carries `request_id`. Bodies, secrets and query strings never are.
use crate::config::{Log, LogFormat};
use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Installs the log for the whole process, once; a second call changes nothing. A filter that cannot be read is an error.
pub fn init(log: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&log.filter)
        .map_err(|e| format!("log.filter = {:?}: {e}", log.filter))?;
    let registry = tracing_subscriber::registry().with(filter);
    // a failure means that a log is installed already: tests share one process
    let _ = match log.format {
        LogFormat::Text => registry
            .with(
                fmt::layer()
                    .with_ansi(std::io::stderr().is_terminal())
                    .with_writer(std::io::stderr)
                    .with_target(false),
            )
            .try_init(),
        LogFormat::Json => registry
            .with(
                fmt::layer()
                    .json()
                    .flatten_event(true)
                    .with_current_span(true)
                    .with_span_list(false)
                    .with_writer(std::io::stderr),
            )
            .try_init(),
    };
    Ok(())
}
