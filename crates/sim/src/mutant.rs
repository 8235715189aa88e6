//! A switchboard with one thing wrong. The wrong is done to what it is told and to what it writes; the judge sees what was true, and must find
//! it out: this is how the judge itself is tried.

use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, NumberClass, ObligationId, OfferId, OperatorId, PersonId};
use routing::{Board, Caller, Event, Input, OperatorState, PickRule, Reason, Record, Settings, Skill, TimeOfDay};

/// One thing that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// Every fifth caller is owed nothing.
    DropsAnObligation,
    /// Whoever is rung for at one operator is rung for at a second one too.
    OffersTwice,
    /// The line closes a second late.
    ClosesASecondLate,
    /// Whoever was declined by all who fit is offered to nobody any more.
    StarvesTheDeclined,
    /// What is owed is kept as soon as packets come from both.
    DischargesAtFirstAudio,
    /// Two who call at one time from one telephone are one person.
    MergesASharedPhone,
    /// A fixed line is taken for its caller's own mobile.
    DialsASwitchboardUnasked,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Mutant; 7] = [
        Mutant::DropsAnObligation,
        Mutant::OffersTwice,
        Mutant::ClosesASecondLate,
        Mutant::StarvesTheDeclined,
        Mutant::DischargesAtFirstAudio,
        Mutant::MergesASharedPhone,
        Mutant::DialsASwitchboardUnasked,
    ];

    /// What it makes of the settings.
    pub(crate) fn settings(self, settings: &mut Settings) {
        if self != Mutant::ClosesASecondLate {
            return;
        }
        for hours in settings.calendars.values_mut().flat_map(|calendar| calendar.week.iter_mut().flatten()) {
            if let TimeOfDay::At(time) = hours.to {
                hours.to = TimeOfDay::At(time.saturating_add(jiff::SignedDuration::from_secs(1)));
            }
        }
    }
}

/// What it must remember to be wrong all along.
#[derive(Debug)]
pub(crate) struct Wrong {
    mutant: Mutant,
    /// The seq of the last record that it let be written.
    seq: u64,
    ready: Vec<OperatorId>,
    skills: BTreeMap<OperatorId, Vec<Skill>>,
    needs: BTreeMap<JourneyId, Vec<Skill>>,
    rung: BTreeMap<OfferId, Event>,
    unwritten: BTreeSet<OfferId>,
    persons: BTreeMap<JourneyId, PersonId>,
    reach: BTreeMap<PersonId, ObligationId>,
    shared: BTreeSet<PersonId>,
    /// Who really called, by the person that was made of them.
    fakes: BTreeMap<PersonId, Caller>,
}

impl Wrong {
    pub(crate) fn new(mutant: Mutant, board: &Board) -> Self {
        let skills = board.accounts().map(|account| (account.user.operator.clone(), account.user.skills.clone()));
        Wrong {
            mutant,
            seq: board.last_seq(),
            ready: Vec::new(),
            skills: skills.collect(),
            needs: BTreeMap::new(),
            rung: BTreeMap::new(),
            unwritten: BTreeSet::new(),
            persons: BTreeMap::new(),
            reach: BTreeMap::new(),
            shared: BTreeSet::new(),
            fakes: BTreeMap::new(),
        }
    }

    /// What the switchboard is told instead.
    pub(crate) fn told(&mut self, input: Input) -> Input {
        match input {
            Input::Arrived { leg, caller, dialled, trunk }
                if self.mutant == Mutant::DialsASwitchboardUnasked
                    && matches!(caller.class, NumberClass::Fixed | NumberClass::Switchboard) =>
            {
                let mut fake = [0xFF; 16];
                fake.iter_mut()
                    .zip(leg.n.to_be_bytes().into_iter().chain(leg.boot.0.to_be_bytes()))
                    .for_each(|(place, byte)| *place = byte);
                let person = PersonId(fake);
                self.fakes.insert(person, caller.clone());
                let caller = Caller { person: Some(person), class: NumberClass::Mobile, ..caller };
                Input::Arrived { leg, caller, dialled, trunk }
            }
            other => other,
        }
    }

    /// What is written instead, without a gap in the count.
    pub(crate) fn written(&mut self, records: Vec<Record>) -> Vec<Record> {
        let mut written = Vec::new();
        for record in records {
            for event in self.instead_of(record.event.clone()) {
                self.seq += 1;
                written.push(Record { seq: self.seq, event, ..record.clone() });
            }
        }
        written
    }

