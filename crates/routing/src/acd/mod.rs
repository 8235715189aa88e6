//! The line: who stands in it, who is first, and which operator is offered them.

mod conference;
mod consult;
mod crew;
mod estimate;
mod matching;
mod offer;
mod relax;
mod roster;
mod talk;
mod transfer;

pub(crate) use matching::Abilities;

use base::{JourneyId, Now, Timestamp};
use jiff::SignedDuration;

use crate::callback::Rung;
use crate::ivr::{InLine, WAIT, compose_in_line};
use crate::journey::{Doing, LineRun};
use crate::state::{Place, Stage};
use crate::switchboard::{Switchboard, Timer};
use crate::{ChosenBy, Command, Event, Priority, Queue, Reason, Source};

impl Switchboard {
    /// Stands a caller in line; the way out, where the line takes nobody.
    pub(crate) fn join_line(&mut self, id: JourneyId, queue: &str, way_out: &str, now: Now) -> Option<String> {
        let settings = self.calls.get(&id)?.settings.clone();
        let Some(line) = settings.queues.get(queue) else { return Some(way_out.to_owned()) };
        if self.state.journeys.get(&id)?.wanted == Some(false) {
            // Whoever stands in line wants to be reached, whatever they pressed before.
            self.emit(Event::CallbackWanted { journey: id, wanted: true }, now);
        }
        let danger = self.state.journeys.get(&id)?.danger;
        let full = self.state.journeys.values().filter(|journey| stands_in(journey, queue)).count() >= line.capacity;
        let must_stand = danger || self.calls.get(&id)?.unsecured;
        let closed = self.closed_before(id, danger, now);
        if self.is_draining() || (!must_stand && (full || closed)) {
            self.calls.get_mut(&id)?.left_line = true;
            let reason = Reason::new(match (full, closed) {
                (true, _) => "queue_full",
                (false, true) => "closed",
                (false, false) => "stopping",
            });
            self.emit(Event::LineLeft { journey: id, queue: queue.to_owned(), reason }, now);
            return Some(way_out.to_owned());
        }
        if self.state.journeys.get(&id)?.language.is_none() {
            let language = self.language(id);
            self.emit(Event::LanguageChosen { journey: id, language, by: ChosenBy::Service }, now);
        }
        let place = self.place_of(id, now);
        let (priority, since) = self.standing(id, place.as_ref(), now);
        let skills = match place.as_ref().and_then(|place| place.operator.as_ref()) {
            Some(_) => line.needs(&self.language(id), self.state.journeys.get(&id)?.topic.as_deref()),
            None => self.needs_of_caller(id, queue, line, now),
        };
        let call = self.calls.get_mut(&id)?;
        call.prefer = place.and_then(|place| place.operator);
        call.left_line = false;
        call.shortage = None;
        call.line = Some(LineRun::new(queue, way_out));
        self.emit(Event::Queued { journey: id, queue: queue.to_owned(), skills, priority, since }, now);
        self.wait_in_line(id, &line.entry, now);
        self.tell_last_call(id, now);
        None
    }

    /// Music and words for someone in line, from now on.
    pub(crate) fn wait_in_line(&mut self, id: JourneyId, words: &[String], now: Now) {
        let Some(queue) = self.queue_of(id).cloned() else { return };
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.doing = Doing::InLine;
        let leg = call.leg;
        self.command(Command::Hear { leg, sources: vec![Source::Music(queue.music.clone().into())] });
        self.say_in_line(id, words, now);
        self.wait_to_relax(id, now);
        let comfort_every = Some(queue.comfort_every).filter(|_| !queue.comfort.is_empty());
        for (timer, span) in [(Timer::Comfort(id), comfort_every), (Timer::MaxWait(id), queue.max_wait)] {
            if let Some(span) = span {
                self.timers.set(timer, now.mono + span);
            }
        }
    }

    pub(crate) fn comfort(&mut self, id: JourneyId, now: Now) {
        let Some(queue) = self.queue_of(id).cloned() else { return };
        self.say_in_line(id, &queue.comfort, now);
        self.timers.set(Timer::Comfort(id), now.mono + queue.comfort_every);
    }

    fn say_in_line(&mut self, id: JourneyId, words: &[String], now: Now) {
        let Some(leg) = self.calls.get(&id).map(|call| call.leg).filter(|_| !words.is_empty()) else { return };
        let (play, language) = (self.mints.play.mint(), self.language(id));
        let asked = words.iter().any(|word| word == WAIT);
        let forecast = if asked { self.forecast(id, now) } else { None };
        let known = InLine { ahead: self.ahead_of(id), forecast };
        let Some(line) = self.calls.get_mut(&id).and_then(|call| call.line.as_mut()) else { return };
        let (say, told) = compose_in_line(words, &known, &mut line.told);
        if let Some(forecast) = told {
            self.emit(forecast.told_to(id), now);
        }
        if !say.is_empty() {
            self.command(Command::Play { leg, play, language, say, repeat: false });
        }
    }

