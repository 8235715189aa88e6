//! When people may be dialled: the calendar's hours and the calling hours, both, and within them the parts of a day.

use base::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

use super::{Callbacks, Part};
use crate::{Calendar, Hours, Settings, TimeOfDay};

/// How far ahead a moment is looked for: past any closure that a line survives.
const HORIZON_DAYS: usize = 400;
/// All of a day.
const WHOLE: Hours = Hours { from: Time::MIN, to: TimeOfDay::End };

/// A stretch of time in which dialling is allowed; half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
    /// The part of the day that it lies in; none: it was asked for regardless of parts.
    pub(crate) part: Option<Part>,
}

/// The calling hours of one service.
#[derive(Debug)]
pub(crate) struct CallingHours<'a> {
    calendar: Option<&'a Calendar>,
    callbacks: &'a Callbacks,
    zone: TimeZone,
}

impl<'a> CallingHours<'a> {
    pub(crate) fn of(settings: &'a Settings, service: &str) -> Self {
        let calendar = settings.services.get(service).and_then(|service| service.calendar.as_ref());
        let calendar = calendar.and_then(|name| settings.calendars.get(name));
        // A service that is always open has the zone of its sisters; China has one.
        let zone = calendar.or_else(|| settings.calendars.values().next()).map(|calendar| calendar.zone.clone());
        let zone = zone.unwrap_or_else(|| TimeZone::fixed(Offset::constant(8)));
        CallingHours { calendar, callbacks: &settings.callbacks, zone }
    }

    /// Whether someone may be dialled at this moment.
    pub(crate) fn allow(&self, at: Timestamp) -> bool {
        self.windows(at, &[]).next().is_some_and(|window| window.from <= at)
    }

    /// Which part of the day a moment lies in.
    pub(crate) fn part_of(&self, at: Timestamp) -> Option<Part> {
        let time = at.to_zoned(self.zone.clone()).time();
        let within = |hours: &Hours| hours.from <= time && TimeOfDay::At(time) < hours.to;
        self.callbacks.parts.iter().find(|(_, hours)| within(hours)).map(|(part, _)| *part)
    }

    /// The end of the part of the day that a moment lies in; outside all parts: the moment itself.
    pub(crate) fn end_of_part(&self, at: Timestamp) -> Timestamp {
        let hours = self.part_of(at).and_then(|part| self.callbacks.parts.get(&part));
        let day = at.to_zoned(self.zone.clone()).date();
        hours.and_then(|hours| self.moments(day, *hours)).map_or(at, |(_, to)| to)
    }

    /// The day of a moment, to tell days apart.
    pub(crate) fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// All stretches that are not over at `after`, in order, the first cut to begin there. With `parts`: each within one of those.
    pub(crate) fn windows(&self, after: Timestamp, parts: &[Part]) -> impl Iterator<Item = Window> {
        let days = self.day(after).series(1.day()).take(HORIZON_DAYS);
        let all = days.flat_map(move |day| self.windows_of(day, parts));
        all.filter(move |window| window.to > after).map(move |window| Window { from: window.from.max(after), ..window })
    }

    fn windows_of(&self, day: Date, parts: &[Part]) -> Vec<Window> {
        let open = self.calendar.map_or(std::slice::from_ref(&WHOLE), |calendar| calendar.hours_on(day));
        let parts: Vec<(Option<Part>, Hours)> = match parts {
            [] => vec![(None, WHOLE)],
            parts => parts.iter().filter_map(|part| Some((Some(*part), *self.callbacks.parts.get(part)?))).collect(),
        };
        let mut windows: Vec<Window> = open
            .iter()
            .filter_map(|hours| both(*hours, self.callbacks.hours))
            .flat_map(|hours| parts.iter().filter_map(move |(part, within)| Some((*part, both(hours, *within)?))))
            .filter_map(|(part, hours)| self.moments(day, hours).map(|(from, to)| Window { from, to, part }))
            .collect();
        windows.sort_by_key(|window| window.from);
        windows
    }

