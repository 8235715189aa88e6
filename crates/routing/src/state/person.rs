use std::collections::{BTreeMap, VecDeque};

use base::{JourneyId, OperatorId, PersonId, Timestamp};
use jiff::SignedDuration;

use super::{Journey, Obligation, Stage, State};
use crate::{Event, Party, TerminalCause};

/// How many places are kept before old ones are swept.
const PLACES: usize = 1024;
/// No place is kept longer.
const PLACE_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// A call that lasted longer is none that anyone calls short.
const SHORT: SignedDuration = SignedDuration::from_secs(30);
/// How many short calls of one number are remembered, and of how many numbers.
const SHORT_CALLS: usize = 16;
const SHORT_CALLERS: usize = 4096;
/// Journeys are counted by the day in China, which has one zone and no summer time.
const DAY_STARTS_EARLIER_S: i64 = 8 * 3600;

/// The place in line of someone whose call ended in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// When the call ended.
    pub(crate) ended: Timestamp,
    /// Since when they were in line.
    pub(crate) since: Timestamp,
    /// It ended by a fault of ours or the trunk's.
    pub(crate) cut_off: bool,
    /// With whom they spoke.
    pub(crate) operator: Option<OperatorId>,
}

impl Place {
    pub(super) fn kept(journey: &Journey, cause: TerminalCause, ended: Timestamp) -> Option<(PersonId, Place)> {
        let person = journey.caller.person.filter(|_| journey.attempt.is_none())?;
        let cut_off = cause.is_cut_off();
        let operator = match &journey.stage {
            Stage::Talking(talk) => Some(talk.operator.clone()),
            Stage::Arriving
            | Stage::InFlow { .. }
            | Stage::Waiting
            | Stage::Ringing(_)
            | Stage::Calling(_)
            | Stage::Dialled { .. } => None,
        };
        let waited = matches!(cause, TerminalCause::Abandoned | TerminalCause::NoAudio);
        let since = journey.line.as_ref().map_or(journey.opened, |line| line.since);
        (cut_off || waited).then_some((person, Place { ended, since, cut_off, operator }))
    }
}

/// Today's journeys by number, to notice that caller IDs do not arrive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Day {
    number: i64,
    total: u32,
    by_person: BTreeMap<PersonId, u32>,
}

impl Day {
    /// Whether this number makes 30 % of a day's ten or more journeys (rule 2).
    pub(crate) fn floods(&self, person: PersonId) -> bool {
        let own = self.by_person.get(&person).copied().unwrap_or(0);
        self.total >= 10 && u64::from(own) * 10 >= u64::from(self.total) * 3
    }

    /// Which day it is, counted.
    pub(crate) fn number(&self) -> i64 {
        self.number
    }

    fn count(&mut self, person: Option<PersonId>, utc: Timestamp) {
        let today = (utc.as_second() + DAY_STARTS_EARLIER_S).div_euclid(86_400);
        if today != self.number {
            *self = Day { number: today, ..Day::default() };
        }
        self.total += 1;
        if let Some(person) = person {
            *self.by_person.entry(person).or_default() += 1;
        }
    }
}

/// Short calls of one number, the oldest first: when each ended, and how long it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShortCalls(VecDeque<(Timestamp, SignedDuration)>);

impl ShortCalls {
    fn push(&mut self, ended: Timestamp, lasted: SignedDuration) {
        if self.0.len() == SHORT_CALLS {
            self.0.pop_front();
        }
        self.0.push_back((ended, lasted));
    }

    /// How many there were shorter than `under` in the time `within` before a moment.
    pub(crate) fn count(&self, at: Timestamp, under: SignedDuration, within: SignedDuration) -> usize {
        let fits =
            |(ended, lasted): &&(Timestamp, SignedDuration)| *lasted < under && at.duration_since(*ended) < within;
        self.0.iter().filter(fits).count()
    }

    fn last(&self) -> Option<Timestamp> {
        self.0.back().map(|(ended, _)| *ended)
    }
}

impl State {
    /// Remembers calls that their caller ended almost at once (rule 3).
    pub(super) fn note_short_call(&mut self, journey: &Journey, by: Party, utc: Timestamp) {
        let Some(person) = journey.caller.person.filter(|_| journey.attempt.is_none() && !journey.synthetic) else {
            return;
        };
        let lasted = utc.duration_since(journey.opened);
        if by != Party::Caller || lasted >= SHORT {
            return;
        }
        self.short_calls.entry(person).or_default().push(utc, lasted);
        if self.short_calls.len() > SHORT_CALLERS {
            let recent = |calls: &ShortCalls| calls.last().is_some_and(|last| utc.duration_since(last) < PLACE_KEPT);
            self.short_calls.retain(|_, calls| recent(calls));
        }
    }

    pub(super) fn count_today(&mut self, event: &Event, utc: Timestamp) {
        if let Event::JourneyOpened { caller, synthetic: false, .. } = event {
            self.day.count(caller.person, utc);
        }
    }

    pub(super) fn number_shared(&mut self, person: PersonId) {
        self.shared.insert(person);
        self.reach.remove(&person);
        self.places.remove(&person);
        self.spoke.forget(person);
        self.chose.forget(person);
        let theirs = self.owed_about(person).filter(|(_, owed)| owed.person == Some(person));
        for id in theirs.map(|(id, _)| id).collect::<Vec<_>>() {
            self.obligation(id, Obligation::leave_later);
        }
    }

    /// They are back in line: the place that was kept is theirs again, and no longer kept.
    pub(super) fn take_place(&mut self, journey: JourneyId) {
        if let Some(person) = self.journeys.get(&journey).and_then(|journey| journey.caller.person) {
            self.places.remove(&person);
        }
    }

    pub(super) fn keep_place(&mut self, person: PersonId, place: Place, utc: Timestamp) {
        if self.shared.contains(&person) {
            return;
        }
        self.places.insert(person, place);
        if self.places.len() > PLACES {
            self.places.retain(|_, place| utc.duration_since(place.ended) < PLACE_KEPT);
        }
    }
}
