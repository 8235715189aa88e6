use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::feed::Committed;
use crate::session::HashError;
use crate::wire::TryInfo;
use crate::{Ask, Clock, Tls, TlsError};

/// Where the pages stand, and for whom.
#[derive(Clone)]
pub struct WebConfig {
    /// HTTPS: its sockets and their certificate.
    pub https: Option<(Vec<SocketAddr>, Tls)>,
    /// Plain HTTP; only on loopback (trial mode: browsers count localhost as secure).
    pub http: Vec<SocketAddr>,
    /// In trial mode: what `/try` dials.
    pub trial: Option<TryInfo>,
    /// Where operators may hand callers to.
    pub targets: Targets,
    /// Signs cookies. Kept across starts, so that a restart signs nobody out.
    pub session_key: [u8; 32],
    /// What hours and rota are told from.
    pub settings: Arc<routing::Settings>,
    /// Further origins that our pages may be fetched from, behind a proxy: `https://desk.example`.
    pub origins: Vec<String>,
}

/// Where operators may hand callers to, beside each other.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// Lines, by name.
    pub lines: Vec<String>,
    /// Services outside, by their names in the dial plan.
    pub referrals: Vec<String>,
}

impl fmt::Debug for WebConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebConfig").field("https", &self.https).field("http", &self.http).finish_non_exhaustive()
    }
}

/// What the pages show and ask of.
#[derive(Debug)]
pub struct Web {
    /// The door to the engine.
    pub engine: mpsc::Sender<Ask>,
    /// Committed records. Subscribed before the engine runs, or any time later: what came before is asked for.
    pub committed: Committed,
    /// Postgres; none while it is away.
    pub store: watch::Receiver<Option<store::Reader>>,
    /// The engine's time.
    pub clock: Clock,
}

/// Why the pages cannot stand.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The address is taken, or none of ours.
    #[error("failed to listen on {scheme}://{address}")]
    Listen {
        /// `https`, `http`.
        scheme: &'static str,
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Plain HTTP would send passwords in clear.
    #[error("failed to listen on http://{0}: plain HTTP is for loopback addresses only")]
    NotLoopback(SocketAddr),
    /// No certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Argon2 or the system's entropy.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// A listener failed while in use.
    #[error("failed to serve the pages")]
    Serve(#[source] io::Error),
}
