//! Opening and closing: by the calendar at its moment, by hand with an end that survives a restart, and what that means for those who wait.

use std::sync::Arc;
use std::time::Duration;

use base::{JourneyId, Now, OperatorId, Timestamp};
use jiff::SignedDuration;

use super::{Switchboard, Timer};
use crate::calendar::{CHECKED_DAYS, days_ahead};
use crate::journey::{Closing, Doing};
use crate::{Alarm, AtClosing, Cover, Event, PLANNED_AHEAD, Priority, Reason, Reply, RequestError, Rota, ServiceHours};
use crate::{Settings, Skill};

/// The wall clock may be put right meanwhile: it is looked at this often, whatever is due.
const LOOK_EVERY: Duration = Duration::from_secs(3600);
/// How often somebody is told that a calendar is not looked through far enough ahead.
const LOOK_AHEAD_EVERY: Duration = Duration::from_secs(24 * 3600);

/// What stands in a prompt list for why the line is closed.
const CLOSED: &str = "{closed}";
/// Said where it is closed by its calendar.
const CLOSED_WORDS: &str = "closed";

/// All recordings that `{closed}` is said with: `closed`, and `notice_typhoon` for a notice of that name.
pub fn closed_prompts<'a>(notices: impl Iterator<Item = &'a String>) -> Vec<String> {
    std::iter::once(CLOSED_WORDS.to_owned()).chain(notices.map(|notice| notice_prompt(notice))).collect()
}

fn notice_prompt(notice: &str) -> String {
    format!("notice_{notice}")
}

/// What goes with a switch by hand.
pub(super) struct Terms {
    pub(super) until: Option<Timestamp>,
    pub(super) reason: Option<Reason>,
    pub(super) waiting: Option<AtClosing>,
    pub(super) by: Option<OperatorId>,
}

impl Switchboard {
    /// Whether a service is open: as switched by hand, else by its calendar, else always.
    pub(crate) fn is_open(&self, settings: &Settings, service: &str, at: Timestamp) -> bool {
        self.hours_of(settings, service).is_none_or(|hours| hours.is_open(at))
    }

    /// When a service opens next, the current opening not counted; none: not known.
    pub(crate) fn opens_next(&self, settings: &Settings, service: &str, after: Timestamp) -> Option<Timestamp> {
        self.hours_of(settings, service)?.next_opening(after)
    }

    /// Who is planned for a service and has these skills, from one moment to another.
    pub fn cover(&self, service: &str, skills: &[Skill], from: Timestamp, to: Timestamp) -> Vec<Cover> {
        let settings = self.settings.as_ref();
        settings.map(|settings| self.state.cover(settings, service, skills, (from, to))).unwrap_or_default()
    }

    /// Prompts with `{closed}` put into words: the notice that the service was closed with by hand, else that it is closed.
    pub(crate) fn why_closed(&self, service: &str, prompts: &[String], now: Now) -> Vec<String> {
        let switched = self.state.switched.get(service);
        let switched =
            switched.filter(|switched| switched.closed && switched.until.is_none_or(|until| now.utc < until));
        let notice = switched.and_then(|switched| switched.reason.as_ref()).map(|reason| notice_prompt(&reason.0));
        let words = notice.unwrap_or_else(|| CLOSED_WORDS.to_owned());
        prompts.iter().map(|prompt| if prompt == CLOSED { words.clone() } else { prompt.clone() }).collect()
    }

    fn hours_of<'a>(&'a self, settings: &'a Settings, service: &str) -> Option<ServiceHours<'a>> {
        ServiceHours::of(settings, service, self.state.switched.get(service))
    }

    pub(super) fn switch_service(
        &mut self,
        service: String,
        closed: Option<bool>,
        terms: Terms,
        now: Now,
    ) -> Result<Reply, RequestError> {
        self.can_save()?;
        let Terms { until, reason, waiting, by } = terms;
        // Without settings a command works on a data folder whose engine does not run: it has read them itself.
        if let Some(settings) = &self.settings {
            let known = settings.services.get(&service).ok_or(RequestError::UnknownService)?;
            if reason.as_ref().is_some_and(|reason| !known.notices.iter().any(|notice| *notice == reason.0)) {
                return Err(RequestError::UnknownNotice);
            }
        }
        if until.is_some_and(|until| until <= now.utc) {
            return Err(RequestError::TimePast);
        }
        let before = self.state.switched.get(&service);
        let same = before.map(|before| (before.closed, before.until, before.reason.as_ref(), before.waiting));
        if same != closed.map(|closed| (closed, until, reason.as_ref(), waiting)) {
            self.emit(Event::ServiceSwitched { service, closed, by, until, reason, waiting }, now);
            self.keep_hours_of(now);
        }
        Ok(Reply::Done)
    }

