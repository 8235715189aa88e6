//! From the accept on: who hears whom, whether packets come, and what happens when they do not (rule 14).

use base::{JourneyId, LegId, Now, OfferId, OperatorId};

use super::conference::Sides;
use crate::callback::Rung;
use crate::journey::{Doing, Flows, ended_talk};
use crate::operator::COOL_DOWN_AFTER_FAILURE;
use crate::state::Talk;
use crate::switchboard::{LegUse, Switchboard, Timer};
use crate::{Command, Event, HangUpReason, OfferOutcome, OperatorState, Party, Reason, Reply, RequestError, Source};

type Answer = Result<Reply, RequestError>;

impl Switchboard {
    pub(crate) fn accepted(&mut self, id: JourneyId, offer: OfferId, operator: OperatorId, now: Now) {
        self.end_offer(offer, OfferOutcome::Accepted, now);
        self.change(&operator, OperatorState::OnCall { journey: id }, Reason::new("accepted"), now);
        self.stop_line_timers(id);
        self.do_now(id, Doing::Talking(Flows::default()));
        let Some(call) = self.calls.get_mut(&id) else { return };
        if let Some(line) = &mut call.line {
            line.overdue = None;
        }
        let leg = call.leg;
        self.command(Command::StopPlay { leg });
        self.watch_both(id, now);
    }

    /// From here packets must be seen from both, in time.
    pub(crate) fn watch_both(&mut self, id: JourneyId, now: Now) {
        let Some((leg, verify)) = self.calls.get(&id).map(|call| (call.leg, call.settings.limits.verify)) else {
            return;
        };
        self.bridge(id);
        self.command(Command::Watch { leg, on: true });
        if let Some(leg) = self.operator_leg(id) {
            self.command(Command::Watch { leg, on: true });
        }
        self.timers.set(Timer::Verify(id), now.mono + verify);
    }

    /// Says what each side hears now. Who is asked is one more side. Nobody but the operator is left without music where there is no voice.
    pub(super) fn bridge(&mut self, id: JourneyId) {
        let (Some(talk), Some(call)) = (self.talk_of(id), self.calls.get(&id)) else { return };
        let (caller, operator, asked) = (call.leg, self.operator_leg(id), self.asked_leg(talk));
        let music = self.queue_of(id).map(|queue| Source::Music(queue.music.clone().into()));
        // Whoever picks up hears no recording, not even music, before somebody spoke with them (rule 10).
        let picked_up = self.is_attempt(id) && !talk.conversing;
        for (leg, mut sources) in (Sides { caller, operator, asked, talk }).hear() {
            let wants_music = Some(leg) != operator && !(leg == caller && picked_up);
            if sources.is_empty() && wants_music {
                sources.extend(music.clone());
            }
            self.command(Command::Hear { leg, sources });
        }
    }

    /// The leg of whom the operator asks, once they have answered.
    fn asked_leg(&self, talk: &Talk) -> Option<LegId> {
        let consult = talk.consult.as_ref().filter(|consult| consult.answered)?;
        consult.leg.or_else(|| self.desks.get(consult.colleague.as_ref()?).and_then(|desk| desk.live_leg()))
    }

    pub(super) fn operator_leg(&self, id: JourneyId) -> Option<LegId> {
        let talk = self.talk_of(id)?;
        talk.leg.or_else(|| self.desks.get(&talk.operator).and_then(|desk| desk.live_leg()))
    }

    pub(crate) fn flowing(&mut self, leg: LegId, now: Now) {
        match self.legs.get(&leg).cloned() {
            Some(LegUse::Caller(id)) => {
                if self.state.journeys.get(&id).is_some_and(|journey| journey.silent) {
                    self.emit(Event::CallerSilent { journey: id, on: false }, now);
                }
                self.seen(id, |flows| flows.caller = true, now);
            }
            Some(LegUse::Operator(id)) => self.seen(id, |flows| flows.operator = true, now),
            Some(LegUse::Desk(operator)) => {
                self.desk_flows(&operator, now);
                if let OperatorState::OnCall { journey } = self.operator_state(&operator)
                    && self.talk_of(journey).is_some_and(|talk| talk.operator == operator)
                {
                    self.seen(journey, |flows| flows.operator = true, now);
                }
            }
            Some(LegUse::Dialled(_) | LegUse::Consulted(_)) | None => {}
        }
    }

    /// Packets came. Seen from both: the call counts as answered.
    fn seen(&mut self, id: JourneyId, from: impl FnOnce(&mut Flows), now: Now) {
        let Some(Doing::Talking(flows)) = self.calls.get_mut(&id).map(|call| &mut call.doing) else { return };
        from(flows);
        let both = flows.caller && flows.operator;
        let Some(talk) = self.talk_of(id).filter(|talk| both && !talk.conversing) else { return };
        let (offer, operator) = (talk.offer, talk.operator.clone());
        self.timers.cancel(&Timer::Verify(id));
        self.emit(Event::Conversing { journey: id, offer, operator: operator.clone() }, now);
        self.take_in_hand(id, operator, now);
    }

