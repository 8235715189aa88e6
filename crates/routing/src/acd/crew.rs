//! Tells why nobody was offered: once, and again when the shortage becomes one of another kind.

use base::{JourneyId, Now, OperatorId};

use super::Abilities;
use crate::state::Line;
use crate::switchboard::Switchboard;
use crate::{Crew, Event, OperatorState};

impl Switchboard {
    /// Writes down why someone in line waits on.
    pub(super) fn tell_shortage(&mut self, id: JourneyId, crew: Crew, now: Now) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.shortage = Some(crew.shortage());
            self.emit(Event::NobodyFree { journey: id, crew }, now);
        }
    }

    pub(super) fn crew_for(&self, line: &Line, skipped: impl Fn(&OperatorId) -> bool) -> Crew {
        let mut crew = Crew::default();
        for operator in self.state.operators.keys() {
            match self.abilities(operator) {
                Some(abilities) if abilities.fits(line) => self.count_fitting(&mut crew, operator, skipped(operator)),
                Some(abilities) if self.is_proven_ready(operator) => count_unfit(&mut crew, abilities, line),
                Some(_) | None => {}
            }
        }
        crew
    }

    fn count_fitting(&self, crew: &mut Crew, operator: &OperatorId, skipped: bool) {
        match self.operator_state(operator) {
            OperatorState::Ready { .. } if !self.is_proven(operator) => crew.unproven += 1,
            OperatorState::Ready { .. } if skipped => crew.declined += 1,
            // Whoever is ready and was not offered this one a moment ago is about to be.
            OperatorState::Ready { .. } => {}
            OperatorState::Offered { .. } => crew.offered += 1,
            OperatorState::OnCall { .. } => crew.on_call += 1,
            OperatorState::WrapUp { .. } => crew.wrap_up += 1,
            OperatorState::NotReady { .. } => crew.not_ready += 1,
            OperatorState::Offline => {}
        }
    }
}

fn count_unfit(crew: &mut Crew, abilities: Abilities<'_>, line: &Line) {
    crew.unfit += 1;
    for skill in line.skills.iter().filter(|skill| !abilities.has(skill)) {
        if !crew.lacking.contains(skill) {
            crew.lacking.push(skill.clone());
        }
    }
}
