use std::collections::BTreeSet;

use base::{JourneyId, ObligationId, OfferId, OperatorId, PersonId, Timestamp};

use super::{Journey, Obligation, RingingOffer, State};
use crate::{
    Caller, Contact, Event, HoldList, Language, NumberFlag, ObligationKind, OfferOutcome, Outcome, Part, Priority,
    Reason, TerminalCause,
};

/// What is known for calling someone back, and what was tried. Folded from their journeys; the last one's word counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callback {
    /// Who called, by the last journey.
    pub caller: Option<Caller>,
    /// Where else they can be reached, keyed in.
    pub contact: Option<Contact>,
    /// Whether they want to be called, by their own key.
    pub wanted: Option<bool>,
    /// In which of their journeys they said so.
    pub wanted_in: Option<JourneyId>,
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
    /// The place that they keep without being on the line (Q4): its priority, and since when.
    pub place: Option<(u8, Timestamp)>,
    /// Pressed 9.
    pub danger: bool,
    /// Cut off by engine, trunk or desk, and from whom.
    pub cut_off: bool,
    /// They were cut off in the middle of a conversation.
    pub cut_in_talk: bool,
    /// With whom they spoke last.
    pub prefer: Option<OperatorId>,
    /// They phoned since the last attempt began.
    pub phoned: bool,
    /// When it is offered by itself.
    pub plan: Option<Plan>,
    /// The list that it stands on, and why.
    pub held: Option<(HoldList, Reason)>,
    /// It was noise; it stays under review until they are heard, or a person plans it.
    pub reviewed: bool,
    /// Who wants it next.
    pub claimed: Option<OperatorId>,
    /// The time that they were told; the earliest, where they were told several.
    pub promise: Option<Timestamp>,
    /// Later times that they were told.
    pub later_promises: BTreeSet<Timestamp>,
    /// Since they were told one: the first attempt that counts, or conversation.
    pub made: Option<Timestamp>,
    /// A promise was not kept, and no attempt was made since.
    pub late: bool,
    /// Rung for at an operator.
    pub offer: Option<RingingOffer>,
    /// Under way.
    pub attempt: Option<JourneyId>,
    /// Those that are over, oldest first.
    pub tried: Vec<Tried>,
    /// A number that was keyed in has rung: it is not dialled again (rule 7), though what it rang for be closed and owed anew meanwhile.
    pub given_rang: bool,
}

/// A place in line that begins at `due`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// From then on it is offered,
    pub due: Timestamp,
    /// and from then on it is not, and planned anew.
    pub until: Timestamp,
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
    /// When it was opened,
    pub at: Timestamp,
    /// and when it was over.
    pub ended: Timestamp,
    /// By whom.
    pub operator: OperatorId,
    /// How it ended.
    pub cause: TerminalCause,
    /// Something was dialled that the carrier took: caps count it (rule 8).
    pub dialled: bool,
    /// A number that was keyed in.
    pub given: bool,
    /// It rang 15 s or was answered: it counts (rule 10).
    pub counts: bool,
    /// What came of it: the operator's word, else what the line told.
    pub result: Option<Reason>,
}

impl Tried {
    /// By engine, trunk or desk, for all that we know: an operator's word that it was nobody, or not them, says more.
    pub fn is_cut_off(&self) -> bool {
        let missed = [Outcome::Busy, Outcome::NoAnswer, Outcome::Off, Outcome::Machine, Outcome::OtherPerson];
        self.cause.is_cut_off() && !missed.iter().any(|missed| self.result == Some(missed.reason()))
    }
}

