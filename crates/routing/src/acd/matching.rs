//! First in line × longest-ready operator who fits, after every input.

use std::collections::BTreeSet;

use base::{JourneyId, Mono, Now, OperatorId, Timestamp};

use crate::state::{Line, Operator, Stage};
use crate::switchboard::{Switchboard, Timer};
use crate::{Alarm, OperatorState, Pick, PickRule, Skill};

/// What an operator can take: skills, and the queues they are bound to (none: all) by name or by skills like `queue:probe`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Abilities<'a> {
    pub(crate) skills: &'a [Skill],
    pub(crate) queues: &'a [String],
}

impl Abilities<'_> {
    pub(super) fn fits(&self, line: &Line) -> bool {
        self.takes(line) && line.skills.iter().all(|need| self.skills.contains(need))
    }

    /// Whether they fit but for the language.
    fn serves(&self, line: &Line) -> bool {
        self.takes(line) && line.skills.iter().all(|need| need.is_language() || self.skills.contains(need))
    }

    fn takes(&self, line: &Line) -> bool {
        let named = self.queues.is_empty() || self.queues.contains(&line.queue);
        let mut bound = self.skills.iter().filter(|skill| skill.is_queue()).peekable();
        named && (bound.peek().is_none() || bound.any(|skill| line.skills.contains(skill)))
    }
}

/// A ready operator.
struct Candidate<'a> {
    operator: &'a OperatorId,
    since: Timestamp,
    abilities: Abilities<'a>,
}

impl Switchboard {
    /// Offers everyone whom it can, the first in line first.
    pub(crate) fn match_callers(&mut self, now: Now) {
        if self.state.journeys.values().all(|journey| journey.stage != Stage::Waiting) {
            return self.alarmed.clear();
        }
        for id in self.waiting_in_order() {
            if let Some((operator, pick)) = self.choose_for(id, now.mono) {
                self.offer(id, operator, pick, now);
            }
        }
        self.watch_the_roster(now);
    }

