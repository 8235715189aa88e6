//! What is written down. An event carries ids, outcomes and reasons, never a clear number, digit or note. Fields are named, added only
//! with defaults, never renamed.

use base::{
    Boot, JourneyId, LegId, NodeId, NumberClass, ObligationId, OfferId, OperatorId, PersonId, Sealed, Timestamp,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{AtClosing, Contact, Crew, HoldList, Language, NumberFlag, Part, Pick, Rota, Skill, TransferTarget};

/// One line of the journal: an event with its place and its moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Counted from 1 over the life of the journal, without a gap.
    pub seq: u64,
    /// When it was decided.
    pub utc: Timestamp,
    /// By which node,
    pub node: NodeId,
    /// in which of its runs.
    pub boot: Boot,
    /// What was decided.
    pub event: Event,
}

/// Everything that can be decided or learnt. The switchboard's state is the fold of these and nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The process began.
    Started { version: String },
    /// A run of a node is over without having said goodbye: its journeys end `engine_lost`.
    NodeLost { node: NodeId, boot: Boot },
    /// A node stopped in order.
    Stopped {},
    /// Settings came into force; journeys keep the version that they began with.
    Configured { version: String, calendar_version: String },

    /// A person may sign in. `password` is an Argon2id PHC string.
    UserAdded { user: User, password: String },
    /// A person may not sign in any more.
    UserDisabled { operator: OperatorId, by: Option<OperatorId> },
    /// A password was set anew.
    PasswordSet { operator: OperatorId, password: String },

    /// A service was closed or opened by hand (`closed = None`: by its calendar again, asked for or because `until` had come).
    ServiceSwitched {
        service: String,
        closed: Option<bool>,
        by: Option<OperatorId>,
        /// When the calendar decides again; none: when somebody says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// Why: one of the service's notices, or `expired`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
        /// What becomes of those who wait; none: as the service has it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waiting: Option<AtClosing>,
    },
    /// An operator's working hours, whole.
    RotaSet { operator: OperatorId, rota: Rota, by: Option<OperatorId> },
    /// A person confirmed a computed closure as it stands.
    HolidayConfirmed { calendar: String, holiday: String, from: Date, to: Date, by: Option<OperatorId> },

    /// An INVITE to one of our numbers.
    JourneyOpened {
        journey: JourneyId,
        leg: LegId,
        caller: Caller,
        dialled: String,
        trunk: String,
        service: String,
        /// Outside all figures: a probe, a test, a load generator.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        synthetic: bool,
        /// What the calendar said at that moment.
        open: bool,
        flow: String,
        calendar_version: String,
        settings_version: String,
    },
    /// The carrier's own list has a call that never reached us (rule 18): a journey that is over as soon as it is known. What is owed for
    /// it is said next.
    CarrierCallFound {
        journey: JourneyId,
        caller: Caller,
        dialled: String,
        service: String,
        /// When it began, by the carrier's clock.
        began: Timestamp,
        /// How long the carrier says that it lasted, seconds.
        lasted_s: u32,
        settings_version: String,
    },
    /// We owe this person a conversation.
    ObligationOpened {
        obligation: ObligationId,
        journey: JourneyId,
        person: Option<PersonId>,
        kind: ObligationKind,
        reason: Reason,
        /// What it was parted from, or follows: what is known for calling them back is carried over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<ObligationId>,
    },
    /// The same unshared person phoned again: this journey is owed by the obligation that is open already (one open `reach` per person).
    ObligationJoined { obligation: ObligationId, journey: JourneyId },
    /// Two journeys at one time came from this number: it is several people's, and its obligations merge no more (rule 2).
    NumberShared { person: PersonId },
    /// A conversation suspends it.
    ObligationInHand { obligation: ObligationId, journey: JourneyId, operator: OperatorId },
    /// The conversation did not discharge it. Where no conversation held it, why it is still open is its last journey's terminal cause.
    ObligationReopened { obligation: ObligationId, reason: Reason },
    /// It is kept. `reason` is `spoken`, `sixty_seconds_both_ways`, `same_person_got_through` …
    ObligationDischarged { obligation: ObligationId, reason: Reason, by: Option<OperatorId> },

    /// The caller's own key: whether they want to be called. `wanted = false` ends this journey's obligation (rule 6).
    CallbackWanted { journey: JourneyId, wanted: bool },
    /// In which part of the day they can talk.
    PartWanted { journey: JourneyId, part: Part },
    /// The caller keyed in where they can be reached: a safe number, or an extension behind their own.
    ContactGiven { journey: JourneyId, contact: Contact },
    /// A time was spoken to its end: the first attempt is made by then (rule 11).
    PromiseMade { obligation: ObligationId, journey: JourneyId, by: Timestamp },
    /// What became of it: kept by an attempt or a conversation in time, or not.
    PromiseSettled { obligation: ObligationId, by: Timestamp, kept: bool },
    /// From `due` on it is offered to operators by itself, in line by `priority` and `since` (rule 12).
    /// At `until` the hours in which that is allowed end, and it is planned anew.
    CallbackPlanned {
        obligation: ObligationId,
        due: Timestamp,
        until: Timestamp,
        priority: u8,
        since: Timestamp,
        reason: Reason,
    },
    /// It is not offered by itself: a person decides.
    CallbackHeld { obligation: ObligationId, list: HoldList, reason: Reason, by: Option<OperatorId> },
    /// A person wants it to be offered to them next.
    CallbackClaimed { obligation: ObligationId, operator: OperatorId },
    /// One ring at one operator, for someone whom we owe a call.
    CallbackOffered { offer: OfferId, obligation: ObligationId, operator: OperatorId, until: Timestamp },
    /// The ring is over.
    CallbackOfferEnded { offer: OfferId, obligation: ObligationId, operator: OperatorId, outcome: OfferOutcome },
    /// An operator took it: a journey that we begin. It is no "offered" call in any figure and opens no obligation.
    AttemptOpened {
        attempt: JourneyId,
        obligation: ObligationId,
        offer: OfferId,
        operator: OperatorId,
        service: String,
        /// Whose number is dialled: the caller's own, or the one that they gave.
        caller: Caller,
        /// Dialled once, shares no history (rule 7).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        given: bool,
        language: Language,
        calendar_version: String,
        settings_version: String,
    },
    /// Written before the INVITE leaves; again for the next trunk. `from` is our own number.
    AttemptDialled { attempt: JourneyId, leg: LegId, trunk: String, from: String },
    /// Their phone rings.
    AttemptRinging { attempt: JourneyId, leg: LegId },
    /// Nobody was reached on this leg. `reason` is `busy`, `no_answer`, `unobtainable`, `declined`, `trunk_down` …
    AttemptFailed { attempt: JourneyId, leg: LegId, reason: Reason },
    /// Their phone has rung for so long that it is an attempt by rule 10, whatever comes of it. An answer is one without this.
    AttemptCounted { attempt: JourneyId },
    /// An operator says that who they speak with is owed this, too (rule 5): it closes with the conversation.
    SamePerson { obligation: ObligationId, journey: JourneyId, operator: OperatorId },
    /// A trunk answers, or does not any more.
    TrunkChanged { trunk: String, up: bool, reason: Reason },
    /// What a number is marked with, by whom, and until when.
    NumberFlagged {
        person: PersonId,
        flag: NumberFlag,
        on: bool,
        until: Option<Timestamp>,
        reason: Reason,
        by: Option<OperatorId>,
    },

    /// Our 200 is out and the caller's media is open. In an attempt: they answered.
    Answered { journey: JourneyId, leg: LegId },
    /// A SIP dialog is confirmed; what is needed to BYE it after a crash, sealed.
    DialogConfirmed { journey: JourneyId, leg: LegId, role: LegRole, dialog: Sealed },
    /// A menu or prompt step began.
    StepEntered { journey: JourneyId, step: String },
    /// The caller's language.
    LanguageChosen {
        journey: JourneyId,
        language: Language,
        #[serde(default)]
        by: ChosenBy,
    },
    /// The caller's topic, by key.
    TopicChosen { journey: JourneyId, topic: String },
    /// The caller pressed the danger key.
    DangerPressed { journey: JourneyId },
    /// No key, or none that the menu knows.
    InputMissed { journey: JourneyId, step: String, reason: Reason },
    /// The caller heard to the end that they will be called back. `opens`: the opening told, if one was.
    NoticeHeard { journey: JourneyId, opens: Option<Timestamp> },

    /// In line, the lower `priority` first and then the older `since` (see [`crate::Priority`]). Said again when what is needed relaxes.
    Queued { journey: JourneyId, queue: String, skills: Vec<Skill>, priority: u8, since: Timestamp },
    /// One ring at one operator. `leg` is a SIP leg that we dial, none for a desk.
    Offered {
        offer: OfferId,
        journey: JourneyId,
        operator: OperatorId,
        leg: Option<LegId>,
        until: Timestamp,
        /// Why this operator.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pick: Option<Pick>,
    },
    /// Nobody could be offered to someone in line, and why. Said again when the shortage is of another kind.
    NobodyFree { journey: JourneyId, crew: Crew },
    /// How long they were told that it may still take: with so many before them, so many operators there for them, and calls that took so
    /// long of late.
    WaitTold { journey: JourneyId, minutes: u32, ahead: u32, operators: u32, takes_s: u32 },
    /// They took the way out of a line, or were not let in. `reason` is `waited_enough`, `nobody_on_shift`, `queue_full`, `stopping` …
    LineLeft { journey: JourneyId, queue: String, reason: Reason },
    /// The ring is over. Unless it was accepted or the caller left, the caller is in line again, in the same place.
    OfferEnded { offer: OfferId, journey: JourneyId, operator: OperatorId, outcome: OfferOutcome },
    /// Packets seen from both after the accept: the call counts as answered. From here audio goes both ways, but for the time between
    /// `Held`, `Reconnecting` or `CallerSilent` and their end.
    Conversing { journey: JourneyId, offer: OfferId, operator: OperatorId },
    /// The operator put the caller on hold, or took them back.
    Held { journey: JourneyId, operator: OperatorId, on: bool },
    /// The caller does not hear the operator, by the operator's wish.
    Muted { journey: JourneyId, operator: OperatorId, on: bool },
    /// The desk's audio is away in mid-call and may come back; the caller hears music meanwhile.
    Reconnecting { journey: JourneyId, operator: OperatorId, on: bool },
    /// Nothing comes from the caller in mid-call.
    CallerSilent { journey: JourneyId, on: bool },
    /// The caller was taken from an operator and goes back to the head of the line: cut off by us, `since` as it was.
    Requeued { journey: JourneyId, queue: String, reason: Reason },
    /// An operator asks somebody while the caller hears music: a colleague by an offer, or a service outside by a leg. Said again for a
    /// service outside, handed the caller or not, when the next trunk is tried.
    ConsultOpened {
        journey: JourneyId,
        operator: OperatorId,
        to: TransferTarget,
        colleague: Option<OperatorId>,
        offer: Option<OfferId>,
        leg: Option<LegId>,
        /// By which trunk the leg leaves.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trunk: Option<String>,
        until: Timestamp,
    },
    /// They answered, and speak with the operator.
    ConsultAnswered { journey: JourneyId, operator: OperatorId },
    /// The operator speaks with the caller meanwhile, or again with whom they asked.
    ConsultSwapped { journey: JourneyId, operator: OperatorId, with_caller: bool },
    /// All three talk together: caller, operator, and whom they asked; until it is swapped, closed or handed over.
    ConferenceOpened { journey: JourneyId, operator: OperatorId },
    /// Operator and caller are together again.
    ConsultClosed { journey: JourneyId, operator: OperatorId, reason: Reason },
    /// The operator let go of the caller: to whom they asked, or at once; then `Queued` follows.
    Transferred { journey: JourneyId, operator: OperatorId, to: TransferTarget, colleague: Option<OperatorId> },
    /// The line closed before this caller was served: they still are, until that moment, or (none) are led out to a promise. `reason` is
    /// `calendar`, `switched` or `last_call_over`.
    LineClosed { journey: JourneyId, served_until: Option<Timestamp>, reason: Reason },
    /// The line is open again, and they wait as before.
    LineReopened { journey: JourneyId },
    /// Another party was called by a step `dial`.
    Dialled { journey: JourneyId, leg: LegId, step: String },
    /// A leg that was answered is lost, though nobody hung up; what follows from it is said next. `reason` is `session_expired`, `ack_missing` …
    LegLost { journey: JourneyId, leg: LegId, role: LegRole, reason: Reason },
    /// What one leg's media was like, at its end.
    LegMeasured { journey: JourneyId, leg: LegId, role: LegRole, quality: LegQuality },
    /// The journey's one terminal cause.
    Ended { journey: JourneyId, cause: TerminalCause, by: Party },

    /// An operator's state, and why.
    OperatorChanged { operator: OperatorId, state: OperatorState, reason: Reason },
    /// The desk's audio leg came up, or stopped carrying packets.
    DeskAudio { operator: OperatorId, up: bool },
    /// What follows the call or wrap-up under way: a break of this name, or ready again (none).
    BreakAsked { operator: OperatorId, reason: Option<Reason> },
    /// The operator said what came of it.
    OutcomeGiven { journey: JourneyId, operator: OperatorId, outcome: Outcome },
    /// Wrap-up is over, with an outcome or without.
    WrappedUp { journey: JourneyId, operator: OperatorId, outcome: Option<Outcome> },
}

