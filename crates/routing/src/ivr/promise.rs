//! What may be promised: whom we may call back, and by when (rules 7 and 11).

use base::{Dialling, JourneyId, Now, NumberClass, Timestamp};

use crate::Event;
use crate::switchboard::Switchboard;

impl Switchboard {
    /// Whether we may call them: at the number that they gave, or at their own unasked, which only one person answers.
    pub(super) fn is_callable(&self, id: JourneyId) -> bool {
        let Some(journey) = self.state.journeys.get(&id) else { return false };
        let caller = &journey.caller;
        let own = caller.class.dialling() == Dialling::Unasked && !caller.private;
        journey.contact.is_some() || (own && caller.person.is_some_and(|person| !self.state.shared.contains(&person)))
    }

    /// Whether an extension would lead to them: we see their number, and it is a fixed line's.
    pub(super) fn has_extension(&self, id: JourneyId) -> bool {
        let caller = self.state.journeys.get(&id).map(|journey| &journey.caller);
        caller.is_some_and(|caller| {
            let fixed = matches!(caller.class, NumberClass::Fixed | NumberClass::Switchboard);
            fixed && !caller.private && caller.number.is_some()
        })
    }

    /// By when we call them: the next opening while closed; no time while open, where it depends on who is free.
    pub(super) fn promise_for(&self, id: JourneyId, now: Now) -> Option<Timestamp> {
        let call = self.calls.get(&id).filter(|_| self.is_callable(id))?;
        let calendar = call.settings.calendars.get(call.service()?.calendar.as_ref()?)?;
        if self.is_open(&call.settings, &call.service, now.utc) { None } else { calendar.next_opening(now.utc) }
    }

    /// They heard to the end by when we call.
    pub(super) fn promised_by(&mut self, id: JourneyId, by: Timestamp, now: Now) {
        if let Some(obligation) = self.state.journeys.get(&id).and_then(|journey| journey.obligation) {
            self.emit(Event::PromiseMade { obligation, journey: id, by }, now);
        }
    }
}
