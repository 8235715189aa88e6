//! What callers do: press, wait, give up, talk, hang up, call again.

use std::time::Duration;

use base::{JourneyId, OperatorId};
use routing::{Event, Party, RequestKind, TerminalCause};

use super::Year;
use super::agenda::Act;
use crate::Move;

const MINUTE: Duration = Duration::from_secs(60);
/// How long someone waits in line before they give up, on average.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// How long a conversation is, on average; what is wrapped up comes on top.
const TALK: Duration = Duration::from_secs(9 * 60);

/// A call under way, as its caller knows it.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) caller: u32,
    number: String,
}

impl Year {
    /// Someone dials.
    pub(super) fn calls(&mut self, number: String) {
        self.named += 1;
        let caller = self.named;
        self.judge.keep_secret(&number);
        // Some ring back the number that they were called from.
        let rings_back = !self.plan.perfect && self.chance.chance(0.03);
        let dialled = if rings_back { "13925278096" } else { "4008169580" }.to_owned();
        self.numbers.insert(caller, number.clone());
        self.does(Move::Calls { caller, number, dialled });
        if self.plan.perfect {
            return;
        }
        // Some think better of it before anyone answers, or at any other moment.
        let share = self.chance.unit();
        if share < 0.01 {
            let after = self.chance.between(Duration::ZERO, Duration::from_millis(400));
            self.put(after, Act::Caller { caller, does: Move::Cancels { caller } });
        } else if share < 0.09 {
            let after = self.chance.between(Duration::ZERO, Duration::from_secs(60));
            self.put(after, Act::Caller { caller, does: Move::Leaves { caller, by: Party::Caller } });
        } else if share < 0.092 && self.plan.faults.trunk {
            let after = self.chance.exponential(MINUTE);
            self.put(after, Act::Caller { caller, does: Move::Leaves { caller, by: Party::Trunk } });
        }
    }

    /// What a record means to whoever is on the line.
    pub(super) fn caller_hears(&mut self, event: &Event) {
        match event {
            Event::JourneyOpened { journey, leg, .. } => {
                let caller = self.world.callers.iter().rev().find(|(_, theirs)| *theirs == leg);
                if let Some(caller) = caller.map(|(caller, _)| *caller) {
                    let number = self.numbers.remove(&caller).unwrap_or_default();
                    self.visits.insert(*journey, Visit { caller, number });
                }
            }
            Event::StepEntered { journey, step } | Event::InputMissed { journey, step, .. } => {
                self.may_press(*journey, step);
            }
            Event::Queued { journey, .. } => self.waits(*journey),
            Event::Conversing { journey, operator, .. } => self.talks(*journey, operator),
            Event::Ended { journey, cause, .. } => self.call_over(*journey, *cause),
            _ => {}
        }
    }

    fn waits(&mut self, journey: JourneyId) {
        let Some(caller) = self.visits.get(&journey).map(|visit| visit.caller) else { return };
        if self.plan.perfect {
            return;
        }
        let patience = self.chance.exponential(PATIENCE);
        self.put(patience, Act::Caller { caller, does: Move::Leaves { caller, by: Party::Caller } });
        let digit = match self.chance.below(100) {
            0..2 => '9',
            // They hang up and keep their place.
            2..8 => '1',
            _ => return,
        };
        let after = self.chance.exponential(MINUTE);
        self.put(after, Act::Caller { caller, does: Move::Presses { caller, digit } });
    }

    fn talks(&mut self, journey: JourneyId, operator: &OperatorId) {
        let Some(caller) = self.visits.get(&journey).map(|visit| visit.caller) else { return };
        let name = operator.0.clone();
        if self.plan.perfect {
            let length = self.chance.exponential(super::PERFECT_TALK);
            return self.put(length, Act::Over { caller, name, by: Party::Caller });
        }
        let chance = &mut self.chance;
        // Some are over at once: a wrong number, a change of mind.
        let mean = if chance.chance(0.06) { Duration::from_secs(20) } else { TALK };
        let length = chance.exponential(mean);
        let by = match chance.below(100) {
            0..60 => Party::Caller,
            60..99 => Party::Operator,
            _ if self.plan.faults.trunk => Party::Trunk,
            _ => Party::Caller,
        };
        self.put(length, Act::Over { caller, name: name.clone(), by });
        if self.chance.chance(0.1) {
            let from = self.chance.between(Duration::ZERO, length);
            let kind = |on| RequestKind::Hold { on };
            self.put(from, Act::Ask { name: name.clone(), kind: kind(true) });
            let to = from + self.chance.exponential(MINUTE);
            self.put(to, Act::Ask { name: name.clone(), kind: kind(false) });
        }
        if self.chance.chance(0.05) {
            self.put(length / 2, Act::Ask { name, kind: RequestKind::Mute { on: true } });
        }
        if self.chance.chance(0.03) {
            let from = self.chance.between(Duration::ZERO, length);
            let quiet = |quiet| Act::Caller { caller, does: Move::CallerQuiet { caller, quiet } };
            self.put(from, quiet(true));
            let to = from + self.chance.exponential(Duration::from_secs(15));
            self.put(to, quiet(false));
        }
    }

    /// They talk with that operator still: then one of them hangs up.
    pub(super) fn talk_over(&mut self, caller: u32, name: String, by: Party) {
        let operator = OperatorId(name.clone());
        let talk = self.world.board().call(&operator).map(|(_, journey, _)| journey.leg);
        if talk.is_none() || talk != self.world.caller(caller) {
            return;
        }
        match by {
            Party::Operator => self.does(Move::Asks { name, kind: RequestKind::HangUp {} }),
            Party::Caller | Party::Trunk | Party::Engine => self.does(Move::Leaves { caller, by }),
        }
    }

    fn call_over(&mut self, journey: JourneyId, cause: TerminalCause) {
        let Some(visit) = self.visits.remove(&journey) else { return };
        self.world.callers.remove(&visit.caller);
        if self.plan.perfect || cause == TerminalCause::Conversed || visit.number.is_empty() {
            return;
        }
        // Whoever was cut off dials again at once, others later or never.
        let (share, mean) = if cause.is_cut_off() { (0.8, MINUTE) } else { (0.3, MINUTE * 20) };
        if self.chance.chance(share) {
            let after = self.chance.exponential(mean);
            self.put(after, Act::CallAgain { number: visit.number });
        }
    }
}
