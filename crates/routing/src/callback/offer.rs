//! A due callback rings at one operator, like a call: accepted, declined, missed or taken back (rules 12 and 13).

use std::time::Duration;

use base::{JourneyId, Mono, Now, ObligationId, OfferId, OperatorId};

use crate::switchboard::{Switchboard, Timer};
use crate::{Event, OfferOutcome, OperatorState, Reason};

/// Nobody waits on the line: who declined is asked again, when nobody else fits, after this.
const DECLINED_FOR: Duration = Duration::from_secs(300);

/// Whom an offer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rung {
    /// Someone in line.
    Caller(JourneyId),
    /// Someone whom we owe a call.
    Callback(ObligationId),
}

impl Switchboard {
    pub(crate) fn offer_callback(&mut self, id: ObligationId, operator: OperatorId, now: Now) {
        let queue = self.queue_for(id);
        let settings = self.settings.as_deref();
        let ring = queue.and_then(|queue| settings?.queues.get(&queue)).map(|queue| queue.ring);
        let Some(ring) = ring else { return };
        let offer = self.mints.offer.mint();
        let until = now.after(ring).utc;
        self.callbacks.line.leave(id);
        self.emit(Event::CallbackOffered { offer, obligation: id, operator: operator.clone(), until }, now);
        self.change(&operator, OperatorState::Offered { offer }, Reason::new("offered"), now);
        self.timers.set(Timer::Ring(offer), now.mono + ring);
    }

    /// Whether a call of ours may begin at all: it is on disk, we go on, and a trunk takes it.
    pub(crate) fn may_call_back(&self, now: Now) -> Result<(), Reason> {
        if self.is_draining() {
            return Err(Reason::new("stopping"));
        }
        if self.can_save().is_err() {
            return Err(Reason::new("journal_unwell"));
        }
        if !self.has_room() {
            return Err(Reason::new("disk_full"));
        }
        self.pick_trunk(&[], now).map(|_| ())
    }

    /// Writes the end of a callback's ring.
    pub(crate) fn end_callback_offer(
        &mut self,
        offer: OfferId,
        outcome: OfferOutcome,
        now: Now,
    ) -> Option<(ObligationId, OperatorId)> {
        let obligation = *self.state.ringing.get(&offer)?;
        let ringing = self.state.obligations.get(&obligation)?.callback.offer.clone()?;
        let operator = ringing.operator;
        self.timers.cancel(&Timer::Ring(offer));
        self.emit(Event::CallbackOfferEnded { offer, obligation, operator: operator.clone(), outcome }, now);
        Some((obligation, operator))
    }

    /// Taken back, all of them: no call of ours begins now.
    pub(crate) fn withdraw_all_callbacks(&mut self, why: crate::WithdrawReason, now: Now) {
        for id in self.state.ringing.values().copied().collect::<Vec<_>>() {
            self.withdraw_callback(id, why, now);
        }
    }

    /// Not asked about this again until ready anew; `until` is when, if nobody else fits.
    pub(crate) fn skip_callback(&mut self, id: ObligationId, operator: &OperatorId, until: Mono) {
        self.callbacks.skips.entry(id).or_default().insert(operator.clone(), until);
    }

    /// Who declined may be asked again at their moments; the matching that follows every input does the rest.
    pub(crate) fn wake_for_skips(&mut self, id: ObligationId, now: Now) {
        let skips = self.callbacks.skips.get(&id).into_iter().flat_map(|skips| skips.values());
        if let Some(next) = skips.copied().filter(|until| *until > now.mono).min() {
            self.timers.set(Timer::CallbackRetry(id), next);
        }
    }

    pub(crate) fn declined_callback_until(&self, now: Now) -> Mono {
        now.mono + DECLINED_FOR
    }
}
