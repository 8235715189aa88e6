//! Whom we call back, and when (rules 3, 6 to 11): a ring can betray a caller.

use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, NumberClass, ObligationId, OfferId, OperatorId, PersonId, Timestamp};
use jiff::SignedDuration;
use routing::{Event, HoldList, NumberFlag, OfferOutcome, OperatorState, Outcome};

use super::Ruling;
use super::hours::{self, Hours};

/// Rule 8: so many attempts a day to one number, and so many in all.
const A_DAY: usize = 3;
const IN_ALL: usize = 8;
/// Rule 10: after a busy line.
const BUSY_AGAIN: SignedDuration = SignedDuration::from_mins(15);

/// So many calls of closed debts are remembered.
const CLOSED: usize = 256;

/// What is known of whom we owe a call, and what was tried.
#[derive(Debug, Default)]
pub(super) struct Dialling {
    /// What callers under way have told so far.
    telling: BTreeMap<JourneyId, Told>,
    debts: BTreeMap<ObligationId, Debt>,
    offers: BTreeMap<OfferId, (ObligationId, OperatorId)>,
    /// Offers that were taken and whose attempt is to begin.
    taken: BTreeMap<OfferId, (ObligationId, OperatorId)>,
    attempts: BTreeMap<JourneyId, Attempt>,
    /// Attempts that are over, until their operator has said what came of them.
    over: BTreeMap<JourneyId, (ObligationId, Timestamp)>,
    numbers: BTreeMap<PersonId, Vec<Timestamp>>,
    barred: BTreeSet<PersonId>,
    shared: BTreeSet<PersonId>,
    /// What a person wants to be called for, in this step.
    wished: Option<ObligationId>,
    /// What was known of those whose debt was closed lately, by each of their calls: a word taken back owes it again.
    closed: BTreeMap<JourneyId, Debt>,
    callbacks: u64,
    reached: u64,
}

/// What a caller told.
#[derive(Clone, Debug)]
struct Told {
    service: String,
    /// The hash of the number, by which caps count,
    number: Option<PersonId>,
    /// and of the one person that it names: caller IDs that do not arrive, and are all the same, name nobody (rule 2).
    person: Option<PersonId>,
    class: NumberClass,
    private: bool,
    heard: bool,
    /// They were spoken with: whoever is cut off knows that we call back.
    spoke: bool,
    wanted: Option<bool>,
    part: bool,
    /// The hash of a number that was keyed in; and whether an extension was.
    contact: Option<(Option<PersonId>, bool)>,
}

impl Told {
    /// They know that we call.
    fn knows(&self) -> bool {
        self.heard || self.spoke || self.wanted == Some(true) || self.contact.is_some()
    }
}

#[derive(Clone, Debug, Default)]
struct Debt {
    told: Option<Told>,
    /// Their calls and ours.
    calls: BTreeSet<JourneyId>,
    plan: Option<Timestamp>,
    held: Option<HoldList>,
    /// A person asked for it.
    asked: bool,
    offer: Option<OfferId>,
    attempt: Option<JourneyId>,
    /// How often it was tried without a notice that was heard, and at a number that was keyed in.
    unheard: usize,
    given: usize,
    last: Option<(Timestamp, Option<Outcome>)>,
    /// Which attempt that was: a word on one before it says nothing of it.
    last_attempt: Option<JourneyId>,
    promises: BTreeSet<Timestamp>,
    /// The first attempt since the promise that counts (rule 10): when it began, and when it had rung for long enough or was answered.
    tried: Option<(Timestamp, Timestamp)>,
}

#[derive(Debug)]
struct Attempt {
    obligation: ObligationId,
    number: Option<PersonId>,
    given: bool,
    opened: Timestamp,
    /// It rang, or was answered.
    rang: bool,
    /// As it stood when it began: a second trunk is no second attempt.
    asked: bool,
    unheard: usize,
    before: usize,
}

