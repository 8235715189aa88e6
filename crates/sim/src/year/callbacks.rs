//! The other end of calls that we begin: telephones that ring, are busy or off, and who takes them.

use std::time::Duration;

use base::JourneyId;
use routing::{Event, LegFailure, Outcome, RequestKind, TerminalCause};

use super::Year;
use super::agenda::Act;
use crate::world::opened;
use crate::{Far, Move, Supervision};

const MINUTE: Duration = Duration::from_secs(60);
const TALK: Duration = Duration::from_secs(9 * 60);

impl Year {
    pub(super) fn called_back(&mut self, event: &Event) {
        match event {
            Event::AttemptOpened { attempt, operator, caller, .. } => {
                self.attempts.insert(*attempt, operator.0.clone());
                let number = caller.number.as_ref().map(opened);
                if let Some(number) = number.filter(|number| !number.is_empty() && self.chance.chance(0.04)) {
                    // They ring us at the very moment at which we dial them.
                    let after = self.chance.between(Duration::ZERO, Duration::from_secs(20));
                    self.put(after, Act::CallAgain { number });
                }
            }
            Event::AttemptDialled { attempt, .. } => self.rings_somewhere(*attempt),
            Event::Conversing { journey, .. } if self.attempts.contains_key(journey) => self.they_talk(*journey),
            Event::Ended { journey, cause, .. } => self.attempt_over(*journey, *cause),
            Event::WrappedUp { journey, .. } => {
                self.attempts.remove(journey);
            }
            _ => {}
        }
    }

    fn rings_somewhere(&mut self, attempt: JourneyId) {
        let Some(name) = self.attempts.get(&attempt).cloned() else { return };
        let far = |does| Act::Far { name: name.clone(), does };
        let chance = &mut self.chance;
        let soon = chance.between(Duration::from_millis(200), Duration::from_secs(4));
        let later = soon + chance.between(Duration::from_secs(2), Duration::from_secs(28));
        let failure = match chance.below(100) {
            0..8 => Some(LegFailure::Busy),
            8..14 => Some(LegFailure::Unobtainable),
            14..17 => Some(LegFailure::Declined),
            17..20 => Some(LegFailure::TrunkDown),
            20 => Some(LegFailure::Refused),
            21 => Some(LegFailure::Local),
            _ => None,
        };
        let answers = chance.below(100) < 70;
        if let Some(failure) = failure {
            return self.put(soon, far(Far::Fails(failure)));
        }
        self.put(soon, far(Far::Rings));
        if answers {
            self.put(later, far(Far::Answers));
        }
        // Some operators give up the thought of it.
        if self.chance.chance(0.02) {
            let kind = RequestKind::HangUp {};
            self.put(later, Act::Ask { name, kind });
        }
    }

    fn they_talk(&mut self, attempt: JourneyId) {
        let Some(name) = self.attempts.get(&attempt).cloned() else { return };
        let mean = if self.chance.chance(0.2) { Duration::from_secs(15) } else { TALK };
        let length = self.chance.exponential(mean);
        let act = match self.chance.below(2) {
            0 => Act::Far { name, does: Far::HangsUp },
            _ => Act::Ask { name, kind: RequestKind::HangUp {} },
        };
        self.put(length, act);
    }

    /// What the operator says of it.
    fn attempt_over(&mut self, attempt: JourneyId, cause: TerminalCause) {
        let Some(name) = self.attempts.get(&attempt).cloned() else { return };
        let reached = matches!(cause, TerminalCause::Conversed);
        let outcome = match (reached, self.chance.below(20)) {
            (true, 0..15) => Some(Outcome::Spoken),
            (true, 15) => Some(Outcome::Machine),
            (true, 16) => Some(Outcome::OtherPerson),
            (true, 17) => Some(Outcome::Refused),
            (true, 18) => Some(Outcome::WrongNumber),
            (false, 0) => Some(Outcome::Invalid),
            (false, 1) => Some(Outcome::Off),
            _ => None,
        };
        let said = self.chance.between(Duration::from_secs(1), Duration::from_secs(20));
        if let Some(outcome) = outcome {
            self.put(said, Act::Ask { name: name.clone(), kind: RequestKind::Outcome { outcome } });
        }
        self.put(said + Duration::from_secs(5), Act::Ask { name, kind: RequestKind::FinishWrapUp {} });
    }

    /// In the morning a supervisor looks at what stands on the lists.
    pub(super) fn plan_supervision(&mut self) {
        if self.plan.perfect {
            return;
        }
        let Some(name) = self.staff.hires().into_iter().find_map(|hired| match hired {
            Move::Hires { name, .. } => Some(name),
            _ => None,
        }) else {
            return;
        };
        let most = (self.plan.calls_per_day / 5.0).ceil() as u64;
        for n in 0..most.max(2) {
            let does = match self.chance.below(100) {
                0..75 => Supervision::Closes,
                75..95 => Supervision::Plans,
                95..98 => Supervision::Claims,
                _ => Supervision::Bars,
            };
            let at = MINUTE * 600 + Duration::from_secs(20 * n);
            self.put(at, Act::Then(Move::Supervises { name: name.clone(), does }));
        }
    }
}
