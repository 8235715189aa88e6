//! What every room may know: ids, time handed in, numbers that do not print, and the timer table.
//!
//! Knows nobody. Holds no clock and no state.

mod id;
mod phone;
mod pii;
mod sealed;
mod time;
mod timers;

pub use id::{
    Boot, Id, JourneyId, Kind, LegId, Mint, NodeId, ObligationId, OfferId, OperatorId, ParseIdError, PlayId, kinds,
};
pub use jiff::Timestamp;
pub use phone::{Dialling, NumberClass, PhoneNumber};
pub use pii::Pii;
pub use sealed::{PersonId, Sealed};
pub use time::{Mono, Now};
pub use timers::Timers;
