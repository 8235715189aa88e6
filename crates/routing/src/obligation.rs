//! What we owe: opened before anything else, merged only for one person, kept only by a conversation (rules 1, 2, 4, 5).

use std::collections::BTreeMap;

use base::{JourneyId, Now, ObligationId, OperatorId, PersonId};
use jiff::SignedDuration;

use crate::state::{After, Journey, Obligation, Owed};
use crate::switchboard::Switchboard;
use crate::{Alarm, Event, ObligationKind, Outcome, Party, Reason};

impl Switchboard {
    /// Owes a journey's caller a conversation: anew, or by the one that this person is owed already.
    pub(crate) fn owe(&mut self, id: JourneyId, now: Now) {
        let Some(journey) = self.state.journeys.get(&id).filter(|journey| !journey.synthetic) else { return };
        let person = journey.caller.person;
        if let Some(person) = person {
            self.notice_shared(person, id, now);
        }
        let person = person.filter(|person| self.identifies(*person));
        match person.and_then(|person| self.state.reach.get(&person)).copied() {
            Some(obligation) => self.emit(Event::ObligationJoined { obligation, journey: id }, now),
            None => {
                self.open_obligation(id, person, Reason::new("called"), None, now);
            }
        }
    }

    /// Whether a number stands for one person: not shared, and not the trunk's own for all callers (rule 2).
    fn identifies(&mut self, person: PersonId) -> bool {
        let day = &self.state.day;
        let (floods, number) = (day.floods(person), day.number());
        if floods && self.alarmed_day != Some(number) {
            self.alarmed_day = Some(number);
            self.alarm(Alarm::CallerIdsNotArriving);
        }
        !floods && !self.state.shared.contains(&person)
    }

    /// Two journeys at one time from one number: it is several people's. What was merged under way is parted again.
    fn notice_shared(&mut self, person: PersonId, newcomer: JourneyId, now: Now) {
        // A call of ours to them is none of theirs.
        let same = |journey: &Journey| {
            journey.caller.person == Some(person) && !journey.synthetic && journey.attempt.is_none()
        };
        let another = self.state.journeys.iter().any(|(id, other)| *id != newcomer && same(other));
        if !another || self.state.shared.contains(&person) {
            return;
        }
        let merged = self.merged_under_way(person);
        self.emit(Event::NumberShared { person }, now);
        for (journey, obligation) in merged {
            self.part_from_merged(journey, obligation, now);
        }
    }

    /// What a number's journeys are owed by: those under way or in wrap-up, and those that came during a conversation.
    pub(crate) fn merged_under_way(&self, person: PersonId) -> BTreeMap<JourneyId, ObligationId> {
        let state = &self.state;
        let theirs = |journey: &Journey| journey.caller.person == Some(person) && journey.attempt.is_none();
        let under_way = state.journeys.iter().filter(|(_, journey)| theirs(journey));
        let under_way = under_way.filter_map(|(id, journey)| Some((*id, journey.obligation?)));
        let afters = state.operators.values().filter_map(|operator| operator.after.as_ref());
        let afters = afters.filter(|after| after.person == Some(person) && after.attempt.is_none());
        let afters = afters.filter_map(|after| Some((after.journey, after.obligation?)));
        let theirs = state.owed_about(person).filter(|(_, owed)| owed.person == Some(person));
        let later = theirs.flat_map(|(id, owed)| owed.later.iter().map(move |journey| (*journey, id)));
        later.chain(under_way).chain(afters).collect()
    }

    /// A journey that had joined an older obligation gets its own: the older may be someone else's.
    pub(crate) fn part_from_merged(&mut self, id: JourneyId, joined: ObligationId, now: Now) {
        let Some(obligation) = self.state.obligations.get(&joined).filter(|owed| owed.first != id) else { return };
        let in_hand = obligation.held_by(id);
        let operator = self.talk_of(id).map(|talk| talk.operator.clone()).or_else(|| self.who_spoke(id));
        let reason = Reason::new("number_shared");
        if in_hand {
            self.emit(Event::ObligationReopened { obligation: joined, reason: reason.clone() }, now);
        }
        self.open_obligation(id, None, reason, Some(joined), now);
        if let (true, Some(operator)) = (in_hand, operator) {
            self.take_in_hand(id, operator, now);
        }
    }

