//! What people ask of the switchboard, and its answers.

use base::{LegId, ObligationId, OfferId, OperatorId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{AtClosing, Caller, NumberFlag, Outcome, Reason, Rota, TransferTarget, User};

/// A request with who makes it (none: the command line on this machine).
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Who asks. Permissions were checked by `web`; what is possible now is decided here.
    pub by: Option<OperatorId>,
    /// What.
    pub kind: RequestKind,
}

/// The things that can be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum RequestKind {
    /// Take calls.
    Ready {},
    /// Take none; the reason is a break's name: `meal`, `rest`, `take_five` … In a call or wrap-up: after it.
    NotReady { reason: Reason },
    /// End the shift. In a call: refused.
    EndShift {},
    /// Take the offer.
    Accept { offer: OfferId },
    /// Not now.
    Decline { offer: OfferId, reason: Reason },
    /// End the call.
    HangUp {},
    /// The caller hears music.
    Hold { on: bool },
    /// The caller does not hear the operator.
    Mute { on: bool },
    /// Hand the caller on at once; they hear music until somebody answers.
    Transfer { to: TransferTarget },
    /// Ask somebody while the caller hears music.
    Consult { to: TransferTarget },
    /// Speak with the caller meanwhile, or again with whom you asked.
    SwapConsult {},
    /// All three talk together.
    Conference {},
    /// Let go of whom you asked.
    CancelConsult {},
    /// Hand the caller over to whom you asked.
    CompleteConsult {},
    /// Send a key to the caller's side.
    Key { digit: char },
    /// In an attempt: key the extension that the caller gave. Nobody sees it.
    KeyExtension {},
    /// What came of the last conversation.
    Outcome { outcome: Outcome },
    /// More time after the call.
    ExtendWrapUp {},
    /// Wrap-up is done; ready again, or what was asked for meanwhile.
    FinishWrapUp {},

    /// Close what we owe, for a reason that a named person answers for (rule 6).
    CloseObligation { obligation: ObligationId, reason: Reason },
    /// Offer it to me next.
    ClaimObligation { obligation: ObligationId },
    /// Call then (none: as soon as an operator is free), though it stood on a list.
    PlanCallback { obligation: ObligationId, due: Option<Timestamp> },
    /// An operator, in a call or its wrap-up: what is owed there is owed to the same person (rule 5).
    SamePerson { obligation: ObligationId },
    /// An operator, in a call or its wrap-up: this number is never to be dialled, or may be again (rule 6).
    DoNotCall { on: bool },
    /// Mark the number of an obligation, or take the mark away.
    FlagNumber { obligation: ObligationId, flag: NumberFlag, on: bool, reason: Reason },

    /// A call that only the carrier saw, from its own list; the command line's alone.
    OweCarrierCall { caller: Caller, dialled: String, began: Timestamp, lasted_s: u32 },

    /// Give someone an account. `password` is an Argon2id PHC string, never a password.
    AddUser { user: User, password: String },
    /// Take it away. Ends their shift.
    DisableUser { operator: OperatorId },
    /// Set a password (PHC string).
    SetPassword { operator: OperatorId, password: String },
    /// Close (`true`), open (`false`) or leave to the calendar (`None`) a service.
    SwitchService {
        service: String,
        closed: Option<bool>,
        /// When the calendar decides again; none: when somebody says so.
        #[serde(default)]
        until: Option<Timestamp>,
        /// One of the service's notices, which callers hear.
        #[serde(default)]
        reason: Option<Reason>,
        /// What becomes of those who wait; none: as the service has it.
        #[serde(default)]
        waiting: Option<AtClosing>,
    },
    /// An operator's working hours, whole.
    SetRota { operator: OperatorId, rota: Rota },
    /// A computed closure is right as it stands.
    ConfirmHoliday { calendar: String, holiday: String },
}

/// A request that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Done (or already so).
    Done,
    /// A desk leg is this one.
    Leg(LegId),
}

/// A request that was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestError {
    /// The offer was withdrawn, rang out or was taken.
    #[error("that call is no longer offered to you")]
    OfferGone,
    /// Not possible in the operator's state.
    #[error("that is not possible right now")]
    WrongState,
    /// The time after a call was drawn out as far as it may be.
    #[error("the time after a call cannot be drawn out further; take a break instead")]
    LongEnough,
    /// Ready without a proven desk.
    #[error("your audio is not connected yet")]
    NoAudio,
    /// No such user, or disabled.
    #[error("there is no such user")]
    UnknownUser,
    /// The name is taken.
    #[error("a user of this name exists")]
    UserExists,
    /// No such service.
    #[error("there is no such service")]
    UnknownService,
    /// Not ready, or yourself.
    #[error("that colleague is not free right now")]
    ColleagueBusy,
    /// No such line.
    #[error("there is no such line")]
    UnknownQueue,
    /// What is owed was closed meanwhile, or is in someone's hand.
    #[error("that callback is closed or already in someone's hands")]
    ObligationGone,
    /// Rules 7 to 9 forbid it: no number that may be dialled, over a cap, outside calling hours.
    #[error("this number may not be dialled")]
    MayNotDial,
    /// No trunk takes calls of ours at this moment.
    #[error("no line to call out on is free")]
    NoTrunk,
    /// A reason is needed: one word from the list.
    #[error("say why")]
    ReasonNeeded,
    /// A mark that a shared or unknown number cannot have.
    #[error("this number is shared or withheld and cannot be marked")]
    NotOnePerson,
    /// The service has no such notice.
    #[error("the service has no notice of this name")]
    UnknownNotice,
    /// No such closure is computed.
    #[error("there is no computed closure of this name")]
    UnknownHoliday,
    /// Working hours that overlap or touch, or too many of them.
    #[error("these hours overlap or touch; write them as one")]
    HoursOverlap,
    /// It would end before it begins.
    #[error("the time given is past")]
    TimePast,
    /// The journal does not commit.
    #[error("nothing can be saved right now; the people responsible have been told")]
    Unwell,
}
