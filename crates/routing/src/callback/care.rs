//! Looks after what is owed: whatever changes is looked at once, after the input, and planned, held, put in line or taken out of it. What
//! nobody speaks with, dials or phones for stands on a plan or on a list; nothing is forgotten, and nothing is scanned.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base::{JourneyId, Mono, Now, ObligationId, OperatorId, PersonId, Timestamp};

use super::bars::{Bar, Case};
use super::line::{CallbackLine, Needs, Standing};
use super::plan::Verdict;
use crate::state::{Account, Obligation, Owed, Plan};
use crate::switchboard::{Switchboard, Timer};
use crate::{
    Alarm, Event, HoldList, Language, NumberFlag, OfferOutcome, OperatorState, Priority, Queue, Reason, Skill,
    WithdrawReason,
};

/// A step of the wall clock that is no drift.
const JUMP: Duration = Duration::from_secs(1);

/// What is known of callbacks in this run only.
#[derive(Debug, Default)]
pub(crate) struct CallbackRun {
    /// Due, and not rung for.
    pub(crate) line: CallbackLine,
    /// Changed since it was looked at.
    pub(super) changed: BTreeSet<ObligationId>,
    /// Who missed or declined it: not asked again until ready anew, or until this moment when nobody else fits (rule 13).
    pub(crate) skips: BTreeMap<ObligationId, BTreeMap<OperatorId, Mono>>,
    /// Somebody was told that no trunk takes calls of ours.
    pub(crate) alarmed_trunk: bool,
    /// Somebody was told that it is due for long.
    overdue: BTreeSet<ObligationId>,
    /// Where mono and UTC stood to each other.
    clocks: Option<i128>,
}

impl CallbackRun {
    pub(crate) fn has_changes(&self) -> bool {
        !self.changed.is_empty()
    }
}

impl Switchboard {
    /// What an event changes is looked at again.
    #[expect(clippy::wildcard_enum_match_arm, reason = "of all events these alone concern what is owed")]
    pub(crate) fn note_change(&mut self, event: &Event) {
        match event {
            Event::ObligationOpened { obligation, .. }
            | Event::ObligationJoined { obligation, .. }
            | Event::ObligationInHand { obligation, .. }
            | Event::ObligationReopened { obligation, .. }
            | Event::ObligationDischarged { obligation, .. }
            | Event::CallbackPlanned { obligation, .. }
            | Event::CallbackHeld { obligation, .. }
            | Event::CallbackClaimed { obligation, .. }
            | Event::CallbackOffered { obligation, .. }
            | Event::CallbackOfferEnded { obligation, .. }
            | Event::PromiseMade { obligation, .. }
            | Event::PromiseSettled { obligation, .. } => self.mark_changed(Some(*obligation)),
            Event::Ended { journey, .. } => {
                let ended = self.state.journeys.get(journey);
                let (owed, number) = (ended.and_then(|it| it.obligation), ended.and_then(|it| it.caller.person));
                self.mark_changed(owed);
                number.into_iter().for_each(|number| self.mark_person(number));
            }
            // Nobody is rung for whoever is on the line.
            Event::JourneyOpened { caller, .. } | Event::AttemptOpened { caller, .. } => {
                caller.person.into_iter().for_each(|number| self.mark_person(number));
            }
            // It may be what a promise waited for.
            Event::AttemptCounted { attempt: journey }
            | Event::Answered { journey, .. }
            | Event::Conversing { journey, .. } => self.mark_changed(self.state.owed_for(*journey)),
            Event::OutcomeGiven { operator, .. } => {
                let after = self.state.operators.get(operator).and_then(|operator| operator.after.as_ref());
                let owed = after.and_then(|after| after.attempt.as_ref()).map(|attempt| attempt.obligation);
                self.mark_changed(owed);
            }
            // Whether anybody speaks a language.
            Event::UserAdded { .. } | Event::UserDisabled { .. } => self.mark_all_changed(),
            Event::NumberShared { person } | Event::NumberFlagged { person, .. } => self.mark_person(*person),
            _ => {}
        }
    }

    fn mark_changed(&mut self, obligation: Option<ObligationId>) {
        self.callbacks.changed.extend(obligation);
    }

    fn mark_person(&mut self, person: PersonId) {
        self.callbacks.changed.extend(self.state.owed_about(person).map(|(id, _)| id));
    }

