use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, LegId, OperatorId, Timestamp};
use routing::{Event, Fact, OperatorState, SipOperator, Skill};

use super::Ruling;
use super::calls::{Call, Calls, Stage};

/// Who works here, and what their desks prove.
#[derive(Debug, Default)]
pub(super) struct Roster {
    pub(super) operators: BTreeMap<OperatorId, Worker>,
}

#[derive(Debug)]
pub(super) struct Worker {
    skills: BTreeSet<Skill>,
    queues: Vec<String>,
    pub(super) state: OperatorState,
    /// Their place among the ready, kept while one rings.
    pub(super) since: Timestamp,
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
        Worker { skills, queues: queues.to_vec(), state: OperatorState::Offline, since: Timestamp::UNIX_EPOCH, desk }
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
        serves && call.needs.iter().all(|need| self.skills.contains(need))
    }
}

impl Roster {
    pub(super) fn new(phones: &[SipOperator]) -> Self {
        let phone =
            |phone: &SipOperator| (phone.operator.clone(), Worker::new(&phone.skills, &phone.queues, Desk::Phone));
        Roster { operators: phones.iter().map(phone).collect() }
    }

    pub(super) fn learn(&mut self, fact: &Fact) {
        let mut pages = self.operators.iter_mut().map(|(id, worker)| (id, &mut worker.desk));
        match fact {
            Fact::DeskSocket { operator, up } => pages.filter(|(id, _)| *id == operator).for_each(|(_, desk)| {
                if let Desk::Page { socket, .. } = desk {
                    *socket = *up;
                }
            }),
            Fact::DeskLeg { operator, leg } => pages.filter(|(id, _)| *id == operator).for_each(|(_, desk)| {
                if let Desk::Page { socket, .. } = *desk {
                    *desk = Desk::Page { socket, leg: Some(*leg), up: false, silent: false };
                }
            }),
            Fact::LegUp { leg } => {
                pages.for_each(|(_, desk)| desk.turns(*leg, |up, silent| (*up, *silent) = (true, false)))
            }
            Fact::Flowing { leg } => pages.for_each(|(_, desk)| desk.turns(*leg, |_, silent| *silent = false)),
            Fact::Silent { leg } => pages.for_each(|(_, desk)| desk.turns(*leg, |_, silent| *silent = true)),
            Fact::LegEnded { leg, .. } | Fact::LegFailed { leg, .. } => {
                if let Some((_, desk)) = pages.find(|(_, desk)| desk.is_on(*leg)) {
                    desk.turns(*leg, |up, _| *up = false);
                }
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
        for worker in self.operators.values_mut() {
            if matches!(worker.desk, Desk::Page { .. }) {
                worker.desk = AWAY;
            }
        }
    }

    pub(super) fn record(&mut self, event: &Event) -> Ruling {
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
        worker.state = state.clone();
        Ok(())
    }

    /// One operator has one call, one caller one operator, and both sides say so.
    pub(super) fn agrees(&self, calls: &Calls) -> Ruling {
        for (id, worker) in &self.operators {
            let with: Vec<(JourneyId, OperatorState)> =
                calls.open().filter_map(|(journey, call)| Some((journey, busy(journey, &call.stage, id)?))).collect();
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
    fn is_on(&self, of: LegId) -> bool {
        matches!(self, Desk::Page { leg: Some(leg), .. } if *leg == of)
    }

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
        Stage::Talking { operator } if operator == of => Some(OperatorState::OnCall { journey }),
        Stage::Ringing { .. } | Stage::Talking { .. } | Stage::Elsewhere | Stage::Waiting | Stage::Ended => None,
    }
}
