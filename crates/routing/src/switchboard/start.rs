//! Beginning, changing settings, what a lost run leaves behind, and stopping in order.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Boot, JourneyId, LegId, NodeId, Now, OfferId, OperatorId, Sealed, Timers};

use super::Switchboard;
use crate::{
    Command, Event, HangUpReason, OfferOutcome, OperatorState, Party, Reason, Settings, TerminalCause, WithdrawReason,
};

/// How far the run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// No settings yet.
    Fresh,
    /// Takes calls.
    Serving,
    /// Takes no new calls; those under way may finish.
    Draining,
    /// Said goodbye.
    Stopped,
}

impl Switchboard {
    pub(super) fn configure(&mut self, settings: Arc<Settings>, now: Now) {
        if self.phase == Phase::Fresh {
            self.phase = Phase::Serving;
            self.emit(Event::Started { version: env!("CARGO_PKG_VERSION").to_owned() }, now);
        }
        if self.state.settings_version.as_ref() != Some(&settings.version) {
            let calendars = settings.calendars.iter().map(|(name, calendar)| format!("{name}={}", calendar.version));
            let calendar_version = calendars.collect::<Vec<_>>().join(" ");
            self.emit(Event::Configured { version: settings.version.clone(), calendar_version }, now);
        }
        let before = self.settings.replace(settings.clone());
        self.mark_all_changed();
        self.roster_of_sip_operators(before.as_deref(), &settings, now);
        self.keep_hours_of(now);
    }

    /// Static SIP operators are ready by being configured, and gone by not being so any more.
    fn roster_of_sip_operators(&mut self, before: Option<&Settings>, settings: &Settings, now: Now) {
        for sip in &settings.sip_operators {
            let off = self.state.operators.get(&sip.operator).is_none_or(|operator| !operator.on_shift());
            if off {
                self.ready_anew(&sip.operator, Reason::new("configured"), now);
            }
        }
        let known = |id: &OperatorId| settings.sip_operators.iter().any(|sip| sip.operator == *id);
        let old = before.map(|before| before.sip_operators.clone()).unwrap_or_default();
        for gone in old.into_iter().filter(|sip| !known(&sip.operator)) {
            self.end_shift(&gone.operator, Reason::new("configured"), now);
        }
    }

    /// A run is over without goodbye: nothing of it is pretended to live (rule 16).
    pub(super) fn node_lost(&mut self, node: NodeId, boot: Boot, now: Now) {
        if boot >= self.boot && node == self.node {
            return;
        }
        let lost = |id: &JourneyId| id.node == node && id.boot <= boot;
        let journeys: Vec<JourneyId> = self.state.journeys.keys().copied().filter(lost).collect();
        let dialogs = self.dialogs_left_by(&journeys);
        self.emit(Event::NodeLost { node, boot }, now);
        self.lose_callback_offers(node, boot, now);
        // All are owed before the first of them ends: two at one time from one number are still two.
        for journey in &journeys {
            self.owe_lost(*journey, now);
        }
        for journey in journeys {
            self.lose_journey(journey, now);
        }
        self.lose_operators(now);
        self.reopen_unheld(now);
        for (leg, dialog) in dialogs {
            self.command(Command::ByeRecovered { leg, dialog });
        }
    }

    /// Callbacks that rang in a lost run ring no more.
    fn lose_callback_offers(&mut self, node: NodeId, boot: Boot, now: Now) {
        let lost = |offer: &OfferId| offer.node == node && offer.boot <= boot;
        let offers: Vec<OfferId> = self.state.ringing.keys().copied().filter(lost).collect();
        for offer in offers {
            self.end_callback_offer(offer, OfferOutcome::Withdrawn { why: WithdrawReason::EngineLost }, now);
        }
    }

