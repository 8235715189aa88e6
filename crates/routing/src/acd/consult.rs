//! An operator asks somebody while the caller hears music, goes back and forth, and hands the caller over or not (Q6).

use std::time::Duration;

use base::{JourneyId, LegId, Now, OfferId, OperatorId};

use crate::journey::{Doing, Flows, Outside};
use crate::state::{Consult, Talk};
use crate::switchboard::{LegUse, Switchboard, Timer};
use crate::{
    Callee, Command, DialCounts, DialTarget, Event, HangUpReason, LegFailure, OperatorState, Reason, Reply,
    RequestError, Source, TransferTarget,
};

type Answer = Result<Reply, RequestError>;

/// How long somebody who is asked rings.
const RING: Duration = Duration::from_secs(30);

impl Switchboard {
    pub(crate) fn consult(&mut self, by: &OperatorId, to: TransferTarget, now: Now) -> Answer {
        let (id, talk) = self.own_call(by)?;
        if talk.consult.is_some() || !talk.conversing || talk.reconnecting {
            return Err(RequestError::WrongState);
        }
        self.open_consult(id, &talk, to, now)?;
        self.bridge(id);
        Ok(Reply::Done)
    }

    pub(super) fn open_consult(
        &mut self,
        id: JourneyId,
        talk: &Talk,
        to: TransferTarget,
        now: Now,
    ) -> Result<(), RequestError> {
        match &to {
            TransferTarget::Operator { operator } if *operator == talk.operator || !self.is_proven_ready(operator) => {
                Err(RequestError::ColleagueBusy)
            }
            TransferTarget::Operator { operator } => {
                let operator = operator.clone();
                self.ring_colleague(id, talk, to, operator, now);
                Ok(())
            }
            TransferTarget::Queue { queue } => {
                let operator = self.ready_for_queue(id, queue, &talk.operator).ok_or(RequestError::ColleagueBusy)?;
                self.ring_colleague(id, talk, to, operator, now);
                Ok(())
            }
            TransferTarget::Referral { name } => {
                let trunks = Vec::new();
                self.dial_outside(id, Outside { operator: talk.operator.clone(), name: name.clone(), trunks }, now)
            }
        }
    }

    fn ring_colleague(&mut self, id: JourneyId, talk: &Talk, to: TransferTarget, colleague: OperatorId, now: Now) {
        let (offer, until) = (self.mints.offer.mint(), now.after(RING).utc);
        let (operator, colleague_of) = (talk.operator.clone(), Some(colleague.clone()));
        let opened = Event::ConsultOpened {
            journey: id,
            operator,
            to,
            colleague: colleague_of,
            offer: Some(offer),
            leg: None,
            trunk: None,
            until,
        };
        self.emit(opened, now);
        self.change(&colleague, OperatorState::Offered { offer }, Reason::new("consulted"), now);
        self.timers.set(Timer::Ring(offer), now.mono + RING);
    }

    /// Written before the INVITE leaves; again for the next trunk.
    fn dial_outside(&mut self, id: JourneyId, mut outside: Outside, now: Now) -> Result<(), RequestError> {
        let (trunk, from, number) = self.referral(&outside, now)?;
        let leg = self.mints.leg();
        let Some(call) = self.calls.get_mut(&id) else { return Err(RequestError::WrongState) };
        let ring = call.settings.callbacks.ring;
        if let Doing::Transferring { leg: theirs, .. } = &mut call.doing {
            *theirs = leg;
        }
        let opened = Event::ConsultOpened {
            journey: id,
            operator: outside.operator.clone(),
            to: TransferTarget::Referral { name: outside.name.clone() },
            colleague: None,
            offer: None,
            leg: Some(leg),
            trunk: Some(trunk.clone()),
            until: now.after(ring).utc,
        };
        outside.trunks.push(trunk.clone());
        call.outside = Some(outside);
        self.legs.insert(leg, LegUse::Consulted(id));
        self.emit(opened, now);
        self.timers.set(Timer::DialRing(id), now.mono + ring);
        self.command(Command::Dial { leg, journey: id, target: DialTarget::Referral { trunk, number, from } });
        Ok(())
    }

    /// A service outside was not reached. Where the trunk took no call the next one may.
    pub(crate) fn consulted_leg_failed(&mut self, id: JourneyId, leg: LegId, failure: LegFailure, now: Now) {
        if failure != LegFailure::TrunkDown || !self.dial_next_trunk_outside(id, leg, now) {
            self.consulted_leg_over(id, leg, Reason::new("failed"), now);
        }
    }

