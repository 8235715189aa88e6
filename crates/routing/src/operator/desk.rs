//! What an operator's desk proves: socket, audio leg, packets. All of it dies with the process.

use std::time::Duration;

use base::{LegId, Mono, Now, OperatorId};

use crate::switchboard::{LegUse, Switchboard, Timer};
use crate::{Command, Event, HangUpReason, OperatorState, Reason};

/// A desk that is away for this long has ended its shift, whatever its page says.
const SHIFT_LOST_AFTER: Duration = Duration::from_secs(600);

/// An operator's page and its audio leg.
#[derive(Clone, Debug, Default)]
pub(crate) struct Desk {
    leg: Option<LegId>,
    up: bool,
    silent: bool,
    socket: bool,
    /// Until then a lost socket may be a page that reloads, and its silence is forgiven.
    settles_at: Mono,
}

impl Desk {
    pub(crate) fn is_proven(&self) -> bool {
        self.socket && self.live_leg().is_some() && !self.silent
    }

    /// The leg, when media is up on it.
    pub(crate) fn live_leg(&self) -> Option<LegId> {
        self.leg.filter(|_| self.up)
    }

    /// The page is away, or came back a moment ago and may still be opening its audio.
    pub(crate) fn reloads(&self, now: Mono) -> bool {
        !self.socket || now < self.settles_at
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.silent
    }

    fn fault(&self) -> Reason {
        if !self.socket { Reason::new("socket_lost") } else { Reason::new("audio_lost") }
    }
}

impl Switchboard {
    pub(crate) fn desk_socket(&mut self, id: OperatorId, up: bool, now: Now) {
        let settles_at = now.mono + self.rejoin_within();
        let desk = self.desks.entry(id.clone()).or_default();
        let was = std::mem::replace(&mut desk.socket, up);
        if was && !up {
            desk.settles_at = settles_at;
            self.desk_in_doubt(&id, now);
        }
        self.desk_maybe_proven(&id, now);
    }

    /// A leg for the shift is on its way and replaces the one before.
    pub(crate) fn desk_leg(&mut self, id: OperatorId, leg: LegId, now: Now) {
        if self.someone(Some(id.clone())).is_err() {
            return self.command(Command::HangUp { leg, reason: HangUpReason::Done });
        }
        self.drop_desk_leg(&id, now);
        self.legs.insert(leg, LegUse::Desk(id.clone()));
        self.desks.entry(id.clone()).or_default().leg = Some(leg);
        self.desk_in_doubt(&id, now);
    }

    pub(crate) fn desk_up(&mut self, id: &OperatorId, leg: LegId, now: Now) {
        let Some(desk) = self.desks.get_mut(id).filter(|desk| desk.leg == Some(leg)) else { return };
        (desk.up, desk.silent) = (true, false);
        self.command(Command::Hear { leg, sources: Vec::new() });
        self.command(Command::Watch { leg, on: true });
        self.emit(Event::DeskAudio { operator: id.clone(), up: true }, now);
        if self.operator_state(id) == OperatorState::Offline {
            self.not_ready(id, Reason::new("shift_started"), now);
        }
        self.rejoin(id, now);
        self.desk_maybe_proven(id, now);
    }

    pub(crate) fn desk_down(&mut self, id: &OperatorId, leg: LegId, now: Now) {
        self.legs.remove(&leg);
        if self.desks.get(id).is_some_and(|desk| desk.leg == Some(leg)) {
            self.lose_desk_leg(id, now);
            self.desk_in_doubt(id, now);
        }
    }

    pub(crate) fn desk_flows(&mut self, id: &OperatorId, now: Now) {
        let Some(desk) = self.desks.get_mut(id) else { return };
        if std::mem::take(&mut desk.silent) {
            self.emit(Event::DeskAudio { operator: id.clone(), up: true }, now);
            self.desk_maybe_proven(id, now);
        }
        self.rejoin(id, now);
    }

    pub(crate) fn desk_silent(&mut self, id: &OperatorId, leg: LegId, now: Now) {
        let Some(desk) = self.desks.get_mut(id).filter(|desk| desk.leg == Some(leg)) else { return };
        if !std::mem::replace(&mut desk.silent, true) {
            self.emit(Event::DeskAudio { operator: id.clone(), up: false }, now);
        }
        self.desk_in_doubt(id, now);
    }

