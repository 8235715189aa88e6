use base::{JourneyId, ObligationId, OperatorId, PersonId, Timestamp};

use super::{Journey, Obligation, RingingOffer, State};
use crate::{Caller, Contact, Event, HoldList, Language, NumberFlag, OfferOutcome, Part, Reason, TerminalCause};

/// What is known for calling someone back, and what was tried. Folded from their journeys; the last one's word counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callback {
    /// Who called, by the last journey.
    pub caller: Option<Caller>,
    /// Where else they can be reached, keyed in.
    pub contact: Option<Contact>,
    /// Whether they want to be called, by their own key.
    pub wanted: Option<bool>,
    /// They heard to the end that they will be called.
    pub notified: bool,
    /// When, by their own key.
    pub part: Option<Part>,
    /// What they speak,
    pub language: Option<Language>,
    /// called about,
    pub topic: Option<String>,
    /// and where they called.
    pub service: String,
    /// Where they stood in line.
    pub queue: Option<String>,
    /// Pressed 9.
    pub danger: bool,
    /// Cut off by engine, trunk or desk, and from whom.
    pub cut_off: bool,
    /// With whom they spoke last.
    pub prefer: Option<OperatorId>,
    /// When it is offered by itself.
    pub plan: Option<Plan>,
    /// The list that it stands on, and why.
    pub held: Option<(HoldList, Reason)>,
    /// Who wants it next.
    pub claimed: Option<OperatorId>,
    /// The time that they were told.
    pub promise: Option<Timestamp>,
    /// Rung for at an operator.
    pub offer: Option<RingingOffer>,
    /// Under way.
    pub attempt: Option<JourneyId>,
    /// Those that are over, oldest first.
    pub tried: Vec<Tried>,
}

/// A place in line that begins at `due`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// From then on it is offered.
    pub due: Timestamp,
    /// The lower goes first.
    pub priority: u8,
    /// Then the older.
    pub since: Timestamp,
    /// Why then.
    pub reason: Reason,
}

/// An attempt that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Which.
    pub attempt: JourneyId,
    /// When it was opened.
    pub at: Timestamp,
    /// By whom.
    pub operator: OperatorId,
    /// How it ended.
    pub cause: TerminalCause,
    /// It rang 15 s or was answered: it counts (rule 10).
    pub counts: bool,
    /// What came of it: the operator's word, else what the line told.
    pub result: Option<Reason>,
}

impl Callback {
    /// What a journey of theirs told, at its end.
    pub(super) fn learn(&mut self, journey: &Journey, cause: TerminalCause) {
        self.caller = Some(journey.caller.clone());
        self.service.clone_from(&journey.service);
        self.danger |= journey.danger;
        self.cut_off |= cause.is_cut_off();
        self.notified |= journey.promised;
        let prefer = journey.talk().map(|talk| talk.operator.clone());
        keep(&mut self.prefer, prefer);
        keep(&mut self.contact, journey.contact.clone());
        keep(&mut self.wanted, journey.wanted);
        keep(&mut self.part, journey.part);
        keep(&mut self.language, journey.language.clone());
        keep(&mut self.topic, journey.topic.clone());
        keep(&mut self.queue, journey.line.as_ref().map(|line| line.queue.clone()));
    }

    fn offer_ended(&mut self, offer: base::OfferId, outcome: OfferOutcome) {
        if self.offer.as_ref().is_some_and(|ringing| ringing.offer == offer) {
            self.offer = None;
        }
        if outcome == OfferOutcome::Accepted {
            self.claimed = None;
        }
    }
}

fn keep<T>(place: &mut Option<T>, newer: Option<T>) {
    if newer.is_some() {
        *place = newer;
    }
}