impl Callback {
    /// What a journey of theirs told, at its end.
    pub(super) fn learn(&mut self, id: JourneyId, journey: &Journey, cause: TerminalCause) {
        let talk = journey.talk();
        self.caller = Some(journey.caller.clone());
        self.service.clone_from(&journey.service);
        self.phoned = true;
        self.danger |= journey.danger;
        self.cut_off |= cause.is_cut_off();
        self.cut_in_talk |= cause.is_cut_off() && talk.is_some_and(|talk| talk.conversing);
        self.notified |= journey.promised;
        self.reviewed &= !journey.promised;
        keep(&mut self.prefer, talk.map(|talk| talk.operator.clone()));
        keep(&mut self.contact, journey.contact.clone());
        keep(&mut self.wanted, journey.wanted);
        keep(&mut self.wanted_in, journey.wanted.map(|_| id));
        keep(&mut self.part, journey.part);
        keep(&mut self.language, journey.language.clone());
        keep(&mut self.topic, journey.topic.clone());
        let line = journey.line.as_ref();
        keep(&mut self.queue, line.map(|line| line.queue.clone()));
        let keeps = journey.wanted == Some(true) && journey.part.is_none() && talk.is_none();
        let place = line.filter(|_| keeps).map(|line| (line.priority.min(Priority::LIVE), line.since));
        keep(&mut self.place, place);
        self.plan_anew();
    }

    /// What another obligation to the same caller begins with: all that they told, and what was tried.
    pub(super) fn carried(&self) -> Callback {
        Callback {
            plan: None,
            held: None,
            claimed: None,
            promise: None,
            later_promises: BTreeSet::new(),
            made: None,
            offer: None,
            attempt: None,
            ..self.clone()
        }
    }

    /// What was planned is decided anew: something was learnt.
    pub(super) fn plan_anew(&mut self) {
        (self.plan, self.held) = (None, None);
    }

    fn promised(&mut self, by: Timestamp) {
        self.made = None;
        self.later_promises.insert(by);
        self.later_promises.extend(self.promise.take());
        self.promise = self.later_promises.pop_first();
    }

    fn promise_settled(&mut self, by: Timestamp, kept: bool) {
        self.late |= !kept && self.made.is_none();
        self.later_promises.remove(&by);
        if self.promise == Some(by) {
            self.promise = self.later_promises.pop_first();
        }
    }

    /// They were rung for long enough, or answered.
    fn counted(&mut self, utc: Timestamp) {
        (self.late, self.place) = (false, None);
        self.reached(utc);
    }

    /// Whatever they were promised, it is settled by this moment.
    fn reached(&mut self, utc: Timestamp) {
        if self.promise.is_some() {
            self.made.get_or_insert(utc);
        }
    }

    /// `talked`: packets were seen from both.
    fn attempt_over(&mut self, tried: Tried, talked: bool) {
        self.attempt = None;
        let cut_off = tried.is_cut_off();
        if tried.counts {
            (self.cut_off, self.cut_in_talk) = (cut_off, cut_off && talked);
        }
        if cut_off {
            self.cut_off = true;
            self.prefer = Some(tried.operator.clone());
        }
        if tried.dialled {
            self.place = None;
        }
        self.tried.push(tried);
        self.plan_anew();
    }

    fn outcome_given(&mut self, journey: JourneyId, outcome: Outcome) {
        let Some(tried) = self.tried.last_mut().filter(|tried| tried.attempt == journey) else { return };
        let cut_off = tried.is_cut_off();
        tried.result = Some(outcome.reason());
        if cut_off && !tried.is_cut_off() {
            (self.cut_off, self.cut_in_talk) = (false, false);
        }
        self.plan_anew();
    }

    /// How it stands in line at a moment, by priority and then by age (rule 12); none: not planned.
    pub fn standing(&self, at: Timestamp, promise_soon: std::time::Duration) -> Option<(u8, Timestamp)> {
        let plan = self.plan.as_ref()?;
        let soon = self.promise.is_some_and(|by| by.duration_since(at) <= signed(promise_soon));
        let wanted_next = soon || self.late || self.claimed.is_some();
        let priority = if wanted_next { plan.priority.min(Priority::PROMISE_DUE) } else { plan.priority };
        Some((priority, plan.since))
    }
}

