use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, LegId, OperatorId, Timestamp};
use routing::{Event, Fact, OperatorState, SipOperator, Skill};

use super::Ruling;
use super::call::{Call, Stage};
use super::calls::Calls;
use super::dial::Dialling;

/// Who works here, and what their desks prove.
#[derive(Debug, Default)]
pub(super) struct Roster {
    pub(super) operators: BTreeMap<OperatorId, Worker>,
    /// Who could take a call at this moment.
    free: BTreeSet<OperatorId>,
    /// Whose state, or whose calls, changed in this step.
    touched: BTreeSet<OperatorId>,
    /// Whose desk a leg is.
    desks: BTreeMap<LegId, OperatorId>,
}

#[derive(Debug)]
pub(super) struct Worker {
    skills: BTreeSet<Skill>,
    queues: Vec<String>,
    pub(super) state: OperatorState,
    /// Their place among the ready, kept while one rings.
    pub(super) since: Timestamp,
    /// The call that they have not wrapped up.
    pub(super) wraps_up: Option<JourneyId>,
    desk: Desk,
}

/// A desk is proven by its socket, a leg that is up, and packets on it. A telephone at a static address is taken at its word.
#[derive(Debug)]
enum Desk {
    Phone,
    Page { socket: bool, leg: Option<LegId>, up: bool, silent: bool },
}

const AWAY: Desk = Desk::Page { socket: false, leg: None, up: false, silent: false };

impl Worker {
    fn new(skills: &[Skill], queues: &[String], desk: Desk) -> Self {
        let skills = skills.iter().cloned().collect();
        Worker {
            skills,
            queues: queues.to_vec(),
            state: OperatorState::Offline,
            since: Timestamp::UNIX_EPOCH,
            wraps_up: None,
            desk,
        }
    }

    /// Could take a call at this moment.
    pub(super) fn is_free(&self) -> bool {
        let proven = match self.desk {
            Desk::Phone => true,
            Desk::Page { socket, leg, up, silent } => socket && leg.is_some() && up && !silent,
        };
        proven && matches!(self.state, OperatorState::Ready { .. })
    }

    pub(super) fn fits(&self, call: &Call) -> bool {
        let serves = self.queues.is_empty() || self.queues.contains(&call.queue);
        serves && call.needs.iter().all(|need| self.skills.iter().any(|own| meets(own, need)))
    }
}

/// `topic:wages=2` is met by itself and by any higher level; what says no level is at 1.
fn meets(own: &Skill, need: &Skill) -> bool {
    let parts = |skill: &Skill| match skill.0.split_once('=') {
        Some((name, level)) => (name.to_owned(), level.parse().unwrap_or(1)),
        None => (skill.0.clone(), 1u8),
    };
    let ((own, had), (need, asked)) = (parts(own), parts(need));
    own == need && had >= asked
}

impl Roster {
    pub(super) fn new(phones: &[SipOperator]) -> Self {
        let phone =
            |phone: &SipOperator| (phone.operator.clone(), Worker::new(&phone.skills, &phone.queues, Desk::Phone));
        let operators: BTreeMap<_, _> = phones.iter().map(phone).collect();
        Roster { operators, ..Roster::default() }
    }

    /// Everyone who could take a call at this moment.
    pub(super) fn free(&self) -> impl Iterator<Item = (&OperatorId, &Worker)> {
        self.free.iter().filter_map(|id| self.operators.get_key_value(id))
    }

    fn index(&mut self, id: &OperatorId) {
        let free = self.operators.get(id).is_some_and(Worker::is_free);
        if free != self.free.contains(id) {
            if free {
                self.free.insert(id.clone())
            } else {
                self.free.remove(id)
            };
        }
    }

    fn desk(&mut self, id: &OperatorId, change: impl FnOnce(&mut Desk)) {
        if let Some(worker) = self.operators.get_mut(id) {
            change(&mut worker.desk);
            self.index(id);
        }
    }

    fn leg_turns(&mut self, leg: LegId, change: impl FnOnce(&mut bool, &mut bool)) {
        if let Some(id) = self.desks.get(&leg).cloned() {
            self.desk(&id, |desk| desk.turns(leg, change));
        }
    }

    pub(super) fn learn(&mut self, fact: &Fact) {
        match fact {
            Fact::DeskSocket { operator, up } => self.desk(operator, |desk| {
                if let Desk::Page { socket, .. } = desk {
                    *socket = *up;
                }
            }),
            Fact::DeskLeg { operator, leg } => {
                self.desks.insert(*leg, operator.clone());
                self.desk(operator, |desk| {
                    if let Desk::Page { socket, .. } = *desk {
                        *desk = Desk::Page { socket, leg: Some(*leg), up: false, silent: false };
                    }
                });
            }
            Fact::LegUp { leg } => self.leg_turns(*leg, |up, silent| (*up, *silent) = (true, false)),
            Fact::Flowing { leg } => self.leg_turns(*leg, |_, silent| *silent = false),
            Fact::Silent { leg } => self.leg_turns(*leg, |_, silent| *silent = true),
            Fact::LegEnded { leg, .. } | Fact::LegFailed { leg, .. } => {
                self.leg_turns(*leg, |up, _| *up = false);
                self.desks.remove(leg);
            }
            Fact::Ringing { .. }
            | Fact::ContactSealed { .. }
            | Fact::Trunk { .. }
            | Fact::LegLost { .. }
            | Fact::DialogConfirmed { .. }
            | Fact::Digit { .. }
            | Fact::Played { .. }
            | Fact::Measured { .. } => {}
        }
    }