impl Event {
    /// The one journey that it is about, if it names one.
    pub fn journey(&self) -> Option<JourneyId> {
        match self {
            Event::JourneyOpened { journey, .. }
            | Event::ObligationOpened { journey, .. }
            | Event::ObligationJoined { journey, .. }
            | Event::ObligationInHand { journey, .. }
            | Event::CallbackWanted { journey, .. }
            | Event::PartWanted { journey, .. }
            | Event::ContactGiven { journey, .. }
            | Event::PromiseMade { journey, .. }
            | Event::AttemptOpened { attempt: journey, .. }
            | Event::AttemptDialled { attempt: journey, .. }
            | Event::AttemptRinging { attempt: journey, .. }
            | Event::AttemptFailed { attempt: journey, .. }
            | Event::AttemptCounted { attempt: journey }
            | Event::SamePerson { journey, .. }
            | Event::Answered { journey, .. }
            | Event::DialogConfirmed { journey, .. }
            | Event::StepEntered { journey, .. }
            | Event::LanguageChosen { journey, .. }
            | Event::TopicChosen { journey, .. }
            | Event::DangerPressed { journey }
            | Event::InputMissed { journey, .. }
            | Event::NoticeHeard { journey, .. }
            | Event::Queued { journey, .. }
            | Event::Offered { journey, .. }
            | Event::NobodyFree { journey, .. }
            | Event::WaitTold { journey, .. }
            | Event::LineLeft { journey, .. }
            | Event::CarrierCallFound { journey, .. }
            | Event::OfferEnded { journey, .. }
            | Event::Conversing { journey, .. }
            | Event::Held { journey, .. }
            | Event::Muted { journey, .. }
            | Event::Reconnecting { journey, .. }
            | Event::CallerSilent { journey, .. }
            | Event::Requeued { journey, .. }
            | Event::ConsultOpened { journey, .. }
            | Event::ConsultAnswered { journey, .. }
            | Event::ConsultSwapped { journey, .. }
            | Event::ConferenceOpened { journey, .. }
            | Event::ConsultClosed { journey, .. }
            | Event::Transferred { journey, .. }
            | Event::LineClosed { journey, .. }
            | Event::LineReopened { journey }
            | Event::Dialled { journey, .. }
            | Event::LegLost { journey, .. }
            | Event::LegMeasured { journey, .. }
            | Event::Ended { journey, .. }
            | Event::OutcomeGiven { journey, .. }
            | Event::WrappedUp { journey, .. } => Some(*journey),
            Event::Started { .. }
            | Event::NodeLost { .. }
            | Event::Stopped {}
            | Event::Configured { .. }
            | Event::UserAdded { .. }
            | Event::UserDisabled { .. }
            | Event::PasswordSet { .. }
            | Event::ServiceSwitched { .. }
            | Event::HolidayConfirmed { .. }
            | Event::RotaSet { .. }
            | Event::NumberShared { .. }
            | Event::ObligationReopened { .. }
            | Event::ObligationDischarged { .. }
            | Event::PromiseSettled { .. }
            | Event::CallbackPlanned { .. }
            | Event::CallbackHeld { .. }
            | Event::CallbackClaimed { .. }
            | Event::CallbackOffered { .. }
            | Event::CallbackOfferEnded { .. }
            | Event::NumberFlagged { .. }
            | Event::TrunkChanged { .. }
            | Event::OperatorChanged { .. }
            | Event::DeskAudio { .. }
            | Event::BreakAsked { .. } => None,
        }
    }
}

