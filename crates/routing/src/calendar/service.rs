//! A service's hours: its calendar, and what was switched by hand.

use base::Timestamp;
use jiff::civil::Date;

use crate::state::Switched;
use crate::{Calendar, Settings};

/// What decides whether a service is open.
#[derive(Clone, Copy, Debug)]
pub struct ServiceHours<'a> {
    /// None: always open.
    pub calendar: Option<&'a Calendar>,
    /// By hand, until that ends.
    pub switched: Option<&'a Switched>,
}

/// Why a service is open or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'a> {
    /// It has no calendar.
    Always,
    /// By hand.
    Switched(&'a Switched),
    /// By the hours of the week.
    Weekly,
    /// By what the calendar says of this day.
    Exception {
        /// Its name, for people.
        name: &'a str,
    },
}

impl<'a> ServiceHours<'a> {
    /// The hours of a service by name; none: there is no such service.
    pub fn of(settings: &'a Settings, service: &str, switched: Option<&'a Switched>) -> Option<Self> {
        let calendar = settings.services.get(service)?.calendar.as_ref();
        Some(ServiceHours { calendar: calendar.and_then(|name| settings.calendars.get(name)), switched })
    }

    /// Whether it is open: as switched by hand, else by its calendar, else always.
    pub fn is_open(&self, at: Timestamp) -> bool {
        match self.by_hand(at) {
            Some(switched) => !switched.closed,
            None => self.calendar.is_none_or(|calendar| calendar.is_open(at)),
        }
    }

    /// The next moment after this one at which it may open or close by itself.
    pub fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        match self.by_hand(after) {
            Some(switched) => switched.until,
            None => self.calendar.and_then(|calendar| calendar.next_change(after)),
        }
    }

    /// The first opening after this moment, the current one not counted; none: not known, or never.
    pub fn next_opening(&self, after: Timestamp) -> Option<Timestamp> {
        match self.by_hand(after).filter(|switched| switched.closed) {
            Some(switched) => {
                let free = switched.until?;
                let opens = self.calendar.is_none_or(|calendar| calendar.is_open(free));
                if opens { Some(free) } else { self.calendar?.next_opening(free) }
            }
            None => self.calendar?.next_opening(after),
        }
    }

    /// Open stretches within two moments.
    pub fn open_between(&self, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let mut stretches = Vec::new();
        let mut at = from;
        while at < to {
            let end = self.next_change(at).unwrap_or(to).min(to);
            if self.is_open(at) {
                stretches.push((at, end));
            }
            at = end;
        }
        stretches
    }

    /// Why it is open or closed at this moment.
    pub fn why(&self, at: Timestamp) -> Why<'a> {
        if let Some(switched) = self.by_hand(at) {
            return Why::Switched(switched);
        }
        let Some(calendar) = self.calendar else { return Why::Always };
        let day: Date = at.to_zoned(calendar.zone.clone()).date();
        calendar.exceptions.get(&day).map_or(Why::Weekly, |exception| Why::Exception { name: &exception.name })
    }

    fn by_hand(&self, at: Timestamp) -> Option<&'a Switched> {
        self.switched.filter(|switched| switched.until.is_none_or(|until| at < until))
    }
}