    /// All of it: at a start, with new settings, after a step of the wall clock.
    pub(crate) fn mark_all_changed(&mut self) {
        self.callbacks.changed.extend(self.state.obligations.keys());
    }

    /// Looks at whatever changed.
    pub(crate) fn look_after_callbacks(&mut self, now: Now) {
        self.watch_clocks(now);
        if self.settings.is_none() || self.is_stopped() {
            // A start looks at all of it.
            return self.callbacks.changed.clear();
        }
        while let Some(id) = self.callbacks.changed.pop_first() {
            self.look_after(id, now);
        }
    }

    /// Times of day run on timers of the monotonic clock: a step of the wall clock sets them anew.
    fn watch_clocks(&mut self, now: Now) {
        let apart = now.utc.as_nanosecond() - i128::try_from(now.mono.0.as_nanos()).unwrap_or(i128::MAX);
        let before = self.callbacks.clocks.replace(apart);
        let jump = i128::try_from(JUMP.as_nanos()).unwrap_or(i128::MAX);
        if before.is_some_and(|before| before.abs_diff(apart) > jump.unsigned_abs()) {
            self.mark_all_changed();
        }
    }

    fn look_after(&mut self, id: ObligationId, now: Now) {
        self.watch_promise(id, now);
        let Some(owed) = self.state.obligations.get(&id) else { return self.closed(id) };
        if !at_rest(owed) {
            return self.stand_aside(id, now);
        }
        let (plan, held) = (owed.callback.plan.clone(), owed.callback.held.clone());
        match (plan, held) {
            (Some(plan), _) => self.keep_plan(id, &plan, now),
            (None, Some((list, reason))) => self.keep_held(id, list, &reason, now),
            (None, None) => self.decide_callback(id, now),
        }
    }

    /// What is closed leaves nothing behind.
    fn closed(&mut self, id: ObligationId) {
        self.callbacks.line.leave(id);
        self.callbacks.skips.remove(&id);
        self.callbacks.overdue.remove(&id);
        for timer in [Timer::Callback(id), Timer::CallbackRetry(id), Timer::Promise(id)] {
            self.timers.cancel(&timer);
        }
    }

    /// They phone us, are spoken with or dialled: nobody is rung for them.
    fn stand_aside(&mut self, id: ObligationId, now: Now) {
        self.callbacks.line.leave(id);
        self.timers.cancel(&Timer::Callback(id));
        self.withdraw_callback(id, WithdrawReason::PhonedIn, now);
    }

    fn keep_plan(&mut self, id: ObligationId, plan: &Plan, now: Now) {
        let firm = self.case(id).and_then(|case| case.firm_bar(now.utc));
        if let Some(bar) = firm {
            return self.hold_callback(id, bar, now);
        }
        if plan.until <= now.utc {
            return self.decide_callback(id, now);
        }
        if self.case(id).is_some_and(|case| case.is_on_the_line()) {
            return self.stand_aside(id, now);
        }
        self.wake_for(id, plan, now);
        let rung = self.state.obligations.get(&id).is_some_and(|owed| owed.callback.offer.is_some());
        if rung || plan.due > now.utc {
            return self.callbacks.line.leave(id);
        }
        if let Some((needs, standing)) = self.needs_of(id, plan, now) {
            self.callbacks.line.stand(id, needs, standing);
        }
        self.watch_overdue(id, plan, now);
    }

    /// The next moment at which its place changes.
    fn wake_for(&mut self, id: ObligationId, plan: &Plan, now: Now) {
        let Some(settings) = &self.settings else { return };
        let callbacks = &settings.callbacks;
        let promise = self.state.obligations.get(&id).and_then(|owed| owed.callback.promise);
        let soon = promise.map(|by| by - super::bars::signed(callbacks.promise_soon));
        let later = |span: Duration| plan.due + super::bars::signed(span);
        let moments = [
            Some(plan.due),
            soon,
            Some(later(callbacks.ages_after)),
            Some(later(callbacks.overdue_after)),
            Some(plan.until),
        ];
        if let Some(next) = moments.into_iter().flatten().filter(|at| *at > now.utc).min() {
            self.timers.set(Timer::Callback(id), mono_at(next, now));
        }
    }