    pub(crate) fn open_obligation(
        &mut self,
        journey: JourneyId,
        person: Option<PersonId>,
        reason: Reason,
        from: Option<ObligationId>,
        now: Now,
    ) -> ObligationId {
        let (obligation, kind) = (self.mints.obligation.mint(), ObligationKind::Reach);
        self.emit(Event::ObligationOpened { obligation, journey, person, kind, reason, from }, now);
        obligation
    }

    /// The caller's own key (rule 6) ends what this journey alone is owed. What an earlier call of theirs is owed stays: a person decides.
    pub(crate) fn end_declined(&mut self, id: JourneyId, now: Now) {
        let Some(journey) = self.state.journeys.get(&id).filter(|journey| journey.wanted == Some(false)) else {
            return;
        };
        let alone = |owed: &Obligation| owed.first == id && owed.journeys == 1 && owed.owed == Owed::Open;
        let owed = journey.obligation.filter(|owed| self.state.obligations.get(owed).is_some_and(alone));
        if let Some(obligation) = owed {
            self.discharge(obligation, Reason::new("caller_declined"), None, now);
        }
    }

    /// A conversation suspends what is owed (rule 4). One before it with the same person, whose outcome is still to come, has it no more.
    pub(crate) fn take_in_hand(&mut self, journey: JourneyId, operator: OperatorId, now: Now) {
        // What a call of ours is for may have been kept meanwhile by theirs to us.
        let owed = self.obligation_of(journey).filter(|owed| self.state.obligations.contains_key(owed));
        if let Some(obligation) = owed {
            self.emit(Event::ObligationInHand { obligation, journey, operator }, now);
        }
    }

    /// The conversation is over and its outcome is known, or will not be.
    pub(crate) fn settle(&mut self, after: &After, now: Now) {
        match after.outcome {
            Some(Outcome::Spoken) => self.keep(after, Reason::new("spoken"), now),
            // An operator's one click (rule 3).
            Some(
                outcome @ (Outcome::Silent | Outcome::WrongNumber | Outcome::Prank | Outcome::Abusive | Outcome::Test),
            ) => self.close_as_noise(after, outcome.reason(), now),
            Some(
                outcome @ (Outcome::NotSpoken
                | Outcome::Busy
                | Outcome::NoAnswer
                | Outcome::Off
                | Outcome::Machine
                | Outcome::OtherPerson
                | Outcome::Invalid
                | Outcome::Refused),
            ) => self.reopen(after.journey, after.obligation, Reason::new(outcome.word()), now),
            None if after.cause.is_cut_off() => {
                self.reopen(after.journey, after.obligation, after.cause.reason(), now);
            }
            None if self.spoke_long_enough(after) => self.keep(after, Reason::new("sixty_seconds_both_ways"), now),
            None => self.reopen(after.journey, after.obligation, Reason::new("too_short"), now),
        }
    }

    fn spoke_long_enough(&self, after: &After) -> bool {
        let enough = self.settings.as_ref().map(|settings| settings.limits.spoken_without_outcome);
        let enough = enough.and_then(|enough| SignedDuration::try_from(enough).ok()).unwrap_or(SignedDuration::MAX);
        after.both_ways >= enough && matches!(after.by, Party::Caller | Party::Operator)
    }

    /// Open again, if this conversation holds it.
    pub(crate) fn reopen(&mut self, journey: JourneyId, obligation: Option<ObligationId>, reason: Reason, now: Now) {
        let held = obligation.filter(|id| self.state.obligations.get(id).is_some_and(|owed| owed.held_by(journey)));
        if let Some(obligation) = held {
            self.emit(Event::ObligationReopened { obligation, reason }, now);
        }
    }

    /// Kept by this conversation, and with it whatever else this person was owed before (rule 5).
    fn keep(&mut self, after: &After, reason: Reason, now: Now) {
        self.close_same(after, now);
        let Some((id, obligation)) = self.served_by(after) else { return };
        let by = self.who_spoke(after.journey);
        self.carry_later(id, &obligation, now);
        self.discharge(id, reason, by.clone(), now);
        for earlier in self.earlier_of(&obligation, after.journey) {
            self.discharge(earlier, Reason::new("same_person_got_through"), by.clone(), now);
        }
    }

    /// What a conversation was about, unless it was closed meanwhile, someone phoned again since and perhaps still does, or we dial them about
    /// it: what comes of that will say.
    fn served_by(&self, after: &After) -> Option<(ObligationId, Obligation)> {
        let id = after.obligation?;
        let obligation = self.state.obligations.get(&id)?;
        let dialled = obligation.callback.attempt.is_some();
        let untouched = obligation.owed == Owed::Open && !obligation.is_about_more_than(after.journey) && !dialled;
        (untouched || obligation.held_by(after.journey)).then(|| (id, obligation.clone()))
    }