    /// False: there is no other, or nobody waits for this leg.
    fn dial_next_trunk_outside(&mut self, id: JourneyId, leg: LegId, now: Now) -> bool {
        let outside = self.calls.get(&id).and_then(|call| call.outside.clone());
        let Some(outside) = outside.filter(|_| self.outside_that_rings(id) == Some(leg)) else { return false };
        let dialled = self.dial_outside(id, outside, now).is_ok();
        if dialled {
            self.retire(leg);
        }
        dialled
    }

    /// The leg of a service outside that has not answered yet.
    fn outside_that_rings(&self, id: JourneyId) -> Option<LegId> {
        if let Some(Doing::Transferring { leg, answered: false }) = self.calls.get(&id).map(|call| &call.doing) {
            return Some(*leg);
        }
        self.talk_of(id)?.consult.as_ref().filter(|consult| !consult.answered)?.leg
    }

    /// Long enough: nobody answers there.
    pub(crate) fn outside_rang_out(&mut self, id: JourneyId, now: Now) {
        let Some(leg) = self.outside_that_rings(id) else { return };
        self.command(Command::HangUp { leg, reason: HangUpReason::Withdrawn });
        self.consulted_leg_over(id, leg, Reason::new("no_answer"), now);
    }

    /// A service outside, as the dial plan and the trunks permit it now: trunk, our number, theirs.
    fn referral(&self, outside: &Outside, now: Now) -> Result<(String, String, String), RequestError> {
        let name = outside.name.as_str();
        let settings = self.settings.as_ref().ok_or(RequestError::MayNotDial)?;
        let permitted = settings.dial_plan.permits(Callee::Referral(name), DialCounts::default());
        permitted.map_err(|_| RequestError::MayNotDial)?;
        let number = settings.dial_plan.referrals.get(name).ok_or(RequestError::MayNotDial)?;
        let trunk = self.pick_trunk(&outside.trunks, now).map_err(|_| RequestError::MayNotDial)?;
        let from = settings.trunks.get(&trunk).map(|trunk| trunk.from.clone()).ok_or(RequestError::MayNotDial)?;
        Ok((trunk, from, number.clone()))
    }

    /// The colleague took it.
    pub(super) fn consult_accepted(&mut self, id: JourneyId, colleague: &OperatorId, now: Now) {
        let Some(talk) = self.talk_of(id).cloned() else { return };
        if let Some(offer) = talk.consult.as_ref().and_then(|consult| consult.offer) {
            self.timers.cancel(&Timer::Ring(offer));
        }
        self.emit(Event::ConsultAnswered { journey: id, operator: talk.operator }, now);
        self.change(colleague, OperatorState::OnCall { journey: id }, Reason::new("consulted"), now);
        self.bridge(id);
    }

    /// A service outside answered: the operator who asked, or the caller who was handed over meanwhile.
    pub(crate) fn consulted_leg_up(&mut self, id: JourneyId, leg: LegId, now: Now) {
        self.timers.cancel(&Timer::DialRing(id));
        let asked = self.talk_of(id).filter(|talk| talk.consult.as_ref().is_some_and(|it| it.leg == Some(leg)));
        match asked.map(|talk| talk.operator.clone()) {
            Some(operator) => {
                self.emit(Event::ConsultAnswered { journey: id, operator }, now);
                self.bridge(id);
            }
            None => self.handed_over(id, leg),
        }
    }

    /// A service outside is gone, or never was there.
    pub(crate) fn consulted_leg_over(&mut self, id: JourneyId, leg: LegId, reason: Reason, now: Now) {
        let asked = self.talk_of(id).and_then(|talk| talk.consult.as_ref()).is_some_and(|it| it.leg == Some(leg));
        if asked {
            self.retire(leg);
            self.close_consult(id, reason, now);
        } else {
            self.handover_over(id, leg, now);
        }
    }

    /// From the caller to whom is asked, or back; out of a conference to whom is asked.
    pub(crate) fn swap_consult(&mut self, by: &OperatorId, now: Now) -> Answer {
        let (id, talk) = self.own_call(by)?;
        let consult = talk.consult.as_ref().filter(|consult| consult.answered).ok_or(RequestError::WrongState)?;
        let with_caller = !consult.with_caller;
        self.hold_over(id, &talk, now);
        self.emit(Event::ConsultSwapped { journey: id, operator: by.clone(), with_caller }, now);
        self.bridge(id);
        Ok(Reply::Done)
    }

