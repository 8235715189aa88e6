//! An attempt: the operator waits while the worker is dialled through a trunk, from trunk to trunk, until they answer or are not reached
//! (rules 8 to 10). Once they answer it is a talk like any other.

use std::collections::BTreeMap;

use base::{JourneyId, LegId, Now, ObligationId, OfferId, OperatorId};

use super::care::attempt_of;
use super::window::CallingHours;
use crate::journey::{Call, Doing, Flows, LineRun};
use crate::state::{Calling, Stage};
use crate::switchboard::{LegUse, Switchboard, Timer};
use crate::{
    Alarm, Caller, Command, DialTarget, Event, HangUpReason, LegFailure, OfferOutcome, OperatorState, Party, Reason,
    Reply, RequestError, Source, TerminalCause, WithdrawReason,
};

/// What an operator hears while the other side is dialled.
const RINGING: &str = "ringing";

impl Switchboard {
    /// An operator takes a callback: written down, then dialled. What is not allowed at this moment is planned anew.
    pub(crate) fn accept_callback(
        &mut self,
        id: ObligationId,
        offer: OfferId,
        by: &OperatorId,
        now: Now,
    ) -> Result<(), RequestError> {
        self.can_save()?;
        if !self.has_room() {
            return Err(RequestError::Unwell);
        }
        let checked = self.dialable(id, now);
        let Ok((caller, trunk, from)) = checked else {
            self.withdraw_callback(id, WithdrawReason::Replanned, now);
            self.callback_moves(id);
            return checked.map(|_| ());
        };
        self.end_offer(offer, OfferOutcome::Accepted, now);
        let Some(attempt) = self.open_attempt(id, offer, by, caller, now) else { return Err(RequestError::WrongState) };
        self.change(by, OperatorState::OnCall { journey: attempt }, Reason::new("callback_accepted"), now);
        self.dial_attempt(attempt, trunk, from, now);
        Ok(())
    }

    /// Whom to dial, and through what, if that is allowed at this very moment.
    fn dialable(&self, id: ObligationId, now: Now) -> Result<(Caller, String, String), RequestError> {
        let case = self.case(id).ok_or(RequestError::ObligationGone)?;
        let hours = CallingHours::of(case.settings, &case.owed.callback.service);
        let capped = case.counts(now.utc).today >= case.settings.dial_plan.per_day;
        let barred = case.firm_bar(now.utc).is_some();
        let over = case.owed.callback.plan.as_ref().is_none_or(|plan| now.utc < plan.due || plan.until <= now.utc);
        if capped || barred || over || case.is_on_the_line() || !hours.allow(now.utc) {
            return Err(RequestError::MayNotDial);
        }
        let caller = case.target().ok_or(RequestError::MayNotDial)?.into_owned();
        let (trunk, from) = self.trunk_for(&[], now).map_err(|_| RequestError::NoTrunk)?;
        Ok((caller, trunk, from))
    }

    /// A trunk, and the number of ours that it presents.
    fn trunk_for(&self, tried: &[String], now: Now) -> Result<(String, String), Reason> {
        let trunk = self.pick_trunk(tried, now)?;
        let of_trunk = self.settings.as_ref().and_then(|settings| settings.trunks.get(&trunk));
        let from = of_trunk.map(|trunk| trunk.from.clone()).ok_or(Reason::new("no_trunk"))?;
        Ok((trunk, from))
    }

    fn open_attempt(
        &mut self,
        id: ObligationId,
        offer: OfferId,
        operator: &OperatorId,
        caller: Caller,
        now: Now,
    ) -> Option<JourneyId> {
        let settings = self.settings.clone()?;
        let (service, given) = {
            let case = self.case(id)?;
            (case.owed.callback.service.clone(), case.is_given())
        };
        let calendar = settings.services.get(&service).and_then(|service| service.calendar.as_ref());
        let calendar = calendar.and_then(|name| settings.calendars.get(name));
        let attempt = self.mints.journey.mint();
        let opened = Event::AttemptOpened {
            attempt,
            obligation: id,
            offer,
            operator: operator.clone(),
            service: service.clone(),
            caller,
            given,
            language: self.callback_language(id),
            calendar_version: calendar.map(|calendar| calendar.version.clone()).unwrap_or_default(),
            settings_version: settings.version.clone(),
        };
        self.emit(opened, now);
        // Minted anew for every call that is placed.
        let leg = LegId::new(attempt.node, attempt.boot, 0);
        let line = self.queue_for(id).map(|queue| LineRun::new(&queue, ""));
        let call = Call {
            leg,
            settings,
            service,
            flow: String::new(),
            closed: false,
            unsecured: false,
            closing: None,
            shortage: None,
            doing: Doing::Calling,
            line,
            left_line: false,
            prefer: None,
            skips: BTreeMap::new(),
            ring_back: None,
            outside: None,
        };
        self.calls.insert(attempt, call);
        self.attempts.insert(attempt);
        Some(attempt)
    }

