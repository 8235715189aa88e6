//! Operators: their state, what their desk proves, and what they ask of it.

mod desk;
mod wrap_up;

use std::time::Duration;

use base::{Now, OperatorId};

pub(crate) use desk::Desk;

use crate::acd::Abilities;
use crate::switchboard::{Switchboard, Timer};
use crate::{Event, OfferOutcome, OperatorState, Reason, Reply, RequestError, SipOperator, User, WithdrawReason};

type Answer = Result<Reply, RequestError>;

/// A static SIP operator is tried again this long after a call rang out there,
pub(crate) const COOL_DOWN_AFTER_MISS: Duration = Duration::from_secs(30);
/// and this long after its endpoint refused or failed.
pub(crate) const COOL_DOWN_AFTER_FAILURE: Duration = Duration::from_secs(5);

impl Switchboard {
    /// An operator who may work: known and not disabled.
    pub(crate) fn someone(&self, by: Option<OperatorId>) -> Result<OperatorId, RequestError> {
        let known = |id: &OperatorId| self.state.accounts.get(id).is_some_and(|account| !account.disabled);
        by.filter(known).ok_or(RequestError::UnknownUser)
    }

    pub(crate) fn operator_state(&self, id: &OperatorId) -> OperatorState {
        self.state.operators.get(id).map_or(OperatorState::Offline, |operator| operator.state.clone())
    }

    pub(crate) fn sip_operator(&self, id: &OperatorId) -> Option<&SipOperator> {
        self.settings.as_ref()?.sip_operators.iter().find(|sip| sip.operator == *id)
    }

    pub(crate) fn abilities<'a>(&'a self, operator: &'a OperatorId) -> Option<Abilities<'a>> {
        if let Some(sip) = self.sip_operator(operator) {
            return Some(Abilities { operator, skills: &sip.skills, queues: &sip.queues });
        }
        let account = self.state.accounts.get(operator).filter(|account| !account.disabled)?;
        Some(Abilities { operator, skills: &account.user.skills, queues: &[] })
    }

    /// Ready, and proven so: a desk has its socket, its audio leg and packets on it (Q7).
    pub(crate) fn is_proven_ready(&self, id: &OperatorId) -> bool {
        matches!(self.operator_state(id), OperatorState::Ready { .. }) && self.is_proven(id)
    }

    pub(crate) fn is_proven(&self, id: &OperatorId) -> bool {
        self.sip_operator(id).is_some() || self.desks.get(id).is_some_and(Desk::is_proven)
    }

    pub(crate) fn anyone_ready(&self) -> bool {
        self.state.operators.keys().any(|id| self.is_proven_ready(id))
    }

    /// Ready from now on: at the end of the line of operators, and asked again about calls declined before.
    pub(crate) fn ready_anew(&mut self, id: &OperatorId, reason: Reason, now: Now) {
        for call in self.calls.values_mut() {
            call.skips.remove(id);
        }
        for skips in self.callbacks.skips.values_mut() {
            skips.remove(id);
        }
        self.change(id, OperatorState::Ready { since: now.utc }, reason, now);
    }

    /// Ready as before an offer, which costs no place.
    pub(crate) fn ready_again(&mut self, id: &OperatorId, reason: Reason, now: Now) {
        let since = self.state.operators.get(id).and_then(|operator| operator.ready_since).unwrap_or(now.utc);
        self.change(id, OperatorState::Ready { since }, reason, now);
        if !self.is_proven(id) {
            self.doubt_ready(id, now);
        }
    }

    pub(crate) fn not_ready(&mut self, id: &OperatorId, reason: Reason, now: Now) {
        self.timers.cancel(&Timer::DeskGrace(id.clone()));
        self.change(id, OperatorState::NotReady { reason: reason.clone() }, reason, now);
        self.watch_for_lost_desk(id, now);
    }

    /// A static SIP operator rests before the next call: there is nobody at a desk to press ready.
    pub(crate) fn cool_down(&mut self, id: &OperatorId, reason: Reason, span: Duration, now: Now) {
        self.not_ready(id, reason, now);
        self.timers.set(Timer::CoolDown(id.clone()), now.mono + span);
    }

    pub(crate) fn cooled_down(&mut self, id: &OperatorId, now: Now) {
        if matches!(self.operator_state(id), OperatorState::NotReady { .. }) && self.sip_operator(id).is_some() {
            self.ready_anew(id, Reason::new("cooled_down"), now);
        }
    }

    pub(crate) fn change(&mut self, id: &OperatorId, state: OperatorState, reason: Reason, now: Now) {
        self.emit(Event::OperatorChanged { operator: id.clone(), state, reason }, now);
    }