    pub(crate) fn silent(&mut self, leg: LegId, now: Now) {
        match self.legs.get(&leg).cloned() {
            Some(LegUse::Caller(id)) => self.caller_silent(id, now),
            Some(LegUse::Desk(operator)) => self.desk_silent(&operator, leg, now),
            // A phone may suppress silence while its operator listens: only at the accept must packets have come.
            Some(LegUse::Operator(_) | LegUse::Dialled(_) | LegUse::Consulted(_)) | None => {}
        }
    }

    /// Nothing from the caller is a warning, no more: trunks suppress silence, and callers are silent.
    fn caller_silent(&mut self, id: JourneyId, now: Now) {
        let talks = self.talk_of(id).is_some();
        if talks && self.state.journeys.get(&id).is_some_and(|journey| !journey.silent) {
            self.emit(Event::CallerSilent { journey: id, on: true }, now);
        }
    }

    /// Time is up for packets from both.
    pub(crate) fn verify(&mut self, id: JourneyId, now: Now) {
        let Some(Doing::Talking(flows)) = self.calls.get(&id).map(|call| &call.doing) else { return };
        let (caller, operator) = (flows.caller, flows.operator);
        let Some(talk) = self.talk_of(id).cloned() else { return };
        if !caller {
            self.caller_silent(id, now);
        }
        if operator || talk.reconnecting {
            return;
        }
        let reloads = self.desks.get(&talk.operator).is_some_and(|desk| desk.reloads(now.mono));
        if talk.leg.is_none() && reloads {
            self.wait_for_desk(id, &talk.operator, now);
        } else {
            self.requeue(id, Reason::new("desk_silent"), now);
        }
    }

    /// The desk of a call under way lost its socket, its leg or its packets.
    pub(crate) fn desk_falters(&mut self, id: JourneyId, operator: &OperatorId, now: Now) {
        let Some(desk) = self.desks.get(operator) else { return };
        let unheard = desk.live_leg().is_none() || desk.is_silent();
        if unheard && self.state.journeys.get(&id).is_some_and(|journey| journey.calling().is_some()) {
            return self.desk_left_attempt(id, operator, self.desk_fault(operator), now);
        }
        let Some(desk) = self.desks.get(operator) else { return };
        if self.talk_of(id).is_none_or(|talk| talk.reconnecting || talk.operator != *operator) {
            return;
        }
        // A socket alone is no reason to part two who hear each other.
        if desk.live_leg().is_none() || (desk.is_silent() && desk.reloads(now.mono)) {
            self.wait_for_desk(id, operator, now);
        } else if desk.is_silent() {
            self.requeue(id, Reason::new("desk_silent"), now);
        }
    }

    /// The page reloads: the caller hears music and never leaves.
    fn wait_for_desk(&mut self, id: JourneyId, operator: &OperatorId, now: Now) {
        self.emit(Event::Reconnecting { journey: id, operator: operator.clone(), on: true }, now);
        self.timers.cancel(&Timer::Verify(id));
        self.timers.set(Timer::Rejoin(id), now.mono + self.rejoin_within());
        self.bridge(id);
    }

    /// The desk's audio is back in mid-call.
    pub(crate) fn rejoin(&mut self, operator: &OperatorId, now: Now) {
        let OperatorState::OnCall { journey: id } = self.operator_state(operator) else { return };
        let Some(talk) = self.talk_of(id).filter(|talk| talk.reconnecting).cloned() else { return };
        let Some(leg) = self.operator_leg(id) else { return };
        self.timers.cancel(&Timer::Rejoin(id));
        self.emit(Event::Reconnecting { journey: id, operator: operator.clone(), on: false }, now);
        self.bridge(id);
        if talk.muted {
            self.command(Command::Mute { leg, on: true });
        }
        self.command(Command::Watch { leg, on: true });
        if !talk.conversing {
            let verify = self.calls.get(&id).map(|call| call.settings.limits.verify).unwrap_or_default();
            self.timers.set(Timer::Verify(id), now.mono + verify);
        }
    }

    pub(crate) fn rejoin_missed(&mut self, id: JourneyId, now: Now) {
        if let Some(operator) = self.talk_of(id).filter(|talk| talk.reconnecting).map(|talk| talk.operator.clone()) {
            self.requeue(id, self.desk_fault(&operator), now);
        }
    }

