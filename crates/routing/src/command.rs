//! What the switchboard wants done, and how it answers.

use std::borrow::Cow;
use std::fmt;

use base::{JourneyId, LegId, ObligationId, OperatorId, PlayId, Sealed, Timestamp};
use jiff::civil::Date;

use crate::{Language, Reason, Record, Reply, RequestError, Token};

/// What comes out. Records first; commands and replies are held until the records before them are durable.
#[derive(Clone, Debug)]
pub enum Output {
    /// To the journal.
    Record(Record),
    /// To signalling and media.
    Command(Command),
    /// To whoever asked.
    Reply { token: Token, reply: Result<Reply, RequestError> },
    /// To everyone responsible, not held.
    Alarm(Alarm),
}

/// An order to a leg. Orders for a leg that has gone do nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Answer the caller. `LegUp` or `LegFailed` follows.
    Answer { leg: LegId },
    /// Refuse the caller.
    Refuse { leg: LegId, refusal: Refusal },
    /// Call a SIP address. `LegUp` or `LegFailed` follows; `HangUp` takes it back.
    Dial { leg: LegId, journey: JourneyId, target: DialTarget },
    /// End a leg, in whatever state it is.
    HangUp { leg: LegId, reason: HangUpReason },
    /// Play these one after the other, then `Played`. Replaces what plays. Without an end when `repeat`.
    Play { leg: LegId, play: PlayId, language: Language, say: Vec<Say>, repeat: bool },
    /// Stop what plays; no `Played` follows.
    StopPlay { leg: LegId },
    /// What this leg hears from now on. Idempotent. An empty list is silence.
    Hear { leg: LegId, sources: Vec<Source> },
    /// Tell `Flowing` at the next packet from this leg, and `Silent` when none came for 3 s. `on = false` ends it.
    Watch { leg: LegId, on: bool },
    /// Send a key to a leg (RFC 4733).
    SendDigit { leg: LegId, digit: char },
    /// Send keys that only the vault can open, one after the other.
    SendSealed { leg: LegId, keys: Sealed },
    /// Let nothing of what this operator says out (mute at the engine, not only in the page).
    Mute { leg: LegId, on: bool },
    /// Seal what a caller keyed in, where it can be dialled. [`crate::Fact::ContactSealed`] follows. Goes to no journal and no log.
    SealContact { leg: LegId, journey: JourneyId, digits: Digits, extension: bool },
    /// BYE a dialog of a run that is over.
    ByeRecovered { leg: LegId, dialog: Sealed },
}

/// Whom to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialTarget {
    /// A static SIP address from the configuration, `sip:agent1@127.0.0.1:5090`. Carries no caller's number (rule 20).
    Uri(String),
    /// A number, through a trunk; the vault opens it there. `from` is a number of ours (rule 9).
    Number {
        /// By name.
        trunk: String,
        /// Whom.
        number: Sealed,
        /// As which of ours.
        from: String,
    },
    /// A service outside that the dial plan names (rule 8): no secret.
    Referral {
        /// By name.
        trunk: String,
        /// Whom.
        number: String,
        /// As which of ours.
        from: String,
    },
}

/// Keys as they were pressed, on their way to the vault. Shown to nobody, not even in a debug line.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Digits(pub String);

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digits(…)")
    }
}

/// Why a caller is refused; `engine` gives it its SIP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 404: the number is none of ours.
    UnknownNumber,
    /// 480 without Retry-After (rule 15).
    Overload,
    /// 488.
    Incompatible,
    /// 480: draining.
    Stopping,
}

/// Why we hang up; becomes a Reason header (RFC 3326).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HangUpReason {
    /// The conversation or the flow is over.
    Done,
    /// The other party hung up.
    OtherLeft,
    /// The offer was taken back or rang out: CANCEL.
    Withdrawn,
    /// We stop.
    Stopping,
}

/// A piece of speech or music, resolved to a file in the leg's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Say {
    /// A prompt by name: `welcome`, `time.hour.9`. Times and dates are composed of such in `routing`.
    Prompt(Cow<'static, str>),
    /// Silence between prompts.
    Pause {
        /// Milliseconds.
        ms: u32,
    },
}

/// What a leg can hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Another leg.
    Leg(LegId),
    /// Music, by name.
    Music(Cow<'static, str>),
}

/// Wakes someone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// Somebody waits and nobody is proven ready.
    NobodyReady { queue: String },
    /// The last ready operator missed an offer and is offered again (rule 13).
    LastOperatorMissed { operator: OperatorId },
    /// The journal does not commit (rule 17).
    JournalUnwell,
    /// The disk is full, and the journal writes into its last reserve.
    DiskFull,
    /// Danger was pressed.
    Danger { journey: JourneyId },
    /// An INVITE to an unknown number from a known trunk.
    UnknownNumber { trunk: String },
    /// A trunk answers no more. `callbacks`: it was the last that calls of ours could leave by; `all`: the last that answered.
    TrunkDown { trunk: String, callbacks: bool, all: bool },
    /// No trunk takes calls of ours, and somebody is due.
    NoCallbackTrunk { reason: Reason },
    /// Somebody has been due for long, and nobody calls them.
    CallbackOverdue { obligation: ObligationId },
    /// A time that a caller was told has passed, and nobody called them.
    PromiseMissed { obligation: ObligationId },
    /// Everything was tried, and a supervisor decides.
    CallbackExhausted { obligation: ObligationId },
    /// One number makes 30 % of the day's journeys (rule 2).
    CallerIdsNotArriving,
    /// A service is open within the next 7 days, and nobody is planned from this moment on.
    NobodyPlanned { service: String, from: Timestamp },
    /// Nobody has looked through a calendar's closures beyond this day, fewer than 60 days ahead (H4).
    CalendarUnchecked { calendar: String, until: Date },
}
