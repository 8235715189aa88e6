//! What legs and media report, led to whom it concerns.

use base::{JourneyId, LegId, Now, Sealed};

use super::{LegUse, Switchboard};
use crate::journey::Doing;
use crate::switchboard::Timer;
use crate::{Command, Event, Fact, HangUpReason, LegFailure, LegQuality, LegRole, Party, Reason, TerminalCause};

impl Switchboard {
    pub(super) fn learn(&mut self, fact: Fact, now: Now) {
        match fact {
            Fact::LegUp { leg } => self.leg_up(leg, now),
            Fact::LegFailed { leg, failure } => self.leg_failed(leg, failure, now),
            Fact::LegLost { leg, fault } => {
                if let Some((journey, role)) = self.journey_of(leg) {
                    self.emit(Event::LegLost { journey, leg, role, reason: fault.reason() }, now);
                }
            }
            Fact::LegEnded { leg, by } => self.leg_ended(leg, by, now),
            Fact::DialogConfirmed { leg, dialog } => self.dialog_confirmed(leg, dialog, now),
            Fact::DeskLeg { operator, leg } => self.desk_leg(operator, leg, now),
            Fact::Digit { leg, digit } => {
                if let Some(LegUse::Caller(journey)) = self.legs.get(&leg) {
                    self.pressed(*journey, digit, now);
                }
            }
            Fact::Played { leg, play } => {
                if let Some(LegUse::Caller(journey)) = self.legs.get(&leg) {
                    self.played(*journey, play, now);
                }
            }
            Fact::Flowing { leg } => self.flowing(leg, now),
            Fact::Silent { leg } => self.silent(leg, now),
            Fact::Measured { leg, quality } => self.measured(leg, quality, now),
            Fact::Trunk { trunk, up, reason } => self.trunk_told(trunk, up, reason, now),
            Fact::Ringing { leg } => self.attempt_rings(leg, now),
            Fact::ContactSealed { journey, contact } => self.contact_sealed(journey, contact, now),
            Fact::DeskSocket { operator, up } => self.desk_socket(operator, up, now),
        }
    }

    fn leg_up(&mut self, leg: LegId, now: Now) {
        match self.legs.get(&leg).cloned() {
            Some(LegUse::Caller(journey)) => self.answered(journey, leg, now),
            Some(LegUse::Operator(journey)) => self.sip_operator_answered(journey, leg, now),
            Some(LegUse::Dialled(journey)) => self.dialled_answered(journey, leg),
            Some(LegUse::Consulted(journey)) => self.consulted_leg_up(journey, leg, now),
            Some(LegUse::Desk(operator)) => self.desk_up(&operator, leg, now),
            // It answered while we took it back: nobody is there for it any more.
            None => self.command(Command::HangUp { leg, reason: HangUpReason::Withdrawn }),
        }
    }

    fn answered(&mut self, journey: JourneyId, leg: LegId, now: Now) {
        if self.is_attempt(journey) {
            return self.attempt_answered(journey, leg, now);
        }
        let Some(call) = self.calls.get_mut(&journey) else { return };
        let Doing::Arriving { first } = &mut call.doing else { return };
        call.doing = Doing::Pausing { first: std::mem::take(first) };
        let (greet, ring_back) = (now.mono + call.settings.limits.greet_after, call.ring_back.take());
        self.emit(Event::Answered { journey, leg }, now);
        if ring_back.is_none_or(|attempt| !self.join_ring_back(journey, attempt, now)) {
            self.timers.set(Timer::Greet(journey), greet);
        }
    }

    fn leg_failed(&mut self, leg: LegId, failure: LegFailure, now: Now) {
        match self.legs.get(&leg).cloned() {
            Some(LegUse::Caller(journey)) if self.is_attempt(journey) => {
                self.attempt_failed(journey, leg, failure, now);
            }
            Some(LegUse::Caller(journey)) => {
                let (cause, by) = match failure {
                    LegFailure::Cancelled => (TerminalCause::Cancelled, Party::Caller),
                    LegFailure::Incompatible => (TerminalCause::Incompatible, Party::Engine),
                    LegFailure::Local => (TerminalCause::Overload, Party::Engine),
                    LegFailure::Refused
                    | LegFailure::Busy
                    | LegFailure::Unobtainable
                    | LegFailure::Declined
                    | LegFailure::TrunkDown
                    | LegFailure::Timeout => (TerminalCause::TrunkLost, Party::Trunk),
                };
                self.end(journey, cause, by, now);
            }
            Some(LegUse::Operator(journey)) => self.sip_operator_failed(journey, leg, now),
            Some(LegUse::Dialled(journey)) => self.dialled_over(journey, leg, now),
            Some(LegUse::Consulted(journey)) => self.consulted_leg_failed(journey, leg, failure, now),
            Some(LegUse::Desk(operator)) => self.desk_down(&operator, leg, now),
            None => {}
        }
    }

    fn leg_ended(&mut self, leg: LegId, by: Party, now: Now) {
        match self.legs.get(&leg).cloned() {
            Some(LegUse::Caller(journey)) => self.caller_gone(journey, by, now),
            Some(LegUse::Operator(journey)) => self.sip_operator_gone(journey, leg, by, now),
            Some(LegUse::Dialled(journey)) => self.dialled_over(journey, leg, now),
            Some(LegUse::Consulted(journey)) => self.consulted_leg_over(journey, leg, Reason::new("they_left"), now),
            Some(LegUse::Desk(operator)) => self.desk_down(&operator, leg, now),
            None => {}
        }
    }

    fn dialog_confirmed(&mut self, leg: LegId, dialog: Sealed, now: Now) {
        if let Some((journey, role)) = self.journey_of(leg) {
            self.emit(Event::DialogConfirmed { journey, leg, role, dialog }, now);
        }
    }

    /// The last words of a leg. A desk's leg belongs to a shift, not to a journey: it has none.
    fn measured(&mut self, leg: LegId, quality: LegQuality, now: Now) {
        let live = self.journey_of(leg);
        if let Some((journey, role)) = self.retired.take(leg).or(live) {
            self.emit(Event::LegMeasured { journey, leg, role, quality }, now);
        }
    }

    fn journey_of(&self, leg: LegId) -> Option<(JourneyId, LegRole)> {
        self.legs.get(&leg).cloned().and_then(LegUse::role)
    }
}
