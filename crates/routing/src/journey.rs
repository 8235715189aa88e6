//! One call's run: what it does at this moment, and how it ends. Dies with the process; what must survive is in [`crate::state`].

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use base::{JourneyId, LegId, Mono, Now, OperatorId, PlayId, Timestamp};

use crate::ivr::Told;
use crate::state::{Journey, Stage, Talk};
use crate::switchboard::{LegUse, Switchboard, Timer};
use crate::{
    Command, Digits, Event, Flow, HangUpReason, Language, OfferOutcome, Party, Reason, Relax, Say, Service, Settings,
    Shortage, TerminalCause, WithdrawReason,
};

/// A journey of this run.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) leg: LegId,
    /// The settings that it began with.
    pub(crate) settings: Arc<Settings>,
    pub(crate) service: String,
    pub(crate) flow: String,
    /// The service was closed when they came.
    pub(crate) closed: bool,
    /// Came while the journal did not commit: no promise may be spoken (rule 17).
    pub(crate) unsecured: bool,
    pub(crate) doing: Doing,
    pub(crate) line: Option<LineRun>,
    /// Took a way out of the line.
    pub(crate) left_line: bool,
    /// The line closed since they came.
    pub(crate) closing: Option<Closing>,
    /// With whom they spoke when they were cut off.
    pub(crate) prefer: Option<OperatorId>,
    /// Who missed or declined this call: skipped until ready anew, or until this moment when nobody else fits (rule 13).
    pub(crate) skips: BTreeMap<OperatorId, Mono>,
    /// The attempt that dials them: they join its operator once they are in.
    pub(crate) ring_back: Option<JourneyId>,
    /// A service outside that is called for them.
    pub(crate) outside: Option<Outside>,
    /// Why they wait, as it was told last; none: they were offered since, or never waited.
    pub(crate) shortage: Option<Shortage>,
}

/// A service outside that an operator asks, or hands the caller to.
#[derive(Clone, Debug)]
pub(crate) struct Outside {
    pub(crate) operator: OperatorId,
    /// As the dial plan names it.
    pub(crate) name: String,
    /// Trunks that were tried, the last one last.
    pub(crate) trunks: Vec<String>,
}

/// What the line's closing means for a caller who came in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Closing {
    /// They are still served until then; none: a promise instead.
    pub(crate) served_until: Option<Timestamp>,
    /// `calendar` or `switched`.
    pub(crate) reason: Reason,
}

/// What a call does.
#[derive(Debug)]
pub(crate) enum Doing {
    /// Our answer is on its way.
    Arriving {
        /// The step that follows.
        first: String,
    },
    /// Answered; the pause before the first word.
    Pausing { first: String },
    /// Hears a step `say`.
    Saying(Saying),
    /// Is in a menu.
    Asking(Asking),
    /// Keys in a number or an extension.
    Collecting(Collecting),
    /// In line, rung for or not.
    InLine,
    /// An attempt: their phone is dialled.
    Calling,
    /// With an operator.
    Talking(Flows),
    /// With another party, or calling them.
    Dialling { leg: LegId, next: String },
    /// Handed over to a service outside, which has answered or may.
    Transferring { leg: LegId, answered: bool },
}

/// A step `say` under way.
#[derive(Debug)]
pub(crate) struct Saying {
    pub(crate) step: String,
    pub(crate) play: PlayId,
    /// The promise of a callback, with the opening that it tells.
    pub(crate) notice: Option<Option<Timestamp>>,
    /// The time by which it says that we call.
    pub(crate) promise: Option<Timestamp>,
    pub(crate) next: String,
}

/// A menu under way.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) step: String,
    pub(crate) misses: u8,
    /// What plays; none: all was said, a key is awaited.
    pub(crate) play: Option<PlayId>,
    /// What is said after it, each part in its language.
    pub(crate) rest: VecDeque<(Language, Vec<Say>)>,
}

