//! One ring at one operator, and its every end.

use std::time::Duration;

use base::{JourneyId, LegId, Now, OfferId, OperatorId};

use crate::callback::Rung;
use crate::operator::{COOL_DOWN_AFTER_FAILURE, COOL_DOWN_AFTER_MISS};
use crate::switchboard::{LegUse, Switchboard, Timer};
use crate::{
    Alarm, Command, DialTarget, Event, HangUpReason, OfferOutcome, OperatorState, Pick, Reason, Reply, RequestError,
    WithdrawReason,
};

/// When nobody else fits, a call that was declined is offered to the same operator again after this, not at once.
const DECLINED_FOR: Duration = Duration::from_secs(10);

impl Switchboard {
    pub(super) fn offer(&mut self, id: JourneyId, operator: OperatorId, pick: Pick, now: Now) {
        let Some(ring) = self.queue_of(id).map(|queue| queue.ring) else { return };
        let offer = self.mints.offer.mint();
        let uri = self.sip_operator(&operator).map(|sip| sip.uri.clone());
        let leg = uri.as_ref().map(|_| self.mints.leg());
        let until = now.after(ring).utc;
        let pick = Some(pick);
        self.emit(Event::Offered { offer, journey: id, operator: operator.clone(), leg, until, pick }, now);
        if let Some(call) = self.calls.get_mut(&id) {
            call.shortage = None;
        }
        self.change(&operator, OperatorState::Offered { offer }, Reason::new("offered"), now);
        self.timers.set(Timer::Ring(offer), now.mono + ring);
        if let (Some(leg), Some(uri)) = (leg, uri) {
            self.legs.insert(leg, LegUse::Operator(id));
            self.command(Command::Dial { leg, journey: id, target: DialTarget::Uri(uri) });
        }
    }

    /// RONA: the operator is taken out, but never the last one proven ready for someone who waits (rule 13).
    pub(crate) fn rang_out(&mut self, offer: OfferId, now: Now) {
        if let Some(id) = self.state.consult_offer(offer) {
            return self.close_consult(id, Reason::new("no_answer"), now);
        }
        let Some((rung, operator)) = self.end_offer(offer, OfferOutcome::NoAnswer, now) else { return };
        let reason = Reason::new("no_answer");
        self.skip(rung, &operator, now.mono, now);
        if self.is_last_for_someone(rung, &operator) {
            self.ready_again(&operator, reason, now);
            self.alarm(Alarm::LastOperatorMissed { operator });
        } else if self.sip_operator(&operator).is_some() {
            self.cool_down(&operator, reason, COOL_DOWN_AFTER_MISS, now);
        } else {
            self.not_ready(&operator, reason, now);
        }
        self.back_in_line(rung, now);
    }

    /// Whether someone waits on the line for whom nobody else is proven ready (rule 13). For a callback nobody does.
    fn is_last_for_someone(&self, rung: Rung, operator: &OperatorId) -> bool {
        match rung {
            Rung::Caller(id) => !self.another_fits(id, operator),
            Rung::Callback(_) => {
                self.state.waiting().any(|id| self.fits(id, operator) && !self.another_fits(id, operator))
            }
        }
    }

    pub(crate) fn decline(
        &mut self,
        by: &OperatorId,
        offer: OfferId,
        reason: Reason,
        now: Now,
    ) -> Result<Reply, RequestError> {
        if let Some(id) = self.consulted_in(by).filter(|_| self.state.consult_offer(offer).is_some()) {
            self.close_consult(id, reason, now);
            return Ok(Reply::Done);
        }
        self.own_offer(by, offer)?;
        let Some((rung, operator)) = self.end_offer(offer, OfferOutcome::Declined, now) else {
            return Err(RequestError::OfferGone);
        };
        let until = match rung {
            Rung::Caller(_) => now.mono + DECLINED_FOR,
            Rung::Callback(_) => self.declined_callback_until(now),
        };
        self.skip(rung, &operator, until, now);
        if let Rung::Caller(id) = rung {
            self.timers.set(Timer::Retry(id), until);
        }
        self.ready_again(&operator, reason, now);
        self.back_in_line(rung, now);
        Ok(Reply::Done)
    }

    pub(crate) fn accept(&mut self, by: &OperatorId, offer: OfferId, now: Now) -> Result<Reply, RequestError> {
        let consulted = self.consulted_in(by).filter(|_| self.state.consult_offer(offer).is_some());
        if consulted.is_none() {
            self.own_offer(by, offer)?;
        }
        if self.desks.get(by).and_then(|desk| desk.live_leg()).is_none() {
            return Err(RequestError::NoAudio);
        }
        if let Some(id) = consulted {
            self.consult_accepted(id, by, now);
            return Ok(Reply::Done);
        }
        match self.own_offer(by, offer)? {
            Rung::Caller(id) => self.accepted(id, offer, by.clone(), now),
            Rung::Callback(id) => self.accept_callback(id, offer, by, now)?,
        }
        Ok(Reply::Done)
    }

