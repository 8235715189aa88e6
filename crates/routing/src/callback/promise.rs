//! The time that a caller is told, and whether it was kept (rule 11).

use base::{Boot, JourneyId, NodeId, Now, ObligationId, OperatorId, Timestamp};
use jiff::SignedDuration;

use super::Part;
use super::bars::signed;
use super::care::mono_at;
use super::hands::Hands;
use super::window::{CallingHours, Window};
use crate::state::Journey;
use crate::switchboard::{Switchboard, Timer};
use crate::{Alarm, Event, Queue, Reason, Settings, WithdrawReason};

/// Times are told by the quarter hour.
const STEP_S: i64 = 900;
/// Before all others.
const FIRST: ObligationId = ObligationId::new(NodeId(0), Boot(0), 0);
/// How many stretches ahead a promise is looked for.
const STRETCHES: usize = 60;

impl Switchboard {
    /// By when we can call someone who is on the line: after what is due before, with the operators who are planned. None: no time can be
    /// told.
    pub fn time_for(&self, id: JourneyId, part: Option<Part>, now: Timestamp) -> Option<Timestamp> {
        let journey = self.state.journeys.get(&id)?;
        let settings = self.settings.as_deref()?;
        let queue = self.queue_for_caller(journey, settings);
        let by_default = || settings.services.get(&journey.service).map(|service| service.language.clone());
        let language = journey.language.clone().or_else(by_default)?;
        let needs = |aged| queue.map(|queue| self.callback_needs(queue, &language, aged)).unwrap_or_default();
        let (at_first, at_last) = (needs(false), needs(true));
        // That nobody who is planned knows enough at first is no reason to promise nothing.
        let later = Some(at_last).filter(|less| *less != at_first);
        [Some(at_first), later].into_iter().flatten().find_map(|needs| {
            let hours = CallingHours::of(settings, &journey.service);
            let mut hands = Hands::of(&self.state, settings, (&journey.service, &needs), &hours, now);
            let parts: Vec<Part> = part.into_iter().collect();
            let mut windows = hours.windows(now, &parts).take(STRETCHES);
            windows.find_map(|window| {
                let before = i64::try_from(self.due_before(journey.obligation, window)).unwrap_or(i64::MAX);
                hands.by(window, before, signed(settings.callbacks.takes), round_up)
            })
        })
    }

    fn queue_for_caller<'a>(&self, journey: &Journey, settings: &'a Settings) -> Option<&'a Queue> {
        let stood = journey.line.as_ref().and_then(|line| settings.queues.get(&line.queue));
        let of_service = || {
            let flow = settings.flows.get(&settings.services.get(&journey.service)?.flow)?;
            settings.queues.get(flow.queue.as_ref()?)
        };
        stood.or_else(of_service)
    }

    /// How many callbacks are due by the time that a stretch ends and would be served before a new one.
    fn due_before(&self, own: Option<ObligationId>, window: Window) -> usize {
        let others = self.state.plans.range(..(window.to, FIRST)).filter(|(_, id)| Some(*id) != own);
        let soon = |due: &Timestamp| *due <= window.from;
        others.filter(|(due, _)| soon(due)).count()
    }

    /// A promise falls due by the wall clock.
    pub(super) fn watch_promise(&mut self, id: ObligationId, now: Now) {
        let callback = self.state.obligations.get(&id).map(|owed| &owed.callback);
        let made = callback.and_then(|callback| callback.made);
        match callback.and_then(|callback| callback.promise) {
            Some(_) if made.is_some() => self.settle_promises(id, made, now),
            Some(by) if by < now.utc => {
                self.emit(Event::PromiseSettled { obligation: id, by, kept: false }, now);
                self.alarm(Alarm::PromiseMissed { obligation: id });
            }
            // Kept up to that very moment.
            Some(by) => self.timers.set(Timer::Promise(id), mono_at(by, now) + TICK),
            None => drop(self.timers.cancel(&Timer::Promise(id))),
        }
    }

    /// By an attempt or a conversation, if that was in time.
    fn settle_promises(&mut self, id: ObligationId, made: Option<Timestamp>, now: Now) {
        self.timers.cancel(&Timer::Promise(id));
        while let Some(by) = self.state.obligations.get(&id).and_then(|owed| owed.callback.promise) {
            self.emit(Event::PromiseSettled { obligation: id, by, kept: made.is_some_and(|made| made <= by) }, now);
        }
    }

    /// Closes what is owed; what rings for it is taken back and what was promised with it settled first.
    pub(crate) fn discharge(&mut self, id: ObligationId, reason: Reason, by: Option<OperatorId>, now: Now) {
        let spoken = matches!(&*reason.0, "spoken" | "sixty_seconds_both_ways" | "same_person_got_through");
        let made = self.state.obligations.get(&id).and_then(|owed| owed.callback.made);
        self.withdraw_callback(id, WithdrawReason::Replanned, now);
        self.settle_promises(id, made.or(spoken.then_some(now.utc)), now);
        self.emit(Event::ObligationDischarged { obligation: id, reason, by }, now);
    }
}

/// The first moment after the promised one.
const TICK: std::time::Duration = std::time::Duration::from_millis(1);

fn round_up(at: Timestamp) -> Timestamp {
    let over = at.as_second().rem_euclid(STEP_S);
    let whole = at - SignedDuration::from_secs(over) - SignedDuration::from_nanos(i64::from(at.subsec_nanosecond()));
    if whole == at { at } else { whole + SignedDuration::from_secs(STEP_S) }
}