fn signed(span: std::time::Duration) -> jiff::SignedDuration {
    jiff::SignedDuration::try_from(span).unwrap_or(jiff::SignedDuration::MAX)
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
                self.journey(*journey, |journey| journey.wanted = Some(*wanted));
            }
            Event::PartWanted { journey, part } => self.journey(*journey, |journey| journey.part = Some(*part)),
            Event::ContactGiven { journey, contact } => {
                self.journey(*journey, |journey| journey.contact = Some(contact.clone()));
            }
            Event::PromiseMade { obligation, by, .. } => self.callback(*obligation, |it| it.promised(*by)),
            Event::PromiseSettled { obligation, by, kept } => {
                self.callback(*obligation, |it| it.promise_settled(*by, *kept));
            }
            Event::CallbackPlanned { obligation, due, until, priority, since, reason } => {
                let (due, until, since, reason) = (*due, *until, *since, reason.clone());
                let plan = Plan { due, until, priority: *priority, since, reason };
                self.callback(*obligation, |it| (it.plan, it.held, it.reviewed) = (Some(plan), None, false));
            }
            Event::CallbackHeld { obligation, list, reason, .. } => self.callback(*obligation, |it| {
                it.reviewed |= *list == HoldList::Review;
                (it.plan, it.held) = (None, Some((*list, reason.clone())));
            }),
            Event::CallbackClaimed { obligation, operator } => {
                self.callback(*obligation, |it| it.claimed = Some(operator.clone()));
            }
            Event::CallbackOffered { offer, obligation, operator, until } => {
                let ringing = RingingOffer { offer: *offer, operator: operator.clone(), leg: None, until: *until };
                self.callback(*obligation, |it| it.offer = Some(ringing));
                self.ringing.insert(*offer, *obligation);
                self.live_since_callback = 0;
            }
            Event::CallbackOfferEnded { offer, obligation, outcome, .. } => {
                self.callback_offer_ended(*offer, *obligation, *outcome);
            }
            Event::AttemptOpened { attempt, obligation, .. } => self.attempt_opened(event, *attempt, *obligation, utc),
            Event::AttemptDialled { attempt, leg, trunk, .. } => {
                self.journey(*attempt, |journey| journey.dials(*leg, trunk, utc));
            }
            Event::AttemptRinging { attempt, leg } => {
                self.journey(*attempt, |journey| journey.rings(*leg, utc));
                self.number_rings(*attempt);
            }
            Event::AttemptCounted { attempt } => self.attempt_counted(*attempt, utc),
            Event::AttemptFailed { attempt, reason, .. } => {
                self.journey(*attempt, |journey| journey.dial_failed(reason));
            }
            Event::SamePerson { obligation, journey, operator } => self.same_person(*obligation, *journey, operator),
            Event::NumberFlagged { person, flag, on, until, .. } => self.flag(*person, *flag, *on, *until),
            _ => {}
        }
    }

    fn callback_offer_ended(&mut self, offer: OfferId, obligation: ObligationId, outcome: OfferOutcome) {
        self.ringing.remove(&offer);
        self.callback(obligation, |it| {
            it.offer = None;
            if outcome == OfferOutcome::Accepted {
                it.claimed = None;
            }
        });
    }

    fn attempt_opened(&mut self, event: &Event, attempt: JourneyId, obligation: ObligationId, utc: Timestamp) {
        let owed_to = self.obligations.get(&obligation).and_then(|owed| owed.person);
        self.journeys.extend(Journey::begun(event, owed_to, utc).map(|begun| (attempt, begun)));
        self.callback(obligation, |it| (it.attempt, it.phoned) = (Some(attempt), false));
    }

    pub(super) fn attempt_counted(&mut self, id: JourneyId, utc: Timestamp) {
        let Some(attempt) = self.journeys.get_mut(&id).and_then(|journey| journey.attempt.as_mut()) else { return };
        attempt.counts = true;
        let obligation = attempt.obligation;
        self.number_rings(id);
        self.callback(obligation, |it| it.counted(utc));
    }

    fn number_rings(&mut self, id: JourneyId) {
        let attempt = self.journeys.get(&id).and_then(|journey| journey.attempt.as_ref());
        if let Some(obligation) = attempt.filter(|attempt| attempt.given).map(|attempt| attempt.obligation) {
            self.callback(obligation, |it| it.given_rang = true);
        }
    }

    /// They speak with somebody: what they were promised is kept, whoever called whom.
    pub(super) fn conversing(&mut self, id: JourneyId, utc: Timestamp) {
        if let Some(obligation) = self.owed_for(id) {
            self.callback(obligation, |it| it.reached(utc));
        }
    }

    /// What a journey is for: what an attempt was begun for, else what it is owed by.
    pub(crate) fn owed_for(&self, id: JourneyId) -> Option<ObligationId> {
        let journey = self.journeys.get(&id)?;
        journey.attempt.as_ref().map(|attempt| attempt.obligation).or(journey.obligation)
    }

    fn same_person(&mut self, obligation: ObligationId, journey: JourneyId, operator: &OperatorId) {
        if let Some(under_way) = self.journeys.get_mut(&journey) {
            under_way.same.insert(obligation);
        } else if let Some(after) = &mut self.operator(operator).after {
            after.same.insert(obligation);
        }
    }

    fn flag(&mut self, person: PersonId, flag: NumberFlag, on: bool, until: Option<Timestamp>) {
        match flag {
            NumberFlag::Shared if on => self.number_shared(person),
            NumberFlag::Shared => self.one_persons_again(person),
            NumberFlag::DoNotCall | NumberFlag::Blocked if on => {
                self.flags.insert((person, flag), until);
            }
            NumberFlag::DoNotCall | NumberFlag::Blocked => {
                self.flags.remove(&(person, flag));
            }
        }
    }

    fn one_persons_again(&mut self, person: PersonId) {
        self.shared.remove(&person);
        let theirs = |owed: &Obligation| owed.person == Some(person) && owed.kind == ObligationKind::Reach;
        let open = self.owed_about(person).filter(|(_, owed)| theirs(owed)).map(|(id, _)| id).last();
        self.reach.extend(open.map(|id| (person, id)));
    }

    /// Whether a number is marked at a moment.
    pub(crate) fn is_flagged(&self, person: PersonId, flag: NumberFlag, at: Timestamp) -> bool {
        self.flags.get(&(person, flag)).is_some_and(|until| until.is_none_or(|until| at < until))
    }

    /// An attempt ended: it is remembered with what it was for.
    pub(super) fn attempt_over(&mut self, id: JourneyId, journey: &Journey, cause: TerminalCause, utc: Timestamp) {
        let Some(attempt) = &journey.attempt else { return };
        let outcome = journey.talk().and_then(|talk| talk.outcome).map(Outcome::reason);
        let tried = Tried {
            attempt: id,
            at: journey.opened,
            ended: utc,
            operator: attempt.operator.clone(),
            cause,
            dialled: attempt.is_dialled(),
            given: attempt.given,
            counts: attempt.counts,
            result: outcome.or_else(|| attempt.outcome().map(Outcome::reason)).or_else(|| attempt.failed.clone()),
        };
        if let Some(person) = journey.caller.person.filter(|_| tried.dialled) {
            self.dialled.entry(person).or_default().push(journey.opened);
        }
        let talked = journey.talk().is_some_and(|talk| talk.conversing);
        self.callback(attempt.obligation, |it| it.attempt_over(tried, talked));
    }

    pub(super) fn outcome_of_attempt(&mut self, journey: JourneyId, operator: &OperatorId, outcome: Outcome) {
        let after = self.operators.get(operator).and_then(|operator| operator.after.as_ref());
        let attempt = after.filter(|after| after.journey == journey).and_then(|after| after.attempt.as_ref());
        if let Some(obligation) = attempt.map(|attempt| attempt.obligation) {
            self.callback(obligation, |it| it.outcome_given(journey, outcome));
        }
    }

    /// They were spoken with: the caps of rule 8 begin anew.
    pub(super) fn spoken_with(&mut self, owed: &Obligation) {
        let caller = owed.callback.caller.as_ref().and_then(|caller| caller.person);
        for person in [owed.person, caller].into_iter().flatten() {
            self.dialled.remove(&person);
        }
    }

    pub(super) fn callback(&mut self, id: ObligationId, change: impl FnOnce(&mut Callback)) {
        let Some(owed) = self.obligations.get_mut(&id) else { return };
        let before = owed.callback.plan.as_ref().map(|plan| plan.due);
        change(&mut owed.callback);
        let after = owed.callback.plan.as_ref().map(|plan| plan.due);
        self.replan(id, before, after);
    }

    /// Keeps the plans by time.
    pub(super) fn replan(&mut self, id: ObligationId, before: Option<Timestamp>, after: Option<Timestamp>) {
        if before != after {
            before.map(|due| self.plans.remove(&(due, id)));
            self.plans.extend(after.map(|due| (due, id)));
        }
    }
}
