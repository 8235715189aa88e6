//! What a wait insists on, and how that relaxes: step by step, each at its time (Q1).

use std::time::Duration;

use base::{JourneyId, Now, OperatorId};

use super::Abilities;
use crate::state::{Line, Operator};
use crate::switchboard::{Switchboard, Timer};
use crate::{Event, Queue, Relax, Relaxes, Skill};

impl Switchboard {
    /// What an operator needs to take this caller, from the beginning of a wait on.
    pub(super) fn needs_of_caller(&self, id: JourneyId, name: &str, queue: &Queue, now: Now) -> Vec<Skill> {
        let topic = self.state.journeys.get(&id).and_then(|journey| journey.topic.as_deref());
        let needs = queue.needs(&self.language(id), topic);
        let last = self.last_operator(id, queue, now).filter(|operator| self.may_be_held_for(operator, name, &needs));
        needs.into_iter().chain(last.map(Skill::operator)).collect()
    }

    /// With whom this person spoke last, where callers are held for them: not in danger, nor where a place says with whom they were cut off.
    fn last_operator(&self, id: JourneyId, queue: &Queue, now: Now) -> Option<&OperatorId> {
        let journey =
            self.state.journeys.get(&id).filter(|journey| queue.prefers_last_operator() && !journey.danger)?;
        self.state.spoke_last(journey.caller.person?, now.utc)
    }

    fn may_be_held_for(&self, operator: &OperatorId, queue: &str, needs: &[Skill]) -> bool {
        let fits = |abilities: Abilities<'_>| abilities.fits_needs(queue, needs);
        self.takes_calls(operator) && self.abilities(operator).is_some_and(fits)
    }

    /// The next step comes as long after this one as the settings say.
    pub(super) fn wait_to_relax(&mut self, id: JourneyId, now: Now) {
        let Some(done) = self.calls.get(&id).and_then(|call| call.line.as_ref()).map(|line| line.relaxed) else {
            return;
        };
        let Some(steps) = self.queue_of(id).map(|queue| &queue.relax) else { return };
        let last = done.checked_sub(1).and_then(|last| steps.get(last)).map_or(Duration::ZERO, |step| step.after);
        if let Some(after) = steps.get(done).map(|next| next.after.saturating_sub(last)) {
            self.timers.set(Timer::Relax(id), now.mono + after);
        }
    }

    /// From now on less will do.
    pub(crate) fn relax(&mut self, id: JourneyId, now: Now) {
        let Some(line) = self.calls.get_mut(&id).and_then(|call| call.line.as_mut()) else { return };
        let done = line.relaxed;
        line.relaxed += 1;
        let step = self.queue_of(id).and_then(|queue| queue.relax.get(done)).copied();
        let Some(step) = step else { return };
        if self.insists(id, step) {
            self.keep_insisting(id, Some(step));
        } else {
            self.ask_less(id, step, now);
        }
        self.wait_to_relax(id, now);
    }

    /// A language is not given up while somebody on shift speaks it: who cannot speak with a caller is no help to them. In danger anybody is.
    fn insists(&self, id: JourneyId, step: Relax) -> bool {
        let Some(journey) = self.state.journeys.get(&id).filter(|_| step.gives_language_up()) else {
            return false;
        };
        let Some(line) = journey.line.as_ref().filter(|_| !journey.danger) else { return false };
        let needs: Vec<Skill> =
            line.skills.iter().filter(|need| need.is_language() || need.is_queue()).cloned().collect();
        self.anyone(&line.queue, &needs, |by| self.state.operators.get(by).is_some_and(Operator::on_shift))
    }

    fn keep_insisting(&mut self, id: JourneyId, step: Option<Relax>) {
        if let Some(line) = self.calls.get_mut(&id).and_then(|call| call.line.as_mut()) {
            line.insists = step;
        }
    }

    /// The last who speaks their language went home, or they are in danger now: what was insisted on past its time is given up.
    pub(super) fn free_of_languages(&mut self, now: Now) {
        let past = |id: JourneyId| Some((id, self.calls.get(&id)?.line.as_ref()?.insists?));
        let freed: Vec<_> =
            self.state.waiting().filter_map(past).filter(|(id, step)| !self.insists(*id, *step)).collect();
        for (id, step) in freed {
            self.keep_insisting(id, None);
            self.ask_less(id, step, now);
        }
    }

    fn ask_less(&mut self, id: JourneyId, step: Relax, now: Now) {
        let Some(line) = self.state.journeys.get(&id).and_then(|journey| journey.line.clone()) else { return };
        let skills = step.relax(&line.skills);
        if skills != line.skills {
            let Line { queue, priority, since, .. } = line;
            self.emit(Event::Queued { journey: id, queue, skills, priority, since }, now);
        }
    }

    /// Who is held for an operator is held no longer.
    pub(super) fn let_others(&mut self, id: JourneyId, now: Now) {
        self.ask_less(id, Relax { after: Duration::ZERO, what: Relaxes::LastOperator, level: 0 }, now);
    }

    /// Nobody is held for an operator who takes no calls now, nor while in danger.
    pub(super) fn free_of_absent(&mut self, now: Now) {
        let in_vain = |id: &JourneyId| {
            let Some(journey) = self.state.journeys.get(id) else { return false };
            let held_for = journey.line.iter().flat_map(|line| &line.skills).find_map(Skill::as_operator);
            held_for.is_some_and(|name| journey.danger || !self.takes_calls(&OperatorId(name.to_owned())))
        };
        for id in self.state.waiting().filter(in_vain).collect::<Vec<_>>() {
            self.let_others(id, now);
        }
    }
}
