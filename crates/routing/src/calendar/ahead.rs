//! How far ahead a calendar can be relied on: somebody looked through its closures, and confirmed those that were computed.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::Calendar;
use crate::state::Confirmed;

/// With fewer days than this looked through ahead, somebody is told.
pub const CHECKED_DAYS: i32 = 60;

impl Calendar {
    /// The last day up to which somebody looked through the closures ahead and confirmed the computed ones.
    pub fn confirmed_until(&self, today: Date, confirmed: &BTreeMap<String, Confirmed>) -> Date {
        let unconfirmed = self.unconfirmed(today, confirmed).map(|(_, holiday)| holiday.from).min();
        let before = unconfirmed.map(|from| from.yesterday().unwrap_or(from));
        before.map_or(self.checked_until, |before| before.min(self.checked_until))
    }

    /// The computed closures that are not over and that nobody has confirmed as they stand.
    pub fn unconfirmed<'a>(
        &'a self,
        today: Date,
        confirmed: &'a BTreeMap<String, Confirmed>,
    ) -> impl Iterator<Item = (&'a String, &'a crate::Holiday)> {
        let stands = move |key: &String, holiday: &crate::Holiday| {
            confirmed.get(key).is_some_and(|word| (word.from, word.to) == (holiday.from, holiday.to))
        };
        self.holidays.iter().filter(move |(key, holiday)| holiday.to >= today && !stands(key, holiday))
    }
}

/// How many days lie between today and that day; none once it is past.
pub fn days_ahead(today: Date, until: Date) -> i32 {
    today.until(until).map_or(0, |span| span.get_days()).max(0)
}