impl Event {
    /// What is owed that it is about, if it names it.
    pub fn obligation(&self) -> Option<ObligationId> {
        if let Event::ObligationOpened { obligation, .. }
        | Event::ObligationJoined { obligation, .. }
        | Event::ObligationInHand { obligation, .. }
        | Event::ObligationReopened { obligation, .. }
        | Event::ObligationDischarged { obligation, .. }
        | Event::PromiseMade { obligation, .. }
        | Event::PromiseSettled { obligation, .. }
        | Event::CallbackPlanned { obligation, .. }
        | Event::CallbackHeld { obligation, .. }
        | Event::CallbackClaimed { obligation, .. }
        | Event::CallbackOffered { obligation, .. }
        | Event::CallbackOfferEnded { obligation, .. }
        | Event::SamePerson { obligation, .. }
        | Event::AttemptOpened { obligation, .. } = self
        {
            return Some(*obligation);
        }
        None
    }
}

/// Who goes first in line (rule 12), as it stands in [`Event::Queued`]: the lower number first, within one number the older.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {}

impl Priority {
    /// Pressed the danger key.
    pub const DANGER: u8 = 1;
    /// Was cut off by us, the trunk or a desk.
    pub const CUT_OFF: u8 = 2;
    /// A promised callback falls due within a quarter of an hour.
    pub const PROMISE_DUE: u8 = 3;
    /// Gave up in line and dials again in time.
    pub const RESUMED: u8 = 4;
    /// Everyone else who is on the line, and who keeps their place in it without being on it.
    pub const LIVE: u8 = 5;
    /// Due callbacks without a promise; old ones go before (they age).
    pub const CALLBACK: u8 = 6;
}