    /// Everyone in line and not rung for: the lower priority first, then the older, then the one who came first (rule 12).
    fn waiting_in_order(&self) -> Vec<JourneyId> {
        let waiting = self
            .state
            .journeys
            .iter()
            .filter(|(id, journey)| journey.stage == Stage::Waiting && self.calls.contains_key(*id));
        let mut order: Vec<_> = waiting
            .filter_map(|(id, journey)| journey.line.as_ref().map(|line| (line.priority, line.since, *id)))
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(_, _, id)| id).collect()
    }

    /// A ready colleague who serves a line and whoever is in this call.
    pub(super) fn ready_for_queue(&self, id: JourneyId, queue: &str, but: &OperatorId) -> Option<OperatorId> {
        let mut skills = self.calls.get(&id)?.settings.queues.get(queue)?.skills.clone();
        skills.push(Skill::language(&self.language(id)));
        let line = Line { queue: queue.to_owned(), skills, priority: 0, since: Timestamp::UNIX_EPOCH };
        let ready = self.ready_in_order();
        let fits = |candidate: &&Candidate<'_>| candidate.operator != but && candidate.abilities.fits(&line);
        ready.iter().find(fits).map(|candidate| candidate.operator.clone())
    }

    fn choose_for(&self, id: JourneyId, now: Mono) -> Option<(OperatorId, Pick)> {
        let call = self.calls.get(&id)?;
        let line = self.state.journeys.get(&id)?.line.as_ref()?;
        let ready = self.ready_in_order();
        let mut fitting: Vec<&Candidate<'_>> =
            ready.iter().filter(|candidate| candidate.abilities.fits(line)).collect();
        // Cut off by us: the same operator is preferred (rule 4).
        fitting.sort_by_key(|candidate| call.prefer.as_ref() != Some(candidate.operator));
        // Who declined or missed this call is asked again only when nobody else fits, and not at once (rule 13).
        let fresh = fitting.iter().find(|candidate| !call.skips.contains_key(candidate.operator));
        let again = || fitting.iter().find(|candidate| call.skips.get(candidate.operator).is_some_and(|at| *at <= now));
        let chosen = fresh.or_else(again)?;
        let rule = if fresh.is_none() {
            PickRule::AskedAgain
        } else if call.prefer.as_ref() == Some(chosen.operator) {
            PickRule::SpokeBefore
        } else {
            PickRule::LongestReady
        };
        let ready = u32::try_from(fitting.len()).unwrap_or(u32::MAX);
        Some((chosen.operator.clone(), Pick { rule, ready, since: chosen.since }))
    }

    /// Proven-ready operators, the longest ready first.
    fn ready_in_order(&self) -> Vec<Candidate<'_>> {
        let ready = self.state.operators.iter().filter(|(id, _)| self.is_proven_ready(id));
        let mut ready: Vec<Candidate<'_>> = ready
            .filter_map(|(operator, state)| {
                Some(Candidate { operator, since: state.ready_since?, abilities: self.abilities(operator)? })
            })
            .collect();
        ready.sort_by(|a, b| (a.since, a.operator).cmp(&(b.since, b.operator)));
        ready
    }

    /// Whether another operator is proven ready for this caller.
    pub(crate) fn another_fits(&self, id: JourneyId, than: &OperatorId) -> bool {
        let line = self.state.journeys.get(&id).and_then(|journey| journey.line.as_ref());
        let ready = self.ready_in_order();
        ready
            .iter()
            .any(|candidate| candidate.operator != than && line.is_some_and(|line| candidate.abilities.fits(line)))
    }

    /// Somebody waits: is anyone there for them? Else someone is woken, and with nobody on shift at all the way out opens after a while.
    fn watch_the_roster(&mut self, now: Now) {
        let mut unserved = BTreeSet::new();
        for id in self.waiting_in_order() {
            let Some(line) = self.state.journeys.get(&id).and_then(|journey| journey.line.clone()) else { continue };
            if !self.anyone(|candidate, id| candidate.fits(&line) && self.takes_calls(id)) {
                unserved.insert(line.queue.clone());
            }
            self.tell_shortage(id, &line, now);
            // A language that is soon no longer insisted on is no reason to give up.
            let relaxes = self.timers.get(&Timer::Relax(id)).is_some();
            let at_work = self.anyone(|candidate, id| {
                let fits = if relaxes { candidate.serves(&line) } else { candidate.fits(&line) };
                fits && self.state.operators.get(id).is_some_and(Operator::on_shift)
            });
            self.expect_someone(id, at_work, now);
        }
        for queue in unserved.difference(&self.alarmed).cloned().collect::<Vec<_>>() {
            self.alarm(Alarm::NobodyReady { queue });
        }
        self.alarmed = unserved;
    }

    fn expect_someone(&mut self, id: JourneyId, at_work: bool, now: Now) {
        let (timer, after) = (Timer::Nobody(id), self.queue_of(id).map(|queue| queue.nobody_after));
        match (at_work, self.timers.get(&timer), after) {
            (true, Some(_), _) => {
                self.timers.cancel(&timer);
            }
            (false, None, Some(after)) => self.timers.set(timer, now.mono + after),
            (true, None, _) | (false, Some(_), _) | (false, None, None) => {}
        }
    }

    /// Proven ready, or busy and soon to be so.
    fn takes_calls(&self, id: &OperatorId) -> bool {
        match self.operator_state(id) {
            OperatorState::Ready { .. } => self.is_proven(id),
            OperatorState::Offered { .. } | OperatorState::OnCall { .. } | OperatorState::WrapUp { .. } => true,
            OperatorState::Offline | OperatorState::NotReady { .. } => false,
        }
    }

    fn anyone(&self, is: impl Fn(Abilities<'_>, &OperatorId) -> bool) -> bool {
        self.state.operators.keys().any(|id| self.abilities(id).is_some_and(|abilities| is(abilities, id)))
    }
}