impl Dialling {
    /// Calls that we began, and conversations that came of them.
    pub(super) fn tally(&self) -> (u64, u64) {
        (self.callbacks, self.reached)
    }

    /// The offers that ring at an operator.
    pub(super) fn rings_at(&self, operator: &OperatorId) -> impl Iterator<Item = OperatorState> {
        let theirs = self.offers.iter().filter(move |(_, (_, rung))| rung == operator);
        theirs.map(|(offer, _)| OperatorState::Offered { offer: *offer }).collect::<Vec<_>>().into_iter()
    }

    /// Folds a record in, and judges it. `owed` says which obligation a journey is owed by.
    pub(super) fn record(
        &mut self,
        event: &Event,
        at: Timestamp,
        hours: &Hours,
        owed: impl Fn(JourneyId) -> Option<ObligationId>,
    ) -> Ruling {
        self.told(event);
        match event {
            Event::NumberShared { person } => {
                self.shared.insert(*person);
            }
            Event::NumberFlagged { person, flag: NumberFlag::Shared, on: true, .. } => {
                self.shared.insert(*person);
            }
            Event::NumberFlagged { person, flag: NumberFlag::DoNotCall, on, .. } => {
                if *on {
                    self.barred.insert(*person)
                } else {
                    self.barred.remove(person)
                };
            }
            Event::ObligationOpened { obligation, journey, from, person, .. } => {
                self.is_one_person(*journey, *person);
                self.owed_anew(*obligation, *journey, *from);
            }
            Event::ObligationJoined { journey, .. } => {
                let number = self.telling.get(journey).and_then(|told| told.number);
                self.is_one_person(*journey, number);
            }
            Event::ObligationDischarged { obligation, .. } => return self.closed(*obligation),
            Event::CallbackPlanned { obligation, due, .. } => {
                let wished = self.wished.take_if(|wished| wished == obligation).is_some();
                self.debt(*obligation, |debt| {
                    (debt.plan, debt.held) = (Some(*due), None);
                    debt.asked |= wished;
                });
            }
            Event::CallbackHeld { obligation, list, .. } => {
                self.debt(*obligation, |debt| (debt.plan, debt.held, debt.asked) = (None, Some(*list), false));
            }
            Event::CallbackClaimed { obligation, .. } => self.debt(*obligation, |debt| debt.asked = true),
            Event::CallbackOffered { offer, obligation, operator, .. } => {
                return self.offered(*offer, *obligation, operator, at);
            }
            Event::CallbackOfferEnded { offer, obligation, outcome, .. } => {
                return self.offer_ended(*offer, *obligation, *outcome);
            }
            Event::AttemptOpened { attempt, obligation, offer, operator, given, .. } => {
                return self.opened(*attempt, *obligation, *offer, operator, *given, at);
            }
            Event::AttemptDialled { attempt, from, .. } => return self.dialled(*attempt, from, at, hours),
            Event::AttemptRinging { attempt, .. } => self.rings(*attempt),
            Event::AttemptCounted { attempt } => self.counts(*attempt, at),
            Event::Answered { journey, .. } if self.attempts.contains_key(journey) => {
                self.rings(*journey);
                self.counts(*journey, at);
            }
            Event::Conversing { journey, .. } if self.attempts.contains_key(journey) => {
                self.reached += 1;
                self.speaks(*journey);
            }
            Event::AttemptFailed { attempt, reason, .. } => self.failed(*attempt, &reason.0, at),
            Event::OutcomeGiven { journey, outcome, .. } => self.outcome(*journey, *outcome),
            Event::WrappedUp { journey, .. } => {
                self.over.remove(journey);
            }
            Event::PromiseMade { obligation, by, .. } => return self.promised(*obligation, *by, at),
            Event::PromiseSettled { obligation, by, kept } => return self.settled(*obligation, *by, *kept, at),
            Event::Ended { journey, .. } => self.ended(*journey, at, owed),
            _ => {}
        }
        Ok(())
    }

