use base::{OperatorId, Timestamp};

use crate::{
    ChosenBy, Crew, HoldList, Language, LegRole, NumberFlag, OfferOutcome, Outcome, Part, Party, Pick, Reason, Skill,
    TerminalCause, TransferTarget,
};

/// Something to say, and when it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    /// When.
    pub utc: Timestamp,
    /// What.
    pub says: Says,
}

/// What a sentence says; each language has words for each.
#[derive(Clone, Debug, PartialEq)]
pub enum Says {
    /// The call came in.
    Called { masked: String, dialled: String, service: String, open: bool },
    /// A call of the carrier's list that never reached us.
    CarrierCall { masked: String, dialled: String, began: Timestamp },
    /// We owe them a conversation from here on.
    Owed { reason: Reason },
    /// By what is owed to the same person already.
    OwedTogether,
    /// Someone speaks with them.
    InHand { operator: OperatorId },
    /// It came to nothing.
    OwedAgain { reason: Reason },
    /// Nothing is owed any more.
    Kept { reason: Reason, by: Option<OperatorId> },
    /// Several people's number.
    NumberShared,
    /// The helpline answered; in an attempt, they did.
    Answered { attempt: bool },
    /// By key or default.
    Language { language: Language, by: ChosenBy },
    /// By key.
    Topic { topic: String },
    /// Pressed 9.
    Danger,
    /// No key that a menu knows.
    Missed { reason: Reason },
    /// Heard that we will call.
    NoticeHeard { opens: Option<Timestamp> },
    /// Stands in line; `kept_since`: with a place that they had before.
    InLine { queue: String, needs: Vec<Skill>, priority: u8, kept_since: Option<Timestamp> },
    /// Until then only who has all of `before` would do, from then on who has `now`.
    Relaxed { at: Timestamp, before: Vec<Skill>, now: Vec<Skill> },
    /// Was told how long it may take, and from what that was computed.
    WaitTold { minutes: u32, ahead: u32, operators: u32, takes_s: u32 },
    /// Whom there was.
    NobodyFree { crew: Crew },
    /// Rings at an operator.
    Rings { operator: OperatorId, pick: Option<Pick> },
    /// The ring is over.
    RingOver { operator: OperatorId, outcome: OfferOutcome, rang_ms: i64 },
    /// They hear each other, after so long in line.
    Talking { operator: OperatorId, waited_ms: i64 },
    /// The same in an attempt.
    Reached { operator: OperatorId },
    /// The line closed while they waited: served until then; none: out, with a promise.
    LineClosed { served_until: Option<Timestamp>, reason: Reason },
    /// It opened again in time.
    LineReopened,
    /// Who they spoke with is owed this, too.
    SamePerson { operator: OperatorId },
    /// By their own key.
    Wants { wanted: bool },
    /// In which part of the day.
    WantsPart { part: Part },
    /// Somewhere else to be reached; empty: an extension.
    GaveContact { masked: String },
    /// The time that they were told.
    Promised { by: Timestamp },
    /// What became of it.
    PromiseSettled { by: Timestamp, kept: bool },
    /// Offered by itself from then on.
    Planned { due: Timestamp, reason: Reason },
    /// Not offered by itself.
    OnList { list: HoldList, reason: Reason, by: Option<OperatorId> },
    /// Someone wants it next.
    Claimed { operator: OperatorId },
    /// What is owed is offered to an operator.
    CallbackRings { operator: OperatorId },
    /// And how that ended.
    CallbackRingOver { operator: OperatorId, outcome: OfferOutcome },
    /// We call them.
    AttemptBegan { operator: OperatorId, masked: String },
    /// Through this trunk.
    AttemptDialled { trunk: String },
    /// It rings there.
    AttemptRings,
    /// Nobody was reached.
    AttemptFailed { reason: Reason },
    /// Their number was marked, or a mark taken away.
    Marked { flag: NumberFlag, on: bool, reason: Reason, by: Option<OperatorId> },
    /// Hold, and back.
    Hold { operator: OperatorId, on: bool },
    /// The desk's audio went in mid-call, and came back.
    DeskAway { operator: OperatorId, on: bool },
    /// Nothing came from the caller.
    CallerSilent { on: bool },
    /// Taken from an operator to the head of the line.
    BackInLine { reason: Reason },
    /// An operator asks somebody while the caller hears music.
    Asks { operator: OperatorId, to: TransferTarget, trunk: Option<String> },
    /// Operator, caller, and who was asked talk together.
    Conference { operator: OperatorId },
    /// Operator and caller are together again.
    AskOver { operator: OperatorId, reason: Reason },
    /// The operator let the caller go on.
    HandedOn { operator: OperatorId, to: TransferTarget },
    /// Took the way out.
    LineLeft { reason: Reason },
    /// A step `dial`.
    Dialled { step: String },
    /// A connection was lost.
    LegLost { role: LegRole, reason: Reason },
    /// The operator's word.
    Noted { operator: OperatorId, outcome: Outcome },
    /// The end; `talked_ms`: after an accept.
    Ended { cause: TerminalCause, by: Party, talked_ms: Option<i64> },
}
