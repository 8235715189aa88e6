//! A caller is handed on: to a colleague, a line, or a service outside. They hear music until somebody answers, and come back to the
//! head of the line where nobody does (Q6).

use base::{JourneyId, LegId, Now, OperatorId};

use crate::journey::{Doing, LineRun};
use crate::operator::COOL_DOWN_AFTER_MISS;
use crate::state::Talk;
use crate::switchboard::{Switchboard, Timer};
use crate::{
    Command, Event, HangUpReason, OperatorState, Party, Pick, PickRule, Priority, Reason, Reply, RequestError, Source,
    TerminalCause, TransferTarget,
};

type Answer = Result<Reply, RequestError>;

impl Switchboard {
    /// Lets go of the caller at once.
    pub(crate) fn transfer(&mut self, by: &OperatorId, to: TransferTarget, now: Now) -> Answer {
        let (id, talk) = self.own_call(by)?;
        if talk.consult.is_some() || !talk.conversing {
            return Err(RequestError::WrongState);
        }
        match to {
            TransferTarget::Operator { operator } => self.transfer_to_colleague(id, &talk, operator, now),
            TransferTarget::Queue { queue } => self.transfer_to_queue(id, &talk, queue, now),
            to @ TransferTarget::Referral { .. } => {
                self.open_consult(id, &talk, to, now)?;
                self.complete_consult(by, now)
            }
        }
    }

    fn transfer_to_colleague(&mut self, id: JourneyId, talk: &Talk, to: OperatorId, now: Now) -> Answer {
        if to == talk.operator || !self.is_proven_ready(&to) {
            return Err(RequestError::ColleagueBusy);
        }
        let queue = self.line_of(id).ok_or(RequestError::WrongState)?;
        self.let_go(id, talk, TransferTarget::Operator { operator: to.clone() }, &queue, now);
        let since = self.state.operators.get(&to).and_then(|operator| operator.ready_since).unwrap_or(now.utc);
        self.offer(id, to, Pick { rule: PickRule::HandedOn, ready: 1, since }, now);
        Ok(Reply::Done)
    }

    fn transfer_to_queue(&mut self, id: JourneyId, talk: &Talk, queue: String, now: Now) -> Answer {
        let known = self.calls.get(&id).is_some_and(|call| call.settings.queues.contains_key(&queue));
        if !known {
            return Err(RequestError::UnknownQueue);
        }
        self.let_go(id, talk, TransferTarget::Queue { queue: queue.clone() }, &queue, now);
        Ok(Reply::Done)
    }

    fn line_of(&self, id: JourneyId) -> Option<String> {
        self.state.journeys.get(&id)?.line.as_ref().map(|line| line.queue.clone())
    }

    /// The caller stands at the head of a line, the operator is in wrap-up. What is owed is open until somebody else speaks with them.
    fn let_go(&mut self, id: JourneyId, talk: &Talk, to: TransferTarget, queue: &str, now: Now) {
        let operator = talk.operator.clone();
        self.emit(Event::Transferred { journey: id, operator: operator.clone(), to, colleague: None }, now);
        self.stand_first(id, queue, Reason::new("transferred"), now);
        self.hand_over(id, talk, now);
        if let Some(call) = self.calls.get_mut(&id) {
            call.skips.insert(operator, now.mono + COOL_DOWN_AFTER_MISS);
        }
        self.timers.set(Timer::Retry(id), now.mono + COOL_DOWN_AFTER_MISS);
    }

    /// In line before all who were not cut off, with the place that they had.
    fn stand_first(&mut self, id: JourneyId, queue: &str, reason: Reason, now: Now) {
        let obligation = self.state.journeys.get(&id).and_then(|journey| journey.obligation);
        self.reopen(id, obligation, reason, now);
        let line = self.state.journeys.get(&id).and_then(|journey| journey.line.clone());
        let had = line.as_ref().map_or(Priority::LIVE, |line| line.priority);
        let since = line.map_or(now.utc, |line| line.since);
        let topic = self.state.journeys.get(&id).and_then(|journey| journey.topic.as_deref());
        let asked = self.calls.get(&id).and_then(|call| call.settings.queues.get(queue));
        let skills = asked.map(|queue| queue.needs(&self.language(id), topic)).unwrap_or_default();
        let priority = had.min(Priority::CUT_OFF);
        self.emit(Event::Queued { journey: id, queue: queue.to_owned(), skills, priority, since }, now);
        if let Some(call) = self.calls.get_mut(&id) {
            let way_out = call.line.take().map(|line| line.way_out).unwrap_or_default();
            call.line = Some(LineRun::new(queue, &way_out));
        }
        self.timers.cancel(&Timer::Verify(id));
        self.wait_in_line(id, &[], now);
    }

    /// An operator who let a caller go has their time after the call, as after any.
    pub(super) fn hand_over(&mut self, id: JourneyId, talk: &Talk, now: Now) {
        self.release_operator(talk, HangUpReason::Done);
        if let Some(leg) = self.calls.get(&id).map(|call| call.leg) {
            self.command(Command::Watch { leg, on: false });
        }
        let span = self.queue_of(id).map(|queue| queue.wrap_up).unwrap_or_default();
        if span.is_zero() {
            return self.wrap_up_over(&talk.operator, now);
        }
        let until = now.after(span).utc;
        let state = OperatorState::WrapUp { journey: id, until };
        self.change(&talk.operator, state, Reason::new("transferred"), now);
        self.timers.set(Timer::WrapUp(talk.operator.clone()), now.mono + span);
    }

    /// The service outside answered the caller whom it was handed.
    pub(super) fn handed_over(&mut self, id: JourneyId, leg: LegId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Doing::Transferring { leg: theirs, answered } = &mut call.doing else { return };
        if *theirs != leg {
            return;
        }
        *answered = true;
        let caller = call.leg;
        self.command(Command::Hear { leg: caller, sources: vec![Source::Leg(leg)] });
        self.command(Command::Hear { leg, sources: vec![Source::Leg(caller)] });
    }

    /// The service outside is gone: after talk the call is over, before it the caller comes back to the head of the line.
    pub(super) fn handover_over(&mut self, id: JourneyId, leg: LegId, now: Now) {
        let Some(call) = self.calls.get(&id) else { return };
        let Doing::Transferring { leg: theirs, answered } = call.doing else { return };
        if theirs != leg {
            return;
        }
        self.retire(leg);
        self.timers.cancel(&Timer::DialRing(id));
        if answered {
            let caller = self.calls.get(&id).map(|call| call.leg);
            self.end(id, TerminalCause::Conversed, Party::Operator, now);
            if let Some(leg) = caller {
                self.command(Command::HangUp { leg, reason: HangUpReason::OtherLeft });
            }
        } else if let Some(queue) = self.line_of(id) {
            self.stand_first(id, &queue, Reason::new("transfer_failed"), now);
        }
    }
}