impl State {
    /// Folds what concerns callbacks.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the fold of all events, an arm for each, leads only these here"
    )]
    pub(super) fn fold_callback(&mut self, event: &Event, utc: Timestamp) {
        match event {
            Event::CallbackWanted { journey, wanted } => {
                self.journey(*journey, |journey| journey.wanted = Some(*wanted))
            }
            Event::PartWanted { journey, part } => self.journey(*journey, |journey| journey.part = Some(*part)),
            Event::ContactGiven { journey, contact } => {
                self.journey(*journey, |journey| journey.contact = Some(contact.clone()));
            }
            Event::PromiseMade { obligation, by, .. } => self.callback(*obligation, |it| it.promise = Some(*by)),
            Event::PromiseSettled { obligation, .. } => self.callback(*obligation, |it| it.promise = None),
            Event::CallbackPlanned { obligation, due, priority, since, reason } => {
                let plan = Plan { due: *due, priority: *priority, since: *since, reason: reason.clone() };
                self.callback(*obligation, |it| (it.plan, it.held) = (Some(plan), None));
            }
            Event::CallbackHeld { obligation, list, reason, .. } => {
                let held = Some((*list, reason.clone()));
                self.callback(*obligation, |it| (it.plan, it.held) = (None, held));
            }
            Event::CallbackClaimed { obligation, operator } => {
                self.callback(*obligation, |it| it.claimed = Some(operator.clone()));
            }
            Event::CallbackOffered { offer, obligation, operator, until } => {
                let ringing = RingingOffer { offer: *offer, operator: operator.clone(), leg: None, until: *until };
                self.callback(*obligation, |it| it.offer = Some(ringing));
            }
            Event::CallbackOfferEnded { offer, obligation, outcome, .. } => {
                self.callback(*obligation, |it| it.offer_ended(*offer, *outcome));
            }
            Event::AttemptOpened { attempt, obligation, .. } => {
                self.journeys.extend(Journey::begun(event, utc).map(|begun| (*attempt, begun)));
                self.callback(*obligation, |it| it.attempt = Some(*attempt));
            }
            Event::AttemptDialled { attempt, leg, trunk, .. } => self.dialled(*attempt, *leg, trunk, utc),
            Event::AttemptRinging { attempt, leg } => self.journey(*attempt, |journey| journey.rings(*leg, utc)),
            Event::AttemptFailed { attempt, reason, .. } => {
                self.journey(*attempt, |journey| journey.dial_failed(reason))
            }
            Event::NumberFlagged { person, flag, on, until, .. } => self.flag(*person, *flag, *on, *until),
            _ => {}
        }
    }

    fn dialled(&mut self, attempt: JourneyId, leg: base::LegId, trunk: &str, utc: Timestamp) {
        self.journey(attempt, |journey| journey.dials(leg, trunk, utc));
    }

    fn flag(&mut self, person: PersonId, flag: NumberFlag, on: bool, until: Option<Timestamp>) {
        match flag {
            NumberFlag::Shared if on => self.number_shared(person),
            NumberFlag::Shared => {
                self.shared.remove(&person);
            }
            NumberFlag::DoNotCall | NumberFlag::Blocked if on => {
                self.flags.insert((person, flag), until);
            }
            NumberFlag::DoNotCall | NumberFlag::Blocked => {
                self.flags.remove(&(person, flag));
            }
        }
    }

    /// An attempt ended: it is remembered with what it was for.
    pub(super) fn attempt_over(&mut self, id: JourneyId, journey: &Journey, cause: TerminalCause) {
        let Some(attempt) = &journey.attempt else { return };
        let answered = journey.talk().is_some();
        let tried = Tried {
            attempt: id,
            at: journey.opened,
            operator: attempt.operator.clone(),
            cause,
            counts: answered || attempt.rang.is_some(),
            result: attempt.failed.clone(),
        };
        self.callback(attempt.obligation, |it| {
            it.attempt = None;
            it.tried.push(tried);
        });
    }

    pub(super) fn callback(&mut self, id: ObligationId, change: impl FnOnce(&mut Callback)) {
        self.obligation(id, |owed: &mut Obligation| change(&mut owed.callback));
    }
}