    pub(super) fn confirm_holiday(
        &mut self,
        calendar: String,
        holiday: String,
        by: Option<OperatorId>,
        now: Now,
    ) -> Result<Reply, RequestError> {
        self.can_save()?;
        let known = self.settings.as_ref().and_then(|settings| settings.calendars.get(&calendar));
        let computed = known.and_then(|known| known.holidays.get(&holiday)).ok_or(RequestError::UnknownHoliday)?;
        let (from, to) = (computed.from, computed.to);
        let word = self.state.confirmed.get(&calendar).and_then(|confirmed| confirmed.get(&holiday));
        if word.is_none_or(|word| (word.from, word.to) != (from, to)) {
            self.emit(Event::HolidayConfirmed { calendar, holiday, from, to, by }, now);
        }
        Ok(Reply::Done)
    }

    pub(super) fn set_rota(
        &mut self,
        operator: OperatorId,
        mut rota: Rota,
        by: Option<OperatorId>,
        now: Now,
    ) -> Result<Reply, RequestError> {
        self.can_save()?;
        if !self.state.accounts.contains_key(&operator) {
            return Err(RequestError::UnknownUser);
        }
        if !rota.put_in_order() {
            return Err(RequestError::HoursOverlap);
        }
        if self.state.rotas.get(&operator) != Some(&rota) {
            self.emit(Event::RotaSet { operator, rota, by }, now);
        }
        Ok(Reply::Done)
    }

    /// Does what the wall clock says. Looked at before every input, so that none is judged by hours that are over.
    pub(super) fn keep_hours(&mut self, now: Now) {
        if self.hours_due.is_some_and(|due| due <= now.utc) {
            self.keep_hours_of(now);
        }
    }

    /// The same when hours have changed.
    pub(super) fn keep_hours_of(&mut self, now: Now) {
        if self.settings.is_none() || self.has_stopped() {
            self.hours_due = None;
            self.timers.cancel(&Timer::Hours);
            self.timers.cancel(&Timer::LookAhead);
            return;
        }
        let at = self.hours_due.map_or(now.utc, |due| due.min(now.utc));
        self.expire_switches(now);
        self.close_on_callers(at, now);
        self.hours_due = self.next_change(now.utc);
        self.watch_hours(now);
        if self.timers.get(&Timer::LookAhead).is_none() {
            self.look_ahead(now);
        }
    }

    /// Wakes when something is due by the wall clock.
    pub(super) fn watch_hours(&mut self, now: Now) {
        let Some(due) = self.hours_due else {
            self.timers.cancel(&Timer::Hours);
            return;
        };
        let left = Duration::try_from(due.duration_since(now.utc)).unwrap_or(Duration::ZERO);
        self.timers.set(Timer::Hours, now.mono + left.min(LOOK_EVERY));
    }

    fn expire_switches(&mut self, now: Now) {
        let over = self.state.switched.iter().filter(|(_, switched)| switched.until.is_some_and(|at| at <= now.utc));
        for service in over.map(|(service, _)| service.clone()).collect::<Vec<_>>() {
            let reason = Some(Reason::new("expired"));
            let expired =
                Event::ServiceSwitched { service, closed: None, by: None, until: None, reason, waiting: None };
            self.emit(expired, now);
        }
    }

