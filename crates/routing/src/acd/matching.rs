//! First in line × longest-ready operator who fits, after every input.

use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, Mono, Now, ObligationId, OperatorId, Timestamp};

use crate::callback::{Lanes, Needs, Rung, live_rank};
use crate::state::{Line, Operator};
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
    /// Offers everyone whom it can, the first in line first: those who wait, and those whom we owe a call (rule 12).
    pub(crate) fn match_callers(&mut self, now: Now) {
        let callbacks = self.callbacks_in_line(now);
        while let Some((rung, operator, pick)) = self.next_match(callbacks, now.mono) {
            match rung {
                Rung::Caller(id) => self.offer(id, operator, pick, now),
                Rung::Callback(id) => self.offer_callback(id, operator, now),
            }
        }
        if self.state.waiting().next().is_none() {
            return self.alarmed.clear();
        }
        self.watch_the_roster(now);
    }

    /// Whether due callbacks stand in line now: there are some, and calls of ours may begin.
    fn callbacks_in_line(&mut self, now: Now) -> bool {
        if self.callbacks.line.is_empty() {
            self.callbacks.alarmed_trunk = false;
            return false;
        }
        if !self.anyone_ready() {
            return false;
        }
        let may = self.may_call_back(now);
        self.watch_trunks(may.as_ref().err(), now);
        may.is_ok()
    }

    /// The first in line for whom somebody is ready, with that operator.
    fn next_match(&self, callbacks: bool, now: Mono) -> Option<(Rung, OperatorId, Pick)> {
        if !callbacks && self.state.waiting().next().is_none() {
            return None;
        }
        let ready = self.ready_in_order();
        if ready.is_empty() {
            return None;
        }
        let mut callers = self.state.waiting_by_place().filter(|(_, _, id)| self.calls.contains_key(id)).peekable();
        let mut lanes =
            if callbacks { Lanes::of(&self.callbacks.line, self.callbacks_turn()) } else { Lanes::default() };
        loop {
            let due = lanes.first().filter(|(place, _, _)| {
                callers.peek().is_none_or(|(priority, since, _)| *place < (live_rank(*priority), *since))
            });
            if let Some((_, needs, id)) = due {
                if let Some((operator, pick)) = self.choose_for_callback(id, needs, &ready, now) {
                    return Some((Rung::Callback(id), operator, pick));
                }
                lanes.pass(&self.callbacks.line);
                continue;
            }
            let (_, _, id) = callers.next()?;
            if let Some((operator, pick)) = self.choose_for(id, &ready, now) {
                return Some((Rung::Caller(id), operator, pick));
            }
        }
    }

    /// Whether it is the turn of what has aged: enough live callers were rung for since.
    fn callbacks_turn(&self) -> bool {
        let between = self.settings.as_ref().map_or(0, |settings| settings.callbacks.live_between);
        self.state.live_since_callback >= between
    }

    fn choose_for_callback(
        &self,
        id: ObligationId,
        needs: &Needs,
        ready: &[Candidate<'_>],
        now: Mono,
    ) -> Option<(OperatorId, Pick)> {
        let (queue, skills) = (needs.queue.clone(), needs.skills.clone());
        let line = Line { queue, skills, priority: 0, since: Timestamp::UNIX_EPOCH };
        // Only a desk shows whom it is about; at a phone alone nobody would know what to say.
        let at_desk = |candidate: &&Candidate<'_>| self.sip_operator(candidate.operator).is_none();
        let wanted = |candidate: &&Candidate<'_>| needs.only.as_ref().is_none_or(|only| only == candidate.operator);
        let fits = |candidate: &&Candidate<'_>| candidate.abilities.fits(&line);
        let mut fitting: Vec<_> = ready.iter().filter(at_desk).filter(wanted).filter(fits).collect();
        let callback = &self.state.obligations.get(&id)?.callback;
        let prefer = callback.prefer.as_ref().filter(|_| callback.cut_off);
        fitting.sort_by_key(|candidate| prefer != Some(candidate.operator));
        choose(&fitting, self.callbacks.skips.get(&id), |operator| prefer == Some(operator), now)
    }

    /// Whether an operator is proven ready for someone in line.
    pub(super) fn fits(&self, id: JourneyId, operator: &OperatorId) -> bool {
        let line = self.state.journeys.get(&id).and_then(|journey| journey.line.as_ref());
        line.is_some_and(|line| self.abilities(operator).is_some_and(|abilities| abilities.fits(line)))
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

    fn choose_for(&self, id: JourneyId, ready: &[Candidate<'_>], now: Mono) -> Option<(OperatorId, Pick)> {
        let call = self.calls.get(&id)?;
        let line = self.state.journeys.get(&id)?.line.as_ref()?;
        let mut fitting: Vec<&Candidate<'_>> =
            ready.iter().filter(|candidate| candidate.abilities.fits(line)).collect();
        // Cut off by us: the same operator is preferred (rule 4).
        fitting.sort_by_key(|candidate| call.prefer.as_ref() != Some(candidate.operator));
        let spoke_before = |operator: &OperatorId| call.prefer.as_ref() == Some(operator);
        choose(&fitting, Some(&call.skips), spoke_before, now)
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
        for id in self.state.waiting().filter(|id| self.calls.contains_key(id)).collect::<Vec<_>>() {
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

/// The first who fits, and why. Who declined or missed it is asked again only when nobody else fits, and not at once (rule 13).
fn choose(
    fitting: &[&Candidate<'_>],
    skips: Option<&BTreeMap<OperatorId, Mono>>,
    spoke_before: impl Fn(&OperatorId) -> bool,
    now: Mono,
) -> Option<(OperatorId, Pick)> {
    let skipped = |candidate: &&&Candidate<'_>| skips.and_then(|skips| skips.get(candidate.operator));
    let fresh = fitting.iter().find(|candidate| skipped(candidate).is_none());
    let again = || fitting.iter().find(|candidate| skipped(candidate).is_some_and(|at| *at <= now));
    let chosen = fresh.or_else(again)?;
    let rule = if fresh.is_none() {
        PickRule::AskedAgain
    } else if spoke_before(chosen.operator) {
        PickRule::SpokeBefore
    } else {
        PickRule::LongestReady
    };
    let ready = u32::try_from(fitting.len()).unwrap_or(u32::MAX);
    Some((chosen.operator.clone(), Pick { rule, ready, since: chosen.since }))
}