    pub(super) fn lose_desks(&mut self) {
        self.desks.clear();
        for (id, worker) in &mut self.operators {
            if matches!(worker.desk, Desk::Page { .. }) {
                worker.desk = AWAY;
                self.free.remove(id);
            }
        }
    }

    pub(super) fn record(&mut self, event: &Event) -> Ruling {
        self.touch(event);
        if let Event::UserAdded { user, .. } = event {
            self.operators.insert(user.operator.clone(), Worker::new(&user.skills, &[], AWAY));
        }
        let Event::OperatorChanged { operator, state, .. } = event else { return Ok(()) };
        let Some(worker) = self.operators.get_mut(operator) else {
            return Err(format!("{operator} works here and was never told to us"));
        };
        if let (OperatorState::Offered { .. }, OperatorState::Offered { .. }) = (&worker.state, state) {
            return Err(format!("{operator} has two offers"));
        }
        if let OperatorState::Ready { since } = state {
            worker.since = *since;
        }
        if let OperatorState::OnCall { journey } | OperatorState::WrapUp { journey, .. } = state {
            worker.wraps_up = Some(*journey);
        }
        worker.state = state.clone();
        self.index(operator);
        Ok(())
    }

    /// One operator has one call, one caller one operator, and both sides say so. Only where something changed since the last look.
    pub(super) fn agrees(&mut self, calls: &Calls, dialling: &Dialling) -> Ruling {
        for id in std::mem::take(&mut self.touched) {
            let Some((id, worker)) = self.operators.get_key_value(&id) else { continue };
            let with: Vec<(JourneyId, OperatorState)> = calls
                .with(id)
                .filter_map(|(journey, call)| Some((journey, busy(journey, &call.stage, id)?)))
                .chain(calls.asked(id))
                .collect();
            let with: Vec<(String, OperatorState)> = with
                .into_iter()
                .map(|(journey, state)| (journey.to_string(), state))
                .chain(dialling.rings_at(id).map(|state| ("a callback".to_owned(), state)))
                .collect();
            let busy = matches!(worker.state, OperatorState::Offered { .. } | OperatorState::OnCall { .. });
            match with.as_slice() {
                [] if busy => return Err(format!("{id} is {:?} with nobody: reserved for ever", worker.state)),
                [] => {}
                [(_, state)] if *state == worker.state => {}
                [(journey, _)] => return Err(format!("{id} is {:?}, and {journey} is theirs", worker.state)),
                [_, _, ..] => return Err(format!("{id} has two calls or offers: {with:?}")),
            }
        }
        Ok(())
    }

    fn touch(&mut self, event: &Event) {
        if let Event::OperatorChanged { operator, .. }
        | Event::Offered { operator, .. }
        | Event::OfferEnded { operator, .. }
        | Event::CallbackOffered { operator, .. }
        | Event::CallbackOfferEnded { operator, .. }
        | Event::AttemptOpened { operator, .. }
        | Event::Transferred { operator, .. } = event
        {
            self.touched.insert(operator.clone());
        }
        if matches!(event, Event::Ended { .. } | Event::Requeued { .. }) {
            let busy = self.operators.iter().filter(|(_, worker)| matches!(worker.state, OperatorState::OnCall { .. }));
            self.touched.extend(busy.map(|(id, _)| id.clone()).collect::<Vec<_>>());
        }
    }

    pub(super) fn wraps_up(&self, journey: JourneyId) -> bool {
        let is = |state: &OperatorState| matches!(state, OperatorState::WrapUp { journey: of, .. } if *of == journey);
        self.operators.values().any(|worker| is(&worker.state))
    }

    pub(super) fn finish(&self) -> Ruling {
        let reserved = self.operators.iter().find(|(_, worker)| match worker.state {
            OperatorState::Offered { .. } | OperatorState::OnCall { .. } | OperatorState::WrapUp { .. } => true,
            OperatorState::Offline | OperatorState::NotReady { .. } | OperatorState::Ready { .. } => false,
        });
        reserved.map_or(Ok(()), |(id, worker)| Err(format!("{id} is still {:?}", worker.state)))
    }
}

impl Desk {
    fn turns(&mut self, of: LegId, turn: impl FnOnce(&mut bool, &mut bool)) {
        if let Desk::Page { leg, up, silent, .. } = self
            && *leg == Some(of)
        {
            turn(up, silent);
        }
    }
}

/// After this an operator may be asked again for what they declined (rule 13).
pub(super) fn starts_anew(state: &OperatorState) -> bool {
    match state {
        OperatorState::Offline
        | OperatorState::NotReady { .. }
        | OperatorState::OnCall { .. }
        | OperatorState::WrapUp { .. } => true,
        OperatorState::Ready { .. } | OperatorState::Offered { .. } => false,
    }
}

/// What an operator must be by this call, if it is theirs.
fn busy(journey: JourneyId, stage: &Stage, of: &OperatorId) -> Option<OperatorState> {
    match stage {
        Stage::Ringing { offer, operator } if operator == of => Some(OperatorState::Offered { offer: *offer }),
        Stage::Talking { operator } | Stage::Calling { operator } if operator == of => {
            Some(OperatorState::OnCall { journey })
        }
        Stage::Ringing { .. }
        | Stage::Talking { .. }
        | Stage::Calling { .. }
        | Stage::Elsewhere
        | Stage::Waiting
        | Stage::Ended => None,
    }
}
