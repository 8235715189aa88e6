use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, ObligationId, PersonId};
use routing::{Event, NumberFlag, Outcome};

use super::Ruling;
use super::call::{Call, is_cut_off};
use super::calls::Calls;
use super::roster::Roster;

/// What is owed, and how much was.
#[derive(Debug, Default)]
pub(super) struct Owed {
    /// What is not kept yet,
    debts: BTreeMap<ObligationId, Debt>,
    /// how many there were,
    opened: u64,
    /// how many of them are kept,
    kept: u64,
    /// and the last one.
    last: Option<ObligationId>,
    /// Which is whose, while anything may still be said of the call.
    of: BTreeMap<JourneyId, ObligationId>,
    held: BTreeMap<JourneyId, ObligationId>,
    in_hand: BTreeSet<ObligationId>,
    shared: BTreeSet<PersonId>,
    persons: BTreeMap<PersonId, BTreeSet<ObligationId>>,
    /// Whose debts changed in this step.
    touched: BTreeSet<PersonId>,
    ended: Vec<JourneyId>,
    /// What a named person closes in this step.
    by_hand: Option<ObligationId>,
    /// What was said to be owed to whoever is spoken with in a call (rule 5), or was just dialled as they rang (rule 9).
    same: BTreeMap<ObligationId, BTreeSet<JourneyId>>,
    /// Who wants no call, by their own key (rule 6): what this journey is owed then, though it was parted from others' meanwhile.
    declined: BTreeSet<JourneyId>,
}

#[derive(Debug)]
struct Debt {
    person: Option<PersonId>,
    first: JourneyId,
    state: State,
    journeys: Vec<JourneyId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    InHand(JourneyId),
}

impl Owed {
    /// What is owed for a call.
    pub(super) fn of(&self, id: JourneyId) -> Option<ObligationId> {
        self.of.get(&id).copied()
    }

    /// Another step.
    pub(super) fn begin(&mut self) {
        self.by_hand = None;
    }

    /// A named person closes it, and answers for the reason (rule 6).
    pub(super) fn closed_by_hand(&mut self, id: ObligationId) {
        self.by_hand = Some(id);
    }

    /// Whether something was ever owed for this call.
    pub(super) fn owes(&self, id: JourneyId) -> bool {
        self.of.contains_key(&id)
    }

    pub(super) fn not_kept(&self) -> u64 {
        self.opened - self.kept
    }

    pub(super) fn tally(&self) -> (u64, u64) {
        (self.opened, self.kept)
    }

    pub(super) fn finish(&self) -> Ruling {
        self.in_hand.first().map_or(Ok(()), |id| Err(format!("{id} is in hand of nobody")))
    }

