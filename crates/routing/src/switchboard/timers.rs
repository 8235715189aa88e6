use base::{JourneyId, Now, ObligationId, OfferId, OperatorId};

use super::Switchboard;
use crate::Reason;

/// Everything that happens by itself after a while. All run on the monotonic clock and die with the process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// The pause between our 200 and the first word is over.
    Greet(JourneyId),
    /// A menu got no key.
    NoInput(JourneyId),
    /// Words in between, for those in line.
    Comfort(JourneyId),
    /// The longest wait is over.
    MaxWait(JourneyId),
    /// Nobody was on shift for long enough.
    Nobody(JourneyId),
    /// What a wait insists on relaxes by a step.
    Relax(JourneyId),
    /// Who declined may be asked again, when nobody else fits.
    Retry(JourneyId),
    /// Packets must have been seen from both.
    Verify(JourneyId),
    /// The desk's audio should be back.
    Rejoin(JourneyId),
    /// A party of a step `dial` did not answer.
    DialRing(JourneyId),
    /// An attempt has rung for long enough to be given up,
    AttemptRing(JourneyId),
    /// or to count.
    AttemptCounts(JourneyId),
    /// What is owed changes its place in line: due, soon late, aged, over.
    Callback(ObligationId),
    /// Who declined a callback may be asked again.
    CallbackRetry(ObligationId),
    /// A promise falls due.
    Promise(ObligationId),
    /// A trunk that was full is tried again.
    TrunkFree,
    /// An offer rings out.
    Ring(OfferId),
    /// Wrap-up is over.
    WrapUp(OperatorId),
    /// A ready desk has been unproven for too long to stay ready.
    DeskGrace(OperatorId),
    /// A desk has been away for so long that its shift is over.
    DeskLost(OperatorId),
    /// A static SIP operator is tried again after a miss.
    CoolDown(OperatorId),
    /// Those who were in line when it closed are served no longer.
    LastCall(JourneyId),
    /// A service may open or close: look at the wall clock.
    Hours,
    /// A day has passed since somebody looked ahead in the calendars.
    LookAhead,
}

impl Timer {
    /// All timers of a journey.
    pub(crate) fn of_journey(id: JourneyId) -> [Timer; 13] {
        let [comfort, max_wait, nobody, relax, retry, last_call] = Timer::of_line(id);
        let [greet, no_input, verify] = [Timer::Greet(id), Timer::NoInput(id), Timer::Verify(id)];
        let [rejoin, dial_ring] = [Timer::Rejoin(id), Timer::DialRing(id)];
        let [ring, counts] = [Timer::AttemptRing(id), Timer::AttemptCounts(id)];
        [greet, no_input, comfort, max_wait, nobody, relax, retry, last_call, verify, rejoin, dial_ring, ring, counts]
    }

    /// Those that run while it is in line.
    pub(crate) fn of_line(id: JourneyId) -> [Timer; 6] {
        [
            Timer::Comfort(id),
            Timer::MaxWait(id),
            Timer::Nobody(id),
            Timer::Relax(id),
            Timer::Retry(id),
            Timer::LastCall(id),
        ]
    }
}

impl Switchboard {
    pub(super) fn due(&mut self, timer: Timer, now: Now) {
        match timer {
            Timer::Greet(journey) => self.greet(journey, now),
            Timer::NoInput(journey) => self.no_input(journey, now),
            Timer::Comfort(journey) => self.comfort(journey, now),
            Timer::MaxWait(journey) => self.waited_enough(journey, Reason::new("waited_enough"), now),
            Timer::Nobody(journey) => self.waited_enough(journey, Reason::new("nobody_on_shift"), now),
            Timer::Relax(journey) => self.relax(journey, now),
            // The matching that follows every input does the rest.
            Timer::Retry(_) | Timer::TrunkFree => {}
            Timer::CallbackRetry(obligation) => self.wake_for_skips(obligation, now),
            Timer::Verify(journey) => self.verify(journey, now),
            Timer::Rejoin(journey) => self.rejoin_missed(journey, now),
            Timer::DialRing(journey) => self.dial_rang_out(journey, now),
            Timer::AttemptRing(journey) => self.attempt_rang_out(journey, now),
            Timer::AttemptCounts(journey) => self.attempt_counts(journey, now),
            Timer::Callback(obligation) | Timer::Promise(obligation) => self.callback_moves(obligation),
            Timer::Ring(offer) => self.rang_out(offer, now),
            Timer::WrapUp(operator) => self.wrap_up_over(&operator, now),
            Timer::DeskGrace(operator) => self.desk_stays_away(&operator, now),
            Timer::DeskLost(operator) => self.shift_lost(&operator, now),
            Timer::CoolDown(operator) => self.cooled_down(&operator, now),
            Timer::LastCall(journey) => self.last_call_over(journey, now),
            Timer::Hours => self.watch_hours(now),
            Timer::LookAhead => self.look_ahead(now),
        }
    }
}
