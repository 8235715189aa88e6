//! The step `menu`: keys interrupt; silence and wrong keys lead to a person, never out (I3).

use std::collections::VecDeque;
use std::sync::Arc;

use base::{JourneyId, Now};

use crate::journey::{Asking, Doing};
use crate::switchboard::{Switchboard, Timer};
use crate::{Choice, ChosenBy, Command, Event, Language, Menu, Reason, Say, Step};

impl Switchboard {
    pub(super) fn open_menu(&mut self, id: JourneyId, step: String, menu: &Menu, now: Now) -> Option<String> {
        self.emit(Event::StepEntered { journey: id, step: step.clone() }, now);
        self.do_now(id, Doing::Asking(Asking { step, misses: 0, play: None, rest: VecDeque::new() }));
        self.say_menu(id, menu, now);
        None
    }

    /// Says it from the start, part by part: a menu of languages speaks several.
    fn say_menu(&mut self, id: JourneyId, menu: &Menu, now: Now) {
        let own = self.language(id);
        let Some(asking) = self.asking(id) else { return };
        asking.rest = parts(menu, &own);
        self.menu_said(id, now);
    }

    /// A part was said: the next one, or the wait for a key.
    pub(super) fn menu_said(&mut self, id: JourneyId, now: Now) {
        let no_input = self.menu_of(id).map(|(_, menu)| menu.no_input).unwrap_or_default();
        let (play, Some(leg)) = (self.mints.play.mint(), self.calls.get(&id).map(|call| call.leg)) else { return };
        let Some(asking) = self.asking(id) else { return };
        match asking.rest.pop_front() {
            Some((language, say)) => {
                asking.play = Some(play);
                self.command(Command::Play { leg, play, language, say, repeat: false });
            }
            None => {
                asking.play = None;
                self.timers.set(Timer::NoInput(id), now.mono + no_input);
            }
        }
    }

    pub(super) fn menu_key(&mut self, id: JourneyId, digit: char, now: Now) {
        let Some((step, menu)) = self.menu_of(id) else { return };
        self.hush(id);
        match menu.keys.get(&digit) {
            Some(choice) => self.choose(id, choice, now),
            None if digit == '*' => self.say_menu(id, &menu, now),
            None => self.missed(id, step, &menu, Reason::new("no_match"), now),
        }
    }

    pub(super) fn menu_silent(&mut self, id: JourneyId, now: Now) {
        if let Some((step, menu)) = self.menu_of(id) {
            self.missed(id, step, &menu, Reason::new("no_input"), now);
        }
    }

    fn choose(&mut self, id: JourneyId, choice: &Choice, now: Now) {
        if let Some(language) = choice.language.clone() {
            self.emit(Event::LanguageChosen { journey: id, language, by: ChosenBy::Key }, now);
        }
        if let Some(topic) = choice.topic.clone() {
            self.emit(Event::TopicChosen { journey: id, topic }, now);
        }
        if let Some(wanted) = choice.callback {
            self.emit(Event::CallbackWanted { journey: id, wanted }, now);
        }
        if let Some(part) = choice.part {
            self.emit(Event::PartWanted { journey: id, part }, now);
        }
        self.enter(id, choice.next.clone(), now);
    }

    fn missed(&mut self, id: JourneyId, step: String, menu: &Menu, reason: Reason, now: Now) {
        self.emit(Event::InputMissed { journey: id, step, reason }, now);
        let Some(asking) = self.asking(id) else { return };
        asking.misses = asking.misses.saturating_add(1);
        if asking.misses > menu.retries {
            self.enter(id, menu.otherwise.clone(), now);
        } else {
            self.say_menu(id, menu, now);
        }
    }

    /// Barge-in: what is being said stops at the key.
    fn hush(&mut self, id: JourneyId) {
        self.timers.cancel(&Timer::NoInput(id));
        let Some(asking) = self.asking(id) else { return };
        asking.rest.clear();
        let plays = asking.play.take().is_some();
        if let Some(leg) = self.calls.get(&id).map(|call| call.leg).filter(|_| plays) {
            self.command(Command::StopPlay { leg });
        }
    }

    fn asking(&mut self, id: JourneyId) -> Option<&mut Asking> {
        match &mut self.calls.get_mut(&id)?.doing {
            Doing::Asking(asking) => Some(asking),
            Doing::Arriving { .. }
            | Doing::Pausing { .. }
            | Doing::Saying(_)
            | Doing::Collecting(_)
            | Doing::InLine
            | Doing::Calling
            | Doing::Talking(_)
            | Doing::Dialling { .. }
            | Doing::Transferring { .. } => None,
        }
    }

    fn menu_of(&mut self, id: JourneyId) -> Option<(String, Arc<Menu>)> {
        let step = self.asking(id)?.step.clone();
        match self.calls.get(&id)?.flow()?.steps.get(&step)? {
            Step::Menu(menu) => Some((step, Arc::clone(menu))),
            Step::Say { .. }
            | Step::Collect(_)
            | Step::Queue { .. }
            | Step::Dial { .. }
            | Step::If { .. }
            | Step::HangUp => None,
        }
    }
}

/// Prompts of one language in a row are one part.
fn parts(menu: &Menu, own: &Language) -> VecDeque<(Language, Vec<Say>)> {
    let mut parts: VecDeque<(Language, Vec<Say>)> = VecDeque::new();
    for (prompt, language) in &menu.prompts {
        let language = language.as_ref().unwrap_or(own);
        let say = Say::Prompt(prompt.clone().into());
        match parts.back_mut() {
            Some((same, part)) if same == language => part.push(say),
            Some(_) | None => parts.push_back((language.clone(), vec![say])),
        }
    }
    parts
}
