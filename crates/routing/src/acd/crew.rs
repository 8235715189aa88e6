//! Tells why nobody was offered: once, and again when the shortage becomes one of another kind.

use base::{JourneyId, Now, OperatorId};

use super::Abilities;
use crate::state::Line;
use crate::switchboard::Switchboard;
use crate::{Crew, Event, OperatorState};

impl Switchboard {
    /// Writes down why someone in line waits on.
    pub(super) fn tell_shortage(&mut self, id: JourneyId, line: &Line, now: Now) {
        let crew = self.crew_for(id, line);
        let Some(call) = self.calls.get_mut(&id) else { return };
        if call.shortage.replace(crew.shortage()) != Some(crew.shortage()) {
            self.emit(Event::NobodyFree { journey: id, crew }, now);
        }
    }

    fn crew_for(&self, id: JourneyId, line: &Line) -> Crew {
        let mut crew = Crew::default();
        for operator in self.state.operators.keys() {
            match self.abilities(operator) {
                Some(abilities) if abilities.fits(line) => self.count_fitting(&mut crew, id, operator),
                Some(abilities) if self.is_proven_ready(operator) => count_unfit(&mut crew, abilities, line),
                Some(_) | None => {}
            }
        }
        crew
    }

    fn count_fitting(&self, crew: &mut Crew, id: JourneyId, operator: &OperatorId) {
        let skipped = self.calls.get(&id).is_some_and(|call| call.skips.contains_key(operator));
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
    for skill in line.skills.iter().filter(|skill| !abilities.skills.contains(skill)) {
        if !crew.lacking.contains(skill) {
            crew.lacking.push(skill.clone());
        }
    }
}
