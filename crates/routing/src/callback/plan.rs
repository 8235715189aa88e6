//! When someone is called back: from which moment, until when, and how they stand in line (rules 7, 10, 12).

use base::Timestamp;
use jiff::SignedDuration;

use super::Part;
use super::bars::{Case, signed};
use super::window::{CallingHours, Window};
use crate::state::{Plan, Tried};
use crate::{HoldList, Outcome, Priority, Reason, TerminalCause};

/// How far ahead another part of the day is preferred over the soonest moment.
const LADDER: SignedDuration = SignedDuration::from_hours(48);

/// What becomes of what is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is offered by itself from then on.
    Plan(Plan),
    /// A person decides.
    Hold(HoldList, Reason),
    /// By the caller's own key.
    Decline,
}

/// From when someone may be called again, and why not sooner.
struct Earliest {
    at: Timestamp,
    why: &'static str,
    /// The end of the part of the day that was tried: another one is next.
    ladder: bool,
}

/// What a supervisor asks for.
#[derive(Clone, Copy, Debug)]
struct Wish {
    from: Timestamp,
    /// They named a time, whatever part of the day the caller chose.
    exact: bool,
}

impl Case<'_> {
    /// What is to be done, from what is known.
    pub(super) fn verdict(&self, now: Timestamp) -> Verdict {
        if self.declined() {
            return Verdict::Decline;
        }
        match self.bar(now) {
            Some(bar) => Verdict::Hold(bar.list, bar.reason),
            None => self.plan_from(now, None).map_or_else(never, Verdict::Plan),
        }
    }

    /// Ends what one journey alone is owed (rule 6). What earlier calls are owed stays: a person decides.
    fn declined(&self) -> bool {
        let callback = &self.owed.callback;
        let by_this = callback.wanted == Some(false) && callback.wanted_in == Some(self.owed.first);
        by_this && self.owed.journeys == 1 && callback.tried.is_empty()
    }

    /// A plan by a supervisor's wish, whatever soft bars say: not before `due`; none: as soon as that is allowed.
    pub(super) fn plan_by_wish(&self, due: Option<Timestamp>, now: Timestamp) -> Option<Plan> {
        let from = due.unwrap_or(now).max(now);
        self.plan_from(now, Some(Wish { from, exact: due.is_some() }))
    }

    fn plan_from(&self, now: Timestamp, wish: Option<Wish>) -> Option<Plan> {
        let hours = CallingHours::of(self.settings, &self.owed.callback.service);
        let earliest = match &wish {
            Some(wish) => Earliest { at: wish.from, why: "asked", ladder: false },
            None => self.earliest(&hours, now),
        };
        let (window, why) = self.window(&hours, &earliest, now, wish)?;
        let (priority, since) = self.base_standing();
        Some(Plan { due: window.from, until: window.to, priority, since, reason: Reason::new(why) })
    }

    /// The first stretch in which they may be called.
    fn window(
        &self,
        hours: &CallingHours<'_>,
        earliest: &Earliest,
        now: Timestamp,
        wish: Option<Wish>,
    ) -> Option<(Window, &'static str)> {
        let callback = &self.owed.callback;
        let full_today = self.counts(now).today >= self.settings.dial_plan.per_day;
        let free = |window: &Window| !full_today || hours.day(window.from) != hours.day(now);
        let first = |parts: &[Part]| hours.windows(earliest.at, parts).find(free);
        let why = if full_today { "cap_today" } else { earliest.why };
        // Once, at noon or in the evening; then it is a supervisor's (rule 7).
        let untried = callback.tried.iter().all(|tried| !tried.dialled);
        if !self.is_heard() && (wish.is_none() || untried) {
            return first(&self.settings.callbacks.unheard).map(|window| (window, "notice_not_heard"));
        }
        // They said when: that is when a ring betrays nobody, at every attempt.
        if let Some(part) = callback.part.filter(|_| wish.is_none_or(|wish| !wish.exact)) {
            return first(&[part]).map(|window| (window, if earliest.ladder { why } else { "part_wanted" }));
        }
        if !earliest.ladder {
            return first(&[]).map(|window| (window, why));
        }
        self.next_part(hours, earliest.at, free).or_else(|| first(&[])).map(|window| (window, why))
    }

    /// The retry ladder: within two days the part that was tried the least, the soonest of those.
    fn next_part(&self, hours: &CallingHours<'_>, from: Timestamp, free: impl Fn(&Window) -> bool) -> Option<Window> {
        let tried = |part: Option<Part>| {
            self.owed.callback.tried.iter().filter(|tried| hours.part_of(tried.at) == part).count()
        };
        let near = hours.windows(from, &Part::ALL).take_while(|window| window.from.duration_since(from) < LADDER);
        near.filter(free).min_by_key(|window| (tried(window.part), window.from))
    }

    fn earliest(&self, hours: &CallingHours<'_>, now: Timestamp) -> Earliest {
        let soon = |why| Earliest { at: now, why, ladder: false };
        let callback = &self.owed.callback;
        let Some(last) = callback.tried.last() else { return soon(self.first_reason()) };
        // They phoned since: what was tried before is no reason to wait.
        if callback.phoned {
            return soon("called_again");
        }
        let callbacks = &self.settings.callbacks;
        let after = |span, why| Earliest { at: (last.ended + signed(span)).max(now), why, ladder: false };
        match after_attempt(last) {
            Next::AtOnce => soon("cut_off"),
            Next::Soon(why) => after(callbacks.fault_again, why),
            Next::Busy => after(callbacks.busy_again, "busy"),
            // What rang into another part of the day was tried in that one, too, whichever way the clock was set.
            Next::Part => {
                let end = hours.end_of_part(last.ended.max(last.at));
                Earliest { at: end.max(now), why: "next_part", ladder: true }
            }
        }
    }

    fn first_reason(&self) -> &'static str {
        let callback = &self.owed.callback;
        if callback.danger {
            "danger"
        } else if callback.cut_off {
            "cut_off"
        } else if callback.place.is_some() {
            "place_kept"
        } else {
            "called"
        }
    }

    /// Rule 12, but for what time alone changes.
    fn base_standing(&self) -> (u8, Timestamp) {
        let callback = &self.owed.callback;
        let (kept, since) = callback.place.unwrap_or((Priority::CALLBACK, self.owed.opened));
        let priority = match (callback.danger, callback.cut_off) {
            (true, _) => Priority::DANGER,
            (false, true) => Priority::CUT_OFF,
            (false, false) => kept,
        };
        (priority.min(kept), since)
    }
}

