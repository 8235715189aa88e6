//! The step `dial`: a fixed SIP address, bridged to the caller.

use std::time::Duration;

use base::{JourneyId, LegId, Now};

use crate::journey::Doing;
use crate::switchboard::{LegUse, Switchboard, Timer};
use crate::{Command, DialTarget, Event, HangUpReason, Source};

/// How long a dialled party rings.
const RING: Duration = Duration::from_secs(60);

impl Switchboard {
    pub(super) fn dial(&mut self, id: JourneyId, step: String, uri: &str, next: &str, now: Now) -> Option<String> {
        let leg = self.mints.leg();
        self.legs.insert(leg, LegUse::Dialled(id));
        self.emit(Event::Dialled { journey: id, leg, step }, now);
        self.do_now(id, Doing::Dialling { leg, next: next.to_owned() });
        self.timers.set(Timer::DialRing(id), now.mono + RING);
        self.command(Command::Dial { leg, journey: id, target: DialTarget::Uri(uri.to_owned()) });
        None
    }

    pub(crate) fn dialled_answered(&mut self, id: JourneyId, leg: LegId) {
        self.timers.cancel(&Timer::DialRing(id));
        let Some(caller) = self.calls.get(&id).map(|call| call.leg) else { return };
        self.command(Command::Hear { leg: caller, sources: vec![Source::Leg(leg)] });
        self.command(Command::Hear { leg, sources: vec![Source::Leg(caller)] });
    }

    /// The dialled party hung up, or could not be reached: the flow goes on.
    pub(crate) fn dialled_over(&mut self, id: JourneyId, leg: LegId, now: Now) {
        self.retire(leg);
        let Some(Doing::Dialling { leg: dialled, next }) = self.calls.get(&id).map(|call| &call.doing) else { return };
        if *dialled != leg {
            return;
        }
        let next = next.clone();
        self.timers.cancel(&Timer::DialRing(id));
        if let Some(caller) = self.calls.get(&id).map(|call| call.leg) {
            self.command(Command::Hear { leg: caller, sources: Vec::new() });
        }
        self.enter(id, next, now);
    }

    pub(crate) fn dial_rang_out(&mut self, id: JourneyId, now: Now) {
        let Some(Doing::Dialling { leg, .. }) = self.calls.get(&id).map(|call| &call.doing) else {
            return self.outside_rang_out(id, now);
        };
        let leg = *leg;
        self.command(Command::HangUp { leg, reason: HangUpReason::Withdrawn });
        self.dialled_over(id, leg, now);
    }
}
