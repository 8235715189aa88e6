//! How commands reach a running engine: one JSON line each way over a socket in the data folder.

pub(crate) mod client;
pub(crate) mod execute;
pub(crate) mod server;

use base::{JourneyId, OperatorId};
use serde::{Deserialize, Serialize};

/// What a command asks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub(crate) enum Command {
    /// Is anyone there?
    Ping,
    /// Give someone an account. The password is hashed already.
    AddUser { user: routing::User, password: String },
    /// A new password, hashed.
    SetPassword { operator: OperatorId, password: String },
    /// Take it away.
    DisableUser { operator: OperatorId },
    /// Everyone who may sign in.
    Users,
    /// Everyone on shift, and what they do.
    Operators,
    /// What trunks are at.
    Trunks,
    /// The newest journeys.
    Calls { limit: u32 },
    /// One journey's SIP ladder.
    Trace { journey: JourneyId },
    /// Journal against Postgres.
    Reconcile,
}

/// What comes back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// For machines, and what is shown is made from it.
    Value(serde_json::Value),
    /// Why not, and what to do.
    Failed(String),
}

impl From<Result<serde_json::Value, String>> for Answer {
    fn from(result: Result<serde_json::Value, String>) -> Self {
        result.map_or_else(Answer::Failed, Answer::Value)
    }
}