/// A number or an extension under way.
#[derive(Debug)]
pub(crate) struct Collecting {
    pub(crate) step: String,
    pub(crate) asked: Asked,
    /// What was keyed in. It goes no further than the vault.
    pub(crate) digits: Digits,
    /// The last key was `*`: what follows may be danger, or a wish for a person.
    pub(crate) star: bool,
    pub(crate) misses: u8,
    /// What plays; none: all was said.
    pub(crate) play: Option<PlayId>,
}

/// What the caller is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Digits.
    Digits,
    /// Whether what was read back is right.
    Right,
    /// Nothing: the vault has it.
    Nothing,
}

impl Collecting {
    pub(crate) fn new(step: String) -> Self {
        Collecting { step, asked: Asked::Digits, digits: Digits::default(), star: false, misses: 0, play: None }
    }
}

/// From whom packets were seen since the accept.
#[derive(Debug, Default)]
pub(crate) struct Flows {
    pub(crate) caller: bool,
    pub(crate) operator: bool,
}

/// A place in line, as the flow gave it.
#[derive(Clone, Debug)]
pub(crate) struct LineRun {
    pub(crate) queue: String,
    /// The step that leads out.
    pub(crate) way_out: String,
    /// Why it is time to take it, as soon as nobody is rung.
    pub(crate) overdue: Option<Reason>,
    /// What they were told of it last.
    pub(crate) told: Told,
    /// How many steps less is asked of who answers than at first.
    pub(crate) relaxed: usize,
    /// The step by which their language would be given up, but that somebody on shift speaks it.
    pub(crate) insists: Option<Relax>,
}

impl LineRun {
    pub(crate) fn new(queue: &str, way_out: &str) -> Self {
        let (queue, way_out) = (queue.to_owned(), way_out.to_owned());
        LineRun { queue, way_out, overdue: None, told: Told::default(), relaxed: 0, insists: None }
    }
}

impl Call {
    pub(crate) fn flow(&self) -> Option<&Flow> {
        self.settings.flows.get(&self.flow)
    }

    pub(crate) fn service(&self) -> Option<&Service> {
        self.settings.services.get(&self.service)
    }
}

impl Switchboard {
    /// The caller's leg is gone.
    pub(crate) fn caller_gone(&mut self, id: JourneyId, by: Party, now: Now) {
        let (Some(journey), Some(call)) = (self.state.journeys.get(&id), self.calls.get(&id)) else { return };
        // Whom we called hangs up as a caller does.
        let by = if journey.attempt.is_some() && by == Party::Operator { Party::Caller } else { by };
        let cause = match by {
            Party::Caller => cause_of_leaving(journey, call),
            Party::Operator | Party::Engine | Party::Trunk => TerminalCause::TrunkLost,
        };
        self.end(id, cause, by, now);
    }

    /// The flow came to its end: we hang up.
    pub(crate) fn flow_over(&mut self, id: JourneyId, now: Now) {
        let (Some(journey), Some(call)) = (self.state.journeys.get(&id), self.calls.get(&id)) else { return };
        // Closed is closed, whether or not a call was wanted and could be promised.
        let otherwise = if came_closed(call) { TerminalCause::Closed } else { TerminalCause::FlowEnded };
        let (cause, leg) = (promised(journey, call).unwrap_or(otherwise), journey.leg);
        self.end(id, cause, Party::Engine, now);
        self.command(Command::HangUp { leg, reason: HangUpReason::Done });
    }