    /// When a service may open or close next, by the settings in force and by those that calls began with.
    fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        let settings = self.settings.as_ref()?;
        let current = settings.services.keys().map(|service| (settings, service));
        let older = self.calls.values().filter(|call| !Arc::ptr_eq(&call.settings, settings));
        let older = older.map(|call| (&call.settings, &call.service));
        let changes =
            current.chain(older).filter_map(|(settings, service)| self.hours_of(settings, service)?.next_change(after));
        changes.min()
    }

    /// Tells callers who came in time what the line's closing means for them, and those whose line is open again that it is.
    fn close_on_callers(&mut self, at: Timestamp, now: Now) {
        for id in self.calls.keys().copied().collect::<Vec<_>>() {
            let Some(call) = self.calls.get(&id).filter(|call| !call.closed) else { continue };
            let open = self.is_open(&call.settings, &call.service, now.utc);
            match (open, call.closing.is_some()) {
                (false, false) => self.close_on(id, at, now),
                (true, true) => self.reopen_for(id, now),
                (true, false) | (false, true) => {}
            }
        }
    }

    fn close_on(&mut self, id: JourneyId, at: Timestamp, now: Now) {
        let Some(call) = self.calls.get(&id) else { return };
        let switched = self.state.switched.get(&call.service).filter(|switched| switched.closed);
        let reason = Reason::new(if switched.is_some() { "switched" } else { "calendar" });
        let service = call.service();
        let policy = switched.and_then(|switched| switched.waiting);
        let policy = policy.or(service.map(|service| service.at_closing)).unwrap_or_default();
        let last_call = service.map(|service| service.last_call).unwrap_or_default();
        let last_call = SignedDuration::try_from(last_call).unwrap_or(SignedDuration::MAX);
        let served_until = match policy {
            AtClosing::Serve => at.checked_add(last_call).ok(),
            // Rule 4: whom we cut off is not sent away for the hour.
            AtClosing::Callback if self.was_cut_off(id) => at.checked_add(last_call).ok(),
            AtClosing::Callback => None,
        };
        if let Some(call) = self.calls.get_mut(&id) {
            call.closing = Some(Closing { served_until, reason });
        }
        if self.stands_in_line(id) {
            self.tell_last_call(id, now);
        }
    }

    /// Back in line from an operator after the line closed: what closing means for them is told anew.
    pub(crate) fn close_again(&mut self, id: JourneyId, now: Now) {
        if self.calls.get(&id).is_some_and(|call| call.closing.is_some()) {
            self.close_on(id, now.utc, now);
        }
    }

    fn reopen_for(&mut self, id: JourneyId, now: Now) {
        self.timers.cancel(&Timer::LastCall(id));
        if let Some(call) = self.calls.get_mut(&id) {
            call.closing = None;
        }
        if self.stands_in_line(id) {
            self.emit(Event::LineReopened { journey: id }, now);
        }
    }

    fn stands_in_line(&self, id: JourneyId) -> bool {
        self.calls.get(&id).is_some_and(|call| matches!(call.doing, Doing::InLine))
    }

    fn was_cut_off(&self, id: JourneyId) -> bool {
        let line = self.state.journeys.get(&id).and_then(|journey| journey.line.as_ref());
        line.is_some_and(|line| line.priority == Priority::CUT_OFF)
    }

    fn is_danger(&self, id: JourneyId) -> bool {
        self.state.journeys.get(&id).is_some_and(|journey| journey.danger)
    }

    /// Whether the line takes this caller no more, though they came in time; written down with its reason.
    pub(crate) fn closed_before(&mut self, id: JourneyId, danger: bool, now: Now) -> bool {
        let closing = self.calls.get(&id).and_then(|call| call.closing.clone()).filter(|_| !danger);
        let Some(closing) = closing else { return false };
        let closed = closing.served_until.is_none_or(|until| until <= now.utc);
        if closed {
            let reason = closing.reason;
            self.emit(Event::LineClosed { journey: id, served_until: None, reason }, now);
        }
        closed
    }

    /// Someone stands in a line that has closed: until when they are served, or out they go.
    pub(crate) fn tell_last_call(&mut self, id: JourneyId, now: Now) {
        let Some(closing) = self.calls.get(&id).and_then(|call| call.closing.clone()) else { return };
        if self.is_danger(id) {
            return;
        }
        let Closing { served_until, reason } = closing;
        self.emit(Event::LineClosed { journey: id, served_until, reason: reason.clone() }, now);
        match served_until {
            None => self.waited_enough(id, reason, now),
            Some(until) => {
                let left = Duration::try_from(until.duration_since(now.utc)).unwrap_or(Duration::ZERO);
                self.timers.set(Timer::LastCall(id), now.mono + left);
            }
        }
    }

    pub(super) fn last_call_over(&mut self, id: JourneyId, now: Now) {
        if self.stands_in_line(id) && !self.is_danger(id) {
            let reason = Reason::new("last_call_over");
            self.emit(Event::LineClosed { journey: id, served_until: None, reason: reason.clone() }, now);
            self.waited_enough(id, reason, now);
        }
    }

    /// Once a day: how far ahead is each calendar looked through, and is somebody planned for every open hour of a week?
    pub(super) fn look_ahead(&mut self, now: Now) {
        let Some(settings) = self.settings.clone() else { return };
        for (name, calendar) in &settings.calendars {
            let today = now.utc.to_zoned(calendar.zone.clone()).date();
            let none = std::collections::BTreeMap::new();
            let confirmed = self.state.confirmed.get(name).unwrap_or(&none);
            let until = calendar.confirmed_until(today, confirmed);
            if days_ahead(today, until) < CHECKED_DAYS {
                self.alarm(Alarm::CalendarUnchecked { calendar: name.clone(), until });
            }
        }
        let week = (now.utc, now.utc.checked_add(PLANNED_AHEAD).unwrap_or(now.utc));
        for (name, _) in settings.services.iter().filter(|(_, service)| !service.synthetic) {
            if let Some((from, _)) = self.state.unplanned(&settings, name, week).first() {
                self.alarm(Alarm::NobodyPlanned { service: name.clone(), from: *from });
            }
        }
        self.timers.set(Timer::LookAhead, now.mono + LOOK_AHEAD_EVERY);
    }
}