/// What follows an attempt.
enum Next {
    AtOnce,
    Soon(&'static str),
    Busy,
    Part,
}

fn after_attempt(last: &Tried) -> Next {
    if last.is_cut_off() {
        return Next::AtOnce;
    }
    let busy = last.result.as_ref() == Some(&Outcome::Busy.reason());
    match last.cause {
        _ if busy => Next::Busy,
        _ if !last.dialled => Next::Soon("trunk_down"),
        TerminalCause::CalledOff if !last.counts && last.result.is_none() => Next::Soon("called_off"),
        TerminalCause::RangBack => Next::Soon("rang_back"),
        TerminalCause::CalledOff
        | TerminalCause::NotReached
        | TerminalCause::Conversed
        | TerminalCause::NoAudio
        | TerminalCause::Cancelled
        | TerminalCause::LeftInMenu
        | TerminalCause::Abandoned
        | TerminalCause::Closed
        | TerminalCause::PromisedCallback
        | TerminalCause::FlowEnded
        | TerminalCause::CarrierOnly
        | TerminalCause::Incompatible
        | TerminalCause::Overload
        | TerminalCause::TrunkLost
        | TerminalCause::EngineLost
        | TerminalCause::EngineStopped
        | TerminalCause::DeskLost => Next::Part,
    }
}

/// No hours at all in a year.
fn never() -> Verdict {
    Verdict::Hold(HoldList::Supervisor, Reason::new("never_open"))
}
