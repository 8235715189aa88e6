//! After a conversation: its outcome, and what comes next.

use std::time::Duration;

use base::{JourneyId, Now, OperatorId};

use super::Answer;
use crate::state::{After, Talk};
use crate::switchboard::{Switchboard, Timer};
use crate::{Command, Event, HangUpReason, OperatorState, Outcome, Reason, Reply, RequestError, TerminalCause};

/// How much time one press adds.
const EXTENSION: Duration = Duration::from_secs(120);

impl Switchboard {
    /// The journey that an operator was in has ended.
    pub(crate) fn after_talk(&mut self, id: JourneyId, talk: &Talk, cause: TerminalCause, span: Duration, now: Now) {
        self.release_operator(talk, HangUpReason::OtherLeft);
        let operator = &talk.operator;
        if cause.is_cut_off() {
            let reason = if cause == TerminalCause::TrunkLost { "cut_off_by_trunk" } else { "cut_off_by_engine" };
            let obligation = self.after_of(operator).and_then(|after| after.obligation);
            self.reopen(id, obligation, Reason::new(reason), now);
        }
        if span.is_zero() {
            return self.wrap_up_over(operator, now);
        }
        let until = now.after(span).utc;
        self.change(operator, OperatorState::WrapUp { journey: id, until }, Reason::new("call_ended"), now);
        self.timers.set(Timer::WrapUp(operator.clone()), now.mono + span);
    }

    /// Frees an operator's leg of a call: a SIP leg is hung up, a desk's stays and falls silent.
    pub(crate) fn release_operator(&mut self, talk: &Talk, reason: HangUpReason) {
        if let Some(leg) = talk.leg {
            self.retire(leg);
            return self.command(Command::HangUp { leg, reason });
        }
        let Some(leg) = self.desks.get(&talk.operator).and_then(|desk| desk.live_leg()) else { return };
        self.command(Command::Hear { leg, sources: Vec::new() });
        if talk.muted {
            self.command(Command::Mute { leg, on: false });
        }
    }

    /// Wrap-up ends: what was said of the conversation is final, and the operator is what they asked to be.
    pub(crate) fn wrap_up_over(&mut self, id: &OperatorId, now: Now) {
        self.settle_wrap_up(id, now);
        let operator = self.state.operators.get(id);
        let next = operator.and_then(|operator| operator.next.clone());
        let disabled = self.state.accounts.get(id).is_some_and(|account| account.disabled);
        match next {
            _ if disabled => self.leave_shift(id, Reason::new("disabled"), now),
            Some(reason) => self.not_ready(id, reason, now),
            None if !self.is_proven(id) => self.not_ready(id, self.desk_fault(id), now),
            None => self.ready_anew(id, Reason::new("wrapped_up"), now),
        }
    }

    /// Closes the conversation that an operator has not wrapped up, if there is one.
    pub(crate) fn settle_wrap_up(&mut self, id: &OperatorId, now: Now) {
        self.timers.cancel(&Timer::WrapUp(id.clone()));
        let Some(after) = self.after_of(id).cloned() else { return };
        self.settle(&after, now);
        let (journey, outcome) = (after.journey, after.outcome);
        self.emit(Event::WrappedUp { journey, operator: id.clone(), outcome }, now);
    }

    /// In a call it is noted and counts at its end; in wrap-up it counts at once, and may be corrected until that ends.
    pub(crate) fn give_outcome(&mut self, id: &OperatorId, outcome: Outcome, now: Now) -> Answer {
        let (journey, before) = match self.operator_state(id) {
            OperatorState::OnCall { journey } => (self.own_call(id).map(|_| journey)?, None),
            // Who handed a caller on has nothing to say of what came of it.
            OperatorState::WrapUp { journey, .. } => {
                (journey, self.after_of(id).ok_or(RequestError::WrongState)?.outcome)
            }
            OperatorState::Offline
            | OperatorState::NotReady { .. }
            | OperatorState::Ready { .. }
            | OperatorState::Offered { .. } => return Err(RequestError::WrongState),
        };
        if before == Some(outcome) {
            return Ok(Reply::Done);
        }
        self.emit(Event::OutcomeGiven { journey, operator: id.clone(), outcome }, now);
        if let Some(after) = self.after_of(id).cloned() {
            if before.is_some_and(|before| before == Outcome::Spoken || before.is_noise()) {
                self.owe_again(&after, now);
            }
            self.settle(&after, now);
        }
        Ok(Reply::Done)
    }

    pub(crate) fn extend_wrap_up(&mut self, id: &OperatorId, now: Now) -> Answer {
        let timer = Timer::WrapUp(id.clone());
        let (OperatorState::WrapUp { journey, .. }, Some(due)) = (self.operator_state(id), self.timers.get(&timer))
        else {
            return Err(RequestError::WrongState);
        };
        let left = self.wrap_up_left(id, now);
        let due = (due + EXTENSION).min(now.mono + left).max(due);
        if self.timers.get(&timer) == Some(due) {
            return Err(RequestError::LongEnough);
        }
        self.timers.set(timer, due);
        let until = now.after(due.since(now.mono)).utc;
        self.change(id, OperatorState::WrapUp { journey, until }, Reason::new("extended"), now);
        Ok(Reply::Done)
    }

    /// How much longer it may be drawn out.
    fn wrap_up_left(&self, id: &OperatorId, now: Now) -> Duration {
        let most = self.settings.as_ref().map(|settings| settings.limits.wrap_up_most).unwrap_or_default();
        let since = self.state.operators.get(id).map_or(now.utc, |operator| operator.since);
        most.saturating_sub(Duration::try_from(now.utc.duration_since(since)).unwrap_or_default())
    }

    pub(crate) fn finish_wrap_up(&mut self, id: &OperatorId, now: Now) -> Answer {
        let OperatorState::WrapUp { .. } = self.operator_state(id) else { return Err(RequestError::WrongState) };
        self.wrap_up_over(id, now);
        Ok(Reply::Done)
    }

    fn after_of(&self, id: &OperatorId) -> Option<&After> {
        self.state.operators.get(id).and_then(|operator| operator.after.as_ref())
    }
}
