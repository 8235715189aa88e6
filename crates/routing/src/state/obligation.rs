use base::{JourneyId, ObligationId, PersonId, Timestamp};

use super::State;
use crate::{Event, ObligationKind, Reason, TerminalCause};

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
    pub(super) fn journey_ended(&mut self, cause: TerminalCause) {
        if self.owed == Owed::Open {
            self.reason = cause.reason();
        }
    }

    /// Whether this journey's conversation holds it.
    pub(crate) fn held_by(&self, journey: JourneyId) -> bool {
        self.owed == Owed::InHand { journey }
    }
}

impl State {
    pub(super) fn fold_obligation(&mut self, event: &Event, utc: Timestamp) {
        if let Event::ObligationOpened { obligation, journey, person, kind, reason } = event {
            self.open(*obligation, *journey, *person, *kind, reason, utc);
        }
        if let Event::ObligationJoined { obligation, journey } = event {
            self.owe(*journey, *obligation);
            if let Some(owed) = self.obligations.get_mut(obligation) {
                owed.last = *journey;
                owed.journeys += 1;
                if owed.owed != Owed::Open {
                    owed.later.push(*journey);
                }
            }
        }
        if let Event::ObligationInHand { obligation, journey, .. } = event {
            if let Some(owed) = self.obligations.get_mut(obligation) {
                owed.owed = Owed::InHand { journey: *journey };
                owed.later.clear();
            }
        }
        if let Event::ObligationReopened { obligation, reason } = event {
            if let Some(owed) = self.obligations.get_mut(obligation) {
                owed.owed = Owed::Open;
                owed.reason = reason.clone();
                owed.later.clear();
            }
        }
        if let Event::ObligationDischarged { obligation, .. } = event {
            self.discharge(*obligation);
        }
    }

    fn open(
        &mut self,
        id: ObligationId,
        journey: JourneyId,
        person: Option<PersonId>,
        kind: ObligationKind,
        reason: &Reason,
        opened: Timestamp,
    ) {
        let obligation = Obligation {
            kind,
            person,
            opened,
            first: journey,
            last: journey,
            journeys: 1,
            owed: Owed::Open,
            reason: reason.clone(),
            later: Vec::new(),
        };
        self.obligations.insert(id, obligation);
        self.owe(journey, id);
        if let (Some(person), ObligationKind::Reach) = (person, kind) {
            self.reach.insert(person, id);
        }
    }

    fn discharge(&mut self, id: ObligationId) {
        let Some(person) = self.obligations.remove(&id).and_then(|kept| kept.person) else { return };
        if self.reach.get(&person) == Some(&id) {
            self.reach.remove(&person);
        }
    }

    fn owe(&mut self, journey: JourneyId, obligation: ObligationId) {
        if let Some(journey) = self.journeys.get_mut(&journey) {
            journey.obligation = Some(obligation);
        }
    }
}
