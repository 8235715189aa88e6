//! What the process itself needs: data, database, logs.

use std::fmt;
use std::path::PathBuf;

use super::fault::Fault;
use super::read::{Node, Read, section};

/// Where people's view of the data is kept.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Database {
    /// A private Postgres in the data folder, started by the engine.
    Embedded,
    /// A Postgres that stands elsewhere. May hold a password: never shown.
    Url(String),
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Database::Embedded => "Embedded",
            Database::Url(_) => "Url(…)",
        })
    }
}

impl Read for Database {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        match node.text("\"embedded\" or the address of a Postgres", faults)? {
            "embedded" => Some(Database::Embedded),
            url if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Some(Database::Url(url.to_owned()))
            }
            _ => {
                faults.push(node.fault("must be \"embedded\", or begin with postgres://"));
                None
            }
        }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

impl Read for LogFormat {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("text or json", faults, |text| match text {
            "text" => Some(LogFormat::Text),
            "json" => Some(LogFormat::Json),
            _ => None,
        })
    }
}

/// How much is logged, `info` or `info,sip=debug`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LogLevel(pub(super) String);

impl Read for LogLevel {
    fn read(node: &Node<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        node.parsed("a level (error, warn, info, debug, trace), or several like info,sip=debug", faults, |text| {
            let is_level = |level: &str| matches!(level, "off" | "error" | "warn" | "info" | "debug" | "trace");
            let is_part = |part: &str| is_level(part.rsplit('=').next().unwrap_or_default());
            text.split(',').map(str::trim).all(is_part).then(|| LogLevel(text.to_owned()))
        })
    }
}

section! {
    /// `[log]`: what the engine tells about itself. Never a caller's number, a digit or a note.
    LogSection {
        /// `error`, `warn`, `info`, `debug` or `trace`; or per part, `info,sip=debug`.
        level: LogLevel = LogLevel("info".to_owned()),
        /// `text` for people, `json` for machines.
        format: LogFormat = LogFormat::Text,
    }
}

/// Where data is kept unless said otherwise: `/var/lib/helpline` for root, else in the user's own folder.
pub(super) fn default_data() -> PathBuf {
    let own = || {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = || variable("HOME").map(|home| home.join(".local/share"));
        variable("XDG_DATA_HOME").or_else(home).map(|share| share.join("helpline"))
    };
    let shared = || PathBuf::from("/var/lib/helpline");
    if rustix::process::geteuid().is_root() { shared() } else { own().unwrap_or_else(shared) }
}
