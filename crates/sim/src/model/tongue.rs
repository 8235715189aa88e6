//! I5: who chose a language by key hears it in their next call, where the service remembers it and the telephone is theirs alone.

use std::collections::{BTreeMap, BTreeSet};

use base::{JourneyId, PersonId, Timestamp};
use jiff::SignedDuration;
use routing::{ChosenBy, Event, Language, NumberFlag, Settings};

use super::Ruling;

const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Debug, Default)]
pub(super) struct Tongues {
    /// Services that remember.
    remember: BTreeSet<String>,
    shared: BTreeSet<PersonId>,
    chosen: BTreeMap<PersonId, (Timestamp, Language)>,
    /// Whose call it is, and what it is to be spoken in.
    calls: BTreeMap<JourneyId, (PersonId, Option<Language>)>,
}

impl Tongues {
    pub(super) fn new(settings: &Settings) -> Self {
        let remember = settings.services.iter().filter(|(_, service)| service.remembers_language);
        Tongues { remember: remember.map(|(name, _)| name.clone()).collect(), ..Tongues::default() }
    }

    pub(super) fn record(&mut self, event: &Event, at: Timestamp) -> Ruling {
        match event {
            Event::JourneyOpened { journey, caller, service, synthetic: false, .. } => {
                let Some(person) = caller.person else { return Ok(()) };
                let lately = self.chosen.get(&person).filter(|(then, _)| at.duration_since(*then) <= REMEMBERED);
                let due = lately.filter(|_| self.remember.contains(service)).map(|(_, language)| language.clone());
                self.calls.insert(*journey, (person, due));
            }
            Event::LanguageChosen { journey, language, by: ChosenBy::Before } => {
                let due = self.calls.get_mut(journey).and_then(|(_, due)| due.take());
                if due.as_ref() != Some(language) {
                    return Err(format!("{journey} is spoken with in {language:?} as before, not in {due:?} (I5)"));
                }
                self.chose(*journey, language, at);
            }
            Event::LanguageChosen { journey, language, by: ChosenBy::Key } => self.chose(*journey, language, at),
            Event::StepEntered { journey, .. } => {
                if let Some((_, Some(due))) = self.calls.get(journey) {
                    return Err(format!("{journey} is not spoken with in {due:?}, which they chose before (I5)"));
                }
            }
            Event::NumberShared { person }
            | Event::NumberFlagged { person, flag: NumberFlag::Shared, on: true, .. } => {
                self.shared.insert(*person);
                self.chosen.remove(person);
            }
            Event::NumberFlagged { person, flag: NumberFlag::Shared, on: false, .. } => {
                self.shared.remove(person);
            }
            // Nobody's in particular; or over.
            Event::ObligationOpened { journey, person: None, .. } | Event::Ended { journey, .. } => {
                self.calls.remove(journey);
            }
            _ => {}
        }
        Ok(())
    }

    fn chose(&mut self, journey: JourneyId, language: &Language, at: Timestamp) {
        if let Some((person, _)) = self.calls.get(&journey).filter(|(person, _)| !self.shared.contains(person)) {
            self.chosen.insert(*person, (at, language.clone()));
        }
    }
}
