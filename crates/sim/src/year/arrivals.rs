//! When people call: by hour, weekday and month, as `helpline-facts.md` tells it of factory workers.

use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::Plan;
use crate::Random;

/// How the calls of a day fall on its hours: before the shift, at the break at noon, after overtime; some from night shifts.
const HOURS: [f64; 24] = [
    0.3, 0.2, 0.2, 0.1, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 4.5, 4.5, 7.0, 5.5, 4.0, 4.0, 4.2, 5.0, 7.0, 8.0, 7.5, 4.0, 2.0,
    0.8,
];
/// The peak of production, April to August; January to March is quiet.
const MONTHS: [f64; 12] = [0.7, 0.55, 0.7, 1.2, 1.3, 1.35, 1.3, 1.25, 1.0, 0.95, 0.9, 0.8];
/// Many are off on Sunday and can talk.
const SUNDAY: f64 = 1.15;
/// Of the calls of a day, so many come on one of a holiday.
const HOLIDAY: f64 = 0.3;
const HOUR: Duration = Duration::from_secs(3600);

/// The calls of each day, by chance.
#[derive(Debug)]
pub(super) struct Arrivals {
    random: Random,
    /// Calls on a day of weight one.
    scale: f64,
    /// Every hour is like every other.
    flat: bool,
}

impl Arrivals {
    pub(super) fn new(plan: &Plan, holiday: impl Fn(Date) -> bool, random: Random) -> Self {
        if plan.perfect {
            return Arrivals { random, scale: plan.calls_per_day, flat: true };
        }
        let days = plan.begins.series(1.day()).take(usize::try_from(plan.days).unwrap_or(1));
        let weights: f64 = days.map(|day| weight(day, holiday(day))).sum();
        let all = plan.calls_per_day * f64::from(plan.days);
        Arrivals { random, scale: if weights > 0.0 { all / weights } else { 0.0 }, flat: false }
    }

    /// Calls in each hour of a day, on average.
    pub(super) fn per_hour(&self, day: Date, holiday: bool) -> [f64; 24] {
        if self.flat {
            return [self.scale / 24.0; 24];
        }
        let of_day = self.scale * weight(day, holiday) / HOURS.iter().sum::<f64>();
        HOURS.map(|hour| hour * of_day)
    }

    /// The moments of a day's calls, since its first hour.
    pub(super) fn of_day(&mut self, day: Date, holiday: bool) -> Vec<Duration> {
        let mut moments = Vec::new();
        let mut begins = Duration::ZERO;
        for rate in self.per_hour(day, holiday) {
            let mut at = begins;
            let calls = |at: &mut Duration, random: &mut Random| {
                *at += random.exponential(HOUR.div_f64(rate));
                *at < begins + HOUR
            };
            while rate > 0.0 && calls(&mut at, &mut self.random) {
                moments.push(at);
            }
            begins += HOUR;
        }
        moments
    }
}

/// How heavy a day is.
fn weight(day: Date, holiday: bool) -> f64 {
    let month = usize::try_from(day.month() - 1).unwrap_or(0);
    let month = MONTHS.get(month).copied().unwrap_or(1.0);
    let week = if day.weekday() == Weekday::Sunday { SUNDAY } else { 1.0 };
    month * week * if holiday { HOLIDAY } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn a_year() -> (Plan, Arrivals) {
        let plan = Plan::default();
        let arrivals = Arrivals::new(&plan, |_| false, Random::new(7));
        (plan, arrivals)
    }

    #[test]
    fn a_year_has_as_many_calls_as_were_asked_for() {
        let (plan, mut arrivals) = a_year();
        let days = plan.begins.series(1.day()).take(365);
        let calls: usize = days.map(|day| arrivals.of_day(day, false).len()).sum();
        // 182,500 on average; its deviation is 427.
        assert!((181_200..183_800).contains(&calls), "{calls}");
    }

    #[test]
    fn evenings_and_summers_are_busy_and_nights_are_not() {
        let (_, mut arrivals) = a_year();
        let moments: Vec<Duration> = (0..200).flat_map(|_| arrivals.of_day(date(2027, 6, 1), false)).collect();
        let at = |hour: u64| moments.iter().filter(|at| at.as_secs() / 3600 == hour).count();
        assert!(at(19) > at(15) && at(15) > at(3) && at(3) > 0, "{} {} {}", at(19), at(15), at(3));
        let winter: usize = (0..200).map(|_| arrivals.of_day(date(2027, 2, 2), false).len()).sum();
        assert!(moments.len() > 2 * winter);
    }
}
