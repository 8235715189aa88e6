use std::collections::BTreeSet;

use base::{JourneyId, ObligationId, PersonId, Timestamp};

use super::{Callback, Journey, State};
use crate::{ObligationKind, Reason, TerminalCause};

/// A conversation that we owe. Kept ones are forgotten here; Postgres remembers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// What for.
    pub kind: ObligationKind,
    /// To whom, where a number tells.
    pub person: Option<PersonId>,
    /// Since when.
    pub opened: Timestamp,
    /// The journey that opened it.
    pub first: JourneyId,
    /// The last one that joined it, or the first.
    pub last: JourneyId,
    /// How many there are.
    pub journeys: u32,
    /// Open, or suspended by a conversation.
    pub owed: Owed,
    /// Why it is still, or again, open.
    pub reason: Reason,
    /// What is known for calling them back.
    pub callback: Callback,
    /// Their journeys that are under way.
    pub under_way: BTreeSet<JourneyId>,
    /// All that joined and were not parted from it, in order.
    joined: Vec<JourneyId>,
    /// Journeys that joined while a conversation held it: that conversation cannot have been about them.
    pub(crate) later: Vec<JourneyId>,
}

/// Whether a conversation holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owed {
    /// Nobody speaks with them.
    Open,
    /// This conversation, until its outcome.
    InHand {
        /// The journey spoken in.
        journey: JourneyId,
    },
}

impl Obligation {
    pub(super) fn new(
        journey: JourneyId,
        person: Option<PersonId>,
        kind: ObligationKind,
        reason: &Reason,
        opened: Timestamp,
    ) -> Self {
        Obligation {
            kind,
            person,
            opened,
            first: journey,
            last: journey,
            journeys: 1,
            owed: Owed::Open,
            reason: reason.clone(),
            callback: Callback::default(),
            under_way: BTreeSet::new(),
            joined: Vec::new(),
            later: Vec::new(),
        }
    }

    /// Calls under way beside this conversation are none of it: a call of ours may be answered while they phone.
    pub(super) fn take_in_hand(&mut self, journey: JourneyId) {
        self.owed = Owed::InHand { journey };
        self.later = self.under_way.iter().copied().filter(|other| *other != journey).collect();
    }

    pub(super) fn reopen(&mut self, reason: &Reason) {
        self.owed = Owed::Open;
        self.reason = reason.clone();
        self.later.clear();
        self.callback.plan_anew();
    }

    pub(super) fn journey_ended(&mut self, id: JourneyId, journey: &Journey, cause: TerminalCause) {
        self.under_way.remove(&id);
        self.callback.learn(id, journey, cause);
        if self.owed == Owed::Open {
            self.reason = cause.reason();
        }
    }

    fn join(&mut self, journey: JourneyId) {
        self.joined.push(journey);
        self.count();
        if self.owed != Owed::Open {
            self.later.push(journey);
        }
    }

    /// A journey that had joined is owed by another one now, or about to be.
    fn leave(&mut self, journey: JourneyId) {
        self.under_way.remove(&journey);
        self.joined.retain(|joined| *joined != journey);
        self.later.retain(|later| *later != journey);
        self.count();
    }

    /// The number turned out to be several people's: what joined during a conversation is not of this one.
    pub(super) fn leave_later(&mut self) {
        for journey in std::mem::take(&mut self.later) {
            self.leave(journey);
        }
    }

    fn count(&mut self) {
        self.last = self.joined.last().copied().unwrap_or(self.first);
        self.journeys = u32::try_from(self.joined.len()).unwrap_or(u32::MAX).saturating_add(1);
    }

    /// Whether someone phones about it, or phoned after this journey: a word on the journey then leaves it open.
    pub(crate) fn is_about_more_than(&self, journey: JourneyId) -> bool {
        let beside = self.under_way.iter().any(|other| *other != journey);
        beside || self.first > journey || self.joined.iter().any(|joined| *joined > journey)
    }

    /// Whether this journey's conversation holds it.
    pub(crate) fn held_by(&self, journey: JourneyId) -> bool {
        self.owed == Owed::InHand { journey }
    }
}

impl State {
    pub(super) fn obligation(&mut self, id: ObligationId, change: impl FnOnce(&mut Obligation)) {
        if let Some(obligation) = self.obligations.get_mut(&id) {
            change(obligation);
        }
    }