    /// How many stand before someone in the same queue, rung for or not.
    fn ahead_of(&self, id: JourneyId) -> usize {
        let Some(own) = self.state.journeys.get(&id).and_then(|journey| journey.line.as_ref()) else { return 0 };
        let place = (own.priority, own.since, id);
        let others = self.state.journeys.iter().filter(|(_, journey)| stands_in(journey, &own.queue));
        let places =
            others.filter_map(|(id, journey)| journey.line.as_ref().map(|line| (line.priority, line.since, *id)));
        places.filter(|other| *other < place).count()
    }

    /// The longest wait is over, or nobody came on shift. Who is rung for at this moment is left to it.
    pub(crate) fn waited_enough(&mut self, id: JourneyId, reason: Reason, now: Now) {
        if let Some(line) = self.calls.get_mut(&id).and_then(|call| call.line.as_mut()) {
            line.overdue = Some(reason.clone());
        }
        if self.is_waiting(id) {
            self.leave_line(id, reason, now);
        }
    }

    /// They hang up and keep their place (Q4): the way out says so. Who is rung for at this moment may still be answered.
    pub(crate) fn keep_place(&mut self, id: JourneyId, now: Now) {
        if self.calls.get(&id).is_none_or(|call| call.unsecured) {
            return;
        }
        if self.state.journeys.get(&id).is_some_and(|journey| journey.wanted != Some(true)) {
            self.emit(Event::CallbackWanted { journey: id, wanted: true }, now);
        }
        self.waited_enough(id, Reason::new("place_kept"), now);
    }

    /// Takes the way out: a promise. Where none may be made the caller stays and waits (rule 17).
    pub(crate) fn leave_line(&mut self, id: JourneyId, reason: Reason, now: Now) {
        let Some(call) = self.calls.get_mut(&id).filter(|call| !call.unsecured) else { return };
        let Some(line) = call.line.take() else { return };
        call.left_line = true;
        let leg = call.leg;
        self.stop_line_timers(id);
        self.command(Command::StopPlay { leg });
        self.command(Command::Hear { leg, sources: Vec::new() });
        self.emit(Event::LineLeft { journey: id, queue: line.queue, reason }, now);
        self.enter(id, line.way_out, now);
    }

    /// Back in line after an offer that came to nothing.
    pub(crate) fn back_in_line(&mut self, rung: Rung, now: Now) {
        let id = match rung {
            Rung::Caller(id) => id,
            // Looked after with whatever else changed.
            Rung::Callback(_) => return,
        };
        let overdue = self.calls.get(&id).and_then(|call| call.line.as_ref()).and_then(|line| line.overdue.clone());
        let reason = overdue.or_else(|| self.is_draining().then_some(Reason::new("stopping")));
        if let Some(reason) = reason.filter(|_| self.is_waiting(id)) {
            self.leave_line(id, reason, now);
        }
    }

    pub(crate) fn is_waiting(&self, id: JourneyId) -> bool {
        self.state.journeys.get(&id).is_some_and(|journey| journey.stage == Stage::Waiting)
    }

    pub(crate) fn queue_of(&self, id: JourneyId) -> Option<&Queue> {
        let call = self.calls.get(&id)?;
        call.settings.queues.get(&call.line.as_ref()?.queue)
    }

    pub(crate) fn stop_line_timers(&mut self, id: JourneyId) {
        for timer in Timer::of_line(id) {
            self.timers.cancel(&timer);
        }
    }

    /// The place that this person had when their last call ended, if that was a moment ago (Q8).
    fn place_of(&self, id: JourneyId, now: Now) -> Option<Place> {
        let journey = self.state.journeys.get(&id)?;
        let person = journey.caller.person.filter(|person| !self.state.shared.contains(person))?;
        let place = self.state.places.get(&person)?;
        let resume = self.calls.get(&id)?.settings.limits.resume;
        let resume = SignedDuration::try_from(resume).unwrap_or(SignedDuration::MAX);
        (now.utc.duration_since(place.ended) < resume).then(|| place.clone())
    }

    /// Where someone stands (rule 12): by what they pressed, by how their last call ended, by what they had in this one.
    fn standing(&self, id: JourneyId, place: Option<&Place>, now: Now) -> (u8, Timestamp) {
        let journey = self.state.journeys.get(&id);
        let by_key = journey.filter(|journey| journey.danger).map(|_| Priority::DANGER);
        let by_place = place.map(|place| if place.cut_off { Priority::CUT_OFF } else { Priority::RESUMED });
        let line = journey.and_then(|journey| journey.line.as_ref());
        let had = line.map(|line| line.priority);
        let (by_callback, due_since) = self.was_due(id, now).unzip();
        let priority = [by_key, by_place, had, by_callback].into_iter().flatten().min().unwrap_or(Priority::LIVE);
        let since =
            [place.map(|place| place.since), line.map(|line| line.since), due_since].into_iter().flatten().min();
        (priority, since.unwrap_or(now.utc))
    }
}

fn stands_in(journey: &crate::state::Journey, queue: &str) -> bool {
    journey.in_line() && journey.line.as_ref().is_some_and(|line| line.queue == queue)
}