    /// Takes the caller from an operator whose side failed, to the head of the line; the operator is told why.
    fn requeue(&mut self, id: JourneyId, reason: Reason, now: Now) {
        self.close_consult(id, reason.clone(), now);
        let Some(talk) = self.talk_of(id).cloned() else { return };
        let Some(journey) = self.state.journeys.get(&id) else { return };
        if journey.attempt.is_some() && journey.line.is_none() {
            return self.desk_left_attempt(id, &talk.operator, reason, now);
        }
        let obligation = journey.obligation;
        let Some(queue) = self.calls.get(&id).and_then(|call| call.line.as_ref()).map(|line| line.queue.clone()) else {
            return;
        };
        self.timers.cancel(&Timer::Verify(id));
        self.timers.cancel(&Timer::Rejoin(id));
        self.emit(Event::Requeued { journey: id, queue, reason: reason.clone() }, now);
        self.reopen(id, obligation, reason.clone(), now);
        self.release_operator(&talk, HangUpReason::Done);
        if talk.leg.is_some() {
            self.cool_down(&talk.operator, reason, COOL_DOWN_AFTER_FAILURE, now);
        } else {
            self.not_ready(&talk.operator, reason, now);
        }
        if let Some(leg) = self.calls.get(&id).map(|call| call.leg) {
            self.command(Command::Watch { leg, on: false });
        }
        self.wait_in_line(id, &[], now);
        self.close_again(id, now);
        self.back_in_line(Rung::Caller(id), now);
    }

    /// An operator's SIP leg is over: by its BYE the call is, by a fault the caller returns to the line.
    pub(crate) fn sip_operator_gone(&mut self, id: JourneyId, leg: LegId, by: Party, now: Now) {
        let talk = self.talk_of(id).filter(|talk| talk.leg == Some(leg)).cloned();
        self.retire(leg);
        match (talk, by) {
            (None, _) => {}
            (Some(talk), Party::Operator) => self.hang_up(id, &talk, now),
            (Some(_), Party::Caller | Party::Engine | Party::Trunk) => {
                self.requeue(id, Reason::new("operator_leg_lost"), now);
            }
        }
    }

    fn hang_up(&mut self, id: JourneyId, talk: &Talk, now: Now) {
        let Some(leg) = self.calls.get(&id).map(|call| call.leg) else { return };
        self.end(id, ended_talk(talk), Party::Operator, now);
        self.command(Command::HangUp { leg, reason: HangUpReason::Done });
    }

    pub(crate) fn operator_hangs_up(&mut self, by: &OperatorId, now: Now) -> Answer {
        if let OperatorState::OnCall { journey } = self.operator_state(by)
            && self.state.journeys.get(&journey).is_some_and(|journey| journey.calling().is_some())
        {
            return self.call_off(journey, now);
        }
        if let Some(id) = self.consulted_in(by) {
            self.close_consult(id, Reason::new("colleague_left"), now);
            return Ok(Reply::Done);
        }
        let (id, talk) = self.own_call(by)?;
        self.hang_up(id, &talk, now);
        Ok(Reply::Done)
    }

    pub(crate) fn hold(&mut self, by: &OperatorId, on: bool, now: Now) -> Answer {
        let (id, talk) = self.own_call(by)?;
        // Of two that are parted one hears music already.
        if talk.consult.as_ref().is_some_and(|consult| !consult.conference) {
            return Err(RequestError::WrongState);
        }
        if talk.held != on {
            self.emit(Event::Held { journey: id, operator: by.clone(), on }, now);
            self.bridge(id);
        }
        Ok(Reply::Done)
    }

    pub(crate) fn mute(&mut self, by: &OperatorId, on: bool, now: Now) -> Answer {
        // Who is asked is in nobody's record of mutes: their leg alone knows, until they are free.
        if let (Some(_), Some(leg)) = (self.consulted_in(by), self.desks.get(by).and_then(|desk| desk.live_leg())) {
            self.command(Command::Mute { leg, on });
            return Ok(Reply::Done);
        }
        let (id, talk) = self.own_call(by)?;
        if talk.muted != on {
            self.emit(Event::Muted { journey: id, operator: by.clone(), on }, now);
            if let Some(leg) = self.operator_leg(id) {
                self.command(Command::Mute { leg, on });
            }
        }
        Ok(Reply::Done)
    }

    pub(crate) fn key(&mut self, by: &OperatorId, digit: char) -> Answer {
        let (id, _) = self.own_call(by)?;
        let known = digit.is_ascii_digit() || matches!(digit, '*' | '#' | 'A'..='D');
        let leg = self.calls.get(&id).map(|call| call.leg).filter(|_| known).ok_or(RequestError::WrongState)?;
        self.command(Command::SendDigit { leg, digit });
        Ok(Reply::Done)
    }

    pub(crate) fn own_call(&self, by: &OperatorId) -> Result<(JourneyId, Talk), RequestError> {
        let OperatorState::OnCall { journey } = self.operator_state(by) else { return Err(RequestError::WrongState) };
        let own = self.talk_of(journey).filter(|talk| talk.operator == *by);
        own.map(|talk| (journey, talk.clone())).ok_or(RequestError::WrongState)
    }
}