    pub(crate) fn drop_desk_leg(&mut self, id: &OperatorId, now: Now) {
        if let Some(leg) = self.desks.get(id).and_then(|desk| desk.leg) {
            self.legs.remove(&leg);
            self.lose_desk_leg(id, now);
            self.command(Command::HangUp { leg, reason: HangUpReason::Done });
        }
    }

    fn lose_desk_leg(&mut self, id: &OperatorId, now: Now) {
        let Some(desk) = self.desks.get_mut(id) else { return };
        let heard = desk.up && !desk.silent;
        (desk.leg, desk.up, desk.silent) = (None, false, false);
        if heard {
            self.emit(Event::DeskAudio { operator: id.clone(), up: false }, now);
        }
    }

    /// Something that proved the desk went away; what follows depends on what its operator does.
    fn desk_in_doubt(&mut self, id: &OperatorId, now: Now) {
        if self.is_proven(id) {
            return;
        }
        // A socket alone is no reason to part two who hear each other.
        let unheard = self.desks.get(id).is_none_or(|desk| desk.live_leg().is_none() || desk.is_silent());
        if let Some(journey) = self.consulted_in(id).filter(|_| unheard) {
            return self.close_consult(journey, self.desk_fault(id), now);
        }
        match self.operator_state(id) {
            OperatorState::Ready { .. } => self.doubt_ready(id, now),
            OperatorState::Offered { offer } => self.desk_lost_offer(offer, now),
            OperatorState::OnCall { journey } => self.desk_falters(journey, id, now),
            OperatorState::NotReady { .. } | OperatorState::WrapUp { .. } => self.watch_for_lost_desk(id, now),
            OperatorState::Offline => {}
        }
    }

    /// A page that reloads keeps its operator ready; nothing is offered meanwhile.
    pub(crate) fn doubt_ready(&mut self, id: &OperatorId, now: Now) {
        let timer = Timer::DeskGrace(id.clone());
        if self.timers.get(&timer).is_none() {
            self.timers.set(timer, now.mono + self.rejoin_within());
        }
    }

    fn desk_maybe_proven(&mut self, id: &OperatorId, now: Now) {
        if self.is_proven(id) {
            self.timers.cancel(&Timer::DeskGrace(id.clone()));
            self.timers.cancel(&Timer::DeskLost(id.clone()));
        } else {
            self.watch_for_lost_desk(id, now);
        }
    }

    pub(crate) fn desk_stays_away(&mut self, id: &OperatorId, now: Now) {
        if matches!(self.operator_state(id), OperatorState::Ready { .. }) && !self.is_proven(id) {
            self.not_ready(id, self.desk_fault(id), now);
        }
    }

    /// Nobody counts as on shift for ever because their machine was shut down.
    pub(crate) fn watch_for_lost_desk(&mut self, id: &OperatorId, now: Now) {
        let timer = Timer::DeskLost(id.clone());
        let at_work = self.operator_state(id) != OperatorState::Offline;
        if at_work && !self.is_proven(id) && self.timers.get(&timer).is_none() {
            self.timers.set(timer, now.mono + SHIFT_LOST_AFTER);
        }
    }

    pub(crate) fn shift_lost(&mut self, id: &OperatorId, now: Now) {
        match self.operator_state(id) {
            OperatorState::NotReady { .. } => self.leave_shift(id, self.desk_fault(id), now),
            OperatorState::Ready { .. }
            | OperatorState::Offered { .. }
            | OperatorState::OnCall { .. }
            | OperatorState::WrapUp { .. } => self.watch_for_lost_desk(id, now),
            OperatorState::Offline => {}
        }
    }

    pub(crate) fn desk_fault(&self, id: &OperatorId) -> Reason {
        self.desks.get(id).map_or(Reason::new("socket_lost"), Desk::fault)
    }

    pub(crate) fn rejoin_within(&self) -> Duration {
        self.settings.as_ref().map_or(Duration::ZERO, |settings| settings.limits.desk_rejoin)
    }
}
