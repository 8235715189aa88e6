//! First in line × longest-ready operator who fits, after every input.

use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, Mono, Now, ObligationId, OperatorId, Timestamp};

use crate::callback::{Lanes, Needs, Rung, live_rank};
use crate::journey::Call;
use crate::state::Line;
use crate::switchboard::Switchboard;
use crate::{OperatorState, Pick, PickRule, Skill};

/// What an operator can take: skills, and the queues they are bound to (none: all) by name or by skills like `queue:probe`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Abilities<'a> {
    pub(crate) operator: &'a OperatorId,
    pub(crate) skills: &'a [Skill],
    pub(crate) queues: &'a [String],
}

impl Abilities<'_> {
    pub(super) fn fits(&self, line: &Line) -> bool {
        self.fits_needs(&line.queue, &line.skills)
    }

    pub(super) fn fits_needs(&self, queue: &str, needs: &[Skill]) -> bool {
        self.takes(queue, needs) && needs.iter().all(|need| self.has(need))
    }

    pub(super) fn has(&self, need: &Skill) -> bool {
        match need.as_operator() {
            Some(operator) => self.operator.0 == operator,
            None => self.skills.iter().any(|own| own.meets(need)),
        }
    }

    fn takes(&self, queue: &str, needs: &[Skill]) -> bool {
        let named = self.queues.is_empty() || self.queues.iter().any(|own| own == queue);
        let mut bound = self.skills.iter().filter(|skill| skill.is_queue()).peekable();
        named && (bound.peek().is_none() || bound.any(|skill| needs.contains(skill)))
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
        self.free_of_absent(now);
        self.free_of_languages(now);
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
        // What nobody who is ready can do is asked once, however many need it.
        let mut hopeless = BTreeSet::new();
        loop {
            let due = lanes.first().filter(|(place, _, _)| {
                callers.peek().is_none_or(|(priority, since, _)| *place < (live_rank(*priority), *since))
            });
            if let Some((_, needs, id)) = due {
                let fitting = self.fitting_callback(needs, &ready);
                if fitting.is_empty() {
                    lanes.leave();
                    continue;
                }
                if let Some((operator, pick)) = self.choose_for_callback(id, fitting, now) {
                    return Some((Rung::Callback(id), operator, pick));
                }
                lanes.pass(&self.callbacks.line);
                continue;
            }
            let (_, _, id) = callers.next()?;
            let Some((call, line)) = self.stands(id) else { continue };
            let needs = (line.queue.as_str(), line.skills.as_slice());
            if hopeless.contains(&needs) {
                continue;
            }
            let fitting: Vec<_> = ready.iter().filter(|candidate| candidate.abilities.fits(line)).collect();
            if fitting.is_empty() {
                hopeless.insert(needs);
            } else if let Some((operator, pick)) = choose_for(call, line, fitting, now) {
                return Some((Rung::Caller(id), operator, pick));
            }
        }
    }

    pub(super) fn stands(&self, id: JourneyId) -> Option<(&Call, &Line)> {
        Some((self.calls.get(&id)?, self.state.journeys.get(&id)?.line.as_ref()?))
    }

    /// Whether it is the turn of what has aged: enough live callers were rung for since.
    fn callbacks_turn(&self) -> bool {
        let between = self.settings.as_ref().map_or(0, |settings| settings.callbacks.live_between);
        self.state.live_since_callback >= between
    }

    fn fitting_callback<'a, 'b>(&self, needs: &Needs, ready: &'a [Candidate<'b>]) -> Vec<&'a Candidate<'b>> {
        // Only a desk shows whom it is about; at a phone alone nobody would know what to say.
        let at_desk = |candidate: &&Candidate<'_>| self.sip_operator(candidate.operator).is_none();
        let wanted = |candidate: &&Candidate<'_>| needs.only.as_ref().is_none_or(|only| only == candidate.operator);
        let fits = |candidate: &&Candidate<'_>| candidate.abilities.fits_needs(&needs.queue, &needs.skills);
        ready.iter().filter(at_desk).filter(wanted).filter(fits).collect()
    }

    fn choose_for_callback(
        &self,
        id: ObligationId,
        mut fitting: Vec<&Candidate<'_>>,
        now: Mono,
    ) -> Option<(OperatorId, Pick)> {
        let callback = &self.state.obligations.get(&id)?.callback;
        let prefer = callback.prefer.as_ref().filter(|_| callback.cut_off);
        fitting.sort_by_key(|candidate| prefer != Some(candidate.operator));
        choose(
            &fitting,
            self.callbacks.skips.get(&id),
            |operator| (prefer == Some(operator)).then_some(PickRule::SpokeBefore),
            now,
        )
    }

    /// Whether an operator is proven ready for someone in line.
    pub(super) fn fits(&self, id: JourneyId, operator: &OperatorId) -> bool {
        let line = self.state.journeys.get(&id).and_then(|journey| journey.line.as_ref());
        line.is_some_and(|line| self.abilities(operator).is_some_and(|abilities| abilities.fits(line)))
    }

    /// A ready colleague who serves a line and whoever is in this call.
    pub(super) fn ready_for_queue(&self, id: JourneyId, queue: &str, but: &OperatorId) -> Option<OperatorId> {
        let needs = self.calls.get(&id)?.settings.queues.get(queue)?.needs(&self.language(id), None);
        let ready = self.ready_in_order();
        let fits =
            |candidate: &&Candidate<'_>| candidate.operator != but && candidate.abilities.fits_needs(queue, &needs);
        ready.iter().find(fits).map(|candidate| candidate.operator.clone())
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

    /// Proven ready, or busy and soon to be so.
    pub(super) fn takes_calls(&self, id: &OperatorId) -> bool {
        match self.operator_state(id) {
            OperatorState::Ready { .. } => self.is_proven(id),
            OperatorState::Offered { .. } | OperatorState::OnCall { .. } | OperatorState::WrapUp { .. } => true,
            OperatorState::Offline | OperatorState::NotReady { .. } => false,
        }
    }
}