    pub(super) fn record(&mut self, event: &Event, calls: &Calls) -> Ruling {
        if let Event::ObligationOpened { obligation, journey, person, .. } = event {
            return self.open(*obligation, *journey, *person);
        }
        if let Event::JourneyOpened { journey, caller, synthetic: false, .. } = event {
            self.notice_shared(*journey, caller.person, calls);
        }
        if let Event::ObligationJoined { obligation, journey } = event {
            self.join(*obligation, *journey, calls)?;
        }
        if let Event::NumberShared { person }
        | Event::NumberFlagged { person, flag: NumberFlag::Shared, on: true, .. } = event
        {
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
        if let Event::SamePerson { obligation, journey, .. } = event {
            self.same.entry(*obligation).or_default().insert(*journey);
        }
        if let Event::CallbackWanted { journey, wanted: false } = event {
            self.declined.insert(*journey);
        }
        if let Event::ObligationDischarged { obligation, reason, .. } = event {
            if self.by_hand.take_if(|by_hand| by_hand == obligation).is_some() || self.is_declined(*obligation) {
                self.close(*obligation);
            } else {
                self.discharge(*obligation, &reason.0, calls)?;
            }
        }
        if let Event::Ended { journey, .. } = event {
            self.is_owed_at_the_end(*journey, calls)?;
            self.ended.push(*journey);
        }
        if let Event::WrappedUp { journey, .. } = event {
            self.is_settled(*journey, calls)?;
            self.ended.push(*journey);
        }
        Ok(())
    }

    fn is_declined(&self, obligation: ObligationId) -> bool {
        self.declined.iter().any(|journey| self.of(*journey) == Some(obligation))
    }

    /// Rule 2: two at one time from one number are two people.
    fn notice_shared(&mut self, newcomer: JourneyId, person: Option<PersonId>, calls: &Calls) {
        let same = |(id, other): &(JourneyId, &Call)| {
            *id != newcomer && !other.attempt && !other.synthetic && other.person == person
        };
        self.shared.extend(person.filter(|_| calls.open().any(|call| same(&call))));
    }

    fn open(&mut self, id: ObligationId, journey: JourneyId, person: Option<PersonId>) -> Ruling {
        if self.last.is_some_and(|last| last >= id) {
            return Err(format!("{id} was opened twice, or out of order"));
        }
        if person.is_some_and(|person| self.shared.contains(&person)) {
            return Err(format!("{id} is one person's, and their number is shared (rule 2)"));
        }
        self.last = Some(id);
        self.opened += 1;
        self.of.insert(journey, id);
        // Its number was found shared: what it talked about is its own from now on.
        self.held.entry(journey).and_modify(|held| *held = id);
        self.debts.insert(id, Debt { person, first: journey, state: State::Open, journeys: vec![journey] });
        if let Some(person) = person {
            self.persons.entry(person).or_default().insert(id);
        }
        self.touched.extend(person);
        Ok(())
    }

    fn turn(&mut self, id: ObligationId, state: State) -> Ruling {
        let Some(debt) = self.debts.get_mut(&id) else {
            return Err(format!("{id} is discharged, or was never opened, and becomes {state:?}"));
        };
        debt.state = state;
        match state {
            State::Open => self.in_hand.remove(&id),
            State::InHand(_) => self.in_hand.insert(id),
        };
        self.touched.extend(debt.person);
        Ok(())
    }

    fn close(&mut self, id: ObligationId) {
        let Some(debt) = self.debts.remove(&id) else { return };
        self.in_hand.remove(&id);
        self.same.remove(&id);
        self.kept += 1;
        if let Some(person) = debt.person {
            if let Some(theirs) = self.persons.get_mut(&person) {
                theirs.remove(&id);
            }
            self.touched.insert(person);
        }
    }

    /// Rule 2: only the same unshared person's calls are owed together.
    fn join(&mut self, id: ObligationId, journey: JourneyId, calls: &Calls) -> Ruling {
        let person = calls.get(journey).and_then(|call| call.person);
        let theirs = |debt: &Debt| person.is_some() && (person == debt.person) && calls.get(journey).is_some();
        // After a conversation what came during it is carried over: the call itself may be over.
        let carried = calls.get(journey).is_none() && self.of.contains_key(&journey);
        let Some(debt) = self.debts.get_mut(&id).filter(|debt| theirs(debt) || carried) else {
            return Err(format!("{journey} joined {id}, which is not theirs (rule 2)"));
        };
        if debt.person.is_some_and(|person| self.shared.contains(&person)) {
            return Err(format!("{journey} joined {id}, and their number is shared (rule 2)"));
        }
        debt.journeys.push(journey);
        self.of.insert(journey, id);
        Ok(())
    }

    /// Rules 4 and 5: what keeps an obligation.
    fn discharge(&mut self, id: ObligationId, reason: &str, calls: &Calls) -> Ruling {
        let Some(debt) = self.debts.get(&id) else { return Err(format!("{id} was discharged and is not owed")) };
        let State::InHand(holder) = debt.state else { return self.closed_by_another(id, reason, calls) };
        let Some(call) = calls.get(holder) else { return Err(format!("{holder} was never opened")) };
        let due = match reason {
            "spoken" => call.outcome == Some(Outcome::Spoken),
            "sixty_seconds_both_ways" => call.outcome.is_none() && call.is_conversation(),
            "same_person_got_through" => true,
            // Rule 3: an operator's one click.
            word => call.outcome.is_some_and(|said| is_noise(said) && said.word() == word),
        };
        if !due {
            let (audio, ended) = (call.both_ways(), call.ended);
            return Err(format!("{id} was discharged as {reason}, with {audio:?} both ways, ended {ended:?} (rule 4)"));
        }
        self.close(id);
        Ok(())
    }

    /// Rule 5: an open one closes by itself only when the same unshared person got through.
    fn closed_by_another(&mut self, id: ObligationId, reason: &str, calls: &Calls) -> Ruling {
        let Some(debt) = self.debts.get(&id) else { return Ok(()) };
        let person = debt.person.filter(|person| !self.shared.contains(person));
        let known = person.and_then(|person| calls.known(person)).and_then(|known| known.through);
        let spoke_before = known.is_some_and(|through| through >= debt.first);
        let now = |call: &Call| call.got_through() && call.person.is_some() && call.person == person;
        let clicked = |call: &Call| call.outcome.is_some_and(|said| is_noise(said) && said.word() == reason);
        if debt.journeys.iter().filter_map(|journey| calls.get(*journey)).any(clicked)
            || calls.attempts_of(id).any(|call| clicked(call) || call.got_through())
        {
            self.close(id);
            return Ok(());
        }
        let same = self.same.get(&id).into_iter().flatten();
        let spoken = debt.journeys.iter().chain(same).filter_map(|journey| calls.get(*journey)).any(Call::got_through);
        if !spoke_before && !spoken && !calls.wrapping_up().any(now) {
            return Err(format!("{id} was discharged as {reason}, and nobody spoke with them (rules 4, 5)"));
        }
        self.close(id);
        Ok(())
    }

    /// Rule 1: nobody is let go without being owed a conversation.
    fn is_owed_at_the_end(&self, journey: JourneyId, calls: &Calls) -> Ruling {
        let synthetic = calls.get(journey).is_some_and(|call| call.synthetic || call.attempt);
        if synthetic || self.owes(journey) {
            Ok(())
        } else {
            Err(format!("{journey} was let go and is owed nothing (rule 1)"))
        }
    }

    /// Rule 4: after wrap-up it is kept or open, by what was said and by the minute.
    fn is_settled(&self, journey: JourneyId, calls: &Calls) -> Ruling {
        let (Some(call), Some(held)) = (calls.get(journey), self.held.get(&journey)) else { return Ok(()) };
        let debt = self.debts.get(held);
        let state = debt.map(|debt| debt.state);
        let cut_off = call.ended.is_some_and(|(cause, _, _)| is_cut_off(cause));
        let kept = match call.outcome {
            Some(Outcome::Spoken) => !cut_off,
            Some(_) => false,
            None => call.is_conversation(),
        };
        if state == Some(State::InHand(journey)) {
            return Err(format!("{held} stays in hand after the wrap-up of {journey} (rule 4)"));
        }
        // Words were taken back and said again meanwhile: what they phoned for since, or are dialled for, is not over with it.
        let phoned = debt.is_some_and(|debt| debt.journeys.iter().any(|other| *other > journey));
        let dialled = calls.attempts_of(*held).any(|call| call.ended.is_none());
        if kept && state == Some(State::Open) && !phoned && !dialled {
            return Err(format!("{held} is open, though {journey} kept it (rule 4)"));
        }
        Ok(())
    }

    /// After every step: nothing is owed that is neither open, in hand nor kept; what is in hand is in someone's hand; and one unshared person
    /// is owed one conversation.
    pub(super) fn holds(&mut self, calls: &Calls, roster: &Roster) -> Ruling {
        let owed = u64::try_from(self.debts.len()).unwrap_or(u64::MAX);
        if owed != self.not_kept() {
            return Err(format!("{} opened, {} kept, {owed} open or in hand", self.opened, self.kept));
        }
        for id in &self.in_hand {
            let Some(State::InHand(journey)) = self.debts.get(id).map(|debt| debt.state) else { continue };
            let call = calls.get(journey);
            if !call.is_some_and(|call| call.conversed || call.handed_over) {
                return Err(format!("{id} is in the hand of {journey}, who never conversed (rule 4)"));
            }
            if call.is_some_and(|call| call.ended.is_some()) && !roster.wraps_up(journey) {
                return Err(format!("{id} is in hand, and {journey} is over (rule 4)"));
            }
        }
        for person in std::mem::take(&mut self.touched) {
            let theirs = self.persons.get(&person).filter(|_| !self.shared.contains(&person));
            let mut open = theirs.into_iter().flatten().filter(|id| !self.in_hand.contains(*id));
            if let Some(second) = open.nth(1) {
                return Err(format!("{second} is open beside another of the same person (rule 2)"));
            }
            if self.persons.get(&person).is_some_and(BTreeSet::is_empty) {
                self.persons.remove(&person);
            }
        }
        Ok(())
    }

    /// Open, and nobody is on the line or at work with it.
    pub(super) fn lies_open(&self, id: ObligationId, calls: &Calls) -> bool {
        let Some(debt) = self.debts.get(&id).filter(|debt| debt.state == State::Open) else { return false };
        let at_work = debt.journeys.iter().any(|journey| calls.get(*journey).is_some_and(|call| !call.is_done()));
        !at_work && !calls.attempts_of(id).any(|call| !call.is_done())
    }

    /// Lets go of calls of which nothing more can be said.
    pub(super) fn forget(&mut self, calls: &Calls) {
        for journey in std::mem::take(&mut self.ended) {
            if calls.get(journey).is_none() {
                self.held.remove(&journey);
                self.declined.remove(&journey);
                let owed = self.of.get(&journey).is_some_and(|owed| self.debts.contains_key(owed));
                if !owed {
                    self.of.remove(&journey);
                }
            }
        }
    }
}

fn is_noise(said: Outcome) -> bool {
    matches!(said, Outcome::Silent | Outcome::WrongNumber | Outcome::Prank | Outcome::Abusive | Outcome::Test)
}