    /// A supervisor hears of what is due for long.
    fn watch_overdue(&mut self, id: ObligationId, plan: &Plan, now: Now) {
        let Some(settings) = &self.settings else { return };
        let overdue = plan.due + super::bars::signed(settings.callbacks.overdue_after);
        if now.utc >= overdue && self.callbacks.overdue.insert(id) {
            self.alarm(Alarm::CallbackOverdue { obligation: id });
        }
    }

    /// A mark that was taken away frees what it held.
    fn keep_held(&mut self, id: ObligationId, list: HoldList, reason: &Reason, now: Now) {
        self.callbacks.line.leave(id);
        self.withdraw_callback(id, WithdrawReason::Replanned, now);
        let bar = self.case(id).and_then(|case| case.firm_bar(now.utc));
        let marked = bar.as_ref().is_some_and(|bar| bar.list == HoldList::DoNotCall);
        match (list, marked) {
            (HoldList::DoNotCall, false) => self.decide_callback(id, now),
            (HoldList::Review | HoldList::Supervisor, true) => {
                if let Some(bar) = bar.filter(|bar| bar.reason != *reason) {
                    self.hold_callback(id, bar, now);
                }
            }
            (HoldList::DoNotCall, true) | (HoldList::Review | HoldList::Supervisor, false) => {}
        }
    }

    fn decide_callback(&mut self, id: ObligationId, now: Now) {
        let Some(verdict) = self.case(id).map(|case| case.verdict(now.utc)) else { return };
        match verdict {
            Verdict::Plan(plan) => self.plan_callback(id, plan, now),
            Verdict::Hold(list, reason) => self.hold_callback(id, Bar { list, reason, firm: false }, now),
            Verdict::Decline => self.discharge(id, Reason::new("caller_declined"), None, now),
        }
    }

    pub(super) fn plan_callback(&mut self, id: ObligationId, plan: Plan, now: Now) {
        self.withdraw_callback(id, WithdrawReason::Replanned, now);
        let Plan { due, until, priority, since, reason } = plan;
        self.emit(Event::CallbackPlanned { obligation: id, due, until, priority, since, reason }, now);
    }

    fn hold_callback(&mut self, id: ObligationId, bar: Bar, now: Now) {
        self.withdraw_callback(id, WithdrawReason::Replanned, now);
        if bar.reason == Reason::new("exhausted") {
            self.alarm(Alarm::CallbackExhausted { obligation: id });
        }
        self.emit(Event::CallbackHeld { obligation: id, list: bar.list, reason: bar.reason, by: None }, now);
    }

