use base::{JourneyId, ObligationId, PersonId, Timestamp};

use super::{Callback, Journey, State};
use crate::{ObligationKind, Reason, TerminalCause};

/// A conversation that we owe. Kept ones are forgotten here; Postgres remembers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// What for.
    pub kind: ObligationKind,
    /// To whom, where a number tells.
    pub person: Option<PersonId>,
    /// Since when.
    pub opened: Timestamp,
    /// The journey that opened it.
    pub first: JourneyId,
    /// The last one that joined it, or the first.
    pub last: JourneyId,
    /// How many there are.
    pub journeys: u32,
    /// Open, or suspended by a conversation.
    pub owed: Owed,
    /// Why it is still, or again, open.
    pub reason: Reason,
    /// What is known for calling them back.
    pub callback: Callback,
    /// All that joined and were not parted from it, in order.
    joined: Vec<JourneyId>,
    /// Journeys that joined while a conversation held it: that conversation cannot have been about them.
    pub(crate) later: Vec<JourneyId>,
}

/// Whether a conversation holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owed {
    /// Nobody speaks with them.
    Open,
    /// This conversation, until its outcome.
    InHand {
        /// The journey spoken in.
        journey: JourneyId,
    },
}

impl Obligation {
    pub(super) fn new(
        journey: JourneyId,
        person: Option<PersonId>,
        kind: ObligationKind,
        reason: &Reason,
        opened: Timestamp,
    ) -> Self {
        Obligation {
            kind,
            person,
            opened,
            first: journey,
            last: journey,
            journeys: 1,
            owed: Owed::Open,
            reason: reason.clone(),
            callback: Callback::default(),
            joined: Vec::new(),
            later: Vec::new(),
        }
    }

    pub(super) fn take_in_hand(&mut self, journey: JourneyId) {
        self.owed = Owed::InHand { journey };
        self.later.clear();
    }

    pub(super) fn reopen(&mut self, reason: &Reason) {
        self.owed = Owed::Open;
        self.reason = reason.clone();
        self.later.clear();
    }

    pub(super) fn journey_ended(&mut self, journey: &Journey, cause: TerminalCause) {
        self.callback.learn(journey, cause);
        if self.owed == Owed::Open {
            self.reason = cause.reason();
        }
    }

    fn join(&mut self, journey: JourneyId) {
        self.joined.push(journey);
        self.count();
        if self.owed != Owed::Open {
            self.later.push(journey);
        }
    }

    /// A journey that had joined is owed by another one now, or about to be.
    fn leave(&mut self, journey: JourneyId) {
        self.joined.retain(|joined| *joined != journey);
        self.later.retain(|later| *later != journey);
        self.count();
    }

    /// The number turned out to be several people's: what joined during a conversation is not of this one.
    pub(super) fn leave_later(&mut self) {
        for journey in std::mem::take(&mut self.later) {
            self.leave(journey);
        }
    }

    fn count(&mut self) {
        self.last = self.joined.last().copied().unwrap_or(self.first);
        self.journeys = u32::try_from(self.joined.len()).unwrap_or(u32::MAX).saturating_add(1);
    }

    /// Whether this journey's conversation holds it.
    pub(crate) fn held_by(&self, journey: JourneyId) -> bool {
        self.owed == Owed::InHand { journey }
    }
}

impl State {
    pub(super) fn obligation(&mut self, id: ObligationId, change: impl FnOnce(&mut Obligation)) {
        if let Some(obligation) = self.obligations.get_mut(&id) {
            change(obligation);
        }
    }

    pub(super) fn open_obligation(&mut self, id: ObligationId, obligation: Obligation) {
        self.owe(obligation.first, id);
        if let (Some(person), ObligationKind::Reach) = (obligation.person, obligation.kind) {
            self.reach.insert(person, id);
        }
        self.obligations.insert(id, obligation);
    }

    pub(super) fn join_obligation(&mut self, id: ObligationId, journey: JourneyId) {
        self.owe(journey, id);
        self.obligation(id, |owed| owed.join(journey));
    }

    pub(super) fn discharge(&mut self, id: ObligationId) {
        let Some(person) = self.obligations.remove(&id).and_then(|kept| kept.person) else { return };
        if self.reach.get(&person) == Some(&id) {
            self.reach.remove(&person);
        }
    }

    /// No journey is owed by two: the one before lets go of it.
    fn owe(&mut self, journey: JourneyId, obligation: ObligationId) {
        let under_way = self.journeys.get_mut(&journey).map(|journey| &mut journey.obligation);
        let mut afters = self.operators.values_mut().filter_map(|operator| operator.after.as_mut());
        let over = afters.find(|after| after.journey == journey).map(|after| &mut after.obligation);
        let before = under_way.or(over).and_then(|owed| owed.replace(obligation));
        if let Some(before) = before.filter(|before| *before != obligation) {
            self.obligation(before, |owed| owed.leave(journey));
        }
    }
}