    pub(crate) fn ask_ready(&mut self, id: &OperatorId, now: Now) -> Answer {
        match self.operator_state(id) {
            OperatorState::Ready { .. } | OperatorState::Offered { .. } => {}
            OperatorState::OnCall { .. } | OperatorState::WrapUp { .. } => self.ask_next(id, None, now),
            OperatorState::Offline | OperatorState::NotReady { .. } if !self.is_proven(id) => {
                return Err(RequestError::NoAudio);
            }
            OperatorState::Offline | OperatorState::NotReady { .. } => {
                self.ready_anew(id, Reason::new("asked"), now);
            }
        }
        Ok(Reply::Done)
    }

    pub(crate) fn ask_break(&mut self, id: &OperatorId, reason: Reason, now: Now) -> Answer {
        match self.operator_state(id) {
            OperatorState::OnCall { .. } | OperatorState::WrapUp { .. } => self.ask_next(id, Some(reason), now),
            OperatorState::Offered { offer } => {
                let left = self.end_offer(offer, OfferOutcome::Declined, now);
                self.not_ready(id, reason, now);
                if let Some((rung, _)) = left {
                    self.back_in_line(rung, now);
                }
            }
            OperatorState::NotReady { reason: same } if same == reason => {}
            OperatorState::Offline | OperatorState::NotReady { .. } | OperatorState::Ready { .. } => {
                self.not_ready(id, reason, now);
            }
        }
        Ok(Reply::Done)
    }

    fn ask_next(&mut self, id: &OperatorId, reason: Option<Reason>, now: Now) {
        let same = self.state.operators.get(id).is_some_and(|operator| operator.next == reason);
        if !same {
            self.emit(Event::BreakAsked { operator: id.clone(), reason }, now);
        }
    }

    pub(crate) fn ask_end_shift(&mut self, id: &OperatorId, now: Now) -> Answer {
        if let OperatorState::OnCall { .. } = self.operator_state(id) {
            return Err(RequestError::WrongState);
        }
        self.leave_shift(id, Reason::new("asked"), now);
        Ok(Reply::Done)
    }

    /// Ends a shift outside a call: what rings is taken back, wrap-up is closed, the desk's leg goes.
    pub(crate) fn leave_shift(&mut self, id: &OperatorId, reason: Reason, now: Now) {
        if let OperatorState::Offered { offer } = self.operator_state(id) {
            let outcome = OfferOutcome::Withdrawn { why: WithdrawReason::DeskGone };
            if let Some((rung, _)) = self.end_offer(offer, outcome, now) {
                self.back_in_line(rung, now);
            }
        }
        self.settle_wrap_up(id, now);
        self.end_shift(id, reason, now);
        self.drop_desk_leg(id, now);
    }

    pub(crate) fn end_shift(&mut self, id: &OperatorId, reason: Reason, now: Now) {
        for timer in [Timer::DeskGrace(id.clone()), Timer::DeskLost(id.clone()), Timer::CoolDown(id.clone())] {
            self.timers.cancel(&timer);
        }
        if self.operator_state(id) != OperatorState::Offline {
            self.change(id, OperatorState::Offline, reason, now);
            self.claims_change(id);
        }
    }

    pub(crate) fn add_user(&mut self, user: User, password: String, now: Now) -> Answer {
        self.can_save()?;
        if self.state.accounts.contains_key(&user.operator) || self.sip_operator(&user.operator).is_some() {
            return Err(RequestError::UserExists);
        }
        self.emit(Event::UserAdded { user, password }, now);
        Ok(Reply::Done)
    }

    /// Takes an account away. A call under way is finished first.
    pub(crate) fn disable_user(&mut self, id: OperatorId, by: Option<OperatorId>, now: Now) -> Answer {
        self.can_save()?;
        let account = self.state.accounts.get(&id).ok_or(RequestError::UnknownUser)?;
        if account.disabled {
            return Ok(Reply::Done);
        }
        self.emit(Event::UserDisabled { operator: id.clone(), by }, now);
        match self.operator_state(&id) {
            OperatorState::OnCall { .. } => {}
            OperatorState::Offline
            | OperatorState::NotReady { .. }
            | OperatorState::Ready { .. }
            | OperatorState::Offered { .. }
            | OperatorState::WrapUp { .. } => self.leave_shift(&id, Reason::new("disabled"), now),
        }
        Ok(Reply::Done)
    }

    pub(crate) fn set_password(&mut self, id: OperatorId, password: String, now: Now) -> Answer {
        self.can_save()?;
        if !self.state.accounts.contains_key(&id) {
            return Err(RequestError::UnknownUser);
        }
        self.emit(Event::PasswordSet { operator: id, password }, now);
        Ok(Reply::Done)
    }
}
