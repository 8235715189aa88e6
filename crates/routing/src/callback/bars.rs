//! Why someone may not be called back by itself, or not at all (rules 3, 6, 7, 8).

use std::borrow::Cow;

use base::{Dialling, NumberClass, PersonId, Timestamp};
use jiff::SignedDuration;

use super::window::CallingHours;
use crate::state::{Obligation, State};
use crate::{Callee, Caller, Contact, DialCounts, HoldList, NumberFlag, Outcome, Reason, Settings};

/// What is owed, and all that decides over dialling it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'a> {
    pub(super) owed: &'a Obligation,
    pub(super) state: &'a State,
    pub(super) settings: &'a Settings,
}

/// A list, and why. `firm`: a person's wish alone does not lift it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) list: HoldList,
    pub(super) reason: Reason,
    pub(super) firm: bool,
}

fn firm(list: HoldList, reason: &'static str) -> Option<Bar> {
    Some(Bar { list, reason: Reason::new(reason), firm: true })
}

fn soft(list: HoldList, reason: &'static str) -> Option<Bar> {
    Some(Bar { list, reason: Reason::new(reason), firm: false })
}

impl<'a> Case<'a> {
    /// What keeps it from being dialled by itself; what nobody may lift first.
    pub(super) fn bar(&self, at: Timestamp) -> Option<Bar> {
        self.firm_bar(at).or_else(|| self.noise(at)).or_else(|| self.wish()).or_else(|| self.past())
    }

    /// What no wish of a person lifts.
    pub(super) fn firm_bar(&self, at: Timestamp) -> Option<Bar> {
        self.flagged(at).or_else(|| self.unreachable()).or_else(|| self.given_twice()).or_else(|| self.capped(at))
    }