/// Who calls, as far as anyone but the vault may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// Only for an unshared mainland mobile (rule 2).
    pub person: Option<PersonId>,
    /// The canonical number, empty where none was told, and what the headers said, sealed. None where they said nothing.
    pub number: Option<Sealed>,
    /// `139****8096`.
    pub masked: String,
    /// What kind of line.
    pub class: NumberClass,
    /// Withheld by the caller's own wish (RFC 3323), though the trunk told us.
    #[serde(default)]
    pub private: bool,
}

/// Someone who signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Login name.
    pub operator: OperatorId,
    /// Name shown to colleagues.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Languages and topics that they take.
    pub skills: Vec<Skill>,
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes calls.
    Operator,
    /// Reads the log, the figures, the obligations.
    Supervisor,
    /// Keeps users and hours; sees no call content.
    Administrator,
}

/// What code asks for; roles are sets of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// Work at a desk.
    TakeCalls,
    /// Read the call log, timelines, obligations.
    ReadLog,
    /// Add and disable users.
    KeepUsers,
    /// Open and close a service by hand; say who works when.
    SwitchHours,
    /// Close, plan and claim what we owe; mark numbers.
    KeepCallbacks,
}

impl Role {
    /// Whether the role holds the permission.
    pub fn may(self, permission: Permission) -> bool {
        match self {
            Role::Operator => matches!(permission, Permission::TakeCalls),
            Role::Supervisor => {
                matches!(permission, Permission::ReadLog | Permission::SwitchHours | Permission::KeepCallbacks)
            }
            Role::Administrator => matches!(permission, Permission::KeepUsers | Permission::SwitchHours),
        }
    }
}

