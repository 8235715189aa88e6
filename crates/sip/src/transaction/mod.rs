//! Transactions (RFC 3261 §17, RFC 6026): what makes UDP reliable, and one request one request.

mod client;
mod clients;
mod derived;
mod invite_client;
mod invite_server;
mod key;
mod machine;
mod server;
mod servers;
mod timer;

#[cfg(test)]
mod tests;

use base::LegId;

use crate::line::LineId;

pub(crate) use clients::{Answer, Clients};
pub(crate) use derived::{again, credentials};
pub(crate) use key::{Key, MergeKey};
pub(crate) use servers::{Seen, Servers};
pub(crate) use timer::{PATIENCE, T1, T2};

/// Names a transaction in this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TxId(u64);

/// What a client transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A leg's INVITE.
    Invite(LegId),
    /// A re-INVITE or UPDATE that refreshes a leg's session.
    Refresh(LegId),
    /// The BYE that ends a leg.
    Bye(LegId),
    /// CANCEL, PRACK, the BYE of a fork: nothing hangs on its answer.
    Aside(LegId),
    /// The BYE of a dialog of another run.
    Recovered(LegId),
    /// Whether a trunk answers.
    Options(LineId),
    /// Our registration with a trunk.
    Register(LineId),
}

impl Purpose {
    /// On whose ladder it stands.
    pub(crate) fn leg(self) -> Option<LegId> {
        match self {
            Purpose::Invite(leg)
            | Purpose::Refresh(leg)
            | Purpose::Bye(leg)
            | Purpose::Aside(leg)
            | Purpose::Recovered(leg) => Some(leg),
            Purpose::Options(_) | Purpose::Register(_) => None,
        }
    }
}