    /// Whom we would dial.
    pub(super) fn target(&self) -> Option<Cow<'a, Caller>> {
        let own = self.owed.callback.caller.as_ref()?;
        match self.owed.callback.contact.as_ref() {
            Some(Contact { key, number: Some(number), masked, class, .. }) => Some(Cow::Owned(Caller {
                person: *key,
                number: Some(number.clone()),
                masked: masked.clone(),
                class: *class,
                private: false,
            })),
            Some(Contact { number: None, .. }) | None => Some(Cow::Borrowed(own)),
        }
    }

    /// A number that was keyed in is dialled.
    pub(super) fn is_given(&self) -> bool {
        self.owed.callback.contact.as_ref().is_some_and(|contact| contact.number.is_some())
    }

    /// They gave a number, or an extension behind their own.
    fn has_contact(&self) -> bool {
        self.owed.callback.contact.is_some()
    }

    /// The number by which caps count, where there is one.
    pub(super) fn key(&self) -> Option<PersonId> {
        self.target().and_then(|target| target.person)
    }

    /// They talk, wait or are dialled already, whatever for.
    pub(super) fn is_on_the_line(&self) -> bool {
        self.key().is_some_and(|key| self.state.journeys.values().any(|it| it.caller.person == Some(key)))
    }

    /// How often it was dialled (rule 8): the number, or what we owe where the number has no name.
    pub(super) fn counts(&self, at: Timestamp) -> DialCounts {
        let hours = CallingHours::of(self.settings, &self.owed.callback.service);
        let today = hours.day(at);
        let own = || self.owed.callback.tried.iter().filter(|tried| tried.dialled).map(|tried| tried.at).collect();
        let dialled: Cow<'_, [Timestamp]> = match self.key() {
            Some(key) => Cow::Borrowed(self.state.dialled.get(&key).map_or(&[], Vec::as_slice)),
            None => Cow::Owned(own()),
        };
        let of_today = dialled.iter().filter(|dialled| hours.day(**dialled) == today).count();
        DialCounts { today: count(of_today), in_all: count(dialled.len()) }
    }

    fn flagged(&self, at: Timestamp) -> Option<Bar> {
        let own = self.owed.callback.caller.as_ref().and_then(|caller| caller.person);
        let people = [own, self.key()];
        let marked = |flag| people.iter().flatten().any(|person| self.state.is_flagged(*person, flag, at));
        if marked(NumberFlag::DoNotCall) {
            return firm(HoldList::DoNotCall, "do_not_call");
        }
        if marked(NumberFlag::Blocked) { firm(HoldList::Review, "blocked") } else { None }
    }

    /// Rule 7: only an unshared mobile unasked; others by what the caller gave, and with a time.
    fn unreachable(&self) -> Option<Bar> {
        let supervisor = |reason| firm(HoldList::Supervisor, reason);
        let Some(target) = self.target().filter(|target| target.number.is_some()) else {
            return supervisor("no_number");
        };
        if self.owed.callback.caller.as_ref().is_some_and(|caller| caller.class.is_noise()) {
            return firm(HoldList::Review, "noise_number");
        }
        let asked = self.has_contact();
        let own_is_free = self.is_unasked();
        if !asked && !own_is_free {
            return supervisor(match target.class {
                NumberClass::Mobile if target.private => "withheld",
                NumberClass::Mobile => "number_shared",
                NumberClass::Withheld => "withheld",
                NumberClass::Fixed
                | NumberClass::Switchboard
                | NumberClass::Service
                | NumberClass::Foreign
                | NumberClass::Short => "not_unasked",
            });
        }
        if asked && !own_is_free && self.owed.callback.part.is_none() {
            return supervisor("no_time_given");
        }
        let callee = Callee::Caller { class: target.class, asked };
        match self.settings.dial_plan.permits(callee, DialCounts::default()) {
            Ok(()) => None,
            Err(reason) => Some(Bar { list: HoldList::Supervisor, reason, firm: true }),
        }
    }

    /// The caller's own number is one person's, shown, and a mobile.
    fn is_unasked(&self) -> bool {
        let one_person = self.owed.person.is_some_and(|person| !self.state.shared.contains(&person));
        let own = self.owed.callback.caller.as_ref();
        one_person && own.is_some_and(|own| own.class.dialling() == Dialling::Unasked && !own.private)
    }

    /// A keyed-in number is dialled once.
    fn given_twice(&self) -> Option<Bar> {
        let callback = &self.owed.callback;
        let tried = callback.given_rang || callback.tried.iter().any(|tried| tried.dialled && tried.given);
        if tried && self.is_given() { firm(HoldList::Supervisor, "given_number_tried") } else { None }
    }

    fn capped(&self, at: Timestamp) -> Option<Bar> {
        let counts = self.counts(at);
        if counts.in_all >= self.settings.dial_plan.in_all { firm(HoldList::Supervisor, "exhausted") } else { None }
    }

    /// Rule 3.
    fn noise(&self, at: Timestamp) -> Option<Bar> {
        let callbacks = &self.settings.callbacks;
        let own = self.owed.callback.caller.as_ref().and_then(|caller| caller.person);
        let calls = own.and_then(|person| self.state.short_calls.get(&person));
        let (under, within) = (signed(callbacks.noise_under), signed(callbacks.noise_within));
        let short = calls.is_some_and(|calls| count(calls.count(at, under, within)) >= callbacks.noise_calls);
        if short || self.owed.callback.reviewed { soft(HoldList::Review, "short_calls") } else { None }
    }

    /// What the caller said by key.
    fn wish(&self) -> Option<Bar> {
        if self.owed.callback.wanted == Some(false) { soft(HoldList::Supervisor, "caller_declined") } else { None }
    }

    /// What came of the attempts (rule 10).
    fn past(&self) -> Option<Bar> {
        let callback = &self.owed.callback;
        let results = || callback.tried.iter().filter_map(|tried| tried.result.as_ref());
        let told = |outcome: Outcome| results().filter(|result| **result == outcome.reason()).count();
        let supervisor = |reason| soft(HoldList::Supervisor, reason);
        let dialled = callback.tried.iter().any(|tried| tried.dialled);
        if told(Outcome::Invalid) > 0 {
            supervisor("invalid")
        } else if told(Outcome::Refused) > 0 {
            supervisor("refused")
        } else if told(Outcome::OtherPerson) > 1 {
            supervisor("other_person")
        } else if dialled && !self.is_heard() && !self.has_contact() {
            supervisor("notice_not_heard")
        } else if dialled && self.has_contact() {
            supervisor("extension_tried")
        } else {
            None
        }
    }

    /// They know that we call: told, asked for, or cut off in the middle of a conversation (rules 4 and 7).
    pub(super) fn is_heard(&self) -> bool {
        let callback = &self.owed.callback;
        callback.notified || callback.wanted == Some(true) || callback.cut_in_talk || self.has_contact()
    }
}

pub(super) fn signed(span: std::time::Duration) -> SignedDuration {
    SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX)
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
