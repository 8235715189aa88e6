//! Opening hours: half-open intervals of civil time in one zone.

mod ahead;
mod hours;
mod service;

use base::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};

pub use ahead::{CHECKED_DAYS, days_ahead};
pub use hours::NoHours;
pub use service::{ServiceHours, Why};

use crate::{Calendar, Hours};

/// How far ahead a change is looked for: past any closure that a line survives.
const HORIZON_DAYS: usize = 400;
/// The smallest step of time.
const TICK: SignedDuration = SignedDuration::from_nanos(1);

impl Calendar {
    /// Whether the line is open at this moment. Open from the first moment of an interval, closed from its last.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let civil = at.to_zoned(self.zone.clone()).datetime();
        self.hours_on(civil.date()).iter().any(|hours| hours.contain(civil.time()))
    }

    /// The first opening after this moment, the current one not counted; none within 400 days: never.
    ///
    /// An opening that falls into a gap of summer time is at the gap's end.
    pub fn next_opening(&self, after: Timestamp) -> Option<Timestamp> {
        self.changes(after).find(|at| self.is_open(*at))
    }

    /// The next moment after this one at which the line opens or closes; none within 400 days: it does neither.
    pub fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        self.changes(after).next()
    }

    /// The hours of a day.
    pub fn hours_on(&self, day: Date) -> &[Hours] {
        if let Some(exception) = self.exceptions.get(&day) {
            return &exception.hours;
        }
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
        self.week.get(weekday).map_or(&[], Vec::as_slice)
    }

    /// All moments after this one at which open becomes closed or closed open, in order.
    fn changes(&self, after: Timestamp) -> impl Iterator<Item = Timestamp> {
        let today = after.to_zoned(self.zone.clone()).date();
        let days = today.series(1.day()).take(HORIZON_DAYS);
        let edges = days.flat_map(|day| self.edges(day));
        edges.filter(move |at| *at > after).filter(|at| self.is_open(*at) != self.is_open(*at - TICK))
    }

    /// The moments of a day at which something can change, in order: where hours begin and end, and where its clocks are put on or back.
    fn edges(&self, day: Date) -> Vec<Timestamp> {
        let next = day.tomorrow().unwrap_or(day);
        let of = |hours: &Hours| [day.to_datetime(hours.from), hours.to.on(day)];
        let civil = self.hours_on(day).iter().flat_map(of);
        // Midnight is an edge where the day before ended open.
        let civil = civil.chain([day.to_datetime(jiff::civil::Time::midnight())]);
        let start = moments(&self.zone, day.to_datetime(jiff::civil::Time::midnight()));
        let end = moments(&self.zone, next.to_datetime(jiff::civil::Time::midnight()));
        let mut edges: Vec<Timestamp> = civil.flat_map(|civil| moments(&self.zone, civil)).collect();
        if let (Some(start), Some(end)) = (start.first(), end.last()) {
            let within = self.zone.following(*start).map(|change| change.timestamp());
            edges.extend(within.take_while(|at| at <= end));
        }
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}

/// The moments that a civil time names: two where the clocks are put back over it, and where it is skipped the ends of what it could be.
fn moments(zone: &TimeZone, civil: DateTime) -> Vec<Timestamp> {
    let ambiguous = || zone.to_ambiguous_zoned(civil);
    let both = [ambiguous().earlier(), ambiguous().later()];
    both.into_iter().flatten().map(|zoned| zoned.timestamp()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::{date, time};
    use jiff::tz::TimeZone;

    use super::*;
    use crate::{Closure, TimeOfDay};

    fn nine_to_nine(zone: &str) -> Calendar {
        let hours = Hours { from: time(9, 0, 0, 0), to: TimeOfDay::At(time(21, 0, 0, 0)) };
        Calendar {
            version: "c1".to_owned(),
            zone: TimeZone::get(zone).unwrap(),
            week: std::array::from_fn(|_| vec![hours]),
            exceptions: BTreeMap::new(),
            checked_until: date(2027, 12, 31),
            holidays: BTreeMap::new(),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn opens_and_closes_to_the_millisecond() {
        let calendar = nine_to_nine("Asia/Shanghai");
        for (moment, open) in [
            ("2026-03-04T08:59:59.999+08:00", false),
            ("2026-03-04T09:00:00.000+08:00", true),
            ("2026-03-04T20:59:59.999+08:00", true),
            ("2026-03-04T21:00:00.000+08:00", false),
        ] {
            assert_eq!(calendar.is_open(at(moment)), open, "{moment}");
        }
    }

    #[test]
    fn the_end_of_a_day_is_open_when_the_day_is() {
        let mut calendar = nine_to_nine("Asia/Shanghai");
        calendar.week[2] = vec![Hours { from: time(0, 0, 0, 0), to: TimeOfDay::End }];
        assert!(calendar.is_open(at("2026-03-04T23:59:59.999999999+08:00")));
        assert!(!calendar.is_open(at("2026-03-05T00:00:00+08:00")), "Thursday opens at nine");
    }

    #[test]
    fn a_closure_forgets_the_weekly_hours_and_is_skipped_by_the_next_opening() {
        let mut calendar = nine_to_nine("Asia/Shanghai");
        calendar.exceptions.insert(date(2026, 3, 5), Closure { hours: Vec::new(), name: "away".to_owned() });
        let short = vec![Hours { from: time(14, 30, 0, 0), to: TimeOfDay::At(time(15, 0, 0, 0)) }];
        calendar.exceptions.insert(date(2026, 3, 6), Closure { hours: short, name: "short".to_owned() });
        assert!(!calendar.is_open(at("2026-03-05T12:00:00+08:00")));
        let next = calendar.next_opening(at("2026-03-04T21:00:00+08:00"));
        assert_eq!(next, Some(at("2026-03-06T14:30:00+08:00")));
    }

    #[test]
    fn the_next_opening_is_the_one_after_the_current() {
        let calendar = nine_to_nine("Asia/Shanghai");
        assert_eq!(
            calendar.next_opening(at("2026-03-04T09:00:00+08:00")),
            Some(at("2026-03-05T09:00:00+08:00")),
            "the opening at this very moment is not ahead"
        );
        assert_eq!(calendar.next_opening(at("2026-03-04T08:59:59.999+08:00")), Some(at("2026-03-04T09:00:00+08:00")));
    }

    #[test]
    fn a_line_that_never_opens_has_no_next_opening() {
        let mut calendar = nine_to_nine("Asia/Shanghai");
        calendar.week = Default::default();
        assert_eq!(calendar.next_opening(at("2026-03-04T09:00:00Z")), None);
    }

    #[test]
    fn summer_time_moves_the_moment_and_not_the_hour() {
        let mut calendar = nine_to_nine("Europe/Berlin");
        assert_eq!(calendar.next_opening(at("2026-03-28T20:00:00Z")), Some(at("2026-03-29T07:00:00Z")));
        assert_eq!(calendar.next_opening(at("2026-10-24T20:00:00Z")), Some(at("2026-10-25T08:00:00Z")));
        calendar.week[6] = vec![Hours { from: time(2, 30, 0, 0), to: TimeOfDay::At(time(4, 0, 0, 0)) }];
        let in_the_gap = calendar.next_opening(at("2026-03-29T00:00:00Z"));
        assert_eq!(
            in_the_gap,
            Some(at("2026-03-29T01:00:00Z")),
            "02:30 does not exist; 03:00 summer time is in the hours"
        );
        assert!(calendar.is_open(at("2026-10-25T00:30:00Z")), "the first 02:30");
        assert!(calendar.is_open(at("2026-10-25T01:30:00Z")), "and the second");
    }
}