    fn told(&mut self, event: &Event) {
        if let Event::JourneyOpened { journey, caller, service, synthetic: false, .. } = event {
            let told = Told {
                service: service.clone(),
                number: caller.person,
                person: None,
                class: caller.class,
                private: caller.private,
                heard: false,
                spoke: false,
                wanted: None,
                part: false,
                contact: None,
            };
            self.telling.insert(*journey, told);
        }
        let Some(told) = event.journey().and_then(|journey| self.telling.get_mut(&journey)) else { return };
        match event {
            Event::NoticeHeard { .. } => told.heard = true,
            Event::Conversing { .. } => told.spoke = true,
            Event::CallbackWanted { wanted, .. } => told.wanted = Some(*wanted),
            Event::PartWanted { .. } => told.part = true,
            Event::ContactGiven { contact, .. } => told.contact = Some((contact.key, contact.extension.is_some())),
            _ => {}
        }
    }

    fn is_one_person(&mut self, journey: JourneyId, person: Option<PersonId>) {
        if let Some(told) = self.telling.get_mut(&journey) {
            told.person = person;
        }
    }

    fn debt(&mut self, id: ObligationId, change: impl FnOnce(&mut Debt)) {
        change(self.debts.entry(id).or_default());
    }

    /// What a call that is over told is known of what it is owed from now on, too.
    fn owed_anew(&mut self, id: ObligationId, journey: JourneyId, from: Option<ObligationId>) {
        if self.telling.contains_key(&journey) {
            return;
        }
        let known = from.and_then(|from| self.debts.get(&from)).or(self.closed.get(&journey)).cloned();
        let Some(known) = known else { return };
        let Debt { told, last, unheard, given, .. } = known;
        self.debt(id, |debt| *debt = Debt { told, last, unheard, given, calls: [journey].into(), ..Debt::default() });
    }

    /// Another step; what a person wants to be called for in it.
    pub(super) fn begin(&mut self, wished: Option<ObligationId>) {
        self.wished = wished;
    }

    /// A run is over: what it was about to dial is not dialled.
    pub(super) fn lost(&mut self) {
        self.taken.clear();
    }

    fn ended(&mut self, journey: JourneyId, at: Timestamp, owed: impl Fn(JourneyId) -> Option<ObligationId>) {
        if let Some(attempt) = self.attempts.remove(&journey) {
            self.over.insert(journey, (attempt.obligation, at));
            self.debt(attempt.obligation, |debt| debt.attempt = None);
        }
        let (Some(told), Some(id)) = (self.telling.remove(&journey), owed(journey)) else { return };
        self.debt(id, |debt| {
            let before = debt.told.take();
            let heard = told.heard || before.as_ref().is_some_and(|before| before.heard);
            let spoke = told.spoke || before.as_ref().is_some_and(|before| before.spoke);
            let part = told.part || before.as_ref().is_some_and(|before| before.part);
            let contact = told.contact.or(before.as_ref().and_then(|before| before.contact));
            let wanted = told.wanted.or(before.as_ref().and_then(|before| before.wanted));
            debt.told = Some(Told { heard, spoke, part, contact, wanted, ..told });
            // They phoned since: what was tried before is no reason to wait (rule 10).
            debt.last = None;
            debt.calls.insert(journey);
        });
    }

    /// One offer at a time, for something that is owed, due and on no list.
    fn offered(&mut self, offer: OfferId, id: ObligationId, operator: &OperatorId, at: Timestamp) -> Ruling {
        self.callbacks += 1;
        let Some(debt) = self.debts.get_mut(&id) else { return Err(format!("{id} is offered and not owed")) };
        if let Some(other) = debt.offer.replace(offer) {
            return Err(format!("{id} is offered by {offer}, and {other} rings for it"));
        }
        if let Some(attempt) = debt.attempt {
            return Err(format!("{id} is offered while {attempt} is under way"));
        }
        if let Some(list) = debt.held.filter(|_| !debt.asked) {
            return Err(format!("{id} is offered by itself, and stands on the list {list:?} (rules 3, 6, 7)"));
        }
        if debt.plan.is_none_or(|due| due > at) && !debt.asked {
            return Err(format!("{id} is offered before it is due"));
        }
        let person = debt.told.as_ref().and_then(|told| told.person);
        if let Some(person) = person.filter(|person| !self.shared.contains(person)) {
            let on_the_line = self.telling.values().any(|told| told.person == Some(person));
            if on_the_line {
                return Err(format!("{id} is offered while they are on the line"));
            }
        }
        self.offers.insert(offer, (id, operator.clone()));
        Ok(())
    }

