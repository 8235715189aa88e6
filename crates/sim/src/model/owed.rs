use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, ObligationId, PersonId};
use jiff::SignedDuration;
use routing::{Event, Outcome, Party, TerminalCause};

use super::Ruling;
use super::calls::{Call, Calls};
use super::roster::Roster;

/// Rule 4: that much audio both ways is a conversation, where nobody says what came of it.
const CONVERSATION: SignedDuration = SignedDuration::from_secs(60);

/// Everything that was ever owed.
#[derive(Debug, Default)]
pub(super) struct Owed {
    obligations: BTreeMap<ObligationId, Debt>,
    of: BTreeMap<JourneyId, ObligationId>,
    held: BTreeMap<JourneyId, ObligationId>,
    shared: BTreeSet<PersonId>,
}

#[derive(Debug)]
struct Debt {
    person: Option<PersonId>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    InHand(JourneyId),
    Discharged,
}

impl Owed {
    /// Whether something was ever owed for this call.
    pub(super) fn owes(&self, id: JourneyId) -> bool {
        self.of.contains_key(&id)
    }

    pub(super) fn not_kept(&self) -> u64 {
        let (opened, kept) = self.tally();
        opened - kept
    }

    pub(super) fn tally(&self) -> (u64, u64) {
        let kept = self.obligations.values().filter(|debt| debt.state == State::Discharged).count();
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        (count(self.obligations.len()), count(kept))
    }

    pub(super) fn finish(&self) -> Ruling {
        let held = self.obligations.iter().find(|(_, debt)| matches!(debt.state, State::InHand(_)));
        held.map_or(Ok(()), |(id, _)| Err(format!("{id} is in hand of nobody")))
    }

    pub(super) fn record(&mut self, event: &Event, calls: &Calls) -> Ruling {
        if let Event::ObligationOpened { obligation, journey, person, .. } = event {
            self.of.insert(*journey, *obligation);
            // Its number was found shared: what it talked about is its own from now on.
            self.held.entry(*journey).and_modify(|held| *held = *obligation);
            let before = self.obligations.insert(*obligation, Debt { person: *person, state: State::Open });
            return if before.is_some() { Err(format!("{obligation} was opened twice")) } else { Ok(()) };
        }
        if let Event::ObligationJoined { obligation, journey } = event {
            self.join(*obligation, *journey, calls)?;
        }
        if let Event::NumberShared { person } = event {
            self.shared.insert(*person);
        }
        if let Event::ObligationInHand { obligation, journey, .. } = event {
            // The conversation before it, if there was one, no longer decides.
            self.held.retain(|_, held| held != obligation);
            self.held.insert(*journey, *obligation);
            self.turn(*obligation, State::InHand(*journey))?;
        }
        if let Event::ObligationReopened { obligation, .. } = event {
            self.turn(*obligation, State::Open)?;
        }
        if let Event::ObligationDischarged { obligation, reason, .. } = event {
            self.discharge(*obligation, &reason.0, calls)?;
        }
        if let Event::Ended { journey, .. } = event {
            self.is_owed_at_the_end(*journey, calls)?;
        }
        if let Event::WrappedUp { journey, .. } = event {
            self.is_settled(*journey, calls)?;
        }
        Ok(())
    }

    fn turn(&mut self, id: ObligationId, state: State) -> Ruling {
        let Some(debt) = self.obligations.get_mut(&id) else { return Err(format!("{id} was never opened")) };
        if debt.state == State::Discharged {
            return Err(format!("{id} is discharged and becomes {state:?}"));
        }
        debt.state = state;
        Ok(())
    }

    /// Rule 2: only the same unshared person's calls are owed together.
    fn join(&mut self, id: ObligationId, journey: JourneyId, calls: &Calls) -> Ruling {
        let person = calls.get(journey).and_then(|call| call.person);
        let Some(debt) = self.obligations.get(&id) else { return Err(format!("{id} was never opened")) };
        if debt.state == State::Discharged || person.is_none() || person != debt.person {
            return Err(format!("{journey} joined {id}, which is not theirs (rule 2)"));
        }
        self.of.insert(journey, id);
        Ok(())
    }