    pub(super) fn open_obligation(&mut self, id: ObligationId, mut obligation: Obligation, from: Option<ObligationId>) {
        obligation.callback = self.known_before(obligation.first, from);
        let first = obligation.first;
        self.owe(first, id, obligation.person);
        if let (Some(person), ObligationKind::Reach) = (obligation.person, obligation.kind) {
            self.reach.insert(person, id);
        }
        self.name(id, people(&obligation));
        self.obligations.insert(id, obligation);
        self.goes_on(id, first);
    }

    /// What a journey that is over told, by the obligation that it had then.
    fn known_before(&self, journey: JourneyId, from: Option<ObligationId>) -> Callback {
        if self.journeys.contains_key(&journey) {
            return Callback::default();
        }
        let open = from.and_then(|from| self.obligations.get(&from)).map(|owed| &owed.callback);
        let mut afters = self.operators.values().filter_map(|operator| operator.after.as_ref());
        let closed = || afters.find(|after| after.journey == journey).and_then(|after| after.known.as_ref());
        open.or_else(closed).map(Callback::carried).unwrap_or_default()
    }

    pub(super) fn join_obligation(&mut self, id: ObligationId, journey: JourneyId) {
        let person = self.obligations.get(&id).and_then(|owed| owed.person);
        self.owe(journey, id, person);
        self.obligation(id, |owed| owed.join(journey));
        self.goes_on(id, journey);
    }

    pub(super) fn discharge(&mut self, id: ObligationId, reason: &Reason) {
        let Some(kept) = self.obligations.remove(&id) else { return };
        self.unname(id, people(&kept));
        self.replan(id, kept.callback.plan.as_ref().map(|plan| plan.due), None);
        self.ringing.retain(|_, rung| *rung != id);
        // A correction may owe it again.
        let afters = self.operators.values_mut().filter_map(|operator| operator.after.as_mut());
        for after in afters.filter(|after| after.obligation == Some(id)) {
            after.known = Some(kept.callback.clone());
        }
        if matches!(&*reason.0, "spoken" | "sixty_seconds_both_ways" | "same_person_got_through") {
            self.spoken_with(&kept);
        }
        let Some(person) = kept.person else { return };
        if self.reach.get(&person) == Some(&id) {
            self.reach.remove(&person);
        }
    }

    /// What is owed to someone, or about a number of theirs: open or in hand.
    pub(crate) fn owed_about(&self, person: PersonId) -> impl Iterator<Item = (ObligationId, &Obligation)> {
        let ids = self.about.get(&person).into_iter().flatten();
        ids.filter_map(|id| self.obligations.get(id).map(|owed| (*id, owed)))
    }

    /// Notes who an obligation is about.
    pub(super) fn name(&mut self, id: ObligationId, people: BTreeSet<PersonId>) {
        for person in people {
            self.about.entry(person).or_default().insert(id);
        }
    }

    pub(super) fn unname(&mut self, id: ObligationId, people: BTreeSet<PersonId>) {
        for person in people {
            let theirs = self.about.get_mut(&person);
            if theirs.is_some_and(|theirs| theirs.remove(&id) && theirs.is_empty()) {
                self.about.remove(&person);
            }
        }
    }

    /// A journey of an obligation is under way, if it is.
    fn goes_on(&mut self, id: ObligationId, journey: JourneyId) {
        if self.journeys.contains_key(&journey) {
            self.obligation(id, |owed| {
                owed.under_way.insert(journey);
            });
        }
    }

    /// No journey is owed by two: the one before lets go of it, or the one that it came during a conversation of.
    fn owe(&mut self, journey: JourneyId, obligation: ObligationId, person: Option<PersonId>) {
        let later = |owed: &Obligation| owed.later.contains(&journey);
        let during = person.and_then(|person| self.owed_about(person).find(|(_, owed)| later(owed))).map(|(id, _)| id);
        let under_way = self.journeys.get_mut(&journey).map(|journey| &mut journey.obligation);
        let mut afters = self.operators.values_mut().filter_map(|operator| operator.after.as_mut());
        let over = afters.find(|after| after.journey == journey).map(|after| &mut after.obligation);
        let before = under_way.or(over).and_then(|owed| owed.replace(obligation)).or(during);
        if let Some(before) = before.filter(|before| *before != obligation) {
            self.obligation(before, |owed| owed.leave(journey));
        }
    }
}

/// Whom it is owed to, who called last about it, and the number that they gave.
pub(super) fn people(owed: &Obligation) -> BTreeSet<PersonId> {
    let callback = &owed.callback;
    let caller = callback.caller.as_ref().and_then(|caller| caller.person);
    let contact = callback.contact.as_ref().and_then(|contact| contact.key);
    [owed.person, caller, contact].into_iter().flatten().collect()
}
