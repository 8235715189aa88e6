//! The configuration: files and environment parsed into types that cannot be wrong, all or nothing, every fault told at once with its
//! file, line and key.
//!
//! The crate `config` lays file, trial file and environment over each other; the readers here check; lines and columns come from the spans
//! of the crate `toml`. Each section is a struct whose documentation is that of its keys; `config/helpline.toml` shows them all.

mod calendar;
mod callback_section;
mod disk;
mod document;
mod fault;
mod flow;
mod flow_check;
mod flow_paths;
mod layers;
mod limits;
mod load;
mod loudness;
mod lunar;
mod manifest;
mod media_section;
mod numbering;
mod prompts;
mod queue;
mod read;
mod recording;
mod relax;
mod server;
mod service;
mod sip_section;
mod suggest;
#[cfg(test)]
mod tests;
mod tls_section;
mod trial;
mod trunk_out;
mod values;
mod wav;
mod web_section;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use base::{NodeId, Timestamp};

pub(crate) use fault::{Fault, Severity};
pub(crate) use load::{check, load};
pub(crate) use manifest::spoken_words;
pub(crate) use media_section::Media;
pub(crate) use server::{Database, LogFormat};
pub(crate) use tls_section::{Identity, SipTls, TlsPeer, Trust};
pub(crate) use trial::Trial;
pub(crate) use values::{Address, is_skill};
pub(crate) use web_section::{Certificate, Web};

/// Everything that the engine is told, checked.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// A hash of all files; `routing.version` too.
    pub(crate) version: String,
    /// The data folder.
    pub(crate) data: PathBuf,
    /// This machine.
    pub(crate) node: NodeId,
    /// What the decisions are made by.
    pub(crate) routing: Arc<routing::Settings>,
    /// What the user agent is configured with.
    pub(crate) sip: sip::Settings,
    /// Trunks whose voice may be encrypted.
    pub(crate) encryption: Vec<engine::Encryption>,
    /// Where SIP is listened for.
    pub(crate) listen: Listen,
    /// Who is asked for the names of trunks; none: those that the system asks.
    pub(crate) name_servers: Vec<SocketAddr>,
    /// How SIP is kept secret.
    pub(crate) tls: SipTls,
    /// Where voices travel.
    pub(crate) media: Media,
    /// What callers hear.
    pub(crate) prompts: Arc<media::PromptLibrary>,
    /// Where the shipped ones stand, with their words.
    pub(crate) prompt_folder: PathBuf,
    /// Where the pages stand.
    pub(crate) web: Web,
    /// Where people's view of the data is kept.
    pub(crate) database: Database,
    /// What the engine tells about itself.
    pub(crate) log: Log,
    /// What `/try` and a probe dial; none outside trial mode.
    pub(crate) trial: Option<Trial>,
    /// What is worth mending, and what is left to do.
    pub(crate) warnings: Vec<Fault>,
}

/// Where SIP is listened for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listen {
    /// UDP sockets.
    pub(crate) udp: Vec<SocketAddr>,
    /// TCP sockets.
    pub(crate) tcp: Vec<SocketAddr>,
    /// TLS sockets.
    pub(crate) tls: Vec<SocketAddr>,
}

/// What the engine tells about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Log {
    /// `info`, or `info,sip=debug`.
    pub(crate) level: String,
    /// For people or for machines.
    pub(crate) format: LogFormat,
}

/// What the command line and the environment say on top of the files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    /// `--trial`: `trial.toml` beside the file is laid over it; all sockets on loopback; services of `trial.always_open` are open.
    pub(crate) trial: bool,
    /// `--clock`: the engine's time starts there, and calendars count again. None: the machine's time.
    pub(crate) clock: Option<Timestamp>,
    /// `--data`.
    pub(crate) data: Option<PathBuf>,
    /// All `HELPLINE_…` variables, `HELPLINE_WEB__HTTPS` for `web.https`. See [`Overrides::from_environment`].
    pub(crate) environment: Vec<(String, String)>,
}

impl Overrides {
    /// Takes over all `HELPLINE_…` variables of the process.
    pub(crate) fn from_environment() -> Self {
        let ours = |(name, _): &(String, String)| name.starts_with("HELPLINE_");
        let all =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let mut environment: Vec<_> = all.filter(ours).collect();
        environment.sort();
        Overrides { environment, ..Overrides::default() }
    }
}
