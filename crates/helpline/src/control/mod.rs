//! How commands reach a running engine: one JSON line each way over a socket in the data folder.

pub(crate) mod client;
pub(crate) mod execute;
mod hours;
pub(crate) mod server;

use base::{JourneyId, OperatorId};
use jiff::civil::Date;
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
    /// Opening hours, whole.
    Hours,
    /// Close, open, or leave a service to its calendar.
    Switch(Switch),
    /// A computed closure is right as it stands.
    ConfirmHoliday { calendar: String, holiday: String },
    /// Who works in the week of this day; none: today's.
    Rota { week: Option<Date> },
    /// An operator's working hours, whole.
    SetRota { operator: OperatorId, rota: routing::Rota },
    /// The newest journeys.
    Calls { limit: u32 },
    /// Calls by hour of the week, and how long they take.
    Load { weeks: u32 },
    /// One journey's SIP ladder.
    Trace { journey: JourneyId },
    /// A call that only the carrier saw; its number is sealed.
    OweCarrierCall { caller: routing::Caller, dialled: String, began: base::Timestamp, lasted_s: u32 },
    /// Journal against Postgres.
    Reconcile,
}

/// How a service is switched.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Switch {
    /// Which.
    pub(crate) service: String,
    /// None: by its calendar.
    pub(crate) closed: Option<bool>,
    /// RFC 3339, `14:30`, `next-change` or `next-opening`; none: until somebody says so.
    pub(crate) until: Option<String>,
    /// One of its notices.
    pub(crate) reason: Option<String>,
    /// What becomes of those who wait; none: as the service has it.
    pub(crate) waiting: Option<routing::AtClosing>,
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
