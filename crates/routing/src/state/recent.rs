//! What is remembered of people from one call to the next (I5): with whom they spoke, and in which language. Of nobody whose telephone is
//! shared, and not for long.

use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, OperatorId, PersonId, Timestamp};
use jiff::SignedDuration;

use super::State;
use crate::{ChosenBy, Language};

/// What is older is forgotten.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The last of something for each person, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recent<T> {
    last: BTreeMap<PersonId, (Timestamp, T)>,
    order: BTreeSet<(Timestamp, PersonId)>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Recent { last: BTreeMap::new(), order: BTreeSet::new() }
    }
}

impl<T> Recent<T> {
    fn keep(&mut self, person: PersonId, what: T, utc: Timestamp) {
        self.forget(person);
        self.last.insert(person, (utc, what));
        self.order.insert((utc, person));
        while let Some((at, oldest)) = self.order.first().copied().filter(|(at, _)| is_old(*at, utc)) {
            self.order.remove(&(at, oldest));
            self.last.remove(&oldest);
        }
    }

    fn of(&self, person: PersonId, now: Timestamp) -> Option<&T> {
        let (at, what) = self.last.get(&person)?;
        (!is_old(*at, now)).then_some(what)
    }

    pub(super) fn forget(&mut self, person: PersonId) {
        if let Some((at, _)) = self.last.remove(&person) {
            self.order.remove(&(at, person));
        }
    }
}

fn is_old(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) > KEPT
}

impl State {
    /// With whom a person spoke last.
    pub(crate) fn spoke_last(&self, person: PersonId, now: Timestamp) -> Option<&OperatorId> {
        self.spoke.of(person, now)
    }

    /// The language that whoever calls here chose last.
    pub(crate) fn chose_last(&self, journey: JourneyId, now: Timestamp) -> Option<&Language> {
        self.chose.of(self.remembered(journey)?, now)
    }

    /// An operator and somebody hear each other.
    pub(super) fn spoken_by(&mut self, id: JourneyId, operator: &OperatorId, utc: Timestamp) {
        if let Some(person) = self.remembered(id) {
            self.spoke.keep(person, operator.clone(), utc);
        }
    }

    /// A caller speaks this language. Only a key tells that it is theirs.
    pub(super) fn speaks(&mut self, id: JourneyId, language: &Language, by: ChosenBy, utc: Timestamp) {
        self.journey(id, |journey| journey.language = Some(language.clone()));
        if let Some(person) = self.remembered(id).filter(|_| by != ChosenBy::Service) {
            self.chose.keep(person, language.clone(), utc);
        }
    }

    fn remembered(&self, id: JourneyId) -> Option<PersonId> {
        let journey = self.journeys.get(&id).filter(|journey| !journey.synthetic)?;
        journey.spoken_with().filter(|person| !self.shared.contains(person))
    }
}