    pub(crate) fn sip_operator_answered(&mut self, id: JourneyId, leg: LegId, now: Now) {
        let ringing = self.state.journeys.get(&id).and_then(|journey| journey.ringing().cloned());
        match ringing.filter(|ringing| ringing.leg == Some(leg)) {
            Some(ringing) => self.accepted(id, ringing.offer, ringing.operator, now),
            None => self.command(Command::HangUp { leg, reason: HangUpReason::Withdrawn }),
        }
    }

    pub(crate) fn sip_operator_failed(&mut self, id: JourneyId, leg: LegId, now: Now) {
        self.retire(leg);
        let ringing = self.state.journeys.get(&id).and_then(|journey| journey.ringing().cloned());
        let Some(ringing) = ringing.filter(|ringing| ringing.leg == Some(leg)) else { return };
        self.end_offer(ringing.offer, OfferOutcome::Failed, now);
        self.cool_down(&ringing.operator, Reason::new("failed"), COOL_DOWN_AFTER_FAILURE, now);
        self.back_in_line(Rung::Caller(id), now);
    }

    /// The caller of a ringing offer goes: the ring stops, the operator loses no place.
    pub(crate) fn withdraw_offer_of(&mut self, id: JourneyId, outcome: OfferOutcome, now: Now) {
        let ringing = self.state.journeys.get(&id).and_then(|journey| journey.ringing()).map(|ringing| ringing.offer);
        if let Some((_, operator)) = ringing.and_then(|offer| self.end_offer(offer, outcome, now)) {
            self.ready_again(&operator, Reason::new("withdrawn"), now);
        }
    }

    /// The desk cannot show what rings: the caller is in line again, the operator ready as before once the desk is proven.
    pub(crate) fn desk_lost_offer(&mut self, offer: OfferId, now: Now) {
        let outcome = OfferOutcome::Withdrawn { why: WithdrawReason::DeskGone };
        if let Some((rung, operator)) = self.end_offer(offer, outcome, now) {
            self.ready_again(&operator, Reason::new("desk_gone"), now);
            self.back_in_line(rung, now);
        }
    }

    /// Writes an offer's end, once, and stops its ring. What becomes of operator and caller is for whoever calls this.
    pub(crate) fn end_offer(&mut self, offer: OfferId, outcome: OfferOutcome, now: Now) -> Option<(Rung, OperatorId)> {
        if let Some(id) = self.state.consult_offer(offer) {
            self.close_consult(id, Reason::new("desk_gone"), now);
            return None;
        }
        if let Some((obligation, operator)) = self.end_callback_offer(offer, outcome, now) {
            return Some((Rung::Callback(obligation), operator));
        }
        let (id, ringing) = self.state.offer(offer).map(|(id, ringing)| (id, ringing.clone()))?;
        self.timers.cancel(&Timer::Ring(offer));
        let operator = ringing.operator;
        self.emit(Event::OfferEnded { offer, journey: id, operator: operator.clone(), outcome }, now);
        // A leg that failed is gone; one that is taken back or rang out is cancelled.
        let ringing_leg = ringing.leg.filter(|leg| self.legs.contains_key(leg) && outcome != OfferOutcome::Accepted);
        if let Some(leg) = ringing_leg {
            self.retire(leg);
            self.command(Command::HangUp { leg, reason: HangUpReason::Withdrawn });
        }
        Some((Rung::Caller(id), operator))
    }

    fn own_offer(&self, by: &OperatorId, offer: OfferId) -> Result<Rung, RequestError> {
        if let Some(obligation) = self.state.ringing.get(&offer) {
            let ringing = self.state.obligations.get(obligation).and_then(|owed| owed.callback.offer.as_ref());
            let own = ringing.is_some_and(|ringing| ringing.operator == *by);
            return if own { Ok(Rung::Callback(*obligation)) } else { Err(RequestError::OfferGone) };
        }
        let ringing = self.state.offer(offer).filter(|(_, ringing)| ringing.operator == *by);
        ringing.map(|(id, _)| Rung::Caller(id)).ok_or(RequestError::OfferGone)
    }

    fn skip(&mut self, rung: Rung, operator: &OperatorId, until: base::Mono, now: Now) {
        match rung {
            Rung::Caller(id) => {
                if let Some(call) = self.calls.get_mut(&id) {
                    call.skips.insert(operator.clone(), until);
                }
                self.let_others(id, now);
            }
            Rung::Callback(id) => {
                self.skip_callback(id, operator, until);
                self.wake_for_skips(id, now);
            }
        }
    }
}
