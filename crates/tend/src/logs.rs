//! Logs: JSON for machines, text for people, always on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::settings::{Data, LogFormat};

/// Starts logging. Secrets never reach it: settings that hold one are not printed.
pub fn start(data: &Data) {
    // "already exists, skipping" is PostgreSQL's answer to a question that is asked at every start.
    let wanted = format!("sqlx::postgres::notice=warn,{}", data.log);
    let filter = EnvFilter::try_new(&wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    let terminal = std::io::stderr().is_terminal();
    let format = data.log_format.unwrap_or(if terminal { LogFormat::Text } else { LogFormat::Json });
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Text => builder.with_ansi(terminal).with_target(false).try_init(),
    };
    // A second start in one process (tests) keeps the first.
    drop(started);
}
