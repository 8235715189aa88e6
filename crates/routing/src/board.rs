//! The picture of this moment, folded from committed records: what desks, supervisors and `/try` are shown.

use std::collections::{BTreeMap, VecDeque};

use base::{JourneyId, LegId, ObligationId, OperatorId, PersonId, Timestamp};

use crate::state::{
    Account, Calling, Confirmed, Journey, Obligation, Operator, Owed, RingingOffer, Stage, State, Switched, Talk,
    TrunkUse,
};
use crate::{Caller, Cover, Event, NumberFlag, OperatorState, Record, Rota, Settings, Skill, TerminalCause};

/// How many ended journeys `/try` may still ask about.
const ENDED: usize = 256;

/// How many changes of hours and rota are shown.
const HOURS_CHANGES: usize = 100;

/// Folded from records by `web` and `helpline`; holds nothing in clear.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Board {
    state: State,
    ended: VecDeque<(LegId, TerminalCause)>,
    /// Changes of hours and rota, newest first.
    hours: VecDeque<(Timestamp, Event)>,
}

/// The queue card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueCard {
    /// How many wait, rung for or not.
    pub waiting: u32,
    /// Since when the first does.
    pub longest_since: Option<Timestamp>,
    /// Operators ready, and proven so.
    pub ready: u32,
    /// Operators on shift.
    pub on_shift: u32,
}

/// Where a caller's call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Hears prompts or menus, or is not answered yet.
    Menu,
    /// In line.
    Waiting,
    /// In line, and an operator is rung.
    Ringing,
    /// With an operator, or with a dialled party.
    Talking,
    /// With an operator, and hears music: on hold, or their desk reconnects.
    Held,
    /// Over.
    Ended {
        /// How.
        cause: TerminalCause,
    },
}

impl Board {
    /// Folds the next committed record in.
    pub fn apply(&mut self, record: &Record) {
        if let Event::Ended { journey, cause, .. } = &record.event {
            if let Some(ended) = self.state.journeys.get(journey) {
                self.ended.push_back((ended.leg, *cause));
            }
            if self.ended.len() > ENDED {
                self.ended.pop_front();
            }
        }
        let changes_hours = matches!(
            record.event,
            Event::ServiceSwitched { .. } | Event::HolidayConfirmed { .. } | Event::RotaSet { .. }
        );
        if changes_hours {
            self.hours.push_front((record.utc, record.event.clone()));
            self.hours.truncate(HOURS_CHANGES);
        }
        self.state.apply(record);
    }

    /// What people changed of hours and rota, and what came to its end, newest first.
    pub fn hours_changes(&self) -> impl Iterator<Item = &(Timestamp, Event)> {
        self.hours.iter()
    }

    pub(crate) fn folded(&self) -> &State {
        &self.state
    }

    /// Seq of the last record folded in; 0 before the first.
    pub fn last_seq(&self) -> u64 {
        self.state.last_seq
    }

    /// The settings in force.
    pub fn settings_version(&self) -> Option<&str> {
        self.state.settings_version.as_deref()
    }