    fn moments(&self, day: Date, hours: Hours) -> Option<(Timestamp, Timestamp)> {
        let moment = |day: Date, time: Time| {
            self.zone.to_ambiguous_zoned(day.to_datetime(time)).compatible().ok().map(|zoned| zoned.timestamp())
        };
        let to = match hours.to {
            TimeOfDay::At(time) => moment(day, time)?,
            TimeOfDay::End => moment(day.tomorrow().ok()?, Time::MIN)?,
        };
        Some((moment(day, hours.from)?, to)).filter(|(from, to)| from < to)
    }
}

fn both(a: Hours, b: Hours) -> Option<Hours> {
    let hours = Hours { from: a.from.max(b.from), to: a.to.min(b.to) };
    (TimeOfDay::At(hours.from) < hours.to).then_some(hours)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::{date, time};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn nine_to_nine() -> Calendar {
        let hours = Hours { from: time(9, 0, 0, 0), to: TimeOfDay::At(time(21, 0, 0, 0)) };
        Calendar {
            version: "c".to_owned(),
            zone: TimeZone::fixed(Offset::constant(8)),
            week: std::array::from_fn(|_| vec![hours]),
            exceptions: BTreeMap::new(),
            checked_until: date(9999, 12, 31),
            holidays: BTreeMap::new(),
        }
    }

    fn told(after: &str, parts: &[Part]) -> Vec<String> {
        let (calendar, callbacks) = (nine_to_nine(), Callbacks::default());
        let hours = CallingHours { calendar: Some(&calendar), callbacks: &callbacks, zone: calendar.zone.clone() };
        let clock = |at: Timestamp| at.to_zoned(hours.zone.clone()).strftime("%d %H:%M:%S").to_string();
        let windows = hours.windows(at(after), parts).take(2);
        windows.map(|window| format!("{} to {}", clock(window.from), clock(window.to))).collect()
    }

    #[test]
    fn calling_hours_end_before_the_line_closes() {
        assert_eq!(
            told("2026-03-04T10:00:00+08:00", &[]),
            ["04 10:00:00 to 04 20:30:00", "05 09:00:00 to 05 20:30:00"]
        );
        assert_eq!(told("2026-03-04T20:29:59+08:00", &[])[0], "04 20:29:59 to 04 20:30:00");
        assert_eq!(told("2026-03-04T20:30:00+08:00", &[])[0], "05 09:00:00 to 05 20:30:00");
        assert_eq!(told("2026-03-04T03:00:00+08:00", &[])[0], "04 09:00:00 to 04 20:30:00");
    }

    #[test]
    fn parts_follow_each_other_through_the_day() {
        let unheard = [Part::Midday, Part::Evening];
        assert_eq!(
            told("2026-03-04T10:00:00+08:00", &unheard),
            ["04 12:00:00 to 04 13:30:00", "04 18:00:00 to 04 20:30:00"]
        );
        assert_eq!(told("2026-03-04T13:30:00+08:00", &unheard)[0], "04 18:00:00 to 04 20:30:00");
        assert_eq!(
            told("2026-03-04T19:00:00+08:00", &[Part::Evening]),
            ["04 19:00:00 to 04 20:30:00", "05 18:00:00 to 05 20:30:00"]
        );
    }

    #[test]
    fn the_end_of_a_part_is_where_the_next_begins() {
        let (calendar, callbacks) = (nine_to_nine(), Callbacks::default());
        let hours = CallingHours { calendar: Some(&calendar), callbacks: &callbacks, zone: calendar.zone.clone() };
        for (moment, part, end) in [
            ("2026-03-04T09:00:00+08:00", Some(Part::Morning), "2026-03-04T12:00:00+08:00"),
            ("2026-03-04T11:59:59.999+08:00", Some(Part::Morning), "2026-03-04T12:00:00+08:00"),
            ("2026-03-04T12:00:00+08:00", Some(Part::Midday), "2026-03-04T13:30:00+08:00"),
            ("2026-03-04T20:45:00+08:00", None, "2026-03-04T20:45:00+08:00"),
        ] {
            assert_eq!((hours.part_of(at(moment)), hours.end_of_part(at(moment))), (part, at(end)), "{moment}");
        }
    }
}