    /// Back to the caller alone.
    pub(crate) fn cancel_consult(&mut self, by: &OperatorId, now: Now) -> Answer {
        let (id, talk) = self.own_call(by)?;
        talk.consult.as_ref().ok_or(RequestError::WrongState)?;
        self.close_consult(id, Reason::new("cancelled"), now);
        Ok(Reply::Done)
    }

    /// Hands the caller over: to a colleague who has answered, or to a service outside that has or will.
    pub(crate) fn complete_consult(&mut self, by: &OperatorId, now: Now) -> Answer {
        let (id, talk) = self.own_call(by)?;
        let consult = talk.consult.clone().ok_or(RequestError::WrongState)?;
        let Consult { to, colleague, leg, answered, .. } = consult;
        if colleague.is_some() && !answered {
            return Err(RequestError::WrongState);
        }
        let transferred = Event::Transferred { journey: id, operator: by.clone(), to, colleague: colleague.clone() };
        self.emit(transferred, now);
        self.hand_over(id, &talk, now);
        match leg {
            Some(leg) => self.follow_to_service(id, leg, answered),
            None => self.follow_to_colleague(id, now),
        }
        Ok(Reply::Done)
    }

    fn follow_to_service(&mut self, id: JourneyId, leg: LegId, answered: bool) {
        self.do_now(id, Doing::Transferring { leg, answered });
        if answered {
            return self.handed_over(id, leg);
        }
        let music = self.queue_of(id).map(|queue| Source::Music(queue.music.clone().into()));
        if let Some(caller) = self.calls.get(&id).map(|call| call.leg) {
            self.command(Command::Hear { leg: caller, sources: music.into_iter().collect() });
        }
    }

    /// As after an accept: packets must be seen from both. Nobody kept whether the colleague was muted: they begin unmuted, as their desk
    /// shows it.
    fn follow_to_colleague(&mut self, id: JourneyId, now: Now) {
        self.do_now(id, Doing::Talking(Flows::default()));
        self.watch_both(id, now);
        if let Some(leg) = self.operator_leg(id) {
            self.command(Command::Mute { leg, on: false });
        }
    }

    /// Whom an operator asks is let go; operator and caller are together again.
    pub(crate) fn close_consult(&mut self, id: JourneyId, reason: Reason, now: Now) {
        let Some(talk) = self.talk_of(id).cloned() else { return };
        let Some(consult) = talk.consult else { return };
        self.emit(Event::ConsultClosed { journey: id, operator: talk.operator, reason: reason.clone() }, now);
        if let Some(leg) = consult.leg {
            self.timers.cancel(&Timer::DialRing(id));
            if self.legs.contains_key(&leg) {
                self.retire(leg);
                self.command(Command::HangUp { leg, reason: HangUpReason::Withdrawn });
            }
        }
        if let Some(colleague) = consult.colleague {
            if let Some(offer) = consult.offer {
                self.timers.cancel(&Timer::Ring(offer));
            }
            self.free_colleague(&colleague, id, consult.offer, now);
        }
        self.bridge(id);
    }

    fn free_colleague(&mut self, colleague: &OperatorId, id: JourneyId, offer: Option<OfferId>, now: Now) {
        let bound = match self.operator_state(colleague) {
            OperatorState::Offered { offer: rung } => Some(rung) == offer,
            OperatorState::OnCall { journey } => journey == id,
            OperatorState::Offline
            | OperatorState::NotReady { .. }
            | OperatorState::Ready { .. }
            | OperatorState::WrapUp { .. } => false,
        };
        if !bound {
            return;
        }
        if let OperatorState::Offered { .. } = self.operator_state(colleague) {
            return self.ready_again(colleague, Reason::new("consult_over"), now);
        }
        if let Some(leg) = self.desks.get(colleague).and_then(|desk| desk.live_leg()) {
            self.command(Command::Hear { leg, sources: Vec::new() });
            self.command(Command::Mute { leg, on: false });
        }
        self.wrap_up_over(colleague, now);
    }

    /// The journey in which this colleague is asked, rung for or speaking.
    pub(crate) fn consulted_in(&self, colleague: &OperatorId) -> Option<JourneyId> {
        let id = match self.operator_state(colleague) {
            OperatorState::Offered { offer } => self.state.consult_offer(offer)?,
            OperatorState::OnCall { journey } => journey,
            OperatorState::Offline
            | OperatorState::NotReady { .. }
            | OperatorState::Ready { .. }
            | OperatorState::WrapUp { .. } => return None,
        };
        let consult = self.talk_of(id)?.consult.as_ref()?;
        (consult.colleague.as_ref() == Some(colleague)).then_some(id)
    }
}