/// Why, in one word from the code: `closed`, `caller_left`, `desk_silent` … Stable, for the log and for translation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reason(pub std::borrow::Cow<'static, str>);

impl Reason {
    /// A reason written in the code.
    pub const fn new(word: &'static str) -> Self {
        Reason(std::borrow::Cow::Borrowed(word))
    }
}

/// What a conversation is owed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObligationKind {
    /// Someone called and did not get through.
    Reach,
    /// Call back within 24 hours.
    Crisis,
    /// Is it solved to your satisfaction?
    Verification,
    /// Tell them what came of it.
    ReportBack,
}

/// Who chose a caller's language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChosenBy {
    /// Nobody: it is the service's; or it was not told.
    #[default]
    Service,
    /// The caller, by key.
    Key,
    /// The caller, in a call before.
    Before,
}

/// A leg's part in a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegRole {
    /// Who phoned us.
    Caller,
    /// Who works here.
    Operator,
    /// Whom a step `dial` called.
    Dialled,
    /// Whom an operator asks while the caller is on hold.
    Consulted,
}

/// How an offer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum OfferOutcome {
    /// The operator took it.
    Accepted,
    /// Not now.
    Declined,
    /// It rang out (RONA).
    NoAnswer,
    /// The operator's SIP endpoint refused or failed.
    Failed,
    /// Taken back.
    Withdrawn { why: WithdrawReason },
}