    pub(super) fn case(&self, id: ObligationId) -> Option<Case<'_>> {
        Some(Case { owed: self.state.obligations.get(&id)?, state: &self.state, settings: self.settings.as_deref()? })
    }

    /// What an operator needs to take it, and how it stands among the others.
    fn needs_of(&self, id: ObligationId, plan: &Plan, now: Now) -> Option<(Needs, Standing)> {
        let settings = self.settings.as_deref()?;
        let callback = &self.state.obligations.get(&id)?.callback;
        let (priority, since) = callback.standing(now.utc, settings.callbacks.promise_soon)?;
        let aged = now.utc >= plan.due + super::bars::signed(settings.callbacks.ages_after);
        let queue = self.queue_for(id)?;
        let language = self.callback_language(id);
        let asked = settings.queues.get(&queue).map(|asked| self.callback_needs(asked, &language, aged));
        let mut skills = asked.unwrap_or_else(|| vec![Skill::language(&language)]);
        let on_shift = |by: &OperatorId| !matches!(self.operator_state(by), OperatorState::Offline);
        let only = callback.claimed.clone().filter(on_shift);
        if only.is_some() {
            // Whoever wants it saw the language that it is in.
            skills.retain(Skill::is_queue);
        }
        let fresh = !(aged && priority >= Priority::CALLBACK);
        Some((Needs { queue, skills, only }, Standing { priority, fresh, since }))
    }

    /// What an operator needs to call somebody back. A callback waits for whoever works here and speaks its language, however long they are
    /// away; one in a language that nobody here speaks is anybody's, where callers are, too.
    pub(super) fn callback_needs(&self, asked: &Queue, language: &Language, aged: bool) -> Vec<Skill> {
        let speaks =
            |account: &Account| account.user.skills.iter().any(|own| *own.name() == *Skill::language(language).0);
        let spoken = self.state.accounts.values().filter(|account| account.works()).any(speaks);
        let needs = asked.needs(language, None);
        asked.needs_at_last(&needs, |step| if step.gives_language_up() { !spoken } else { aged })
    }

    /// The line whose operators call them: where they stood, else the one that their service leads to.
    pub(super) fn queue_for(&self, id: ObligationId) -> Option<String> {
        let settings = self.settings.as_deref()?;
        let callback = &self.state.obligations.get(&id)?.callback;
        let stood = callback.queue.clone().filter(|queue| settings.queues.contains_key(queue));
        let of_service = || {
            let service = settings.services.get(&callback.service)?;
            settings.flows.get(&service.flow)?.queue.clone()
        };
        stood.or_else(of_service).or_else(|| settings.queues.keys().next().cloned())
    }

    pub(super) fn callback_language(&self, id: ObligationId) -> Language {
        let callback = self.state.obligations.get(&id).map(|owed| &owed.callback);
        let spoken = callback.and_then(|callback| callback.language.clone());
        let of_service = || {
            let service = self.settings.as_deref()?.services.get(&callback?.service)?;
            Some(service.language.clone())
        };
        spoken.or_else(of_service).unwrap_or_else(|| Language(String::new()))
    }

    /// Its place may have changed.
    pub(crate) fn callback_moves(&mut self, id: ObligationId) {
        self.mark_changed(Some(id));
    }

    /// Claims hold only while their operator is on shift.
    pub(crate) fn claims_change(&mut self, operator: &OperatorId) {
        let claimed = |owed: &Obligation| owed.callback.claimed.as_ref() == Some(operator);
        let theirs = self.state.obligations.iter().filter(|(_, owed)| claimed(owed)).map(|(id, _)| *id);
        self.callbacks.changed.extend(theirs);
    }

    /// A caller whom we were about to call, or called a moment ago, resumes (rule 12): their standing among live callers.
    pub(crate) fn was_due(&self, id: JourneyId, now: Now) -> Option<(u8, Timestamp)> {
        let settings = self.settings.as_deref()?;
        let owed = self.state.obligations.get(&self.state.journeys.get(&id)?.obligation?)?;
        let plan = owed.callback.plan.as_ref().filter(|plan| plan.due <= now.utc);
        let resume = super::bars::signed(settings.limits.resume);
        let tried = owed.callback.tried.last().filter(|tried| now.utc.duration_since(tried.ended) < resume);
        let since = plan.map(|plan| plan.since).or(tried.map(|_| now.utc))?;
        Some((Priority::RESUMED, since))
    }

    /// Whether a number is blocked now: its calls hear the crisis words (rule 3).
    pub(crate) fn is_blocked(&self, person: Option<PersonId>, at: Timestamp) -> bool {
        let alone = person.filter(|person| !self.state.shared.contains(person));
        alone.is_some_and(|person| self.state.is_flagged(person, NumberFlag::Blocked, at))
    }

    pub(super) fn withdraw_callback(&mut self, id: ObligationId, why: WithdrawReason, now: Now) {
        let offer = self.state.obligations.get(&id).and_then(|owed| owed.callback.offer.as_ref());
        let Some(offer) = offer.map(|ringing| ringing.offer) else { return };
        if let Some((_, operator)) = self.end_offer(offer, OfferOutcome::Withdrawn { why }, now) {
            self.ready_again(&operator, Reason::new("withdrawn"), now);
        }
    }
}

/// Nobody speaks with them, dials them or is phoned by them.
fn at_rest(owed: &Obligation) -> bool {
    owed.owed == Owed::Open && owed.under_way.is_empty() && owed.callback.attempt.is_none()
}

/// The moment of the monotonic clock at which the wall clock will show `at`.
pub(super) fn mono_at(at: Timestamp, now: Now) -> Mono {
    let ahead = Duration::try_from(at.duration_since(now.utc)).unwrap_or_default();
    now.mono + ahead
}

/// The obligation that an attempt is for.
pub(super) fn attempt_of(state: &crate::state::State, id: JourneyId) -> Option<&crate::state::Attempt> {
    state.journeys.get(&id).and_then(|journey| journey.attempt.as_ref())
}
