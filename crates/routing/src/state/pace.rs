use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use base::{OperatorId, PersonId, Timestamp};
use jiff::SignedDuration;

use super::State;
use crate::OperatorState;

/// Of so many calls the time is remembered,
const REMEMBERED: usize = 20;
/// and of so many it must be, before anything is told from it.
const LEAST: usize = 5;
/// Who spoke with someone longer ago is not whom they spoke with last.
const SPOKE_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long the last calls of a line took an operator, from the accept to the end of the time after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pace(VecDeque<SignedDuration>);

impl Pace {
    fn push(&mut self, took: SignedDuration) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(took);
    }

    fn mean(&self) -> Option<Duration> {
        let count = i32::try_from(self.0.len()).ok().filter(|_| self.0.len() >= LEAST)?;
        let sum: SignedDuration =
            self.0.iter().copied().fold(SignedDuration::ZERO, |sum, took| sum.saturating_add(took));
        Duration::try_from(sum / count).ok()
    }
}

/// With whom each person spoke last, and when. Older ones are forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spoke {
    last: BTreeMap<PersonId, (Timestamp, OperatorId)>,
    order: BTreeSet<(Timestamp, PersonId)>,
}

impl Spoke {
    fn with(&mut self, person: PersonId, operator: OperatorId, utc: Timestamp) {
        self.forget(person);
        self.last.insert(person, (utc, operator));
        self.order.insert((utc, person));
        while let Some((at, oldest)) = self.order.first().copied().filter(|(at, _)| is_old(*at, utc)) {
            self.order.remove(&(at, oldest));
            self.last.remove(&oldest);
        }
    }

    pub(super) fn forget(&mut self, person: PersonId) {
        if let Some((at, _)) = self.last.remove(&person) {
            self.order.remove(&(at, person));
        }
    }
}

fn is_old(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) > SPOKE_KEPT
}

impl State {
    /// How long a call of this line takes an operator; none: too few were seen.
    pub(crate) fn pace_of(&self, queue: &str) -> Option<Duration> {
        self.paces.get(queue).and_then(Pace::mean)
    }

    /// With whom a person spoke last.
    pub(crate) fn spoke_last(&self, person: PersonId, now: Timestamp) -> Option<&OperatorId> {
        let (at, operator) = self.spoke.last.get(&person)?;
        (!is_old(*at, now)).then_some(operator)
    }

    /// An operator and somebody hear each other.
    pub(super) fn spoken_by(&mut self, id: base::JourneyId, operator: &OperatorId, utc: Timestamp) {
        let Some(journey) = self.journeys.get(&id).filter(|journey| !journey.synthetic) else { return };
        if let Some(person) = journey.spoken_with().filter(|person| !self.shared.contains(person)) {
            self.spoke.with(person, operator.clone(), utc);
        }
    }

    /// Before an operator's state changes: a call that was taken from a line and wrapped up tells how long such calls take.
    pub(super) fn note_pace(&mut self, id: &OperatorId, next: &OperatorState, utc: Timestamp) {
        match next {
            OperatorState::OnCall { journey } => {
                let own = self.journeys.get(journey).filter(|it| it.talk().is_some_and(|talk| talk.operator == *id));
                let queue = own.and_then(|journey| journey.line.as_ref()).map(|line| line.queue.clone());
                self.operator(id).taken = queue.map(|queue| (queue, utc));
            }
            OperatorState::Offered { .. } | OperatorState::WrapUp { .. } => {}
            OperatorState::Offline => self.operator(id).taken = None,
            OperatorState::NotReady { .. } | OperatorState::Ready { .. } => {
                let operator = self.operator(id);
                let wrapped_up = matches!(operator.state, OperatorState::WrapUp { .. });
                let conversed = operator.after.is_none() && matches!(next, OperatorState::Ready { .. });
                let taken = operator.taken.take().filter(|_| wrapped_up || conversed);
                if let Some((queue, since)) = taken {
                    self.paces.entry(queue).or_default().push(utc.duration_since(since));
                }
            }
        }
    }
}
