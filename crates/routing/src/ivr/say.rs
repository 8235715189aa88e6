//! The step `say`.

use base::{JourneyId, Now};
use jiff::tz::TimeZone;

use super::speech::{OPENS, PROMISE, Spoken};
use crate::journey::{Call, Doing, Saying};
use crate::switchboard::Switchboard;
use crate::{Calendar, Command, Event, Say};

impl Switchboard {
    /// Speaks; the next step where there is nothing to be said.
    pub(super) fn say(
        &mut self,
        id: JourneyId,
        step: String,
        prompts: &[String],
        notice: bool,
        next: &str,
        now: Now,
    ) -> Option<String> {
        // Rule 17: what is not on disk is not promised.
        if notice && self.calls.get(&id)?.unsecured {
            return Some(next.to_owned());
        }
        self.emit(Event::StepEntered { journey: id, step: step.clone() }, now);
        let call = self.calls.get(&id)?;
        let prompts = &self.why_closed(&call.service, prompts, now);
        let says = |placeholder: &str| prompts.iter().any(|prompt| prompt == placeholder);
        let opens = says(OPENS).then(|| self.opens_next(&call.settings, &call.service, now.utc)).flatten();
        let promise = says(PROMISE).then(|| self.promise_for(id, now)).flatten();
        let zone = &calendar(call).map_or(TimeZone::UTC, |calendar| calendar.zone.clone());
        let part = self.state.journeys.get(&id).and_then(|journey| journey.part);
        let spoken = Spoken { opens, promise, part, now: now.utc, zone, language: &self.language(id) };
        let say = spoken.compose(prompts);
        if say.is_empty() {
            return Some(next.to_owned());
        }
        let play = self.mints.play.mint();
        let notice = notice.then_some(opens);
        self.speak(id, play, say);
        self.do_now(id, Doing::Saying(Saying { step, play, notice, promise, next: next.to_owned() }));
        None
    }

    pub(super) fn say_again(&mut self, id: JourneyId, now: Now) {
        if let Some(Doing::Saying(saying)) = self.calls.get(&id).map(|call| &call.doing) {
            let step = saying.step.clone();
            self.enter(id, step, now);
        }
    }

    pub(super) fn said(&mut self, id: JourneyId, now: Now) {
        let Some(Doing::Saying(saying)) = self.calls.get(&id).map(|call| &call.doing) else { return };
        let (notice, promise, next) = (saying.notice, saying.promise, saying.next.clone());
        if let Some(opens) = notice {
            self.emit(Event::NoticeHeard { journey: id, opens }, now);
        }
        if let Some(by) = promise {
            self.promised_by(id, by, now);
        }
        self.enter(id, next, now);
    }

    pub(crate) fn do_now(&mut self, id: JourneyId, doing: Doing) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.doing = doing;
        }
    }

    pub(super) fn speak(&mut self, id: JourneyId, play: base::PlayId, say: Vec<Say>) {
        let Some(leg) = self.calls.get(&id).map(|call| call.leg) else { return };
        let language = self.language(id);
        self.command(Command::Play { leg, play, language, say, repeat: false });
    }
}

fn calendar(call: &Call) -> Option<&Calendar> {
    call.settings.calendars.get(call.service()?.calendar.as_ref()?)
}
