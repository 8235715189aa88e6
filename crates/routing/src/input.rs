//! What the switchboard is told.

use std::sync::Arc;

use base::{Boot, JourneyId, LegId, NodeId, OperatorId, PlayId, Sealed};

use crate::{Caller, Contact, LegQuality, Party, Reason, Request, Settings};

/// Names a question so that its answer finds the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

/// One input, handled whole before the next.
#[derive(Clone, Debug)]
pub enum Input {
    /// Settings to use from now on.
    Configured(Arc<Settings>),
    /// A run of a node is over (at start: our own last one).
    NodeLost { node: NodeId, boot: Boot },
    /// An INVITE from a known trunk to a number. `dialled` is the number that stood in it.
    Arrived { leg: LegId, caller: Caller, dialled: String, trunk: String },
    /// What legs and media report.
    Fact(Fact),
    /// What a person at a page or a command asks.
    Asked { token: Token, request: Request },
    /// The journal is late or full (`false`), or well again (`true`): rule 17.
    Journal { well: bool },
    /// The disk is full and the journal writes into its last reserve (`true`), or there is room again: who calls is still written down and
    /// owed; nothing that can wait begins (rule 17).
    DiskFull { on: bool },
    /// Stop in order: no new calls, promises to those who wait, end by the deadline.
    Drain,
}

/// A fact about a leg.
#[derive(Clone, Debug)]
pub enum Fact {
    /// A caller's leg: our 200 is out and media is open. An operator's SIP leg: it answered. A desk's leg: media is up.
    LegUp { leg: LegId },
    /// A leg that was not up yet will not be.
    LegFailed { leg: LegId, failure: LegFailure },
    /// A leg that was answered is lost to a fault; `LegEnded` or `LegFailed` follows.
    LegLost { leg: LegId, fault: LegFault },
    /// A leg that was up is gone.
    LegEnded { leg: LegId, by: Party },
    /// A dialog is confirmed (ACK in, or our ACK out); what a BYE after a crash needs, sealed.
    DialogConfirmed { leg: LegId, dialog: Sealed },
    /// An operator's desk opened its browser leg for the shift. Replaces the one before.
    DeskLeg { operator: OperatorId, leg: LegId },
    /// A key was pressed, once.
    Digit { leg: LegId, digit: char },
    /// Prompts were played to their end.
    Played { leg: LegId, play: PlayId },
    /// Authenticated packets have come from this leg since the last [`crate::Command::Watch`].
    Flowing { leg: LegId },
    /// None for 3 s.
    Silent { leg: LegId },
    /// The meter of a leg, last words at its end.
    Measured { leg: LegId, quality: LegQuality },
    /// A leg that we dial rings at the other side (180 or 183).
    Ringing { leg: LegId },
    /// What a caller keyed in, sealed; none: it cannot be dialled.
    ContactSealed { journey: JourneyId, contact: Option<Contact> },
    /// A trunk answers, or does not any more. `reason` is `answers`, `registered`, `silent`, `unavailable`, `refused` …
    Trunk { trunk: String, up: bool, reason: Reason },
    /// A desk's WebSocket came or went.
    DeskSocket { operator: OperatorId, up: bool },
}

/// Why a leg never came up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegFailure {
    /// The caller cancelled.
    Cancelled,
    /// No codec in common, or no SDP that we can use.
    Incompatible,
    /// The other side refused for a reason that none of the others tells.
    Refused,
    /// It is busy (486, 600).
    Busy,
    /// The number leads nowhere, or its phone is off (404, 410, 480, 484, 604).
    Unobtainable,
    /// It was declined (603, 403).
    Declined,
    /// The trunk: no response at all, or 5xx before anything rang. The next one may be tried.
    TrunkDown,
    /// Nobody answered in time.
    Timeout,
    /// We could not: no port, no memory, no route.
    Local,
}

/// What a leg was lost to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegFault {
    /// Our answer was never acknowledged.
    AckMissing,
    /// Nor was our ringing, where that is asked for.
    PrackMissing,
    /// Our offer was not answered, or with nothing that we can use.
    AnswerUnusable,
    /// The other side knows nothing of the call any more, or says nothing at all.
    DialogGone,
    /// Nobody refreshed the session in time.
    SessionExpired,
}

impl LegFault {
    /// Its word in the record.
    pub(crate) const fn reason(self) -> Reason {
        Reason::new(match self {
            LegFault::AckMissing => "ack_missing",
            LegFault::PrackMissing => "prack_missing",
            LegFault::AnswerUnusable => "answer_unusable",
            LegFault::DialogGone => "dialog_gone",
            LegFault::SessionExpired => "session_expired",
        })
    }
}