    fn instead_of(&mut self, event: Event) -> Vec<Event> {
        self.note(&event);
        match self.mutant {
            Mutant::DropsAnObligation => drops(event),
            Mutant::OffersTwice => self.twice(event),
            Mutant::ClosesASecondLate => vec![event],
            Mutant::StarvesTheDeclined => self.starves(event),
            Mutant::DischargesAtFirstAudio => discharges(event),
            Mutant::MergesASharedPhone => self.merges(event),
            Mutant::DialsASwitchboardUnasked => vec![self.restored(event)],
        }
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::UserAdded { user, .. } => {
                self.skills.insert(user.operator.clone(), user.skills.clone());
            }
            Event::OperatorChanged { operator, state, .. } => {
                self.ready.retain(|other| other != operator);
                if matches!(state, OperatorState::Ready { .. }) {
                    self.ready.push(operator.clone());
                }
            }
            Event::Queued { journey, skills, .. } => {
                self.needs.insert(*journey, skills.clone());
            }
            Event::Offered { offer, leg: None, .. } => {
                self.rung.insert(*offer, event.clone());
            }
            Event::JourneyOpened { journey, caller, .. } => {
                self.persons.extend(caller.person.map(|person| (*journey, person)));
            }
            _ => {}
        }
    }

    /// The one who is ready for longest among those who are left, and fits.
    fn twice(&mut self, event: Event) -> Vec<Event> {
        let Event::OperatorChanged { state: OperatorState::Offered { offer }, .. } = &event else { return vec![event] };
        let rung = self.rung.get(offer).cloned();
        let Some(Event::Offered { offer, journey, until, pick, .. }) = rung else { return vec![event] };
        let needs = self.needs.get(&journey).map(Vec::as_slice).unwrap_or_default();
        let fits = |other: &&OperatorId| {
            self.skills.get(*other).is_some_and(|skills| needs.iter().all(|need| skills.contains(need)))
        };
        let Some(operator) = self.ready.iter().find(fits).cloned() else { return vec![event] };
        let offer = OfferId::new(offer.node, offer.boot, offer.n + (1 << 40));
        vec![event, Event::Offered { offer, journey, operator, leg: None, until, pick }]
    }

    /// An offer that was asked again is never made.
    fn starves(&mut self, event: Event) -> Vec<Event> {
        let again = |offer: &OfferId, wrong: &Wrong| wrong.unwritten.contains(offer);
        let gone = match &event {
            Event::Offered { offer, leg: None, pick: Some(pick), .. } if pick.rule == PickRule::AskedAgain => {
                self.unwritten.insert(*offer);
                true
            }
            Event::OfferEnded { offer, .. } => again(offer, self),
            Event::OperatorChanged { state: OperatorState::Offered { offer }, .. } => again(offer, self),
            _ => false,
        };
        if gone { Vec::new() } else { vec![event] }
    }

    fn merges(&mut self, event: Event) -> Vec<Event> {
        match event {
            Event::NumberShared { person } => {
                self.shared.insert(person);
                Vec::new()
            }
            Event::ObligationOpened { obligation, person: Some(person), .. } => {
                self.reach.insert(person, obligation);
                vec![event]
            }
            Event::ObligationOpened { journey, person: None, .. } => {
                let person = self.persons.get(&journey).filter(|person| self.shared.contains(*person));
                let merged = person.and_then(|person| self.reach.get(person)).copied();
                vec![merged.map_or(event, |obligation| Event::ObligationJoined { obligation, journey })]
            }
            other => vec![other],
        }
    }

    /// Who really called, and whose number is dialled.
    fn restored(&self, mut event: Event) -> Event {
        if let Event::JourneyOpened { caller, .. } | Event::AttemptOpened { caller, .. } = &mut event
            && let Some(real) = caller.person.and_then(|person| self.fakes.get(&person))
        {
            *caller = real.clone();
        }
        if let Event::ObligationOpened { person, .. } = &mut event {
            *person = person.filter(|person| !self.fakes.contains_key(person));
        }
        event
    }
}

fn drops(event: Event) -> Vec<Event> {
    match event {
        Event::ObligationOpened { journey, .. } | Event::ObligationJoined { journey, .. }
            if journey.n.is_multiple_of(5) =>
        {
            Vec::new()
        }
        other => vec![other],
    }
}

fn discharges(event: Event) -> Vec<Event> {
    let Event::ObligationInHand { obligation, operator, .. } = &event else { return vec![event] };
    let (reason, by) = (Reason::new("spoken"), Some(operator.clone()));
    let kept = Event::ObligationDischarged { obligation: *obligation, reason, by };
    vec![event, kept]
}