    /// Confirmed dialogs of journeys that were lost, and of those that ended while their BYE may not have left.
    fn dialogs_left_by(&self, journeys: &[JourneyId]) -> BTreeMap<LegId, Sealed> {
        let lost = journeys.iter().filter_map(|id| self.state.journeys.get(id)).flat_map(|journey| &journey.dialogs);
        let ended = self.state.parting.iter().filter(|(leg, _)| leg.boot != self.boot);
        let ended = ended.map(|(leg, (_, dialog))| (leg, dialog));
        lost.chain(ended).map(|(leg, dialog)| (*leg, dialog.clone())).collect()
    }

    fn owe_lost(&mut self, id: JourneyId, now: Now) {
        if self.state.journeys.get(&id).is_some_and(|journey| journey.obligation.is_none() && !journey.synthetic) {
            self.owe(id, now);
        }
    }

    fn lose_journey(&mut self, id: JourneyId, now: Now) {
        let ringing = self.state.journeys.get(&id).and_then(|journey| journey.ringing().cloned());
        if let Some(ringing) = ringing {
            let outcome = OfferOutcome::Withdrawn { why: WithdrawReason::EngineLost };
            let (offer, operator) = (ringing.offer, ringing.operator);
            self.emit(Event::OfferEnded { offer, journey: id, operator, outcome }, now);
        }
        self.emit(Event::Ended { journey: id, cause: TerminalCause::EngineLost, by: Party::Engine }, now);
    }

    /// Conversations of the lost run are settled by what is known of them. Desks come back by themselves; who sits there says when ready.
    fn lose_operators(&mut self, now: Now) {
        for id in self.state.operators.keys().cloned().collect::<Vec<_>>() {
            self.settle_wrap_up(&id, now);
            let reason = Reason::new("engine_restarted");
            match self.state.operators.get(&id).map(|operator| &operator.state) {
                None | Some(OperatorState::Offline) => {}
                Some(_) if self.sip_operator(&id).is_some() => self.ready_anew(&id, reason, now),
                Some(_) if !self.state.accounts.contains_key(&id) => self.end_shift(&id, reason, now),
                Some(OperatorState::NotReady { .. }) => self.watch_for_lost_desk(&id, now),
                Some(
                    OperatorState::Ready { .. }
                    | OperatorState::Offered { .. }
                    | OperatorState::OnCall { .. }
                    | OperatorState::WrapUp { .. },
                ) => self.not_ready(&id, reason, now),
            }
        }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.phase == Phase::Stopped
    }

    pub(crate) fn is_draining(&self) -> bool {
        matches!(self.phase, Phase::Draining | Phase::Stopped)
    }

    pub(super) fn has_stopped(&self) -> bool {
        self.phase == Phase::Stopped
    }

    /// Takes no new calls from now on; asked again, ends those under way.
    pub(super) fn drain(&mut self, now: Now) {
        let again = self.is_draining();
        if !again {
            self.phase = Phase::Draining;
            self.withdraw_all_callbacks(WithdrawReason::Stopping, now);
        }
        for journey in self.calls.keys().copied().collect::<Vec<_>>() {
            if again {
                self.stop_call(journey, now);
            } else if self.is_waiting(journey) {
                self.leave_line(journey, Reason::new("stopping"), now);
            }
        }
    }

    fn stop_call(&mut self, journey: JourneyId, now: Now) {
        let Some(leg) = self.calls.get(&journey).map(|call| call.leg) else { return };
        self.end(journey, TerminalCause::EngineStopped, Party::Engine, now);
        self.command(Command::HangUp { leg, reason: HangUpReason::Stopping });
    }

    pub(super) fn stop_when_empty(&mut self, now: Now) {
        if self.phase != Phase::Draining || !self.calls.is_empty() {
            return;
        }
        self.phase = Phase::Stopped;
        for operator in self.state.operators.keys().cloned().collect::<Vec<_>>() {
            self.settle_wrap_up(&operator, now);
            self.end_shift(&operator, Reason::new("engine_stopped"), now);
        }
        self.emit(Event::Stopped {}, now);
        self.timers = Timers::default();
        self.keep_hours_of(now);
    }
}
