use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, LegId, Mono, ObligationId, OperatorId, PersonId, Timestamp};
use jiff::SignedDuration;
use routing::{Event, OperatorState, TerminalCause};

use super::Ruling;
use super::call::{CUT_OFF, Call, DANGER, LIVE, RESUMED, Stage};

const RESUME_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// The calls that something may still be said of, and what is remembered of those before.
#[derive(Debug, Default)]
pub(super) struct Calls {
    calls: BTreeMap<JourneyId, Call>,
    /// Those that have not ended,
    open: BTreeSet<JourneyId>,
    /// those that came in, by their leg,
    legs: BTreeMap<LegId, JourneyId>,
    /// those in line and not rung for,
    waiting: BTreeSet<JourneyId>,
    /// and those whom an operator is rung for, or talks with.
    with: BTreeMap<OperatorId, BTreeSet<JourneyId>>,
    /// Colleagues who are asked about a call: rung for, or in it.
    asked: BTreeMap<OperatorId, Asked>,
    /// What people did before.
    persons: BTreeMap<PersonId, Known>,
    /// Ended, and nobody has a word to say on it any more.
    done: Vec<JourneyId>,
    last: Option<JourneyId>,
}

/// About which call, and what the colleague must be.
#[derive(Debug)]
struct Asked {
    journey: JourneyId,
    state: OperatorState,
}

/// What is remembered of someone whose calls are over.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Their last ends: how, and when.
    ends: Vec<(TerminalCause, Timestamp)>,
    /// With whom they spoke.
    pub(super) spoke_with: BTreeSet<OperatorId>,
    /// The last call in which they got through.
    pub(super) through: Option<JourneyId>,
}

/// So many ends are remembered of each person.
const ENDS: usize = 8;

impl Calls {
    pub(super) fn get(&self, id: JourneyId) -> Option<&Call> {
        self.calls.get(&id)
    }

    pub(super) fn of_leg(&self, leg: LegId) -> Option<(JourneyId, &Call)> {
        let id = self.legs.get(&leg)?;
        self.calls.get(id).map(|call| (*id, call))
    }

    /// Calls that have not ended.
    pub(super) fn open(&self) -> impl Iterator<Item = (JourneyId, &Call)> {
        self.open.iter().filter_map(|id| self.calls.get(id).map(|call| (*id, call)))
    }