    /// Written before the INVITE leaves.
    fn dial_attempt(&mut self, id: JourneyId, trunk: String, from: String, now: Now) {
        let number = self.state.journeys.get(&id).and_then(|journey| journey.caller.number.clone());
        let (leg, Some(number)) = (self.mints.leg(), number) else { return };
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.leg = leg;
        let ring = call.settings.callbacks.ring;
        self.legs.insert(leg, LegUse::Caller(id));
        self.emit(Event::AttemptDialled { attempt: id, leg, trunk: trunk.clone(), from: from.clone() }, now);
        self.timers.set(Timer::AttemptRing(id), now.mono + ring);
        self.operator_hears(id, vec![Source::Music(RINGING.into())]);
        let target = DialTarget::Number { trunk, number, from };
        self.command(Command::Dial { leg, journey: id, target });
    }

    fn operator_hears(&mut self, id: JourneyId, sources: Vec<Source>) {
        let operator = attempt_of(&self.state, id).map(|attempt| attempt.operator.clone());
        let leg = operator.and_then(|operator| self.desks.get(&operator)).and_then(|desk| desk.live_leg());
        if let Some(leg) = leg {
            self.command(Command::Hear { leg, sources });
        }
    }

    /// A 180 or 183 from there. What they play is no answer, and nobody hears it.
    pub(crate) fn attempt_rings(&mut self, leg: LegId, now: Now) {
        let Some((id, calling)) = self.calling_on(leg) else { return };
        if calling.ringing {
            return;
        }
        self.emit(Event::AttemptRinging { attempt: id, leg }, now);
        let Some(settings) = self.calls.get(&id).map(|call| call.settings.clone()) else { return };
        self.timers.set(Timer::AttemptRing(id), now.mono + settings.callbacks.ring);
        self.timers.set(Timer::AttemptCounts(id), now.mono + settings.callbacks.counts_after);
    }

    /// It has rung for so long that it is an attempt.
    pub(crate) fn attempt_counts(&mut self, id: JourneyId, now: Now) {
        if self.state.journeys.get(&id).is_some_and(|journey| journey.calling().is_some_and(|calling| calling.ringing))
        {
            self.emit(Event::AttemptCounted { attempt: id }, now);
        }
    }

    /// They answered: from here it is a talk, and packets decide as with any.
    pub(crate) fn attempt_answered(&mut self, id: JourneyId, leg: LegId, now: Now) {
        if self.calling_on(leg).is_none() {
            return;
        }
        self.stop_attempt_timers(id);
        self.emit(Event::Answered { journey: id, leg }, now);
        self.do_now(id, Doing::Talking(Flows::default()));
        self.watch_both(id, now);
    }

    pub(crate) fn attempt_failed(&mut self, id: JourneyId, leg: LegId, failure: LegFailure, now: Now) {
        if self.calling_on(leg).is_none() {
            return self.caller_gone(id, Party::Trunk, now);
        }
        self.retire(leg);
        let reason = reason_of(failure);
        self.emit(Event::AttemptFailed { attempt: id, leg, reason: reason.clone() }, now);
        if failure == LegFailure::TrunkDown && self.is_still_allowed(id, now) && self.dial_next_trunk(id, now) {
            return;
        }
        let by = if reason == Reason::new("local") { Party::Engine } else { Party::Trunk };
        self.end(id, TerminalCause::NotReached, by, now);
    }

    /// Trunks that say nothing take their time: calling hours may have ended meanwhile.
    fn is_still_allowed(&self, id: JourneyId, now: Now) -> bool {
        let case = attempt_of(&self.state, id).and_then(|attempt| self.case(attempt.obligation));
        case.is_some_and(|case| {
            let hours = CallingHours::of(case.settings, &case.owed.callback.service);
            hours.allow(now.utc) && case.owed.callback.plan.as_ref().is_some_and(|plan| now.utc < plan.until)
        })
    }

    /// The trunk said nothing: the next one may.
    fn dial_next_trunk(&mut self, id: JourneyId, now: Now) -> bool {
        let tried = attempt_of(&self.state, id).map(|attempt| attempt.trunks.clone()).unwrap_or_default();
        match self.trunk_for(&tried, now) {
            Ok((trunk, from)) => {
                self.dial_attempt(id, trunk, from, now);
                true
            }
            Err(reason) => {
                self.alarm(Alarm::NoCallbackTrunk { reason });
                false
            }
        }
    }

    /// Long enough.
    pub(crate) fn attempt_rang_out(&mut self, id: JourneyId, now: Now) {
        let Some(leg) = self.leg_in_calling(id) else { return };
        self.emit(Event::AttemptFailed { attempt: id, leg, reason: Reason::new("no_answer") }, now);
        self.end(id, TerminalCause::NotReached, Party::Engine, now);
        self.command(Command::HangUp { leg, reason: HangUpReason::Withdrawn });
    }

    /// The operator hangs up before they answer.
    pub(crate) fn call_off(&mut self, id: JourneyId, now: Now) -> Result<Reply, RequestError> {
        let leg = self.leg_in_calling(id).ok_or(RequestError::WrongState)?;
        self.end(id, TerminalCause::CalledOff, Party::Operator, now);
        self.command(Command::HangUp { leg, reason: HangUpReason::Withdrawn });
        Ok(Reply::Done)
    }