    fn offer_ended(&mut self, offer: OfferId, id: ObligationId, outcome: OfferOutcome) -> Ruling {
        let Some(rung) = self.offers.remove(&offer).filter(|(rung, _)| *rung == id) else {
            return Err(format!("{offer} of {id} ended and did not ring"));
        };
        self.debt(id, |debt| debt.offer = None);
        if outcome == OfferOutcome::Accepted {
            self.taken.insert(offer, rung);
        }
        Ok(())
    }

    /// Operator first: an attempt begins with an offer that was taken.
    fn opened(
        &mut self,
        id: JourneyId,
        obligation: ObligationId,
        offer: OfferId,
        operator: &OperatorId,
        given: bool,
        at: Timestamp,
    ) -> Ruling {
        if self.taken.remove(&offer) != Some((obligation, operator.clone())) {
            return Err(format!("{id} begins, and {operator} did not take {offer} for {obligation} (rule 10)"));
        }
        let Some(debt) = self.debts.get_mut(&obligation) else { return Err(format!("{id} begins for nothing owed")) };
        if let Some(other) = debt.attempt.replace(id) {
            return Err(format!("{obligation} is dialled twice at once: {other}, {id}"));
        }
        debt.calls.insert(id);
        let told = debt.told.as_ref();
        let number = match given {
            true => told.and_then(|told| told.contact).and_then(|(key, _)| key),
            false => told.and_then(|told| told.number),
        };
        let twice = self.attempts.values().any(|other| number.is_some() && other.number == number);
        if twice {
            return Err(format!("{id} dials a number that is being dialled"));
        }
        let (asked, unheard, before) = (debt.asked, debt.unheard, debt.given);
        let attempt = Attempt { obligation, number, given, opened: at, rang: false, asked, unheard, before };
        self.attempts.insert(id, attempt);
        Ok(())
    }