    /// Writes the one terminal cause and lets everyone in the call go. The caller's own leg is the business of whoever calls this.
    pub(crate) fn end(&mut self, id: JourneyId, cause: TerminalCause, by: Party, now: Now) {
        self.withdraw_offer_of(id, withdrawal(cause), now);
        self.close_consult(id, cause.reason(), now);
        let wrap_up = self.queue_of(id).map(|queue| queue.wrap_up).unwrap_or_default();
        let Some(journey) = self.state.journeys.get(&id) else { return };
        let (talk, leg) = (journey.talk().cloned(), journey.leg);
        let dialled = if let Stage::Dialled { leg } = journey.stage { Some(leg) } else { None };
        let waits = journey.calling().and(journey.attempt.as_ref()).map(|attempt| attempt.operator.clone());
        let ring_back = self.calls.get(&id).and_then(|call| call.ring_back);
        self.end_declined(id, now);
        self.emit(Event::Ended { journey: id, cause, by }, now);
        self.forget(id);
        self.retire(leg);
        if let Some(leg) = dialled {
            self.retire(leg);
            self.command(Command::HangUp { leg, reason: HangUpReason::OtherLeft });
        }
        if let Some(talk) = talk {
            self.after_talk(id, &talk, cause, wrap_up, now);
        }
        if let Some(operator) = waits {
            self.after_calling(id, &operator, wrap_up, now);
        }
        if let Some(attempt) = ring_back {
            self.ring_back_lost(attempt, now);
        }
    }

    pub(crate) fn forget(&mut self, id: JourneyId) {
        self.calls.remove(&id);
        self.attempts.remove(&id);
        for timer in Timer::of_journey(id) {
            self.timers.cancel(&timer);
        }
    }

    /// A leg of a journey has no more to do; only its meter is still awaited.
    pub(crate) fn retire(&mut self, leg: LegId) {
        if let Some((journey, role)) = self.legs.remove(&leg).and_then(LegUse::role) {
            self.retired.push(leg, journey, role);
        }
    }

    pub(crate) fn talk_of(&self, id: JourneyId) -> Option<&Talk> {
        self.state.journeys.get(&id).and_then(Journey::talk)
    }
}

/// Why a caller who hangs up goes, by where they stood.
fn cause_of_leaving(journey: &Journey, call: &Call) -> TerminalCause {
    match &journey.stage {
        Stage::Arriving => TerminalCause::Cancelled,
        Stage::InFlow { .. } => promised(journey, call).unwrap_or(match call.left_line {
            true => TerminalCause::Abandoned,
            false => TerminalCause::LeftInMenu,
        }),
        Stage::Waiting | Stage::Ringing(_) => TerminalCause::Abandoned,
        Stage::Talking(talk) => ended_talk(talk),
        Stage::Calling(_) => TerminalCause::NotReached,
        Stage::Dialled { .. } if matches!(call.doing, Doing::Transferring { .. }) => TerminalCause::Conversed,
        Stage::Dialled { .. } => TerminalCause::FlowEnded,
    }
}

pub(crate) fn ended_talk(talk: &Talk) -> TerminalCause {
    if talk.conversing { TerminalCause::Conversed } else { TerminalCause::NoAudio }
}

/// What hearing the promise makes of the end of a flow.
fn promised(journey: &Journey, call: &Call) -> Option<TerminalCause> {
    let cause = if came_closed(call) { TerminalCause::Closed } else { TerminalCause::PromisedCallback };
    journey.promised.then_some(cause)
}

fn came_closed(call: &Call) -> bool {
    call.closed && !call.left_line
}

fn withdrawal(cause: TerminalCause) -> OfferOutcome {
    let why = match cause {
        TerminalCause::EngineLost => WithdrawReason::EngineLost,
        TerminalCause::EngineStopped => WithdrawReason::Stopping,
        TerminalCause::Cancelled
        | TerminalCause::LeftInMenu
        | TerminalCause::Abandoned
        | TerminalCause::Closed
        | TerminalCause::Conversed
        | TerminalCause::NoAudio
        | TerminalCause::PromisedCallback
        | TerminalCause::FlowEnded
        | TerminalCause::Incompatible
        | TerminalCause::Overload
        | TerminalCause::TrunkLost
        | TerminalCause::NotReached
        | TerminalCause::RangBack
        | TerminalCause::CalledOff
        | TerminalCause::DeskLost
        | TerminalCause::CarrierOnly => WithdrawReason::CallerLeft,
    };
    OfferOutcome::Withdrawn { why }
}