/// Why an offer was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawReason {
    /// The caller hung up.
    CallerLeft,
    /// The desk's connection or media went.
    DeskGone,
    /// The caller chose otherwise (danger key).
    CallerChose,
    /// The engine stops.
    Stopping,
    /// The run that made it is over.
    EngineLost,
    /// A callback: they phone us at this moment.
    PhonedIn,
    /// A callback: closed, planned anew, or not allowed any more.
    Replanned,
}

/// What came of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// They were reached and spoken with.
    Spoken,
    /// They were not.
    NotSpoken,
    /// Their line was busy: again in a quarter of an hour.
    Busy,
    /// It rang: again in the next part of the day.
    NoAnswer,
    /// Switched off or out of reach: again in the next part of the day.
    Off,
    /// A machine or an assistant picked up; nothing was said: again in the next part of the day.
    Machine,
    /// Someone else picked up; nothing was told. Twice: a supervisor decides.
    OtherPerson,
    /// The number leads nowhere: a supervisor decides.
    Invalid,
    /// They did not want to be called: a supervisor decides.
    Refused,
    /// Nobody spoke. This and those below close by the operator's word (rule 3).
    Silent,
    /// They meant to call somewhere else.
    WrongNumber,
    /// A prank.
    Prank,
    /// Abuse.
    Abusive,
    /// A test of ours.
    Test,
}

impl Outcome {
    /// The outcome in one word, as it stands in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Spoken => "spoken",
            Outcome::NotSpoken => "not_spoken",
            Outcome::Busy => "busy",
            Outcome::NoAnswer => "no_answer",
            Outcome::Off => "off",
            Outcome::Machine => "machine",
            Outcome::OtherPerson => "other_person",
            Outcome::Invalid => "invalid",
            Outcome::Refused => "refused",
            Outcome::Silent => "silent",
            Outcome::WrongNumber => "wrong_number",
            Outcome::Prank => "prank",
            Outcome::Abusive => "abusive",
            Outcome::Test => "test",
        }
    }

    /// The outcome as a reason.
    pub const fn reason(self) -> Reason {
        Reason::new(self.word())
    }

    /// Noise, by an operator's one click (rule 3): it closes what is owed.
    pub const fn is_noise(self) -> bool {
        match self {
            Outcome::Silent | Outcome::WrongNumber | Outcome::Prank | Outcome::Abusive | Outcome::Test => true,
            Outcome::Spoken
            | Outcome::NotSpoken
            | Outcome::Busy
            | Outcome::NoAnswer
            | Outcome::Off
            | Outcome::Machine
            | Outcome::OtherPerson
            | Outcome::Invalid
            | Outcome::Refused => false,
        }
    }
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The worker.
    Caller,
    /// The operator.
    Operator,
    /// We.
    Engine,
    /// The carrier, or the network to it.
    Trunk,
}