/// Whom someone in line is offered to, of those who fit.
fn choose_for(call: &Call, line: &Line, mut fitting: Vec<&Candidate<'_>>, now: Mono) -> Option<(OperatorId, Pick)> {
    // Cut off by us: the same operator is preferred (rule 4).
    fitting.sort_by_key(|candidate| call.prefer.as_ref() != Some(candidate.operator));
    let last = line.skills.iter().any(|need| need.as_operator().is_some());
    let known = |operator: &OperatorId| match last {
        true => Some(PickRule::SpokeLast),
        false => (call.prefer.as_ref() == Some(operator)).then_some(PickRule::SpokeBefore),
    };
    choose(&fitting, Some(&call.skips), known, now)
}

/// The first who fits, and why. Who declined or missed it is asked again only when nobody else fits, and not at once (rule 13).
fn choose(
    fitting: &[&Candidate<'_>],
    skips: Option<&BTreeMap<OperatorId, Mono>>,
    known: impl Fn(&OperatorId) -> Option<PickRule>,
    now: Mono,
) -> Option<(OperatorId, Pick)> {
    let skipped = |candidate: &&&Candidate<'_>| skips.and_then(|skips| skips.get(candidate.operator));
    let fresh = fitting.iter().find(|candidate| skipped(candidate).is_none());
    let again = || fitting.iter().find(|candidate| skipped(candidate).is_some_and(|at| *at <= now));
    let chosen = fresh.or_else(again)?;
    let rule = match fresh {
        None => PickRule::AskedAgain,
        Some(_) => known(chosen.operator).unwrap_or(PickRule::LongestReady),
    };
    let ready = u32::try_from(fitting.len()).unwrap_or(u32::MAX);
    Some((chosen.operator.clone(), Pick { rule, ready, since: chosen.since }))
}
