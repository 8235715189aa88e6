//! The configuration: files and environment parsed into types that cannot be wrong, all or nothing, every fault told at once with its
//! file, line and key.
//!
//! The crate `config` lays file, trial file and environment over each other; the readers here check; lines and columns come from the spans
//! of the crate `toml`. Each section is a struct whose documentation is that of its keys; `config/helpline.toml` shows them all.

mod calendar;
mod disk;
mod document;
mod fault;
mod flow;
mod flow_check;
mod limits;
mod load;
mod media_section;
mod prompts;
mod queue;
mod read;
mod server;
mod service;
mod sip_section;
mod suggest;
#[cfg(test)]
mod tests;
mod trial;
mod values;
mod wav;
mod web_section;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use base::{NodeId, Timestamp};

pub use fault::{Fault, Place, Severity};
pub use load::{check, load};
pub use media_section::Media;
pub use server::{Database, LogFormat};
pub use trial::Trial;
pub use values::Address;
pub use web_section::{Certificate, Web};

/// Everything that the engine is told, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// A hash of all files; `routing.version` too.
    pub version: String,
    /// The data folder.
    pub data: PathBuf,
    /// This machine.
    pub node: NodeId,
    /// What the decisions are made by.
    pub routing: Arc<routing::Settings>,
    /// What the user agent is configured with.
    pub sip: sip::Settings,
    /// Where SIP is listened for.
    pub listen: Listen,
    /// Where voices travel.
    pub media: Media,
    /// What callers hear.
    pub prompts: Arc<media::PromptLibrary>,
    /// Where the pages stand.
    pub web: Web,
    /// Where people's view of the data is kept.
    pub database: Database,
    /// What the engine tells about itself.
    pub log: Log,
    /// What `/try` and a probe dial; none outside trial mode.
    pub trial: Option<Trial>,
    /// What is worth mending.
    pub warnings: Vec<Fault>,
}

/// Where SIP is listened for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// UDP sockets.
    pub udp: Vec<SocketAddr>,
    /// TCP sockets.
    pub tcp: Vec<SocketAddr>,
}

/// What the engine tells about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// `info`, or `info,sip=debug`.
    pub level: String,
    /// For people or for machines.
    pub format: LogFormat,
}

/// What the command line and the environment say on top of the files.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--trial`: `trial.toml` beside the file is laid over it; all sockets on loopback; services of `trial.always_open` are open.
    pub trial: bool,
    /// `--clock`: the engine's time starts there, and calendars count again. None: the machine's time.
    pub clock: Option<Timestamp>,
    /// `--data`.
    pub data: Option<PathBuf>,
    /// All `HELPLINE_…` variables, `HELPLINE_WEB__HTTPS` for `web.https`. See [`Overrides::from_environment`].
    pub environment: Vec<(String, String)>,
}

impl Overrides {
    /// Takes over all `HELPLINE_…` variables of the process.
    pub fn from_environment() -> Self {
        let ours = |(name, _): &(String, String)| name.starts_with("HELPLINE_");
        let all = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let mut environment: Vec<_> = all.filter(ours).collect();
        environment.sort();
        Overrides { environment, ..Overrides::default() }
    }
}