    /// Before any telephone rings: may it?
    fn dialled(&mut self, id: JourneyId, from: &str, at: Timestamp, hours: &Hours) -> Ruling {
        let Some(attempt) = self.attempts.get(&id) else { return Err(format!("{id} dials and never began")) };
        let Some(debt) = self.debts.get(&attempt.obligation) else {
            return Err(format!("{id} dials for {}, which is not owed any more", attempt.obligation));
        };
        let Some(told) = &debt.told else { return Err(format!("{id} dials someone who never called")) };
        if !hours.may_dial(&told.service, at) {
            return Err(format!("{id} dials outside calling hours"));
        }
        if from.starts_with("400") {
            return Err(format!("{id} presents a 400 number (rule 9)"));
        }
        if let Some(number) = attempt.number {
            self.within_caps(id, number, at)?;
        }
        self.may_be_dialled(id, attempt, told)?;
        let since_last = debt.last.as_ref().filter(|(then, _)| !attempt.asked && *then < attempt.opened);
        // A second trunk is no second attempt.
        let began = attempt.opened;
        match since_last {
            Some((then, Some(Outcome::Busy))) if began.duration_since(*then) < BUSY_AGAIN => {
                Err(format!("{id} dials again within 15 min of a busy line (rule 10)"))
            }
            Some((then, Some(Outcome::NoAnswer | Outcome::Off | Outcome::Machine)))
                if hours::part(*then) == hours::part(began) =>
            {
                Err(format!("{id} dials again in the same part of the day (rule 10)"))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn within_caps(&self, id: JourneyId, number: PersonId, at: Timestamp) -> Ruling {
        if self.barred.contains(&number) {
            return Err(format!("{id} dials a number that must not be called (rule 6)"));
        }
        let before = self.numbers.get(&number).map(Vec::as_slice).unwrap_or_default();
        let today = before.iter().filter(|then| hours::day(**then) == hours::day(at)).count();
        if today >= A_DAY || before.len() >= IN_ALL {
            return Err(format!(
                "{id} dials a number for the {}th time, the {today}th of the day (rule 8)",
                before.len() + 1
            ));
        }
        Ok(())
    }

    /// Rule 7, word by word.
    fn may_be_dialled(&self, id: JourneyId, attempt: &Attempt, told: &Told) -> Ruling {
        if told.wanted == Some(false) && !attempt.asked {
            return Err(format!("{id} dials someone who declined (rule 7)"));
        }
        if attempt.given {
            return match attempt.before {
                0 => Ok(()),
                _ => Err(format!("{id} dials a number that was keyed in, again (rule 7)")),
            };
        }
        match told.class {
            NumberClass::Mobile => {
                let shared = told.person.is_none_or(|person| self.shared.contains(&person));
                if (shared || told.private) && !attempt.asked && !(told.part && told.contact.is_some()) {
                    return Err(format!("{id} dials a shared or withheld mobile unasked (rule 7)"));
                }
            }
            NumberClass::Fixed | NumberClass::Switchboard => {
                let asked = told.part && told.contact.is_some();
                if !asked && !attempt.asked {
                    return Err(format!("{id} dials a fixed line unasked (rule 7)"));
                }
            }
            NumberClass::Service | NumberClass::Foreign | NumberClass::Short | NumberClass::Withheld => {
                return Err(format!("{id} dials a {:?} number (rule 8)", told.class));
            }
        }
        let unheard = !told.knows() && !attempt.asked;
        // As when it began: a clock that is set back before its second trunk is tried makes it none other.
        if unheard && (attempt.unheard > 0 || !hours::is_for_unheard(attempt.opened)) {
            return Err(format!("{id} dials someone who heard no notice, again or at the wrong time (rule 7)"));
        }
        Ok(())
    }

    /// It rang for 15 s, or was answered: that is an attempt (rule 10).
    fn counts(&mut self, id: JourneyId, at: Timestamp) {
        let Some((obligation, opened)) = self.attempts.get(&id).map(|attempt| (attempt.obligation, attempt.opened))
        else {
            return;
        };
        self.debt(obligation, |debt| {
            debt.tried.get_or_insert((opened, at));
        });
    }

    /// A telephone rang: it may have betrayed somebody.
    fn rings(&mut self, id: JourneyId) {
        let Some(attempt) = self.attempts.get_mut(&id).filter(|attempt| !attempt.rang) else { return };
        attempt.rang = true;
        let (opened, given) = (attempt.opened, attempt.given);
        if let Some(number) = attempt.number {
            self.numbers.entry(number).or_default().push(opened);
        }
        let obligation = attempt.obligation;
        self.debt(obligation, |debt| {
            let heard = debt.told.as_ref().is_some_and(Told::knows);
            debt.unheard += usize::from(!heard);
            debt.given += usize::from(given);
            (debt.last, debt.last_attempt) = (Some((opened, None)), Some(id));
            debt.asked = false;
        });
    }

    /// Whoever is cut off from now on knows that we call.
    fn speaks(&mut self, id: JourneyId) {
        let owed = self.attempts.get(&id).and_then(|attempt| self.debts.get_mut(&attempt.obligation));
        if let Some(told) = owed.and_then(|debt| debt.told.as_mut()) {
            told.spoke = true;
        }
    }

    fn failed(&mut self, id: JourneyId, reason: &str, at: Timestamp) {
        let outcome = match reason {
            "busy" => Outcome::Busy,
            "no_answer" => Outcome::NoAnswer,
            "unobtainable" => Outcome::Off,
            _ => return,
        };
        if let Some(obligation) = self.attempts.get(&id).map(|attempt| attempt.obligation) {
            self.debt(obligation, |debt| {
                (debt.last, debt.last_attempt) = (Some((at, Some(outcome))), Some(id));
            });
        }
    }

    fn outcome(&mut self, journey: JourneyId, outcome: Outcome) {
        let under_way = self.attempts.get(&journey).map(|attempt| attempt.obligation);
        let Some(obligation) = under_way.or(self.over.get(&journey).map(|(obligation, _)| *obligation)) else { return };
        if let Some(debt) = self.debts.get_mut(&obligation)
            && debt.last_attempt == Some(journey)
            && let Some((_, told)) = &mut debt.last
        {
            *told = Some(outcome);
        }
    }

    fn closed(&mut self, id: ObligationId) -> Ruling {
        let Some(debt) = self.debts.remove(&id) else { return Ok(()) };
        if let Some(offer) = debt.offer {
            return Err(format!("{id} is closed while {offer} rings for it"));
        }
        if let Some(number) = debt.told.as_ref().and_then(|told| told.number) {
            self.numbers.remove(&number);
        }
        if let Some(by) = debt.promises.first() {
            return Err(format!("{id} is closed, and the promise of {by} was never settled (rule 11)"));
        }
        self.closed.extend(debt.calls.iter().map(|call| (*call, debt.clone())));
        while self.closed.len() > CLOSED {
            self.closed.pop_first();
        }
        Ok(())
    }

    /// Rule 11: a time that can be kept.
    fn promised(&mut self, id: ObligationId, by: Timestamp, at: Timestamp) -> Ruling {
        if by <= at {
            return Err(format!("{id} was promised a call by {by}, which is past (rule 11)"));
        }
        self.debt(id, |debt| {
            debt.promises.insert(by);
            debt.tried = None;
        });
        Ok(())
    }

    fn settled(&mut self, id: ObligationId, by: Timestamp, kept: bool, at: Timestamp) -> Ruling {
        let Some(debt) = self.debts.get_mut(&id) else { return Ok(()) };
        if !debt.promises.remove(&by) {
            return Err(format!("{id} has no promise of {by} to settle (rule 11)"));
        }
        let late = debt.tried.is_some_and(|(began, _)| began > by);
        if kept && (late || at > by && debt.tried.is_none()) {
            return Err(format!("{id} was promised a call by {by}, and that is told as kept (rule 11)"));
        }
        if !kept && debt.tried.is_some_and(|(_, counted)| counted <= by) {
            return Err(format!("{id} was called by {by}, and that is told as not kept (rule 11)"));
        }
        Ok(())
    }

    /// Somebody will call, or somebody has it on a list: never silence (rule 10).
    pub(super) fn provides_for(&self, id: ObligationId) -> bool {
        let provided =
            |debt: &Debt| debt.plan.is_some() || debt.held.is_some() || debt.offer.is_some() || debt.attempt.is_some();
        self.debts.get(&id).is_some_and(provided)
    }

    /// After every step: what was taken is dialled in the same one, and no promise is forgotten.
    pub(super) fn holds(&mut self) -> Ruling {
        if let Some((offer, (obligation, _))) = self.taken.pop_first() {
            return Err(format!("{offer} for {obligation} was taken, and nothing follows"));
        }
        Ok(())
    }

    /// Long after everything: no promise is left, and nothing is under way.
    pub(super) fn finish(&self, now: Timestamp) -> Ruling {
        let forgotten = self.debts.iter().find(|(_, debt)| debt.promises.first().is_some_and(|by| *by < now));
        if let Some((id, _)) = forgotten {
            return Err(format!("{id} was promised a call that nobody speaks of any more (rule 11)"));
        }
        let left = self.attempts.keys().next();
        left.map_or(Ok(()), |id| Err(format!("{id} has no end")))
    }
}
