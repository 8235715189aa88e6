//! The worker phones while we dial them: ours is cancelled, and they join that operator at once (rule 9).

use base::{JourneyId, Now, OfferId, OperatorId};

use crate::switchboard::Switchboard;
use crate::{
    Caller, ChosenBy, Command, Event, HangUpReason, OperatorState, Party, Pick, PickRule, Priority, Reason, Skill,
    TerminalCause,
};

impl Switchboard {
    /// The attempt that dials this caller at this moment.
    pub(crate) fn dials_them(&self, caller: &Caller) -> Option<JourneyId> {
        let person = caller.person.filter(|person| !self.state.shared.contains(person))?;
        let dialled = |id: &&JourneyId| {
            let journey = self.state.journeys.get(id);
            journey.is_some_and(|journey| journey.calling().is_some() && journey.caller.person == Some(person))
        };
        self.attempts.iter().find(dialled).copied()
    }

    /// They are on their way in: our call to them ends at once, its operator waits on.
    pub(crate) fn stop_dialling(&mut self, attempt: JourneyId) {
        self.stop_attempt_timers(attempt);
        let Some(leg) = self.calls.get(&attempt).map(|call| call.leg) else { return };
        self.retire(leg);
        self.command(Command::HangUp { leg, reason: HangUpReason::Withdrawn });
    }

    /// They are in: the attempt is over, and they are with its operator. False: it was over already.
    pub(crate) fn join_ring_back(&mut self, id: JourneyId, attempt: JourneyId, now: Now) -> bool {
        let calling = self.state.journeys.get(&attempt).filter(|journey| journey.calling().is_some());
        let Some(kept) = calling.and_then(|journey| journey.attempt.clone()) else { return false };
        let Some(line) = self.calls.get_mut(&attempt).and_then(|call| call.line.take()) else { return false };
        let operator = kept.operator;
        self.end_rung_back(attempt, now);
        let owed = self.state.journeys.get(&id).and_then(|journey| journey.obligation);
        // Whoever answers at a number that was keyed in may be anybody: the operator says whether they are the same person (rules 5 and 7).
        if !kept.given && owed != Some(kept.obligation) {
            let (obligation, operator) = (kept.obligation, operator.clone());
            self.emit(Event::SamePerson { obligation, journey: id, operator }, now);
        }
        self.stand_with(id, &line.queue, now);
        if let Some(call) = self.calls.get_mut(&id) {
            call.line = Some(line);
        }
        let offer = self.ring_at_once(id, &operator, now);
        self.accepted(id, offer, operator, now);
        true
    }

    fn end_rung_back(&mut self, attempt: JourneyId, now: Now) {
        self.emit(Event::Ended { journey: attempt, cause: TerminalCause::RangBack, by: Party::Caller }, now);
        self.forget(attempt);
        let operator = self
            .state
            .operators
            .iter()
            .find(|(_, operator)| operator.after.as_ref().is_some_and(|after| after.journey == attempt));
        if let Some(operator) = operator.map(|(id, _)| id.clone()) {
            let outcome = None;
            self.emit(Event::WrappedUp { journey: attempt, operator, outcome }, now);
        }
    }

    fn stand_with(&mut self, id: JourneyId, queue: &str, now: Now) {
        let language = self.language(id);
        if self.state.journeys.get(&id).is_some_and(|journey| journey.language.is_none()) {
            self.emit(Event::LanguageChosen { journey: id, language: language.clone(), by: ChosenBy::Service }, now);
        }
        let skills = vec![Skill::language(&language)];
        let (queue, priority, since) = (queue.to_owned(), Priority::RESUMED, now.utc);
        self.emit(Event::Queued { journey: id, queue, skills, priority, since }, now);
    }

    fn ring_at_once(&mut self, id: JourneyId, operator: &OperatorId, now: Now) -> OfferId {
        let offer = self.mints.offer.mint();
        let pick = Some(Pick { rule: PickRule::RangBack, ready: 1, since: now.utc });
        let rung = operator.clone();
        self.emit(Event::Offered { offer, journey: id, operator: rung, leg: None, until: now.utc, pick }, now);
        self.change(operator, OperatorState::Offered { offer }, Reason::new("rang_back"), now);
        offer
    }

    /// They hung up, or never came up, before they were with the operator: nobody is dialled any more.
    pub(crate) fn ring_back_lost(&mut self, attempt: JourneyId, now: Now) {
        let waits = self.state.journeys.get(&attempt).is_some_and(|journey| journey.calling().is_some());
        if waits {
            self.end(attempt, TerminalCause::RangBack, Party::Caller, now);
        }
    }
}