    /// No conversation was owed: silence, a wrong number, a prank, abuse, a test.
    fn close_as_noise(&mut self, after: &After, reason: Reason, now: Now) {
        let Some((id, obligation)) = self.served_by(after) else { return };
        let by = self.who_spoke(after.journey);
        self.carry_later(id, &obligation, now);
        self.discharge(id, reason, by, now);
    }

    /// What an operator said is owed to the same person (rule 5) closes with the conversation.
    pub(crate) fn close_same(&mut self, after: &After, now: Now) {
        let by = self.who_spoke(after.journey);
        let idle =
            |owed: &Obligation| owed.owed == Owed::Open && owed.callback.attempt.is_none() && owed.under_way.is_empty();
        let open = |id: &ObligationId| self.state.obligations.get(id).is_some_and(idle);
        let same: Vec<ObligationId> =
            after.same.iter().copied().filter(|id| after.obligation != Some(*id)).filter(open).collect();
        for id in same {
            self.discharge(id, Reason::new("same_person_got_through"), by.clone(), now);
        }
    }

    /// Journeys that joined during the conversation are owed one of their own, written before the old one is closed. A number
    /// that was found shared since has none: each of its journeys was parted then.
    fn carry_later(&mut self, id: ObligationId, obligation: &Obligation, now: Now) {
        let mut later = obligation.later.iter().copied();
        // A run that was lost in the middle of this has opened it.
        let begun = obligation.person.and_then(|person| self.state.reach.get(&person)).copied();
        let mut anew =
            |first| self.open_obligation(first, obligation.person, Reason::new("called_again"), Some(id), now);
        let Some(theirs) = begun.filter(|begun| *begun != id).or_else(|| later.next().map(&mut anew)) else { return };
        for journey in later {
            self.emit(Event::ObligationJoined { obligation: theirs, journey }, now);
        }
    }

    fn earlier_of(&self, kept: &Obligation, journey: JourneyId) -> Vec<ObligationId> {
        let Some(person) = kept.person.filter(|person| !self.state.shared.contains(person)) else { return Vec::new() };
        let earlier = |owed: &Obligation| {
            owed.person == Some(person)
                && owed.kind == ObligationKind::Reach
                && owed.owed == Owed::Open
                && !owed.is_about_more_than(journey)
        };
        self.state.owed_about(person).filter(|(_, owed)| earlier(owed)).map(|(id, _)| id).collect()
    }

    /// After a lost run: what a conversation held that is nobody's any more.
    pub(crate) fn reopen_unheld(&mut self, now: Now) {
        let unheld = |owed: &Obligation| match owed.owed {
            Owed::InHand { journey } => !self.state.journeys.contains_key(&journey),
            Owed::Open => false,
        };
        let unheld: Vec<ObligationId> =
            self.state.obligations.iter().filter(|(_, owed)| unheld(owed)).map(|(id, _)| *id).collect();
        for obligation in unheld {
            self.emit(Event::ObligationReopened { obligation, reason: Reason::new("engine_lost") }, now);
        }
    }

    /// A correction: the operator took back that they had spoken. What was kept is owed again, anew.
    pub(crate) fn owe_again(&mut self, after: &After, now: Now) {
        if after.obligation.is_none_or(|id| self.state.obligations.contains_key(&id)) {
            return;
        }
        let person = after.person.filter(|person| !self.state.shared.contains(person));
        match person.and_then(|person| self.state.reach.get(&person)).copied() {
            Some(obligation) => self.emit(Event::ObligationJoined { obligation, journey: after.journey }, now),
            None => {
                self.open_obligation(after.journey, person, Reason::new("outcome_corrected"), None, now);
            }
        }
    }

    fn who_spoke(&self, journey: JourneyId) -> Option<OperatorId> {
        let spoke = self
            .state
            .operators
            .iter()
            .find(|(_, operator)| operator.after.as_ref().is_some_and(|after| after.journey == journey));
        spoke.map(|(id, _)| id.clone())
    }

    fn obligation_of(&self, journey: JourneyId) -> Option<ObligationId> {
        self.state.journeys.get(&journey).and_then(|journey| journey.obligation)
    }
}
