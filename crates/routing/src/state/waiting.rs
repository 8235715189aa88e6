use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, Timestamp};

use super::{Journey, Stage, State};

/// Who stands in line and is not rung for, in order: the lower priority first, then the older, then who came first (rule 12).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Waiting {
    order: BTreeSet<(u8, Timestamp, JourneyId)>,
    places: BTreeMap<JourneyId, (u8, Timestamp)>,
}

impl Waiting {
    fn set(&mut self, id: JourneyId, place: Option<(u8, Timestamp)>) {
        if self.places.get(&id).copied() == place {
            return;
        }
        if let Some((priority, since)) = self.places.remove(&id) {
            self.order.remove(&(priority, since, id));
        }
        if let Some((priority, since)) = place {
            self.order.insert((priority, since, id));
            self.places.insert(id, (priority, since));
        }
    }
}

impl State {
    /// Everyone in line and not rung for, in order.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = JourneyId> {
        self.waiting.order.iter().map(|(_, _, id)| *id)
    }

    /// Everyone in line with priority and age, in order.
    pub(crate) fn waiting_by_place(&self) -> impl Iterator<Item = (u8, Timestamp, JourneyId)> {
        self.waiting.order.iter().copied()
    }

    /// Keeps the order true after a record about this journey.
    pub(super) fn stand(&mut self, id: JourneyId) {
        let stands = |journey: &&Journey| journey.stage == Stage::Waiting;
        let line = self.journeys.get(&id).filter(stands).and_then(|journey| journey.line.as_ref());
        let place = line.map(|line| (line.priority, line.since));
        self.waiting.set(id, place);
    }
}