    /// Everyone who may sign in, or might once.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.state.accounts.values()
    }

    /// Someone's account. Check `disabled`.
    pub fn account(&self, operator: &OperatorId) -> Option<&Account> {
        self.state.accounts.get(operator)
    }

    /// Everyone who was ever on shift, static SIP operators included.
    pub fn operators(&self) -> impl Iterator<Item = (&OperatorId, &Operator)> {
        self.state.operators.iter()
    }

    /// An operator's state; none: never on shift.
    pub fn operator(&self, operator: &OperatorId) -> Option<&Operator> {
        self.state.operators.get(operator)
    }

    /// All journeys under way, oldest first.
    pub fn journeys(&self) -> impl Iterator<Item = (JourneyId, &Journey)> {
        self.state.journeys.iter().map(|(id, journey)| (*id, journey))
    }

    /// A journey under way.
    pub fn journey(&self, journey: JourneyId) -> Option<&Journey> {
        self.state.journeys.get(&journey)
    }

    /// The call that rings at an operator.
    pub fn offer(&self, operator: &OperatorId) -> Option<(JourneyId, &Journey, &RingingOffer)> {
        self.journeys().find_map(|(id, journey)| {
            let ringing = journey.ringing().filter(|ringing| ringing.operator == *operator)?;
            Some((id, journey, ringing))
        })
    }

    /// The callback that rings at an operator.
    pub fn callback_offer(&self, operator: &OperatorId) -> Option<(ObligationId, &Obligation, &RingingOffer)> {
        self.state.ringing.values().find_map(|id| {
            let owed = self.state.obligations.get(id)?;
            let ringing = owed.callback.offer.as_ref().filter(|ringing| ringing.operator == *operator)?;
            Some((*id, owed, ringing))
        })
    }

    /// The attempt in which an operator waits for an answer.
    pub fn calling(&self, operator: &OperatorId) -> Option<(JourneyId, &Journey, &Calling)> {
        self.journeys().find_map(|(id, journey)| {
            let calling = journey.calling()?;
            let own = journey.attempt.as_ref().is_some_and(|attempt| attempt.operator == *operator);
            own.then_some((id, journey, calling))
        })
    }

    /// The call that an operator is in.
    pub fn call(&self, operator: &OperatorId) -> Option<(JourneyId, &Journey, &Talk)> {
        self.journeys().find_map(|(id, journey)| {
            let talk = journey.talk().filter(|talk| talk.operator == *operator)?;
            Some((id, journey, talk))
        })
    }

    /// The call that a colleague asks this operator about.
    pub fn consulted(&self, operator: &OperatorId) -> Option<(JourneyId, &Journey, &Talk)> {
        self.journeys().find_map(|(id, journey)| {
            let talk = journey.talk()?;
            let asked = talk.consult.as_ref().is_some_and(|it| it.colleague.as_ref() == Some(operator));
            asked.then_some((id, journey, talk))
        })
    }

    /// The queue card.
    pub fn queue(&self) -> QueueCard {
        let waiting = || self.state.journeys.values().filter(|journey| journey.in_line() && !journey.synthetic);
        QueueCard {
            waiting: count(waiting()),
            longest_since: waiting().filter_map(|journey| journey.line.as_ref()).map(|line| line.since).min(),
            ready: count(self.state.operators.iter().filter(|(id, operator)| self.proven_ready(id, operator))),
            on_shift: count(self.state.operators.values().filter(|operator| operator.on_shift())),
        }
    }

    /// Where the call of a caller's leg stands; none: never heard of, or long over.
    pub fn progress(&self, leg: LegId) -> Option<Progress> {
        let under_way = self.state.journeys.values().find(|journey| journey.leg == leg).map(Progress::of);
        let over = || self.ended.iter().rev().find(|(ended, _)| *ended == leg);
        under_way.or_else(|| over().map(|(_, cause)| Progress::Ended { cause: *cause }))
    }

    /// What a service was switched to by hand; none: by its calendar.
    pub fn switched(&self, service: &str) -> Option<&Switched> {
        self.state.switched.get(service)
    }

    /// The computed closures of a calendar that a person confirmed, by key.
    pub fn confirmed(&self, calendar: &str) -> &BTreeMap<String, Confirmed> {
        static NONE: BTreeMap<String, Confirmed> = BTreeMap::new();
        self.state.confirmed.get(calendar).unwrap_or(&NONE)
    }

    /// An operator's working hours; none: never given.
    pub fn rota(&self, operator: &OperatorId) -> Option<&Rota> {
        self.state.rotas.get(operator)
    }

    /// Who is planned for a service and has these skills, from one moment to another.
    pub fn cover(
        &self,
        settings: &Settings,
        service: &str,
        skills: &[Skill],
        span: (Timestamp, Timestamp),
    ) -> Vec<Cover> {
        self.state.cover(settings, service, skills, span)
    }

    /// Stretches in which a service is open and nobody is planned; none where no rota was ever given.
    pub fn unplanned(
        &self,
        settings: &Settings,
        service: &str,
        span: (Timestamp, Timestamp),
    ) -> Vec<(Timestamp, Timestamp)> {
        self.state.unplanned(settings, service, span)
    }

    /// Stretches of the calling hours of a service in which a promise to call would rest on nobody.
    pub fn unpromised(
        &self,
        settings: &Settings,
        service: &str,
        span: (Timestamp, Timestamp),
    ) -> Vec<(Timestamp, Timestamp)> {
        self.state.unpromised(settings, service, span)
    }

    /// What every trunk is at that was heard of, by name.
    pub fn trunks(&self) -> impl Iterator<Item = (&str, &TrunkUse)> {
        self.state.trunks.iter().map(|(name, used)| (name.as_str(), used))
    }

    /// All obligations not kept yet, oldest first.
    pub fn obligations(&self) -> impl Iterator<Item = (ObligationId, &Obligation)> {
        self.state.obligations.iter().map(|(id, obligation)| (*id, obligation))
    }

    /// An obligation that is not kept yet.
    pub fn obligation(&self, id: ObligationId) -> Option<&Obligation> {
        self.state.obligations.get(&id)
    }

    /// What else is owed to a number that does not stand for one person: by its key, else by what is shown of it; and what a keyed-in number
    /// was dialled for when they rang back from it. For an operator to say whether it is the same person's (rule 5); for an unshared mobile
    /// that is known by itself.
    pub fn same_number<'a>(
        &'a self,
        caller: &'a Caller,
        own: Option<ObligationId>,
    ) -> impl Iterator<Item = (ObligationId, &'a Obligation)> {
        let one_person = caller.person.is_some_and(|person| !self.state.shared.contains(&person));
        let all = (!one_person).then(|| self.obligations()).into_iter().flatten();
        let same = move |owed: &Obligation| {
            owed.callback.caller.as_ref().is_some_and(|other| match caller.person {
                Some(person) => other.person == Some(person),
                None => !caller.masked.is_empty() && (&other.masked, other.class) == (&caller.masked, caller.class),
            })
        };
        let rang_back = move |owed: &Obligation| {
            let given = owed.callback.contact.as_ref().and_then(|contact| contact.key);
            let last = owed.callback.tried.last().filter(|tried| tried.given && tried.cause == TerminalCause::RangBack);
            last.is_some() && given == caller.person && !same(owed)
        };
        let dialled = caller.person.into_iter().flat_map(|person| self.state.owed_about(person));
        let dialled = dialled.filter(move |(_, owed)| rang_back(owed));
        let idle = |owed: &Obligation| owed.owed == Owed::Open && owed.callback.attempt.is_none();
        let theirs = all.filter(move |(_, owed)| same(owed)).chain(dialled);
        theirs.filter(move |(id, owed)| Some(*id) != own && idle(owed))
    }

    /// Whether a number is marked at a moment.
    pub fn is_marked(&self, person: PersonId, flag: NumberFlag, at: Timestamp) -> bool {
        match flag {
            NumberFlag::Shared => self.state.shared.contains(&person),
            NumberFlag::DoNotCall | NumberFlag::Blocked => self.state.is_flagged(person, flag, at),
        }
    }

    /// How many were told by when we call, and were not called by then.
    pub fn late_promises(&self) -> u64 {
        let late = self.obligations().filter(|(_, owed)| owed.owed == Owed::Open && owed.callback.late);
        u64::try_from(late.count()).unwrap_or(u64::MAX)
    }

    /// What is planned, the soonest first: when each is due.
    pub fn plans(&self) -> impl Iterator<Item = (Timestamp, ObligationId)> {
        self.state.plans.iter().copied()
    }

    /// How many obligations are not kept yet, those in hand included.
    pub fn open_obligations(&self) -> u64 {
        u64::try_from(self.state.obligations.len()).unwrap_or(u64::MAX)
    }

    /// Whether an operator is ready, at a desk whose audio is up or at a static SIP address.
    fn proven_ready(&self, id: &OperatorId, operator: &Operator) -> bool {
        let ready = matches!(operator.state, OperatorState::Ready { .. });
        ready && (operator.audio || !self.state.accounts.contains_key(id))
    }
}

impl Progress {
    /// Of a journey under way.
    pub fn of(journey: &Journey) -> Self {
        match &journey.stage {
            Stage::Arriving | Stage::InFlow { .. } => Progress::Menu,
            Stage::Waiting => Progress::Waiting,
            Stage::Ringing(_) => Progress::Ringing,
            Stage::Talking(talk) if talk.held || talk.reconnecting => Progress::Held,
            Stage::Calling(_) | Stage::Talking(_) | Stage::Dialled { .. } => Progress::Talking,
        }
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}
