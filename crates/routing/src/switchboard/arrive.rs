//! A call comes in: which service, what we owe for it, and whether it is answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{JourneyId, LegId, Now};

use super::{LegUse, Switchboard};
use crate::journey::{Call, Doing};
use crate::{Alarm, Caller, ChosenBy, Command, Event, Flow, Party, Refusal, Settings, Step, TerminalCause};

impl Switchboard {
    pub(super) fn arrived(&mut self, leg: LegId, caller: Caller, dialled: String, trunk: String, now: Now) {
        let Some(settings) = self.settings.clone() else {
            return self.command(Command::Refuse { leg, refusal: Refusal::Overload });
        };
        let Some(name) = settings.numbers.get(&dialled).filter(|name| settings.services.contains_key(*name)) else {
            self.alarm(Alarm::UnknownNumber { trunk });
            return self.command(Command::Refuse { leg, refusal: Refusal::UnknownNumber });
        };
        let ring_back = self.dials_them(&caller);
        let refusal = self.refusal_for(&settings, name, now).filter(|_| ring_back.is_none() || self.is_draining());
        let blocked = self.is_blocked(caller.person, now.utc);
        let crowded = self.state.journeys.len() >= settings.limits.journeys;
        let journey = self.open_journey(leg, caller, dialled, trunk, &settings, name, now);
        match refusal {
            Some((refusal, cause)) => {
                self.end(journey, cause, Party::Engine, now);
                self.command(Command::Refuse { leg, refusal });
            }
            None => {
                if let Some(attempt) = ring_back {
                    self.stop_dialling(attempt);
                }
                self.take_in(journey, leg, settings.clone(), name, crowded, blocked, now);
                if let Some(call) = self.calls.get_mut(&journey) {
                    call.ring_back = ring_back;
                }
            }
        }
    }

    /// Whether even a promise cannot be spoken.
    fn refusal_for(&self, settings: &Settings, service: &str, now: Now) -> Option<(Refusal, TerminalCause)> {
        if self.is_draining() {
            return Some((Refusal::Stopping, TerminalCause::EngineStopped));
        }
        // Rule 15: over the limit a caller is still answered; far over it, not even that can be done.
        let flooded = self.state.journeys.len() >= settings.limits.journeys.saturating_mul(2);
        // Rule 17: without a journal only an operator may answer, and nothing may be promised.
        let answerable = self.well || (self.is_open(settings, service, now.utc) && self.anyone_ready());
        (flooded || !answerable).then_some((Refusal::Overload, TerminalCause::Overload))
    }

    /// Writes the journey and what we owe for it, before anything answers (rule 1).
    #[expect(clippy::too_many_arguments, reason = "an INVITE's parts, named once")]
    fn open_journey(
        &mut self,
        leg: LegId,
        caller: Caller,
        dialled: String,
        trunk: String,
        settings: &Settings,
        name: &str,
        now: Now,
    ) -> JourneyId {
        let journey = self.mints.journey.mint();
        let open = self.is_open(settings, name, now.utc);
        let service = settings.services.get(name);
        let calendar = service.and_then(|service| service.calendar.as_ref()).and_then(|at| settings.calendars.get(at));
        let flow = service.map(|service| if open { &service.flow } else { &service.closed_flow });
        let opened = Event::JourneyOpened {
            journey,
            leg,
            caller,
            dialled,
            trunk,
            service: name.to_owned(),
            synthetic: service.is_some_and(|service| service.synthetic),
            open,
            flow: flow.cloned().unwrap_or_default(),
            calendar_version: calendar.map(|calendar| calendar.version.clone()).unwrap_or_default(),
            settings_version: settings.version.clone(),
        };
        self.emit(opened, now);
        self.owe(journey, now);
        if service.is_some_and(|service| service.remembers_language) {
            self.speak_as_before(journey, now);
        }
        self.legs.insert(leg, LegUse::Caller(journey));
        journey
    }

    /// Who called before hears the language that they chose (I5).
    fn speak_as_before(&mut self, journey: JourneyId, now: Now) {
        if let Some(language) = self.state.chose_last(journey, now.utc).cloned() {
            self.emit(Event::LanguageChosen { journey, language, by: ChosenBy::Before }, now);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what was found out of an INVITE, named once")]
    fn take_in(
        &mut self,
        journey: JourneyId,
        leg: LegId,
        settings: Arc<Settings>,
        name: &str,
        crowded: bool,
        blocked: bool,
        now: Now,
    ) {
        // A blocked number hears the crisis words (rule 3).
        let open = self.is_open(&settings, name, now.utc) && !blocked;
        let Some(service) = settings.services.get(name) else { return };
        let flow = if open { service.flow.clone() } else { service.closed_flow.clone() };
        let steps = settings.flows.get(&flow);
        let first = steps.map(|flow| if crowded { promise(flow) } else { flow.start.clone() }).unwrap_or_default();
        let call = Call {
            leg,
            service: name.to_owned(),
            flow,
            closed: !open,
            unsecured: !self.well,
            doing: Doing::Arriving { first },
            line: None,
            left_line: false,
            closing: None,
            prefer: None,
            skips: BTreeMap::new(),
            ring_back: None,
            outside: None,
            shortage: None,
            settings,
        };
        self.calls.insert(journey, call);
        self.command(Command::Answer { leg });
    }
}

/// The step that promises a callback: the way out of the flow's line, or its first words.
fn promise(flow: &Flow) -> String {
    let way_out = flow.steps.values().find_map(|step| match step {
        Step::Queue { next, .. } => Some(next),
        Step::Say { .. } | Step::Menu(_) | Step::Collect(_) | Step::Dial { .. } | Step::If { .. } | Step::HangUp => {
            None
        }
    });
    way_out.unwrap_or(&flow.start).clone()
}
