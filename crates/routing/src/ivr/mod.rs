//! What callers hear and press before they stand in line: flows run step by step.

mod collect;
mod dial;
mod menu;
mod promise;
mod say;
mod speech;

use base::{JourneyId, Now, PlayId};

pub(crate) use speech::{Forecast, InLine, Told, WAIT, compose_in_line};
pub use speech::{ahead_prompts, digit_prompts, part_prompts, promise_prompts, spoken_prompts, wait_prompts};

use crate::journey::Doing;
use crate::switchboard::{Switchboard, Timer};
use crate::{Alarm, Command, Condition, Event, Flow, Language, Step};

/// A flow that leads through more steps than this without waiting for anything goes in a circle.
const HOPS: usize = 64;

impl Switchboard {
    pub(crate) fn greet(&mut self, id: JourneyId, now: Now) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        if let Doing::Pausing { first } = &mut call.doing {
            let first = std::mem::take(first);
            self.enter(id, first, now);
        }
    }

    /// Goes through steps until one waits for something, or the call is over.
    pub(crate) fn enter(&mut self, id: JourneyId, step: String, now: Now) {
        let mut at = step;
        for _ in 0..HOPS {
            match self.step(id, at, now) {
                Some(next) => at = next,
                None => return,
            }
        }
        self.flow_over(id, now);
    }

    /// Begins one step; the next one, when there is nothing to wait for.
    fn step(&mut self, id: JourneyId, name: String, now: Now) -> Option<String> {
        let settings = self.calls.get(&id)?.settings.clone();
        let flow = settings.flows.get(&self.calls.get(&id)?.flow);
        match flow.and_then(|flow| flow.steps.get(&name)) {
            Some(Step::Say { prompts, notice, next }) => self.say(id, name, prompts, *notice, next, now),
            Some(Step::Menu(menu)) => self.open_menu(id, name, menu, now),
            Some(Step::Collect(collect)) => self.open_collect(id, name, collect, now),
            Some(Step::Queue { queue, next }) => self.join_line(id, queue, next, now),
            Some(Step::Dial { uri, next }) => self.dial(id, name, uri, next, now),
            Some(Step::If { condition, then, otherwise }) => {
                Some(if self.holds(id, condition, now) { then } else { otherwise }.clone())
            }
            Some(Step::HangUp) | None => {
                self.flow_over(id, now);
                None
            }
        }
    }

    fn holds(&self, id: JourneyId, condition: &Condition, now: Now) -> bool {
        match condition {
            Condition::Open => {
                self.calls.get(&id).is_some_and(|call| self.is_open(&call.settings, &call.service, now.utc))
            }
            Condition::Language(language) => self.language(id) == *language,
            Condition::LanguageChosen => self.state.journeys.get(&id).is_some_and(|journey| journey.language.is_some()),
            Condition::Callable => self.is_callable(id, now),
            Condition::Extension => self.has_extension(id),
            Condition::Wanted => self.wants_a_call(id),
        }
    }

    /// The caller's language: by key, else the service's.
    pub(crate) fn language(&self, id: JourneyId) -> Language {
        let chosen = self.state.journeys.get(&id).and_then(|journey| journey.language.clone());
        let by_default = || Some(self.calls.get(&id)?.service()?.language.clone());
        chosen.or_else(by_default).unwrap_or_else(|| Language(String::new()))
    }

    /// Nothing was pressed in time.
    pub(crate) fn no_input(&mut self, id: JourneyId, now: Now) {
        match self.calls.get(&id).map(|call| &call.doing) {
            Some(Doing::Asking(_)) => self.menu_silent(id, now),
            Some(Doing::Collecting(_)) => self.collect_silent(id, now),
            Some(
                Doing::Arriving { .. }
                | Doing::Pausing { .. }
                | Doing::Saying(_)
                | Doing::InLine
                | Doing::Calling
                | Doing::Talking(_)
                | Doing::Dialling { .. }
                | Doing::Transferring { .. },
            )
            | None => {}
        }
    }

    /// A key. `0` is a person and `9` is danger wherever the flow speaks, and at every hour (rule 19).
    pub(crate) fn pressed(&mut self, id: JourneyId, digit: char, now: Now) {
        let Some(call) = self.calls.get(&id) else { return };
        let leads_to_people = call.flow().is_some_and(|flow| flow.queue.is_some());
        match (&call.doing, digit) {
            (
                Doing::Arriving { .. }
                | Doing::Calling
                | Doing::Talking(_)
                | Doing::Dialling { .. }
                | Doing::Transferring { .. },
                _,
            ) => {}
            (Doing::InLine, '9') => self.danger(id, now),
            (Doing::InLine, _) if self.queue_of(id).is_some_and(|queue| queue.callback_key == Some(digit)) => {
                self.keep_place(id, now);
            }
            (Doing::InLine, _) => {}
            (Doing::Pausing { .. } | Doing::Saying(_) | Doing::Asking(_), '9') if leads_to_people => {
                self.danger(id, now);
                self.ask_for_a_person(id, now);
            }
            (Doing::Pausing { .. } | Doing::Saying(_) | Doing::Asking(_), '0') if leads_to_people => {
                self.ask_for_a_person(id, now);
            }
            (Doing::Collecting(_), '9') if leads_to_people && self.is_escape(id, digit) => {
                self.danger(id, now);
                self.ask_for_a_person(id, now);
            }
            (Doing::Collecting(_), '0') if leads_to_people && self.is_escape(id, digit) => {
                self.ask_for_a_person(id, now);
            }
            (Doing::Collecting(_), _) => self.collect_key(id, digit, now),
            (Doing::Saying(_), '*') => self.say_again(id, now),
            (Doing::Asking(_), _) => self.menu_key(id, digit, now),
            // Callers who know the menu press before its first word.
            (Doing::Pausing { .. }, _) => {
                self.timers.cancel(&Timer::Greet(id));
                self.greet(id, now);
                self.pressed(id, digit, now);
            }
            (Doing::Saying(_), _) => {}
        }
    }

    fn danger(&mut self, id: JourneyId, now: Now) {
        if self.state.journeys.get(&id).is_some_and(|journey| !journey.danger) {
            self.emit(Event::DangerPressed { journey: id }, now);
            self.alarm(Alarm::Danger { journey: id });
        }
    }

    /// Leaves the flow for the line that all its ways out lead to.
    fn ask_for_a_person(&mut self, id: JourneyId, now: Now) {
        let Some(call) = self.calls.get(&id) else { return };
        let Some((queue, way_out)) = call.flow().and_then(line_of) else { return };
        let leg = call.leg;
        self.command(Command::StopPlay { leg });
        self.timers.cancel(&Timer::NoInput(id));
        self.timers.cancel(&Timer::Greet(id));
        if let Some(next) = self.join_line(id, &queue, &way_out, now) {
            self.enter(id, next, now);
        }
    }

    pub(crate) fn played(&mut self, id: JourneyId, play: PlayId, now: Now) {
        match self.calls.get(&id).map(|call| &call.doing) {
            Some(Doing::Saying(saying)) if saying.play == play => self.said(id, now),
            Some(Doing::Asking(asking)) if asking.play == Some(play) => self.menu_said(id, now),
            Some(Doing::Collecting(_)) => self.collect_said(id, play, now),
            Some(
                Doing::Arriving { .. }
                | Doing::Pausing { .. }
                | Doing::Saying(_)
                | Doing::Asking(_)
                | Doing::InLine
                | Doing::Calling
                | Doing::Talking(_)
                | Doing::Dialling { .. }
                | Doing::Transferring { .. },
            )
            | None => {}
        }
    }
}

/// A flow's line with its way out: that of its `queue` step, else the flow's first words again.
fn line_of(flow: &Flow) -> Option<(String, String)> {
    let line = flow.queue.as_ref()?;
    let way_out = flow.steps.values().find_map(|step| match step {
        Step::Queue { queue, next } if queue == line => Some(next),
        Step::Queue { .. }
        | Step::Say { .. }
        | Step::Menu(_)
        | Step::Collect(_)
        | Step::Dial { .. }
        | Step::If { .. }
        | Step::HangUp => None,
    });
    Some((line.clone(), way_out.unwrap_or(&flow.start).clone()))
}
