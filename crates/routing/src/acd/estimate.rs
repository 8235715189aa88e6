//! How long someone in line may still wait: from how long calls of this line took of late, who is there for them, and who goes before.
//! What is not known well is not told (Q3).

use base::{JourneyId, Now};

use super::Abilities;
use crate::ivr::Forecast;
use crate::state::Line;
use crate::switchboard::{Switchboard, Timer};

impl Switchboard {
    pub(super) fn forecast(&self, id: JourneyId, now: Now) -> Option<Forecast> {
        let (_, line) = self.stands(id)?;
        let takes = self.state.pace_of(&line.queue)?;
        let crew = self.crew_in_turn(line);
        let operators = u32::try_from(crew.len()).ok().filter(|operators| *operators > 0)?;
        let ahead = u32::try_from(self.before(id, line, &crew)).ok()?;
        let wait = takes.checked_mul(ahead.checked_add(1)?)? / operators;
        // Who is promised a call back before that waits no such time.
        let led_out = self.timers.get(&Timer::MaxWait(id)).is_some_and(|out| now.mono + wait > out);
        (!led_out).then_some(Forecast { wait, ahead, operators, takes })
    }

    /// Those who fit and take calls, now or after the one that they are at.
    fn crew_in_turn(&self, line: &Line) -> Vec<Abilities<'_>> {
        let takes = self.state.operators.keys().filter(|operator| self.takes_calls(operator));
        takes.filter_map(|operator| self.abilities(operator)).filter(|abilities| abilities.fits(line)).collect()
    }

    /// How many go before whom one of these operators may be given: in whichever line they stand, and callbacks among them.
    fn before(&self, id: JourneyId, own: &Line, crew: &[Abilities<'_>]) -> usize {
        let place = (own.priority, own.since, id);
        let others = self.state.waiting_by_place().take_while(|other| *other < place);
        let lines = others.filter_map(|(_, _, other)| self.stands(other));
        let callers = lines.filter(|(_, line)| crew.iter().any(|abilities| abilities.fits(line))).count();
        let between = self.settings.as_ref().map_or(1, |settings| settings.callbacks.live_between.max(1));
        let turns = callers / usize::try_from(between).unwrap_or(usize::MAX) + 1;
        callers + self.callbacks.line.before(own.priority, own.since, turns)
    }
}
