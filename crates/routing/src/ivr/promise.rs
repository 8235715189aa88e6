//! What may be promised: whom we may call back, and by when (rules 7 and 11).

use base::{Dialling, JourneyId, Now, NumberClass, PersonId, Timestamp};

use crate::switchboard::Switchboard;
use crate::{Callee, DialCounts, Event, NumberFlag};

impl Switchboard {
    /// Whether we may call them: at their own number unasked, which only one person answers; at the one that they gave, in a part of the day
    /// that they chose, too, where their own is not such a one (rule 7).
    pub(super) fn is_callable(&self, id: JourneyId, now: Now) -> bool {
        let Some(journey) = self.state.journeys.get(&id) else { return false };
        let (caller, contact) = (&journey.caller, journey.contact.as_ref());
        let people = [caller.person, contact.and_then(|contact| contact.key)];
        let flags = [NumberFlag::DoNotCall, NumberFlag::Blocked];
        let flagged = |person| flags.iter().any(|flag| self.state.is_flagged(person, *flag, now.utc));
        if caller.class.is_noise() || people.into_iter().flatten().any(flagged) {
            return false;
        }
        let own = caller.class.dialling() == Dialling::Unasked && !caller.private;
        let own =
            own && caller.person.is_some_and(|person| !self.state.shared.contains(&person) && self.has_tries(person));
        let Some(contact) = contact else { return own };
        let (number, class) = match &contact.number {
            Some(number) => (Some(number), contact.class),
            None => (caller.number.as_ref(), caller.class),
        };
        number.is_some() && (own || journey.part.is_some()) && self.may_be_given(id, class)
    }

    /// Whether a number was not dialled too often (rule 8).
    fn has_tries(&self, person: PersonId) -> bool {
        let dialled = self.state.dialled.get(&person).map_or(0, Vec::len);
        let most = self.settings.as_ref().map_or(0, |settings| settings.dial_plan.in_all);
        u32::try_from(dialled).is_ok_and(|dialled| dialled < most)
    }

    /// Whether the dial plan lets numbers of this kind be called where a caller asks for it (rule 8).
    pub(super) fn may_be_given(&self, id: JourneyId, class: NumberClass) -> bool {
        let plan = self.calls.get(&id).map(|call| &call.settings.dial_plan);
        plan.is_some_and(|plan| plan.permits(Callee::Caller { class, asked: true }, DialCounts::default()).is_ok())
    }

    /// Whether an extension would lead to them: we see their number, it is a fixed line's, and such may be called.
    pub(super) fn has_extension(&self, id: JourneyId) -> bool {
        let caller = self.state.journeys.get(&id).map(|journey| &journey.caller);
        caller.is_some_and(|caller| {
            let fixed = matches!(caller.class, NumberClass::Fixed | NumberClass::Switchboard);
            fixed && !caller.private && caller.number.is_some() && self.may_be_given(id, caller.class)
        })
    }

    /// Whether they pressed that they want to be called, in a menu or in line.
    pub(super) fn wants_a_call(&self, id: JourneyId) -> bool {
        self.state.journeys.get(&id).is_some_and(|journey| journey.wanted == Some(true))
    }

    /// By when we call them, in the part of the day that they chose; none where no time can be kept.
    pub(super) fn promise_for(&self, id: JourneyId, now: Now) -> Option<Timestamp> {
        let journey = self.state.journeys.get(&id).filter(|_| self.is_callable(id, now))?;
        self.time_for(id, journey.part, now.utc)
    }

    /// They heard to the end by when we call.
    pub(super) fn promised_by(&mut self, id: JourneyId, by: Timestamp, now: Now) {
        if let Some(obligation) = self.state.journeys.get(&id).and_then(|journey| journey.obligation) {
            self.emit(Event::PromiseMade { obligation, journey: id, by }, now);
        }
    }
}
