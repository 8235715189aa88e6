use std::collections::VecDeque;
use std::time::Duration;

use base::{OperatorId, Timestamp};
use jiff::SignedDuration;

use super::State;
use crate::OperatorState;

/// Of so many calls the time is remembered,
const REMEMBERED: usize = 20;
/// and of so many it must be, before anything is told from it.
const LEAST: usize = 5;

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

impl State {
    /// How long a call of this line takes an operator; none: too few were seen.
    pub(crate) fn pace_of(&self, queue: &str) -> Option<Duration> {
        self.paces.get(queue).and_then(Pace::mean)
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