/// Why a journey ended: one each, from this list and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerminalCause {
    /// Cancelled before we answered.
    Cancelled,
    /// Hung up during prompts or menus.
    LeftInMenu,
    /// Hung up in line, or while an operator was rung.
    Abandoned,
    /// Heard that we are closed and that we will call back.
    Closed,
    /// Was put through, packets seen both ways.
    Conversed,
    /// Was put through, but packets were never seen both ways.
    NoAudio,
    /// Took a way out of the line: the promise of a callback.
    PromisedCallback,
    /// The flow's own end (a `dial` step, a synthetic service).
    FlowEnded,
    /// Refused: no codec in common (488).
    Incompatible,
    /// Refused: over the limit, and not even a promise could be spoken.
    Overload,
    /// The trunk went: ACK never came, a transaction timed out, media died.
    TrunkLost,
    /// The engine died with the call in it.
    EngineLost,
    /// The engine was stopped.
    EngineStopped,
    /// An attempt: nobody was reached.
    NotReached,
    /// An attempt: they phoned us while we dialled them, and got through that way (rule 9).
    RangBack,
    /// An attempt: the operator hung up before they answered.
    CalledOff,
    /// An attempt: the operator's desk went, while they were dialled or spoken with.
    DeskLost,
    /// Only the carrier saw it.
    CarrierOnly,
}

impl TerminalCause {
    /// The cause in one word, as it stands in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            TerminalCause::Cancelled => "cancelled",
            TerminalCause::LeftInMenu => "left_in_menu",
            TerminalCause::Abandoned => "abandoned",
            TerminalCause::Closed => "closed",
            TerminalCause::Conversed => "conversed",
            TerminalCause::NoAudio => "no_audio",
            TerminalCause::PromisedCallback => "promised_callback",
            TerminalCause::FlowEnded => "flow_ended",
            TerminalCause::Incompatible => "incompatible",
            TerminalCause::Overload => "overload",
            TerminalCause::TrunkLost => "trunk_lost",
            TerminalCause::EngineLost => "engine_lost",
            TerminalCause::EngineStopped => "engine_stopped",
            TerminalCause::NotReached => "not_reached",
            TerminalCause::RangBack => "rang_back",
            TerminalCause::CalledOff => "called_off",
            TerminalCause::DeskLost => "desk_lost",
            TerminalCause::CarrierOnly => "carrier_only",
        }
    }

    /// The cause as the reason for an obligation that stays open.
    pub const fn reason(self) -> Reason {
        Reason::new(self.word())
    }

    /// Whether the caller was cut off by the engine, the trunk or a desk.
    pub const fn is_cut_off(self) -> bool {
        matches!(
            self,
            TerminalCause::TrunkLost
                | TerminalCause::EngineLost
                | TerminalCause::EngineStopped
                | TerminalCause::DeskLost
        )
    }
}

/// Operator states, as the industry names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OperatorState {
    /// No shift.
    Offline,
    /// On shift, takes no calls; the reason is a break's name or a fault's.
    NotReady { reason: Reason },
    /// Takes calls.
    Ready { since: Timestamp },
    /// A call rings.
    Offered { offer: OfferId },
    /// In a call (from the accept on).
    OnCall { journey: JourneyId },
    /// After it.
    WrapUp { journey: JourneyId, until: Timestamp },
}

/// A leg's media, summed up (M6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LegQuality {
    /// Packets taken in,
    pub received: u64,
    /// missing from the sequence,
    pub lost: u64,
    /// and sent out.
    pub sent: u64,
    /// Mean deviation of arrival (RFC 3550 §6.4.1), milliseconds.
    pub jitter_ms: f32,
    /// The mean round trip, milliseconds, where the peer's reports tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<f32>,
    /// How what came from the party sounded, 1 to 4.5 (an estimate by ITU-T G.107).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mos: Option<f32>,
    /// What the party says that it missed of what was sent to it,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far_lost: Option<u64>,
    /// how unevenly it came there, milliseconds,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far_jitter_ms: Option<f32>,
    /// and how that sounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far_mos: Option<f32>,
}