    /// By the operator's click, never by itself: who picks up may be the person already.
    pub(crate) fn key_extension(&mut self, by: &OperatorId) -> Result<Reply, RequestError> {
        let (id, _) = self.own_call(by)?;
        let obligation = attempt_of(&self.state, id).map(|attempt| attempt.obligation);
        let owed = obligation.and_then(|obligation| self.state.obligations.get(&obligation));
        let contact = owed.and_then(|owed| owed.callback.contact.as_ref());
        let keys = contact.and_then(|contact| contact.extension.clone()).ok_or(RequestError::WrongState)?;
        let leg = self.calls.get(&id).map(|call| call.leg).ok_or(RequestError::WrongState)?;
        self.command(Command::SendSealed { leg, keys });
        Ok(Reply::Done)
    }

    /// The desk of an attempt is gone: the worker is not left with silence, nor with music.
    pub(crate) fn desk_left_attempt(&mut self, id: JourneyId, operator: &OperatorId, reason: Reason, now: Now) {
        let Some(leg) = self.calls.get(&id).map(|call| call.leg) else { return };
        self.end(id, TerminalCause::DeskLost, Party::Engine, now);
        self.command(Command::HangUp { leg, reason: HangUpReason::Withdrawn });
        self.settle_wrap_up(operator, now);
        self.not_ready(operator, reason, now);
    }

    /// Whether this journey is an attempt of ours.
    pub(crate) fn is_attempt(&self, id: JourneyId) -> bool {
        attempt_of(&self.state, id).is_some()
    }

    /// The operator who waited has their time after it, if anything was dialled.
    pub(crate) fn after_calling(&mut self, id: JourneyId, operator: &OperatorId, span: std::time::Duration, now: Now) {
        if let Some(leg) = self.desks.get(operator).and_then(|desk| desk.live_leg()) {
            self.command(Command::Hear { leg, sources: Vec::new() });
        }
        let after = self.state.operators.get(operator).and_then(|operator| operator.after.as_ref());
        let faulty = after.is_some_and(|after| {
            let failed = after.attempt.as_ref().and_then(|attempt| attempt.failed.as_ref());
            failed.is_some_and(|failed| matches!(&*failed.0, "trunk_down" | "local"))
        });
        if span.is_zero() || faulty {
            return self.wrap_up_over(operator, now);
        }
        let until = now.after(span).utc;
        self.change(operator, OperatorState::WrapUp { journey: id, until }, Reason::new("not_reached"), now);
        self.timers.set(Timer::WrapUp(operator.clone()), now.mono + span);
    }

    pub(crate) fn stop_attempt_timers(&mut self, id: JourneyId) {
        self.timers.cancel(&Timer::AttemptRing(id));
        self.timers.cancel(&Timer::AttemptCounts(id));
    }

    fn leg_in_calling(&self, id: JourneyId) -> Option<LegId> {
        self.state.journeys.get(&id)?.calling()?.leg
    }

    /// The attempt that dials this leg.
    fn calling_on(&self, leg: LegId) -> Option<(JourneyId, Calling)> {
        let Some(LegUse::Caller(id)) = self.legs.get(&leg) else { return None };
        let Stage::Calling(calling) = &self.state.journeys.get(id)?.stage else { return None };
        (calling.leg == Some(leg)).then(|| (*id, calling.clone()))
    }

    /// Somebody hears that calls of ours cannot leave, once until they can. What is full for a while is tried again soon.
    pub(crate) fn watch_trunks(&mut self, refused: Option<&Reason>, now: Now) {
        let Some(reason) = refused else {
            self.callbacks.alarmed_trunk = false;
            return;
        };
        match &*reason.0 {
            "stopping" | "journal_unwell" | "disk_full" => {}
            "no_trunk" | "trunk_down" | "trunk_tried" => {
                if !std::mem::replace(&mut self.callbacks.alarmed_trunk, true) {
                    self.alarm(Alarm::NoCallbackTrunk { reason: reason.clone() });
                }
            }
            _ => {
                if self.timers.get(&Timer::TrunkFree).is_none() {
                    self.timers.set(Timer::TrunkFree, now.mono + TRUNK_AGAIN);
                }
            }
        }
    }
}

/// A trunk that is full or paced is asked again after this.
const TRUNK_AGAIN: std::time::Duration = std::time::Duration::from_secs(5);

/// Why nobody was reached, as the line told it.
fn reason_of(failure: LegFailure) -> Reason {
    Reason::new(match failure {
        LegFailure::Busy => "busy",
        LegFailure::Unobtainable => "unobtainable",
        LegFailure::Declined => "declined",
        LegFailure::Refused | LegFailure::Cancelled => "refused",
        LegFailure::Timeout => "no_answer",
        LegFailure::TrunkDown => "trunk_down",
        LegFailure::Incompatible | LegFailure::Local => "local",
    })
}