    /// Those in line and not rung for.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (JourneyId, &Call)> {
        self.waiting.iter().filter_map(|id| self.calls.get(id).map(|call| (*id, call)))
    }

    pub(super) fn waits_in_vain(&mut self, id: JourneyId, since: Option<Mono>) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.in_vain = since;
        }
    }

    /// Whom an operator is rung for, or talks with.
    pub(super) fn with(&self, operator: &OperatorId) -> impl Iterator<Item = (JourneyId, &Call)> {
        let theirs = self.with.get(operator).into_iter().flatten();
        theirs.filter_map(|id| self.calls.get(id).map(|call| (*id, call)))
    }

    /// What a colleague must be who is asked about a call.
    pub(super) fn asked(&self, colleague: &OperatorId) -> Option<(JourneyId, OperatorState)> {
        self.asked.get(colleague).map(|asked| (asked.journey, asked.state.clone()))
    }

    /// Who is asked rings, is in the call, and is free again when it goes on without them or is theirs.
    fn consult(&mut self, event: &Event) {
        match event {
            Event::ConsultOpened { journey, colleague: Some(colleague), offer: Some(offer), .. } => {
                let state = OperatorState::Offered { offer: *offer };
                self.asked.insert(colleague.clone(), Asked { journey: *journey, state });
            }
            Event::ConsultAnswered { journey, .. } => {
                let asked = self.asked.values_mut().filter(|asked| asked.journey == *journey);
                asked.for_each(|asked| asked.state = OperatorState::OnCall { journey: *journey });
            }
            Event::ConsultClosed { journey, .. }
            | Event::Transferred { journey, .. }
            | Event::Ended { journey, .. } => {
                self.asked.retain(|_, asked| asked.journey != *journey);
            }
            _ => {}
        }
    }

    /// Our attempts to keep an obligation that are under way or not wrapped up.
    pub(super) fn attempts_of(&self, id: ObligationId) -> impl Iterator<Item = &Call> {
        self.calls.values().filter(move |call| call.keeps == Some(id))
    }

    /// They rang back while an operator dialled them (rule 9): in this very step.
    pub(super) fn rang_back(&self, person: Option<PersonId>) -> bool {
        let rang = |call: &Call| call.attempt && matches!(call.ended, Some((TerminalCause::RangBack, ..)));
        person.is_some() && self.calls.values().any(|call| call.person == person && rang(call))
    }

    /// Those that are over and not wrapped up, and those under way.
    pub(super) fn wrapping_up(&self) -> impl Iterator<Item = &Call> {
        self.calls.values()
    }

    pub(super) fn known(&self, person: PersonId) -> Option<&Known> {
        self.persons.get(&person)
    }

    pub(super) fn under_way(&self) -> BTreeSet<JourneyId> {
        self.open.clone()
    }

    pub(super) fn ask_again(&mut self, operator: &OperatorId) {
        for id in &self.open {
            if let Some(call) = self.calls.get_mut(id) {
                call.unwilling.remove(operator);
            }
        }
    }

    /// Rule 16: what was in flight when a run was lost has ended.
    pub(super) fn none_of_the_past(&self) -> Ruling {
        let left = self.open().next();
        left.map_or(Ok(()), |(id, _)| {
            Err(format!("{id} was in flight when the engine was lost, and has no end (rule 16)"))
        })
    }

    pub(super) fn finish(&self) -> Ruling {
        let left = self.open().next();
        left.map_or(Ok(()), |(id, _)| Err(format!("{id} has no end")))
    }

    pub(super) fn record(&mut self, event: &Event, at: Timestamp) -> Ruling {
        if let Event::JourneyOpened { journey, leg, caller, synthetic, .. } = event {
            if self.last.is_some_and(|last| last >= *journey) {
                return Err(format!("{journey} was opened twice, or out of order"));
            }
            self.last = Some(*journey);
            self.open.insert(*journey);
            self.legs.insert(*leg, *journey);
            self.calls.insert(*journey, Call::new(Some(*leg), caller.person, *synthetic, at));
            return Ok(());
        }
        if let Event::AttemptOpened { attempt, obligation, operator, caller, .. } = event {
            if self.last.is_some_and(|last| last >= *attempt) {
                return Err(format!("{attempt} was opened twice, or out of order"));
            }
            self.last = Some(*attempt);
            self.open.insert(*attempt);
            self.calls.insert(*attempt, Call::of_ours(*obligation, operator, caller.person, at));
            self.index(*attempt, None);
            return Ok(());
        }
        self.consult(event);
        if let Event::Queued { journey, priority, .. } = event {
            self.place_is_due(*journey, *priority)?;
        }
        if let Event::ObligationJoined { journey, .. } = event
            && let Some(call) = self.calls.get_mut(journey)
        {
            call.owed_before = true;
        }
        let Some(id) = event.journey().filter(|_| says_where(event)) else { return Ok(()) };
        let Some(call) = self.calls.get_mut(&id) else { return Err(format!("{id} is over, or was never opened")) };
        let before = call.stage.operator().cloned();
        let ruling = call.record(id, event, at);
        self.index(id, before.as_ref());
        ruling
    }

    /// Keeps the lists in step with where a call stands now.
    fn index(&mut self, id: JourneyId, before: Option<&OperatorId>) {
        let Some(call) = self.calls.get(&id) else { return };
        if call.stage == Stage::Waiting {
            self.waiting.insert(id);
        } else {
            self.waiting.remove(&id);
        }
        let now = call.stage.operator();
        if before != now {
            if let Some(theirs) = before.and_then(|before| self.with.get_mut(before)) {
                theirs.remove(&id);
            }
            if let Some(operator) = now {
                self.with.entry(operator.clone()).or_default().insert(id);
            }
        }
        if call.stage == Stage::Ended {
            self.open.remove(&id);
            if let Some(leg) = call.leg {
                self.legs.remove(&leg);
            }
            if call.is_done() {
                self.done.push(id);
            }
        }
    }

    /// What is over is forgotten, but for what the next calls of the same person are judged by.
    pub(super) fn forget(&mut self) {
        for id in std::mem::take(&mut self.done) {
            let Some(call) = self.calls.remove(&id) else { continue };
            let Some(person) = call.person else { continue };
            let known = self.persons.entry(person).or_default();
            if known.ends.len() == ENDS {
                known.ends.remove(0);
            }
            known.ends.extend(call.ended.map(|(cause, _, at)| (cause, at)));
            if call.got_through() {
                known.through = known.through.max(Some(id));
            }
            known.spoke_with.extend(call.spoke_with);
        }
    }

    /// Rule 12: nobody stands before others without a reason that the rules know.
    fn place_is_due(&self, id: JourneyId, priority: u8) -> Ruling {
        let Some(call) = self.calls.get(&id) else { return Err(format!("{id} was never opened")) };
        // They dialled again in time; how long the menus took does not matter.
        let call_came = call.came;
        let lately = |causes: &[TerminalCause]| {
            let known = call.person.and_then(|person| self.known(person));
            let forgotten = known.into_iter().flat_map(|known| known.ends.iter().copied());
            // Those in wrap-up are few.
            let others = self.calls.values().filter(|other| other.person.is_some() && other.person == call.person);
            let over = others.filter_map(|other| other.ended.map(|(cause, _, at)| (cause, at)));
            forgotten
                .chain(over)
                .any(|(cause, then)| causes.contains(&cause) && call_came.duration_since(then) < RESUME_WITHIN)
        };
        let cut = [TerminalCause::TrunkLost, TerminalCause::EngineLost, TerminalCause::EngineStopped];
        let due = match priority {
            DANGER => call.danger,
            CUT_OFF => call.requeued || lately(&cut),
            RESUMED => {
                let waited = [TerminalCause::Abandoned, TerminalCause::NoAudio];
                call.owed_before || lately(&waited) || self.rang_back(call.person)
            }
            LIVE => true,
            _ => false,
        };
        if call.danger && priority != DANGER {
            return Err(format!("{id} is in danger and does not go first (rule 12)"));
        }
        if due { Ok(()) } else { Err(format!("{id} has priority {priority} for no reason (rule 12)")) }
    }
}

/// Whether a record says where a call stands. Its obligation and the last words of its legs may come when it is over.
fn says_where(event: &Event) -> bool {
    !matches!(
        event,
        Event::ObligationOpened { .. }
            | Event::ObligationJoined { .. }
            | Event::ObligationInHand { .. }
            | Event::LegMeasured { .. }
            | Event::LegLost { .. }
            | Event::DialogConfirmed { .. }
    )
}