    /// Rules 4 and 5: what keeps an obligation.
    fn discharge(&mut self, id: ObligationId, reason: &str, calls: &Calls) -> Ruling {
        let Some(debt) = self.obligations.get(&id) else { return Err(format!("{id} was never opened")) };
        let State::InHand(holder) = debt.state else { return self.closed_by_another(id, reason, calls) };
        let Some(call) = calls.get(holder) else { return Err(format!("{holder} was never opened")) };
        let due = match reason {
            "spoken" => call.outcome == Some(Outcome::Spoken),
            "sixty_seconds_both_ways" => call.outcome.is_none() && is_conversation(call),
            "same_person_got_through" => true,
            _ => false,
        };
        if !due {
            let (audio, ended) = (call.both_ways(), call.ended);
            return Err(format!("{id} was discharged as {reason}, with {audio:?} both ways, ended {ended:?} (rule 4)"));
        }
        self.turn(id, State::Discharged)
    }

    /// Rule 5: an open one closes by itself only when the same unshared person got through.
    fn closed_by_another(&mut self, id: ObligationId, reason: &str, calls: &Calls) -> Ruling {
        let person = self.obligations.get(&id).and_then(|debt| debt.person);
        let spoke = |call: &Call| call.outcome == Some(Outcome::Spoken) || is_conversation(call);
        let through = person.is_some_and(|person| calls.of_person(person).any(spoke));
        let spoken = self.of.iter().filter(|(_, owed)| **owed == id).filter_map(|(journey, _)| calls.get(*journey));
        if !through && !spoken.into_iter().any(spoke) {
            return Err(format!("{id} was discharged as {reason}, and nobody spoke with them (rules 4, 5)"));
        }
        self.turn(id, State::Discharged)
    }

    /// Rule 1: nobody is let go without being owed a conversation.
    fn is_owed_at_the_end(&self, journey: JourneyId, calls: &Calls) -> Ruling {
        let synthetic = calls.get(journey).is_some_and(|call| call.synthetic);
        if synthetic || self.owes(journey) {
            Ok(())
        } else {
            Err(format!("{journey} was let go and is owed nothing (rule 1)"))
        }
    }

    /// Rule 4: after wrap-up it is kept or open, by what was said and by the minute.
    fn is_settled(&self, journey: JourneyId, calls: &Calls) -> Ruling {
        let (Some(call), Some(held)) = (calls.get(journey), self.held.get(&journey)) else { return Ok(()) };
        let Some(state) = self.obligations.get(held).map(|debt| debt.state) else { return Ok(()) };
        let cut_off = call.ended.is_some_and(|(cause, _, _)| is_cut_off(cause));
        let kept = match call.outcome {
            Some(Outcome::Spoken) => !cut_off,
            Some(_) => false,
            None => is_conversation(call),
        };
        if state == State::InHand(journey) {
            return Err(format!("{held} stays in hand after the wrap-up of {journey} (rule 4)"));
        }
        if kept && state == State::Open {
            return Err(format!("{held} is open, though {journey} kept it (rule 4)"));
        }
        Ok(())
    }

    /// After every step: what is in hand is in someone's hand, and one unshared person is owed one conversation.
    pub(super) fn holds(&self, calls: &Calls, roster: &Roster) -> Ruling {
        let mut persons = BTreeSet::new();
        for (id, debt) in &self.obligations {
            match debt.state {
                State::InHand(journey) => {
                    let call = calls.get(journey);
                    if !call.is_some_and(|call| call.conversed) {
                        return Err(format!("{id} is in the hand of {journey}, who never conversed (rule 4)"));
                    }
                    let over = call.is_some_and(|call| call.ended.is_some()) && !roster.wraps_up(journey);
                    if over {
                        return Err(format!("{id} is in hand, and {journey} is over (rule 4)"));
                    }
                }
                State::Open => {
                    let person = debt.person.filter(|person| !self.shared.contains(person));
                    if person.is_some_and(|person| !persons.insert(person)) {
                        return Err(format!("{id} is open beside another of the same person (rule 2)"));
                    }
                }
                State::Discharged => {}
            }
        }
        Ok(())
    }
}

/// A minute both ways, ended by a BYE from caller or operator.
fn is_conversation(call: &Call) -> bool {
    let by_them = matches!(call.ended, Some((cause, Party::Caller | Party::Operator, _)) if !is_cut_off(cause));
    by_them && call.both_ways() >= CONVERSATION
}

fn is_cut_off(cause: TerminalCause) -> bool {
    matches!(cause, TerminalCause::TrunkLost | TerminalCause::EngineLost | TerminalCause::EngineStopped)
}
