//! Logs: to standard error, for people or for machines. A span carries ids, values are fields, people are redacted.

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Begins logging. The environment's `RUST_LOG` wins over the configuration.
pub(crate) fn begin(log: &Log) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(&log.level));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(true);
    // A second begin in one process would be a bug of ours; the first one stays.
    let _ = match log.format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
}
