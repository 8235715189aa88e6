//! When the line is open and when people may be dialled, reckoned anew: China has one zone, eight hours ahead, and no summer time.

use std::collections::BTreeMap;

use base::Timestamp;
use jiff::civil::{Date, Time};
use routing::{Event, Settings, TimeOfDay};

use super::Ruling;

const AHEAD_NS: i128 = 8 * 3600 * SECOND_NS;
const SECOND_NS: i128 = 1_000_000_000;
const DAY_NS: i128 = 24 * 3600 * SECOND_NS;
/// Nobody is dialled before or after these, whatever the calendar says.
const CALLING: (i128, i128) = (9 * 3600 * SECOND_NS, (20 * 3600 + 30 * 60) * SECOND_NS);
/// When those are tried who hung up before they heard that they will be called (rule 7).
const UNHEARD: [(i128, i128); 2] =
    [(12 * 3600 * SECOND_NS, (13 * 3600 + 1800) * SECOND_NS), (18 * 3600 * SECOND_NS, (20 * 3600 + 1800) * SECOND_NS)];
/// The parts of a day: their beginnings.
const PARTS: [i128; 4] = [0, 12 * 3600 * SECOND_NS, (13 * 3600 + 1800) * SECOND_NS, 18 * 3600 * SECOND_NS];

/// Half-open stretches of a day, in nanoseconds since midnight.
type Stretches = Vec<(i128, i128)>;

/// Opening hours by service.
#[derive(Debug, Default)]
pub(super) struct Hours {
    services: BTreeMap<String, Week>,
    /// Services closed or opened by hand.
    switched: BTreeMap<String, bool>,
}

#[derive(Debug)]
struct Week {
    days: [Stretches; 7],
    otherwise: BTreeMap<i128, Stretches>,
}

impl Hours {
    pub(super) fn new(settings: &Settings) -> Self {
        let week = |service: &routing::Service| {
            let calendar = settings.calendars.get(service.calendar.as_ref()?)?;
            let days =
                std::array::from_fn(|day| calendar.week.get(day).map(|hours| stretches(hours)).unwrap_or_default());
            let exceptions = calendar.exceptions.iter();
            let otherwise = exceptions.map(|(day, closure)| (number_of(*day), stretches(&closure.hours))).collect();
            Some(Week { days, otherwise })
        };
        let services = settings.services.iter();
        Hours {
            services: services.filter_map(|(name, service)| Some((name.clone(), week(service)?))).collect(),
            switched: BTreeMap::new(),
        }
    }

    /// Whether a service is open; one without a calendar always is.
    pub(super) fn open(&self, service: &str, at: Timestamp) -> bool {
        let Some(week) = self.services.get(service) else { return true };
        let (day, time) = civil(at);
        // 1 January 1970 was a Thursday.
        let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0);
        let hours = week.otherwise.get(&day).or(week.days.get(weekday));
        hours.into_iter().flatten().any(|(from, to)| *from <= time && time < *to)
    }

    /// Whether anyone may be dialled for a service.
    pub(super) fn may_dial(&self, service: &str, at: Timestamp) -> bool {
        let (_, time) = civil(at);
        CALLING.0 <= time && time < CALLING.1 && self.open(service, at)
    }

    /// Hours exact to the millisecond: what is written of a call's arrival is what the calendar says of that very moment.
    pub(super) fn record(&mut self, event: &Event, at: Timestamp) -> Ruling {
        if let Event::ServiceSwitched { service, closed, .. } = event {
            match closed {
                Some(closed) => self.switched.insert(service.clone(), *closed),
                None => self.switched.remove(service),
            };
        }
        let Event::JourneyOpened { journey, service, open, .. } = event else { return Ok(()) };
        if self.switched.contains_key(service) || *open == self.open(service, at) {
            return Ok(());
        }
        let told = if *open { "open" } else { "closed" };
        Err(format!("{journey} came at {at}, and the line was taken for {told}"))
    }
}

/// Whether a moment is one of those in which someone who heard no notice may be tried.
pub(super) fn is_for_unheard(at: Timestamp) -> bool {
    let (_, time) = civil(at);
    UNHEARD.iter().any(|(from, to)| *from <= time && time < *to)
}

/// The day, counted, and the part of it.
pub(super) fn part(at: Timestamp) -> (i128, usize) {
    let (day, time) = civil(at);
    (day, PARTS.iter().filter(|from| **from <= time).count())
}

/// The day, counted.
pub(super) fn day(at: Timestamp) -> i128 {
    civil(at).0
}

fn civil(at: Timestamp) -> (i128, i128) {
    let local = at.as_nanosecond() + AHEAD_NS;
    (local.div_euclid(DAY_NS), local.rem_euclid(DAY_NS))
}

fn number_of(day: Date) -> i128 {
    let first = Date::constant(1970, 1, 1);
    i128::from(day.duration_since(first).as_hours() / 24)
}

fn stretches(hours: &[routing::Hours]) -> Stretches {
    let end = |to: TimeOfDay| match to {
        TimeOfDay::At(time) => since_midnight(time),
        TimeOfDay::End => DAY_NS,
    };
    hours.iter().map(|hours| (since_midnight(hours.from), end(hours.to))).collect()
}

fn since_midnight(time: Time) -> i128 {
    let seconds = i128::from(time.hour()) * 3600 + i128::from(time.minute()) * 60 + i128::from(time.second());
    seconds * SECOND_NS + i128::from(time.subsec_nanosecond())
}
